/* A response is in order, or it is a 500. */
#include "web/response.h"

#include "suite.h"

static char *rendered(Response *response, bool head_only)
{
    char *text = g_string_free(response_render(response, head_only), FALSE);
    response_free(response);
    return text;
}

START_TEST(whole_response)
{
    Response *response = response_new();
    response_status(response, 429);
    response_header(response, "X-A", "b");
    response_header(response, "X-None", NULL);
    response_header_number(response, "Retry-After", 12);
    response_body(response, "text/plain", g_string_new("no\n"));
    ck_assert_int_eq(response_status_of(response), 429);
    g_autofree char *text = rendered(response, false);
    ck_assert_str_eq(text, "Status: 429 Too Many Requests\r\nX-A: b\r\nRetry-After: 12\r\nContent-Type: text/plain\r\n"
                           "Content-Length: 3\r\n\r\nno\n");
}
END_TEST

START_TEST(head_has_the_length_and_no_body)
{
    Response *response = response_new();
    response_status(response, 200);
    response_body(response, "text/plain", g_string_new("body"));
    g_autofree char *text = rendered(response, true);
    ck_assert(g_str_has_suffix(text, "Content-Length: 4\r\n\r\n"));
}
END_TEST

START_TEST(guard_has_every_security_header)
{
    static const char *const headers[] = {"Cache-Control: no-store\r\n", "X-Content-Type-Options: nosniff\r\n",
                                          "Referrer-Policy: same-origin\r\n",
                                          "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n",
                                          "Content-Security-Policy: default-src 'none';",
                                          "frame-ancestors 'none'", "base-uri 'none'"};
    Response *response = response_new();
    response_status(response, 200);
    response_guard(response);
    g_autofree char *text = rendered(response, false);
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
        ck_assert_msg(strstr(text, headers[i]) != NULL, "%s", headers[i]);
    ck_assert_ptr_null(strstr(text, "unsafe"));
    response = response_new();
    response_status(response, 200);
    response_guard_framed(response, "no-store", NULL);
    g_autofree char *framed = rendered(response, false), *broken = rendered(response_new(), false);
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
        ck_assert_msg(strstr(framed, headers[i]) && strstr(broken, headers[i]), "%s", headers[i]);
}
END_TEST

static void is_broken(Response *response)
{
    ck_assert_int_eq(response_status_of(response), 500);
    g_autofree char *text = rendered(response, false);
    ck_assert(g_str_has_prefix(text, "Status: 500 "));
    ck_assert_ptr_null(strstr(text, "evil"));
}

START_TEST(guard_lets_embedders_frame)
{
    static const char *const embedders[] = {"https://a.example", "https://b.example:8443", NULL};
    static const char *const evil[] = {"https://a.example\r\nEvil: evil", NULL};
    Response *response = response_new();
    response_status(response, 200);
    response_guard_framed(response, "private", embedders);
    g_autofree char *text = rendered(response, false);
    ck_assert_ptr_nonnull(strstr(text, "Cache-Control: private\r\n"));
    ck_assert_ptr_nonnull(strstr(text, "frame-ancestors https://a.example https://b.example:8443\r\n"));
    response = response_new();
    response_status(response, 200);
    response_guard_framed(response, "private", NULL);
    g_autofree char *none = rendered(response, false);
    ck_assert_ptr_nonnull(strstr(none, "frame-ancestors 'none'\r\n"));
    response = response_new();
    response_status(response, 200);
    response_guard_framed(response, "private", evil);
    is_broken(response);
}
END_TEST

START_TEST(line_breaks_in_headers_are_refused)
{
    static const char *const values[] = {"a\r\nSet-Cookie: evil", "a\nevil", "a\revil", "evil\x01", "evil\x7f"};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        Response *response = response_new();
        response_status(response, 200);
        response_header(response, "X-A", values[i]);
        is_broken(response);
    }
    Response *response = response_new();
    response_status(response, 200);
    response_header(response, "X-A: b\r\nevil", "1");
    is_broken(response);
}
END_TEST

START_TEST(out_of_turn_is_refused)
{
    Response *early = response_new();
    response_header(early, "X-A", "evil");
    is_broken(early);
    Response *twice = response_new();
    response_status(twice, 200);
    response_status(twice, 201);
    is_broken(twice);
    Response *late = response_new();
    response_status(late, 200);
    response_body(late, "text/plain", g_string_new("evil"));
    response_header(late, "X-A", "b");
    is_broken(late);
    Response *two = response_new();
    response_status(two, 200);
    response_body(two, "text/plain", g_string_new("evil"));
    response_body(two, "text/plain", g_string_new("evil"));
    is_broken(two);
    Response *odd = response_new();
    response_status(odd, 100);
    is_broken(odd);
}
END_TEST

START_TEST(nothing_is_a_500)
{
    g_autofree char *text = rendered(response_new(), false);
    ck_assert(g_str_has_prefix(text, "Status: 500 "));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {whole_response, head_has_the_length_and_no_body, guard_has_every_security_header, guard_lets_embedders_frame,
                                  line_breaks_in_headers_are_refused, out_of_turn_is_refused, nothing_is_a_500};
    return suite_run("response", tests, G_N_ELEMENTS(tests));
}
