/* Features: a forest by `parent`. */
#include "policy/policy_parts.h"

/* "menu_upload" as "menu upload". */
static const char *const one_places[] = {"feature", "resource", NULL};

static char *key_words(const char *key)
{
    return g_strdelimit(g_strdup(key), "_-", ' ');
}

char *key_title(const char *key)
{
    char *title = key_words(key);
    title[0] = g_ascii_toupper(title[0]);
    return title;
}

static void read_feature(const Section *section, Feature *feature)
{
    feature->key = section_key(section);
    feature->title = field_text(section, "title", TITLE_MAX);
    if (!feature->title)
        feature->title = key_title(feature->key);
    feature->unit = field_text(section, "unit", TITLE_MAX);
    if (!feature->unit)
        feature->unit = key_words(feature->key);
    feature->units = field_text(section, "units", TITLE_MAX);
    if (!feature->units)
        feature->units = g_strconcat(feature->unit, "s", NULL);
    feature->about = field_text(section, "about", ABOUT_MAX);
    feature->unit_cost_micros = field_micros(section, "unit_cost", 0, MICROS_MAX, 0);
    feature->place_per_resource = field_choice(section, "one_place", one_places, 0) == 1;
    feature->parent = -1;
}

static void read_place(const Section *section, Feature *feature)
{
    feature->parent = field_feature(section, "parent");
    char **resources = field_list(section, "resources", 255, NULL);
    if (*resources && !field_given(section, "parent"))
        field_mistake(section, "resources", "stand only on a feature with a parent, by whose key it is asked for");
    if (*resources)
        feature->resources = g_steal_pointer(&resources);
    g_strfreev(resources);
}

#define DEPTH_ENDLESS G_MAXINT

/* The number of ancestors. */
static int depth_of(const Policy *policy, int index)
{
    int depth = 0;
    for (int i = policy->features[index].parent; i >= 0; i = policy->features[i].parent)
        if (++depth > policy->feature_count)
            return DEPTH_ENDLESS;
    return depth;
}

/* A circle is said at each feature that leads into it. */
static void check_depth(const Section *section, Policy *policy, int index)
{
    Feature *feature = &policy->features[index];
    feature->depth = depth_of(policy, index);
    if (feature->depth == DEPTH_ENDLESS)
        field_mistake(section, "parent", "goes in a circle");
    else if (feature->depth > FEATURE_DEPTH_MAX)
        field_mistake(section, "parent", "is more than %d deep", FEATURE_DEPTH_MAX);
}

void read_features(const Section *file)
{
    Policy *policy = file->reading->policy;
    Section section;
    int count = 0;
    while (section_child(file, "feature", (unsigned) count, &section))
        count++;
    if (count > FEATURES_MAX)
        field_mistake(&(Section){file->reading, file->cfg, entry_child(file->entry, "feature", FEATURES_MAX)}, NULL,
                      "there are more than %d features", FEATURES_MAX);
    count = MIN(count, FEATURES_MAX);
    if (count == 0 && !file->entry->cut)
        field_mistake(file, NULL, "there is no feature");
    policy->features = g_new0(Feature, count);
    for (int i = 0; i < count && section_child(file, "feature", (unsigned) i, &section); i++) {
        policy->features[i].index = policy->feature_count++;
        read_feature(&section, &policy->features[i]);
    }
    for (int i = 0; i < count && section_child(file, "feature", (unsigned) i, &section); i++)
        read_place(&section, &policy->features[i]);
    for (int i = 0; i < count && section_child(file, "feature", (unsigned) i, &section); i++)
        check_depth(&section, policy, i);
    for (int i = 0; i < count; i++)
        if (policy->features[i].depth > FEATURE_DEPTH_MAX)
            policy->features[i].parent = -1;
}
