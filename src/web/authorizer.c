/* The authorizer.
 *
 * A request is about what the server's configuration says (WEBQUOTA_FEATURE), else what the policy's routes make
 * of its method, path and query. Nobody gets by on a spelling: paths are matched decoded and collapsed.
 *
 * Answers that consent carry Variable-* only, which the server turns into the application's environment, and the
 * RateLimit headers, which Apache hands on; anything else could end up in the application's own answer. Refusals carry no
 * Variable-*, which would reach the client.
 *
 * It fails closed: what cannot be decided is refused with 503, unless the limit itself says otherwise.
 */
#include "web/authorizer.h"

#include "base/log.h"
#include "base/parse.h"
#include "web/decision.h"
#include "web/router.h"

#define HOLD_TTL_S 300
/* Apache cuts a refusal at 8192 bytes, headers included; libfcgi sends as much in one record. */
#define APACHE_BYTES_MAX 8000

/* What a request to the application would use. */
typedef struct {
    const char *feature; /* NULL: nothing that is metered */
    char *resource;
    int64_t units;
    ChargeWhen charge;
} Metered;

/* Where the application's own request is going, as the client wrote it; else as the server took it apart. */
static char *path_of(const Request *request)
{
    const char *target = request_param(request, "REQUEST_URI");
    const char *script = request_param(request, "SCRIPT_NAME"), *rest = request_param(request, "PATH_INFO");
    if (target && *target)
        return uri_path(target);
    g_autofree char *joined = g_strconcat(script ? script : "", rest ? rest : "", NULL);
    return uri_path_collapse(joined);
}

/* What the server rewrote counts before what the client wrote; a subrequest (nginx) has lost its own. */
static const char *query_of(const Request *request)
{
    const char *query = request_param(request, "QUERY_STRING");
    const char *target = request_param(request, "REQUEST_URI");
    return query && *query ? query : target ? uri_query(target) : "";
}

static void by_route(const Call *call, Metered *metered)
{
    g_autofree char *path = path_of(call->request);
    g_auto(Query) query = {0};
    if (!query_parse(query_of(call->request), false, &query))
        return;
    const Route *route =
        policy_route(call->policy, call->request->method, path, query.pairs, query.count, &metered->resource);
    if (!route)
        return;
    metered->feature = call->policy->features[route->feature].key;
    metered->units = route->units;
    metered->charge = route->charge;
}

/* By the server's parameters. False: they are wrong, and it is answered already. */
static bool by_server(Call *call, const char *feature, Metered *metered)
{
    const char *resource = request_param(call->request, "WEBQUOTA_RESOURCE");
    const char *units = request_param(call->request, "WEBQUOTA_UNITS");
    *metered = (Metered){.feature = feature, .units = 1, .charge = CHARGE_ADMIT};
    if (units && *units && !parse_whole(units, 1, UNITS_MAX, &metered->units)) {
        log_line(LOG_LEVEL_ERROR, "authorizer: WEBQUOTA_UNITS is no whole number from 1: \"%s\"", units);
        call_problem(call, 503, NULL, "the web server's configuration is wrong");
        return false;
    }
    if (!policy_feature(call->policy, feature)) {
        log_line(LOG_LEVEL_ERROR, "authorizer: WEBQUOTA_FEATURE names no feature of the policy: \"%s\"", feature);
        call_problem(call, 503, NULL, "the web server's configuration is wrong");
        return false;
    }
    if (resource && *resource)
        metered->resource = g_strdup(resource);
    return true;
}

static bool find_metered(Call *call, Metered *metered)
{
    const char *feature = request_param(call->request, "WEBQUOTA_FEATURE");
    if (feature && *feature)
        return by_server(call, feature, metered);
    by_route(call, metered);
    return true;
}

/* A resource comes from the client's query or path. What the ledger would not record is replaced, never dropped: an
 * odd one is metered as what it most looks like. */
static void make_plain(char **resource)
{
    if (!*resource)
        return;
    g_autofree char *raw = *resource;
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    GString *plain = g_string_new(NULL);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        size_t len = (size_t) (g_utf8_next_char(at) - at);
        if (plain->len + len > 255)
            break;
        if (text_is_plain(at, len, len))
            g_string_append_len(plain, at, (gssize) len);
        else
            g_string_append_c(plain, '?');
    }
    *resource = g_string_free(plain, plain->len == 0);
}

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
    g_autofree char *limit = answer_ratelimit(answer);
    g_autofree char *policy = answer_ratelimit_policy(answer);
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
    variable(call, "Variable-RateLimit", limit);
    variable(call, "Variable-RateLimit-Policy", policy);
}

/* `answer` is NULL where nothing is metered. */
static void consent(Call *call, const Answer *answer)
{
    response_status(call->response, 200);
    variable(call, "Variable-WEBQUOTA_SUBJECT", call->identity.subject);
    if (!answer)
        return;
    variables_of_answer(call, answer);
    if (answer_allowed(answer))
        decision_headers(call->response, answer);
}

/* --- refusal --- */

/* A report of the one feature, from the refusal itself: the page needs no second look into the store. */
static json_t *refusal_page(const Call *call, const Answer *answer, const char *back)
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
    return view_limit(&report, answer, &context);
}

static GString *refusal_html(Call *call, const Answer *answer)
{
    g_autofree char *error = NULL;
    g_autofree char *referer = request_back(call->request);
    json_t *value = refusal_page(call, answer, referer ? referer : "/");
    GString *page = templates_render(call->site->templates, "limit", value, &error);
    json_decref(value);
    if (!page)
        log_line(LOG_LEVEL_ERROR, "template limit: %s", error ? error : "cannot be rendered");
    return page;
}

static GString *refusal_json(const Call *call, const Answer *answer)
{
    json_t *value = view_refusal(answer, call->request->mount);
    char *text = json_dumps(value, JSON_COMPACT);
    GString *body = g_string_new(text ? text : "{}");
    free(text);
    json_decref(value);
    return body;
}

static void refuse_with(Call *call, Response *response, const Answer *answer, const char *type, GString *body)
{
    bool only_403 = g_strcmp0(request_param(call->request, "WEBQUOTA_ANSWER"), "403") == 0;
    response_status(response, only_403 ? 403 : answer_status(answer));
    response_guard(response);
    decision_headers(response, answer);
    response_header(response, "X-Webquota-Type", type);
    response_header(response, "X-Webquota-Feature", answer->feature->key);
    response_body(response, type, body);
}

/* Would the answer, as rendered, be cut by the server? */
static bool is_too_long(Call *call, const Answer *answer, const char *type, const GString *body)
{
    if (!request_param(call->request, "FCGI_APACHE_ROLE"))
        return false;
    g_autoptr(Response) trial = response_new();
    refuse_with(call, trial, answer, type, g_string_new_len(body->str, (gssize) body->len));
    g_autoptr(GString) bytes = response_render(trial, false);
    return bytes->len > APACHE_BYTES_MAX;
}

static void refuse(Call *call, const Answer *answer)
{
    bool html = call->request->wish == ACCEPT_HTML;
    const char *type = html ? "text/html; charset=utf-8" : "application/problem+json";
    GString *body = html ? refusal_html(call, answer) : refusal_json(call, answer);
    if (!body || is_too_long(call, answer, type, body)) {
        json_t *value = view_refusal(answer, call->request->mount);
        const char *detail = json_string_value(json_object_get(value, "detail"));
        if (body)
            g_string_free(body, TRUE);
        type = "text/plain; charset=utf-8";
        body = g_string_new(detail ? detail : "usage limit exceeded");
        json_decref(value);
    }
    refuse_with(call, call->response, answer, type, body);
}

/* --- the decision --- */

static void check_only(Call *call, const Metered *metered)
{
    g_auto(StoreError) error = {0};
    g_autoptr(Answer) answer = NULL;
    StoreResult result = store_check(call->site->store, call->identity.subject, metered->feature, metered->resource,
                                     metered->units, &answer, &error);
    consent(call, result == STORE_OK ? answer : NULL);
}

static void charge(Call *call, const Metered *metered)
{
    g_auto(StoreError) error = {0};
    g_autoptr(Answer) answer = NULL;
    LedgerAsk ask = {
        .kind = metered->charge == CHARGE_COMMIT ? ASK_HOLD : ASK_CONSUME,
        .subject = call->identity.subject,
        .items = {{metered->feature, metered->resource, metered->units}},
        .item_count = 1,
        .ttl_s = HOLD_TTL_S,
    };
    StoreResult result = ledger_decide(call->site->store, &ask, &answer, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    metrics_decision(call->site->metrics, answer);
    if (answer_allowed(answer))
        consent(call, answer);
    else
        refuse(call, answer);
}

void authorizer_answer(Call *call)
{
    Metered metered = {0};
    if (!router_identify(call) || !find_metered(call, &metered))
        return;
    make_plain(&metered.resource);
    if (!metered.feature)
        consent(call, NULL);
    else if (call->identity.kind == IDENTITY_VISITOR && call->policy->anonymous_plan < 0)
        call_problem(call, 401, NULL, "sign in first");
    else if (metered.charge == CHARGE_CHECK)
        check_only(call, &metered);
    else
        charge(call, &metered);
    g_free(metered.resource);
}
