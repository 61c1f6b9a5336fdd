/* The words that people read, literally. */
#include "view/answers_sample.h"

#include "view/words.h"

#define NOON "2026-11-22T12:00:00Z"

START_TEST(numbers_and_units)
{
    g_autoptr(Site) site = site_new();
    assert_words(words_number(0), "0");
    assert_words(words_number(999), "999");
    assert_words(words_number(1000), "1,000");
    assert_words(words_number(12345), "12,345");
    assert_words(words_number(-1234567), "-1,234,567");
    assert_words(words_number(-100), "-100");
    assert_words(words_number(UNITS_MAX), "9,007,199,254,740,991");
    assert_words(words_number(INT64_MIN), "-9,223,372,036,854,775,808");
    assert_words(words_units(&site->features[MENU], 1), "1 menu upload");
    assert_words(words_units(&site->features[MENU], 2), "2 menu uploads");
    assert_words(words_units(&site->features[MENU], 0), "0 menu uploads");
    assert_words(words_capital("menu uploads"), "Menu uploads");
    assert_words(words_capital("ékezet"), "Ékezet");
    assert_words(words_capital(""), "");
}
END_TEST

START_TEST(what_is_over_is_rounded_down)
{
    assert_words(words_ago(-5), "just now");
    assert_words(words_ago(US_PER_S - 1), "just now");
    assert_words(words_ago(59 * US_PER_S + 1), "59 s ago");
    assert_words(words_ago(119 * US_PER_S), "1 min ago");
    assert_words(words_ago(HOUR_US + 59 * US_PER_S), "1 h ago");
    assert_words(words_ago(3 * HOUR_US + 12 * MINUTE_US), "3 h 12 min ago");
    assert_words(words_ago(18 * HOUR_US + 55 * MINUTE_US), "18 h ago");
    assert_words(words_ago(2 * DAY_US + HOUR_US), "2 d 1 h ago");
    assert_words(words_ago(400 * DAY_US), "400 d ago");
}
END_TEST

START_TEST(spans_have_two_parts_at_most)
{
    assert_words(words_span(-1), "now");
    assert_words(words_span(0), "now");
    assert_words(words_span(1), "in 1 s");
    assert_words(words_span(20 * US_PER_S), "in 20 s");
    assert_words(words_span(59 * US_PER_S), "in 59 s");
    assert_words(words_span(59 * US_PER_S + 1), "in 1 min");
    assert_words(words_span(61 * US_PER_S), "in 2 min");
    assert_words(words_span(59 * MINUTE_US), "in 59 min");
    assert_words(words_span(59 * MINUTE_US + 1), "in 1 h");
    assert_words(words_span(3 * HOUR_US + 12 * MINUTE_US), "in 3 h 12 min");
    assert_words(words_span(9 * HOUR_US + 54 * MINUTE_US + 1), "in 9 h 55 min");
    assert_words(words_span(24 * HOUR_US - 1), "in 1 day");
    assert_words(words_span(24 * HOUR_US), "in 1 day");
    assert_words(words_span(26 * HOUR_US + 1), "in 1 day 3 h");
    assert_words(words_span(47 * HOUR_US), "in 1 day 23 h");
    assert_words(words_span(47 * HOUR_US + 1), "in 2 days");
    assert_words(words_span(3 * DAY_US), "in 3 days");
    assert_words(words_span(3 * DAY_US + 13 * HOUR_US), "in 4 days");
    assert_words(words_span(9 * DAY_US), "in 9 days");
}
END_TEST

START_TEST(moments_carry_their_zone)
{
    Instant now = instant("2025-12-28T12:00:00Z");
    assert_words(words_time(instant("2025-12-29"), "UTC", now), "2025-12-29 at 00:00 (UTC)");
    assert_words(words_time(instant("2025-12-29T05:00:00Z"), "America/New_York", now),
                 "2025-12-29 at 00:00 (America/New_York)");
    assert_words(words_time(instant("2025-12-29"), NULL, now), "2025-12-29 at 00:00 (UTC)");
    assert_words(words_time(instant("2025-12-29"), "Nowhere/Town", now), "2025-12-29 at 00:00 (UTC)");
    assert_words(words_time(instant("2025-12-28T14:05:00.25Z"), "UTC", now), "2025-12-28 at 14:06 (UTC)");
    assert_words(words_time(instant("2025-12-28T12:05:22.25Z"), "UTC", now), "2025-12-28 at 12:05:23 (UTC)");
    assert_words(words_time(instant("2025-12-28T12:05:00Z"), "UTC", now), "2025-12-28 at 12:05 (UTC)");
    assert_words(words_time(instant("2025-12-28T23:59:59Z"), "UTC", now), "2025-12-29 at 00:00 (UTC)");
    assert_words(words_time(INSTANT_MAX, "UTC", now), "");
    assert_words(words_stamp(instant("2025-12-28T12:05:22.75Z"), "America/New_York"), "2025-12-28 at 07:05:22 (America/New_York)");
    assert_words(words_stamp_bare(instant("2025-12-28T12:05:22.75Z"), "America/New_York"), "2025-12-28 07:05:22");
    assert_words(words_stamp(INSTANT_MIN, "UTC"), "");
    assert_words(words_clock(instant("2025-12-29T05:30:00Z"), "America/New_York", now), "00:30");
    assert_words(words_clock(INSTANT_MIN, "UTC", now), "");
    assert_words(words_day(instant("2025-12-09"), "UTC", now), "9 Dec");
    assert_words(words_day(instant("2026-01-09"), "UTC", now), "9 Jan 2026");
    assert_words(words_day(instant("2026-01-01T04:00:00Z"), "America/New_York", now), "31 Dec");
    assert_words(words_day(INSTANT_MAX, "UTC", now), "");
}
END_TEST

typedef struct {
    const char *text;
    WindowAlign align;
    const char *window, *window_for, *per;
} WindowCase;

START_TEST(windows)
{
    static const WindowCase cases[] = {
        {"minute", ALIGN_CALENDAR, "this minute", "for this minute", "a minute"},
        {"hour", ALIGN_CALENDAR, "this hour", "for this hour", "an hour"},
        {"day", ALIGN_CALENDAR, "today", "for today", "a day"},
        {"week", ALIGN_CALENDAR, "this week", "for this week", "a week"},
        {"month", ALIGN_CALENDAR, "this month", "for this month", "a month"},
        {"month", ALIGN_ANCHOR, "this month", "for this month", "a month"},
        {"year", ALIGN_CALENDAR, "this year", "for this year", "a year"},
        {"15 minute", ALIGN_CALENDAR, "in these 15 minutes", "for these 15 minutes", "every 15 minutes"},
        {"28 day", ALIGN_ANCHOR, "in these 28 days", "for these 28 days", "every 28 days"},
        {"minute", ALIGN_ROLLING, "in the last 60 seconds", "in the last 60 seconds", "in any 60 seconds"},
        {"hour", ALIGN_ROLLING, "in the last 60 minutes", "in the last 60 minutes", "in any 60 minutes"},
        {"day", ALIGN_ROLLING, "in the last 24 hours", "in the last 24 hours", "in any 24 hours"},
        {"week", ALIGN_ROLLING, "in the last 7 days", "in the last 7 days", "in any 7 days"},
        {"month", ALIGN_ROLLING, "in the last month", "in the last month", "in any month"},
        {"year", ALIGN_ROLLING, "in the last 12 months", "in the last 12 months", "in any 12 months"},
        {"28 day", ALIGN_ROLLING, "in the last 28 days", "in the last 28 days", "in any 28 days"},
        {"lifetime", ALIGN_CALENDAR, "in all", "", "in all"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        WindowSpec spec = window_spec(cases[i].text, cases[i].align);
        assert_words(words_window(&spec), cases[i].window);
        assert_words(words_window_for(&spec), cases[i].window_for);
        assert_words(words_per(&spec), cases[i].per);
    }
}
END_TEST

START_TEST(figures)
{
    g_autoptr(Site) site = site_new();
    Instant now = instant(NOON), midnight = instant("2026-11-23");
    Limit *daily = &site->limits[FREE][0], *weekly = &site->limits[FREE][1];
    UsageLine line = usage_line(site, daily, 5, 15, midnight);
    line.feature = &(Feature){.units = (char *)"menu generations"};
    assert_words(words_used(&line), "5 of 15 menu generations used today");
    assert_words(words_left(&line, now), "10 left");
    line = usage_line(site, weekly, 0, 1, midnight);
    line.feature = &(Feature){.units = (char *)"uploads"};
    assert_words(words_used(&line), "0 of 1 uploads used this week");
    line = usage_line(site, daily, 12, AMOUNT_UNLIMITED, midnight);
    assert_words(words_used(&line), "12 used · ∞ unlimited");
    assert_words(words_left(&line, now), "Not limited; still counted");
    line = usage_line(site, daily, 5, 3, midnight);
    assert_words(words_used(&line), "5 of 3 Get Solution requests used today");
    assert_words(words_left(&line, now), "0 left");
    line = usage_line(site, daily, 1234, 20000, midnight);
    assert_words(words_used(&line), "1,234 of 20,000 Get Solution requests used today");
    assert_words(words_left(&line, now), "18,766 left");
    UsageLine unlisted = {.feature = &site->features[PREMIUM], .state = USAGE_NOT_INCLUDED};
    assert_words(words_used(&unlisted), "Not included");
    assert_words(words_left(&unlisted, now), "");
}
END_TEST

START_TEST(what_is_left_in_the_order_it_is_spent)
{
    g_autoptr(Site) site = site_new();
    Instant now = instant(NOON);
    UsageLine line = usage_line(site, &site->limits[FREE][1], 0, 1, instant("2026-11-23"));
    line.bonus = 2;
    line.bonus_expires = instant("2026-12-09T12:00:00Z");
    usage_line_finish(&line);
    assert_words(words_left(&line, now), "3 left: 1 this week, then 2 bonus until 9 Dec");
    line.used = 1;
    usage_line_finish(&line);
    assert_words(words_left(&line, now), "2 left: 2 bonus until 9 Dec");
    line.bonus_expires = INSTANT_MAX;
    assert_words(words_left(&line, now), "2 left: 2 bonus");
    line = usage_line(site, &site->limits[FREE][2], 10, 150, instant("2026-12-01"));
    line.carried = 50;
    assert_words(words_left(&line, now), "140 left: 40 rolled over, then 100 this month");
    line.used = 60;
    usage_line_finish(&line);
    assert_words(words_left(&line, now), "90 left");
    line.held = 3;
    usage_line_finish(&line);
    assert_words(words_left(&line, now), "87 left, 3 held for work in progress");
    line.used = 148;
    usage_line_finish(&line);
    assert_words(words_left(&line, now), "0 left, 3 held for work in progress");
}
END_TEST

START_TEST(resets)
{
    g_autoptr(Site) site = site_new();
    Instant midnight = instant("2026-11-23T05:00:00Z");
    UsageLine line = usage_line(site, &site->limits[FREE][1], 1, 1, midnight);
    assert_words(words_resets(&line, instant("2026-11-23T01:48:00Z")), "Resets at 00:00 (America/New_York), in 3 h 12 min");
    assert_words(words_resets(&line, midnight - DAY_US), "Resets at 00:00 (America/New_York), in 1 day");
    assert_words(words_resets(&line, instant("2026-11-20T05:00:00Z")),
                 "Resets Mon 23 Nov at 00:00 (America/New_York), in 3 days");
    line.resets_at = instant("2027-01-01T05:00:00Z");
    assert_words(words_resets(&line, instant("2026-12-30T05:00:00Z")),
                 "Resets Fri 1 Jan 2027 at 00:00 (America/New_York), in 2 days");
    line.resets_at = INSTANT_MAX;
    assert_words(words_resets(&line, midnight), "");
    Limit *limit = &site->limits[FREE][0];
    limit->window.align = ALIGN_ROLLING;
    line = usage_line(site, limit, 2, 2, instant("2026-11-22T14:05:30Z"));
    assert_words(words_resets(&line, instant(NOON)), "More comes back at 14:06 (UTC), in 2 h 6 min");
    line.resets_at = instant("2026-11-24T14:05:00Z");
    assert_words(words_resets(&line, instant(NOON)), "More comes back on Tue 24 Nov at 14:05 (UTC), in 2 days");
    line.resets_at = instant("2026-11-24T23:59:30Z");
    assert_words(words_resets(&line, instant(NOON)), "More comes back on Wed 25 Nov at 00:00 (UTC), in 3 days");
    line.amount = AMOUNT_UNLIMITED;
    assert_words(words_resets(&line, instant(NOON)), "");
    UsageLine unlisted = {.feature = &site->features[PREMIUM], .resets_at = midnight};
    assert_words(words_resets(&unlisted, instant(NOON)), "");
}
END_TEST

START_TEST(pace)
{
    Instant noon = instant(NOON); /* a Sunday */
    Forecast soon = {FORECAST_RUNS_OUT, instant("2026-11-23T18:20:00Z")}, later = {FORECAST_RUNS_OUT, instant("2026-11-26T18:20:00Z")},
             late = {FORECAST_RUNS_OUT, instant("2026-12-03T18:20:00Z")}, lasts = {FORECAST_LASTS, INSTANT_MAX}, none = {FORECAST_NONE, INSTANT_MAX};
    assert_words(words_pace(&soon, "UTC", noon), "At this rate it runs out on Monday about 18:00 (UTC)");
    assert_words(words_pace(&soon, "Asia/Tokyo", noon), "At this rate it runs out on Tuesday about 03:00 (Asia/Tokyo)");
    assert_words(words_pace(&later, "UTC", noon), "At this rate it runs out on Thursday");
    assert_words(words_pace(&late, "UTC", noon), "At this rate it runs out about Thu 3 Dec");
    assert_words(words_pace(&lasts, "UTC", noon), "At this rate it lasts until it resets");
    assert_words(words_pace(&none, "UTC", noon), "");
}
END_TEST

START_TEST(messages_of_a_line)
{
    g_autoptr(Site) site = site_new();
    const Plan *plan = &site->plans[FREE];
    Instant now = instant("2025-12-28T12:00:00Z"), midnight = instant("2025-12-29");
    Limit *daily = &site->limits[FREE][0], *weekly = &site->limits[FREE][1];
    UsageLine line = usage_line(site, daily, 95, 100, midnight);
    assert_words(words_line(&line, plan, now), "High usage today: 95 of 100");
    line = usage_line(site, daily, 89, 100, midnight);
    assert_words(words_line(&line, plan, now), "89 of 100 Get Solution requests used today");
    line.held = 3;
    usage_line_finish(&line);
    assert_words(words_line(&line, plan, now), "High usage today: 89 of 100, 3 held");
    line = usage_line(site, daily, 100, 100, midnight);
    assert_words(words_line(&line, plan, now), "You've used all 100 Get Solution requests for today. "
                                               "You can use it again on 2025-12-29 at 00:00 (UTC).");
    line = usage_line(site, weekly, 1, 1, instant("2025-12-29T05:00:00Z"));
    assert_words(words_line(&line, plan, now), "You've used your 1 menu upload for this week. "
                                               "You can use it again on 2025-12-29 at 00:00 (America/New_York).");
    line = usage_line(site, weekly, 0, 0, midnight);
    assert_words(words_line(&line, plan, now), "Menu uploads are not part of Free.");
    line = usage_line(site, daily, 3, AMOUNT_UNLIMITED, midnight);
    assert_words(words_line(&line, plan, now), "3 used · ∞ unlimited");
    daily->on_exceed = EXCEED_ALLOW;
    line = usage_line(site, daily, 105, 100, midnight);
    assert_words(words_line(&line, plan, now), "105 of 100 Get Solution requests used today, 5 over");
    line = usage_line(site, daily, 100, 100, midnight);
    assert_words(words_line(&line, plan, now), "100 of 100 Get Solution requests used today");
}
END_TEST

START_TEST(a_spent_bonus_is_told)
{
    g_autoptr(Site) site = site_new();
    const Plan *plan = &site->plans[FREE];
    Instant now = instant("2025-12-28T12:00:00Z"), monday = instant("2025-12-29T05:00:00Z");
    UsageLine line = usage_line(site, &site->limits[FREE][1], 1, 1, monday);
    line.spent = (BonusSpent){1, 2, 2, instant("2026-01-05T05:00:00Z")};
    line.bonus = 1;
    line.source |= SOURCE_GRANT;
    usage_line_finish(&line);
    assert_words(words_used(&line), "1 of 1 menu uploads used this week, and 1 of 2 bonus menu uploads");
    assert_words(words_line(&line, plan, now), "High usage this week: 1 of 1, and 1 of 2 bonus menu uploads");
    assert_words(words_left(&line, now), "1 left: 1 bonus");
    g_autoptr(Answer) allowed = site_answer(site, MENU, OUTCOME_ALLOWED, REASON_NONE, now);
    answer_add(allowed, line);
    assert_words(words_answer(allowed), "1 of 1 menu uploads used this week, and 1 of 2 bonus menu uploads");

    line.spent.units = 2;
    line.bonus = 0;
    usage_line_finish(&line);
    assert_words(words_used(&line), "1 of 1 menu uploads used this week, and 2 of 2 bonus menu uploads");
    assert_words(words_left(&line, now), "0 left, 2 bonus again on 5 Jan 2026");
    const char *stopped = "You've used your 1 menu upload for this week and 2 bonus menu uploads. "
                          "You can use it again on 2025-12-29 at 00:00 (America/New_York). "
                          "2 bonus menu uploads again on 2026-01-05 at 00:00 (America/New_York).";
    assert_words(words_line(&line, plan, now), stopped);
    g_autoptr(Answer) denied = site_answer(site, MENU, OUTCOME_DENIED, REASON_LIMIT, now);
    AnswerLine *refused = answer_add(denied, line);
    assert_words(words_answer(denied), stopped);
    assert_words(words_answer_of_other(denied), "The 1 menu upload for this week and 2 bonus menu uploads are used. "
                                                "It can be used again on 2025-12-29 at 00:00 (America/New_York). "
                                                "2 bonus menu uploads again on 2026-01-05 at 00:00 (America/New_York).");
    denied->zone = (char *)"UTC"; /* the viewer's */
    refused->usage.spent = (BonusSpent){1, 1, 0, 0};
    assert_words(words_answer(denied), "You've used your 1 menu upload for this week and 1 bonus menu upload. "
                                       "You can use it again on 2025-12-29 at 05:00 (UTC).");
    denied->zone = NULL;

    line.used = 0; /* the next week: what is the limit's own is spent first again */
    usage_line_finish(&line);
    assert_words(words_used(&line), "0 of 1 menu uploads used this week");
    assert_words(words_left(&line, now), "1 left");
}
END_TEST

START_TEST(shared_limits_say_whose)
{
    g_autoptr(Site) site = site_new();
    Limit *limit = &site->limits[FREE][0];
    Instant now = instant(NOON);
    UsageLine line = usage_line(site, limit, 61, 100, instant("2026-11-23"));
    limit->scope = SCOPE_ORGANIZATION;
    assert_words(words_used(&line), "61 of 100 Get Solution requests used today by your organization");
    limit->scope = SCOPE_PLAN;
    assert_words(words_used(&line), "61 of 100 Get Solution requests used today by everybody on this plan");
    assert_words(words_line(&line, &site->plans[FREE], now),
                 "61 of 100 Get Solution requests used today by everybody on Free");
    limit->scope = SCOPE_SITE;
    assert_words(words_used(&line), "61 of 100 Get Solution requests used today by everybody");
}
END_TEST

/* ---- answers --------------------------------------------------------------------------- */

START_TEST(stopped)
{
    g_autoptr(Site) site = site_new();
    Instant now = instant("2025-12-28T12:00:00Z"), midnight = instant("2025-12-29");
    Limit *daily = &site->limits[FREE][0];
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_DENIED, REASON_LIMIT, now);
    AnswerLine *line = answer_add(answer, usage_line(site, daily, 100, 100, midnight));
    assert_words(words_answer(answer), "You've used all 100 Get Solution requests for today. "
                                       "You can use it again on 2025-12-29 at 00:00 (UTC).");
    line->usage = usage_line(site, daily, 5, 3, midnight);
    assert_words(words_answer(answer), "You've used 5 Get Solution requests today; the limit is 3. "
                                       "You can use it again on 2025-12-29 at 00:00 (UTC).");
    line->usage = usage_line(site, daily, 98, 100, midnight);
    line->asked = 5;
    assert_words(words_answer(answer), "Only 2 of 100 Get Solution requests for today are left, and 5 were asked for. "
                                       "You can use it again on 2025-12-29 at 00:00 (UTC).");
    line->usage.bonus = 1;
    line->usage.used = 100;
    usage_line_finish(&line->usage);
    assert_words(words_answer(answer), "Only 1 Get Solution request for today is left, bonus included, and 5 were "
                                       "asked for. "
                                       "You can use it again on 2025-12-29 at 00:00 (UTC).");
    line->usage = usage_line(site, daily, 98, 100, midnight);
    line->usage.held = 2;
    usage_line_finish(&line->usage);
    assert_words(words_answer(answer), "You've used 98 of 100 Get Solution requests for today, and 2 more are held for work "
                                       "in progress. You can use it again on 2025-12-29 at 00:00 (UTC), or when that "
                                       "work ends.");
    line->frees_at = INSTANT_MAX;
    assert_words(words_answer(answer), "You've used 98 of 100 Get Solution requests for today, and 2 more are held for work "
                                       "in progress. You can use it again when that work ends.");
    daily->window = window_spec("lifetime", ALIGN_CALENDAR);
    line->usage = usage_line(site, daily, 3, 3, INSTANT_MAX);
    assert_words(words_answer(answer), "You've used all 3 Get Solution requests. This limit never resets.");
    daily->window = window_spec("day", ALIGN_ROLLING);
    line->usage = usage_line(site, daily, 3, 3, midnight);
    line->frees_at = instant("2025-12-28T18:30:01Z");
    assert_words(words_answer(answer), "You've used all 3 Get Solution requests in the last 24 hours. "
                                       "You can use it again on 2025-12-28 at 18:31 (UTC).");
    line->usage = usage_line(site, daily, 0, 0, midnight);
    line->usage.source |= SOURCE_GRANT;
    assert_words(words_answer(answer), "You've used all your bonus Get Solution requests. "
                                       "You can use it again on 2025-12-28 at 18:31 (UTC).");
}
END_TEST

START_TEST(stopped_was_another)
{
    g_autoptr(Site) site = site_new();
    Instant now = instant("2025-12-28T12:00:00Z"), midnight = instant("2025-12-29");
    Limit *daily = &site->limits[FREE][0];
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_DENIED, REASON_LIMIT, now);
    AnswerLine *line = answer_add(answer, usage_line(site, daily, 100, 100, midnight));
    assert_words(words_answer_of_other(answer), "All 100 Get Solution requests for today are used. "
                                                "It can be used again on 2025-12-29 at 00:00 (UTC).");
    line->usage = usage_line(site, daily, 1, 1, midnight);
    assert_words(words_answer_of_other(answer), "The 1 Get Solution request for today is used. "
                                                "It can be used again on 2025-12-29 at 00:00 (UTC).");
    line->usage = usage_line(site, daily, 5, 3, midnight);
    line->frees_at = INSTANT_MAX;
    assert_words(words_answer_of_other(answer), "5 Get Solution requests are used today; the limit is 3.");
    line->usage = usage_line(site, daily, 98, 100, midnight);
    line->usage.held = 2;
    usage_line_finish(&line->usage);
    assert_words(words_answer_of_other(answer), "98 of 100 Get Solution requests for today are used, and 2 more are held for work in "
                                                "progress. It can be used again when that work ends.");
    line->usage = usage_line(site, daily, 0, 0, midnight);
    line->usage.source |= SOURCE_GRANT;
    assert_words(words_answer_of_other(answer), "All bonus Get Solution requests are used.");
}
END_TEST

START_TEST(stopped_by_a_shared_limit)
{
    g_autoptr(Site) site = site_new();
    site->subject.organization = "Sunrise Gym";
    Instant now = instant("2025-12-28T12:00:00Z"), midnight = instant("2025-12-29");
    Limit *limit = &site->limits[FREE][0];
    limit->scope = SCOPE_ORGANIZATION;
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_DENIED, REASON_LIMIT, now);
    AnswerLine *line = answer_add(answer, usage_line(site, limit, 100, 100, midnight));
    line->asked = 2;
    const char *again = " You can use it again on 2025-12-29 at 00:00 (UTC).";
    struct {
        Scope scope;
        int64_t used, amount;
        const char *words;
    } cases[] = {
        {SCOPE_ORGANIZATION, 100, 100, "All 100 Get Solution requests of Sunrise Gym for today are used."},
        {SCOPE_ORGANIZATION, 1, 1, "The 1 Get Solution request of Sunrise Gym for today is used."},
        {SCOPE_ORGANIZATION, 12, 10, "12 Get Solution requests of Sunrise Gym are used today; the limit is 10."},
        {SCOPE_ORGANIZATION, 9, 10,
         "Only 1 of 10 Get Solution requests of Sunrise Gym for today is left, and 2 were asked for."},
        {SCOPE_PLAN, 5, 5, "All 5 Get Solution requests shared by everybody on Free for today are used."},
        {SCOPE_SITE, 5, 5, "All 5 Get Solution requests shared by everybody for today are used."},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        limit->scope = cases[i].scope;
        line->usage = usage_line(site, limit, cases[i].used, cases[i].amount, midnight);
        g_autofree char *expected = g_strconcat(cases[i].words, again, NULL);
        assert_words(words_answer(answer), expected);
    }
    limit->scope = SCOPE_ORGANIZATION;
    line->usage = usage_line(site, limit, 98, 100, midnight);
    line->usage.held = 2;
    usage_line_finish(&line->usage);
    assert_words(words_answer(answer),
                 "98 of 100 Get Solution requests of Sunrise Gym for today are used, and 2 more are held for work in "
                 "progress. "
                 "You can use it again on 2025-12-29 at 00:00 (UTC), or when that work ends.");
}
END_TEST

START_TEST(not_included)
{
    g_autoptr(Site) site = site_new();
    const Policy *policy = &site->policy;
    const Feature *premium = &site->features[PREMIUM];
    Instant now = instant(NOON);
    site->subject.plan = &site->plans[ANONYMOUS];
    site->subject.anonymous = true;
    g_autoptr(Answer) visitor = site_answer(site, PREMIUM, OUTCOME_FORBIDDEN, REASON_NOT_LISTED, now);
    assert_words(words_answer(visitor), "Premium models are not part of Anonymous. Sign in to get 20 a month.");

    const Plan *free_plan = &site->plans[FREE], *pro = &site->plans[PRO], *enterprise = &site->plans[ENTERPRISE];
    Limit *free_premium = &site->limits[FREE][2];
    free_premium->plan_amount = 0;
    assert_words(words_not_included(policy, free_plan, premium, free_premium, false),
                 "Premium models are not part of Free. Enterprise has 500 a month.");
    Limit *pro_premium = site_limit(site, PRO, PREMIUM, "daily_premium", 50, "day");
    assert_words(words_not_included(policy, free_plan, premium, free_premium, false),
                 "Premium models are not part of Free. Pro has 50 a day.");
    assert_words(words_answer(visitor), "Premium models are not part of Anonymous. Sign in first; Pro has 50 a day.");
    pro_premium->plan_amount = AMOUNT_UNLIMITED;
    assert_words(words_not_included(policy, free_plan, premium, NULL, false),
                 "Premium models are not part of Free. Pro has them without a limit.");
    free_premium->plan_amount = AMOUNT_UNLIMITED;
    assert_words(words_answer(visitor), "Premium models are not part of Anonymous. Sign in to get them without a limit.");
    assert_words(words_not_included(policy, enterprise, premium, NULL, false),
                 "Premium models are not part of Enterprise. Ask whoever administers the site if you need them.");
    site->policy.support_url = (char *)"mailto:support@example.org";
    assert_words(words_not_included(policy, pro, &site->features[MESSAGE], NULL, false),
                 "Messages are not part of Pro. Contact support if you need them.");

    site->subject.plan = free_plan;
    site->subject.anonymous = false;
    g_autoptr(Answer) answer = site_answer(site, MENU, OUTCOME_FORBIDDEN, REASON_NOT_INCLUDED, now);
    answer_add(answer, usage_line(site, &site->limits[FREE][1], 0, 0, now + DAY_US));
    assert_words(words_answer(answer), "Menu uploads are not part of Free. Pro has 10 a day.");
}
END_TEST

START_TEST(a_feature_may_be_limited_by_its_parent_alone)
{
    g_autoptr(Site) site = site_new();
    site_limit(site, PRO, MESSAGE, "monthly", 1000, "month");
    site->lists[PRO][PREMIUM] = true;
    site->limits[FREE][2].plan_amount = 0;
    const Limit *limit = &site->limits[FREE][2];
    assert_words(words_not_included(&site->policy, &site->plans[FREE], &site->features[PREMIUM], limit, false),
                 "Premium models are not part of Free. Pro has 1,000 a month.");
}
END_TEST

START_TEST(an_offer_knows_only_limits_in_force)
{
    g_autoptr(Site) site = site_new();
    const Plan *plan = &site->plans[FREE];
    Limit *shadow = site_limit(site, PRO, PREMIUM, "tried", 3, "month");
    shadow->mode = MODE_SHADOW;
    UsageLine line = usage_line(site, &site->limits[FREE][2], 20, 20, instant("2026-12-01"));
    assert_words(words_upgrade(&site->policy, plan, &line, false), "Pro: unlimited instead of 20 a month");
    site_limit(site, PRO, MESSAGE, "monthly", 1000, "month");
    assert_words(words_not_included(&site->policy, plan, &site->features[PREMIUM], NULL, false),
                 "Premium models are not part of Free. Pro has 1,000 a month.");
}
END_TEST

START_TEST(the_parent_may_be_what_is_not_included)
{
    g_autoptr(Site) site = site_new();
    Limit *limit = site_limit(site, FREE, MESSAGE, "monthly", 0, "month");
    g_autoptr(Answer) answer = site_answer(site, PREMIUM, OUTCOME_FORBIDDEN, REASON_NOT_INCLUDED, instant(NOON));
    answer_add(answer, usage_line(site, limit, 0, 0, instant("2026-12-01")));
    assert_words(words_answer(answer), "Messages are not part of Free. Ask whoever administers the site if you need them.");
}
END_TEST

START_TEST(other_answers)
{
    g_autoptr(Site) site = site_new();
    Instant now = instant(NOON), midnight = instant("2026-11-23");
    Limit *daily = &site->limits[FREE][0];
    g_autoptr(Answer) suspended = site_answer(site, MENU, OUTCOME_FORBIDDEN, REASON_SUSPENDED, now);
    assert_words(words_answer(suspended), "Use of menu uploads is suspended for this account. Ask whoever administers the site.");
    site->policy.support_url = (char *)"mailto:support@example.org";
    assert_words(words_answer(suspended), "Use of menu uploads is suspended for this account. Contact support.");
    g_autoptr(Answer) never = site_answer(site, SOLUTION, OUTCOME_DENIED, REASON_NEVER_FITS, now);
    never->units = 50;
    answer_add(never, usage_line(site, daily, 0, 10, midnight));
    assert_words(words_answer(never), "50 Get Solution requests at once is more than the whole limit of 10 a day.");
    g_autoptr(Answer) allowed = site_answer(site, SOLUTION, OUTCOME_ALLOWED, REASON_NONE, now);
    assert_words(words_answer(allowed), "Allowed");
    AnswerLine *line = answer_add(allowed, usage_line(site, daily, 1, 2, midnight));
    assert_words(words_answer(allowed), "1 of 2 Get Solution requests used today");
    line->approximate = true;
    assert_words(words_answer(allowed), "About 1 of 2 Get Solution requests used today");
    line->approximate = false;
    line->usage = usage_line(site, daily, 12, AMOUNT_UNLIMITED, midnight);
    allowed->deciding = -1;
    assert_words(words_answer(allowed), "12 used · ∞ unlimited");
    g_autoptr(Answer) open = site_answer(site, SOLUTION, OUTCOME_ALLOWED, REASON_UNAVAILABLE, now);
    assert_words(words_answer(open), "Allowed without being counted: usage is not available now");
}
END_TEST

START_TEST(upgrades)
{
    g_autoptr(Site) site = site_new();
    const Policy *policy = &site->policy;
    Instant midnight = instant("2026-11-23");
    const Plan *visitor = &site->plans[ANONYMOUS], *free_plan = &site->plans[FREE];
    const Plan *pro = &site->plans[PRO], *enterprise = &site->plans[ENTERPRISE];
    UsageLine line = usage_line(site, &site->limits[FREE][0], 2, 2, midnight);
    assert_words(words_upgrade(policy, free_plan, &line, false), "Pro: 100 a day instead of 2");
    line.amount = 12;
    line.carried = 10;
    assert_words(words_upgrade(policy, free_plan, &line, false), "Pro: 100 a day instead of 2");
    line = usage_line(site, &site->limits[FREE][0], 2, 200, midnight);
    assert_words(words_upgrade(policy, free_plan, &line, false), "Enterprise: unlimited instead of 200 a day");
    line = usage_line(site, &site->limits[PRO][0], 2, 100, midnight);
    assert_words(words_upgrade(policy, pro, &line, false), "Enterprise: unlimited instead of 100 a day");
    line = usage_line(site, &site->limits[FREE][1], 1, 1, midnight);
    assert_words(words_upgrade(policy, free_plan, &line, false), "Pro: 10 a day instead of 1 a week");
    line = usage_line(site, &site->limits[FREE][1], 1, 71, midnight);
    assert_words(words_upgrade(policy, free_plan, &line, false), "");
    line = usage_line(site, &site->limits[ENTERPRISE][1], 1, 500, midnight);
    assert_words(words_upgrade(policy, enterprise, &line, false), "Ask whoever administers the site if you need more");
    site->policy.support_url = (char *)"mailto:support@example.org";
    assert_words(words_upgrade(policy, enterprise, &line, false), "Contact support if you need more");
    line = usage_line(site, &site->limits[ENTERPRISE][0], 1, AMOUNT_UNLIMITED, midnight);
    assert_words(words_upgrade(policy, enterprise, &line, false), "");
    line = usage_line(site, &site->limits[ANONYMOUS][0], 1, 1, midnight);
    assert_words(words_upgrade(policy, visitor, &line, true), "Sign in to get 2 a day instead of 1");
    line.amount = 5;
    assert_words(words_upgrade(policy, visitor, &line, true), "Sign in, then Pro: 100 a day instead of 5");
    UsageLine unlisted = {.feature = &site->features[PREMIUM], .state = USAGE_NOT_INCLUDED};
    assert_words(words_upgrade(policy, visitor, &unlisted, true), "Sign in to get 20 a month");
    assert_words(words_upgrade(policy, pro, &unlisted, false), "Enterprise: 500 a month");
    unlisted.feature = &site->features[MESSAGE];
    assert_words(words_upgrade(policy, visitor, &unlisted, true), "");
    site->plans[ENTERPRISE].upgrade = FREE;
    assert_words(words_upgrade(policy, free_plan, &unlisted, false), "");
}
END_TEST

START_TEST(states)
{
    ck_assert_str_eq(words_state(USAGE_OK), "Available");
    ck_assert_str_eq(words_state(USAGE_NOTICE), "Getting close");
    ck_assert_str_eq(words_state(USAGE_WARNING), "High usage");
    ck_assert_str_eq(words_state(USAGE_EXHAUSTED), "Used up");
    ck_assert_str_eq(words_state(USAGE_UNLIMITED), "Unlimited");
    ck_assert_str_eq(words_state(USAGE_NOT_INCLUDED), "Not included");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        numbers_and_units, what_is_over_is_rounded_down, spans_have_two_parts_at_most, moments_carry_their_zone, windows, figures,
        what_is_left_in_the_order_it_is_spent, resets, pace, messages_of_a_line, a_spent_bonus_is_told,
        shared_limits_say_whose, stopped, stopped_was_another, stopped_by_a_shared_limit, not_included, a_feature_may_be_limited_by_its_parent_alone,
        an_offer_knows_only_limits_in_force, the_parent_may_be_what_is_not_included, other_answers,
        upgrades, states,
    };
    return run_tests("words", tests, G_N_ELEMENTS(tests));
}
