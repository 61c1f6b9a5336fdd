/* The counters of a world. Each is found by its owner and its number; one that is not there yet stands where the record at hand
 * says that it stood. */
#include "domain/replay_parts.h"

void cells_free(Cell *cells)
{
    while (cells) {
        Cell *next = cells->next;
        counter_clear(&cells->counter);
        g_free(cells);
        cells = next;
    }
}

static Cell *cell_find(Cell *cells, int64_t slot)
{
    while (cells && cells->counter.slot != slot)
        cells = cells->next;
    return cells;
}

static Cell *cell_add(Cell **cells, int64_t slot)
{
    Cell *cell = g_new(Cell, 1);
    *cell = (Cell){.counter = {.slot = slot}, .next = *cells};
    *cells = cell;
    return cell;
}

static const TraceLine *record_line(const ReplayRecord *record, int64_t slot, bool of_grant)
{
    for (int i = 0; i < record->trace_count; i++)
        if (record->trace[i].slot == slot && !(record->trace[i].flags & TRACE_IS_GRANT) == !of_grant)
            return &record->trace[i];
    return NULL;
}

static Cell **turn_cells(const Turn *turn, const Limit *limit)
{
    ReplayWorld *world = &turn->replay->worlds[turn->world];
    switch (limit->scope) {
    case SCOPE_ORGANIZATION:
        return &turn->ours->cells;
    case SCOPE_PLAN:
        return &world->plan_cells[turn->subject.plan->index];
    case SCOPE_SITE:
        return &world->site_cells;
    case SCOPE_SUBJECT:
        break;
    }
    return &turn->own->cells;
}

/* --- limits --- */

static void cell_seed(Cell *cell, const Limit *limit, const TraceLine *line)
{
    cell->limit = limit;
    if (!line)
        return;
    cell->counter.window_start = line->counted_at;
    cell->counter.used = line->used;
    cell->counter.held = line->held;
    cell->counter.carried = line->carried;
    if (limit->window.align == ALIGN_ROLLING) {
        cell->counter.buckets = g_new0(int64_t, ROLLING_BUCKETS);
        cell->counter.buckets[0] = line->used;
    }
}

/* Did somebody else's waiting stop it, where there was room? Not in a world with more room. */
static bool was_waited_for(const Turn *turn, const Limit *limit, const TraceLine *line)
{
    return line && limit->on_exceed == EXCEED_QUEUE && (line->flags & TRACE_REFUSED) &&
           (line->amount == AMOUNT_UNLIMITED || line->used + line->held + line->asked <= line->amount) &&
           (turn->world == 0 || (limit->plan_amount != AMOUNT_UNLIMITED && limit->plan_amount <= line->amount));
}

Cell *turn_limit_cell(Turn *turn, const Limit *limit)
{
    Cell **cells = turn_cells(turn, limit);
    Cell *cell = cell_find(*cells, limit->slot);
    bool queues = limit->on_exceed == EXCEED_QUEUE;
    const TraceLine *line = !cell || queues ? record_line(turn->record, limit->slot, false) : NULL;
    if (!cell) {
        cell = cell_add(cells, limit->slot);
        cell_seed(cell, limit, line);
    }
    cell->limit = limit;
    cell->counter.waiting = queues && was_waited_for(turn, limit, line);
    return cell;
}

static bool turn_concerns(const Turn *turn, const Limit *limit)
{
    bool concerns = false;
    for (int i = 0; i < turn->item_count && !concerns; i++)
        concerns = feature_is_within(turn->situation.policy, turn->items[i].feature, limit->feature);
    return concerns && limit_applies(limit, &turn->subject);
}

bool turn_has_cells(const Turn *turn)
{
    const Plan *plan = turn->subject.plan;
    for (int i = 0; plan && i < plan->limit_count; i++)
        if (turn_concerns(turn, &plan->limits[i]) && !cell_find(*turn_cells(turn, &plan->limits[i]), plan->limits[i].slot))
            return false;
    return true;
}

static Counter *book_limit_counter(void *data, const Limit *limit)
{
    Turn *turn = data;
    Cell *cell = turn_limit_cell(turn, limit);
    if (turn->saved_count < SAVED_MAX) {
        turn->saved[turn->saved_count].cell = cell;
        turn->saved[turn->saved_count++].was = cell->counter;
    }
    return &cell->counter;
}

void turn_restore(Turn *turn)
{
    for (int i = 0; i < turn->saved_count; i++) {
        Cell *cell = turn->saved[i].cell;
        /* One that rolls goes on: its sub-windows move, and that is the same whenever it happens. New ones were begun. */
        if (!cell->counter.buckets && turn->saved[i].was.window_start != 0)
            cell->counter = turn->saved[i].was;
    }
}

/* --- grants --- */

/* Is `a` spent before `b`, as far as can be told without their periods? */
static bool grant_before(const Grant *a, const Grant *b)
{
    if (a->priority != b->priority)
        return a->priority < b->priority;
    if (a->expires_at != b->expires_at)
        return a->expires_at < b->expires_at;
    if (a->created_at != b->created_at)
        return a->created_at < b->created_at;
    return ABS(a->slot) < ABS(b->slot);
}

/* A line that says what grants could give, and the limit that it is of; NULL: none does for this grant. */
static const TraceLine *bonus_line(const Turn *turn, const Grant *grant, int *limited)
{
    const Plan *plan = turn->subject.plan;
    const Policy *policy = turn->situation.policy;
    for (int i = 0; i < plan->limit_count; i++) {
        const TraceLine *line = record_line(turn->record, plan->limits[i].slot, false);
        if (!line || !(line->flags & SOURCE_GRANT) || !feature_is_within(policy, grant->feature, plan->limits[i].feature))
            continue;
        *limited = plan->limits[i].feature;
        return line;
    }
    return NULL;
}

static bool grant_concerns(const Turn *turn, const Grant *grant)
{
    for (int i = 0; i < turn->item_count; i++)
        if (feature_is_within(turn->situation.policy, turn->items[i].feature, grant->feature))
            return true;
    return false;
}

static Cell **grant_cells(const Turn *turn, const Grant *grant)
{
    return grant->of_organization ? &turn->ours->cells : &turn->own->cells;
}

/* What another one has of what all had: what it has left where that is known, else all that it may have, if it is spent later. */
static int64_t other_share(const Turn *turn, const Grant *grant, const Grant *other, int limited)
{
    Instant now = turn->situation.now;
    if (other->slot == grant->slot || other->effective_at > now || now >= other->expires_at || !grant_concerns(turn, other) ||
        !feature_is_within(turn->situation.policy, other->feature, limited))
        return 0;
    Cell *known = cell_find(*grant_cells(turn, other), other->slot);
    return known ? grant_left(other, &known->counter, now) : grant_before(grant, other) ? other->amount : 0;
}

/* What the grant had left, of what all that could help had: those that are spent last have the most of it. */
static int64_t grant_share(const Turn *turn, const Grant *grant, const TraceLine *line, int limited)
{
    int64_t left = line->bonus;
    for (int i = 0; i < turn->situation.grant_count; i++)
        left -= MIN(other_share(turn, grant, &turn->situation.grants[i], limited), left);
    return CLAMP(left, 0, grant->amount);
}

static void grant_seed(const Turn *turn, const Grant *grant, Counter *counter)
{
    const TraceLine *drawn = record_line(turn->record, grant->slot, true);
    if (drawn) {
        counter->window_start = drawn->counted_at;
        counter->used = drawn->used;
        counter->held = drawn->held;
        return;
    }
    int limited = -1;
    const TraceLine *line = bonus_line(turn, grant, &limited);
    if (!line || grant_left(grant, counter, turn->situation.now) == 0)
        return;
    counter->used = grant->amount - grant_share(turn, grant, line, limited);
}

static Counter *book_grant_counter(void *data, const Grant *grant)
{
    Turn *turn = data;
    Cell **cells = grant_cells(turn, grant);
    Cell *cell = cell_find(*cells, grant->slot);
    if (!cell) {
        cell = cell_add(cells, grant->slot);
        grant_seed(turn, grant, &cell->counter);
    }
    return &cell->counter;
}

Book turn_book(Turn *turn)
{
    return (Book){book_limit_counter, book_grant_counter, turn};
}

Cell *turn_line_cell(Turn *turn, const TraceLine *line)
{
    ReplayWorld *world = &turn->replay->worlds[turn->world];
    if (line->flags & TRACE_ORGANIZATION)
        return cell_find(turn->ours->cells, line->slot);
    if (line->flags & TRACE_PLAN)
        return turn->subject.plan ? cell_find(world->plan_cells[turn->subject.plan->index], line->slot) : NULL;
    if (line->flags & TRACE_SITE)
        return cell_find(world->site_cells, line->slot);
    return cell_find(turn->own->cells, line->slot);
}
