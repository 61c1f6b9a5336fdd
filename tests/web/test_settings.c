/* The program's environment, and its mistakes. */
#include "web/settings.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "suite.h"

static const char *const names[] = {"DATABASE_URL", "WEBQUOTA_REPORT_DATABASE_URL", "WEBQUOTA_SOCKET", "WEBQUOTA_SECRET_FILE",
                                    "WEBQUOTA_SHARED_SECRET_FILE",
                                    "WEBQUOTA_THREADS", "WEBQUOTA_MOUNT", "WEBQUOTA_TEMPLATES", "WEBQUOTA_STATIC",
                                    "WEBQUOTA_PREPARE", "WEBQUOTA_LOG", "WEBQUOTA_PATIENCE_MS",
                                    "WEBQUOTA_THEME", "WEBQUOTA_CALLBACKS", "WEBQUOTA_CALLBACK_SECRETS_FILE",
                                    "WEBQUOTA_CALLBACK_TRIES", "WEBQUOTA_CALLBACK_TIMEOUT_S"};

static void start(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_unsetenv(names[i]);
    g_setenv("DATABASE_URL", "postgresql:///none", TRUE);
    g_setenv("WEBQUOTA_TEMPLATES", "templates", TRUE);
    g_setenv("WEBQUOTA_STATIC", "static", TRUE);
}

START_TEST(little_is_enough)
{
    g_auto(Settings) settings = {0};
    char *why = NULL;
    start();
    ck_assert_msg(settings_read(&settings, &why), "%s", why);
    ck_assert_int_eq(settings.threads, 64);
    ck_assert_int_eq(settings.patience_ms, 1300);
    ck_assert(settings.prepared);
    ck_assert_str_eq(settings.mount, "/quota");
    ck_assert_ptr_null(settings.secret);
    ck_assert_ptr_null(settings.socket);
    ck_assert_ptr_null(settings.theme);
    ck_assert_ptr_null(settings.callbacks.allowed);
    ck_assert_int_eq(settings.log, LOG_LEVEL_NOTICE);
}
END_TEST

START_TEST(mistakes_are_named)
{
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"DATABASE_URL", ""}, {"WEBQUOTA_THREADS", "0"}, {"WEBQUOTA_THREADS", "257"}, {"WEBQUOTA_THREADS", "many"},
        {"WEBQUOTA_LOG", "loud"}, {"WEBQUOTA_PREPARE", "maybe"}, {"WEBQUOTA_TEMPLATES", "/nowhere"},
        {"WEBQUOTA_THEME", "/nowhere"}, {"WEBQUOTA_CALLBACKS", "https://jobs.example/"},
        {"WEBQUOTA_STATIC", "/nowhere"}, {"WEBQUOTA_SECRET_FILE", "/nowhere"}, {"WEBQUOTA_SHARED_SECRET_FILE", "/dev/null"},
        {"WEBQUOTA_MOUNT", "quota"}, {"WEBQUOTA_MOUNT", "/quota/"}, {"WEBQUOTA_MOUNT", "//evil.net"},
        {"WEBQUOTA_MOUNT", "/\"><b"},
        {"WEBQUOTA_MOUNT", "/"},
        {"WEBQUOTA_PATIENCE_MS", "499"},
        {"WEBQUOTA_PATIENCE_MS", "60001"},
        {"WEBQUOTA_PATIENCE_MS", "1.5"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Settings) settings = {0};
        g_autofree char *why = NULL;
        start();
        g_setenv(cases[i].name, cases[i].value, TRUE);
        ck_assert_msg(!settings_read(&settings, &why), "%s=%s", cases[i].name, cases[i].value);
        ck_assert_msg(why && strstr(why, cases[i].name), "%s: %s", cases[i].name, why);
    }
}
END_TEST

START_TEST(secrets_are_read_without_the_lines_end)
{
    g_auto(Settings) settings = {0};
    char *why = NULL;
    g_autofree char *path = g_strdup_printf("%s/webquota-test-secret-%d", g_get_tmp_dir(), (int) getpid());
    start();
    ck_assert(g_file_set_contents(path, "0123456789abcdef\r\n", -1, NULL));
    g_setenv("WEBQUOTA_SECRET_FILE", path, TRUE);
    ck_assert_msg(settings_read(&settings, &why), "%s", why);
    ck_assert_str_eq(settings.secret, "0123456789abcdef");
    settings_clear(&settings);
    ck_assert(g_file_set_contents(path, "0123456789abcde\n\n", -1, NULL));
    ck_assert(!settings_read(&settings, &why));
    g_free(why);
    g_remove(path);
}
END_TEST

START_TEST(callbacks_are_set_up_whole_or_not_at_all)
{
    g_autofree char *path = g_strdup_printf("%s/webquota-test-callbacks-%d", g_get_tmp_dir(), (int) getpid());
    static const struct {
        const char *allowed, *secrets, *tries, *timeout_s, *says; /* says NULL: good */
    } cases[] = {
        {"https://jobs.example/hooks/ http://[::1]:80/", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "20", "300", NULL},
        {"https://jobs.example/hooks/?x", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "1", "1", "WEBQUOTA_CALLBACKS: "},
        {"https://jobs.example/", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "1", "1", "WEBQUOTA_CALLBACK_SECRETS_FILE: line 1"},
        {"https://jobs.example/", "", "1", "1", "WEBQUOTA_CALLBACK_SECRETS_FILE: there is no secret"},
        {"https://jobs.example/", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "21", "1", "WEBQUOTA_CALLBACK_TRIES"},
        {"https://jobs.example/", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "1", "0", "WEBQUOTA_CALLBACK_TIMEOUT_S"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Settings) settings = {0};
        g_autofree char *why = NULL;
        start();
        ck_assert(g_file_set_contents(path, cases[i].secrets, -1, NULL));
        g_setenv("WEBQUOTA_CALLBACKS", cases[i].allowed, TRUE);
        g_setenv("WEBQUOTA_CALLBACK_SECRETS_FILE", path, TRUE);
        g_setenv("WEBQUOTA_CALLBACK_TRIES", cases[i].tries, TRUE);
        g_setenv("WEBQUOTA_CALLBACK_TIMEOUT_S", cases[i].timeout_s, TRUE);
        ck_assert_msg(settings_read(&settings, &why) == !cases[i].says, "%zu: %s", i, why);
        ck_assert_msg(!cases[i].says || strstr(why, cases[i].says), "%zu: %s", i, why);
        ck_assert_int_eq(cases[i].says ? 20 : settings.callbacks.tries_max, 20);
    }
    g_remove(path);
}
END_TEST

/* The table of variables names those that are read, and no others. */
START_TEST(the_manual_names_them_all)
{
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents("docs/http.md", &text, NULL, NULL));
    const char *table = strstr(text, "## The program's environment");
    ck_assert_ptr_nonnull(table);
    g_autoptr(GRegex) pattern = g_regex_new("^\\| *(`[A-Z_]+`(?:, `[A-Z_]+`)*) *\\|", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GString) named = g_string_new(" ");
    for (g_regex_match(pattern, table, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *cell = g_match_info_fetch(match, 1);
        g_string_append_printf(named, "%s ", g_strdelimit(cell, "`,", ' '));
    }
    size_t count = 0;
    g_auto(GStrv) words = g_strsplit(named->str, " ", -1);
    for (int i = 0; words[i]; i++)
        count += words[i][0] != '\0';
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        ck_assert_msg(g_strv_contains((const char *const *) words, names[i]), "docs/http.md does not name %s", names[i]);
    ck_assert_uint_eq(count, G_N_ELEMENTS(names));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_manual_names_them_all, little_is_enough, mistakes_are_named, secrets_are_read_without_the_lines_end,
                                  callbacks_are_set_up_whole_or_not_at_all};
    return suite_run("settings", tests, G_N_ELEMENTS(tests));
}
