/* The dashboard and the error page: what each says in which state, and every page byte by byte against
 * golden/NAME.html. GOLDEN=update writes those anew; read the difference before it is kept. */
#include "base/base.h"

#include <check.h>

#include "view/page_states.h"

static Templates *templates;

static const Value *at(const Value *value, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, ".", -1);
    for (char **part = parts; *part && value; part++)
        value = value->kind == VALUE_LIST ? value_item(value, (size_t)g_ascii_strtoull(*part, NULL, 10))
                                     : value_get(value, *part);
    return value;
}

static const char *text_at(const Value *value, const char *path)
{
    const char *text = value_string(at(value, path));
    return text ? text : "(none)";
}

static bool true_at(const Value *value, const char *path)
{
    return value_is_true(at(value, path));
}

static bool null_at(const Value *value, const char *path)
{
    const Value *found = at(value, path);
    return found && value_is_null(found); /* null, not missing: a template does not look for it further out */
}

/* The card of that feature, or NULL. */
static const Value *card(const Value *dashboard, const char *feature)
{
    const Value *cards = value_get(dashboard, "cards");
    for (const Value *one = cards->first; one; one = one->next)
        if (g_str_equal(text_at(one, "feature"), feature))
            return one;
    return NULL;
}

/* --- pages as they are --- */

START_TEST(golden)
{
    const char *name = page_states[_i].name;
    g_autofree char *page = sample_render(templates, (size_t)_i);
    g_autofree char *path = g_strdup_printf("tests/view/golden/%s.html", name);
    if (g_strcmp0(g_getenv("GOLDEN"), "update") == 0)
        ck_assert(g_file_set_contents(path, page, -1, NULL));
    g_autofree char *expected = NULL;
    ck_assert_msg(g_file_get_contents(path, &expected, NULL, NULL), "%s is missing: GOLDEN=update writes it", path);
    if (strcmp(page, expected) == 0)
        return;
    size_t same = 0;
    while (page[same] == expected[same])
        same++;
    size_t from = same > 40 ? same - 40 : 0;
    ck_abort_msg("%s differs from byte %zu on:\n  is     %.120s\n  should %.120s", name, same, page + from, expected + from);
}
END_TEST

/* Each page is complete, and its own data never becomes markup. */
START_TEST(whole)
{
    g_autofree char *page = sample_render(templates, (size_t)_i);
    ck_assert(g_str_has_prefix(page, "<!doctype html>\n<html lang=\"en\">"));
    ck_assert(g_str_has_suffix(page, "</html>\n"));
    ck_assert_ptr_null(strstr(page, "<script>"));
    ck_assert_ptr_null(strstr(page, "<img"));
    ck_assert_ptr_null(strstr(page, "<b>/nowhere"));
    ck_assert(g_utf8_validate(page, -1, NULL));
    g_auto(GStrv) headings = g_strsplit(page, "<h1", -1);
    ck_assert_uint_eq(g_strv_length(headings), 2);
}
END_TEST

/* --- the first line --- */

START_TEST(first_line)
{
    g_autoptr(Value) ok = dashboard_ok(), unused = dashboard_first_use(), nothing = dashboard_nothing();
    ck_assert(true_at(ok, "answer.fine") && null_at(ok, "answer.worst"));
    ck_assert(true_at(unused, "answer.unused") && !true_at(unused, "answer.fine"));
    ck_assert(true_at(nothing, "answer.empty") && !true_at(nothing, "answer.unused"));

    g_autoptr(Value) notice = dashboard_notice(), warning = dashboard_warning(), exhausted = dashboard_exhausted();
    ck_assert_str_eq(text_at(notice, "answer.worst.state_word"), "Getting close");
    ck_assert_str_eq(text_at(notice, "answer.worst.names.0.name"), "Menu generation");
    ck_assert_str_eq(text_at(warning, "answer.worst.state_word"), "High usage");
    ck_assert_str_eq(text_at(exhausted, "answer.worst.state_word"), "Used up");
    ck_assert_uint_eq(value_count(at(exhausted, "answer.worst.names")), 1);
    ck_assert(!true_at(exhausted, "answer.worst.names.0.comma"));
}
END_TEST

START_TEST(first_line_counts_the_rest)
{
    g_autoptr(Value) all = dashboard_all_exhausted();
    ck_assert_uint_eq(value_count(at(all, "answer.worst.names")), 3);
    ck_assert_str_eq(text_at(all, "answer.worst.others"), "2");
    ck_assert(true_at(all, "answer.worst.names.1.comma") && !true_at(all, "answer.worst.names.2.comma"));
}
END_TEST

/* --- cards --- */

START_TEST(children_stand_on_their_parents_card)
{
    g_autoptr(Value) page = dashboard_warning();
    ck_assert_uint_eq(value_count(at(page, "cards")), 2);
    const Value *message = card(page, "message");
    ck_assert_str_eq(text_at(message, "main.feature"), "message");
    ck_assert_str_eq(text_at(message, "main.shown.number"), "95");
    ck_assert_str_eq(text_at(message, "more.0.feature"), "premium_message");
    ck_assert_str_eq(text_at(message, "more.0.shown.resources"), "claude-*, o1, gpt-4*");
    ck_assert_ptr_null(card(page, "premium_message"));
}
END_TEST

/* A child that the plan has does not hide under a parent that it has not. */
START_TEST(listed_child_of_an_unlisted_parent)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.plan->lists[MESSAGE] = false;
    sample_line(&sample, MESSAGE, NULL, 0);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 3);
    g_autoptr(Value) page = sample_dashboard(&sample);
    ck_assert_str_eq(text_at(card(page, "premium_message"), "state"), "ok");
    ck_assert_ptr_null(card(page, "message"));
    ck_assert_str_eq(text_at(page, "lacking.0.feature"), "message");
}
END_TEST

START_TEST(not_included_is_explained)
{
    g_autoptr(Value) page = dashboard_anonymous();
    ck_assert_uint_eq(value_count(at(page, "lacking")), 1);
    ck_assert_str_eq(text_at(page, "lacking.0.feature"), "menu_upload");
    ck_assert_str_eq(text_at(page, "lacking.0.explained"), "Menu uploads are not part of Anonymous. Sign in to get 1 a week.");
    ck_assert_str_eq(text_at(card(page, "message"), "more.0.shown.explained"),
                     "Premium messages are not part of Anonymous. Sign in to get 20 a month.");
}
END_TEST

/* However much the other limits have left, also those of a child. */
START_TEST(zero_limit_takes_the_feature_away)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_GENERATION, "daily", 0)->amount = 0;
    sample_line(&sample, MENU_GENERATION, "monthly", 7);
    sample_line(&sample, MESSAGE, "monthly", 0)->amount = 0;
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 2);
    g_autoptr(Value) page = sample_dashboard(&sample);
    ck_assert_uint_eq(value_count(at(page, "cards")), 0);
    ck_assert_uint_eq(value_count(at(page, "lacking")), 3);
    ck_assert_str_eq(text_at(page, "lacking.1.feature"), "premium_message");
    ck_assert_str_eq(text_at(page, "lacking.1.explained"), "Messages are not part of Free. Pro has 1,000 a month.");
    ck_assert_str_eq(text_at(page, "lacking.2.explained"), "Menu generations are not part of Free. Pro has 150 a day.");
}
END_TEST

START_TEST(unlimited_shows_its_count)
{
    g_autoptr(Value) page = dashboard_ok();
    const Value *shown = at(card(page, "get_solution"), "main.shown");
    ck_assert_str_eq(text_at(shown, "number"), "12");
    ck_assert_str_eq(text_at(shown, "figure_rest"), " used · ∞ unlimited");
    ck_assert_str_eq(text_at(shown, "label.window"), "Today");
    ck_assert(null_at(shown, "meter"));
}
END_TEST

START_TEST(held_and_bonus)
{
    g_autoptr(Value) page = dashboard_exhausted();
    const Value *held = at(card(page, "menu_generation"), "main.shown");
    ck_assert_str_eq(text_at(held, "left"), "2 left, 1 held for work in progress");
    ck_assert_str_eq(text_at(held, "meter.held"), "6.6");
    ck_assert_str_eq(text_at(held, "meter.held_at"), text_at(held, "meter.used"));
    ck_assert_str_eq(text_at(held, "meter.text"), "12 of 15 menu generations used today, 1 held");
    const Value *bonus = at(card(page, "invoice_upload"), "main.shown");
    ck_assert_str_eq(text_at(bonus, "left"), "3 left: 1 this week, then 2 bonus until 9 Dec");
    ck_assert(null_at(bonus, "meter.used"));
}
END_TEST

START_TEST(what_was_changed_is_told)
{
    g_autoptr(Value) page = dashboard_changed();
    const Value *raised = at(card(page, "menu_upload"), "main.shown.override");
    ck_assert_str_eq(text_at(raised, "amount"), "50");
    ck_assert_str_eq(text_at(raised, "was"), "1");
    ck_assert_str_eq(text_at(raised, "until"), "2026-12-31 at 00:00 (America/New_York)");
    const Value *carried = at(card(page, "menu_generation"), "main.shown");
    ck_assert_str_eq(text_at(carried, "carried"), "10");
    ck_assert(true_at(carried, "grace"));
    ck_assert(null_at(card(page, "menu_generation"), "more.0.shown.override.amount"));
    ck_assert_str_eq(text_at(card(page, "invoice_upload"), "main.shown.overage"), "2");
    ck_assert(true_at(card(page, "message"), "more.0.shown.on_trial"));
}
END_TEST

/* Limits that stop nobody never say "used up", and nobody is told to wait for them. */
START_TEST(limits_that_stop_nobody)
{
    g_autoptr(Value) page = dashboard_changed();
    ck_assert_str_eq(text_at(card(page, "invoice_upload"), "state"), "warning");
    ck_assert_str_eq(text_at(card(page, "message"), "more.0.shown.state"), "ok");
    ck_assert(!true_at(page, "has_stops"));
}
END_TEST

START_TEST(times_are_in_the_readers_zone)
{
    g_autoptr(Value) page = dashboard_own_zone();
    const Value *upload = card(page, "menu_upload"), *message = card(page, "message"), *generation = card(page, "menu_generation");
    ck_assert_str_eq(text_at(upload, "main.shown.resets"), "Resets at 14:00 (Asia/Tokyo), in 9 h 55 min");
    ck_assert_str_eq(text_at(upload, "main.shown.override.until"), "2026-12-31 at 14:00 (Asia/Tokyo)");
    ck_assert_str_eq(text_at(message, "main.shown.pace"), "At this rate it runs out on Tuesday about 07:00 (Asia/Tokyo)");
    ck_assert_str_eq(text_at(generation, "main.shown.by_kind.parts.1.until"), "10 Dec");
    ck_assert_ptr_nonnull(strstr(text_at(page, "stops.0.message"), "on 2026-11-23 at 14:00 (Asia/Tokyo)"));
    ck_assert_str_eq(text_at(page, "page.zone"), "Asia/Tokyo");
}
END_TEST

START_TEST(what_is_left_is_shown_in_the_order_it_is_spent)
{
    g_autoptr(Value) page = dashboard_changed();
    const Value *shown = value_get(value_get(card(page, "menu_generation"), "main"), "shown"), *parts = at(shown, "by_kind.parts");
    ck_assert_uint_eq(value_count(parts), 3);
    ck_assert(true_at(parts, "0.rolled") && true_at(parts, "1.own") && true_at(parts, "2.bonus"));
    ck_assert_str_eq(text_at(parts, "0.number"), "3");
    ck_assert_str_eq(text_at(parts, "1.number"), "15");
    ck_assert_str_eq(text_at(parts, "2.number"), "5");
    ck_assert_str_eq(text_at(shown, "by_kind.total"), "23");
    ck_assert_str_eq(text_at(shown, "by_kind.held"), "3");
    ck_assert(null_at(card(page, "message"), "main.shown.by_kind")); /* all of one kind */
}
END_TEST

START_TEST(pool_tells_yours_from_the_others)
{
    g_autoptr(Value) page = dashboard_organization();
    const Value *pool = at(card(page, "menu_generation"), "more.0.shown.pool");
    ck_assert_str_eq(text_at(pool, "organization"), "Sunrise Gym");
    ck_assert_str_eq(text_at(pool, "yours"), "12");
    ck_assert_str_eq(text_at(pool, "others"), "49");
}
END_TEST

/* Beyond one's own limit a bonus may have been spent, which the pool counts and the own limit does not. */
START_TEST(pool_is_silent_where_it_does_not_know)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.organization = "Sunrise Gym";
    sample_line(&sample, MENU_GENERATION, "daily", 15);
    sample_line(&sample, MENU_GENERATION, "team_daily", 61);
    g_autoptr(Value) page = sample_dashboard(&sample);
    ck_assert(null_at(card(page, "menu_generation"), "more.0.shown.pool.yours"));
    ck_assert_str_eq(text_at(card(page, "menu_generation"), "more.0.shown.pool.organization"), "Sunrise Gym");
}
END_TEST

/* A template looks outward for what a value lacks: nothing of the card may be taken for the line's own. */
START_TEST(lines_are_not_mixed_up_with_their_card)
{
    char *error = NULL;
    g_autoptr(Value) page = dashboard_notice();
    g_autoptr(GString) html = templates_render(templates, "dashboard", page, &error);
    ck_assert_msg(html != NULL, "%s", error);
    ck_assert_ptr_nonnull(strstr(html->str, "A week of menus"));
    ck_assert_ptr_null(strstr(html->str, "About "));
    ck_assert_ptr_nonnull(strstr(html->str, "<p class=\"row\"><span><b>118</b> of 300"));
}
END_TEST

/* --- what is used up, and the offer --- */

START_TEST(stops_name_the_limit_that_frees_last)
{
    g_autoptr(Value) page = dashboard_all_exhausted();
    ck_assert_uint_eq(value_count(at(page, "stops")), 5);
    ck_assert_str_eq(text_at(page, "stops.3.message"), "You've used all 300 menu generations for this month. You can use "
                                                       "it again on 2026-12-01 at 00:00 (America/New_York).");
    ck_assert_str_eq(text_at(page, "stops.3.url"), "/quota/limit/menu_generation");
}
END_TEST

START_TEST(one_offer)
{
    g_autoptr(Value) exhausted = dashboard_exhausted(), highest = dashboard_highest_plan(), member = dashboard_organization();
    ck_assert_str_eq(text_at(exhausted, "offer.upgrade.text"), "Pro: 20 a week instead of 1");
    ck_assert_str_eq(text_at(exhausted, "offer.upgrade.url"), "https://menu.example/upgrade?to=pro&for=menu_upload");
    ck_assert_str_eq(text_at(exhausted, "offer.upgrade.price"), "$9 a month");
    ck_assert_str_eq(text_at(highest, "offer.support.text"), "Contact support if you need more");
    ck_assert(null_at(highest, "offer.upgrade"));
    ck_assert_str_eq(text_at(member, "offer.ask.organization"), "Sunrise Gym");
    ck_assert(null_at(member, "offer.upgrade"));

    g_autoptr(Value) visitor = dashboard_anonymous(), suspended = dashboard_suspended(), unlimited = dashboard_unlimited();
    ck_assert_uint_eq(value_count(at(visitor, "offer.sign_in.gains")), 4);
    ck_assert_str_eq(text_at(visitor, "offer.sign_in.gains.1.amount"), "100");
    ck_assert_str_eq(text_at(visitor, "offer.sign_in.gains.1.now"), "20");
    ck_assert(null_at(visitor, "offer.sign_in.gains.0.now"));
    ck_assert(null_at(suspended, "offer") && null_at(unlimited, "offer"));
}
END_TEST

START_TEST(suspended_says_only_that)
{
    g_autoptr(Value) page = dashboard_suspended();
    ck_assert(true_at(page, "suspended") && true_at(page, "answer.suspended"));
    ck_assert(null_at(page, "answer.worst") && !true_at(page, "answer.fine"));
    ck_assert(!true_at(page, "has_stops"));
}
END_TEST

/* --- the frame, errors --- */

START_TEST(page_says_whose_and_when)
{
    g_autoptr(Value) page = dashboard_exhausted();
    ck_assert_str_eq(text_at(card(page, "message"), "main.limit"), "monthly");
    ck_assert_str_eq(text_at(page, "plan.key"), "free");
    ck_assert_str_eq(text_at(page, "page.updated_at"), SAMPLE_NOW);
    ck_assert_str_eq(text_at(page, "page.updated"), "14:05:20");
    ck_assert_str_eq(text_at(page, "page.offset"), "-05:00");
}
END_TEST

START_TEST(error_gives_one_thing_to_do)
{
    static const struct {
        int status;
        const char *step;
    } cases[] = {
        { 400, "correct" }, { 401, "sign_in" }, { 403, "not_allowed" }, { 404, "elsewhere" }, { 405, "elsewhere" },
        { 409, "correct" }, { 413, "correct" }, { 422, "correct" },     { 500, "retry" },     { 503, "retry" },
    };
    PageContext context = { .mount = "", .path = "/", .back = "/x y\"<é" };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Value) page = view_error(cases[i].status, "t", NULL, &context);
        for (const Value *next = value_get(page, "next")->first; next; next = next->next)
            ck_assert_int_eq(value_is_true(next), g_str_equal(next->key, cases[i].step));
        ck_assert_str_eq(text_at(page, "back"), "/x%20y%22%3C%C3%A9");
        ck_assert(null_at(page, "page.site"));
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("dashboard");
    TCase *pages = tcase_create("pages");
    tcase_set_timeout(pages, 30);
    tcase_add_loop_test(pages, golden, 0, G_N_ELEMENTS(page_states));
    tcase_add_loop_test(pages, whole, 0, G_N_ELEMENTS(page_states));
    suite_add_tcase(all, pages);
    TCase *values = tcase_create("values");
    tcase_add_test(values, first_line);
    tcase_add_test(values, first_line_counts_the_rest);
    tcase_add_test(values, children_stand_on_their_parents_card);
    tcase_add_test(values, listed_child_of_an_unlisted_parent);
    tcase_add_test(values, not_included_is_explained);
    tcase_add_test(values, zero_limit_takes_the_feature_away);
    tcase_add_test(values, unlimited_shows_its_count);
    tcase_add_test(values, held_and_bonus);
    tcase_add_test(values, what_was_changed_is_told);
    tcase_add_test(values, limits_that_stop_nobody);
    tcase_add_test(values, times_are_in_the_readers_zone);
    tcase_add_test(values, what_is_left_is_shown_in_the_order_it_is_spent);
    tcase_add_test(values, pool_tells_yours_from_the_others);
    tcase_add_test(values, pool_is_silent_where_it_does_not_know);
    tcase_add_test(values, lines_are_not_mixed_up_with_their_card);
    tcase_add_test(values, stops_name_the_limit_that_frees_last);
    tcase_add_test(values, one_offer);
    tcase_add_test(values, suspended_says_only_that);
    tcase_add_test(values, page_says_whose_and_when);
    tcase_add_test(values, error_gives_one_thing_to_do);
    suite_add_tcase(all, values);
    return all;
}

int main(void)
{
    templates = sample_templates("templates");
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    templates_free(templates);
    return failed ? 1 : 0;
}
