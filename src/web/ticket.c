/* Tickets and claims. */
#include "web/ticket.h"

#include "say/say.h"
#include "store/session.h"
#include "web/form_token.h"
#include "web/session_cookie.h"

#define WAIT_MAX_S 60
#define CLAIM_BYTES_MAX 256

/* Sooner and later by who asks, so that not all come at once. */
static int64_t poll_s(const TicketRead *read)
{
    return queue_poll_s(&read->wait, read->ahead, g_str_hash(read->id) ^ (guint) (read->now / US_PER_S));
}

TicketShown ticket_shown(Call *call, const TicketRead *read, const char *go)
{
    bool local = read->return_to && uri_is_local(read->return_to);
    return (TicketShown){
        .id = read->id,
        .state = read->state,
        .feature = call->policy ? policy_feature(call->policy, read->feature) : NULL,
        .feature_key = read->feature,
        .resource = read->resource,
        .why = read->why,
        .units = read->units,
        .ahead = read->ahead,
        .in_line = read->in_line,
        .ahead_at_first = read->ahead_at_first,
        .wait = read->wait,
        .paused = read->paused,
        .by_form = read->by_form,
        .joined_at = read->joined_at,
        .now = read->now,
        .kept_until = read->kept_until,
        .claim_until = read->claim_until,
        .ended_at = read->ended_at,
        .poll_s = poll_s(read),
        .callback = read->callback,
        .tries = read->tries,
        .last_status = read->last_status,
        .trouble = read->trouble,
        .next_at = read->next_at,
        .tried_at = read->tried_at,
        .delivered_at = read->delivered_at,
        .go = go,
        .back = local ? read->return_to : NULL,
        .zone = call->policy ? call->policy->zone : "UTC",
    };
}

static char *claim_make(Call *call, const char *ticket)
{
    g_auto(StoreError) error = {0};
    const char *secret;
    if (store_form_secret(call->site->store, &secret, &error) != STORE_OK)
        return NULL;
    g_autofree char *bound = g_strconcat("claim ", ticket, NULL);
    g_autofree char *token = form_token_make(secret, bound, store_now(call->site->store));
    return g_strconcat(ticket, "~", token, NULL);
}

/* Roles beyond their own are told of all tickets: to know one is then no sign of having been given it. */
static bool is_anothers(const Call *call, const TicketRead *read)
{
    return call_role(call) != ROLE_USER && g_strcmp0(call->identity.subject, read->subject) != 0;
}

bool ticket_leave(Call *call, StoreResult *result, StoreError *error)
{
    g_autoptr(TicketRead) read = NULL;
    *result = call_role(call) == ROLE_USER ? STORE_OK : queue_ticket(call->site->store, call->segment, false, &read, error);
    if (read && is_anothers(call, read)) {
        call_problem(call, 403, NULL, SAY_NOT_YOUR_PLACE);
        return false;
    }
    if (*result == STORE_OK)
        *result = queue_leave(call->site->store, call->segment, error);
    return true;
}

char *ticket_go(Call *call, const TicketRead *read)
{
    if (call->viewer || is_anothers(call, read) || read->state != TICKET_ADMITTED || read->by_form || !read->return_to ||
        !uri_is_local(read->return_to))
        return NULL;
    if (g_strcmp0(call->identity.subject, read->subject) == 0)
        return g_strdup(read->return_to);
    g_autofree char *claim = claim_make(call, read->id);
    size_t len = strcspn(read->return_to, "#");
    if (!claim)
        return NULL;
    return g_strdup_printf("%.*s%s" CLAIM_PARAMETER "=%s", (int) len, read->return_to, memchr(read->return_to, '?', len) ? "&" : "?",
                           claim);
}

char *ticket_claim_cookie(Call *call, const TicketRead *read)
{
    const char *kept = request_param(call->request, "HTTP_COOKIE");
    if (!kept || !*kept || g_strcmp0(call->identity.subject, read->subject) == 0)
        return NULL;
    g_autofree char *claim = claim_make(call, read->id);
    if (!claim)
        return NULL;
    int64_t seconds = MAX((read->claim_until - read->now) / US_PER_S, 1);
    return g_strdup_printf(CLAIM_PARAMETER "=%s; Path=/; Max-Age=%" PRId64 "; HttpOnly; SameSite=Lax%s", claim, seconds,
                           request_is_https(call->request) ? "; Secure" : "");
}

/* Of the query of the request that the authorizer is asked about, or else of its cookie. */
static char *claim_text(const Request *request)
{
    g_auto(Query) query = {0};
    const char *text = request_param(request, "QUERY_STRING"), *target = request_param(request, "REQUEST_URI");
    const char *both = text && *text ? text : target ? uri_query(target) : NULL;
    const char *cookies = request_param(request, "HTTP_COOKIE");
    if (both && strstr(both, CLAIM_PARAMETER "=") && query_parse(both, false, &query) && query_get(&query, CLAIM_PARAMETER))
        return g_strdup(query_get(&query, CLAIM_PARAMETER));
    return cookies && strstr(cookies, CLAIM_PARAMETER "=") ? cookie_get(cookies, CLAIM_PARAMETER) : NULL;
}

char *ticket_claimed(Call *call)
{
    g_auto(StoreError) error = {0};
    const char *secret;
    g_autofree char *claim = claim_text(call->request);
    char *token = claim && strlen(claim) < CLAIM_BYTES_MAX ? strchr(claim, '~') : NULL;
    if (!token || store_form_secret(call->site->store, &secret, &error) != STORE_OK)
        return NULL;
    *token++ = '\0';
    g_autofree char *bound = g_strconcat("claim ", claim, NULL);
    return form_token_is_good(token, secret, bound, store_now(call->site->store)) ? g_steal_pointer(&claim) : NULL;
}

char *ticket_plain_address(const char *target)
{
    g_autofree char *plain = g_strdup(target);
    char *at = plain ? strpbrk(plain, "?&") : NULL;
    while (at && !g_str_has_prefix(++at, CLAIM_PARAMETER "="))
        at = strchr(at, '&');
    if (!at)
        return g_steal_pointer(&plain);
    char *rest = at + strcspn(at, "&#");
    if (*rest == '&')
        memmove(at, rest + 1, strlen(rest));
    else
        memmove(at - 1, rest, strlen(rest) + 1);
    return g_steal_pointer(&plain);
}

void ticket_answer(Call *call, const TicketRead *read)
{
    g_autofree char *go = ticket_go(call, read);
    TicketShown shown = ticket_shown(call, read, go);
    response_status(call->response, 200);
    response_guard(call->response);
    if (!ticket_is_over(read->state))
        response_header_number(call->response, "Retry-After", shown.poll_s);
    call_text_body(call, "application/json", view_ticket(&shown, call->request->mount));
}

bool ticket_wait(Call *call, int64_t *wait_s)
{
    static const InputField fields[] = {{"wait", INPUT_WHOLE, false, 0, WAIT_MAX_S}};
    InputValue value;
    if (!call_query(call, fields, G_N_ELEMENTS(fields), &value))
        return false;
    *wait_s = value.given ? value.whole : 0;
    return true;
}

/* Whoever looks at somebody's pages does not keep their place. */
static void look(Call *call, const char *id, CallPlaced placed)
{
    g_auto(StoreError) error = {0};
    g_autoptr(TicketRead) read = NULL;
    StoreResult result = queue_ticket(call->site->store, id, false, &read, &error);
    placed(call, result, read, &error);
}

void ticket_look(Call *call, const char *id, int64_t wait_s, CallPlaced placed)
{
    if (call->viewer)
        look(call, id, placed);
    else
        call_ticket(call, id, wait_s, placed);
}
