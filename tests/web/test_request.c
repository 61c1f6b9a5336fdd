/* From the web server's parameters to a request. */
#include "web/request.h"

#include "exchange_fake.h"
#include "suite.h"

static Fake fake;
static Request request;
static char *why;

static void start(void)
{
    fake_start(&fake);
    why = NULL;
}

static void end(void)
{
    request_clear(&request);
    fake_end(&fake);
    g_free(why);
}

static bool reads(const char *script, const char *path, const char *query)
{
    if (script)
        fake_param(&fake, "SCRIPT_NAME", script);
    if (path)
        fake_param(&fake, "PATH_INFO", path);
    if (query)
        fake_param(&fake, "QUERY_STRING", query);
    return request_read(&fake.exchange, &request, &why);
}

START_TEST(address_is_split_by_the_server)
{
    static const struct {
        const char *script, *path, *mount, *read;
    } cases[] = {
        {"/quota", "/limit/x", "/quota", "/limit/x"}, {"/quota", "", "/quota", "/"}, {"/quota", NULL, "/quota", "/"},
        {NULL, "/plans/", "", "/plans"}, {"/", "/", "", "/"}, {"/a b", "/x", "/a%20b", "/x"},
        {"/quota/", "//", "/quota", "/"},
        {"/q\"><", "/x", "/q%22%3E%3C", "/x"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        start();
        ck_assert(reads(cases[i].script, cases[i].path, NULL));
        ck_assert_str_eq(request.mount, cases[i].mount);
        ck_assert_str_eq(request.path, cases[i].read);
        end();
    }
}
END_TEST

START_TEST(odd_addresses_are_refused)
{
    static const struct {
        const char *path, *query;
    } cases[] = {{"/\xff", NULL}, {"/a\nb", NULL}, {"/\xe2\x80\xae", NULL}, {"nothing", NULL}, {"/", "a=%"},
    {"/", "a=%00"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        start();
        ck_assert(!reads("/quota", cases[i].path, cases[i].query));
        ck_assert_ptr_nonnull(why);
        end();
    }
}
END_TEST

START_TEST(authorizer_is_who_the_server_says)
{
    static const struct {
        bool role;
        const char *name, *value;
        bool authorizer;
    } cases[] = {
        {true, "X", "", true}, {false, "FCGI_APACHE_ROLE", "AUTHENTICATOR", true},
        {false, "WEBQUOTA_ROLE", "authorizer", true},
        {false, "WEBQUOTA_ROLE", "responder", false}, {false, "HTTP_WEBQUOTA_ROLE", "authorizer", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        start();
        fake.exchange.authorizer = cases[i].role;
        fake_param(&fake, cases[i].name, cases[i].value);
        ck_assert(reads("/quota", "/", cases[i].authorizer ? "a=%" : ""));
        ck_assert(request.authorizer == cases[i].authorizer);
        end();
    }
}
END_TEST

static int body_status(const char *length, size_t sent, bool authorizer)
{
    static char bytes[REQUEST_BODY_MAX + 100];
    memset(bytes, 'x', sizeof bytes);
    start();
    fake.exchange.authorizer = authorizer;
    fake_body(&fake, bytes, sent);
    if (length)
        fake_param(&fake, "CONTENT_LENGTH", length);
    ck_assert(reads("", "/", NULL));
    GString *body = NULL;
    int status = request_body(&request, &body);
    ck_assert(!fake.body_touched || !authorizer);
    ck_assert((status == 0) == (body != NULL));
    if (body) {
        ck_assert_uint_eq(body->len, sent);
        g_string_free(body, TRUE);
    }
    end();
    return status;
}

START_TEST(body_is_as_long_as_said)
{
    ck_assert_int_eq(body_status("10", 10, false), 0);
    ck_assert_int_eq(body_status("0", 0, false), 0);
    ck_assert_int_eq(body_status(NULL, 0, false), 0);
    ck_assert_int_eq(body_status("", 5, false), 0);
    ck_assert_int_eq(body_status(NULL, 5, false), 0);
    ck_assert_int_eq(body_status("10", 9, false), 400);
    ck_assert_int_eq(body_status("-1", 1, false), 400);
    ck_assert_int_eq(body_status("+1", 1, false), 400);
    ck_assert_int_eq(body_status("1x", 1, false), 400);
    ck_assert_int_eq(body_status("99999999999999999999", 1, false), 400);
    ck_assert_int_eq(body_status("65536", 65536, false), 0);
    ck_assert_int_eq(body_status("65537", 65537, false), 413);
    ck_assert_int_eq(body_status("9223372036854775807", 10, false), 413);
    ck_assert_int_eq(body_status(NULL, 65536, false), 0);
    ck_assert_int_eq(body_status(NULL, 65537, false), 413);
}
END_TEST

START_TEST(authorizers_never_read_a_body)
{
    ck_assert_int_eq(body_status("5", 5, true), 400);
}
END_TEST

static bool is_json(const char *type, const char *encoding)
{
    start();
    if (type)
        fake_param(&fake, "CONTENT_TYPE", type);
    if (encoding)
        fake_param(&fake, "HTTP_CONTENT_ENCODING", encoding);
    ck_assert(reads("", "/", NULL));
    bool json = request_is_json(&request);
    end();
    return json;
}

START_TEST(json_is_json)
{
    ck_assert(is_json("application/json", NULL));
    ck_assert(is_json("Application/JSON; charset=utf-8", "identity"));
    ck_assert(!is_json("application/json", "gzip"));
    ck_assert(!is_json("application/jsonx", NULL));
    ck_assert(!is_json("text/plain;application/json", NULL));
    ck_assert(!is_json(NULL, NULL));
}
END_TEST

static bool same_origin(const char *origin, const char *site)
{
    start();
    fake_param(&fake, "HTTP_HOST", "example.org");
    if (origin)
        fake_param(&fake, "HTTP_ORIGIN", origin);
    if (site)
        fake_param(&fake, "HTTP_SEC_FETCH_SITE", site);
    ck_assert(reads("", "/", NULL));
    bool same = request_is_same_origin(&request);
    end();
    return same;
}

START_TEST(origin_is_this_site)
{
    ck_assert(same_origin(NULL, NULL));
    ck_assert(same_origin("https://example.org", "same-origin"));
    ck_assert(same_origin(NULL, "none"));
    ck_assert(!same_origin("https://evil.net", NULL));
    ck_assert(!same_origin("null", NULL));
    ck_assert(!same_origin("https://example.org", "cross-site"));
    ck_assert(!same_origin(NULL, "same-site"));
}
END_TEST

static void back_is(const char *referer, const char *expected)
{
    start();
    fake_param(&fake, "HTTP_HOST", "example.org");
    fake_param(&fake, "HTTP_REFERER", referer);
    ck_assert(reads("", "/", NULL));
    g_autofree char *back = request_back(&request);
    ck_assert_msg(g_strcmp0(back, expected) == 0, "%s: %s", referer, back);
    end();
}

START_TEST(back_is_on_this_site)
{
    back_is("http://example.org/form?a=1#x", "/form?a=1");
    back_is("http://example.org", "/");
    back_is("http://example.org//evil.net/x", "/");
    back_is("http://example.org/\\evil.net", "/");
    back_is("http://evil.net/form", NULL);
    back_is("javascript:alert(1)", NULL);
    back_is("http://example.org/\n", NULL);
}
END_TEST

START_TEST(first_of_several_parameters_counts)
{
    start();
    fake_param(&fake, "REMOTE_USERX", "eve");
    fake_param(&fake, "REMOTE_USER", "ada");
    fake_param(&fake, "REMOTE_USER", "eve");
    ck_assert(reads("", "/", NULL));
    ck_assert_str_eq(request_param(&request, "REMOTE_USER"), "ada");
    ck_assert_ptr_null(request_param(&request, "REMOTE"));
    end();
}
END_TEST

/* Found by an index as by looking through them all, however many there are and whatever they look like. */
START_TEST(parameters_are_found_by_an_index)
{
    static const char *const oddities[] = {"=", "", "A", "=x=y", "AB=", "A=1=2", "NAME", "HTTP_=empty"};
    g_autoptr(GPtrArray) params = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < 300; i++) {
        if (i % 9 == 0)
            g_ptr_array_add(params, g_strdup(oddities[i / 9 % (int) G_N_ELEMENTS(oddities)]));
        g_ptr_array_add(params, g_strdup_printf("HTTP_%d=%d", i % 170, i));
        if (i % 50 > 0)
            continue;
        g_ptr_array_add(params, NULL);
        Exchange exchange = {.params = (char **) params->pdata};
        ParamIndex index;
        param_index_make(&index, &exchange);
        for (int name = -1; name < 180; name++) {
            g_autofree char *text = name < 0 ? g_strdup("HTTP_") : g_strdup_printf("HTTP_%d", name);
            ck_assert_pstr_eq(param_index_get(&index, text), exchange_param(&exchange, text));
        }
        ck_assert_pstr_eq(param_index_get(&index, ""), exchange_param(&exchange, ""));
        ck_assert_pstr_eq(param_index_get(&index, "A"), exchange_param(&exchange, "A"));
        ck_assert_pstr_eq(param_index_get(&index, "NAME"), NULL);
        g_ptr_array_remove_index(params, params->len - 1);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {address_is_split_by_the_server, odd_addresses_are_refused,
                                  authorizer_is_who_the_server_says,
                                  body_is_as_long_as_said, authorizers_never_read_a_body, json_is_json, origin_is_this_site,
                                  back_is_on_this_site, parameters_are_found_by_an_index,
                                  first_of_several_parameters_counts};
    return suite_run("request", tests, G_N_ELEMENTS(tests));
}
