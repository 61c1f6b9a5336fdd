/* Fuzzes decisions: bytes tell a history of asks, of time that passes, of overrides and grants, of units given back, on
 * the policy of world.h. Whatever happened, no limit that blocks is passed, a refusal charges nothing, and what is said
 * adds up. */
#include "page.h"
#include "world.h"

#include "domain/answer.h"
#include "view/view.h"

#define MORE_MAX 12
#define STEPS_MAX 150

typedef struct {
    Policy *policy;
    Subject subject;
    Drawer drawer;
    Override overrides[MORE_MAX];
    int override_count;
    GArray *grants;  /* of Grant; the plan's first */
    GArray *trace;   /* of TraceLine: what was charged last, consumed or held */
    int64_t total;   /* units of that; 0: nothing to give back */
    AskKind kind;
    Instant now;
} World;

static Policy *policy;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    policy = world_policy();
    return 0;
}

/* Mostly small, now and then as large as they come. */
static int64_t take_units(Rest *rest)
{
    uint8_t small = rest_byte(rest);
    return small < 240 ? small % 12 + 1 : small < 250 ? small : (int64_t)(rest_number(rest, 8) % (uint64_t)UNITS_MAX) + 1;
}

static Situation situation_of(const World *world)
{
    return (Situation){world->policy, &world->subject, world->overrides, world->override_count,
                       (const Grant *)(const void *)world->grants->data, (int)world->grants->len, world->now, 0};
}

/* --- what must hold --- */

static bool blocks(const LimitLook *look)
{
    return look->limit->mode == MODE_ENFORCE && look->limit->on_exceed != EXCEED_ALLOW && look->amount != AMOUNT_UNLIMITED;
}

/* What grants gave in all. */
static int64_t drawn_of(const Decision *decision)
{
    int64_t drawn = 0;
    for (int i = 0; i < decision->draw_count; i++)
        drawn += decision->draws[i].units;
    return drawn;
}

static void check_look(const Decision *decision, const LimitLook *look)
{
    bool charges = decision->outcome == OUTCOME_ALLOWED && decision->kind != ASK_CHECK;
    int64_t remaining = look_remaining(look, decision);
    HOLDS(remaining >= 0 && look->used >= 0 && look->held >= 0 && look->carried >= 0 && look->bonus >= 0);
    HOLDS(look->amount == AMOUNT_UNLIMITED || look->amount >= 0);
    HOLDS(look->charged >= 0 && look->charged <= look->asked && (charges || look->charged == 0));
    HOLDS(look->bonus_drawn >= 0 && look->bonus_drawn <= look->bonus);
    if (charges && blocks(look) && look->charged > 0)
        HOLDS(look->used + look->held + look->charged <= look->amount);
    if (charges && blocks(look))
        HOLDS(look->asked - look->charged <= drawn_of(decision));
    if (decision->outcome == OUTCOME_ALLOWED && blocks(look))
        HOLDS(look->holds && look->amount + look->bonus >= 1);
    if (look->limit->scope != SCOPE_SUBJECT && charges)
        HOLDS(look->charged == look->asked && look->bonus == 0);
    HOLDS(look->window.start < look->window.end);
}

static void check_decision(const Decision *decision)
{
    for (int i = 0; i < decision->look_count; i++)
        check_look(decision, &decision->looks[i]);
    if (decision->outcome != OUTCOME_ALLOWED || decision->kind == ASK_CHECK)
        HOLDS(decision->draw_count == 0);
    if (decision->outcome == OUTCOME_DENIED || decision->outcome == OUTCOME_QUEUED)
        HOLDS(decision->deciding >= 0 && !decision->looks[decision->deciding].holds);
    HOLDS((decision->outcome == OUTCOME_ALLOWED) == (decision->reason == REASON_NONE));
    HOLDS(decision->deciding < decision->look_count);
}

static void check_applied(const Decision *decision)
{
    bool charges = decision->outcome == OUTCOME_ALLOWED && decision->kind != ASK_CHECK;
    for (int i = 0; i < decision->look_count; i++) {
        const LimitLook *look = &decision->looks[i];
        int64_t charged = charges ? look->charged : 0;
        HOLDS(look->counter->used == look->used + (decision->kind == ASK_CONSUME ? charged : 0));
        HOLDS(look->counter->held == look->held + (decision->kind == ASK_HOLD ? charged : 0));
    }
    for (int i = 0; i < decision->draw_count; i++) {
        const GrantDraw *draw = &decision->draws[i];
        HOLDS(draw->units > 0 && draw->counter->used + draw->counter->held <= draw->grant->amount);
        HOLDS(draw->counter->used + draw->counter->held == draw->used + draw->held + draw->units);
    }
}

static bool is_header(const char *text)
{
    return !text || (*text && text[strcspn(text, "\r\n")] == '\0' && is_utf8(text));
}

/* Documents only now and then: they take longer than all else. */
static void check_answer(const Situation *situation, const Decision *decision, const Feature *feature, bool documents)
{
    g_autoptr(Answer) answer = answer_new(situation, decision, feature, NULL, "dec_x");
    g_autofree char *limit = answer_ratelimit(answer), *limits = answer_ratelimit_policy(answer);
    HOLDS(is_header(limit) && is_header(limits));
    int status = answer_status(answer);
    HOLDS(answer_allowed(answer) ? status == 200 : status == 429 || status == 403);
    HOLDS(answer_retry_after_s(answer) >= 0);
    for (int i = 0; i < answer->line_count; i++)
        HOLDS(answer->lines[i].usage.remaining >= 0);
    if (!documents)
        return;
    DOCUMENT(view_decision(answer, NULL));
    if (!answer_allowed(answer))
        DOCUMENT(view_refusal(answer, "/quota"));
}

/* The same asked for without charging is answered the same. */
static void check_foretold(const Decision *told, const Decision *done)
{
    HOLDS(told->outcome == done->outcome && told->reason == done->reason && told->look_count == done->look_count);
    for (int i = 0; i < told->look_count; i++) {
        HOLDS(told->looks[i].holds == done->looks[i].holds && told->looks[i].amount == done->looks[i].amount);
        HOLDS(told->looks[i].used == done->looks[i].used && told->looks[i].frees_at == done->looks[i].frees_at);
    }
}

/* --- what happens --- */

static void record(World *world, const Decision *decision)
{
    if (decision->outcome != OUTCOME_ALLOWED || decision->kind == ASK_CHECK)
        return;
    g_array_set_size(world->trace, 0);
    decision_trace(decision, world->trace);
    world->total = decision->units;
    world->kind = decision->kind;
}

static void step_ask(World *world, Rest *rest, AskKind kind)
{
    AskItem items[3];
    uint8_t how = rest_byte(rest);
    int count = 1 + (how < 40 ? 2 : 0);
    for (int i = 0; i < count; i++)
        items[i] = (AskItem){rest_byte(rest) % world->policy->feature_count, take_units(rest)};
    Situation situation = situation_of(world);
    Book book = drawer_book(&world->drawer);
    g_autoptr(Decision) told = decide(&situation, ASK_CHECK, items, count, &book);
    check_decision(told);
    g_autoptr(Decision) decision = decide(&situation, kind, items, count, &book);
    check_decision(decision);
    check_foretold(told, decision);
    decide_apply(decision);
    check_applied(decision);
    check_answer(&situation, decision, &world->policy->features[items[0].feature], how % 8 == 0);
    record(world, decision);
}

static void step_override(World *world, Rest *rest)
{
    if (world->override_count == MORE_MAX)
        return;
    const Plan *plan = world->subject.plan;
    uint8_t flags = rest_byte(rest);
    const Limit *limit = &plan->limits[rest_byte(rest) % MAX(plan->limit_count, 1)];
    world->overrides[world->override_count] = (Override){
        .id = ++world->override_count,
        .of_organization = flags & 1,
        .feature = plan->limit_count ? limit->feature : 0,
        .limit = flags & 2 && plan->limit_count ? limit->key : NULL,
        .kind = (OverrideKind)(flags / 4 % 3),
        .amount = take_units(rest) - 1,
        .multiplier = (double)rest_number(rest, 2) / 100,
        .expires_at = flags & 128 ? world->now + (Instant)rest_number(rest, 3) * US_PER_S : INSTANT_MAX,
        .created_at = world->now,
    };
}

static void step_grant(World *world, Rest *rest)
{
    if (world->grants->len >= MORE_MAX)
        return;
    uint8_t flags = rest_byte(rest);
    Grant grant = {
        .slot = -(int64_t)world->grants->len - 1,
        .of_organization = flags & 1,
        .feature = rest_byte(rest) % world->policy->feature_count,
        .amount = take_units(rest),
        .priority = flags & 2 ? 1 : 100,
        .effective_at = world->now + (flags & 4 ? (Instant)rest_number(rest, 3) * US_PER_S : 0),
        .expires_at = INSTANT_MAX,
        .created_at = world->now,
    };
    if (flags & 8)
        grant.every = (WindowSpec){(WindowUnit)(rest_byte(rest) % WINDOW_LIFETIME), 1 + rest_byte(rest) % 30, ALIGN_ANCHOR, 1, 0};
    if (flags & 16)
        grant.expires_at = grant.effective_at + (Instant)rest_number(rest, 3) * US_PER_S;
    g_array_append_val(world->grants, grant);
}

static const Limit *limit_of(const World *world, int64_t slot)
{
    for (int i = 0; i < world->subject.plan->limit_count; i++)
        if (world->subject.plan->limits[i].slot == slot)
            return &world->subject.plan->limits[i];
    return NULL;
}

/* Commits, releases or refunds what was charged last: `units` are kept. */
static void step_settle(World *world, Rest *rest)
{
    if (world->total == 0)
        return;
    const TraceLine *lines = (const TraceLine *)(const void *)world->trace->data;
    int count = (int)world->trace->len;
    g_autofree int64_t *kept = g_new0(int64_t, count + 1);
    int64_t units = rest_byte(rest) % 4 == 0 ? world->total : take_units(rest) % world->total;
    trace_share(lines, count, world->total, units, kept);
    for (int i = 0; i < count; i++) {
        int64_t charged = lines[i].used_delta + lines[i].held_delta;
        HOLDS(kept[i] >= 0 && kept[i] <= charged && (units < world->total || kept[i] == charged));
        Counter *counter = drawer_take(&world->drawer, lines[i].slot);
        bool is_grant = lines[i].flags & TRACE_IS_GRANT;
        int64_t used = counter->used, held = counter->held, used_delta = kept[i] - lines[i].used_delta;
        (void)counter_settle(counter, is_grant ? NULL : limit_of(world, lines[i].slot), lines[i].counted_at, used_delta,
                             -lines[i].held_delta);
        HOLDS(counter->used >= 0 && counter->held >= 0 && counter->held <= held);
        HOLDS(counter->used <= used + MAX(used_delta, 0));
    }
    world->total = 0;
}

/* As the store keeps them between two decisions. */
static void step_store(World *world)
{
    CounterSet set = {0}, again = {0};
    g_autoptr(GArray) state = g_array_new(FALSE, FALSE, sizeof(int64_t)), rolling = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < world->drawer.counters->len; i++) {
        const Counter *from = g_ptr_array_index(world->drawer.counters, i);
        Counter *to = counter_set_add(&set, from->slot);
        *to = *from;
        to->buckets = from->buckets ? g_memdup2(from->buckets, ROLLING_BUCKETS * sizeof *from->buckets) : NULL;
    }
    counter_set_write(&set, state, rolling);
    HOLDS(counter_set_read(&again, (const int64_t *)(const void *)state->data, (int)state->len,
                           (const int64_t *)(const void *)rolling->data, (int)rolling->len));
    HOLDS(again.count == set.count);
    counter_set_clear(&set);
    counter_set_clear(&again);
}

static void step_report(World *world, Rest *rest)
{
    Situation situation = situation_of(world);
    Book book = drawer_book(&world->drawer);
    int feature = rest_byte(rest) % (world->policy->feature_count + 1) - 1;
    g_autoptr(UsageReport) report = usage_report(&situation, &book, feature, true);
    for (int i = 0; i < report->line_count; i++)
        HOLDS(report->lines[i].remaining >= 0);
    DOCUMENT(view_usage(report));
}

static void step(World *world, Rest *rest)
{
    uint8_t what = rest_byte(rest);
    switch (what % 16) {
    case 0: case 1: case 2: case 3: case 4: case 5:
        step_ask(world, rest, ASK_CONSUME);
        break;
    case 6: case 7:
        step_ask(world, rest, ASK_HOLD);
        break;
    case 8: case 9:
        world->now += (Instant)rest_number(rest, 2) * (what & 16 ? 3600 : 1) * US_PER_S;
        break;
    case 10:
        step_override(world, rest);
        break;
    case 11:
        step_grant(world, rest);
        break;
    case 12: case 13:
        step_settle(world, rest);
        break;
    case 14:
        step_store(world);
        break;
    default:
        step_report(world, rest);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    uint8_t flags = rest_byte(&rest);
    World world = {
        .policy = policy,
        .drawer = drawer_new(),
        .grants = g_array_new(FALSE, FALSE, sizeof(Grant)),
        .trace = g_array_new(FALSE, FALSE, sizeof(TraceLine)),
        .now = WORLD_NOW,
        .subject = {.key = "ada", .plan = &policy->plans[flags % 4], .organization = flags & 4 ? "acme" : NULL,
                    .anonymous = flags % 4 == 0, .suspended = (flags & 0xf8) == 0xf8, .zone = flags & 8 ? "Asia/Tokyo" : NULL},
    };
    world.subject.first_met = WORLD_NOW - (Instant)rest_number(&rest, 2) * 60 * US_PER_S;
    world.subject.anchor = WORLD_NOW - (Instant)rest_number(&rest, 2) * 3600 * US_PER_S;
    decide_plan_grants(&world.subject, world.grants);
    for (int i = 0; i < STEPS_MAX && rest_len(&rest); i++)
        step(&world, &rest);
    drawer_clear(&world.drawer);
    g_array_unref(world.grants);
    g_array_unref(world.trace);
    return 0;
}
