/* From an exchange to an answer: who may connect, which role, which handler; then all of it is sent at once. */
#include "web/site.h"

#include <sodium.h>

#include "base/log.h"
#include "policy/policy_load.h"
#include "web/authorizer.h"
#include "web/router.h"

/* --- what the process holds --- */

static bool templates_read(const char *folder, Templates **out, char **why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (const char *file; dir && !error && (file = g_dir_read_name(dir));) {
        char *text = NULL;
        g_autofree char *path = g_build_filename(folder, file, NULL);
        if (!g_str_has_suffix(file, ".html") || !g_file_get_contents(path, &text, NULL, &error))
            continue;
        g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".html")));
        g_ptr_array_add(texts, text);
    }
    if (error) {
        *why = g_strdup_printf("templates: %s", error->message);
        return false;
    }
    g_autofree char *complaint = NULL;
    *out =
        templates_new((const char *const *) names->pdata, (const char *const *) texts->pdata, (int) names->len, &complaint);
    if (!*out)
        *why = g_strdup_printf("templates in %s: %s", folder, complaint);
    return *out != NULL;
}

bool site_open(Site *site, const Settings *settings, bool lasting, char **why)
{
    *site = (Site){.secret = settings->secret, .mount = settings->mount};
    if (!templates_read(settings->templates, &site->templates, why))
        return false;
    StoreConfig config = {
        .database = settings->database,
        .prepared = settings->prepared,
        .readers = lasting ? CLAMP(settings->threads / 4, 1, 8) : 1,
        .listen = lasting && settings->prepared,
        .patience_ms = settings->patience_ms,
        .read_policy = policy_load,
    };
    site->statics = statics_read(settings->statics);
    site->metrics = metrics_new();
    site->store = store_open(&config);
    if (!site->store)
        *why = g_strdup("the store cannot be opened");
    return site->store != NULL;
}

void site_close(Site *site)
{
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

static void answer_request(const Site *site, const Request *request, Response *response, int64_t began_us)
{
    Call call = {.site = site, .request = request, .response = response, .surface = SURFACE_AUTHORIZER};
    if (request->authorizer)
        authorizer_answer(&call);
    else
        router_answer(&call);
    metrics_request(site->metrics, call.surface, response_status_of(response), g_get_monotonic_time() - began_us);
    call_clear(&call);
}

/* What cannot be read has no address; but programs that ask the API want to be answered as it answers. */
static void answer_malformed(const Site *site, const Exchange *exchange, const Request *request, Response *response,
                             const char *why, int64_t began_us)
{
    const char *path = exchange_param(exchange, "PATH_INFO");
    bool is_api = path && g_str_has_prefix(path, "/api/v1/");
    Call call = {.site = site, .request = request, .response = response, .is_api = is_api};
    call_problem(&call, 400, NULL, "%s", why);
    metrics_request(site->metrics, is_api ? SURFACE_API : SURFACE_PAGE, 400, g_get_monotonic_time() - began_us);
    call_clear(&call);
}

void site_answer(const Exchange *exchange, void *data)
{
    const Site *site = data;
    int64_t began_us = g_get_monotonic_time();
    g_autoptr(Response) response = response_new();
    g_auto(Request) request = {0};
    g_autofree char *why = NULL;
    if (!carries_secret(exchange)) {
        answer_text(response, 403, "this web server does not know the shared secret\n");
    } else if (!request_read(exchange, &request, &why)) {
        if (!request.mount)
            request.mount = mount_by_settings(site, exchange);
        answer_malformed(site, exchange, &request, response, why, began_us);
    } else {
        if (request.authorizer)
            request.mount = mount_by_settings(site, exchange);
        answer_request(site, &request, response, began_us);
    }
    bool head_only = !request.authorizer && g_strcmp0(request.method, "HEAD") == 0;
    if (!response_send(response, head_only, exchange->write, exchange->data))
        log_line(LOG_LEVEL_INFO, "the web server went away before it had its answer");
}
