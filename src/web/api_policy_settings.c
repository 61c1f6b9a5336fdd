/* The settings at the top of the policy, for programs: what the form of /admin/settings does. */
#include "policy/policy_list.h"
#include "policy/policy_setting.h"
#include "say/say.h"
#include "web/handlers.h"
#include "web/policy_api.h"
#include "web/policy_call.h"

enum { OPTIONS = CHANGE_FIELDS, FIELDS = OPTIONS + TOP_SETTINGS };
static const InputField fields[FIELDS] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [CHANGE_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [OPTIONS + TOP_TITLE] = {"title", INPUT_TEXT, false, 1, 200},
    [OPTIONS + TOP_TIMEZONE] = {"timezone", INPUT_TEXT, false, 1, 64},
    [OPTIONS + TOP_WEEK_STARTS] = {"week_starts", INPUT_TEXT, false, 1, 16},
    [OPTIONS + TOP_DAY_STARTS] = {"day_starts", INPUT_TEXT, false, 1, 16},
    [OPTIONS + TOP_DEFAULT_PLAN] = {"default_plan", INPUT_TEXT, false, 1, 64},
    [OPTIONS + TOP_ANONYMOUS_PLAN] = {"anonymous_plan", INPUT_TEXT, false, 1, 64},
    [OPTIONS + TOP_UPGRADE_URL] = {"upgrade_url", INPUT_TEXT, false, 1, 1000},
    [OPTIONS + TOP_SUPPORT_URL] = {"support_url", INPUT_TEXT, false, 1, 1000},
    [OPTIONS + TOP_SIGN_IN_URL] = {"sign_in_url", INPUT_TEXT, false, 1, 1000},
    [OPTIONS + TOP_CURRENCY] = {"currency", INPUT_TEXT, false, 1, 16},
    [OPTIONS + TOP_QUEUE_ANSWER] = {"queue_answer", INPUT_TEXT, false, 1, 16},
    [OPTIONS + TOP_TOTP] = {"totp", INPUT_TEXT, false, 1, 16},
    [OPTIONS + TOP_ADMINISTRATORS] = {"administrators", INPUT_LIST, false, 0, 1000},
    [OPTIONS + TOP_EMBEDDERS] = {"embedders", INPUT_LIST, false, 0, 1000},
    [OPTIONS + TOP_GRACE_DAYS] = {"grace_days", INPUT_WHOLE, false, 0, 3650},
    [OPTIONS + TOP_GRACE_MULTIPLIER] = {"grace_multiplier", INPUT_NUMBER, false, 1, 1000000},
    [OPTIONS + TOP_GRACE_UNLIMITED] = {"grace_unlimited", INPUT_FLAG, false, 0, 0},
    [OPTIONS + TOP_CEILING_MULTIPLIER] = {"support_ceiling_multiplier", INPUT_NUMBER, false, 1, 1000000},
    [OPTIONS + TOP_CEILING_DAYS] = {"support_ceiling_days", INPUT_WHOLE, false, 1, 3650},
};

static json_t *list_json(const char *written)
{
    json_t *list = json_array();
    g_auto(GStrv) values = policy_list_read(written);
    for (char **value = values; *value; value++)
        json_array_append_new(list, json_string(*value));
    return list;
}

/* As it is sent; null: it is not written, and has no word that holds without. */
static json_t *setting_json(const Policy *policy, TopSetting setting)
{
    g_autofree char *written = top_written(policy, setting);
    const char *word = written ? written : top_setting_default(setting);
    if (!word)
        return json_null();
    switch (fields[OPTIONS + setting].type) {
    case INPUT_LIST:
        return list_json(word);
    case INPUT_FLAG:
        return json_boolean(strcmp(word, "yes") == 0);
    case INPUT_WHOLE:
        return json_integer(g_ascii_strtoll(word, NULL, 10));
    case INPUT_NUMBER:
        return json_real(g_ascii_strtod(word, NULL));
    default:
        return json_string(word);
    }
}

void api_policy_settings(Call *call)
{
    if (!policy_call_anew(call))
        return;
    json_t *settings = json_object();
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++)
        json_object_set_new(settings, top_setting_name(setting), setting_json(call->policy, setting));
    call_json(call, 200, json_pack("{s:i, s:o}", "version", call->policy->version, "settings", settings));
}

/* What is wished; texts[] are new. False: answered already. */
static bool wish_read(Call *call, const InputValue *values, char **texts, TopWish *wish)
{
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++) {
        const InputValue *value = &values[OPTIONS + setting];
        bool is_list = value->given && top_setting_is_list(setting);
        texts[setting] = is_list ? policy_api_texts(value->json) : policy_api_wish(&fields[OPTIONS + setting], value);
        wish->of[setting] = texts[setting];
        if (is_list && !texts[setting]) {
            call_problem(call, 400, fields[OPTIONS + setting].name, SAY_LIST_OF_TEXTS, fields[OPTIONS + setting].name);
            return false;
        }
    }
    return true;
}

static void make(Call *call, const InputValue *values, const TopWish *wish)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) next = policy_with_settings(call->policy, wish, policy_call_own(call), mistakes);
    if (next)
        policy_api_make(call, next, values, false, NULL);
    else
        policy_api_mistakes(call, policy_api_member(mistakes, fields, OPTIONS, FIELDS, NULL), mistakes);
}

void api_policy_settings_set(Call *call)
{
    InputValue values[FIELDS];
    char *texts[TOP_SETTINGS] = {0};
    TopWish wish;
    if (!call_body(call, fields, FIELDS, values) || !policy_api_is_good(call, values) ||
        !policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        return;
    if (wish_read(call, values, texts, &wish))
        make(call, values, &wish);
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++)
        g_free(texts[setting]);
}
