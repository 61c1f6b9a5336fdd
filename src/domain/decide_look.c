/* One limit as it stands: its counter brought to the present, its room, and when it has room again. */
#include "domain/decide_parts.h"

__extension__ typedef __int128 Wide;

int64_t units_add(int64_t units, int64_t more, int64_t most)
{
    return more > most - units ? most : units + more;
}

/* A counter that the book made just now: without a window yet, so that nothing may roll over into its first. */
static bool counter_is_new(const Counter *counter)
{
    return counter->window_start == 0 && counter->used == 0 && counter->held == 0 && counter->carried == 0 &&
           counter->fired == 0 && counter->waiting == 0 && !counter->buckets;
}

static Window look_turn(LimitLook *look, const Situation *situation, GTimeZone *zone, Amount amount)
{
    Counter *counter = look->counter;
    const Subject *subject = situation->subject;
    if (counter_is_new(counter)) {
        int64_t slot = counter->slot;
        counter_start(counter, look->limit, zone, subject->anchor, situation->now);
        counter->slot = slot;
    }
    Window window = counter_turn(counter, look->limit, zone, subject->anchor, amount, situation->now);
    int warn_count;
    const int *warn_at = limit_warn_at(look->limit, subject, &warn_count);
    counter_rearm(counter, warn_at, warn_count, amount);
    return window;
}

void look_open(LimitLook *look, const Situation *situation, const Book *book, const Limit *limit)
{
    *look = (LimitLook){.limit = limit, .holds = true, .frees_at = situation->now};
    GTimeZone *zone = decide_zone(situation->policy, situation->subject, limit, &look->zone);
    Amount amount = decide_amount(situation, limit, &look->source, &look->override_expires);
    look->counter = book->limit_counter(book->data, limit);
    look->window = look_turn(look, situation, zone, amount);
    look->counted_at = look->counter->window_start;
    look->carried = look->counter->carried;
    look->used = look->counter->used;
    look->held = look->counter->held;
    look->amount = amount;
    if (amount != AMOUNT_UNLIMITED && look->carried > 0) {
        look->amount = units_add(amount, look->carried, UNITS_MAX);
        look->source |= SOURCE_ROLLOVER;
    }
}

int64_t look_room(const LimitLook *look)
{
    if (look->amount == AMOUNT_UNLIMITED)
        return UNITS_MAX;
    /* Step by step: overage can bring `used` near the end of the numbers. */
    int64_t room = MAX(look->amount - look->used, 0);
    room = MAX(room - look->held, 0);
    return MAX(room - look->charged, 0);
}

bool look_may_refuse(const LimitLook *look)
{
    return look->limit->mode == MODE_ENFORCE && look->limit->on_exceed != EXCEED_ALLOW && look->amount != AMOUNT_UNLIMITED;
}

bool look_takes_grants(const LimitLook *look)
{
    return look_may_refuse(look) && look->limit->scope == SCOPE_SUBJECT;
}

int64_t look_remaining(const LimitLook *look, const Decision *decision)
{
    (void)decision;
    if (look->amount == AMOUNT_UNLIMITED)
        return UNITS_MAX;
    return units_add(look_room(look), MAX(look->bonus - look->bonus_drawn, 0), UNITS_MAX);
}

int window_compare_length(const WindowSpec *a, const WindowSpec *b)
{
    int64_t length_a = a->unit == WINDOW_LIFETIME ? INT64_MAX : window_longest_us(a);
    int64_t length_b = b->unit == WINDOW_LIFETIME ? INT64_MAX : window_longest_us(b);
    return (length_a > length_b) - (length_a < length_b);
}

int tightness_compare(const Tightness *a, const Tightness *b)
{
    bool unlimited_a = a->amount == AMOUNT_UNLIMITED, unlimited_b = b->amount == AMOUNT_UNLIMITED;
    if (unlimited_a != unlimited_b)
        return unlimited_a - unlimited_b;
    if (!unlimited_a) {
        /* remaining / amount, without dividing; of amount 0 only grants can remain, taken whole. */
        Wide share_a = (Wide)a->remaining * MAX(b->amount, 1);
        Wide share_b = (Wide)b->remaining * MAX(a->amount, 1);
        if (share_a != share_b)
            return share_a < share_b ? -1 : 1;
    }
    return window_compare_length(&a->limit->window, &b->limit->window);
}

/* --- when it has room again --- */

/* What everything about the look's future is asked from. */
typedef struct {
    const LimitLook *look;
    GTimeZone *zone;
    const Bonus **bonuses; /* those that may help it */
    int bonus_count;
    Instant now;
} Outlook;

/* The first instant at which the limit's own amount has `units`. */
static Instant own_frees_at(const Outlook *outlook, int64_t units)
{
    const LimitLook *look = outlook->look;
    int64_t taken_now = units_add(look->used, look->held, INT64_MAX);
    if (units <= 0 || units <= look->amount - MIN(taken_now, look->amount))
        return outlook->now;
    if (units > look->amount)
        return INSTANT_MAX;
    if (look->limit->window.align == ALIGN_ROLLING)
        return counter_rolling_frees_at(look->counter, look->limit, outlook->zone, look->amount, units, outlook->now);
    return look->window.end;
}

/* What the grants that live now will have at `at`. */
static int64_t bonus_at(const Outlook *outlook, Instant at)
{
    int64_t sum = 0;
    for (int i = 0; i < outlook->bonus_count; i++) {
        const Bonus *bonus = outlook->bonuses[i];
        if (at >= bonus->grant->expires_at)
            continue;
        sum = units_add(sum, at >= bonus->period.end ? bonus->grant->amount : bonus->left, UNITS_MAX);
    }
    return sum;
}

static void keep_if_fits(const Outlook *outlook, Instant at, Instant *first)
{
    if (at < *first && own_frees_at(outlook, outlook->look->asked - bonus_at(outlook, at)) <= at)
        *first = at;
}

/* Room comes back at the end of a window, of a grant's period, or with the buckets of a rolling
 * window; the first of these instants at which it suffices is the answer. */
static Instant outlook_first_fit(const Outlook *outlook)
{
    int64_t asked = outlook->look->asked;
    Instant first = own_frees_at(outlook, asked);
    keep_if_fits(outlook, own_frees_at(outlook, asked - bonus_at(outlook, outlook->now)), &first);
    for (int i = 0; i < outlook->bonus_count; i++) {
        Instant turns = outlook->bonuses[i]->period.end;
        if (turns == INSTANT_MAX)
            continue;
        keep_if_fits(outlook, MAX(turns, own_frees_at(outlook, asked - bonus_at(outlook, turns))), &first);
    }
    return first;
}

Instant look_frees_at(const LimitLook *look, const Situation *situation, const GArray *bonuses, const AskItem *items,
                      int item_count)
{
    Outlook outlook = {.look = look, .now = situation->now};
    outlook.zone = decide_zone(situation->policy, situation->subject, look->limit, NULL);
    g_autofree const Bonus **helping = g_new(const Bonus *, bonuses->len + 1);
    for (guint i = 0; i < bonuses->len; i++) {
        const Bonus *bonus = &g_array_index(bonuses, Bonus, i);
        if (bonus_helps(situation->policy, bonus, look, items, item_count))
            helping[outlook.bonus_count++] = bonus;
    }
    outlook.bonuses = helping;
    return outlook_first_fit(&outlook);
}
