/* GET /queue/{ticket}: which number one is, and on to what was asked for when it is one's turn. */
#include "base/parse.h"
#include "web/handlers.h"
#include "web/ticket.h"

#define REFRESH_MIN_S 5
#define REFRESH_MAX_S 300

/* A page that loads itself anew, where the reader asked for it. */
static int64_t refresh_s(const Call *call, const TicketRead *read)
{
    const char *text = query_get(&call->request->query, "refresh");
    int64_t seconds = 0;
    if (!text || ticket_is_over(read->state) || !parse_whole(text, 0, INT64_MAX, &seconds))
        return 0;
    return CLAMP(seconds, REFRESH_MIN_S, REFRESH_MAX_S);
}

static void show(Call *call, const TicketRead *read, const char *go)
{
    if (!ticket_is_over(read->state) && !call_form_token(call))
        return;
    TicketShown shown = ticket_shown(call, read, go);
    PageContext context = call_context(call, NULL);
    call_page_refreshed(call, 200, "queue", view_queue(&shown, &context), refresh_s(call, read));
}

/* Whoever comes when it is their turn goes on; the script comes with `stay`, and goes on by itself. */
static void go_on(Call *call, const TicketRead *read, const char *go)
{
    g_autofree char *cookie = ticket_claim_cookie(call, read);
    response_status(call->response, 303);
    response_guard(call->response);
    response_header(call->response, "Set-Cookie", cookie);
    response_header(call->response, "Location", cookie ? read->return_to : go);
}

static void answer(Call *call, StoreResult result, const TicketRead *read, const StoreError *error)
{
    if (result != STORE_OK) {
        call_store_problem(call, result, error);
        return;
    }
    if (call_wants_json(call)) {
        ticket_answer(call, read);
        return;
    }
    g_autofree char *go = ticket_go(call, read);
    if (go && !query_get(&call->request->query, "stay"))
        go_on(call, read, go);
    else
        show(call, read, go);
}

void page_queue(Call *call)
{
    int64_t wait_s;
    if (ticket_wait(call, &wait_s))
        ticket_look(call, call->segment, call_wants_json(call) ? wait_s : 0, answer);
}

void page_queue_leave(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autofree char *path = g_strconcat("/queue/", call->segment, NULL);
    StoreResult result;
    if (!ticket_leave(call, &result, &error))
        return;
    if (result == STORE_OK || result == STORE_CONFLICT) /* it is over already: the page says how */
        call_see_other(call, path);
    else
        call_store_problem(call, result, &error);
}
