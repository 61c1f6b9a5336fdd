/* The pace of a limit: when it is said and when not; and a back-test, which lets it forecast many months and weeks at many
 * moments and compares with what came. */
#include "fixtures.h"

#include "domain/forecast.h"

/* A limit of `amount` over `window`, `used` of it, in the window that the instant is in. */
static UsageLine line_of(World *world, const char *window, Amount amount, int64_t used)
{
    int feature = world->policy.feature_count > 0 ? 0 : world_feature(world, "upload", -1);
    Limit *limit = world->plan.limit_count > 0 ? &world->limits[0] : world_limit(world, feature, "key", amount, "day");
    const char *why = NULL;
    ck_assert(window_parse(window, &limit->window, &why));
    UsageLine line = {
        .feature = &world->features[0],
        .limit = limit,
        .window = window_at(&limit->window, zone_find("UTC"), 0, world->now),
        .zone = "UTC",
        .amount = amount,
        .used = used,
        .resets_at = INSTANT_MAX,
    };
    usage_line_finish(&line);
    return line;
}

static void check(UsageLine *line, Instant now, ForecastKind kind, const char *at)
{
    usage_line_finish(line);
    Forecast forecast = forecast_pace(line, now);
    ck_assert_int_eq(forecast.kind, kind);
    ck_assert_int_eq(forecast.at, at ? instant(at) : INSTANT_MAX);
}

/* Thursday noon: half of the week is over. */
START_TEST(goes_on_as_it_went)
{
    g_autoptr(World) world = world_new();
    UsageLine line = line_of(world, "week", 12, 8);
    check(&line, world->now, FORECAST_RUNS_OUT, "2026-01-17T06:00:00Z");
    line.used = 4;
    check(&line, world->now, FORECAST_LASTS, NULL);
    line.used = 7;
    line.held = 1; /* what is held is taken */
    check(&line, world->now, FORECAST_RUNS_OUT, "2026-01-17T06:00:00Z");
    line.used = 8;
    line.held = 0;
    line.bonus = 2; /* and bonus is left */
    check(&line, world->now, FORECAST_RUNS_OUT, "2026-01-18T03:00:00Z");
    line.bonus = 6;
    check(&line, world->now, FORECAST_LASTS, NULL);
    UsageLine month = line_of(world, "month", 100, 58); /* 14.5 of 31 days are over */
    check(&month, world->now, FORECAST_RUNS_OUT, "2026-01-26T00:00:00Z");
    UsageLine most = line_of(world, "month", UNITS_MAX, UNITS_MAX / 4 * 3);
    ck_assert_int_eq(forecast_pace(&most, world->now).kind, FORECAST_RUNS_OUT);
}
END_TEST

START_TEST(is_silent_where_too_little_is_known)
{
    g_autoptr(World) world = world_new();
    UsageLine line = line_of(world, "week", 12, 8);
    Instant fifth = instant("2026-01-13T09:36:00Z");
    check(&line, fifth, FORECAST_RUNS_OUT, "2026-01-14T02:24:00Z");
    check(&line, fifth - 1, FORECAST_NONE, NULL);
    check(&line, line.window.end, FORECAST_NONE, NULL);
    line.used = 2;
    check(&line, world->now, FORECAST_NONE, NULL);
    line.used = 6; /* it may just last, or just not */
    check(&line, world->now, FORECAST_NONE, NULL);
    line.used = 12; /* nothing is left to run out */
    check(&line, world->now, FORECAST_NONE, NULL);
    UsageLine large = line_of(world, "week", 1000, 99);
    check(&large, world->now, FORECAST_NONE, NULL); /* not a tenth yet */
    large.used = 100;
    check(&large, world->now, FORECAST_LASTS, NULL);
    UsageLine day = line_of(world, "day", 12, 8);
    check(&day, world->now, FORECAST_NONE, NULL);
}
END_TEST

START_TEST(is_silent_where_nothing_runs_out)
{
    g_autoptr(World) world = world_new();
    UsageLine line = line_of(world, "week", 12, 8), rolling = line, unlimited = line, lacking = line, lifetime = line;
    line.limit = &world->limits[0];
    world->limits[0].mode = MODE_SHADOW;
    check(&line, world->now, FORECAST_NONE, NULL);
    world->limits[0].mode = MODE_ENFORCE;
    world->limits[0].on_exceed = EXCEED_ALLOW;
    check(&line, world->now, FORECAST_NONE, NULL);
    world->limits[0].on_exceed = EXCEED_BLOCK;
    check(&line, world->now, FORECAST_RUNS_OUT, "2026-01-17T06:00:00Z");
    unlimited.amount = AMOUNT_UNLIMITED;
    check(&unlimited, world->now, FORECAST_NONE, NULL);
    world->limits[0].window.align = ALIGN_ROLLING;
    check(&rolling, world->now, FORECAST_NONE, NULL);
    world->limits[0].window = (WindowSpec){.unit = WINDOW_LIFETIME, .count = 1};
    check(&lifetime, world->now, FORECAST_NONE, NULL);
    lacking.limit = NULL;
    check(&lacking, world->now, FORECAST_NONE, NULL);
}
END_TEST

/* --- the back-test --- */

#define STEP_US (10 * MINUTE_US)
#define STEPS_MOST (31 * 144)

/* The same numbers in every run. */
static uint64_t drawn;
static double draw(double least, double most)
{
    drawn = drawn * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return least + (most - least) * (double)(drawn >> 11) / (double)(UINT64_C(1) << 53);
}

/* What somebody used, in steps of ten minutes from midnight of a Monday: they are awake for some hours a day, do less at
 * weekends, more on some days than on others, and come when they come. */
typedef struct {
    int steps, used[STEPS_MOST];
    int total;
} History;

static History history_draw(int days)
{
    double from = draw(6, 11), hours = draw(6, 13), weekend = draw(0, 1), an_hour = draw(0.3, 4);
    History history = {.steps = days * 144};
    double today = 1;
    for (int step = 0; step < history.steps; step++) {
        double hour = (step % 144) / 6.0;
        if (step % 144 == 0)
            today = draw(0.4, 1.6) * (step / 144 % 7 >= 5 ? weekend : 1);
        bool awake = hour >= from && hour < from + hours;
        history.used[step] = awake && draw(0, 1) < today * an_hour / 6 ? 1 + (draw(0, 1) < 0.2) : 0;
        history.total += history.used[step];
    }
    return history;
}

typedef struct {
    int said, right;          /* whether it runs out */
    int timed, within_tenth, within_fifth; /* when, as a share of the window */
} Score;

/* Forecasts at every twentieth of the window, each compared with what came. */
static void score(Score *score, World *world, const History *history, const char *window, Instant start, Amount amount)
{
    int64_t used = 0, ran_out = history->steps;
    for (int step = 0; step < history->steps; step++)
        if ((used += history->used[step]) >= amount) {
            ran_out = step;
            break;
        }
    used = 0;
    for (int step = 0; step < ran_out; step++) {
        used += history->used[step];
        if ((step + 1) % (history->steps / 20) != 0)
            continue;
        world->now = start + (step + 1) * STEP_US;
        UsageLine line = line_of(world, window, amount, used);
        Forecast forecast = forecast_pace(&line, world->now);
        if (forecast.kind == FORECAST_NONE)
            continue;
        score->said++;
        score->right += (forecast.kind == FORECAST_RUNS_OUT) == (ran_out < history->steps);
        if (forecast.kind != FORECAST_RUNS_OUT || ran_out == history->steps)
            continue;
        double off = fabs((double)(forecast.at - (start + ran_out * STEP_US))) / (double)(history->steps * STEP_US);
        score->timed++;
        score->within_tenth += off <= 0.1;
        score->within_fifth += off <= 0.2;
    }
}

static int percent(int part, int whole)
{
    return whole > 0 ? part * 100 / whole : 0;
}

START_TEST(back_test)
{
    static const struct {
        const char *window, *start;
        int days, right_pct, tenth_pct, fifth_pct;
    } rows[] = {
        {"month", "2026-06-01T00:00:00Z", 30, 95, 85, 96},
        {"week", "2026-06-01T00:00:00Z", 7, 82, 68, 90},
    };
    g_autoptr(World) world = world_new();
    world->now = instant(rows[_i].start);
    Score found = {0};
    drawn = 42;
    for (int i = 0; i < 1500; i++) {
        History history = history_draw(rows[_i].days);
        Amount amount = (Amount)(history.total * draw(0.4, 1.4));
        if (amount > 0)
            score(&found, world, &history, rows[_i].window, instant(rows[_i].start), amount);
    }
    int right = percent(found.right, found.said), tenth = percent(found.within_tenth, found.timed),
        fifth = percent(found.within_fifth, found.timed);
    printf("# %s: %d forecasts, %d %% right; of %d times %d %% within a tenth of the window, %d %% within a fifth\n", rows[_i].window,
           found.said, right, found.timed, tenth, fifth);
    ck_assert_int_ge(found.timed, 1000);
    ck_assert_int_ge(right, rows[_i].right_pct);
    ck_assert_int_ge(tenth, rows[_i].tenth_pct);
    ck_assert_int_ge(fifth, rows[_i].fifth_pct);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("forecast");
    TCase *tcase = tcase_create("pace");
    tcase_add_test(tcase, goes_on_as_it_went);
    tcase_add_test(tcase, is_silent_where_too_little_is_known);
    tcase_add_test(tcase, is_silent_where_nothing_runs_out);
    tcase_add_loop_test(tcase, back_test, 0, 2);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
