/* The policy's text is changed in place, and read again by what reads every policy: its mistakes are those of the change. */
#include "policy/policy_limit.h"

#include "policy/policy_edit.h"
#include "policy/policy_list.h"

/* An amount may take the place of `unlimited`. */
#define EDITS_MAX (LIMIT_OPTIONS + 2)

static const char unlimited[] = "unlimited", none[] = "none";

/* Its name, and the word that holds where nothing is written. */
static const struct {
    const char *name, *otherwise;
    bool needed, is_list;
} options[LIMIT_OPTIONS] = {
    [LIMIT_FEATURE] = {"feature", NULL, true, false}, [LIMIT_AMOUNT] = {"amount", NULL, true, false},
    [LIMIT_WINDOW] = {"window", NULL, true, false}, [LIMIT_ALIGN] = {"align", NULL, false, false},
    [LIMIT_SCOPE] = {"scope", "subject", false, false}, [LIMIT_MODE] = {"mode", "enforce", false, false},
    [LIMIT_ON_EXCEED] = {"on_exceed", "block", false, false}, [LIMIT_FAIL] = {"fail", "closed", false, false},
    [LIMIT_WARN_AT] = {"warn_at", NULL, false, true}, [LIMIT_ROLLOVER] = {"rollover", NULL, false, false},
    [LIMIT_TIMEZONE] = {"timezone", NULL, false, false}, [LIMIT_WEEK_STARTS] = {"week_starts", NULL, false, false},
    [LIMIT_DAY_STARTS] = {"day_starts", NULL, false, false}, [LIMIT_CLAIM_WITHIN] = {"claim_within", NULL, false, false},
    [LIMIT_KEEP_PLACE] = {"keep_place", NULL, false, false}, [LIMIT_QUEUE_MAX] = {"queue_max", NULL, false, false},
    [LIMIT_FAIR] = {"fair", "none", false, false},
};

const char *limit_option_name(LimitOption option)
{
    return options[option].name;
}

bool limit_option_needed(LimitOption option)
{
    return options[option].needed;
}

const char *limit_option_default(LimitOption option)
{
    return options[option].otherwise;
}

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
    chosen->home = chosen->limit ? policy_home(policy->text, plan, "limit", limit) : NULL;
    return chosen->home != NULL;
}

static PolicyPlace place_of(const LimitChosen *chosen)
{
    return (PolicyPlace){chosen->home, "limit", chosen->limit->key};
}

/* As a flag is written: "true", "yes" or "on". */
static bool is_yes(const char *word)
{
    return word && (strcmp(word, "true") == 0 || strcmp(word, "yes") == 0 || strcmp(word, "on") == 0);
}

char *limit_written(const Policy *policy, const LimitChosen *chosen, LimitOption option)
{
    const PolicyPlace place = place_of(chosen);
    g_autofree char *written = policy_written(policy->text, &place, options[option].name);
    g_autofree char *flag = option == LIMIT_AMOUNT ? policy_written(policy->text, &place, unlimited) : NULL;
    if (is_yes(flag))
        return g_strdup(unlimited);
    return written && options[option].is_list && !*written ? g_strdup(none) : g_steal_pointer(&written);
}

/* How it is, where it is so without being written; NULL where that depends on more. New string. */
static char *now(const Limit *limit, LimitOption option)
{
    if (option == LIMIT_ALIGN)
        return g_strdup(align_word(limit->window.align));
    if (option == LIMIT_TIMEZONE)
        return g_strdup(limit->zone ? limit->zone : "subject");
    if (option == LIMIT_ROLLOVER)
        return g_strdup("0");
    return g_strdup(options[option].otherwise);
}

/* Lists are told apart by what is in them, not by their blanks. */
static char *tidied(LimitOption option, const char *wish)
{
    if (!options[option].is_list)
        return g_strdup(wish);
    if (strcmp(wish, none) == 0)
        return g_strdup("");
    g_auto(GStrv) values = g_strsplit(wish, ",", -1);
    for (char **value = values; *value; value++)
        g_strstrip(*value);
    return policy_list_text(values);
}

typedef struct {
    PolicyEdit edits[EDITS_MAX];
    char *values[EDITS_MAX];
    int count;
} Edits;

static void edits_clear(Edits *edits)
{
    for (int i = 0; i < edits->count; i++)
        g_free(edits->values[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Edits, edits_clear)

static void add_edit(Edits *edits, LimitOption option, const char *value)
{
    int at = edits->count++;
    edits->values[at] = value ? tidied(option, value) : NULL;
    edits->edits[at] = (PolicyEdit){options[option].name, edits->values[at], options[option].is_list};
}

static void add_amount(Edits *edits, const char *wish, bool is_new)
{
    bool is_unlimited = g_strcmp0(wish, unlimited) == 0;
    if (!is_unlimited || !is_new)
        add_edit(edits, LIMIT_AMOUNT, is_unlimited ? NULL : wish);
    if (is_unlimited || !is_new)
        edits->edits[edits->count++] = (PolicyEdit){unlimited, is_unlimited ? "true" : NULL, false};
}

/* What is written already, or is so without being written, stays out of the text. */
static void edits_of(const Policy *policy, const LimitChosen *chosen, const LimitWish *wish, Edits *edits)
{
    const PolicyPlace place = place_of(chosen);
    g_autofree char *amount = limit_written(policy, chosen, LIMIT_AMOUNT);
    if (wish->of[LIMIT_AMOUNT] && g_strcmp0(wish->of[LIMIT_AMOUNT], amount) != 0)
        add_amount(edits, wish->of[LIMIT_AMOUNT], false);
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++) {
        if (option == LIMIT_AMOUNT || !wish->of[option])
            continue;
        g_autofree char *written = policy_written(policy->text, &place, options[option].name);
        g_autofree char *as_it_is = written ? g_strdup(written) : now(chosen->limit, option);
        g_autofree char *wished = tidied(option, wish->of[option]);
        if (!*wish->of[option] && !options[option].needed) {
            if (written)
                add_edit(edits, option, NULL);
        } else if (g_strcmp0(wished, as_it_is) != 0) {
            add_edit(edits, option, wish->of[option]);
        }
    }
}

static Policy *read_again(const char *text, GPtrArray *mistakes)
{
    return policy_read(text ? text : "", "policy", mistakes);
}

static Policy *edited(const Policy *policy, const LimitChosen *chosen, const Edits *edits, GPtrArray *mistakes)
{
    const PolicyPlace place = place_of(chosen);
    g_autofree char *text = policy_edit(policy->text, &place, edits->edits, edits->count);
    return read_again(text, mistakes);
}

/* Where nothing is written of how windows begin, another window may begin otherwise than is wished: then it is written, if it may be. */
static Policy *aligned(const Policy *policy, const LimitChosen *chosen, const char *align, Edits *edits, Policy *made)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_auto(LimitChosen) then = {0};
    if (!align || !*align || !limit_choose(made, chosen->home, chosen->limit->key, &then) ||
        strcmp(align, align_word(then.limit->window.align)) == 0)
        return made;
    add_edit(edits, LIMIT_ALIGN, align);
    Policy *better = edited(policy, chosen, edits, mistakes);
    if (!better)
        return made;
    policy_unref(made);
    return better;
}

Policy *policy_with_limit(const Policy *policy, const LimitChosen *chosen, const LimitWish *wish, GPtrArray *mistakes)
{
    g_auto(Edits) edits = {0};
    edits_of(policy, chosen, wish, &edits);
    Policy *made = edited(policy, chosen, &edits, mistakes);
    return made ? aligned(policy, chosen, wish->of[LIMIT_ALIGN], &edits, made) : NULL;
}

Policy *policy_with_new_limit(const Policy *policy, const Plan *plan, const char *key, const LimitWish *wish, GPtrArray *mistakes)
{
    g_auto(Edits) edits = {0};
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++) {
        const char *value = wish->of[option];
        if (!value || !*value || g_strcmp0(value, options[option].otherwise) == 0)
            continue;
        if (option == LIMIT_AMOUNT)
            add_amount(&edits, value, true);
        else
            add_edit(&edits, option, value);
    }
    g_autofree char *text = policy_add(policy->text, &(PolicyPlace){plan->key, "limit", key}, edits.edits, edits.count);
    return read_again(text, mistakes);
}

Policy *policy_without_limit(const Policy *policy, const LimitChosen *chosen, GPtrArray *mistakes)
{
    const PolicyPlace place = place_of(chosen);
    g_autofree char *text = policy_remove(policy->text, &place);
    return read_again(text, mistakes);
}
