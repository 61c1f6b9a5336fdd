/* GET /plans: what each plan gives on each feature, which one the viewer has, and what is to come for them. */
#include "web/handlers.h"

void page_plans(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(UsageRead) read = NULL;
    StoreResult result = store_usage(call->site->store, call->identity.subject, NULL, true, &read, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    if (call_wants_json(call)) {
        call_json(call, 200, view_plans_own(read->report));
        return;
    }
    PageContext context = call_context(call, NULL);
    call_page(call, 200, "plans", view_plans_page(read->report, &context));
}
