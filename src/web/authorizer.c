/* The authorizer.
 *
 * Answers that consent carry Variable-* only, which the server turns into the application's environment, and the
 * RateLimit headers, which Apache hands on; anything else could end up in the application's own answer. Refusals carry no
 * Variable-*, which would reach the client.
 *
 * It fails closed: what cannot be decided is refused with 503, unless the limit itself says otherwise.
 */
#include "web/authorizer.h"

#include "base/log.h"
#include "say/say.h"
#include "store/session.h"
#include "web/decision.h"
#include "web/metered.h"
#include "web/router.h"
#include "web/ticket.h"

#define HOLD_TTL_S 300
/* Apache cuts a refusal at 8192 bytes, headers included; libfcgi sends as much in one record. */
#define APACHE_BYTES_MAX 8000
#define PLACE_RETRY_S 5
#define HTML_TYPE "text/html; charset=utf-8"

/* --- consent --- */

static void variable(Call *call, const char *name, const char *value)
{
    if (value && *value)
        response_header(call->response, name, value);
}

static void variable_number(Call *call, const char *name, int64_t number)
{
    g_autofree char *text = number >= UNITS_MAX ? g_strdup("unlimited") : g_strdup_printf("%" PRId64, number);
    variable(call, name, text);
}

static void variables_of_answer(Call *call, const Answer *answer)
{
    Response *response = call->response;
    variable(call, "Variable-WEBQUOTA_ALLOWED", answer_allowed(answer) ? "1" : "0");
    variable(call, "Variable-WEBQUOTA_DECISION", answer->id);
    variable(call, "Variable-WEBQUOTA_RESERVATION", answer->reservation);
    variable(call, "Variable-WEBQUOTA_PLAN", answer->plan ? answer->plan->key : NULL);
    if (answer->deciding >= 0) {
        const UsageLine *line = &answer->lines[answer->deciding].usage;
        g_autofree char *reset = instant_text(line->resets_at);
        variable_number(call, "Variable-WEBQUOTA_REMAINING", line->remaining);
        variable(call, "Variable-WEBQUOTA_RESET", reset);
    } else if (answer_allowed(answer)) {
        variable_number(call, "Variable-WEBQUOTA_REMAINING", UNITS_MAX);
    }
    response_header_end(response, answer_add_ratelimit(answer, response_header_begin(response, "Variable-RateLimit")));
    response_header_end(response,
                        answer_add_ratelimit_policy(answer, response_header_begin(response, "Variable-RateLimit-Policy")));
}

/* `answer` is NULL where nothing is metered. */
static void consent(Call *call, const Metered *metered, const Answer *answer)
{
    response_status(call->response, 200);
    variable(call, "Variable-WEBQUOTA_SUBJECT", call->identity.subject);
    if (!answer)
        return;
    variable(call, "Variable-WEBQUOTA_CHARGED", metered->feature);
    variables_of_answer(call, answer);
    if (answer_allowed(answer))
        decision_headers(call->response, answer);
}

/* Apache (mod_rewrite in a folder) and nginx (try_files, index) take up a request again at another place, and ask again.
 * What they were told the first time is then in REDIRECT_…, which no client can set. */
static bool is_charged_already(const Call *call, const Metered *metered)
{
    const char *decision = request_param(call->request, "REDIRECT_WEBQUOTA_DECISION");
    return decision && *decision && g_strcmp0(request_param(call->request, "REDIRECT_WEBQUOTA_CHARGED"), metered->feature) == 0;
}

/* Tells it once more. */
static void consent_again(Call *call)
{
    static const char *const told[] = {
        "WEBQUOTA_CHARGED", "WEBQUOTA_ALLOWED",   "WEBQUOTA_DECISION", "WEBQUOTA_RESERVATION",
        "WEBQUOTA_PLAN",    "WEBQUOTA_REMAINING", "WEBQUOTA_RESET",    "RateLimit",            "RateLimit-Policy",
    };
    consent(call, NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        g_autofree char *before = g_strconcat("REDIRECT_", told[i], NULL);
        g_autofree char *name = g_strconcat("Variable-", told[i], NULL);
        variable(call, name, request_param(call->request, before));
    }
}

/* --- refusal --- */

/* A report of the one feature, from the refusal itself: the page needs no second look into the store. */
static Value *refusal_page(const Call *call, const Answer *answer, const char *back)
{
    int count = MAX(answer->line_count, 1);
    g_autofree UsageLine *lines = g_new0(UsageLine, count);
    lines[0] = (UsageLine){.feature = answer->feature,
                           .state = USAGE_NOT_INCLUDED,
                           .resets_at = INSTANT_MAX,
                           .override_expires = INSTANT_MAX,
                           .bonus_expires = INSTANT_MAX};
    for (int i = 0; i < answer->line_count; i++)
        lines[i] = answer->lines[i].usage;
    Subject subject = {
        .key = answer->subject,
        .plan = answer->plan,
        .organization = answer->organization,
        .anonymous = answer->anonymous,
        .suspended = answer->reason == REASON_SUSPENDED,
    };
    UsageReport report = {
        .policy = answer->policy, .subject = &subject, .as_of = answer->at, .lines = lines, .line_count = count};
    PageContext context = call_context(call, back);
    g_autofree char *path = g_strconcat("/limit/", answer->feature->key, NULL);
    context.path = path;
    context.policy = answer->policy;
    context.sent_form = !call_only_reads(call);
    return view_limit(&report, answer, &context);
}

/* NULL: it cannot be. */
static GString *rendered(const Call *call, const char *template, const Value *value)
{
    g_autofree char *why = NULL;
    GString *page = templates_render(call->site->templates, template, value, &why);
    if (!page)
        log_line(LOG_LEVEL_ERROR, "template %s: %s", template, why ? why : "cannot be rendered");
    return page;
}

static GString *refusal_html(Call *call, const Answer *answer)
{
    g_autofree char *referer = request_back(call->request);
    /* Where a form was is told by nothing else. */
    const char *elsewhere = call_only_reads(call) ? "/" : NULL;
    g_autoptr(Value) value = refusal_page(call, answer, referer ? referer : elsewhere);
    return rendered(call, "limit", value);
}

static bool only_403(const Request *request)
{
    return g_strcmp0(request_param(request, "WEBQUOTA_ANSWER"), "403") == 0;
}

/* A server takes any 2xx for consent, so programs that are to wait are told so by 429. */
static int refusal_status(const Answer *answer)
{
    return answer->ticket ? 429 : answer_status(answer);
}

/* `answer` NULL: the body is the page of a place in line. */
static void refuse_with(Call *call, Response *response, const Answer *answer, const char *feature, const char *type, GString *body)
{
    response_status(response, !answer ? 429 : only_403(call->request) ? 403 : refusal_status(answer));
    response_guard(response);
    if (answer)
        decision_headers(response, answer);
    else
        response_header_number(response, "Retry-After", PLACE_RETRY_S);
    response_header(response, "X-Webquota-Type", type);
    response_header(response, "X-Webquota-Feature", feature);
    /* For nginx, which comes back with it. */
    if (answer && answer->ticket && only_403(call->request))
        response_header(response, "X-Webquota-Ticket", answer->ticket);
    response_body(response, type, body);
}

/* Would the answer, as rendered, be cut by the server? */
static bool is_too_long(Call *call, const Answer *answer, const char *feature, const char *type, const GString *body)
{
    if (!request_param(call->request, "FCGI_APACHE_ROLE"))
        return false;
    g_autoptr(Response) trial = response_new();
    refuse_with(call, trial, answer, feature, type, g_string_new_len(body->str, (gssize) body->len));
    g_autoptr(GString) bytes = response_render(trial, false);
    return bytes->len > APACHE_BYTES_MAX;
}

/* People go to the page of their place in line, which brings them back. */
static void send_to_queue(Call *call, const char *ticket, const char *feature)
{
    g_autofree char *path = g_strconcat("/queue/", ticket, NULL);
    g_autofree char *address = call_address(call, path);
    response_status(call->response, 303);
    response_guard(call->response);
    response_header(call->response, "Location", address);
    response_header(call->response, "X-Webquota-Feature", feature);
}

/* The page itself, at the address that was asked for. NULL: it cannot be shown here. */
static GString *place_html(Call *call, const char *ticket)
{
    g_auto(StoreError) error = {0};
    g_autoptr(TicketRead) read = NULL;
    const char *secret;
    /* Without a token for its form it would be no use. */
    if (queue_ticket(call->site->store, ticket, true, &read, &error) != STORE_OK || ticket_is_over(read->state) ||
        store_form_secret(call->site->store, &secret, &error) != STORE_OK || !call_form_token(call))
        return NULL;
    g_autofree char *go = ticket_go(call, read);
    g_autofree char *path = g_strconcat("/queue/", ticket, NULL);
    TicketShown shown = ticket_shown(call, read, go);
    PageContext context = call_context(call, NULL);
    context.path = path;
    g_autoptr(Value) value = view_queue(&shown, &context);
    return rendered(call, "queue", value);
}

/* Whoever has a place in line gets its page, here or there, as the policy says. */
static void show_place(Call *call, const char *ticket, const char *feature)
{
    GString *page = call->policy->queue_page ? place_html(call, ticket) : NULL;
    if (page && !is_too_long(call, NULL, feature, HTML_TYPE, page)) {
        refuse_with(call, call->response, NULL, feature, HTML_TYPE, page);
        return;
    }
    if (page)
        g_string_free(page, TRUE);
    send_to_queue(call, ticket, feature);
}

static void refuse(Call *call, const Answer *answer)
{
    if (answer->ticket && call->request->wish == ACCEPT_HTML && !only_403(call->request)) {
        show_place(call, answer->ticket, answer->feature->key);
        return;
    }
    bool html = call->request->wish == ACCEPT_HTML;
    const char *feature = answer->feature->key, *type = html ? HTML_TYPE : "application/problem+json";
    GString *body = html ? refusal_html(call, answer) : view_refusal(answer, call->request->mount);
    if (!body || is_too_long(call, answer, feature, type, body)) {
        g_autofree char *detail = view_refusal_detail(answer);
        if (body)
            g_string_free(body, TRUE);
        type = "text/plain; charset=utf-8";
        body = g_string_new(detail);
    }
    refuse_with(call, call->response, answer, feature, type, body);
}

/* --- the decision --- */

static void check_only(Call *call, const Metered *metered)
{
    g_auto(StoreError) error = {0};
    g_autoptr(Answer) answer = NULL;
    StoreResult result = store_check(call->site->store, call->identity.subject, metered->feature, metered->resources[0],
                                     metered->units, &answer, &error);
    consent(call, metered, result == STORE_OK ? answer : NULL);
}

/* What is asked of the ledger, and by what. */
typedef struct {
    Metered metered;
    LedgerAsk ask;
    char *back, *subject; /* what the ask points to; either may be NULL */
} Charge;

static void charge_free(gpointer data)
{
    Charge *charge = data;
    metered_clear(&charge->metered);
    g_free(charge->back);
    g_free(charge->subject);
    g_free(charge);
}

static void charge_decided(Call *call, StoreResult result, const Answer *answer, const StoreError *error)
{
    const Charge *charge = call->kept;
    if (result != STORE_OK) {
        call_store_problem(call, result, error);
        return;
    }
    metrics_decision(call->site->metrics, answer);
    if (answer_allowed(answer))
        consent(call, &charge->metered, answer);
    else
        refuse(call, answer);
}

/* Is there a limit on the feature, or on a part of it, that lets people wait? */
static bool feature_queues(const Policy *policy, const char *key)
{
    const Feature *feature = policy_feature(policy, key);
    for (int p = 0; feature && p < policy->plan_count; p++)
        for (int i = 0; i < policy->plans[p].limit_count; i++) {
            const Limit *limit = &policy->plans[p].limits[i];
            if (limit->on_exceed == EXCEED_QUEUE && limit->mode == MODE_ENFORCE &&
                (feature_is_within(policy, feature->index, limit->feature) || feature_is_within(policy, limit->feature, feature->index)))
                return true;
        }
    return false;
}

/* Whose turn a claim says it is, if it still is. */
static char *claiming_subject(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autofree char *ticket = ticket_claimed(call);
    g_autoptr(TicketRead) read = NULL;
    if (!ticket || queue_ticket(call->site->store, ticket, true, &read, &error) != STORE_OK || read->state != TICKET_ADMITTED)
        return NULL;
    return g_strdup(read->subject);
}

/* Where somebody who has to wait comes back to: what they asked for, or, where that was a form, the page that it is on. */
static void note_origin(Call *call, Charge *charge)
{
    const Request *request = call->request;
    bool form = !call_only_reads(call);
    const char *target = request_param(request, "REQUEST_URI");
    charge->back = form ? request_back(request) : ticket_plain_address(target);
    charge->ask.by_form = form;
    charge->ask.return_to = charge->back && uri_is_local(charge->back) ? charge->back : NULL;
    charge->subject = claiming_subject(call);
    if (charge->subject && strcmp(charge->subject, call->identity.subject) != 0) {
        charge->ask.subject = charge->subject;
        charge->ask.claims = true;
    }
}

/* Takes what is metered. */
static void charge(Call *call, Metered *metered)
{
    Charge *charge = g_new0(Charge, 1);
    charge->metered = *metered;
    *metered = (Metered){0};
    const Metered *mine = &charge->metered;
    LedgerAsk *ask = &charge->ask;
    ask->kind = mine->charge == CHARGE_COMMIT ? ASK_HOLD : ASK_CONSUME;
    ask->subject = call->identity.subject;
    ask->item_count = mine->resource_count;
    ask->ttl_s = HOLD_TTL_S;
    for (int i = 0; i < mine->resource_count; i++)
        ask->items[i] = (LedgerItem){mine->feature, mine->resources[i], mine->units};
    if (feature_queues(call->policy, mine->feature))
        note_origin(call, charge);
    call_decide(call, ask, charge_decided, charge, charge_free);
}

/* nginx drops an authorizer's page and comes back for it: what was refused is refused once more, charged by nothing and
 * recorded by nothing. */
static void refuse_again(Call *call, const Metered *metered)
{
    const char *ticket = request_param(call->request, "WEBQUOTA_TICKET");
    if (ticket && *ticket && metered->feature && call->request->wish == ACCEPT_HTML) {
        show_place(call, ticket, metered->feature);
        return;
    }
    for (int i = 0; i < metered->resource_count; i++) {
        g_auto(StoreError) error = {0};
        g_autoptr(Answer) answer = NULL;
        StoreResult result = store_check(call->site->store, call->identity.subject, metered->feature, metered->resources[i],
                                         metered->units, &answer, &error);
        if (result != STORE_OK) {
            call_store_problem(call, result, &error);
            return;
        }
        if (!answer_allowed(answer)) {
            if (ticket && *ticket && answer->outcome == OUTCOME_QUEUED)
                answer->ticket = g_strdup(ticket);
            refuse(call, answer);
            return;
        }
    }
    call_problem(call, 503, NULL, SAY_REFUSED_NO_LONGER);
}

void authorizer_answer(Call *call)
{
    g_auto(Metered) metered = {0};
    bool refused = g_strcmp0(request_param(call->request, "WEBQUOTA_ANSWER"), "429") == 0;
    if (!router_identify(call) || !metered_find(call, &metered))
        return;
    if (refused)
        refuse_again(call, &metered);
    else if (!metered.feature)
        consent(call, NULL, NULL);
    else if (call->identity.kind == IDENTITY_VISITOR && call->policy->anonymous_plan < 0)
        call_problem(call, 401, NULL, SAY_SIGN_IN);
    else if (is_charged_already(call, &metered))
        consent_again(call);
    else if (metered.charge == CHARGE_CHECK)
        check_only(call, &metered);
    else
        charge(call, &metered);
}
