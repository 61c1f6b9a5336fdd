/* The policy's text is changed in place, and read again by what reads every policy: its mistakes are those of the change. */
#include "policy/policy_limit.h"

#include "policy/policy_edit.h"

#define EDITS_MAX 8

void limit_chosen_clear(LimitChosen *chosen)
{
    g_free(chosen->home);
    *chosen = (LimitChosen){0};
}

bool limit_choose(const Policy *policy, const char *plan, const char *limit, LimitChosen *chosen)
{
    chosen->plan = policy_plan(policy, plan);
    for (int i = 0; chosen->plan && i < chosen->plan->limit_count; i++)
        if (strcmp(chosen->plan->limits[i].key, limit) == 0 && !chosen->plan->limits[i].counts_only)
            chosen->limit = &chosen->plan->limits[i];
    chosen->home = chosen->limit ? policy_limit_home(policy->text, plan, limit) : NULL;
    return chosen->home != NULL;
}

/* What is written already, or is so without being written, stays out of the text. */
static int edits_of(const Policy *policy, const LimitChosen *chosen, const LimitWish *wish, PolicyEdit *edits)
{
    const Limit *limit = chosen->limit;
    g_autofree char *window = window_text(&limit->window);
    const struct {
        const char *name, *wish, *now;
    } options[] = {{"window", wish->window, window}, {"align", wish->align, align_word(limit->window.align)},
                   {"scope", wish->scope, scope_word(limit->scope)}, {"mode", wish->mode, mode_word(limit->mode)}};
    bool unlimited = g_strcmp0(wish->amount, "unlimited") == 0;
    int count = 0;
    if (wish->amount) {
        edits[count++] = (PolicyEdit){"amount", unlimited ? NULL : wish->amount};
        edits[count++] = (PolicyEdit){"unlimited", unlimited ? "true" : NULL};
    }
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *written = policy_written(policy->text, chosen->home, limit->key, options[i].name);
        if (options[i].wish && strcmp(options[i].wish, written ? written : options[i].now) != 0)
            edits[count++] = (PolicyEdit){options[i].name, options[i].wish};
    }
    return count;
}

static Policy *edited(const Policy *policy, const LimitChosen *chosen, const PolicyEdit *edits, int count, GPtrArray *mistakes)
{
    g_autofree char *text = policy_edit_limit(policy->text, chosen->home, chosen->limit->key, edits, count);
    return policy_read(text ? text : "", "policy", mistakes);
}

/* Where nothing is written of how windows begin, another window may begin otherwise than is wished: then it is written, if it may be. */
static Policy *aligned(const Policy *policy, const LimitChosen *chosen, const char *align, PolicyEdit *edits, int count, Policy *made)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_auto(LimitChosen) now = {0};
    if (!align || !limit_choose(made, chosen->home, chosen->limit->key, &now) || strcmp(align, align_word(now.limit->window.align)) == 0)
        return made;
    edits[count++] = (PolicyEdit){"align", align};
    Policy *better = edited(policy, chosen, edits, count, mistakes);
    if (!better)
        return made;
    policy_unref(made);
    return better;
}

Policy *policy_with_limit(const Policy *policy, const LimitChosen *chosen, const LimitWish *wish, GPtrArray *mistakes)
{
    PolicyEdit edits[EDITS_MAX];
    int count = edits_of(policy, chosen, wish, edits);
    Policy *made = edited(policy, chosen, edits, count, mistakes);
    return made ? aligned(policy, chosen, wish->align, edits, count, made) : NULL;
}
