/* The pace, back-tested on a recorded journal: two hundred people, a month of requests in the database, with those that were refused and
 * those that were given back; what was used is read as history reads it. At each twentieth of the month everybody's pace is compared
 * with what came. */
#include "database.h"

#include <math.h>

#include "domain/forecast.h"
#include "domain/zone.h"

#define DAYS 30
#define PEOPLE 200
#define START "2026-06-01T00:00:00Z"

static const char policy_text[] = "timezone = \"UTC\"\n"
                                  "default_plan = \"free\"\n"
                                  "anonymous_plan = \"free\"\n"
                                  "feature call { title = \"Call\" }\n"
                                  "plan free { title = \"Free\"  limit monthly { feature = \"call\"  amount = 100  window = \"month\" } }\n";

/* From 0 to 1, the same in every run. */
static const char draw_sql[] = "create function webquota.test_draw(text) returns double precision language sql immutable as"
                               " $$select ('x' || substr(md5($1), 1, 8))::bit(32)::bigint / 4294967296.0$$";

/* Each is awake for some hours, does less at weekends, more on some days than on others, and comes when they come: looked at every half
 * hour. One in twenty requests is refused, one in thirty given back an hour later. */
static const char journal_sql[] =
    "with person as (select p, 6 + 5 * webquota.test_draw('from ' || p) as since, 6 + 7 * webquota.test_draw('hours ' || p) as hours,"
    "   webquota.test_draw('weekend ' || p) as weekend, 0.2 + 0.7 * webquota.test_draw('often ' || p) as often"
    "   from generate_series(1, 200) p),"
    " day as (select *, (0.4 + 1.2 * webquota.test_draw('day ' || p || ' ' || d)) * case when d % 7 >= 5 then weekend else 1 end as busy"
    "   from person, generate_series(0, 29) d),"
    " request as (select p, timestamptz '" START "' + d * interval '1 day' + h * interval '30 minutes' as at, row_number() over () as id,"
    "   1 + (webquota.test_draw('units ' || p || ' ' || d || ' ' || h) < 0.2)::int as units,"
    "   webquota.test_draw('fate ' || p || ' ' || d || ' ' || h) as fate from day, generate_series(0, 47) h"
    "   where h / 2.0 >= since and h / 2.0 < since + hours and webquota.test_draw(p || ' ' || d || ' ' || h) < busy * often)"
    "insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, policy_version, plan, feature, units, trace, about_at,"
    " about_id)"
    " select p, p, at, id, 'consume', case when fate < 0.05 then 'denied' else 'allowed' end, 1, 'free', 'call', units, '{}'::bigint[],"
    "   null::timestamptz, null::bigint from request"
    " union all select p, p, at + interval '1 hour', id + 1000000, 'refund', 'allowed', 1, 'free', 'call', units, '{}', at, id from request"
    "   where fate >= 0.97";

/* What one person used, in the order of time. */
typedef struct {
    GArray *at, *units; /* of int64_t */
    int64_t total;
} Used;

static void used_clear(gpointer data)
{
    Used *used = data;
    g_array_unref(used->at);
    g_array_unref(used->units);
}

static GArray *journal_read(void)
{
    GArray *people = g_array_new(FALSE, TRUE, sizeof(Used));
    g_array_set_clear_func(people, used_clear);
    PGconn *connection = PQconnectdb(database_url());
    PGresult *rows = PQexec(connection, "select subject_id, webquota.us(counted_at), sum(units) from webquota.usage_lines"
                                        " where feature = 'call' group by 1, 2 having sum(units) <> 0 order by 1, 2");
    ck_assert_msg(PQresultStatus(rows) == PGRES_TUPLES_OK, "%s", PQerrorMessage(connection));
    for (int row = 0; row < PQntuples(rows); row++) {
        guint person = (guint)g_ascii_strtoll(PQgetvalue(rows, row, 0), NULL, 10);
        int64_t at = g_ascii_strtoll(PQgetvalue(rows, row, 1), NULL, 10), units = g_ascii_strtoll(PQgetvalue(rows, row, 2), NULL, 10);
        while (people->len < person)
            g_array_append_vals(people, &(Used){g_array_new(FALSE, FALSE, sizeof at), g_array_new(FALSE, FALSE, sizeof at), 0}, 1);
        Used *used = &g_array_index(people, Used, person - 1);
        g_array_append_val(used->at, at);
        g_array_append_val(used->units, units);
        used->total += units;
    }
    PQclear(rows);
    PQfinish(connection);
    return people;
}

static int64_t used_until(const Used *used, Instant until)
{
    int64_t sum = 0;
    for (guint i = 0; i < used->at->len && g_array_index(used->at, int64_t, i) < until; i++)
        sum += g_array_index(used->units, int64_t, i);
    return sum;
}

/* INSTANT_MAX: never. */
static Instant ran_out_at(const Used *used, Amount amount)
{
    int64_t sum = 0;
    for (guint i = 0; i < used->at->len; i++)
        if ((sum += g_array_index(used->units, int64_t, i)) >= amount)
            return g_array_index(used->at, int64_t, i);
    return INSTANT_MAX;
}

typedef struct {
    int said, right, timed, within_tenth, within_fifth;
} Score;

static void score(Score *score, const Used *used, const Policy *policy, Amount amount)
{
    const Limit *limit = &policy->plans[0].limits[0];
    Instant start, ran_out = ran_out_at(used, amount);
    ck_assert(instant_parse(START, &start));
    for (int k = 1; k < 20; k++) {
        Instant now = start + k * (DAYS * INT64_C(86400) * US_PER_S / 20);
        if (now >= ran_out)
            return;
        UsageLine line = {.feature = &policy->features[0], .limit = limit, .window = window_at(&limit->window, zone_find("UTC"), 0, now),
                          .zone = "UTC", .amount = amount, .used = used_until(used, now), .resets_at = INSTANT_MAX};
        usage_line_finish(&line);
        Forecast forecast = forecast_pace(&line, now);
        if (forecast.kind == FORECAST_NONE)
            continue;
        score->said++;
        score->right += (forecast.kind == FORECAST_RUNS_OUT) == (ran_out != INSTANT_MAX);
        if (forecast.kind != FORECAST_RUNS_OUT || ran_out == INSTANT_MAX)
            continue;
        double off = fabs((double)(forecast.at - ran_out)) / (double)(line.window.end - line.window.start);
        score->timed++;
        score->within_tenth += off <= 0.1;
        score->within_fifth += off <= 0.2;
    }
}

START_TEST(the_pace_holds_for_what_was_recorded)
{
    g_autofree char *why = NULL;
    g_autoptr(Policy) policy = policy_load(policy_text, "test", &why);
    database_fresh(policy_text);
    g_free(database_value(draw_sql));
    g_free(database_value(journal_sql));
    g_autoptr(GArray) people = journal_read();
    ck_assert_int_eq(people->len, PEOPLE);
    ck_assert_int_gt(database_number("select count(*) from webquota.decisions where outcome = 'denied'"), 500);
    ck_assert_int_gt(database_number("select count(*) from webquota.decisions where kind = 'refund'"), 300);
    Score found = {0};
    for (guint i = 0; i < people->len; i++) {
        const Used *used = &g_array_index(people, Used, i);
        score(&found, used, policy, used->total * (4 + i % 11) / 10);
    }
    int right = found.right * 100 / MAX(found.said, 1), tenth = found.within_tenth * 100 / MAX(found.timed, 1),
        fifth = found.within_fifth * 100 / MAX(found.timed, 1);
    printf("# %d forecasts, %d %% right; of %d times %d %% within a tenth of the month, %d %% within a fifth\n", found.said, right,
           found.timed, tenth, fifth);
    ck_assert_int_ge(found.said, 1000);
    ck_assert_int_ge(found.timed, 400);
    ck_assert_int_ge(right, 95);
    ck_assert_int_ge(tenth, 85);
    ck_assert_int_ge(fifth, 96);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pace");
    TCase *tcase = tcase_create("recorded");
    tcase_add_test(tcase, the_pace_holds_for_what_was_recorded);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
