/* Request targets: what a client may write, and what the application behind will see. */
#include "web/uri.h"

#include "suite.h"

static const struct {
    const char *target, *path;
} paths[] = {
    {"/", "/"}, {"", "/"}, {"/a/save", "/a/save"}, {"/a//save", "/a/save"}, {"//a/save", "/a/save"},
    {"/a/./save", "/a/save"},
    {"/a/x/../save", "/a/save"}, {"/a/%73ave", "/a/save"}, {"/a%2fsave", "/a/save"}, {"/a/%2e%2e/a/save", "/a/save"},
    {"/../../a/save", "/a/save"}, {"/a/save?x=1", "/a/save"}, {"/a/save?", "/a/save"}, {"/a/save#x", "/a/save"},
    {"/a/save/", "/a/save/"}, {"/a/save/.", "/a/save/"}, {"/a/b/..", "/a/"}, {"/..", "/"}, {"/.", "/"},
    {"http://host:80/a/save?x", "/a/save"}, {"http://host", "/"}, {"/a/%2573ave", "/a/%73ave"}, {"/a/%zzave", "/a/%zzave"},
    {"/a/save%", "/a/save%"}, {"/a/save%7", "/a/save%7"}, {"/a+b", "/a+b"}, {"/...", "/..."}, {"/a/..b", "/a/..b"},
    {"/a/save%00x", "/a/save"},
};

START_TEST(path_is_what_the_server_resolves)
{
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *path = uri_path(paths[i].target);
        ck_assert_msg(strcmp(path, paths[i].path) == 0, "%s: %s, not %s", paths[i].target, path, paths[i].path);
    }
}
END_TEST

START_TEST(query_is_decoded_and_keeps_duplicates)
{
    g_auto(Query) query = {0};
    ck_assert(query_parse("a=1&b=two+words&a=%32&c&=x&&d=%26%3D", true, &query));
    ck_assert_int_eq(query.count, 6);
    ck_assert_str_eq(query_get(&query, "a"), "1");
    ck_assert_int_eq(query_times(&query, "a"), 2);
    ck_assert_str_eq(query_get(&query, "b"), "two words");
    ck_assert_str_eq(query_get(&query, "c"), "");
    ck_assert_str_eq(query_get(&query, "d"), "&=");
    ck_assert_ptr_null(query_get(&query, "e"));
}
END_TEST

START_TEST(query_strict_refuses_what_is_odd)
{
    static const char *const odd[] = {"a=%", "a=%4", "a=%zz", "a=%00", "%=1", "a=%ff", "a=\xff", "a=1&b=%g0"};
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_auto(Query) query = {0};
        ck_assert_msg(!query_parse(odd[i], true, &query), "%s", odd[i]);
        ck_assert_int_eq(query.count, 0);
        ck_assert(query_parse(odd[i], false, &query));
        ck_assert_int_gt(query.count, 0);
    }
}
END_TEST

START_TEST(query_lenient_reads_as_programs_do)
{
    g_auto(Query) query = {0};
    ck_assert(query_parse("do=save%00&x=%zz&y=%", false, &query));
    ck_assert_str_eq(query_get(&query, "do"), "save");
    ck_assert_str_eq(query_get(&query, "x"), "%zz");
    ck_assert_str_eq(query_get(&query, "y"), "%");
}
END_TEST

START_TEST(query_of_nothing_is_empty)
{
    g_auto(Query) query = {0};
    ck_assert(query_parse(NULL, true, &query));
    ck_assert_int_eq(query.count, 0);
    ck_assert_str_eq(uri_query("/a"), "");
    ck_assert_str_eq(uri_query("/a?b?c"), "b?c");
}
END_TEST

START_TEST(host_is_compared_whole)
{
    ck_assert(uri_is_of_host("http://example.org", "example.org"));
    ck_assert(uri_is_of_host("https://EXAMPLE.org:443/x", "example.org"));
    ck_assert(uri_is_of_host("http://example.org:8080/x?y", "example.org:8080"));
    ck_assert(uri_is_of_host("http://example.org", "example.org:80"));
    ck_assert(!uri_is_of_host("http://example.org.evil.net", "example.org"));
    ck_assert(!uri_is_of_host("http://evil.net/example.org", "example.org"));
    ck_assert(!uri_is_of_host("http://example.org:8080", "example.org"));
    ck_assert(!uri_is_of_host("http://example.org@evil.net", "example.org"));
    ck_assert(!uri_is_of_host("null", "example.org"));
    ck_assert(!uri_is_of_host("javascript:alert(1)", "example.org"));
    ck_assert(!uri_is_of_host("http://", ""));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {path_is_what_the_server_resolves, query_is_decoded_and_keeps_duplicates,
                                  query_strict_refuses_what_is_odd, query_lenient_reads_as_programs_do,
                                  query_of_nothing_is_empty, host_is_compared_whole};
    return suite_run("uri", tests, G_N_ELEMENTS(tests));
}
