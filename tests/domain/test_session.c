/* How long a sign-in lasts, and what roles there are. */
#include "domain/session.h"

#include <check.h>

#define BEGAN (INT64_C(1700000000) * US_PER_S)
#define MINUTE (60 * US_PER_S)
#define HOUR (60 * MINUTE)

static SessionTimes times_of(Instant last_seen)
{
    return (SessionTimes){BEGAN, last_seen, BEGAN + 12 * HOUR};
}

START_TEST(idle_for_half_an_hour)
{
    SessionTimes times = times_of(BEGAN);
    ck_assert(session_is_alive(&times, BEGAN));
    ck_assert(session_is_alive(&times, BEGAN + 30 * MINUTE - 1));
    ck_assert(!session_is_alive(&times, BEGAN + 30 * MINUTE));
    ck_assert_int_eq(session_ends_at(&times), BEGAN + 30 * MINUTE);
    times = times_of(BEGAN + 25 * MINUTE);
    ck_assert(session_is_alive(&times, BEGAN + 55 * MINUTE - 1));
    ck_assert(!session_is_alive(&times, BEGAN + 55 * MINUTE));
}
END_TEST

START_TEST(twelve_hours_at_most)
{
    SessionTimes times = times_of(BEGAN + 12 * HOUR - 1);
    ck_assert(session_is_alive(&times, BEGAN + 12 * HOUR - 1));
    ck_assert(!session_is_alive(&times, BEGAN + 12 * HOUR));
    times.expires_at = INSTANT_MAX; /* whatever the row says */
    ck_assert(!session_is_alive(&times, BEGAN + 12 * HOUR));
    times.expires_at = BEGAN + HOUR;
    times.last_seen_at = BEGAN + HOUR - 1;
    ck_assert(!session_is_alive(&times, BEGAN + HOUR));
}
END_TEST

START_TEST(not_before_it_began)
{
    SessionTimes times = times_of(BEGAN);
    ck_assert(session_is_alive(&times, BEGAN - 2 * US_PER_S));
    ck_assert(!session_is_alive(&times, BEGAN - MINUTE));
}
END_TEST

START_TEST(noted_once_a_minute)
{
    SessionTimes times = times_of(BEGAN);
    ck_assert(!session_wants_note(&times, BEGAN + MINUTE - 1));
    ck_assert(session_wants_note(&times, BEGAN + MINUTE));
}
END_TEST

START_TEST(roles_have_an_order_and_words)
{
    static const char *const words[] = {"user", "viewer", "support", "admin"};
    Role role = ROLE_ADMIN;
    for (int i = 0; i < (int)G_N_ELEMENTS(words); i++) {
        ck_assert(role_find(words[i], &role) && (int)role == i);
        ck_assert_str_eq(role_word(role), words[i]);
    }
    role = ROLE_VIEWER;
    ck_assert(!role_find("root", &role) && !role_find("", &role) && !role_find(NULL, &role) && !role_find("ADMIN", &role));
    ck_assert_int_eq(role, ROLE_VIEWER);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session");
    TCase *tests = tcase_create("session");
    tcase_add_test(tests, idle_for_half_an_hour);
    tcase_add_test(tests, twelve_hours_at_most);
    tcase_add_test(tests, not_before_it_began);
    tcase_add_test(tests, noted_once_a_minute);
    tcase_add_test(tests, roles_have_an_order_and_words);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
