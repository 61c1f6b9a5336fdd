/* Scenarios for the property test: a random policy, two subjects in one organization, their counters
 * and all that was charged. */
#ifndef WEBQUOTA_TESTS_SCENARIO_H
#define WEBQUOTA_TESTS_SCENARIO_H

#include "reference.h"

/* What was charged or held at once: as the store records it, and as the model remembers it. */
typedef struct {
    GArray *trace; /* of TraceLine */
    RefAnswer answer;
    AskKind kind;
    int subject, item_count;
    Instant at, expires_at;
    int64_t total, kept; /* kept: of a charge; 0 while it is held */
    bool held;
} Record;

typedef struct {
    RefWorld world;
    Counter limit_counters[REF_LIMITS][REF_OWNERS];
    Counter grant_counters[REF_GRANTS];
    GArray *records; /* of Record */
    GRand *random;
    int asking; /* the subject whose book is open */
    int64_t operations;
    unsigned seed;
    int scenario;
} Run;

static inline void run_context(const Run *run)
{
    fprintf(stderr, "WEBQUOTA_SEED=%u scenario %d operation %" PRId64 "\n", run->seed, run->scenario, run->operations);
}

#define EXPECT_EQ(run, got, wanted, what)                                                                             \
    do {                                                                                                              \
        int64_t got_ = (got), wanted_ = (wanted);                                                                     \
        if (got_ != wanted_) {                                                                                        \
            run_context(run);                                                                                         \
            ck_abort_msg("%s: %" PRId64 ", the model says %" PRId64, what, got_, wanted_);                            \
        }                                                                                                             \
    } while (0)

static inline int pick(Run *run, int count)
{
    return g_rand_int_range(run->random, 0, count);
}

static inline bool chance(Run *run, int percent)
{
    return pick(run, 100) < percent;
}

/* --- making a scenario --- */

static const struct {
    const char *window;
    int64_t length_us;
    bool from_anchor;
} windows[] = {
    {"minute", MINUTE_US, false},  {"5 minute", 5 * MINUTE_US, false}, {"hour", HOUR_US, false},
    {"12 hour", 12 * HOUR_US, false}, {"day", DAY_US, false},          {"week", 7 * DAY_US, false},
    {"3 day", 3 * DAY_US, true},   {"7 hour", 7 * HOUR_US, true},      {"lifetime", 0, false},
};

static inline void make_window(Run *run, int index)
{
    static const char *const rolling[] = {"10 minute", "hour", "7 minute"};
    static const int64_t rolling_us[] = {10 * MINUTE_US, HOUR_US, 7 * MINUTE_US};
    RefWorld *world = &run->world;
    Limit *limit = &world->limits[index];
    const char *why;
    if (chance(run, 20)) {
        int which = pick(run, G_N_ELEMENTS(rolling));
        ck_assert(window_parse(rolling[which], &limit->window, &why));
        limit->window.align = ALIGN_ROLLING;
        world->length_us[index] = rolling_us[which];
        return;
    }
    int which = pick(run, G_N_ELEMENTS(windows));
    ck_assert(window_parse(windows[which].window, &limit->window, &why));
    limit->window.align = windows[which].from_anchor ? ALIGN_ANCHOR : ALIGN_CALENDAR;
    limit->window.week_starts = 1;
    world->length_us[index] = windows[which].length_us;
    /* 1970-01-05 was a Monday. */
    world->first[index] = windows[which].from_anchor ? world->subjects[0].anchor : 4 * DAY_US;
    limit->rollover = limit->window.unit != WINDOW_LIFETIME && chance(run, 25) ? 1 + pick(run, 8) : 0;
    limit->warn_count = pick(run, 4);
    for (int i = 0; i < limit->warn_count; i++)
        limit->warn_at[i] = (i + 1) * 33;
}

static inline Amount make_amount(Run *run)
{
    int kind = pick(run, 100);
    return kind < 4 ? 0 : kind < 10 ? AMOUNT_UNLIMITED : 1 + pick(run, 12);
}

static inline void make_limit(Run *run)
{
    static const char *const keys[REF_LIMITS] = {"a", "b", "c", "d", "e"};
    RefWorld *world = &run->world;
    int index = world->plan.limit_count++;
    Limit *limit = &world->limits[index];
    limit->key = (char *)keys[index];
    limit->slot = index + 1;
    limit->feature = pick(run, REF_FEATURES);
    limit->plan_amount = make_amount(run);
    limit->scope = chance(run, 60) ? SCOPE_SUBJECT : chance(run, 60) ? SCOPE_ORGANIZATION : SCOPE_PLAN;
    limit->mode = chance(run, 80) ? MODE_ENFORCE : chance(run, 60) ? MODE_SHADOW : MODE_OFF;
    limit->on_exceed = chance(run, 70) ? EXCEED_BLOCK : chance(run, 60) ? EXCEED_QUEUE : EXCEED_ALLOW;
    make_window(run, index);
}

static inline void make_features(RefWorld *world)
{
    static const int parents[REF_FEATURES] = {-1, 0, 1, -1};
    world->policy.features = world->features;
    world->policy.feature_count = REF_FEATURES;
    for (int i = 0; i < REF_FEATURES; i++) {
        Feature *feature = &world->features[i];
        feature->index = i;
        feature->key = (char *)"feature";
        feature->parent = parents[i];
        feature->depth = parents[i] < 0 ? 0 : world->features[parents[i]].depth + 1;
        world->lists[i] = true;
    }
}

static inline void run_begin(Run *run)
{
    RefWorld *world = &run->world;
    *world = (RefWorld){0};
    memset(run->limit_counters, 0, sizeof run->limit_counters);
    memset(run->grant_counters, 0, sizeof run->grant_counters);
    world->now = instant("2026-01-01T00:00:00Z") + g_rand_int_range(run->random, 0, 86400 * 30) * US_PER_S;
    make_features(world);
    world->lists[3] = chance(run, 90);
    world->policy.zone = (char *)"UTC";
    world->plan.lists = world->lists;
    world->plan.limits = world->limits;
    world->plan.grace = (Grace){chance(run, 20) ? 1 : 0, 1 + 0.5 * pick(run, 3), chance(run, 20)};
    const char *organization = chance(run, 90) ? "acme" : NULL;
    for (int i = 0; i < 2; i++)
        world->subjects[i] = (Subject){.key = "pat", .plan = &world->plan, .organization = organization,
                                       .first_met = world->now - 20 * HOUR_US, .anchor = world->now - 20 * HOUR_US};
    for (int i = 1 + pick(run, REF_LIMITS); i > 0; i--)
        make_limit(run);
    for (int i = 0; i < REF_LIMITS; i++)
        for (int j = 0; j < REF_OWNERS; j++)
            world->limit_history[i][j] = g_array_new(FALSE, FALSE, sizeof(RefEvent));
    for (int i = 0; i < REF_GRANTS; i++)
        world->grant_history[i] = g_array_new(FALSE, FALSE, sizeof(RefEvent));
    run->records = g_array_new(FALSE, FALSE, sizeof(Record));
}

static inline void run_end(Run *run)
{
    for (int i = 0; i < REF_LIMITS; i++)
        for (int j = 0; j < REF_OWNERS; j++) {
            g_array_unref(run->world.limit_history[i][j]);
            counter_clear(&run->limit_counters[i][j]);
        }
    for (int i = 0; i < REF_GRANTS; i++)
        g_array_unref(run->world.grant_history[i]);
    for (guint i = 0; i < run->records->len; i++)
        g_array_unref(g_array_index(run->records, Record, i).trace);
    g_array_unref(run->records);
}

/* --- the book, and what is known of a subject --- */

static inline Counter *run_limit_counter(void *data, const Limit *limit)
{
    Run *run = data;
    Counter *counter = &run->limit_counters[limit->slot - 1][ref_owner(&run->world, limit->slot - 1, run->asking)];
    counter->slot = limit->slot;
    return counter;
}

static inline Counter *run_grant_counter(void *data, const Grant *grant)
{
    Run *run = data;
    return &run->grant_counters[-grant->slot - 1];
}

typedef struct {
    Override overrides[REF_OVERRIDES];
    Grant grants[REF_GRANTS];
    Situation situation;
} Known;

static inline void run_know(Run *run, int subject, Known *known)
{
    RefWorld *world = &run->world;
    run->asking = subject;
    known->situation = (Situation){.policy = &world->policy, .subject = &world->subjects[subject], .now = world->now,
                                   .overrides = known->overrides, .grants = known->grants};
    for (int i = 0; i < world->override_count; i++)
        if (world->override_owner[i] == subject || world->override_owner[i] == REF_SHARED)
            known->overrides[known->situation.override_count++] = world->overrides[i];
    for (int i = 0; i < world->grant_count; i++)
        if (world->grant_owner[i] == subject || world->grant_owner[i] == REF_SHARED)
            known->grants[known->situation.grant_count++] = world->grants[i];
}

#endif
