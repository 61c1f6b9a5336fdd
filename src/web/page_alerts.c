/* GET /alerts: which thresholds the viewer has reached lately. */
#include "web/handlers.h"

void page_alerts(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(UsageRead) read = NULL;
    g_autoptr(Alerts) alerts = NULL;
    StoreResult result = store_usage(call->site->store, call->identity.subject, NULL, false, &read, &error);
    if (result == STORE_OK)
        result = store_alerts(call->site->store, call->identity.subject, read->report->as_of, &alerts, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    if (call_wants_json(call)) {
        call_json(call, 200, view_alerts(read->report, alerts));
        return;
    }
    PageContext context = call_context(call, NULL);
    bool changed = query_get(&call->request->query, "changed") != NULL;
    call_page(call, 200, "alerts", view_alerts_page(read->report, alerts, changed, &context));
}
