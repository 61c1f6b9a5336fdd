/* As policy_limit.c: the text is changed in place, and read again. Grace is a section in the plan, and goes with its last option. */
#include "policy/policy_plan.h"

#include "policy/policy_edit.h"
#include "policy/policy_mistake.h"

static const struct {
    const char *name;
    bool is_flag;
} options[PLAN_OPTIONS] = {
    [PLAN_TITLE] = {"title", false}, [PLAN_PRICE] = {"price", false}, [PLAN_RANK] = {"rank", false}, [PLAN_UPGRADE] = {"upgrade", false},
    [PLAN_INHERITS] = {"inherits", false}, [PLAN_MULTIPLIER] = {"multiplier", false}, [PLAN_UNLIMITED] = {"unlimited", true},
    [PLAN_QUEUE_WEIGHT] = {"queue_weight", false}, [PLAN_GRACE_DAYS] = {"grace_days", false},
    [PLAN_GRACE_MULTIPLIER] = {"grace_multiplier", false}, [PLAN_GRACE_UNLIMITED] = {"grace_unlimited", true},
};

#define GRACE_PREFIX "grace_"

const char *plan_option_name(PlanOption option)
{
    return options[option].name;
}

static bool is_grace(PlanOption option)
{
    return option >= PLAN_GRACE_DAYS;
}

/* Where an option of the plan stands, and as what. */
static PolicyPlace place_of(const char *plan, PlanOption option)
{
    return (PolicyPlace){.plan = plan, .kind = is_grace(option) ? "grace" : NULL};
}

static const char *name_in_place(PlanOption option)
{
    return options[option].name + (is_grace(option) ? strlen(GRACE_PREFIX) : 0);
}

/* Flags have several words each. */
static char *plain(PlanOption option, const char *word)
{
    static const char *const yes[] = {"true", "yes", "on", NULL}, *const no[] = {"false", "no", "off", NULL};
    if (options[option].is_flag && g_strv_contains(yes, word))
        return g_strdup("yes");
    return g_strdup(options[option].is_flag && g_strv_contains(no, word) ? "no" : word);
}

char *plan_written(const Policy *policy, const char *plan, PlanOption option)
{
    const PolicyPlace place = place_of(plan, option);
    g_autofree char *written = policy_written(policy->text, &place, name_in_place(option));
    return written ? plain(option, written) : NULL;
}

/* How it is where nothing is written; NULL: there is no word for that. New string. */
static char *otherwise(const Plan *plan, PlanOption option)
{
    switch (option) {
    case PLAN_TITLE:
        return plan ? g_strdup(plan->title) : NULL;
    case PLAN_RANK:
        return plan ? g_strdup_printf("%d", plan->rank) : NULL;
    case PLAN_MULTIPLIER:
    case PLAN_QUEUE_WEIGHT:
        return g_strdup("1");
    case PLAN_UNLIMITED:
    case PLAN_GRACE_UNLIMITED:
        return g_strdup("no");
    default:
        return NULL;
    }
}

/* The changes of options from the first to the last, of which none but those that change something. `plan`: NULL of a new one. */
static int edits_of(const Policy *policy, const Plan *plan, const PlanWish *wish, PlanOption first, PlanOption last, PolicyEdit *edits)
{
    int count = 0;
    for (PlanOption option = first; option <= last; option++) {
        const char *wished = wish->of[option];
        if (!wished)
            continue;
        g_autofree char *written = plan ? plan_written(policy, plan->key, option) : NULL;
        g_autofree char *now = written ? g_strdup(written) : otherwise(plan, option);
        g_autofree char *same = plain(option, wished);
        if (!*wished && written)
            edits[count++] = (PolicyEdit){name_in_place(option), NULL, false};
        else if (*wished && g_strcmp0(same, now) != 0)
            edits[count++] = (PolicyEdit){name_in_place(option), wished, false};
    }
    return count;
}

/* The policy of a text that was changed, and then of its plan's grace. */
static Policy *read_again(const char *text, const char *plan, const PolicyEdit *grace, int count, GPtrArray *mistakes)
{
    g_autofree char *graced = text ? policy_edit_part(text, &(PolicyPlace){.plan = plan, .kind = "grace"}, grace, count) : NULL;
    return policy_read(graced ? graced : text ? text : "", "policy", mistakes);
}

Policy *policy_with_plan(const Policy *policy, const Plan *plan, const PlanWish *wish, GPtrArray *mistakes)
{
    PolicyEdit own[PLAN_OPTIONS], grace[PLAN_OPTIONS];
    int count = edits_of(policy, plan, wish, 0, PLAN_QUEUE_WEIGHT, own);
    int grace_count = edits_of(policy, plan, wish, PLAN_GRACE_DAYS, PLAN_GRACE_UNLIMITED, grace);
    g_autofree char *text = policy_edit(policy->text, &(PolicyPlace){.plan = plan->key}, own, count);
    return read_again(text, plan->key, grace, grace_count, mistakes);
}

Policy *policy_with_new_plan(const Policy *policy, const char *key, const PlanWish *wish, GPtrArray *mistakes)
{
    PolicyEdit own[PLAN_OPTIONS], grace[PLAN_OPTIONS];
    int count = edits_of(policy, NULL, wish, 0, PLAN_QUEUE_WEIGHT, own);
    int grace_count = edits_of(policy, NULL, wish, PLAN_GRACE_DAYS, PLAN_GRACE_UNLIMITED, grace);
    bool is_known = policy_plan(policy, key);
    g_autofree char *text = policy_add(policy->text, &(PolicyPlace){.plan = key}, own, count);
    return read_again(text, key, grace, is_known ? 0 : grace_count, mistakes);
}

Policy *policy_without_plan(const Policy *policy, const Plan *plan, const GPtrArray *held, GPtrArray *mistakes)
{
    g_autofree char *where = g_strconcat("plan ", plan->key, NULL);
    for (guint i = 0; i < held->len; i++)
        mistake_add(mistakes, "policy", 0, where, NULL, "%s", (const char *)held->pdata[i]);
    g_autofree char *text = policy_remove(policy->text, &(PolicyPlace){.plan = plan->key});
    g_autoptr(Policy) made = policy_read(text ? text : "", "policy", mistakes);
    return held->len ? NULL : g_steal_pointer(&made);
}
