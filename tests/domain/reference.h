/* A slow model of the decision to compare the fast one with. It keeps no counters: everything that
 * ever happened stays in lists, and every number is found by going through them again. Units are
 * walked one by one. Windows are whole numbers of a fixed length in UTC.
 */
#ifndef WEBQUOTA_TESTS_REFERENCE_H
#define WEBQUOTA_TESTS_REFERENCE_H

#include "fixtures.h"

#define REF_FEATURES 4
#define REF_LIMITS 5
#define REF_GRANTS 6
#define REF_OVERRIDES 8
#define REF_SHARED 2 /* owner of what the two subjects share */
#define REF_OWNERS 3
#define REF_UNITS 64 /* more units than any one decision of a scenario can draw */

typedef enum { REF_LOOK, REF_CHANGE, REF_RESET } RefEventKind;

/* One thing that happened to a limit or a grant of one owner. */
typedef struct {
    RefEventKind kind;
    Instant at;
    Instant charged_at; /* change: when what it changes was charged */
    Amount amount;      /* look: in force, without what is carried */
    int64_t used, held; /* change: by how much */
    unsigned fired;     /* change: thresholds */
} RefEvent;

typedef struct {
    int64_t used, held, carried;
    unsigned fired;
} RefState;

/* All that a scenario is made of. The structs of the domain serve as inputs only. */
typedef struct {
    Policy policy;
    Feature features[REF_FEATURES];
    Plan plan;
    bool lists[REF_FEATURES];
    Limit limits[REF_LIMITS];
    Instant first[REF_LIMITS];      /* start of some window */
    int64_t length_us[REF_LIMITS];  /* 0: lifetime */
    Subject subjects[2];
    Override overrides[REF_OVERRIDES];
    int override_owner[REF_OVERRIDES];
    int override_count;
    Grant grants[REF_GRANTS];
    int grant_owner[REF_GRANTS];
    int64_t grant_period_us[REF_GRANTS]; /* 0: does not recur */
    int grant_count;
    GArray *limit_history[REF_LIMITS][REF_OWNERS]; /* of RefEvent */
    GArray *grant_history[REF_GRANTS];
    Instant now;
} RefWorld;

/* What the model says of one request. */
typedef struct {
    Outcome outcome;
    Reason reason;
    bool involved[REF_LIMITS];
    RefState state[REF_LIMITS];  /* before */
    Amount amount[REF_LIMITS];   /* carried units included */
    int64_t bonus[REF_LIMITS];
    int64_t charged[REF_LIMITS];
    bool holds[REF_LIMITS];      /* one item only, from here on */
    Instant frees_at[REF_LIMITS];
    int deciding;                /* index of a limit; -1 none */
    int drawn[REF_UNITS];        /* the grant of each unit drawn, in order */
    int drawn_count;
    int64_t left[REF_GRANTS];    /* while it is made */
    int order[REF_GRANTS], order_count;
} RefAnswer;

/* --- time --- */

static inline int64_t ref_floor(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

static inline int64_t ref_number(const RefWorld *world, int limit, Instant at)
{
    return world->length_us[limit] ? ref_floor(at - world->first[limit], world->length_us[limit]) : 0;
}

static inline Instant ref_window_end(const RefWorld *world, int limit, Instant at)
{
    return world->length_us[limit] ? world->first[limit] + (ref_number(world, limit, at) + 1) * world->length_us[limit]
                                   : INSTANT_MAX;
}

static inline bool ref_rolling(const RefWorld *world, int limit)
{
    return world->limits[limit].window.align == ALIGN_ROLLING;
}

static inline Instant ref_bucket_leaves(const RefWorld *world, int limit, Instant charged_at)
{
    int64_t part_us = (world->length_us[limit] + ROLLING_PARTS - 1) / ROLLING_PARTS;
    return (ref_floor(charged_at, part_us) + 1) * part_us + world->length_us[limit];
}

static inline Instant ref_period_end(const RefWorld *world, int grant, Instant at)
{
    int64_t period_us = world->grant_period_us[grant];
    Instant from = world->grants[grant].effective_at;
    return period_us ? from + (ref_floor(at - from, period_us) + 1) * period_us : INSTANT_MAX;
}

/* --- numbers, from all that happened --- */

static inline RefState ref_fixed_state(const RefWorld *world, int limit, const GArray *history, Amount amount)
{
    RefState state = {0};
    int64_t number = 0, rollover = world->limits[limit].rollover;
    bool begun = false;
    RefEvent last = {.kind = REF_LOOK, .at = world->now, .amount = amount};
    for (guint i = 0; i <= history->len; i++) {
        const RefEvent *event = i < history->len ? &g_array_index(history, RefEvent, i) : &last;
        int64_t at = ref_number(world, limit, event->at);
        if (event->kind == REF_LOOK) {
            if (begun && at > number) {
                int64_t left = MAX(event->amount + state.carried - state.used - state.held, 0);
                for (; number + 1 < at && left < rollover; number++)
                    left += event->amount;
                state = (RefState){.carried = event->amount == AMOUNT_UNLIMITED ? 0 : MIN(left, rollover)};
            }
            number = at;
            begun = true;
        } else if (event->kind == REF_RESET) {
            state.used = 0;
            state.fired = 0;
        } else if (ref_number(world, limit, event->charged_at) == number) {
            state.used = MAX(state.used + event->used, 0);
            state.held = MAX(state.held + event->held, 0);
            state.fired |= event->fired;
        }
    }
    return state;
}

/* Use that still counts at `at`: the charges of each bucket are added up at its first one. */
static inline int64_t ref_rolling_used(const RefWorld *world, int limit, const GArray *history, Instant at)
{
    int64_t sum = 0;
    for (guint i = 0; i < history->len; i++) {
        Instant leaves = ref_bucket_leaves(world, limit, g_array_index(history, RefEvent, i).charged_at);
        bool seen = g_array_index(history, RefEvent, i).kind != REF_CHANGE || leaves <= at;
        for (guint j = 0; j < i && !seen; j++)
            seen = g_array_index(history, RefEvent, j).kind == REF_CHANGE &&
                   ref_bucket_leaves(world, limit, g_array_index(history, RefEvent, j).charged_at) == leaves;
        int64_t bucket = 0;
        for (guint j = i; j < history->len && !seen; j++) {
            const RefEvent *event = &g_array_index(history, RefEvent, j);
            if (event->kind == REF_RESET)
                bucket = 0;
            else if (event->kind == REF_CHANGE && ref_bucket_leaves(world, limit, event->charged_at) == leaves)
                bucket = MAX(bucket + event->used, 0);
        }
        sum += bucket;
    }
    return sum;
}

static inline RefState ref_state(const RefWorld *world, int limit, int owner, Amount amount)
{
    const GArray *history = world->limit_history[limit][owner];
    if (!ref_rolling(world, limit))
        return ref_fixed_state(world, limit, history, amount);
    RefState state = {.used = ref_rolling_used(world, limit, history, world->now)};
    for (guint i = 0; i < history->len; i++)
        state.held += g_array_index(history, RefEvent, i).kind == REF_CHANGE ? g_array_index(history, RefEvent, i).held : 0;
    return state;
}

/* What a grant gave in its present period: *used of it for good. */
static inline int64_t ref_grant_taken(const RefWorld *world, int grant, int64_t *used)
{
    int64_t taken = 0;
    *used = 0;
    for (guint i = 0; i < world->grant_history[grant]->len; i++) {
        const RefEvent *event = &g_array_index(world->grant_history[grant], RefEvent, i);
        if (ref_period_end(world, grant, event->charged_at) != ref_period_end(world, grant, world->now))
            continue;
        taken += event->used + event->held;
        *used += event->used;
    }
    return taken;
}

static inline int ref_owner(const RefWorld *world, int limit, int subject)
{
    return world->limits[limit].scope == SCOPE_SUBJECT ? subject : REF_SHARED;
}

/* Multipliers of scenarios are whole numbers of halves. */
static inline Amount ref_amount(const RefWorld *world, int index, int subject)
{
    const Limit *limit = &world->limits[index];
    const Override *best = NULL;
    for (int i = 0; i < world->override_count; i++) {
        const Override *override = &world->overrides[i];
        bool right_owner = limit->scope == SCOPE_SUBJECT        ? world->override_owner[i] == subject
                           : limit->scope == SCOPE_ORGANIZATION ? world->override_owner[i] == REF_SHARED
                                                                : false;
        if (!right_owner || override->feature != limit->feature || override->expires_at <= world->now)
            continue;
        if (override->limit && g_strcmp0(override->limit, limit->key) != 0)
            continue;
        bool better = !best || (override->limit && !best->limit);
        if (best && !override->limit == !best->limit)
            better = override->created_at >= best->created_at; /* later ones have the higher id */
        if (better)
            best = override;
    }
    int64_t halves = 4, base = limit->plan_amount;
    if (best && best->kind == OVERRIDE_MULTIPLIER)
        halves = 2 * (int64_t)(best->multiplier * 2);
    else if (best)
        base = best->kind == OVERRIDE_UNLIMITED ? AMOUNT_UNLIMITED : best->amount;
    if (base == AMOUNT_UNLIMITED)
        return base;
    const Grace *grace = &world->plan.grace;
    Amount amount = base * halves / 4;
    Instant grace_ends = world->subjects[subject].first_met + grace->days * DAY_US;
    if (limit->scope != SCOPE_SUBJECT || amount == 0 || world->now >= grace_ends)
        return amount;
    return grace->unlimited ? AMOUNT_UNLIMITED : base * halves * (int64_t)(grace->multiplier * 2) / 8;
}

/* --- deciding --- */

static inline bool ref_within(const RefWorld *world, int feature, int of)
{
    return feature == of || (feature >= 0 && ref_within(world, world->features[feature].parent, of));
}

static inline bool ref_eligible(const RefWorld *world, int grant, int asked, int limit)
{
    int granted = world->grants[grant].feature;
    return ref_within(world, asked, granted) && ref_within(world, granted, world->limits[limit].feature);
}

static inline bool ref_can_refuse(const RefWorld *world, const RefAnswer *answer, int limit)
{
    return answer->involved[limit] && world->limits[limit].mode == MODE_ENFORCE &&
           world->limits[limit].on_exceed != EXCEED_ALLOW && answer->amount[limit] != AMOUNT_UNLIMITED;
}

static inline bool ref_takes_grants(const RefWorld *world, const RefAnswer *answer, int limit)
{
    return ref_can_refuse(world, answer, limit) && world->limits[limit].scope == SCOPE_SUBJECT;
}

static inline bool ref_spent_before(const RefWorld *world, int a, int b)
{
    const Grant *one = &world->grants[a], *other = &world->grants[b];
    Instant one_ends = MIN(one->expires_at, ref_period_end(world, a, world->now));
    Instant other_ends = MIN(other->expires_at, ref_period_end(world, b, world->now));
    if (one->priority != other->priority)
        return one->priority < other->priority;
    if (one_ends != other_ends)
        return one_ends < other_ends;
    return one->created_at != other->created_at ? one->created_at < other->created_at : a < b;
}

static inline void ref_order_grants(const RefWorld *world, RefAnswer *answer, int subject)
{
    for (int g = 0; g < world->grant_count; g++) {
        const Grant *grant = &world->grants[g];
        bool mine = world->grant_owner[g] == subject || world->grant_owner[g] == REF_SHARED;
        if (!mine || world->now < grant->effective_at || world->now >= grant->expires_at)
            continue;
        int64_t used;
        answer->left[g] = grant->amount - ref_grant_taken(world, g, &used);
        int place = answer->order_count++;
        for (; place > 0 && ref_spent_before(world, g, answer->order[place - 1]); place--)
            answer->order[place] = answer->order[place - 1];
        answer->order[place] = g;
    }
}

/* Which grant gives the unit that is short for `limit`; -1 none. */
static inline int ref_giver(const RefWorld *world, const RefAnswer *answer, int asked, int limit)
{
    for (int i = 0; i < answer->order_count; i++)
        if (answer->left[answer->order[i]] > 0 && ref_eligible(world, answer->order[i], asked, limit))
            return answer->order[i];
    return -1;
}

static inline int64_t ref_room(const RefAnswer *answer, int limit)
{
    return MAX(answer->amount[limit] - answer->state[limit].used - answer->state[limit].held - answer->charged[limit], 0);
}

/* One item, unit by unit from the last: a unit past the room of a limit needs a granted one that passes the
 * deepest such limit. False when there is none. */
static inline bool ref_item(const RefWorld *world, RefAnswer *answer, const AskItem *item)
{
    bool fits = true;
    for (int64_t unit = item->units; unit >= 1; unit--) {
        int deepest = -1;
        for (int l = 0; l < world->plan.limit_count; l++) {
            if (!ref_can_refuse(world, answer, l) || !ref_within(world, item->feature, world->limits[l].feature) ||
                unit <= ref_room(answer, l))
                continue;
            if (!ref_takes_grants(world, answer, l))
                fits = false;
            else if (deepest < 0 || ref_within(world, world->limits[l].feature, world->limits[deepest].feature))
                deepest = l;
        }
        if (deepest < 0)
            continue;
        int giver = ref_giver(world, answer, item->feature, deepest);
        if (giver < 0)
            return false;
        answer->left[giver]--;
        answer->drawn[answer->drawn_count++] = giver;
    }
    for (int l = 0; l < world->plan.limit_count; l++)
        if (answer->involved[l] && ref_within(world, item->feature, world->limits[l].feature))
            answer->charged[l] += ref_can_refuse(world, answer, l) ? MIN(item->units, ref_room(answer, l)) : item->units;
    return fits;
}

/* Sum over live grants that may help: left now, at the most ever, or at an instant to come. */
static inline int64_t ref_bonus(const RefWorld *world, const RefAnswer *answer, int asked, int limit, Instant at,
                                bool at_most)
{
    int64_t sum = 0;
    for (int i = 0; i < answer->order_count; i++) {
        int g = answer->order[i];
        int64_t used, taken = ref_grant_taken(world, g, &used);
        if (!ref_takes_grants(world, answer, limit) || !ref_eligible(world, g, asked, limit))
            continue;
        if (at_most)
            sum += world->grant_period_us[g] ? world->grants[g].amount : world->grants[g].amount - used;
        else if (at < world->grants[g].expires_at)
            sum += world->grants[g].amount - (at >= ref_period_end(world, g, world->now) ? 0 : taken);
    }
    return sum;
}

static inline bool ref_fits_at(const RefWorld *world, const RefAnswer *answer, const AskItem *item, int limit, int owner,
                               Instant at)
{
    const RefState *state = &answer->state[limit];
    int64_t taken = state->used + state->held;
    if (ref_rolling(world, limit))
        taken = ref_rolling_used(world, limit, world->limit_history[limit][owner], at) + state->held;
    else if (at >= ref_window_end(world, limit, world->now))
        taken = 0;
    return item->units <= MAX(answer->amount[limit] - taken, 0) + ref_bonus(world, answer, item->feature, limit, at, false);
}

/* Tries every instant at which anything can get better. */
static inline Instant ref_frees_at(const RefWorld *world, const RefAnswer *answer, const AskItem *item, int limit, int owner)
{
    Instant first = INSTANT_MAX;
    const GArray *history = world->limit_history[limit][owner];
    g_autoptr(GArray) instants = g_array_new(FALSE, FALSE, sizeof(Instant));
    if (!ref_rolling(world, limit)) {
        Instant end = ref_window_end(world, limit, world->now);
        g_array_append_val(instants, end);
    }
    for (guint i = 0; i < history->len && ref_rolling(world, limit); i++) {
        Instant leaves = ref_bucket_leaves(world, limit, g_array_index(history, RefEvent, i).charged_at);
        g_array_append_val(instants, leaves);
    }
    for (int i = 0; i < answer->order_count; i++) {
        Instant end = ref_period_end(world, answer->order[i], world->now);
        g_array_append_val(instants, end);
    }
    for (guint i = 0; i < instants->len; i++) {
        Instant at = g_array_index(instants, Instant, i);
        if (at > world->now && at < first && ref_fits_at(world, answer, item, limit, owner, at))
            first = at;
    }
    return first;
}

static inline void ref_refuse(const RefWorld *world, RefAnswer *answer, const AskItem *item, int subject)
{
    int best_rank = -1;
    for (int l = 0; l < world->plan.limit_count; l++) {
        if (answer->holds[l])
            continue;
        bool never = item->units > answer->amount[l] + ref_bonus(world, answer, item->feature, l, 0, true);
        answer->frees_at[l] = never ? INSTANT_MAX : ref_frees_at(world, answer, item, l, ref_owner(world, l, subject));
        int rank = never ? 2 : world->limits[l].on_exceed == EXCEED_BLOCK;
        if (rank < best_rank || (rank == best_rank && answer->frees_at[l] <= answer->frees_at[answer->deciding]))
            continue;
        best_rank = rank;
        answer->deciding = l;
    }
    answer->outcome = best_rank == 0 ? OUTCOME_QUEUED : OUTCOME_DENIED;
    answer->reason = best_rank == 2 ? REASON_NEVER_FITS : REASON_LIMIT;
}

static inline void ref_look(RefWorld *world, RefAnswer *answer, const AskItem *items, int count, int subject)
{
    for (int l = 0; l < world->plan.limit_count; l++) {
        bool nobodys = world->limits[l].scope == SCOPE_ORGANIZATION && !world->subjects[subject].organization;
        for (int i = 0; i < count && world->limits[l].mode != MODE_OFF && !nobodys; i++)
            answer->involved[l] |= ref_within(world, items[i].feature, world->limits[l].feature);
        if (!answer->involved[l])
            continue;
        int owner = ref_owner(world, l, subject);
        Amount amount = ref_amount(world, l, subject);
        answer->state[l] = ref_state(world, l, owner, amount);
        answer->amount[l] = amount == AMOUNT_UNLIMITED ? amount : amount + answer->state[l].carried;
        RefEvent event = {.kind = REF_LOOK, .at = world->now, .charged_at = world->now, .amount = amount};
        g_array_append_val(world->limit_history[l][owner], event);
    }
}

/* The model's decision. Only the look is put on record; charging is the caller's. */
static inline RefAnswer ref_decide(RefWorld *world, int subject, const AskItem *items, int count)
{
    RefAnswer answer = {.deciding = -1};
    for (int i = 0; i < count; i++)
        if (!world->lists[items[i].feature])
            return (RefAnswer){.outcome = OUTCOME_FORBIDDEN, .reason = REASON_NOT_LISTED, .deciding = -1};
    ref_look(world, &answer, items, count, subject);
    ref_order_grants(world, &answer, subject);
    bool included = true;
    for (int l = 0; l < world->plan.limit_count; l++) {
        int64_t at_most = 0, given = 0;
        for (int i = 0; i < count; i++) {
            at_most = MAX(at_most, ref_bonus(world, &answer, items[i].feature, l, 0, true));
            given = MAX(given, ref_bonus(world, &answer, items[i].feature, l, world->now, false));
        }
        answer.bonus[l] = given;
        int64_t room = ref_room(&answer, l);
        answer.holds[l] = !ref_can_refuse(world, &answer, l) || items[0].units <= room + given;
        if (answer.involved[l] && world->limits[l].mode == MODE_ENFORCE && answer.amount[l] == 0 && at_most == 0)
            included = false;
    }
    RefAnswer untouched = answer;
    bool fits = true;
    for (int i = 0; i < count && fits; i++)
        fits = ref_item(world, &answer, &items[i]);
    if (fits && included)
        return answer;
    answer = untouched;
    if (!included) {
        answer.outcome = OUTCOME_FORBIDDEN;
        answer.reason = REASON_NOT_INCLUDED;
    } else if (count == 1) {
        ref_refuse(world, &answer, &items[0], subject);
    } else {
        answer.outcome = OUTCOME_DENIED;
    }
    return answer;
}

#endif
