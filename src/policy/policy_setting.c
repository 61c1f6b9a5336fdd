/* As policy_limit.c: the text is changed in place, and read again. Grace and the ceiling of those who support people are sections, and go
 * with their last option. */
#include "policy/policy_setting.h"

#include "policy/policy_edit.h"
#include "policy/policy_list.h"
#include "policy/policy_mistake.h"

static const char grace[] = "grace", ceiling[] = "support_ceiling", none[] = "none";

/* Its name, the section that it stands in, and the word that holds where nothing is written. */
static const struct {
    const char *name, *section, *otherwise;
    bool is_list, is_flag;
} settings[TOP_SETTINGS] = {
    [TOP_TITLE] = {.name = "title", .otherwise = "Usage limits"}, [TOP_TIMEZONE] = {.name = "timezone", .otherwise = "UTC"},
    [TOP_WEEK_STARTS] = {.name = "week_starts", .otherwise = "monday"}, [TOP_DAY_STARTS] = {.name = "day_starts", .otherwise = "00:00"},
    [TOP_DEFAULT_PLAN] = {.name = "default_plan"}, [TOP_ANONYMOUS_PLAN] = {.name = "anonymous_plan"},
    [TOP_UPGRADE_URL] = {.name = "upgrade_url"}, [TOP_SUPPORT_URL] = {.name = "support_url"}, [TOP_SIGN_IN_URL] = {.name = "sign_in_url"},
    [TOP_CURRENCY] = {.name = "currency"}, [TOP_QUEUE_ANSWER] = {.name = "queue_answer", .otherwise = "redirect"},
    [TOP_TOTP] = {.name = "totp", .otherwise = "optional"}, [TOP_ADMINISTRATORS] = {.name = "administrators", .is_list = true},
    [TOP_EMBEDDERS] = {.name = "embedders", .is_list = true}, [TOP_GRACE_DAYS] = {.name = "grace_days", .section = grace},
    [TOP_GRACE_MULTIPLIER] = {.name = "grace_multiplier", .section = grace},
    [TOP_GRACE_UNLIMITED] = {.name = "grace_unlimited", .section = grace, .otherwise = "no", .is_flag = true},
    [TOP_CEILING_MULTIPLIER] = {.name = "support_ceiling_multiplier", .section = ceiling},
    [TOP_CEILING_DAYS] = {.name = "support_ceiling_days", .section = ceiling},
};

const char *top_setting_name(TopSetting setting)
{
    return settings[setting].name;
}

bool top_setting_is_list(TopSetting setting)
{
    return settings[setting].is_list;
}

const char *top_setting_default(TopSetting setting)
{
    return settings[setting].otherwise;
}

static PolicyPlace place_of(TopSetting setting)
{
    return (PolicyPlace){.kind = settings[setting].section};
}

static const char *name_in_place(TopSetting setting)
{
    const char *section = settings[setting].section;
    return settings[setting].name + (section ? strlen(section) + 1 : 0);
}

/* Flags have several words each, and lists are told apart by what is in them. New string. */
static char *plain(TopSetting setting, const char *word)
{
    static const char *const yes[] = {"true", "yes", "on", NULL}, *const no[] = {"false", "no", "off", NULL};
    if (settings[setting].is_flag && g_strv_contains(yes, word))
        return g_strdup("yes");
    if (settings[setting].is_flag && g_strv_contains(no, word))
        return g_strdup("no");
    if (!settings[setting].is_list || strcmp(word, none) == 0)
        return g_strdup(settings[setting].is_list ? "" : word);
    g_auto(GStrv) values = policy_list_read(word);
    return policy_list_text(values);
}

char *top_written(const Policy *policy, TopSetting setting)
{
    const PolicyPlace place = place_of(setting);
    g_autofree char *written = policy_written(policy->text, &place, name_in_place(setting));
    if (written && settings[setting].is_list)
        return g_strdup(*written ? written : none);
    return written ? plain(setting, written) : NULL;
}

typedef struct {
    PolicyEdit edits[TOP_SETTINGS];
    char *values[TOP_SETTINGS];
    int count;
} Edits;

static void edits_clear(Edits *edits)
{
    for (int i = 0; i < edits->count; i++)
        g_free(edits->values[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Edits, edits_clear)

/* What is written already, or is so without being written, stays out of the text. */
static void add_edit(Edits *edits, const Policy *policy, TopSetting setting, const char *wished)
{
    g_autofree char *written = top_written(policy, setting), *was = written ? plain(setting, written) : g_strdup(settings[setting].otherwise);
    g_autofree char *value = wished && *wished ? plain(setting, wished) : NULL;
    bool goes = wished && !*wished && written, comes = value && g_strcmp0(value, was) != 0;
    if (!goes && !comes)
        return;
    edits->edits[edits->count] = (PolicyEdit){name_in_place(setting), value, settings[setting].is_list};
    edits->values[edits->count++] = g_steal_pointer(&value);
}

/* The text with what is wished of one section (NULL: of the file itself). Takes over the text. */
static char *with_section(char *text, const Policy *policy, const TopWish *wish, const char *section)
{
    g_autofree char *owned = text;
    g_auto(Edits) edits = {0};
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++)
        if (settings[setting].section == section)
            add_edit(&edits, policy, setting, wish->of[setting]);
    const PolicyPlace place = {.kind = section};
    return section ? policy_edit_part(owned, &place, edits.edits, edits.count) : policy_edit(owned, &place, edits.edits, edits.count);
}

Policy *policy_with_settings(const Policy *policy, const TopWish *wish, const char *own, GPtrArray *mistakes)
{
    char *text = with_section(g_strdup(policy->text), policy, wish, NULL);
    text = with_section(text, policy, wish, grace);
    g_autofree char *edited = with_section(text, policy, wish, ceiling);
    g_autoptr(Policy) made = policy_read(edited, "policy", mistakes);
    if (!made || !policy_names_administrator(policy, own) || policy_names_administrator(made, own))
        return g_steal_pointer(&made);
    mistake_add(mistakes, "policy", 0, "", top_setting_name(TOP_ADMINISTRATORS), "nobody takes themselves off: another administrator does");
    return NULL;
}
