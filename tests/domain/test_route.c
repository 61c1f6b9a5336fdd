/* Which route a request takes, also when it is odd. */
#include <check.h>

#include "domain/model.h"

/* The model's strings are owned, and so not const; these are neither. */
#define TEXT(text) ((char *) (text))

static char *message_patterns[] = {NULL}, *premium_patterns[] = {TEXT("claude-*"), NULL}, *opus_patterns[] = {TEXT("*opus*"), NULL};
static Feature features[] = {
    {.index = 0, .key = TEXT("message"), .parent = -1},
    {.index = 1, .key = TEXT("premium"), .parent = 0, .depth = 1, .resources = premium_patterns},
    {.index = 2, .key = TEXT("opus"), .parent = 1, .depth = 2, .resources = opus_patterns},
};

/* Where a request goes: the route's number and the resource, "2 claude-3", "0", or "none". */
static char *way(Route *routes, int count, const char *method, const char *path, const QueryPair *query, int query_count)
{
    Policy policy = {.features = features, .feature_count = 3, .routes = routes, .route_count = count};
    g_autofree char *resource = NULL;
    const Route *route = policy_route(&policy, method, path, query, query_count, &resource);
    if (!route) {
        ck_assert_ptr_null(resource);
        return g_strdup("none");
    }
    return g_strdup_printf("%d%s%s", (int) (route - routes), resource ? " " : "", resource ? resource : "");
}

static void check_path(const char *pattern, const char *path, const char *expected)
{
    Route route = {.path = TEXT(pattern), .units = 1, .resource_segment = TEXT("id")};
    g_autofree char *got = way(&route, 1, "GET", path, NULL, 0);
    ck_assert_msg(strcmp(got, expected) == 0, "%s on %s: %s", pattern, path, got);
}

START_TEST(paths)
{
    check_path("/app/x", "/app/x", "0");
    check_path("/app/x", "/app/xy", "none");
    check_path("/app/x", "/app/", "none");
    check_path("/app/x", "/APP/x", "none");
    check_path("/app/*", "/app/", "0");
    check_path("/app/*", "/app/a/b", "0");
    check_path("/app/*", "/app", "none");
    check_path("*.php", "/a/b.php", "0");
    check_path("*.php", "/a/b.php.txt", "none");
    check_path("/a*b*c", "/abbxbc", "0");
    check_path("/a*b*c", "/abbxb", "none");
    check_path("/a?c", "/aéc", "0");
    check_path("/a?c", "/ac", "none");
    check_path("/", "/", "0");
    check_path("*", "", "0");
    check_path("/", "", "none");
}
END_TEST

START_TEST(segments)
{
    check_path("/m/{id}", "/m/claude", "0 claude");
    check_path("/m/{id}", "/m/", "none");
    check_path("/m/{id}", "/m/a/b", "none");
    check_path("/m/{id}/send", "/m/a/send", "0 a");
    check_path("/m/{id}/send", "/m/a/b/send", "none");
    check_path("/{what}/{id}", "/x/y", "0 y");
    check_path("/{what}", "/x", "0");
    check_path("/*/{id}", "/a/b/c", "0 c");
    check_path("/*/x/{id}/end", "/x/x/x/1/end", "0 1");
    check_path("/{id}/*", "/a/b/c", "0 a");
    check_path("/*{id}", "/ab", "0 ab");
}
END_TEST

/* A path of the kind that makes naive matchers try forever. */
START_TEST(no_explosion)
{
    GString *pattern = g_string_new("/"), *path = g_string_new("/");
    for (int i = 0; i < 300; i++)
        g_string_append(pattern, "*a");
    g_string_append(pattern, "b");
    for (int i = 0; i < 8000; i++)
        g_string_append_c(path, 'a');
    check_path(pattern->str, path->str, "none");
    g_string_free(pattern, TRUE);
    g_string_free(path, TRUE);
}
END_TEST

START_TEST(methods)
{
    Route routes[] = {{.method = TEXT("POST"), .path = TEXT("/x")}, {.method = TEXT("GET"), .path = TEXT("/x")}, {.path = TEXT("/x")}};
    static const char *const cases[][2] = {{"POST", "0"}, {"GET", "1"}, {"HEAD", "1"}, {"PUT", "2"}, {"post", "0"}, {"Head", "1"}, {"", "2"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = way(routes, 3, cases[i][0], "/x", NULL, 0);
        ck_assert_str_eq(got, cases[i][1]);
    }
}
END_TEST

START_TEST(conditions)
{
    RouteCondition edit[] = {{TEXT("do"), TEXT("edit*")}, {TEXT("draft"), NULL}}, any[] = {{TEXT("id"), TEXT("*")}};
    Route routes[] = {{.path = TEXT("/x"), .conditions = edit, .condition_count = 2},
                      {.path = TEXT("/x"), .conditions = any, .condition_count = 1}};
    const struct {
        QueryPair query[3];
        int count;
        const char *expected;
    } cases[] = {
        {{{"do", "edit"}}, 1, "0"},
        {{{"do", "editor"}}, 1, "0"},
        {{{"do", "show"}}, 1, "none"},
        {{{"do", "show"}, {"do", "edit"}}, 2, "0"},
        {{{"do", "edit"}, {"draft", ""}}, 2, "none"},
        {{{"do", "edit"}, {"draft", ""}, {"id", "3"}}, 3, "1"},
        {{{"id", ""}}, 1, "1"},
        {{{"DO", "edit"}}, 1, "none"},
        {{{"x", "x"}}, 0, "none"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = way(routes, 2, "GET", "/x", cases[i].query, cases[i].count);
        ck_assert_msg(strcmp(got, cases[i].expected) == 0, "case %zu: %s", i, got);
    }
}
END_TEST

START_TEST(resources)
{
    Route route = {.path = TEXT("/x"), .resource_query = TEXT("model")};
    const struct {
        QueryPair query[3];
        int count;
        const char *expected;
    } cases[] = {
        {{{"model", "claude-3"}}, 1, "0 claude-3"},
        {{{"other", "claude-3"}}, 1, "0"},
        {{{"model", ""}}, 1, "0 "},
        {{{"model", "gemini"}, {"model", "gpt"}}, 2, "0 gemini"},
        {{{"model", "gemini"}, {"model", "claude-3"}}, 2, "0 claude-3"},
        {{{"model", "claude-3"}, {"model", "claude-opus"}, {"model", "gemini"}}, 3, "0 claude-opus"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = way(&route, 1, "GET", "/x", cases[i].query, cases[i].count);
        ck_assert_msg(strcmp(got, cases[i].expected) == 0, "case %zu: %s", i, got);
    }
}
END_TEST

/* What is not UTF-8 is not a way around. The buffers end where the text does, for the address sanitizer. */
START_TEST(not_utf8)
{
    RouteCondition condition[] = {{TEXT("do"), TEXT("?")}};
    Route routes[] = {{.path = TEXT("/x/?*")},
                      {.path = TEXT("/y"), .conditions = condition, .condition_count = 1, .resource_query = TEXT("model")}};
    g_autofree char *path = g_strdup("/x/\xf0"), *value = g_strdup("\xf0"), *model = g_strdup("claude-\xf0");
    g_autofree char *by_path = way(routes, 2, "GET", path, NULL, 0);
    ck_assert_str_eq(by_path, "0");
    const QueryPair query[] = {{"do", value}, {"model", model}};
    g_autofree char *by_query = way(routes, 2, "GET", "/y", query, 2);
    ck_assert_str_eq(by_query, "1 claude-\xf0");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("route");
    TCase *tcase = tcase_create("route");
    features[0].resources = message_patterns;
    tcase_add_test(tcase, paths);
    tcase_add_test(tcase, segments);
    tcase_add_test(tcase, no_explosion);
    tcase_add_test(tcase, methods);
    tcase_add_test(tcase, conditions);
    tcase_add_test(tcase, resources);
    tcase_add_test(tcase, not_utf8);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
