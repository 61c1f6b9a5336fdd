/* GET /decisions/{id}: why a request was allowed or stopped, and where its limits stand now. */
#include "web/handlers.h"
#include "say/say.h"

static void show(Call *call, const DecisionRead *read, const UsageReport *usage)
{
    g_autofree char *back = request_back(call->request);
    PageContext context = call_context(call, back);
    DecisionShown shown = {
        .answer = read->answer,
        .kind = read->restores ? "restore" : read->kind,
        .on_behalf_of = read->on_behalf_of,
        .reservation_state = read->reservation_state,
        .refunded = read->refunded,
        .usage = usage,
    };
    call_page(call, 200, "decision", view_decision_page(&shown, &context));
}

void page_decision(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(DecisionRead) read = NULL;
    g_autoptr(UsageRead) usage = NULL;
    if (call->identity.kind == IDENTITY_KEY || call_wants_json(call)) {
        api_decision(call);
        return;
    }
    StoreResult result = store_decision(call->site->store, call->segment, &read, &error);
    if (result == STORE_OK && !call_may_see(call, read->answer->subject)) {
        call_problem(call, 404, NULL, SAY_NO_SUCH("decision"));
        return;
    }
    /* Somebody who has no plan any more stands nowhere: the decision is shown without. */
    if (result == STORE_OK && store_usage(call->site->store, read->answer->subject, NULL, false, &usage, &error) == STORE_DOWN)
        result = STORE_DOWN;
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else
        show(call, read, usage ? usage->report : NULL);
}
