/* A small world to decide in: one policy with one plan, one subject, and counters in memory.
 * Built by the tests line by line, so that each test shows all that it depends on. */
#ifndef WEBQUOTA_TESTS_FIXTURES_H
#define WEBQUOTA_TESTS_FIXTURES_H

#include "base/base.h"

#include <check.h>

#include "domain/usage.h"

#define WORLD_MAX 12
#define MINUTE_US (60 * US_PER_S)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

typedef struct {
    Policy policy;
    Feature features[WORLD_MAX];
    Plan plan;
    bool lists[WORLD_MAX];
    Limit limits[WORLD_MAX];
    Subject subject;
    Override overrides[WORLD_MAX];
    int override_count;
    Grant grants[WORLD_MAX];
    int grant_count;
    Counter limit_counters[WORLD_MAX + 1]; /* by the limit's slot */
    Counter grant_counters[WORLD_MAX + 1]; /* by the grant's slot without its sign */
    Instant now;
} World;

static inline Instant instant(const char *text)
{
    Instant at = 0;
    ck_assert_msg(instant_parse(text, &at), "not an instant: %s", text);
    return at;
}

/* Noon of Thursday, 2026-01-15, UTC; the subject, a member of acme, was met on the first of the month. */
static inline World *world_new(void)
{
    World *world = g_new0(World, 1);
    world->now = instant("2026-01-15T12:00:00Z");
    world->policy.zone = (char *)"UTC";
    world->policy.refs = 1;
    world->policy.features = world->features;
    world->policy.plans = &world->plan;
    world->policy.plan_count = 1;
    world->plan.key = (char *)"free";
    world->plan.lists = world->lists;
    world->plan.limits = world->limits;
    world->plan.upgrade = -1;
    world->plan.grace.multiplier = 1;
    world->subject.key = "pat";
    world->subject.plan = &world->plan;
    world->subject.organization = "acme";
    world->subject.first_met = instant("2026-01-01T00:00:00Z");
    world->subject.anchor = world->subject.first_met;
    return world;
}

static inline void world_free(World *world)
{
    if (!world)
        return;
    for (int i = 0; i <= WORLD_MAX; i++) {
        counter_clear(&world->limit_counters[i]);
        counter_clear(&world->grant_counters[i]);
    }
    g_free(world->plan.grants);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* A feature that the plan lists; parent -1 for none. Returns its index. */
static inline int world_feature(World *world, const char *key, int parent)
{
    int index = world->policy.feature_count++;
    Feature *feature = &world->features[index];
    feature->index = index;
    feature->key = feature->title = feature->unit = feature->units = (char *)key;
    feature->parent = parent;
    feature->depth = parent < 0 ? 0 : world->features[parent].depth + 1;
    world->lists[index] = true;
    return index;
}

/* A limit that blocks, of scope subject, calendar-aligned; the test changes what it needs otherwise. */
static inline Limit *world_limit(World *world, int feature, const char *key, Amount amount, const char *window)
{
    Limit *limit = &world->limits[world->plan.limit_count++];
    limit->key = (char *)key;
    limit->feature = feature;
    limit->plan_amount = amount;
    limit->slot = world->plan.limit_count;
    const char *why = NULL;
    ck_assert_msg(window_parse(window, &limit->window, &why), "%s: %s", window, why);
    limit->window.align = window_fits_calendar(limit->window.unit, limit->window.count) ? ALIGN_CALENDAR : ALIGN_ANCHOR;
    limit->window.week_starts = 1;
    return limit;
}

/* A grant to the subject, live from the day it was met, without end; slot -1, -2, … */
static inline Grant *world_grant(World *world, int feature, int64_t amount)
{
    Grant *grant = &world->grants[world->grant_count++];
    grant->slot = -world->grant_count;
    grant->feature = feature;
    grant->amount = amount;
    grant->priority = 100;
    grant->effective_at = grant->created_at = world->subject.first_met;
    grant->expires_at = INSTANT_MAX;
    return grant;
}

static inline void grant_every(Grant *grant, const char *window)
{
    const char *why = NULL;
    ck_assert_msg(window_parse(window, &grant->every, &why), "%s: %s", window, why);
    grant->every.align = ALIGN_ANCHOR;
    grant->every.week_starts = 1;
}

/* An override of the amount on every limit of the feature. */
static inline Override *world_override(World *world, int feature, Amount amount)
{
    Override *override = &world->overrides[world->override_count++];
    override->id = world->override_count;
    override->feature = feature;
    override->kind = amount == AMOUNT_UNLIMITED ? OVERRIDE_UNLIMITED : OVERRIDE_AMOUNT;
    override->amount = amount;
    override->multiplier = 1;
    override->expires_at = INSTANT_MAX;
    override->created_at = world->now;
    return override;
}

static inline Counter *world_limit_counter(void *data, const Limit *limit)
{
    World *world = data;
    world->limit_counters[limit->slot].slot = limit->slot;
    return &world->limit_counters[limit->slot];
}

static inline Counter *world_grant_counter(void *data, const Grant *grant)
{
    World *world = data;
    Counter *counter = &world->grant_counters[ABS(grant->slot)];
    counter->slot = grant->slot;
    return counter;
}

static inline Book world_book(World *world)
{
    return (Book){world_limit_counter, world_grant_counter, world};
}

static inline Situation world_situation(World *world)
{
    return (Situation){&world->policy,   &world->subject,    world->overrides, world->override_count,
                       world->grants,    world->grant_count, world->now, 0};
}

/* Decides and applies. Free with decision_free. */
static inline Decision *world_ask_items(World *world, AskKind kind, const AskItem *items, int count)
{
    Situation situation = world_situation(world);
    Book book = world_book(world);
    Decision *decision = decide(&situation, kind, items, count, &book);
    decide_apply(decision);
    return decision;
}

static inline Decision *world_ask(World *world, AskKind kind, int feature, int64_t units)
{
    AskItem item = {feature, units};
    return world_ask_items(world, kind, &item, 1);
}

/* Consumes, and says only what came of it. */
static inline Outcome world_consume(World *world, int feature, int64_t units)
{
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, feature, units);
    return decision->outcome;
}

/* What the limit's counter has, as of the last decision. */
static inline int64_t world_used(World *world, const Limit *limit)
{
    return world->limit_counters[limit->slot].used;
}

static inline int64_t world_held(World *world, const Limit *limit)
{
    return world->limit_counters[limit->slot].held;
}

/* Remaining of the first limit that was looked at, after the decision. */
static inline int64_t remaining_first(const Decision *decision)
{
    ck_assert_int_gt(decision->look_count, 0);
    return look_remaining(&decision->looks[0], decision);
}

static inline const char *deciding_key(const Decision *decision)
{
    return decision->deciding < 0 ? "none" : decision->looks[decision->deciding].limit->key;
}

/* The main program of a test: one suite, one case of all its tests. */
static inline int run_tests(const char *name, const TTest *const *tests, int count, double timeout_s)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, timeout_s);
    for (int i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
