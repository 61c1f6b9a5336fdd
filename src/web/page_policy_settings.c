/* /admin/settings: the settings at the top of the policy in a form. */
#include "policy/policy_diff.h"
#include "policy/policy_list.h"
#include "policy/policy_setting.h"
#include "web/handlers.h"
#include "web/policy_call.h"
#include "web/policy_form.h"

enum { OPTIONS = POLICY_COMMON, FIELDS = OPTIONS + TOP_SETTINGS };
#define OPTION(option, name, max) [OPTIONS + (option)] = {name, INPUT_TEXT, false, 1, max}
static const InputField fields[FIELDS] = {
    POLICY_COMMON_FIELDS,
    OPTION(TOP_TITLE, "title", 200),
    OPTION(TOP_TIMEZONE, "timezone", 64),
    OPTION(TOP_WEEK_STARTS, "week_starts", 16),
    OPTION(TOP_DAY_STARTS, "day_starts", 16),
    OPTION(TOP_DEFAULT_PLAN, "default_plan", 64),
    OPTION(TOP_ANONYMOUS_PLAN, "anonymous_plan", 64),
    OPTION(TOP_UPGRADE_URL, "upgrade_url", 1000),
    OPTION(TOP_SUPPORT_URL, "support_url", 1000),
    OPTION(TOP_SIGN_IN_URL, "sign_in_url", 1000),
    OPTION(TOP_CURRENCY, "currency", 16),
    OPTION(TOP_QUEUE_ANSWER, "queue_answer", 16),
    OPTION(TOP_TOTP, "totp", 16),
    [OPTIONS + TOP_ADMINISTRATORS] = {"administrators", INPUT_LINES, false, 1, 2000},
    [OPTIONS + TOP_EMBEDDERS] = {"embedders", INPUT_LINES, false, 1, 2000},
    OPTION(TOP_GRACE_DAYS, "grace_days", 20),
    OPTION(TOP_GRACE_MULTIPLIER, "grace_multiplier", 20),
    OPTION(TOP_GRACE_UNLIMITED, "grace_unlimited", 8),
    OPTION(TOP_CEILING_MULTIPLIER, "support_ceiling_multiplier", 20),
    OPTION(TOP_CEILING_DAYS, "support_ceiling_days", 20),
};

static bool choose(Call *call, PolicyForm *form)
{
    form->own = policy_call_own(call);
    return true;
}

/* As the form shows it: of a list a line for each. */
static char *written(const Policy *policy, TopSetting setting)
{
    g_autofree char *text = top_written(policy, setting);
    return text && top_setting_is_list(setting) ? policy_list_lines(text) : g_steal_pointer(&text);
}

static bool fill(const Call *call, PolicyForm *form)
{
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++)
        policy_form_fill(form->shown, FIELDS, form->sent, top_setting_name(setting), written(call->policy, setting), top_setting_default(setting));
    return true;
}

static Policy *next(const Policy *policy, const PolicyForm *form, GPtrArray *mistakes)
{
    TopWish wish;
    char *lists[TOP_SETTINGS] = {0};
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++) {
        const char *wished = policy_form_wish(form->shown, FIELDS, form->sent, top_setting_name(setting));
        if (wished && *wished && top_setting_is_list(setting))
            wished = lists[setting] = policy_list_of_lines(wished);
        wish.of[setting] = wished;
    }
    Policy *made = policy_with_settings(policy, &wish, form->own, mistakes);
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++)
        g_free(lists[setting]);
    return made;
}

static char *where(const Call *call, const PolicyForm *form)
{
    (void) call, (void) form;
    return g_strdup("");
}

static Value *view(const Call *call, const PolicyForm *form, const PageContext *context)
{
    const SettingsShown shown = {.policy = call->policy, .conflict = form->conflict, .wrong = (const char *const *) form->wrong,
                                 .diff = {form->diff, policy_change_text}, .shown = form->shown, .shown_count = FIELDS};
    return view_settings_edit(&shown, context);
}

static const PolicyFormKind kind = {.fields = fields, .count = FIELDS, .page = "settings", .choose = choose, .fill = fill, .next = next,
                                    .where = where, .view = view};

void page_policy_settings(Call *call)
{
    policy_form_open(call, &kind);
}

void page_policy_settings_send(Call *call)
{
    policy_form_send(call, &kind);
}
