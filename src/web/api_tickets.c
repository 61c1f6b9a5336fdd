/* Places in line, for programs. Who knows a ticket's id may see it and give it up: it cannot be guessed. */
#include "web/ask.h"
#include "web/handlers.h"
#include "web/ticket.h"

static void answer(Call *call, StoreResult result, const TicketRead *read, const StoreError *error)
{
    if (result == STORE_OK)
        ticket_answer(call, read);
    else
        call_store_problem(call, result, error);
}

void api_ticket_add(Call *call)
{
    ask_answer_ticket(call);
}

void api_ticket_get(Call *call)
{
    int64_t wait_s;
    if (ticket_wait(call, &wait_s))
        ticket_look(call, call->segment, wait_s, answer);
}

void api_ticket_leave(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(TicketRead) read = NULL;
    StoreResult result;
    if (!ticket_leave(call, &result, &error))
        return;
    if (result == STORE_OK)
        result = queue_ticket(call->site->store, call->segment, false, &read, &error);
    answer(call, result, read, &error);
}
