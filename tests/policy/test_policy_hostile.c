/* Files that are meant to hurt: each gets an answer, soon, and none spoils the next one. */
#include <pthread.h>

#include "policy_tests.h"

#define GOOD "default_plan = f feature a {} plan f { limit l { feature = a amount = 2 window = day } }\n"

/* The text repeated until it is as large as a file may be. */
static char *filled(const char *head, const char *text)
{
    GString *out = g_string_new(head);
    while (out->len + strlen(text) <= POLICY_TEXT_MAX)
        g_string_append(out, text);
    return g_string_free(out, FALSE);
}

/* It is refused, and a good file is good after it. */
static char *refusal(const char *text)
{
    char *mistakes = mistakes_of(text);
    ck_assert_str_ne(mistakes, "");
    g_autoptr(Policy) policy = policy_of(GOOD);
    ck_assert_int_eq(policy->plans[0].limits[0].plan_amount, 2);
    return mistakes;
}

START_TEST(too_large)
{
    g_autofree char *most = filled(GOOD, " "), *more = g_strconcat(most, "  ", NULL);
    g_autoptr(Policy) policy = policy_of(most);
    ck_assert_uint_eq(strlen(policy->text), POLICY_TEXT_MAX);
    g_autofree char *mistakes = refusal(more);
    ck_assert_str_eq(mistakes, "p:1: the file is larger than 1 MiB\n");
}
END_TEST

START_TEST(a_mebibyte_of)
{
    static const char *const texts[] = {
        "{", "}", "=", "\"", "'", "\\", "/*", "/", "#", "a", "a ", "a = b ", "\n", ",", "${", "$", "a{", "a{}", "plan a {",
        "plan p { limit ", "feature a {} ", "feature ", "route {} ", "route{path=\"/\" feature=a} ", "grace { ",
        "administrators = {", "title = {", "plan a { limit b { ", "title = \"x\" ", "zzz { zzz = {a, b} ", "é", "😀",
        "x = \"\\\\\" ", "resources = {a,", "// \n", "/* */ ", "\x01", "title = '\\' ",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = filled("", texts[i]), *mistakes = refusal(text);
        ck_assert_uint_lt(strlen(mistakes), POLICY_TEXT_MAX * 3);
    }
}
END_TEST

static char *many(const char *head, const char *format, int count, const char *tail)
{
    GString *out = g_string_new(head);
    for (int i = 0; i < count; i++) {
        g_autofree char *number = g_strdup_printf("%d", i);
        g_auto(GStrv) parts = g_strsplit(format, "#", -1);
        g_autofree char *text = g_strjoinv(number, parts);
        g_string_append(out, text);
    }
    g_string_append(out, tail);
    return g_string_free(out, FALSE);
}

static void check_most(const char *head, const char *format, int most, const char *tail, const char *mistake)
{
    g_autofree char *full = many(head, format, most, tail), *over = many(head, format, most + 1, tail);
    g_autofree char *none = mistakes_of(full), *one = refusal(over);
    ck_assert_str_eq(none, "");
    ck_assert_msg(g_str_has_suffix(one, mistake), "%s", one);
}

START_TEST(too_many)
{
    check_most("default_plan = f plan f { unlimited = true }\n", "feature a# {}\n", 1000, "",
               "p:1002: feature a1000: there are more than 1000 features\n");
    check_most("default_plan = p0 feature a {}\n", "plan p# {}\n", 100, "", "p:102: plan p100: there are more than 100 plans\n");
    check_most("default_plan = f feature a {} plan f {\n", "limit l# { feature = a amount = 1 window = day }\n", 1000, "}",
               "p:1002: plan f: limit l1000: there are more than 1000 limits\n");
    check_most("default_plan = f feature a {} plan f {\n", "grant g# { feature = a amount = 1 }\n", 1000, "}",
               "p:1002: plan f: grant g1000: there are more than 1000 grants\n");
    check_most(GOOD, "route { path = \"/#\" feature = a }\n", 1000, "", "p:1002: route 1001: there are more than 1000 routes\n");
    g_autofree char *endless = many("", "feature a# {}\n", 5000, ""), *mistakes = refusal(endless);
    ck_assert_ptr_nonnull(strstr(mistakes, "p:4001: there are more entries here than any policy can have\n"));
}
END_TEST

START_TEST(mistakes_have_an_end)
{
    g_autofree char *text = many("", "zzz = #\n", 2000, ""), *mistakes = refusal(text);
    ck_assert_ptr_nonnull(strstr(mistakes, "p:1000: zzz: is not known\n"));
    ck_assert(g_str_has_suffix(mistakes, "p:1000: there are more mistakes than can be shown\n"));
}
END_TEST

START_TEST(too_deep)
{
    GString *text = g_string_new("default_plan = f plan f { unlimited = true }\nfeature a {}\nfeature x0 { parent = a }\n");
    for (int i = 1; i <= 16; i++)
        g_string_append_printf(text, "feature x%d { parent = x%d }\n", i, i - 1);
    g_autofree char *mistakes = refusal(text->str);
    ck_assert_str_eq(mistakes, "p:19: feature x16: parent: is more than 16 deep\n");
    g_string_free(text, TRUE);
}
END_TEST

START_TEST(long_words)
{
    g_autofree char *word = g_strnfill(100000, 'x');
    g_autofree char *title = g_strdup_printf(GOOD "title = %s", word), *key = g_strdup_printf(GOOD "feature %s {}", word);
    g_autofree char *name = g_strdup_printf(GOOD "%s = 1", word), *number = g_strdup_printf(GOOD "grace { days = %s }", word);
    g_autofree char *at_most = g_strnfill(200, 'x'), *good = g_strdup_printf(GOOD "title = %s", at_most);
    g_autoptr(Policy) policy = policy_of(good);
    ck_assert_str_eq(policy->title, at_most);
    const char *const texts[] = {title, key, name, number};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *mistakes = refusal(texts[i]);
        ck_assert_msg(g_str_has_prefix(mistakes, "p:2: ") && strlen(mistakes) < 300, "%s", mistakes);
    }
    g_autofree char *mistakes = mistakes_of(title);
    ck_assert_str_eq(mistakes, "p:2: title: is too long: 100000 bytes of at most 200\n");
}
END_TEST

START_TEST(not_utf8)
{
    g_autofree char *mistakes = refusal(GOOD "\n# \xff\n");
    ck_assert_str_eq(mistakes, "p:3: the file is not UTF-8 from here on\n");
}
END_TEST

/* libConfuse's lexer would stay inside the string or the comment, and read the next file from there. */
START_TEST(what_is_left_open_does_not_reach_the_next)
{
    static const char *const texts[] = {"title = \"open", "title = 'open", "/* open", "plan f {", "title = \"open\\",
                                        "administrators = {a,", "// open"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(refusal(texts[i]));
}
END_TEST

static void *read_often(void *data)
{
    for (int i = 0; i < 500; i++) {
        g_autoptr(GPtrArray) mistakes = mistakes_new();
        g_autoptr(Policy) good = policy_read(GOOD, "p", mistakes), bad = policy_read("title = \"open", "p", mistakes);
        if (!good || bad || mistakes->len != 1)
            *(bool *) data = true;
    }
    return NULL;
}

START_TEST(threads)
{
    pthread_t running[4];
    bool wrong[4] = {false};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&running[i], NULL, read_often, &wrong[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(running[i], NULL);
        ck_assert(!wrong[i]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("policy hostile");
    TCase *tcase = tcase_create("hostile");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, too_large);
    tcase_add_test(tcase, a_mebibyte_of);
    tcase_add_test(tcase, too_many);
    tcase_add_test(tcase, mistakes_have_an_end);
    tcase_add_test(tcase, too_deep);
    tcase_add_test(tcase, long_words);
    tcase_add_test(tcase, not_utf8);
    tcase_add_test(tcase, what_is_left_open_does_not_reach_the_next);
    tcase_add_test(tcase, threads);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(suite());
}
