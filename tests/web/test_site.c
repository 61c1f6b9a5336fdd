/* Whole answers, where the database is not there: what is alive says so, all else fails closed. */
#include "web/site.h"

#include <sodium.h>

#include "exchange_fake.h"
#include "suite.h"

static Site site;
static Settings settings;
static Fake fake;

static void site_start(void)
{
    char *why = NULL;
    settings = (Settings){.database = (char *) "postgresql:///none?host=/nowhere", .mount = (char *) "/quota", .threads = 1,
                          .templates = (char *) "templates", .statics = (char *) "static", .prepared = true};
    ck_assert_msg(site_open(&site, &settings, false, &why), "%s", why);
}

/* Answers a request; the answer is in fake.out until the next. */
static const char *ask(const char *method, const char *path, const char *name, const char *value)
{
    if (fake.out)
        fake_end(&fake);
    fake_start(&fake);
    fake_param(&fake, "REQUEST_METHOD", method);
    fake_param(&fake, "SCRIPT_NAME", "/quota");
    fake_param(&fake, "PATH_INFO", path);
    fake_param(&fake, "REMOTE_ADDR", "192.0.2.7");
    if (name)
        fake_param(&fake, name, value);
    site_answer(&fake.exchange, &site);
    return fake.out->str;
}

/* A browser's to the application, of which the web server asks. */
static const char *ask_guarded(const char *method)
{
    fake_end(&fake);
    fake_start(&fake);
    fake_param(&fake, "REQUEST_METHOD", method);
    fake_param(&fake, "REQUEST_URI", "/app/save");
    fake_param(&fake, "REMOTE_ADDR", "192.0.2.7");
    fake_param(&fake, "WEBQUOTA_ROLE", "authorizer");
    fake_param(&fake, "HTTP_ACCEPT", "text/html");
    site_answer(&fake.exchange, &site);
    return fake.out->str;
}

static bool begins(const char *text, const char *start)
{
    return g_str_has_prefix(text, start);
}

START_TEST(alive_without_a_database)
{
    site_start();
    ck_assert(begins(ask("GET", "/healthz", NULL, NULL), "Status: 200 "));
    ck_assert(g_str_has_suffix(fake.out->str, "\r\n\r\nok\n"));
    ck_assert(begins(ask("GET", "/metrics", NULL, NULL), "Status: 200 "));
    ck_assert(strstr(fake.out->str, "webquota_ledger_connected 0\n"));
    ck_assert(begins(ask("GET", "/readyz", NULL, NULL), "Status: 503 "));
    site_close(&site);
}
END_TEST

START_TEST(all_else_fails_closed)
{
    site_start();
    ck_assert(begins(ask("GET", "/api/v1/usage", NULL, NULL), "Status: 503 "));
    ck_assert(strstr(fake.out->str, "\r\nRetry-After: 1\r\n"));
    ck_assert(strstr(fake.out->str, "\r\nContent-Type: application/problem+json\r\n"));
    ck_assert(strstr(fake.out->str, "/nowhere") == NULL);
    ck_assert(begins(ask("GET", "/", "HTTP_ACCEPT", "text/html"), "Status: 503 "));
    ck_assert(strstr(fake.out->str, "<!doctype html>"));
    static const char *const pages[] = {"/", "/plans", "/alerts", "/features/x", "/limit/x", "/decisions/dec_AAAA", "/widget/x?frame=1"};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        ck_assert(begins(ask("GET", pages[i], "HTTP_ACCEPT", "text/html"), "Status: 503 "));
        ck_assert(strstr(fake.out->str, "<h1>Usage cannot be shown now</h1>"));
        ck_assert(strstr(fake.out->str, "\r\nRetry-After: 1\r\n"));
        ck_assert(begins(ask("GET", pages[i], "HTTP_ACCEPT", "application/json"), "Status: 503 "));
        ck_assert(strstr(fake.out->str, "\r\nContent-Type: application/problem+json\r\n"));
    }
    ck_assert(begins(ask("POST", "/anything", "WEBQUOTA_ROLE", "authorizer"), "Status: 503 "));
    ck_assert(begins(ask("POST", "/anything", "FCGI_APACHE_ROLE", "AUTHENTICATOR"), "Status: 503 "));
    ck_assert(begins(ask_guarded("POST"), "Status: 503 "));
    ck_assert(strstr(fake.out->str, "<h1>This cannot be done just now</h1>"));
    ck_assert(strstr(fake.out->str, "nothing of it was saved or counted"));
    ck_assert_ptr_null(strstr(fake.out->str, "Try again")); /* which would ask for another thing */
    ck_assert(begins(ask_guarded("GET"), "Status: 503 "));
    ck_assert(strstr(fake.out->str, "<h1>This cannot be done just now</h1>"));
    ck_assert(strstr(fake.out->str, "nothing was counted"));
    ck_assert(strstr(fake.out->str, "Try again"));
    site_close(&site);
}
END_TEST

START_TEST(addresses_and_methods)
{
    site_start();
    ck_assert(begins(ask("GET", "/nothing", NULL, NULL), "Status: 404 "));
    ck_assert(begins(ask("GET", "/api/v1/nothing", NULL, NULL), "Status: 404 "));
    ck_assert(strstr(fake.out->str, "application/problem+json"));
    ck_assert(begins(ask("POST", "/healthz", NULL, NULL), "Status: 405 "));
    ck_assert(strstr(fake.out->str, "\r\nAllow: GET, HEAD\r\n"));
    ck_assert(begins(ask("PUT", "/api/v1/usage", NULL, NULL), "Status: 405 "));
    ck_assert(strstr(fake.out->str, "\r\nAllow: GET, HEAD, DELETE\r\n"));
    ck_assert(begins(ask("HEAD", "/healthz", NULL, NULL), "Status: 200 "));
    ck_assert(g_str_has_suffix(fake.out->str, "\r\n\r\n"));
    ck_assert(begins(ask("GET", "/healthz/", NULL, NULL), "Status: 200 "));
    ck_assert(begins(ask("GET", "/\xff", NULL, NULL), "Status: 400 "));
    ck_assert(begins(ask("GET", "/healthz", "QUERY_STRING", "a=%"), "Status: 400 "));
    ck_assert(begins(ask("GET", "/\xff", "HTTP_ACCEPT", "text/html"), "Status: 400 "));
    ck_assert(strstr(fake.out->str, "<!doctype html>"));
    ck_assert(begins(ask("GET", "/api/v1/usage", "QUERY_STRING", "a=%"), "Status: 400 "));
    ck_assert(strstr(fake.out->str, "application/problem+json") && strstr(fake.out->str, "the query is not valid"));
    ck_assert(begins(ask("HEAD", "/api/v1/\xff", NULL, NULL), "Status: 400 "));
    ck_assert(g_str_has_suffix(fake.out->str, "\r\n\r\n"));
    site_close(&site);
}
END_TEST

START_TEST(static_files_have_a_tag)
{
    site_start();
    ck_assert(begins(ask("GET", "/static/style.css", NULL, NULL), "Status: 200 "));
    const char *tag = strstr(fake.out->str, "\r\nETag: ");
    ck_assert_ptr_nonnull(tag);
    g_autofree char *value = g_strndup(tag + 8, strcspn(tag + 8, "\r"));
    ck_assert(begins(ask("GET", "/static/style.css", "HTTP_IF_NONE_MATCH", value), "Status: 304 "));
    ck_assert(begins(ask("GET", "/static/none.css", NULL, NULL), "Status: 404 "));
    ck_assert(begins(ask("GET", "/static/..", NULL, NULL), "Status: 404 "));
    ck_assert(begins(ask("GET", "/api/v1/openapi.json", NULL, NULL), "Status: 200 "));
    site_close(&site);
}
END_TEST

static const char *ask_with_secret(const char *said)
{
    fake_end(&fake);
    fake_start(&fake);
    fake.exchange.shared_secret = "0123456789abcdef";
    fake_param(&fake, "PATH_INFO", "/healthz");
    if (said)
        fake_param(&fake, "WEBQUOTA_SHARED_SECRET", said);
    site_answer(&fake.exchange, &site);
    return fake.out->str;
}

START_TEST(tcp_needs_the_shared_secret)
{
    site_start();
    ask("GET", "/healthz", NULL, NULL);
    ck_assert(begins(ask_with_secret("0123456789abcdef"), "Status: 200 "));
    ck_assert(begins(ask_with_secret("0123456789abcdeX"), "Status: 403 "));
    ck_assert(begins(ask_with_secret("0123456789abcdef0"), "Status: 403 "));
    ck_assert(begins(ask_with_secret(""), "Status: 403 "));
    ck_assert(begins(ask_with_secret(NULL), "Status: 403 "));
    site_close(&site);
}
END_TEST

START_TEST(bad_templates_do_not_start)
{
    char *why = NULL;
    g_autofree char *folder = g_dir_make_tmp("webquota-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "bad.html", NULL);
    ck_assert(g_file_set_contents(file, "{{#a}}", -1, NULL));
    settings = (Settings){.database = (char *) "postgresql:///none", .mount = (char *) "", .threads = 1,
                .templates = folder,
                          .statics = (char *) "static"};
    ck_assert(!site_open(&site, &settings, false, &why));
    ck_assert_msg(strstr(why, "bad") != NULL, "%s", why);
    site_close(&site);
    g_free(why);
    ck_assert_int_eq(remove(file), 0);
    ck_assert_int_eq(remove(folder), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {alive_without_a_database, all_else_fails_closed, addresses_and_methods,
                                  static_files_have_a_tag, tcp_needs_the_shared_secret, bad_templates_do_not_start};
    return sodium_init() < 0 ? 1 : suite_run("site", tests, G_N_ELEMENTS(tests));
}
