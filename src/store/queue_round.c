/* Letting in all who can be, and doing it for lines that no process looks after: whoever asks does it then.
 *
 * There may be a line for each person. So they are looked at some at a time, as many as the ledger decides at once, behind a mark that
 * is kept from turn to turn: each comes up in its turn, however many there are, and who wants something else of the ledger waits no
 * longer than for what is under way. A line of which everybody was let in who was looked at may have room for more: it is gone on with
 * beside the next ones, at once. */
#include "store/lease.h"
#include "store/queue.h"
#include "store/store_internal.h"

#define LOOK_MIN 8              /* of each line at first, where they are few, */
#define LOOK_MAX 128            /* and as long as all are let in, twice as many */
#define PART_MAX 256            /* so many are looked at together, in at most so many lines: what the ledger decides at once */
#define OPEN_MAX (PART_MAX / 2) /* of them in lines that are gone on with, as long as there are others */
#define TURN_MAX_US (US_PER_S / 4)
#define ASSIST_MAX_US (3 * US_PER_S / 2) /* for as long as people are let in; the lease lasts longer */
/* Where nobody had the lease for long it is not known whether people could ask for their places: they are kept for longer. */
#define LATE_GRACE_S 300

struct QueueSweep {
    QueueLine *after;       /* the last that was come to; NULL: it begins with the first */
    QueueLine *begun;       /* where this turn began; NULL: with the first */
    GPtrArray *open;        /* lines that may have room for more, of QueueLine, with how many were looked at */
    bool round;             /* this turn came to the end, and goes on from the first up to where it began */
    bool through;           /* it has come to all */
};

QueueSweep *queue_sweep_new(void)
{
    QueueSweep *sweep = g_new0(QueueSweep, 1);
    sweep->open = g_ptr_array_new_with_free_func(queue_line_free);
    return sweep;
}

void queue_sweep_free(QueueSweep *sweep)
{
    if (!sweep)
        return;
    queue_line_free(sweep->after);
    queue_line_free(sweep->begun);
    g_ptr_array_unref(sweep->open);
    g_free(sweep);
}

static QueueLine *line_copy(const QueueLine *line)
{
    return line ? queue_line_new(line->account, line->slot, line->owner, line->most) : NULL;
}

static void sweep_move(QueueSweep *sweep, const QueueLine *line)
{
    QueueLine *after = line_copy(line);
    queue_line_free(sweep->after);
    sweep->after = after;
}

static void sweep_begin(QueueSweep *sweep)
{
    queue_line_free(sweep->begun);
    sweep->begun = line_copy(sweep->after);
    sweep->round = sweep->through = false;
}

static bool has_line(const GPtrArray *lines, const QueueLine *line)
{
    for (guint i = 0; i < lines->len; i++) {
        const QueueLine *other = lines->pdata[i];
        if (other->account == line->account && other->slot == line->slot && strcmp(other->owner, line->owner) == 0)
            return true;
    }
    return false;
}

/* Lines that are gone on with: more of each, as far as there is room for. */
static void take_open(QueueSweep *sweep, GPtrArray *lines)
{
    int count = (int)MIN(sweep->open->len, OPEN_MAX), heads = sweep->through ? PART_MAX : OPEN_MAX;
    for (int i = 0; i < count; i++) {
        QueueLine *line = line_copy(sweep->open->pdata[i]);
        line->most = CLAMP(heads / count, 1, MIN(line->most * 2, LOOK_MAX));
        g_ptr_array_add(lines, line);
    }
    g_ptr_array_remove_range(sweep->open, 0, (guint)count);
}

/* The next lines, but those that are gone on with. */
static StoreResult take_next(Store *store, QueueSweep *sweep, GPtrArray *lines, StoreError *error)
{
    g_autoptr(GPtrArray) next = NULL;
    int most = lines->len ? PART_MAX - OPEN_MAX : PART_MAX;
    StoreResult result = queue_lines(store, sweep->after, sweep->round ? sweep->begun : NULL, most, &next, error);
    if (result != STORE_OK)
        return result;
    for (guint i = 0; i < next->len; i++) {
        const QueueLine *line = next->pdata[i];
        if (!has_line(lines, line) && !has_line(sweep->open, line))
            g_ptr_array_add(lines, queue_line_new(line->account, line->slot, line->owner, CLAMP(most / (int)next->len, 1, LOOK_MIN)));
    }
    bool end = (int)next->len < most;
    sweep->through = end && (sweep->round || !sweep->begun);
    sweep->round |= end;
    sweep_move(sweep, end ? NULL : next->pdata[next->len - 1]);
    return STORE_OK;
}

/* Somebody else has the lease: they see to all lines. */
static bool is_dismissed(const GPtrArray *heads)
{
    return heads->len && ((const QueueHead *)heads->pdata[0])->result == ADMISSION_NOT_OURS;
}

/* Of what was handed in together, how many were let in; a line whose last was not told to wait may go on, unless it has no more. */
static int count_in(QueueSweep *sweep, const GPtrArray *lines, const GPtrArray *heads)
{
    int in = 0, of_line = 0;
    for (guint i = 0; i < heads->len; i++) {
        const QueueHead *head = heads->pdata[i];
        const QueueLine *line = lines->pdata[head->line];
        bool last = i + 1 == heads->len || ((const QueueHead *)heads->pdata[i + 1])->line != head->line;
        of_line++;
        in += head->result == ADMISSION_IN;
        if (last && of_line == line->most && sweep->open->len < PART_MAX &&
            (head->result == ADMISSION_IN || head->result == ADMISSION_ENDED || head->result == ADMISSION_MOVED))
            g_ptr_array_add(sweep->open, line_copy(line));
        of_line = last ? 0 : of_line;
    }
    return in;
}

static StoreResult admit_some(Store *store, QueueSweep *sweep, const char *holder, int *in, StoreError *error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(queue_line_free);
    g_autoptr(GPtrArray) heads = NULL;
    take_open(sweep, lines);
    StoreResult result = sweep->through ? STORE_OK : take_next(store, sweep, lines, error);
    if (result == STORE_OK && lines->len)
        result = queue_heads(store, lines, &heads, error);
    if (result != STORE_OK || !lines->len)
        return result;
    queue_admit(store, holder, heads);
    if (is_dismissed(heads)) {
        g_ptr_array_set_size(sweep->open, 0);
        sweep->through = true;
        return STORE_OK;
    }
    *in += count_in(sweep, lines, heads);
    return STORE_OK;
}

StoreResult queue_admit_all(Store *store, QueueSweep *sweep, const char *holder, int *in, bool *more, StoreError *error)
{
    int64_t until_us = g_get_monotonic_time() + TURN_MAX_US;
    int before = *in;
    StoreResult result = STORE_OK;
    sweep_begin(sweep);
    do {
        result = admit_some(store, sweep, holder, in, error);
    } while (result == STORE_OK && (!sweep->through || sweep->open->len) && g_get_monotonic_time() < until_us);
    *more = sweep->open->len || (!sweep->through && *in > before);
    return result;
}

/* --- where no process stays --- */

/* Nobody knows where the last turn came to: it begins with any line, with as good a chance for each as there are people in it. */
static StoreResult begin_anywhere(Store *store, QueueSweep *sweep, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = store_read(store, QUERY_TICKETS_SOMEWHERE, NULL, &rows, error);
    if (result != STORE_OK || !PQntuples(rows))
        return result;
    QueueLine *line = queue_line_new(result_number(rows, 0, 0), result_number(rows, 0, 1), result_text(rows, 0, 2), LOOK_MIN / 2);
    sweep_move(sweep, line);
    g_ptr_array_add(sweep->open, line);
    return STORE_OK;
}

static StoreResult let_in(Store *store, const char *holder, int *in, StoreError *error)
{
    g_autoptr(QueueSweep) sweep = queue_sweep_new();
    int64_t until_us = g_get_monotonic_time() + ASSIST_MAX_US;
    bool more = true;
    StoreResult result = begin_anywhere(store, sweep, error);
    while (result == STORE_OK && more && g_get_monotonic_time() < until_us)
        result = queue_admit_all(store, sweep, holder, in, &more, error);
    return result;
}

static StoreResult expire(Store *store, bool late, int *ended, StoreError *error)
{
    int64_t until_us = g_get_monotonic_time() + TURN_MAX_US;
    bool more = true;
    StoreResult result = STORE_OK;
    while (result == STORE_OK && more && g_get_monotonic_time() < until_us)
        result = queue_expire(store, late ? LATE_GRACE_S : 0, ended, &more, error);
    return result;
}

static StoreResult keep_order(Store *store, const char *holder, bool late, QueueAssisted *done, StoreError *error)
{
    g_auto(StoreError) of_order = { 0 };
    StoreResult result = queue_tidy(store, error);
    if (result == STORE_OK)
        result = expire(store, late, &done->ended, error);
    StoreResult admitted = let_in(store, holder, &done->in, result == STORE_OK ? error : &of_order);
    return result == STORE_OK ? admitted : result;
}

StoreResult queue_assist(Store *store, QueueAssisted *done, StoreError *error)
{
    bool people = false, late = false;
    g_autoptr(Policy) policy = NULL;
    g_auto(StoreError) ignored = { 0 };
    *done = (QueueAssisted){ 0 };
    if (store_policy(store, &policy, &ignored) != STORE_OK)
        return STORE_OK;
    StoreResult result = queue_has_people(store, &people, error);
    if (result != STORE_OK || !people)
        return result;
    g_autofree char *holder = lease_holder_new();
    result = queue_lease(store, holder, &done->mine, &late, error);
    if (result != STORE_OK || !done->mine)
        return result;
    result = keep_order(store, holder, late, done, error);
    queue_lease_leave(store, holder);
    return result;
}
