/* A line comes as one row, its tickets as an array in their order: of a hundred thousand who wait most is then read by PostgreSQL and
 * by a loop over digits, not row by row. Tickets are found in an open table of their own, which costs a tenth of one of GLib's. */
#include "store/lines.h"

#include "store/subject_state.h"

typedef struct {
    int64_t id, ahead, units_ahead;
    guint line;
} Entry;

struct Lines {
    Instant now;
    Entry *entries;        /* in the order of the lines */
    guint count;
    guint *table;          /* number of an entry and one, by id; 0: none */
    guint mask;
    GArray *sizes;         /* of int64_t: how many wait in each line */
    GHashTable *uneven;    /* "account slot owner" → double *: units a ticket, where some ask for more than one */
    GHashTable *admitted;  /* of int64_t * */
    GHashTable *paused;    /* "feature\nlimit" */
    PGresult *overrides;   /* as overrides_of has them, in the order of their accounts */
};

static char *line_key(int64_t account, int64_t slot, const char *owner)
{
    return g_strdup_printf("%" PRId64 " %" PRId64 " %s", account, slot, owner);
}

static guint place_of(const Lines *lines, int64_t id)
{
    guint at = (guint)(((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & lines->mask;
    while (lines->table[at] && lines->entries[lines->table[at] - 1].id != id)
        at = (at + 1) & lines->mask;
    return at;
}

static void make_table(Lines *lines)
{
    guint room = 16;
    while (room < lines->count * 2)
        room *= 2;
    lines->mask = room - 1;
    lines->table = g_new0(guint, room);
    for (guint i = 0; i < lines->count; i++)
        lines->table[place_of(lines, lines->entries[i].id)] = i + 1;
}

/* The tickets of one line. */
static void take_line(Lines *lines, GArray *entries, const PGresult *rows, int row, GArray *numbers[3])
{
    for (int i = 0; i < 3; i++) {
        g_array_set_size(numbers[i], 0);
        if (!result_null(rows, row, 3 + i))
            (void)result_numbers(rows, row, 3 + i, numbers[i]);
    }
    const GArray *ids = numbers[0], *large = numbers[1], *units = numbers[2];
    int64_t count = ids->len, total = 0;
    guint next = 0; /* of those who ask for more than one */
    for (guint i = 0; i < ids->len; i++) {
        Entry entry = { g_array_index(ids, int64_t, i), i, total, lines->sizes->len };
        g_array_append_val(entries, entry);
        bool one = next >= MIN(large->len, units->len) || g_array_index(large, int64_t, next) != entry.id;
        total += one ? 1 : g_array_index(units, int64_t, next++);
    }
    g_array_append_val(lines->sizes, count);
    if (total > count) {
        double *mean = g_new(double, 1);
        *mean = (double)total / (double)count;
        g_hash_table_insert(lines->uneven, line_key(result_number(rows, row, 0), result_number(rows, row, 1), result_text(rows, row, 2)), mean);
    }
}

static void take_waiting(Lines *lines, const PGresult *rows)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    GArray *numbers[3];
    for (int i = 0; i < 3; i++)
        numbers[i] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int row = 0; row < PQntuples(rows); row++)
        take_line(lines, entries, rows, row, numbers);
    for (int i = 0; i < 3; i++)
        g_array_unref(numbers[i]);
    lines->count = entries->len;
    lines->entries = (Entry *)(void *)g_array_free(entries, FALSE);
    make_table(lines);
}

static void take_rest(Lines *lines, const PGresult *admitted, const PGresult *stopped, const PGresult *clock)
{
    for (int row = 0; row < PQntuples(admitted); row++) {
        int64_t id = result_number(admitted, row, 0);
        g_hash_table_add(lines->admitted, g_memdup2(&id, sizeof id));
    }
    for (int row = 0; row < PQntuples(stopped); row++)
        if (strcmp(result_text(stopped, row, 2), "paused") == 0)
            g_hash_table_add(lines->paused, g_strdup_printf("%s\n%s", result_text(stopped, row, 0), result_text(stopped, row, 1)));
    lines->now = result_number(clock, 0, 0);
}

DbResult lines_read(Db *db, Lines **lines)
{
    g_autoptr(PGresult) waiting = NULL;
    g_autoptr(PGresult) admitted = NULL;
    g_autoptr(PGresult) stopped = NULL;
    g_autoptr(PGresult) clock = NULL;
    PGresult *overrides = NULL;
    db_queue(db, QUERY_BEGIN_READ, NULL, NULL);
    db_queue(db, QUERY_TICKETS_WAITING, NULL, &waiting);
    db_queue(db, QUERY_TICKETS_ADMITTED, NULL, &admitted);
    db_queue(db, QUERY_TICKETS_OVERRIDES, NULL, &overrides);
    db_queue(db, QUERY_QUEUES_STOPPED, NULL, &stopped);
    db_queue(db, QUERY_CLOCK, NULL, &clock);
    db_queue(db, QUERY_COMMIT, NULL, NULL);
    DbResult result = db_sync(db);
    if (result != DB_OK)
        return result;
    *lines = g_new0(Lines, 1);
    (*lines)->sizes = g_array_new(FALSE, FALSE, sizeof(int64_t));
    (*lines)->uneven = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    (*lines)->admitted = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    (*lines)->paused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    (*lines)->overrides = overrides;
    take_waiting(*lines, waiting);
    take_rest(*lines, admitted, stopped, clock);
    return DB_OK;
}

void lines_free(Lines *lines)
{
    if (!lines)
        return;
    g_free(lines->entries);
    g_free(lines->table);
    g_array_unref(lines->sizes);
    g_hash_table_unref(lines->uneven);
    g_hash_table_unref(lines->admitted);
    g_hash_table_unref(lines->paused);
    PQclear(lines->overrides);
    g_free(lines);
}

Instant lines_now(const Lines *lines)
{
    return lines->now;
}

int64_t lines_count(const Lines *lines)
{
    return lines->count;
}

bool lines_spot(const Lines *lines, int64_t id, Spot *spot)
{
    guint at = lines->table[place_of(lines, id)];
    if (!at)
        return false;
    const Entry *entry = &lines->entries[at - 1];
    *spot = (Spot){ entry->ahead, entry->units_ahead, g_array_index(lines->sizes, int64_t, entry->line) };
    return true;
}

bool lines_admitted(const Lines *lines, int64_t id)
{
    return g_hash_table_contains(lines->admitted, &id);
}

bool lines_paused(const Lines *lines, const char *feature, const char *limit)
{
    if (!g_hash_table_size(lines->paused))
        return false;
    g_autofree char *key = g_strdup_printf("%s\n%s", feature, limit);
    return g_hash_table_contains(lines->paused, key);
}

int64_t lines_units(const Lines *lines, int64_t account, int64_t slot, const char *owner, int64_t ahead)
{
    if (!g_hash_table_size(lines->uneven))
        return ahead;
    g_autofree char *key = line_key(account, slot, owner);
    const double *mean = g_hash_table_lookup(lines->uneven, key);
    return mean ? (int64_t)(*mean * (double)ahead + 0.5) : ahead;
}

/* The first row of the account's overrides, or of the account that would come after it. */
static int first_of(const PGresult *rows, int64_t account)
{
    int from = 0, to = PQntuples(rows);
    while (from < to) {
        int middle = (from + to) / 2;
        if (result_number(rows, middle, 0) < account)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

Amount lines_amount(const Lines *lines, const Policy *policy, const Limit *limit, const Subject *subject, int64_t account,
                    int64_t subject_id)
{
    g_autoptr(GArray) overrides = g_array_new(FALSE, FALSE, sizeof(Override));
    const PGresult *rows = lines->overrides;
    for (int row = first_of(rows, account); row < PQntuples(rows) && result_number(rows, row, 0) == account; row++) {
        Override override;
        if ((result_null(rows, row, 2) || result_number(rows, row, 2) == subject_id) && override_read(policy, rows, row, &override))
            g_array_append_val(overrides, override);
    }
    Situation situation = { .policy = policy, .subject = subject, .overrides = (const Override *)(const void *)overrides->data,
                            .override_count = (int)overrides->len, .now = lines->now };
    return decide_amount(&situation, limit, NULL, NULL);
}
