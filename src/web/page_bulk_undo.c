/* GET and POST /admin/bulk/undo: undoing a change to many people as a whole. Who is not as it left them stays; how
 * many these are, and why, is seen before. */
#include "say/say.h"
#include "store/bulk.h"
#include "view/view_bulk.h"
#include "web/form_json.h"
#include "web/handlers.h"

enum { ID, REASON, POSSIBLE, FIELDS };
static const InputField undo_fields[FIELDS] = {
    [ID] = {"id", INPUT_TEXT, true, 1, 18},
    [REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [POSSIBLE] = {"possible", INPUT_WHOLE, false, 0, BULK_MOST},
};

/* As a form says it. Looking reads for seconds (call_slow_read), and so has a thread of its own. */
typedef struct {
    FormShown shown[FIELDS];
    char *id, *reason;
    int64_t possible; /* -1: not said */
    bool good;
} Undoing;

static void undoing_free(void *data)
{
    Undoing *undoing = data;
    form_shown_clear(undoing->shown, FIELDS);
    g_free(undoing->id);
    g_free(undoing->reason);
    g_free(undoing);
}

static void show(Call *call, int status, const Undoing *undoing, const json_t *looked)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    const BulkUndoShown shown = {.looked = looked, .stale = status == 409, .shown = undoing->shown, .shown_count = FIELDS};
    call_page(call, status, "bulk_undo", view_bulk_undo(&shown, &context));
}

static void look(Call *call, int status)
{
    g_auto(StoreError) error = {0};
    Undoing *undoing = call->kept;
    json_t *looked = NULL;
    StoreResult result = bulk_undo_look(call->site->store, undoing->id, &looked, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (call_wants_json(call))
        call_json(call, status, json_incref(looked));
    else
        show(call, status, undoing, looked);
    json_decref(looked);
}

static void look_first(Call *call)
{
    look(call, 200);
}

void page_bulk_undo(Call *call)
{
    const InputField *fields = undo_fields;
    InputValue id;
    if (!call_query(call, fields, 1, &id))
        return;
    Undoing *undoing = g_new0(Undoing, 1);
    undoing->id = g_strdup(id.text);
    form_open(&call->request->query, fields, FIELDS, undoing->shown);
    call_slow_read(call, look_first, undoing, undoing_free);
}

static void send(Call *call)
{
    g_auto(StoreError) error = {0};
    const Undoing *undoing = call->kept;
    json_t *bulk = NULL;
    if (!undoing->good) {
        look(call, 400);
        return;
    }
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = bulk_undo(call->site->store, undoing->id, undoing->possible, undoing->reason, actor, &bulk, &error);
    if (result == STORE_OK) {
        g_autofree char *path = g_strconcat("/admin/bulk?id=", json_string_value(json_object_get(bulk, "bulk")), NULL);
        call_see_other(call, path);
    } else if (result == STORE_CONFLICT && g_strcmp0(error.field, undo_fields[POSSIBLE].name) == 0) {
        look(call, 409);
    } else {
        call_store_problem(call, result, &error);
    }
    json_decref(bulk);
}

void page_bulk_undo_send(Call *call)
{
    InputValue values[FIELDS];
    Undoing *undoing = g_new0(Undoing, 1);
    undoing->good = call_filled(call, &call->form, undo_fields, FIELDS, values, undoing->shown);
    bool names_one = undoing->shown[ID].mistake == FORM_GOOD && values[ID].given;
    if (!names_one || undoing->shown[POSSIBLE].mistake != FORM_GOOD) {
        if (names_one)
            form_problem(call, &undoing->shown[POSSIBLE], 1);
        else
            call_problem(call, 400, "id", SAY_BULK_ID);
        undoing_free(undoing);
        return;
    }
    undoing->id = g_strdup(values[ID].text);
    undoing->reason = g_strdup(values[REASON].text);
    undoing->possible = values[POSSIBLE].given ? values[POSSIBLE].whole : -1;
    call_slow_read(call, send, undoing, undoing_free);
}
