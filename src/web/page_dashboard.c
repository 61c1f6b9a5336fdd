/* GET /: where the viewer stands, on every feature of the plan. */
#include "base/parse.h"
#include "web/handlers.h"

#define REFRESH_MIN_S 5
#define REFRESH_MAX_S 3600

/* A page that loads itself anew, where the reader asked for it. */
static int64_t refresh_s(const Request *request)
{
    const char *text = query_get(&request->query, "refresh");
    int64_t seconds = 0;
    return text && parse_whole(text, 0, INT64_MAX, &seconds) ? CLAMP(seconds, REFRESH_MIN_S, REFRESH_MAX_S) : 0;
}

static void answer(Call *call, StoreResult result, UsageRead *read, const StoreError *error)
{
    if (result != STORE_OK) {
        call_store_problem(call, result, error);
        return;
    }
    if (call_wants_json(call)) {
        call_text(call, 200, view_usage(read->report));
        return;
    }
    PageContext context = call_context(call, NULL);
    call_page_refreshed(call, 200, "dashboard", view_dashboard(read->report, &context), refresh_s(call->request));
}

void page_dashboard(Call *call)
{
    call_usage(call, answer);
}
