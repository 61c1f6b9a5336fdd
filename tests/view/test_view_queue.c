/* The queue's words and its document. */
#include "base/base.h"

#include <check.h>

#include "view/page_states.h"
#include "view/words_add.h"

static void says(QueueWait wait, bool paused, const char *expected)
{
    g_autofree char *words = WORDS(words_add_wait, &wait, paused);
    ck_assert_str_eq(words, expected);
}

START_TEST(how_long)
{
    says((QueueWait){ true, 120, 230, 170 }, false, "About 3 minutes (2 to 4)");
    says((QueueWait){ true, 0, 110, 50 }, false, "About 1 minute (up to 2)");
    says((QueueWait){ true, 60, 60, 60 }, false, "About 1 minute");
    says((QueueWait){ true, 3600 * 2, 3600 * 4 + 60, 3600 * 3 }, false, "About 3 hours (2 to 5)");
    says((QueueWait){ true, 86400 * 3, 86400 * 4, 86400 * 4 }, false, "About 4 days (3 to 4)");
    says((QueueWait){ 0 }, false, "We do not know yet how long it takes");
    says((QueueWait){ true, 60, 60, 60 }, true, "The queue is paused. We do not know yet how long it takes");
}
END_TEST

START_TEST(which_number)
{
    g_autofree char *words = WORDS(words_add_position, 11, 40);
    ck_assert_str_eq(words, "You are number 12 of 40");
    g_autofree char *many = WORDS(words_add_position, 1233, 1200);
    ck_assert_str_eq(many, "You are number 1,234 of 1,234");
}
END_TEST

START_TEST(each_end_has_its_words)
{
    static const struct {
        TicketState state;
        const char *why, *expected;
    } ends[] = {
        { TICKET_ADMITTED, NULL, "It is your turn." },
        { TICKET_USED, NULL, "Your turn came, and you took it." },
        { TICKET_LEFT, NULL, "You have left the queue." },
        { TICKET_LAPSED, NULL, "Your turn came, and was not taken in time. It went to the next in line." },
        { TICKET_EXPIRED, "unseen", "Your place was lost, because nobody looked after it for too long." },
        { TICKET_EXPIRED, "refused", "Your turn came, but another of your limits is used up." },
        { TICKET_EXPIRED, "dropped", "An administrator has ended your place in the queue." },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        TicketShown shown = queue_sample;
        shown.state = ends[i].state;
        shown.why = ends[i].why;
        g_autofree char *words = WORDS(words_add_ticket, &shown);
        ck_assert_str_eq(words, ends[i].expected);
    }
}
END_TEST

START_TEST(the_document)
{
    TicketShown shown = queue_sample;
    shown.now = shown.joined_at = sample_instant(SAMPLE_NOW);
    shown.kept_until = shown.now + 300 * US_PER_S;
    json_auto_t *waiting = view_value(view_ticket(&shown, "/quota"));
    ck_assert_int_eq(json_integer_value(json_object_get(waiting, "position")), 12);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(waiting, "wait"), "most_s")), 220);
    ck_assert(json_is_null(json_object_get(waiting, "go")) && json_is_null(json_object_get(waiting, "claim_until")));
    ck_assert_str_eq(json_string_value(json_object_get(waiting, "url")), "/quota/queue/tkt_x7f3kq2m9x4c8v1b6n5z0");
    shown.state = TICKET_ADMITTED;
    shown.claim_until = shown.now;
    shown.wait.known = false;
    json_auto_t *turn = view_value(view_ticket(&shown, "/quota"));
    ck_assert(json_is_null(json_object_get(turn, "position")) && json_is_null(json_object_get(turn, "wait")));
    ck_assert_str_eq(json_string_value(json_object_get(turn, "go")), shown.go);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("queue");
    TCase *tests = tcase_create("queue");
    tcase_add_test(tests, how_long);
    tcase_add_test(tests, which_number);
    tcase_add_test(tests, each_end_has_its_words);
    tcase_add_test(tests, the_document);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
