/* Lines, for administrators: how they stand, how well waits were foretold, and stopping them. */
#include "store/queue.h"
#include "web/admin_input.h"
#include "web/handlers.h"

void api_queue_list(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(GPtrArray) lines = NULL;
    StoreResult result = queue_report(call->site->store, &lines, &error);
    json_t *list = result == STORE_OK ? json_array() : NULL;
    for (guint i = 0; list && i < lines->len; i++)
        json_array_append_new(list, queue_report_json(lines->pdata[i]));
    admin_answer_list(call, "queues", result, list, &error);
}

enum { FEATURE, LIMIT, STATE, REASON };
static const InputField fields[] = {
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},
    [LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [STATE] = {"state", INPUT_TEXT, true, 1, 16},
    [REASON] = {"reason", INPUT_TEXT, false, 0, 500},
};

void api_queue_set(Call *call)
{
    static const char *const states[] = {"open", "paused", "closed", NULL};
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    if (!call_body(call, fields, G_N_ELEMENTS(fields), values))
        return;
    const char *feature = values[FEATURE].text, *limit = values[LIMIT].text, *state = values[STATE].text;
    if (!g_strv_contains(states, state)) {
        call_problem(call, 400, "state", "state must be open, paused or closed");
        return;
    }
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = queue_set(call->site->store, feature, limit, state, values[REASON].text, actor, &error);
    json_t *json = result == STORE_OK ? json_pack("{s:s, s:s?, s:s, s:s?}", "feature", feature, "limit", limit, "state", state,
                                                  "reason", values[REASON].text) : NULL;
    admin_answer(call, 200, result, json, &error);
}
