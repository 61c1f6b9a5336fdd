/* Secrets, typed at a terminal: they are not shown, and what is typed after them is, however the command ended. */
#include "cli/secret_input.h"

#include <check.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h> /* login_tty */

#define PATIENCE_US 20000000

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* A child that asks at a terminal of its own, of which `master` is what a person has, and `terminal` what the child has. */
static int master, terminal;
static pid_t child;

static bool is_shown(void)
{
    struct termios now;
    ck_assert_int_eq(tcgetattr(terminal, &now), 0);
    return now.c_lflag & ECHO;
}

static void until_shown(bool shown)
{
    int64_t late = g_get_monotonic_time() + PATIENCE_US;
    while (is_shown() != shown && g_get_monotonic_time() < late)
        g_usleep(1000);
    ck_assert_int_eq(is_shown(), shown);
}

static void begin(int ignored)
{
    int here;
    child = -1;
    ck_assert_int_eq(openpty(&master, &here, NULL, NULL, NULL), 0);
    terminal = here;
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(master);
        for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) /* Check has its own */
            signal(signals[i], signals[i] == ignored ? SIG_IGN : SIG_DFL);
        if (login_tty(here) != 0)
            _exit(3);
        char *secret = secret_read("test", "password");
        _exit(g_strcmp0(secret, "a secret") == 0 ? 0 : 1);
    }
    until_shown(false);
}

static void type(const char *text)
{
    ck_assert_int_eq(write(master, text, strlen(text)), (ssize_t)strlen(text));
}

/* All that stood on the terminal until `text`. New string. */
static char *seen_until(const char *text)
{
    GString *seen = g_string_new(NULL);
    char block[256];
    while (!strstr(seen->str, text)) {
        ssize_t count = read(master, block, sizeof block);
        ck_assert_int_gt(count, 0);
        g_string_append_len(seen, block, count);
    }
    return g_string_free(seen, FALSE);
}

/* How it ended: as waitpid has it. */
static int end(void)
{
    int how = -1;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    return how;
}

static void end_terminal(void)
{
    close(master);
    close(terminal);
}

/* As asked: both times. */
static void type_twice(void)
{
    type("a secret\n");
    g_autofree char *seen = seen_until("password again: ");
    ck_assert_ptr_null(strstr(seen, "secret"));
    until_shown(false);
    type("a secret\n");
    int how = end();
    ck_assert(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    ck_assert(is_shown());
}

START_TEST(it_is_not_shown)
{
    begin(0);
    type_twice();
    end_terminal();
}
END_TEST

START_TEST(what_comes_after_a_signal_is_shown)
{
    begin(0);
    type("half a sec");
    ck_assert_int_eq(kill(child, signals[_i]), 0);
    int how = end();
    ck_assert(WIFSIGNALED(how) && WTERMSIG(how) == signals[_i]);
    ck_assert(is_shown());
    end_terminal();
}
END_TEST

START_TEST(what_comes_after_control_c_is_shown)
{
    begin(0);
    type("half a sec\003");
    int how = end();
    ck_assert(WIFSIGNALED(how) && WTERMSIG(how) == SIGINT);
    ck_assert(is_shown());
    end_terminal();
}
END_TEST

START_TEST(a_signal_that_is_ignored_stays_so)
{
    begin(signals[_i]);
    ck_assert_int_eq(kill(child, signals[_i]), 0);
    type_twice();
    end_terminal();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secret input");
    TCase *tests = tcase_create("secret input");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, it_is_not_shown);
    tcase_add_loop_test(tests, what_comes_after_a_signal_is_shown, 0, G_N_ELEMENTS(signals));
    tcase_add_test(tests, what_comes_after_control_c_is_shown);
    tcase_add_loop_test(tests, a_signal_that_is_ignored_stays_so, 0, G_N_ELEMENTS(signals));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
