/* Undoing a change to many people as a whole, for programs. */
#include "store/bulk.h"
#include "web/admin_input.h"
#include "web/handlers.h"

enum { REASON, POSSIBLE, DRY_RUN };
static const InputField fields[] = {
    [REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [POSSIBLE] = {"possible", INPUT_WHOLE, false, 0, BULK_MOST},
    [DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
};

typedef struct {
    char *id, *reason;
    int64_t possible; /* -1: not said */
    bool dry_run;
} Undoing;

static void undoing_free(void *data)
{
    Undoing *undoing = data;
    g_free(undoing->id);
    g_free(undoing->reason);
    g_free(undoing);
}

static void look_or_make(Call *call)
{
    g_auto(StoreError) error = {0};
    const Undoing *undoing = call->kept;
    Store *store = call->site->store;
    json_t *json = NULL;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = undoing->dry_run
                             ? bulk_undo_look(store, undoing->id, &json, &error)
                             : bulk_undo(store, undoing->id, undoing->possible, undoing->reason, actor, &json, &error);
    admin_answer(call, undoing->dry_run ? 200 : 202, result, json, &error);
}

void api_bulk_undo(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    if (!call_body(call, fields, G_N_ELEMENTS(fields), values))
        return;
    Undoing *undoing = g_new0(Undoing, 1);
    undoing->id = g_strdup(call->segment);
    undoing->reason = g_strdup(values[REASON].text);
    undoing->possible = values[POSSIBLE].given ? values[POSSIBLE].whole : -1;
    undoing->dry_run = values[DRY_RUN].flag;
    call_slow_read(call, look_or_make, undoing, undoing_free);
}
