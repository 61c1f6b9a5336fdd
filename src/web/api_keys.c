/* API keys. The key itself is shown once, when it is made. */
#include "web/admin_input.h"
#include "say/say.h"
#include "web/handlers.h"

enum { NAME, SCOPES, EXPIRES_AT, REASON };
static const InputField fields[] = {
    [NAME] = {"name", INPUT_TEXT, true, 1, KEY_NAME_MAX},
    [SCOPES] = {"scopes", INPUT_LIST, true, 1, 3},
    [EXPIRES_AT] = {"expires_at", INPUT_UNTIL, false, 0, 0},
    [REASON] = {"reason", INPUT_TEXT, false, 0, 500},
};

static const struct {
    const char *word;
    unsigned scope;
} scope_words[] = {{"enforce", KEY_ENFORCE}, {"read", KEY_READ}, {"admin", KEY_ADMIN}};

static unsigned scope_of(const json_t *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(scope_words); i++)
        if (g_strcmp0(json_string_value(word), scope_words[i].word) == 0)
            return scope_words[i].scope;
    return 0;
}

static bool scopes_read(Call *call, const json_t *list, unsigned *scopes)
{
    const json_t *word;
    size_t i;
    *scopes = 0;
    json_array_foreach (list, i, word) {
        unsigned scope = scope_of(word);
        *scopes |= scope;
        if (!scope) {
            call_problem(call, 400, "scopes", SAY_SCOPES);
            return false;
        }
    }
    return true;
}

void api_key_create(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    unsigned scopes;
    if (!call_body(call, fields, G_N_ELEMENTS(fields), values) || !scopes_read(call, values[SCOPES].json, &scopes) ||
        !admin_input_future(call, "expires_at", &values[EXPIRES_AT]))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result =
        admin_key_create(call->site->store, values[NAME].text, scopes,
                         values[EXPIRES_AT].given ? values[EXPIRES_AT].time : INSTANT_MAX, values[REASON].text, actor, &json, &error);
    admin_answer(call, 201, result, json, &error);
}

static const InputField list_fields[] = {{"before", INPUT_WHOLE, false, 1, UNITS_MAX}};

void api_key_list(Call *call)
{
    InputValue before;
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    if (!call_query(call, list_fields, 1, &before))
        return;
    StoreResult result = admin_key_list(call->site->store, before.text, ADMIN_LIST_MOST, &list, &error);
    admin_answer_list(call, "keys", result, list, &error);
}

void api_key_get(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *key = NULL;
    StoreResult result = admin_key_get(call->site->store, call->segment, &key, &error);
    admin_answer(call, 200, result, key, &error);
}

void api_key_revoke(Call *call)
{
    g_auto(StoreError) error = {0};
    const char *reason;
    if (!admin_input_reason(call, &reason))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    admin_answer_removed(call, admin_key_revoke(call->site->store, call->segment, reason, actor, &error), &error);
}
