/* GET /admin/bulks: the changes to many people at once, under way and over. */
#include "store/bulk.h"
#include "view/view_bulk.h"
#include "web/handlers.h"

static const InputField fields[] = {{"before", INPUT_WHOLE, false, 1, UNITS_MAX}};

void page_bulks(Call *call)
{
    InputValue before;
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    bool more = false;
    if (!call_query(call, fields, 1, &before))
        return;
    StoreResult result = bulk_list(call->site->store, before.text, &list, &more, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    if (call_wants_json(call)) {
        call_json(call, 200, json_pack("{s:O, s:b}", "bulks", list, "more", more));
    } else {
        PageContext context = call_context(call, NULL);
        call_page(call, 200, "bulks", view_bulks(&(BulksShown){.list = list, .more = more}, &context));
    }
    json_decref(list);
}
