/* GET and POST /admin/bulk/new: one change to all whom a search or filter of /admin/people finds. The form is sent twice: first to see how
 * many and who they are, and then, confirmed, to make it. GET and POST /admin/bulk: how far it is, and stopping it. */
#include "base/parse.h"
#include "say/say.h"
#include "view/view_bulk.h"
#include "web/bulk_form.h"
#include "web/handlers.h"

#define REFRESH_MIN_S 5
#define REFRESH_MAX_S 300

static void show(Call *call, int status, const BulkForm *form, bool preview)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    const BulkNewShown shown = {
        .what = bulk_kind_word(form->ask.kind), .sought = form->sought,
        .people = form->found.subjects ? (int) form->found.subjects->len : 0, .changed = form->found.changed,
        .first = form->found.first, .preview = preview, .stale = status == 409, .shown = form->shown, .shown_count = BULK_FIELDS,
    };
    call_page(call, status, "bulk_new", view_bulk_new(&shown, &context));
}

void page_bulk_new(Call *call)
{
    g_autoptr(BulkForm) form = bulk_form_new();
    form_open(&call->request->query, bulk_fields, BULK_FIELDS, form->shown);
    if (bulk_form_who(call, &call->request->query, form))
        show(call, 200, form, false);
}

static void shown_set(BulkForm *form, int field, char *text)
{
    g_free(form->shown[field].typed);
    form->shown[field].typed = text;
}

/* What was looked at, as the form that confirms it carries it. */
static void preview(Call *call, BulkForm *form, int status)
{
    shown_set(form, BULK_F_PEOPLE, g_strdup_printf("%u", form->found.subjects->len));
    shown_set(form, BULK_F_SEEN, g_strdup(form->found.seen));
    shown_set(form, BULK_F_ONCE, g_uuid_string_random());
    show(call, status, form, true);
}

static void make(Call *call, const BulkForm *form)
{
    g_auto(StoreError) error = {0};
    json_t *bulk = NULL;
    StoreResult result = bulk_form_make(call, form, &bulk, &error);
    if (result == STORE_OK) {
        g_autofree char *path = g_strconcat("/admin/bulk?id=", json_string_value(json_object_get(bulk, "bulk")), NULL);
        call_see_other(call, path);
    } else {
        call_store_problem(call, result, &error);
    }
    json_decref(bulk);
}

/* Who they are is confirmed only as a whole: their number, and who they were. */
static void look(Call *call)
{
    BulkForm *form = call->kept;
    const InputValue *values = form->values;
    if (!bulk_form_look(call, form))
        return;
    bool confirmed = values[BULK_F_CONFIRM].flag && values[BULK_F_PEOPLE].given && values[BULK_F_SEEN].given;
    if (!confirmed)
        preview(call, form, 200);
    else if (bulk_form_differs(form))
        preview(call, form, 409);
    else
        make(call, form);
}

void page_bulk_new_send(Call *call)
{
    g_autoptr(BulkForm) form = bulk_form_new();
    bool good = call_filled(call, &call->form, bulk_fields, BULK_FIELDS, form->values, form->shown);
    if (!bulk_form_who(call, &call->form, form))
        return;
    if (good && bulk_form_is_good(call, form))
        call_slow_read(call, look, g_steal_pointer(&form), bulk_form_free);
    else
        show(call, 400, form, false);
}

/* --- how far it is --- */

enum { ID, FIELDS };
static const InputField fields[FIELDS] = {[ID] = {"id", INPUT_TEXT, true, 1, 18}};

/* A page that loads itself anew, where the reader asked for it, while there is something new to come. */
static int64_t refresh_s(const Call *call, const json_t *bulk)
{
    const char *text = query_get(&call->request->query, "refresh");
    int64_t seconds = 0;
    bool runs = g_strcmp0(json_string_value(json_object_get(bulk, "state")), "running") == 0;
    if (!text || !runs || !parse_whole(text, 0, INT64_MAX, &seconds))
        return 0;
    return CLAMP(seconds, REFRESH_MIN_S, REFRESH_MAX_S);
}

void page_bulk(Call *call)
{
    InputValue values[FIELDS];
    g_auto(StoreError) error = {0};
    json_t *bulk = NULL;
    if (!call_query(call, fields, FIELDS, values))
        return;
    StoreResult result = bulk_get(call->site->store, values[ID].text, &bulk, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
    } else if (call_wants_json(call)) {
        call_json(call, 200, json_incref(bulk));
    } else if (call_form_token(call)) {
        PageContext context = call_context(call, NULL);
        call_page_refreshed(call, 200, "bulk", view_bulk(&(BulkShown){.bulk = bulk}, &context), refresh_s(call, bulk));
    }
    json_decref(bulk);
}

void page_bulk_send(Call *call)
{
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    g_auto(StoreError) error = {0};
    json_t *bulk = NULL;
    g_autofree char *actor = identity_actor(&call->identity);
    if (!call_filled(call, &call->form, fields, FIELDS, values, shown)) {
        call_problem(call, 400, "id", SAY_BULK_ID);
    } else {
        StoreResult result = bulk_stop(call->site->store, values[ID].text, actor, &bulk, &error);
        g_autofree char *path = g_strconcat("/admin/bulk?id=", values[ID].text, NULL);
        if (result == STORE_OK || (result == STORE_CONFLICT && !call_wants_json(call)))
            call_see_other(call, path); /* where it is over already, its page says so */
        else
            call_store_problem(call, result, &error);
    }
    json_decref(bulk);
    form_shown_clear(shown, FIELDS);
}
