/* GET /plans: what each plan gives on each feature, and which one the viewer has. */
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
        json_t *plans = plans_json(call, read->report->policy);
        json_object_set_new(plans, "current", json_string(read->report->subject->plan->key));
        call_json(call, 200, plans);
        return;
    }
    PageContext context = call_context(call, NULL);
    call_page(call, 200, "plans", view_plans_page(read->report, &context));
}
