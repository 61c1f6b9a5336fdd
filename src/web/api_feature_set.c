/* Features of the policy, for programs: what the form of /admin/feature does. */
#include "policy/policy_feature.h"
#include "say/say.h"
#include "web/handlers.h"
#include "web/policy_api.h"

enum { WHAT = CHANGE_FIELDS, FEATURE, OPTIONS, FIELDS = OPTIONS + FEATURE_OPTIONS };
static const InputField fields[FIELDS] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [CHANGE_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [WHAT] = {"what", INPUT_TEXT, false, 1, 16},
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 64},
    [OPTIONS + FEATURE_TITLE] = {"title", INPUT_TEXT, false, 1, 200},
    [OPTIONS + FEATURE_UNIT] = {"unit", INPUT_TEXT, false, 1, 200},
    [OPTIONS + FEATURE_UNITS] = {"units", INPUT_TEXT, false, 1, 200},
    [OPTIONS + FEATURE_ABOUT] = {"about", INPUT_TEXT, false, 1, 2000},
    [OPTIONS + FEATURE_PARENT] = {"parent", INPUT_TEXT, false, 1, 64},
    [OPTIONS + FEATURE_RESOURCES] = {"resources", INPUT_LIST, false, 0, 1000},
    [OPTIONS + FEATURE_UNIT_COST] = {"unit_cost", INPUT_NUMBER, false, 0, 1000000},
    [OPTIONS + FEATURE_ONE_PLACE] = {"one_place", INPUT_TEXT, false, 1, 16},
};

/* What is wished; texts[] are new. False: answered already. */
static bool wish_read(Call *call, const InputValue *values, char **texts, FeatureWish *wish)
{
    for (FeatureOption option = 0; option < FEATURE_OPTIONS; option++) {
        const InputField *field = &fields[OPTIONS + option];
        const InputValue *value = &values[OPTIONS + option];
        bool is_list = value->given && feature_option_is_list(option);
        texts[option] = is_list ? policy_api_texts(value->json) : policy_api_wish(field, value);
        wish->of[option] = texts[option];
        if (is_list && !texts[option]) {
            call_problem(call, 400, field->name, SAY_LIST_OF_TEXTS, field->name);
            return false;
        }
    }
    return true;
}

static void make(Call *call, const InputValue *values, const Feature *feature, const FeatureWish *wish)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    const char *what = values[WHAT].text;
    g_autoptr(Policy) next = g_strcmp0(what, "add") == 0 ? policy_with_new_feature(call->policy, values[FEATURE].text, wish, mistakes)
                             : what                      ? policy_without_feature(call->policy, feature, mistakes)
                                                         : policy_with_feature(call->policy, feature, wish, mistakes);
    if (next)
        policy_api_make(call, next, values, false, NULL);
    else
        policy_api_mistakes(call, g_strcmp0(what, "remove") == 0 ? "feature"
                                  : policy_api_member(mistakes, fields, OPTIONS, FIELDS, "feature"), mistakes);
}

void api_feature_set(Call *call)
{
    static const char *const words[] = {"add", "remove", NULL};
    InputValue values[FIELDS];
    char *texts[FEATURE_OPTIONS] = {0};
    FeatureWish wish;
    if (!call_body(call, fields, FIELDS, values) || !policy_api_is_good(call, values) || !policy_api_what_is(call, &values[WHAT], words) ||
        !policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        return;
    const Feature *feature = policy_feature(call->policy, values[FEATURE].text);
    if (!feature && g_strcmp0(values[WHAT].text, "add") != 0)
        call_problem(call, 404, "feature", SAY_NO_SUCH("feature"));
    else if (policy_api_only_goes(call, &values[WHAT], fields, values, OPTIONS, FIELDS) && wish_read(call, values, texts, &wish))
        make(call, values, feature, &wish);
    for (FeatureOption option = 0; option < FEATURE_OPTIONS; option++)
        g_free(texts[option]);
}
