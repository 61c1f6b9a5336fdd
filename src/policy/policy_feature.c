/* As policy_limit.c: the text is changed in place, and read again. */
#include "policy/policy_feature.h"

#include "policy/policy_edit.h"
#include "policy/policy_list.h"

/* Its name, and the word that holds where nothing is written. */
static const struct {
    const char *name, *otherwise;
    bool is_list;
} options[FEATURE_OPTIONS] = {
    [FEATURE_TITLE] = {.name = "title"},   [FEATURE_UNIT] = {.name = "unit"},
    [FEATURE_UNITS] = {.name = "units"},   [FEATURE_ABOUT] = {.name = "about"},
    [FEATURE_PARENT] = {.name = "parent"}, [FEATURE_RESOURCES] = {.name = "resources", .is_list = true},
    [FEATURE_UNIT_COST] = {.name = "unit_cost"}, [FEATURE_ONE_PLACE] = {.name = "one_place", .otherwise = "feature"},
};

const char *feature_option_name(FeatureOption option)
{
    return options[option].name;
}

bool feature_option_is_list(FeatureOption option)
{
    return options[option].is_list;
}

const char *feature_option_default(FeatureOption option)
{
    return options[option].otherwise;
}

static PolicyPlace place_of(const char *feature)
{
    return (PolicyPlace){.kind = "feature", .key = feature};
}

char *feature_written(const Policy *policy, const char *feature, FeatureOption option)
{
    const PolicyPlace place = place_of(feature);
    g_autofree char *written = policy_written(policy->text, &place, options[option].name);
    return written && options[option].is_list && !*written ? g_strdup("none") : g_steal_pointer(&written);
}

typedef struct {
    PolicyEdit edits[FEATURE_OPTIONS];
    char *values[FEATURE_OPTIONS];
    int count;
} Edits;

static void edits_clear(Edits *edits)
{
    for (int i = 0; i < edits->count; i++)
        g_free(edits->values[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Edits, edits_clear)

/* Lists are told apart by what is in them. New string. */
static char *plain(FeatureOption option, const char *word)
{
    g_auto(GStrv) values = options[option].is_list ? policy_list_read(word) : NULL;
    return values ? policy_list_text(values) : g_strdup(word);
}

/* What is written already, or is so without being written, stays out of the text. `feature`: NULL of a new one. */
static void edits_of(const Policy *policy, const char *feature, const FeatureWish *wish, Edits *edits)
{
    for (FeatureOption option = 0; option < FEATURE_OPTIONS; option++) {
        const char *wished = wish->of[option];
        g_autofree char *written = feature ? feature_written(policy, feature, option) : NULL;
        g_autofree char *value = wished && *wished ? plain(option, wished) : NULL;
        const char *now = written ? written : options[option].otherwise;
        bool goes = wished && !*wished && written;
        if (!goes && (!value || g_strcmp0(value, now) == 0))
            continue;
        edits->edits[edits->count] = (PolicyEdit){options[option].name, value, options[option].is_list};
        edits->values[edits->count++] = g_steal_pointer(&value);
    }
}

static Policy *read_again(const char *text, GPtrArray *mistakes)
{
    return policy_read(text ? text : "", "policy", mistakes);
}

Policy *policy_with_feature(const Policy *policy, const Feature *feature, const FeatureWish *wish, GPtrArray *mistakes)
{
    g_auto(Edits) edits = {0};
    const PolicyPlace place = place_of(feature->key);
    edits_of(policy, feature->key, wish, &edits);
    g_autofree char *text = policy_edit(policy->text, &place, edits.edits, edits.count);
    return read_again(text, mistakes);
}

Policy *policy_with_new_feature(const Policy *policy, const char *key, const FeatureWish *wish, GPtrArray *mistakes)
{
    g_auto(Edits) edits = {0};
    const PolicyPlace place = place_of(key);
    edits_of(policy, NULL, wish, &edits);
    g_autofree char *text = policy_add(policy->text, &place, edits.edits, edits.count);
    return read_again(text, mistakes);
}

Policy *policy_without_feature(const Policy *policy, const Feature *feature, GPtrArray *mistakes)
{
    const PolicyPlace place = place_of(feature->key);
    g_autofree char *text = policy_remove(policy->text, &place);
    return read_again(text, mistakes);
}
