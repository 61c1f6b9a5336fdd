/* What becomes of charges later, in each world: as much of it as was charged there. */
#include "domain/replay_parts.h"

typedef struct {
    TraceLine line;
    Cell *cell;
} ChargeLine;

typedef struct {
    int64_t id;
    struct {
        bool allowed;
        ChargeLine *lines;
        int count;
        int64_t units;     /* that were asked for */
        int64_t left;      /* that stand: charged, and not given back */
    } of[REPLAY_WORLDS_MAX];
    bool refundable;
} Charge;

void charge_free(gpointer data)
{
    Charge *charge = data;
    for (int i = 0; i < REPLAY_WORLDS_MAX; i++)
        g_free(charge->of[i].lines);
    g_free(charge);
}

static Charge *charge_of(Turn *turn)
{
    Charge *charge = g_hash_table_lookup(turn->replay->charges, &turn->record->id);
    if (charge)
        return charge;
    charge = g_new0(Charge, 1);
    charge->id = turn->record->id;
    charge->refundable = turn->record->given_back > 0;
    g_hash_table_insert(turn->replay->charges, &charge->id, charge);
    return charge;
}

static bool record_may_come_back(const ReplayRecord *record)
{
    return record->kind == RECORD_HOLD || record->given_back > 0;
}

void charge_none(Turn *turn)
{
    if (record_may_come_back(turn->record))
        charge_of(turn)->of[turn->world].allowed = false;
}

void charge_keep(Turn *turn, const Decision *decision)
{
    if (!record_may_come_back(turn->record))
        return;
    Charge *charge = charge_of(turn);
    GArray *trace = turn->replay->lines;
    g_array_set_size(trace, 0);
    decision_trace(decision, trace);
    ChargeLine *lines = g_new(ChargeLine, trace->len + 1);
    for (guint i = 0; i < trace->len; i++) {
        Counter *counter = i < (guint)decision->look_count ? decision->looks[i].counter
                                                           : decision->draws[i - (guint)decision->look_count].counter;
        lines[i] = (ChargeLine){g_array_index(trace, TraceLine, i), (Cell *)(void *)counter};
    }
    charge->of[turn->world].allowed = true;
    charge->of[turn->world].lines = lines;
    charge->of[turn->world].count = (int)trace->len;
    charge->of[turn->world].units = decision->units;
    charge->of[turn->world].left = decision->kind == ASK_HOLD ? 0 : decision->units;
}

/* What each line keeps of so many units. */
static void lines_share(Turn *turn, const Charge *charge, int64_t units, int64_t *kept)
{
    GArray *trace = turn->replay->lines;
    g_array_set_size(trace, 0);
    for (int i = 0; i < charge->of[turn->world].count; i++)
        g_array_append_val(trace, charge->of[turn->world].lines[i].line);
    trace_share((const TraceLine *)(const void *)trace->data, (int)trace->len, charge->of[turn->world].units, units, kept);
}

static void line_settle(const ChargeLine *line, int64_t used_delta, int64_t held_delta)
{
    const Limit *limit = line->line.flags & TRACE_IS_GRANT ? NULL : line->cell->limit;
    (void)counter_settle(&line->cell->counter, limit, line->line.counted_at, used_delta, held_delta);
}

static void charge_end_hold(Turn *turn, Charge *charge, int64_t keep)
{
    int count = charge->of[turn->world].count;
    g_autofree int64_t *kept = g_new0(int64_t, count + 1);
    lines_share(turn, charge, keep, kept);
    for (int i = 0; i < count; i++) {
        const ChargeLine *line = &charge->of[turn->world].lines[i];
        line_settle(line, kept[i], -line->line.held_delta);
    }
    charge->of[turn->world].left = keep;
}

static void charge_refund(Turn *turn, Charge *charge, int64_t units)
{
    int count = charge->of[turn->world].count;
    int64_t left = charge->of[turn->world].left;
    units = MIN(units, left);
    g_autofree int64_t *before = g_new0(int64_t, count + 1);
    g_autofree int64_t *after = g_new0(int64_t, count + 1);
    lines_share(turn, charge, left, before);
    lines_share(turn, charge, left - units, after);
    for (int i = 0; i < count; i++)
        line_settle(&charge->of[turn->world].lines[i], after[i] - before[i], 0);
    charge->of[turn->world].left = left - units;
}

/* What was charged before the first record: the same is given back as was recorded, from the counters that there are. */
static void settle_as_recorded(Turn *turn)
{
    for (int i = 0; i < turn->record->trace_count; i++) {
        const TraceLine *line = &turn->record->trace[i];
        Cell *cell = turn_line_cell(turn, line);
        if (cell)
            (void)counter_settle(&cell->counter, line->flags & TRACE_IS_GRANT ? NULL : cell->limit, line->counted_at,
                                 line->used_delta, line->held_delta);
    }
}

void turn_settle(Turn *turn)
{
    const ReplayRecord *record = turn->record;
    Charge *charge = g_hash_table_lookup(turn->replay->charges, &record->about_id);
    if (!charge) {
        settle_as_recorded(turn);
        return;
    }
    if (!charge->of[turn->world].allowed)
        return;
    if (record->kind == RECORD_REFUND)
        charge_refund(turn, charge, record->units);
    else
        charge_end_hold(turn, charge, record->kind == RECORD_COMMIT ? record->units : 0);
}

void charge_forget(Replay *replay, const ReplayRecord *record)
{
    Charge *charge = g_hash_table_lookup(replay->charges, &record->about_id);
    if (charge && record->kind != RECORD_REFUND && !charge->refundable)
        g_hash_table_remove(replay->charges, &record->about_id);
}

/* What a reset takes is kept where it will be taken back: a line for each counter or sub-window. */
static void taken_keep(GArray *lines, Cell *cell)
{
    Counter *counter = &cell->counter;
    bool rolling = counter->buckets != NULL;
    int64_t part_us = rolling ? window_part_us(&cell->limit->window) : 0;
    for (int i = 0; i < (rolling ? ROLLING_BUCKETS : 1); i++) {
        int64_t units = rolling ? counter->buckets[i] : counter->used;
        ChargeLine line = {{.slot = counter->slot, .counted_at = counter->window_start - i * part_us, .used_delta = -units}, cell};
        if (units > 0)
            g_array_append_val(lines, line);
    }
}

static void turn_take_back(Turn *turn)
{
    Charge *charge = g_hash_table_lookup(turn->replay->charges, &turn->record->about_id);
    if (!charge) {
        settle_as_recorded(turn);
        return;
    }
    for (int i = 0; i < charge->of[turn->world].count; i++) {
        const ChargeLine *line = &charge->of[turn->world].lines[i];
        line_settle(line, -line->line.used_delta, 0);
    }
}

void turn_reset(Turn *turn)
{
    if (turn->record->about_id) {
        turn_take_back(turn);
        return;
    }
    g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(ChargeLine));
    const Policy *policy = turn->situation.policy;
    const Feature *feature = policy_feature(policy, turn->record->feature);
    bool all = strcmp(turn->record->feature, "*") == 0;
    for (Cell *cell = turn->own->cells; cell; cell = cell->next) {
        if (!cell->limit || (!all && (!feature || cell->limit->feature != feature->index)))
            continue;
        taken_keep(taken, cell);
        cell->counter.used = cell->counter.fired = 0;
        if (cell->counter.buckets)
            memset(cell->counter.buckets, 0, sizeof *cell->counter.buckets * ROLLING_BUCKETS);
    }
    if (!record_may_come_back(turn->record))
        return;
    Charge *charge = charge_of(turn);
    g_free(charge->of[turn->world].lines);
    charge->of[turn->world].count = (int)taken->len;
    charge->of[turn->world].lines = (ChargeLine *)(void *)g_array_steal(taken, NULL);
}
