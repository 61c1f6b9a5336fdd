/* As policy_limit.c: the text is changed in place, and read again. */
#include "policy/policy_grant.h"

#include "policy/policy_edit.h"

/* Its name, and the word that holds where nothing is written. */
static const struct {
    const char *name, *otherwise;
} options[GRANT_OPTIONS] = {
    [GRANT_FEATURE] = {"feature", NULL}, [GRANT_AMOUNT] = {"amount", NULL}, [GRANT_EVERY] = {"every", NULL}, [GRANT_PRIORITY] = {"priority", "100"},
};

const char *grant_option_name(GrantOption option)
{
    return options[option].name;
}

void grant_chosen_clear(GrantChosen *chosen)
{
    g_free(chosen->home);
    *chosen = (GrantChosen){0};
}

bool grant_choose(const Policy *policy, const char *plan, const char *grant, GrantChosen *chosen)
{
    chosen->plan = policy_plan(policy, plan);
    for (int i = 0; chosen->plan && i < chosen->plan->grant_count; i++)
        if (strcmp(chosen->plan->grants[i].key, grant) == 0)
            chosen->grant = &chosen->plan->grants[i];
    chosen->home = chosen->grant ? policy_home(policy->text, plan, "grant", grant) : NULL;
    return chosen->home != NULL;
}

static PolicyPlace place_of(const GrantChosen *chosen)
{
    return (PolicyPlace){chosen->home, "grant", chosen->grant->key};
}

char *grant_written(const Policy *policy, const GrantChosen *chosen, GrantOption option)
{
    const PolicyPlace place = place_of(chosen);
    return policy_written(policy->text, &place, options[option].name);
}

/* What is written already, or is so without being written, stays out of the text. `chosen`: NULL of a new one. */
static int edits_of(const Policy *policy, const GrantChosen *chosen, const GrantWish *wish, PolicyEdit *edits)
{
    int count = 0;
    for (GrantOption option = 0; option < GRANT_OPTIONS; option++) {
        const char *wished = wish->of[option];
        g_autofree char *written = chosen ? grant_written(policy, chosen, option) : NULL;
        if (wished && !*wished && written)
            edits[count++] = (PolicyEdit){options[option].name, NULL, false};
        else if (wished && *wished && strcmp(wished, written ? written : options[option].otherwise ? options[option].otherwise : "") != 0)
            edits[count++] = (PolicyEdit){options[option].name, wished, false};
    }
    return count;
}

static Policy *read_again(const char *text, GPtrArray *mistakes)
{
    return policy_read(text ? text : "", "policy", mistakes);
}

Policy *policy_with_grant(const Policy *policy, const GrantChosen *chosen, const GrantWish *wish, GPtrArray *mistakes)
{
    PolicyEdit edits[GRANT_OPTIONS];
    const PolicyPlace place = place_of(chosen);
    int count = edits_of(policy, chosen, wish, edits);
    g_autofree char *text = policy_edit(policy->text, &place, edits, count);
    return read_again(text, mistakes);
}

Policy *policy_with_new_grant(const Policy *policy, const Plan *plan, const char *key, const GrantWish *wish, GPtrArray *mistakes)
{
    PolicyEdit edits[GRANT_OPTIONS];
    int count = edits_of(policy, NULL, wish, edits);
    g_autofree char *text = policy_add(policy->text, &(PolicyPlace){plan->key, "grant", key}, edits, count);
    return read_again(text, mistakes);
}

Policy *policy_without_grant(const Policy *policy, const GrantChosen *chosen, GPtrArray *mistakes)
{
    const PolicyPlace place = place_of(chosen);
    g_autofree char *text = policy_remove(policy->text, &place);
    return read_again(text, mistakes);
}
