/* From an exchange to an answer: who may connect, which role, which handler; then all of it is sent at once. */
#include "web/site.h"

#include <sodium.h>

#include "base/log.h"
#include "policy/policy_load.h"
#include "say/say.h"
#include "store/audit.h"
#include "web/authorizer.h"
#include "web/call.h"
#include "web/router.h"

/* Passwords that wait for the one thread, each for a tenth of a second: who comes behind these is told to come again. */
#define SLOW_MOST 10

/* --- what the process holds --- */

static bool folder_read(const char *folder, GPtrArray *names, GPtrArray *texts, char **why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    for (const char *file; dir && !error && (file = g_dir_read_name(dir));) {
        char *text = NULL;
        g_autofree char *path = g_build_filename(folder, file, NULL);
        if (!g_str_has_suffix(file, ".html") || !g_file_get_contents(path, &text, NULL, &error))
            continue;
        g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".html")));
        g_ptr_array_add(texts, text);
    }
    if (error)
        *why = g_strdup_printf("templates: %s", error->message);
    return !error;
}

/* Those of the theme come later, so they stand in the place of ours. */
static bool templates_read(const Settings *settings, Templates **out, char **why)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    if (!folder_read(settings->templates, names, texts, why) ||
        (settings->theme && !folder_read(settings->theme, names, texts, why)))
        return false;
    g_autofree char *complaint = NULL;
    *out =
        templates_new((const char *const *) names->pdata, (const char *const *) texts->pdata, (int) names->len, &complaint);
    if (!*out)
        *why = g_strdup_printf(SAY_TEMPLATES, settings->templates,
                               settings->theme ? " and " : "", settings->theme ? settings->theme : "", complaint);
    return *out != NULL;
}

bool site_open(Site *site, const Settings *settings, bool lasting, char **why)
{
    *site = (Site){.secret = settings->secret, .mount = settings->mount, .passing = !lasting,
                   .callbacks = lasting && settings->callbacks.allowed ? &settings->callbacks : NULL}; /* nothing is sent by plain CGI */
    if (!templates_read(settings, &site->templates, why))
        return false;
    StoreConfig config = {
        .database = settings->database,
        .report_database = settings->report_database,
        .prepared = settings->prepared,
        .readers = lasting ? CLAMP(settings->threads / 4, 1, 8) : 1,
        .listen = lasting && settings->prepared,
        .patience_ms = settings->patience_ms,
        .read_policy = policy_load,
    };
    site->statics = statics_read(settings->statics, settings->theme);
    site->metrics = metrics_new();
    site->slow = slow_new(SLOW_MOST);
    site->slow_reads = slow_new(SLOW_MOST);
    site->store = store_open(&config);
    if (!site->store)
        *why = g_strdup(SAY_STORE_CLOSED);
    return site->store != NULL;
}

void site_close(Site *site)
{
    slow_free(site->slow);
    slow_free(site->slow_reads);
    if (site->store)
        store_close(site->store);
    metrics_free(site->metrics);
    statics_free(site->statics);
    templates_free(site->templates);
    *site = (Site){0};
}

/* --- one exchange --- */

/* Compared in constant time, whatever the lengths. */
static bool carries_secret(const Exchange *exchange)
{
    if (!exchange->shared_secret)
        return true;
    const char *said = exchange_param(exchange, "WEBQUOTA_SHARED_SECRET");
    unsigned char right_hash[crypto_generichash_BYTES], said_hash[crypto_generichash_BYTES];
    if (!said)
        said = "";
    crypto_generichash(right_hash, sizeof right_hash, (const unsigned char *) exchange->shared_secret,
                       strlen(exchange->shared_secret), NULL, 0);
    crypto_generichash(said_hash, sizeof said_hash, (const unsigned char *) said, strlen(said), NULL, 0);
    return sodium_memcmp(right_hash, said_hash, sizeof said_hash) == 0;
}

static void answer_text(Response *response, int status, const char *text)
{
    response_status(response, status);
    response_guard(response);
    response_body(response, "text/plain; charset=utf-8", g_string_new(text));
}

/* Another program's request says nothing of where the pages are, nor does one that cannot be read. */
static char *mount_by_settings(const Site *site, const Exchange *exchange)
{
    const char *mount = exchange_param(exchange, "WEBQUOTA_MOUNT");
    return uri_escape(mount ? mount : site->mount);
}

/* An exchange on its way to its answer. */
typedef struct {
    const Exchange *exchange;
    Request request;
    Call call;
    int64_t began_us;
} Visit;

/* Sends the answer; nothing may be done with the exchange or the visit afterwards. */
static void visit_end(Visit *visit)
{
    const Exchange *exchange = visit->exchange;
    Call *call = &visit->call;
    bool head_only = !visit->request.authorizer && g_strcmp0(visit->request.method, "HEAD") == 0;
    metrics_request(call->site->metrics, call->surface, response_status_of(call->response),
                    g_get_monotonic_time() - visit->began_us);
    if (!response_send(call->response, head_only, exchange->write, exchange->data))
        log_line(LOG_LEVEL_INFO, "the web server went away before it had its answer");
    response_free(call->response);
    call_clear(call);
    request_clear(&visit->request);
    g_free(visit);
    if (exchange->done)
        exchange->done(exchange->data);
}

static void visit_decided(void *data, StoreResult result, Answer *decided, const StoreError *error)
{
    Visit *visit = data;
    g_autoptr(Answer) answer = decided;
    visit->call.then(&visit->call, result, answer, error);
    visit_end(visit);
}

static void visit_read(void *data, StoreResult result, UsageRead *found, const StoreError *error)
{
    Visit *visit = data;
    g_autoptr(UsageRead) read = found;
    visit->call.read(&visit->call, result, read, error);
    visit_end(visit);
}

static void visit_read_now(Visit *visit)
{
    g_auto(StoreError) error = {0};
    UsageRead *read = NULL;
    StoreResult result = store_usage(visit->call.site->store, visit->call.identity.subject, NULL, true, &read, &error);
    visit_read(visit, result, read, &error);
}

static void visit_decide_now(Visit *visit)
{
    g_auto(StoreError) error = {0};
    Answer *answer = NULL;
    StoreResult result = ledger_decide(visit->call.site->store, visit->call.ask, &answer, &error);
    visit_decided(visit, result, answer, &error);
}

static void visit_placed(void *data, StoreResult result, TicketRead *found, const StoreError *error)
{
    Visit *visit = data;
    g_autoptr(TicketRead) read = found;
    visit->call.placed(&visit->call, result, read, error);
    visit_end(visit);
}

/* Only who may be answered later is kept waiting for a change. */
static void visit_look_for_ticket(Visit *visit, bool later)
{
    const Call *call = &visit->call;
    queue_ticket_later(call->site->store, call->ticket, later ? call->ticket_wait_s : 0, visit_placed, visit);
}

static void visit_work(void *data)
{
    Visit *visit = data;
    audit_origin_set(visit->call.request->remote_addr);
    visit->call.slow(&visit->call);
    visit_end(visit);
}

static void visit_work_later(Visit *visit)
{
    Call *call = &visit->call;
    if (slow_add(call->slow_reads ? call->site->slow_reads : call->site->slow, visit_work, visit))
        return;
    if (call->slow_reads)
        call_problem(call, 503, NULL, SAY_LOOKING_CROWD);
    else
        call_problem(call, 503, NULL, SAY_SIGN_IN_CROWD);
    visit_end(visit);
}

/* Only where somebody else may give the answer, that is, not to a CGI's request, it is given later. */
static void visit_go_on(Visit *visit)
{
    const Call *call = &visit->call;
    bool later = visit->exchange->done != NULL;
    if (call->ask && later)
        ledger_decide_later(call->site->store, call->ask, visit_decided, visit);
    else if (call->ask)
        visit_decide_now(visit);
    else if (call->read && later)
        store_usage_later(call->site->store, call->identity.subject, NULL, true, visit_read, visit);
    else if (call->read)
        visit_read_now(visit);
    else if (call->ticket)
        visit_look_for_ticket(visit, later);
    else if (call->slow && later)
        visit_work_later(visit);
    else if (call->slow)
        visit_work(visit);
    else
        visit_end(visit);
}

/* What cannot be read has no address; but programs that ask the API want to be answered as it answers. */
static void answer_malformed(Visit *visit, const char *why)
{
    Call *call = &visit->call;
    const char *path = exchange_param(visit->exchange, "PATH_INFO");
    if (!visit->request.mount)
        visit->request.mount = mount_by_settings(call->site, visit->exchange);
    call->is_api = path && g_str_has_prefix(path, "/api/v1/");
    call->surface = call->is_api ? SURFACE_API : SURFACE_PAGE;
    call_problem(call, 400, NULL, "%s", why);
}

static void answer_request(Visit *visit)
{
    Call *call = &visit->call;
    if (visit->request.authorizer) {
        visit->request.mount = mount_by_settings(call->site, visit->exchange);
        call->surface = SURFACE_AUTHORIZER;
        authorizer_answer(call);
    } else {
        router_answer(call);
    }
}

static void answer_stranger(const Exchange *exchange)
{
    g_autoptr(Response) response = response_new();
    answer_text(response, 403, SAY_SERVER_UNKNOWN "\n");
    if (!response_send(response, false, exchange->write, exchange->data))
        log_line(LOG_LEVEL_INFO, "the web server went away before it had its answer");
    if (exchange->done)
        exchange->done(exchange->data);
}

void site_answer(const Exchange *exchange, void *data)
{
    const Site *site = data;
    g_autofree char *why = NULL;
    if (!carries_secret(exchange)) {
        answer_stranger(exchange);
        return;
    }
    Visit *visit = g_new(Visit, 1);
    *visit = (Visit){.exchange = exchange, .began_us = g_get_monotonic_time(),
                     .call = {.site = site, .request = &visit->request, .response = response_new()}};
    if (request_read(exchange, &visit->request, &why))
        answer_request(visit);
    else
        answer_malformed(visit, why);
    visit_go_on(visit);
}
