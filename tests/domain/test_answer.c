/* Answers: figures after the decision, statuses, waiting times and headers. Decisions come from decide itself. */
#include "domain/fixtures.h"

#include "domain/answer.h"

static Answer *answer_of(World *world, AskKind kind, int feature, int64_t units)
{
    g_autoptr(Decision) decision = world_ask(world, kind, feature, units);
    Situation situation = world_situation(world);
    return answer_new(&situation, decision, &world->features[feature], NULL, "d1");
}

/* Units already used in the window that holds now. */
static void world_use(World *world, const Limit *limit, int64_t used)
{
    Counter *counter = &world->limit_counters[limit->slot];
    GTimeZone *zone = decide_zone(&world->policy, &world->subject, limit, NULL);
    counter_start(counter, limit, zone, world->subject.anchor, world->now);
    counter->slot = limit->slot;
    counter_add_used(counter, limit, counter->window_start, used);
}

static void assert_line(const Answer *answer, int index, int64_t used, int64_t held, int64_t remaining, int64_t charged)
{
    ck_assert_int_lt(index, answer->line_count);
    const AnswerLine *line = &answer->lines[index];
    ck_assert_int_eq(line->usage.used, used);
    ck_assert_int_eq(line->usage.held, held);
    ck_assert_int_eq(line->usage.remaining, remaining);
    ck_assert_int_eq(line->charged, charged);
}

static void assert_headers(const Answer *answer, const char *ratelimit, const char *policy)
{
    g_autofree char *is_ratelimit = answer_ratelimit(answer);
    g_autofree char *is_policy = answer_ratelimit_policy(answer);
    ck_assert_pstr_eq(is_ratelimit, ratelimit);
    ck_assert_pstr_eq(is_policy, policy);
}

/* ---- figures --------------------------------------------------------------------------- */

START_TEST(figures_are_those_after_the_decision)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    world_limit(world, feature, "daily", 15, "day");
    g_autoptr(Answer) consumed = answer_of(world, ASK_CONSUME, feature, 8);
    assert_line(consumed, 0, 8, 0, 7, 8);
    g_autoptr(Answer) held = answer_of(world, ASK_HOLD, feature, 5);
    assert_line(held, 0, 8, 5, 2, 5);
    g_autoptr(Answer) checked = answer_of(world, ASK_CHECK, feature, 2);
    ck_assert(answer_allowed(checked));
    assert_line(checked, 0, 8, 5, 2, 0);
    ck_assert(!checked->lines[0].refused);
    g_autoptr(Answer) refused = answer_of(world, ASK_CONSUME, feature, 3);
    ck_assert(!answer_allowed(refused));
    assert_line(refused, 0, 8, 5, 2, 0);
    ck_assert(refused->lines[0].refused);
    ck_assert_int_eq(refused->lines[0].asked, 3);
    ck_assert_int_eq(refused->units, 3);
    ck_assert_int_eq(refused->lines[0].usage.percent, 86);
    ck_assert_int_eq(refused->lines[0].usage.state, USAGE_NOTICE);
}
END_TEST

START_TEST(bonus_is_what_grants_still_have)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "invoice", -1);
    world_limit(world, feature, "weekly", 1, "week");
    world_grant(world, feature, 2);
    static const int64_t bonus_after[] = {2, 1, 0};
    for (int i = 0; i < 3; i++) {
        g_autoptr(Answer) answer = answer_of(world, ASK_CONSUME, feature, 1);
        ck_assert(answer_allowed(answer));
        ck_assert_int_eq(answer->lines[0].usage.bonus, bonus_after[i]);
        ck_assert_int_eq(answer->lines[0].usage.remaining, bonus_after[i]);
        ck_assert_int_eq(answer->lines[0].usage.used, 1);
        ck_assert_int_eq(answer->lines[0].usage.spent.units, i);
        ck_assert_int_eq(answer->lines[0].usage.spent.given, i ? 2 : 0);
    }
    g_autoptr(Answer) refused = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer_status(refused), 429);
    ck_assert_int_eq(refused->lines[0].usage.spent.units, 2);
    ck_assert_int_eq(refused->lines[0].usage.spent.given, 2);
}
END_TEST

/* The first to come anew, what an organization shares left out, and nothing comes of a grant that ends before. */
START_TEST(what_was_spent_comes_anew)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "invoice", -1);
    world_limit(world, feature, "weekly", 1, "week");
    Grant *late = world_grant(world, feature, 2), *soon = world_grant(world, feature, 3), *ends = world_grant(world, feature, 4);
    Grant *shared = world_grant(world, feature, 5);
    grant_every(late, "28 day");
    grant_every(soon, "14 day");
    grant_every(ends, "7 day");
    late->effective_at = soon->effective_at = ends->effective_at = world->now;
    ends->expires_at = world->now + 7 * DAY_US;
    shared->of_organization = true;
    g_autoptr(Answer) all = answer_of(world, ASK_CONSUME, feature, 15);
    ck_assert(answer_allowed(all));
    const BonusSpent *drawn = &all->lines[0].usage.spent;
    ck_assert_int_eq(drawn->units, 9);
    g_autoptr(Answer) refused = answer_of(world, ASK_CONSUME, feature, 1);
    const BonusSpent *spent = &refused->lines[0].usage.spent;
    ck_assert_int_eq(spent->units, 9);
    ck_assert_int_eq(spent->given, 9);
    ck_assert_int_eq(spent->again_units, 3);
    ck_assert_int_eq(spent->again, world->now + 14 * DAY_US);
}
END_TEST

START_TEST(an_answer_outlives_what_it_was_made_from)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    world_limit(world, feature, "daily", 15, "day");
    g_autofree char *zone = g_strdup("America/New_York");
    g_autofree char *key = g_strdup("ada");
    g_autofree char *organization = g_strdup("gym");
    world->subject.zone = zone;
    world->subject.key = key;
    world->subject.organization = organization;
    g_autoptr(Answer) answer = answer_of(world, ASK_CONSUME, feature, 1);
    memset(zone, 'x', strlen(zone));
    memset(key, 'x', strlen(key));
    memset(organization, 'x', strlen(organization));
    ck_assert_str_eq(answer->subject, "ada");
    ck_assert_str_eq(answer->organization, "gym");
    ck_assert_str_eq(answer->lines[0].usage.zone, "America/New_York");
    ck_assert_str_eq(answer->id, "d1");
    ck_assert_int_eq(answer->at, world->now);
    ck_assert_int_eq(world->policy.refs, 2);
    answer_unref(answer_ref(answer));
    ck_assert_int_eq(world->policy.refs, 2);
}
END_TEST

START_TEST(a_remembered_refusal_is_given_again)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    Limit *rolling = world_limit(world, feature, "daily", 1, "day");
    rolling->window.align = ALIGN_ROLLING;
    ck_assert_int_eq(world_consume(world, feature, 1), OUTCOME_ALLOWED);
    g_autoptr(Answer) first = answer_of(world, ASK_CONSUME, feature, 1);
    g_autoptr(Answer) again = answer_again(first, "d2", world->now + HOUR_US);
    ck_assert_str_eq(again->id, "d2");
    ck_assert_str_eq(first->id, "d1");
    ck_assert_int_eq(again->at, world->now + HOUR_US);
    assert_line(again, 0, 1, 0, 0, 0);
    ck_assert(again->lines != first->lines);
    ck_assert_int_eq(again->lines[0].usage.window.start, first->lines[0].usage.window.start + HOUR_US);
    ck_assert_int_eq(again->lines[0].frees_at, first->lines[0].frees_at);
    ck_assert_int_eq(answer_retry_after_s(again), answer_retry_after_s(first) - 3600);
    answer_unref(g_steal_pointer(&first));
    ck_assert_str_eq(again->subject, "pat");
}
END_TEST

typedef struct {
    int64_t amount, used, held, bonus;
    unsigned source;
    int64_t remaining;
    int percent;
    UsageState state;
} LineCase;

START_TEST(line_rules)
{
    static const LineCase cases[] = {
        {100, 0, 0, 0, SOURCE_PLAN, 100, 0, USAGE_OK},
        {100, 74, 0, 0, SOURCE_PLAN, 26, 74, USAGE_OK},
        {100, 75, 0, 0, SOURCE_PLAN, 25, 75, USAGE_NOTICE},
        {1000, 749, 0, 0, SOURCE_PLAN, 251, 74, USAGE_OK},
        {100, 89, 0, 0, SOURCE_PLAN, 11, 89, USAGE_NOTICE},
        {100, 80, 10, 0, SOURCE_PLAN, 10, 90, USAGE_WARNING},
        {100, 99, 0, 0, SOURCE_PLAN, 1, 99, USAGE_WARNING},
        {100, 100, 0, 0, SOURCE_PLAN, 0, 100, USAGE_EXHAUSTED},
        {100, 98, 2, 0, SOURCE_PLAN, 0, 100, USAGE_EXHAUSTED},
        {3, 5, 0, 0, SOURCE_PLAN, 0, 100, USAGE_EXHAUSTED},
        {1, 1, 0, 2, SOURCE_PLAN, 2, 100, USAGE_WARNING},
        {0, 0, 0, 0, SOURCE_PLAN, 0, 100, USAGE_NOT_INCLUDED},
        {0, 0, 0, 2, SOURCE_PLAN | SOURCE_GRANT, 2, 100, USAGE_OK},
        {0, 0, 0, 0, SOURCE_PLAN | SOURCE_GRANT, 0, 100, USAGE_EXHAUSTED},
        {AMOUNT_UNLIMITED, 12, 3, 0, SOURCE_PLAN, UNITS_MAX, 0, USAGE_UNLIMITED},
        {UNITS_MAX, UNITS_MAX - 1, 0, 0, SOURCE_PLAN, 1, 99, USAGE_WARNING},
        {UNITS_MAX, 0, 0, UNITS_MAX, SOURCE_PLAN, UNITS_MAX, 0, USAGE_OK},
        {10, INT64_MAX, INT64_MAX, 0, SOURCE_PLAN, 0, 100, USAGE_EXHAUSTED},
    };
    Limit limit = {.key = (char *)"daily"};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const LineCase *c = &cases[i];
        UsageLine line = {.limit = &limit, .amount = c->amount, .used = c->used, .held = c->held, .bonus = c->bonus,
                          .source = c->source};
        usage_line_finish(&line);
        ck_assert_msg(line.remaining == c->remaining && line.percent == c->percent && line.state == c->state,
                      "case %zu: remaining %" PRId64 ", %d percent, %s", i, line.remaining, line.percent,
                      usage_state_word(line.state));
    }
    UsageLine unlisted = {.limit = NULL};
    usage_line_finish(&unlisted);
    ck_assert_int_eq(unlisted.state, USAGE_NOT_INCLUDED);
    ck_assert_int_eq(unlisted.remaining, 0);
}
END_TEST

/* ---- statuses and waiting -------------------------------------------------------------- */

START_TEST(of_two_full_limits_the_later_is_named)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    Limit *daily = world_limit(world, feature, "daily", 3, "day");
    Limit *monthly = world_limit(world, feature, "monthly", 60, "month");
    world_use(world, daily, 3);
    world_use(world, monthly, 60);
    g_autoptr(Answer) answer = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer_status(answer), 429);
    ck_assert_int_eq(answer_retry_after_s(answer), 16 * 86400 + 43200);
    assert_headers(answer, "\"monthly\";r=0;t=1425600", "\"daily\";q=3;w=86400, \"monthly\";q=60;w=2678400");
    ck_assert(answer->lines[0].refused && answer->lines[1].refused);
}
END_TEST

START_TEST(waiting_is_rounded_up_and_not_before_the_reset)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    Limit *limit = world_limit(world, feature, "minutely", 1, "minute");
    world->now = instant("2026-01-15T12:00:58.5Z");
    world_use(world, limit, 1);
    g_autoptr(Answer) answer = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer_retry_after_s(answer), 2);
    assert_headers(answer, "\"minutely\";r=0;t=2", "\"minutely\";q=1;w=60");
    g_autoptr(Answer) last = answer_again(answer, "d2", instant("2026-01-15T12:00:59.999999Z"));
    ck_assert_int_eq(answer_retry_after_s(last), 1);
    g_autoptr(Answer) late = answer_again(answer, "d3", instant("2026-01-15T12:01:00Z"));
    ck_assert_int_eq(answer_retry_after_s(late), 1);
    assert_headers(late, "\"minutely\";r=0;t=0", "\"minutely\";q=1;w=60");
}
END_TEST

START_TEST(no_waiting_where_it_does_not_help)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    Limit *limit = world_limit(world, feature, "daily", 10, "day");
    g_autoptr(Answer) allowed = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer_status(allowed), 200);
    ck_assert_int_eq(answer_retry_after_s(allowed), 0);
    g_autoptr(Answer) never = answer_of(world, ASK_CONSUME, feature, 50);
    ck_assert_int_eq(answer_status(never), 429);
    ck_assert_int_eq(never->reason, REASON_NEVER_FITS);
    ck_assert_int_eq(answer_retry_after_s(never), 0);
    assert_headers(never, "\"daily\";r=9;t=43200", "\"daily\";q=10;w=86400");
    limit->plan_amount = 0;
    g_autoptr(Answer) lacking = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer_status(lacking), 403);
    ck_assert_int_eq(answer_retry_after_s(lacking), 0);
    ck_assert(lacking->lines[0].refused);
    ck_assert_int_eq(lacking->lines[0].usage.state, USAGE_NOT_INCLUDED);
    assert_headers(lacking, NULL, NULL);
    world->subject.suspended = true;
    g_autoptr(Answer) suspended = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer_status(suspended), 403);
    ck_assert_int_eq(answer_retry_after_s(suspended), 0);
    assert_headers(suspended, NULL, NULL);
}
END_TEST

START_TEST(a_queueing_limit_is_429_with_its_wait)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "summary", -1);
    Limit *limit = world_limit(world, feature, "shared_minute", 5, "minute");
    limit->scope = SCOPE_PLAN;
    limit->on_exceed = EXCEED_QUEUE;
    world_use(world, limit, 5);
    g_autoptr(Answer) answer = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer->outcome, OUTCOME_QUEUED);
    ck_assert_int_eq(answer_status(answer), 429);
    ck_assert_int_eq(answer_retry_after_s(answer), 60);
}
END_TEST

START_TEST(a_grant_may_help_before_the_window_ends)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    world_limit(world, feature, "monthly", 1, "month");
    Limit *daily = world_limit(world, feature, "daily", 10, "day");
    daily->scope = SCOPE_ORGANIZATION;
    grant_every(world_grant(world, feature, 1), "7 day");
    ck_assert_int_eq(world_consume(world, feature, 2), OUTCOME_ALLOWED);
    g_autoptr(Answer) answer = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer_status(answer), 429);
    ck_assert(answer->lines[0].refused && !answer->lines[1].refused);
    ck_assert_int_eq(answer_retry_after_s(answer), 561600);
    assert_headers(answer, "\"monthly\";r=0;t=561600", "\"monthly\";q=1;w=2678400, \"daily\";q=10;w=86400");
}
END_TEST

START_TEST(nobody_knows_when_held_units_come_back)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    world_limit(world, feature, "daily", 1, "day")->window.align = ALIGN_ROLLING;
    g_autoptr(Answer) holding = answer_of(world, ASK_HOLD, feature, 1);
    ck_assert(answer_allowed(holding));
    g_autoptr(Answer) answer = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(answer->reason, REASON_LIMIT);
    ck_assert_int_eq(answer_retry_after_s(answer), 0);
    assert_headers(answer, "\"daily\";r=0", "\"daily\";q=1;w=86400");
}
END_TEST

START_TEST(an_answer_needs_no_counters)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    world_limit(world, feature, "daily", 1, "day")->window.align = ALIGN_ROLLING;
    ck_assert_int_eq(world_consume(world, feature, 1), OUTCOME_ALLOWED);
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, feature, 1);
    decision->looks[0].counter = NULL;
    Situation situation = world_situation(world);
    g_autoptr(Answer) answer = answer_new(&situation, decision, &world->features[feature], "claude-1", NULL);
    ck_assert_int_eq(answer->lines[0].usage.resets_at, decision->looks[0].frees_at);
    ck_assert_int_ge(answer->lines[0].usage.resets_at, world->now + DAY_US);
    ck_assert_int_ne(answer->lines[0].usage.resets_at, INSTANT_MAX);
    ck_assert_str_eq(answer->resource, "claude-1");
    ck_assert_ptr_null(answer->id);
}
END_TEST

START_TEST(a_rolling_limit_gives_back_when_the_oldest_leaves)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "menu", -1);
    Limit *limit = world_limit(world, feature, "daily", 2, "day");
    limit->window.align = ALIGN_ROLLING;
    g_autoptr(Answer) first = answer_of(world, ASK_CONSUME, feature, 1);
    Instant leaves = first->lines[0].usage.resets_at;
    ck_assert_int_ge(leaves, world->now + DAY_US);
    ck_assert_int_le(leaves, world->now + DAY_US + window_part_us(&limit->window) + 1);
    world->now += 6 * HOUR_US;
    ck_assert_int_eq(world_consume(world, feature, 1), OUTCOME_ALLOWED);
    g_autoptr(Answer) refused = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(refused->lines[0].usage.resets_at, leaves);
    ck_assert_int_eq(refused->lines[0].frees_at, leaves);
    ck_assert_int_ge(answer_retry_after_s(refused), 18 * 3600);
    g_autofree char *policy = answer_ratelimit_policy(refused);
    ck_assert_str_eq(policy, "\"daily\";q=2;w=86400");
}
END_TEST

/* ---- headers --------------------------------------------------------------------------- */

START_TEST(the_tightest_limit_is_named)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "message", -1);
    Limit *hour = world_limit(world, feature, "hour", 1000, "hour");
    Limit *day = world_limit(world, feature, "day", 5000, "day");
    world->now = instant("2026-01-15T14:00:00Z");
    world_use(world, hour, 0);
    world_use(world, day, 4900);
    g_autoptr(Answer) answer = answer_of(world, ASK_CHECK, feature, 1);
    assert_headers(answer, "\"day\";r=100;t=36000", "\"hour\";q=1000;w=3600, \"day\";q=5000;w=86400");
}
END_TEST

START_TEST(what_never_refuses_is_in_no_header)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "message", -1);
    Limit *limit = world_limit(world, feature, "daily", AMOUNT_UNLIMITED, "day");
    g_autoptr(Answer) unlimited = answer_of(world, ASK_CONSUME, feature, 1);
    assert_headers(unlimited, NULL, NULL);
    limit->plan_amount = 1;
    limit->mode = MODE_SHADOW;
    g_autoptr(Answer) shadow = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert(answer_allowed(shadow) && shadow->lines[0].shadow_refused && !shadow->lines[0].refused);
    assert_headers(shadow, NULL, NULL);
    limit->mode = MODE_ENFORCE;
    limit->on_exceed = EXCEED_ALLOW;
    g_autoptr(Answer) overage = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert(answer_allowed(overage) && !overage->lines[0].refused);
    assert_headers(overage, NULL, NULL);
    world_limit(world, feature, "monthly", 100, "month");
    g_autoptr(Answer) both = answer_of(world, ASK_CONSUME, feature, 1);
    assert_headers(both, "\"monthly\";r=99;t=1425600", "\"monthly\";q=100;w=2678400");
    world_limit(world, feature, "yearly", 10, "year");
    g_autoptr(Answer) tightest = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(tightest->deciding, 0);
    assert_headers(tightest, "\"yearly\";r=9;t=30283200",
                   "\"monthly\";q=100;w=2678400, \"yearly\";q=10;w=31536000");
    world->lists[feature] = false;
    g_autoptr(Answer) unlisted = answer_of(world, ASK_CONSUME, feature, 1);
    ck_assert_int_eq(unlisted->reason, REASON_NOT_LISTED);
    assert_headers(unlisted, NULL, NULL);
}
END_TEST

START_TEST(names_are_quoted_and_numbers_fit_a_header)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "message", -1);
    world_limit(world, feature, "a\"b\\c", UNITS_MAX, "lifetime");
    g_autoptr(Answer) answer = answer_of(world, ASK_CONSUME, feature, 1);
    assert_headers(answer, "\"a\\\"b\\\\c\";r=999999999999999", "\"a\\\"b\\\\c\";q=999999999999999");
}
END_TEST

START_TEST(a_policy_reads_the_same_when_clocks_change)
{
    g_autoptr(World) world = world_new();
    int feature = world_feature(world, "message", -1);
    world_limit(world, feature, "day", 10, "day")->zone = (char *)"America/New_York";
    world_limit(world, feature, "period", 500, "28 day");
    world_limit(world, feature, "february", 600, "month");
    world->now = instant("2026-02-03T12:00:00Z");
    g_autoptr(Answer) winter = answer_of(world, ASK_CHECK, feature, 1);
    assert_headers(winter, "\"day\";r=10;t=61200",
                   "\"day\";q=10;w=86400, \"period\";q=500;w=2419200, \"february\";q=600;w=2419200");
    world->now = instant("2026-03-08T12:00:00Z");
    g_autoptr(Answer) short_day = answer_of(world, ASK_CHECK, feature, 1);
    assert_headers(short_day, "\"day\";r=10;t=57600",
                   "\"day\";q=10;w=86400, \"period\";q=500;w=2419200, \"february\";q=600;w=2678400");
}
END_TEST

int main(void)
{
    static const TTest *tests[20];
    int count = 0;
    tests[count++] = figures_are_those_after_the_decision;
    tests[count++] = bonus_is_what_grants_still_have;
    tests[count++] = what_was_spent_comes_anew;
    tests[count++] = an_answer_outlives_what_it_was_made_from;
    tests[count++] = a_remembered_refusal_is_given_again;
    tests[count++] = line_rules;
    tests[count++] = of_two_full_limits_the_later_is_named;
    tests[count++] = waiting_is_rounded_up_and_not_before_the_reset;
    tests[count++] = no_waiting_where_it_does_not_help;
    tests[count++] = a_queueing_limit_is_429_with_its_wait;
    tests[count++] = a_grant_may_help_before_the_window_ends;
    tests[count++] = nobody_knows_when_held_units_come_back;
    tests[count++] = an_answer_needs_no_counters;
    tests[count++] = a_rolling_limit_gives_back_when_the_oldest_leaves;
    tests[count++] = the_tightest_limit_is_named;
    tests[count++] = what_never_refuses_is_in_no_header;
    tests[count++] = names_are_quoted_and_numbers_fit_a_header;
    tests[count++] = a_policy_reads_the_same_when_clocks_change;
    return run_tests("answer", tests, count, 10);
}
