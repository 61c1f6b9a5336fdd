/* A place in line as an answer, and the claim that it gives: whoever was let in goes on to the address that was asked for, and may
 * carry a claim, so that it is known whose turn it is also where somebody comes from another place or without cookies.
 *
 *     TICKET~TOKEN    the token is that of a form (form_token.h), bound to the ticket
 *
 * It goes in a cookie where the browser is seen to keep such, and else in the query. A claim is good once, as its ticket is. */
#ifndef WEBQUOTA_TICKET_H
#define WEBQUOTA_TICKET_H

#include "web/call.h"

#define CLAIM_PARAMETER "webquota_claim"

/* What views show of a ticket; what it points to belongs to `read`, `go` and the call. */
TicketShown ticket_shown(Call *call, const TicketRead *read, const char *go);

/* Gives up the place in line that the address names. What is another's, administrators drop, for a reason that is kept. False: answered
 * already. */
bool ticket_leave(Call *call, StoreResult *result, StoreError *error) MUST_CHECK;

/* Where one goes on when it is one's turn, with a claim where the reader is not the ticket's subject. NULL: nowhere by itself, as
 * whoever looks at somebody's pages, or is told of all tickets. New string. */
char *ticket_go(Call *call, const TicketRead *read);

/* The cookie that carries the claim, so that the address need not; for as long as what is held is. NULL: the browser has shown none so
 * far, or the reader is the ticket's subject. New string. */
char *ticket_claim_cookie(Call *call, const TicketRead *read);

/* The ticket whose turn a request's claim says it is; NULL when it carries none that is good. New string. */
char *ticket_claimed(Call *call);

/* An address without the claim that it was reached with. New string; NULL for NULL. */
char *ticket_plain_address(const char *target);

/* The document of a ticket, with Retry-After while it is not over. */
void ticket_answer(Call *call, const TicketRead *read);

/* How long an answer may be held, of `?wait=`: 0 to 60 s. False: answered already (400). */
bool ticket_wait(Call *call, int64_t *wait_s) MUST_CHECK;

/* call_ticket; but for whoever looks at somebody's pages at once, and without its holder being seen. */
void ticket_look(Call *call, const char *id, int64_t wait_s, CallPlaced placed);

#endif
