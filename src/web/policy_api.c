/* What all changes of the policy by programs have in common. */
#include "web/policy_api.h"

#include "base/json_write.h"
#include "policy/policy_list.h"
#include "say/say.h"
#include "view/view_admin_policy.h"
#include "web/admin_input.h"
#include "web/policy_call.h"

#define PROBLEM_TYPE "application/problem+json"

bool policy_api_is_good(Call *call, const InputValue *values)
{
    if (values[CHANGE_REASON].text[strspn(values[CHANGE_REASON].text, " ")] != '\0')
        return admin_input_future(call, "effective_at", &values[CHANGE_EFFECTIVE_AT]);
    call_problem(call, 400, "reason", SAY_MUST_SAY_WHY);
    return false;
}

bool policy_api_is_of_now(Call *call, const InputValue *version)
{
    if (!policy_call_knows(call, version))
        return false;
    if (version->whole == call->policy->version)
        return true;
    call_problem(call, 409, "version", SAY_POLICY_CHANGED, call->policy->version);
    return false;
}

void policy_api_mistakes(Call *call, const char *field, const GPtrArray *mistakes)
{
    g_autofree char *first = mistakes->len ? mistake_text(mistakes->pdata[0]) : g_strdup("");
    g_autofree char *detail = g_strdup_printf(SAY_POLICY_WRONG, first, mistakes->len > 1 ? SAY_POLICY_WRONG_MORE : "");
    json_t *problem = view_problem(400, response_phrase(400), detail, field);
    json_object_set_new(problem, "mistakes", mistakes_json(mistakes));
    response_status(call->response, 400);
    response_guard(call->response);
    call_json_body(call, PROBLEM_TYPE, problem);
}

/* What became of it. `changes` and `warnings` (NULL: there are none to speak of) are borrowed. */
static json_t *outcome_json(int version, bool changed, const PolicyChange *change, json_t *changes, json_t *warnings)
{
    g_autofree char *when = changed ? instant_text(change->effective_at) : NULL;
    json_t *json = json_pack("{s:i, s:b, s:s, s:s?, s:i, s:O}", "version", version, "changed", changed, "state",
                             when ? "scheduled" : "applied", "effective_at", when, "based_on", change->expected, "changes", changes);
    if (warnings)
        json_object_set(json, "warnings", warnings);
    return json;
}

void policy_api_make(Call *call, const Policy *next, const InputValue *values, bool may_differ_in_text, json_t *warnings)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    PolicyChange change = policy_call_change(actor, &values[CHANGE_VERSION], &values[CHANGE_REASON], &values[CHANGE_EFFECTIVE_AT]);
    json_auto_t *diff = NULL;
    int version = call->policy->version;
    bool changed = false;
    change.keeps_plans = !may_differ_in_text || change.effective_at != INSTANT_MIN;
    StoreResult result = policy_may_follow(call->site->store, actor, call->policy, next, change.keeps_plans, &error);
    if (result == STORE_OK)
        result = policy_call_diff(call, call->policy, next, &diff, &error);
    json_t *changes = json_object_get(diff, "changes");
    if (result == STORE_OK && !values[CHANGE_DRY_RUN].flag && (may_differ_in_text || json_array_size(changes)))
        result = policy_change(call->site->store, next, &change, &version, &changed, &error);
    json_t *json = result == STORE_OK ? outcome_json(version, changed, &change, changes, warnings) : NULL;
    admin_answer(call, changed ? 201 : 200, result, json, &error);
}

/* --- what is wished, as the policy would have it --- */

/* What is no number keeps its quotes, and is no percent. */
static char *list_text(const json_t *list)
{
    g_autoptr(GString) text = g_string_new(json_array_size(list) ? NULL : "none");
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        char *one = json_write(item, JSON_COMPACT | JSON_ENCODE_ANY);
        g_string_append_printf(text, "%s%s", i ? ", " : "", one ? one : "");
        free(one);
    }
    return g_strdup(text->str);
}

/* "1.5": no more decimals than a policy has. */
static char *number_text(double number)
{
    char *text = g_strdup_printf("%.6f", number);
    size_t len = strlen(text);
    while (text[len - 1] == '0')
        len--;
    text[text[len - 1] == '.' ? len - 1 : len] = '\0';
    return text;
}

char *policy_api_texts(const json_t *list)
{
    g_autoptr(GStrvBuilder) values = g_strv_builder_new();
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        const char *one = json_string_value(item);
        if (!one || !*one)
            return NULL;
        g_strv_builder_add(values, one);
    }
    g_auto(GStrv) all = g_strv_builder_end(values);
    return policy_list_text(all);
}

char *policy_api_wish(const InputField *field, const InputValue *value)
{
    if (!value->given)
        return value->is_null ? g_strdup("") : NULL;
    switch (field->type) {
    case INPUT_WHOLE:
        return g_strdup_printf("%" PRId64, value->whole);
    case INPUT_NUMBER:
        return number_text(value->number);
    case INPUT_FLAG:
        return g_strdup(value->flag ? "yes" : "no");
    case INPUT_LIST:
        return list_text(value->json);
    default:
        return g_strdup(value->text);
    }
}

const char *policy_api_member(const GPtrArray *mistakes, const InputField *fields, int first, int count, const char *otherwise)
{
    const Mistake *mistake = mistakes->len ? mistakes->pdata[0] : NULL;
    g_auto(GStrv) parts = mistake && mistake->field ? g_strsplit(mistake->field, ": ", -1) : NULL;
    guint depth = parts ? g_strv_length(parts) : 0;
    if (depth == 0)
        return otherwise;
    const char *section = depth > 1 && !strchr(parts[depth - 2], ' ') ? parts[depth - 2] : NULL;
    g_autofree char *name = g_strconcat(section ? section : "", section ? "_" : "", parts[depth - 1], NULL);
    for (int i = first; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].name;
    return otherwise;
}

bool policy_api_what_is(Call *call, const InputValue *what, const char *const *words)
{
    if (!what->given || g_strv_contains(words, what->text))
        return true;
    call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
    return false;
}

bool policy_api_only_goes(Call *call, const InputValue *what, const InputField *fields, const InputValue *values, int first, int count)
{
    bool is_remove = g_strcmp0(what->text, "remove") == 0;
    for (int i = first; is_remove && i < count; i++)
        if (values[i].given) {
            call_problem(call, 400, fields[i].name, SAY_STRAY("%s"), fields[i].name);
            return false;
        }
    return true;
}
