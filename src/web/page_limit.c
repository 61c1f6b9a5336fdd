/* GET /limit/{feature}: what was used up, when it is back, what one can do. */
#include "web/handlers.h"

void page_limit(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(UsageRead) read = NULL;
    StoreResult result = store_usage(call->site->store, call->identity.subject, call->segment, true, &read, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    if (call_wants_json(call)) {
        call_text(call, 200, view_usage(read->report));
        return;
    }
    g_autofree char *back = request_back(call->request);
    PageContext context = call_context(call, back);
    call_page(call, 200, "limit", view_limit(read->report, NULL, &context));
}
