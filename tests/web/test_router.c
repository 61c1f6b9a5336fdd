/* The route table: what fits a pattern; and that the manual and the OpenAPI file say what the table says. */
#include "web/router.h"

#include "suite.h"

static void fits(const char *pattern, const char *path, bool expected, const char *segment)
{
    g_autofree char *found = NULL;
    ck_assert_msg(router_match(pattern, path, &found) == expected, "%s %s", pattern, path);
    ck_assert_msg(g_strcmp0(found, segment) == 0, "%s %s: %s", pattern, path, found);
}

START_TEST(segments_are_whole)
{
    fits("/", "/", true, NULL);
    fits("/", "/x", false, NULL);
    fits("/limit/{feature}", "/limit/x", true, "x");
    fits("/limit/{feature}", "/limit/", false, NULL);
    fits("/limit/{feature}", "/limit", false, NULL);
    fits("/limit/{feature}", "/limit/x/y", false, NULL);
    fits("/r/{id}/commit", "/r/7/commit", true, "7");
    fits("/r/{id}/commit", "/r/7/commitx", false, NULL);
    fits("/r/{id}/commit", "/r/7", false, NULL);
    fits("/r/{id}/commit", "/r//commit", false, NULL);
}
END_TEST

/* "GET /x" of every route, for comparing. */
static GHashTable *table_words(void)
{
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int count;
    const WebRoute *routes = router_table(&count);
    for (int i = 0; i < count; i++)
        g_hash_table_add(words, g_strdup_printf("%s %s", routes[i].method, routes[i].pattern));
    return words;
}

static void are_same(GHashTable *left, GHashTable *right, const char *what)
{
    GHashTableIter iter;
    gpointer word;
    g_hash_table_iter_init(&iter, left);
    while (g_hash_table_iter_next(&iter, &word, NULL))
        ck_assert_msg(g_hash_table_contains(right, word), "%s: %s is not in both", what, (char *) word);
    ck_assert_uint_eq(g_hash_table_size(left), g_hash_table_size(right));
}

START_TEST(no_route_is_there_twice)
{
    int count;
    router_table(&count);
    GHashTable *table = table_words();
    ck_assert_uint_eq(g_hash_table_size(table), (guint) count);
    g_hash_table_destroy(table);
}
END_TEST

START_TEST(manual_says_what_the_table_says)
{
    g_autofree char *text = NULL;
    ck_assert_msg(g_file_get_contents("docs/http.md", &text, NULL, NULL), "run the tests from the top of the checkout");
    GHashTable *table = table_words(), *manual = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    /* A route stands at the beginning of a heading or of a row. */
    g_autoptr(GRegex) route = g_regex_new("^(?:### |\\| )`((?:GET|POST|DELETE) /[^`?]*)`", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    for (g_regex_match(route, text, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL))
        g_hash_table_add(manual, g_match_info_fetch(match, 1));
    are_same(manual, table, "docs/http.md");
    are_same(table, manual, "docs/http.md");
    g_hash_table_destroy(manual);
    g_hash_table_destroy(table);
}
END_TEST

START_TEST(openapi_says_what_the_table_says)
{
    json_t *document = json_load_file("static/openapi.json", JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(document);
    GHashTable *table = table_words(), *described = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *path, *method;
    json_t *methods, *operation;
    json_object_foreach(json_object_get(document, "paths"), path, methods)
        json_object_foreach(methods, method, operation) {
            g_autofree char *upper = g_ascii_strup(method, -1);
            g_hash_table_add(described, g_strdup_printf("%s %s", upper, path));
            ck_assert_msg(json_object_size(json_object_get(operation, "responses")) > 0, "%s %s", method, path);
        }
    are_same(described, table, "openapi.json");
    are_same(table, described, "openapi.json");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(document, "info"), "version")), WEBQUOTA_VERSION);
    g_hash_table_destroy(described);
    g_hash_table_destroy(table);
    json_decref(document);
}
END_TEST

START_TEST(what_changes_something_needs_somebody)
{
    int count;
    const WebRoute *routes = router_table(&count);
    for (int i = 0; i < count; i++) {
        bool administration = strstr(routes[i].pattern, "/v1/admin/") != NULL;
        /* Programs of administrators make changes by the page's own address. */
        bool by_program = routes[i].scopes == KEY_ADMIN && (strcmp(routes[i].pattern, "/admin/change") == 0 ||
                                                            g_str_has_prefix(routes[i].pattern, "/admin/access"));
        ck_assert_msg(!g_str_has_prefix(routes[i].pattern, "/admin") ||
                          (routes[i].access >= ACCESS_VIEWER && (routes[i].scopes == 0 || by_program)),
                      "%s: for administrators who have signed in", routes[i].pattern);
        ck_assert_msg(strcmp(routes[i].method, "GET") == 0 || routes[i].access != ACCESS_OPEN, "%s", routes[i].pattern);
        bool reads = strcmp(routes[i].method, "GET") == 0;
        /* Those who support people give overrides and bonuses, up to their ceiling, and take back what they gave. */
        bool gives = strstr(routes[i].pattern, "/overrides") || strstr(routes[i].pattern, "/grants");
        bool guarded = strstr(routes[i].pattern, "/keys") || strstr(routes[i].pattern, "/bulk") ||
                       strstr(routes[i].pattern, "/sessions");
        Access least = reads && !guarded ? ACCESS_VIEWER : gives ? ACCESS_SUPPORT : ACCESS_PROGRAM;
        ck_assert_msg(!administration || (routes[i].access == least && routes[i].scopes == KEY_ADMIN), "%s", routes[i].pattern);
        ck_assert_msg(!route_is_form(&routes[i]) || routes[i].scopes == 0 || by_program, "%s: a form is for people", routes[i].pattern);
        /* A place in line is given up by whoever has it. */
        bool own = strstr(routes[i].pattern, "/tickets/") != NULL;
        ck_assert_msg(strcmp(routes[i].method, "DELETE") != 0 || own || routes[i].scopes == KEY_ADMIN, "%s", routes[i].pattern);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {segments_are_whole, no_route_is_there_twice, manual_says_what_the_table_says,
                                  openapi_says_what_the_table_says, what_changes_something_needs_somebody};
    return suite_run("router", tests, G_N_ELEMENTS(tests));
}
