/* What was made under a key: kept whole as it is answered, and else put together from what was kept as it was made, and what is so by now. */
#include "web/change_once.h"

#include "store/approvals.h"
#include "view/view_admin.h"

char *change_once_fingerprint(const Call *call)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (int i = 0; i < call->form.count; i++)
        g_string_append_printf(all, "%s=%s\n", call->form.pairs[i].name, call->form.pairs[i].value);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, (gssize) all->len);
}

void change_once_keep(Call *call, const Once *once, int status, const json_t *answer)
{
    g_auto(StoreError) error = {0};
    if (once->key && once_answer(call->site->store, once, status, answer, &error) != STORE_OK)
        store_error_clear(&error);
}

/* An answer that was kept as the change was made, and never given: the rest of it is as it is by now. */
static StoreResult answer_end(Call *call, json_t **answer, StoreError *error)
{
    json_t *made = json_object_get(*answer, ONCE_MADE), *units = json_object_get(made, "units"), *approval = NULL;
    const char *id = json_is_integer(units) && !json_integer_value(units) ? NULL : json_string_value(json_object_get(made, "id"));
    const char *subject = json_string_value(json_object_get(*answer, "subject"));
    StoreResult result;
    if (subject) {
        UsageRead *now = NULL;
        result = store_usage(call->site->store, subject, NULL, true, &now, error);
        if (result == STORE_OK)
            view_change_json_end(*answer, now->report, id);
        usage_read_free(now);
        if (result == STORE_OK)
            json_object_del(*answer, ONCE_MADE);
    } else {
        result = approval_get(call->site->store, id, &approval, error);
        if (result == STORE_OK) {
            json_decref(*answer);
            *answer = approval;
        }
    }
    if (result == STORE_DOWN)
        error->made = STORE_MADE;
    return result;
}

bool change_once_again(Call *call, const Once *once)
{
    g_auto(StoreError) error = {0};
    json_t *answer = NULL;
    int status = 0;
    StoreResult result = once->key ? once_find(call->site->store, once, &status, &answer, &error) : STORE_OK;
    bool begun = answer && json_object_get(answer, ONCE_MADE);
    if (begun)
        result = answer_end(call, &answer, &error);
    if (begun && result == STORE_OK)
        change_once_keep(call, once, status, answer);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (answer)
        call_json(call, status, json_incref(answer));
    bool answered = result != STORE_OK || answer;
    json_decref(answer);
    return answered;
}
