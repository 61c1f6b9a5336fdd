/* Records as they come over the wire, to values that point into what came: nothing is allocated for a single row. */
#include "store/simulate_internal.h"

#define FROM_1970_TO_2000_US (INT64_C(946684800) * US_PER_S)

enum {
    ACCOUNT, SUBJECT, AT, ID, KIND, OUTCOME, REASON, VERSION, PLAN, ORGANIZATION, FEATURE, RESOURCE, UNITS, ITEMS, TRACE, ABOUT_AT,
    ABOUT_ID, GIVEN_BACK, OF_TICKET, XACT
};

static int64_t read_bigint(const char *at)
{
    uint64_t big_endian;
    memcpy(&big_endian, at, sizeof big_endian);
    return (int64_t)GUINT64_FROM_BE(big_endian);
}

static int32_t read_integer(const char *at)
{
    uint32_t big_endian;
    memcpy(&big_endian, at, sizeof big_endian);
    return (int32_t)GUINT32_FROM_BE(big_endian);
}

static int16_t read_smallint(const char *at)
{
    uint16_t big_endian;
    memcpy(&big_endian, at, sizeof big_endian);
    return (int16_t)GUINT16_FROM_BE(big_endian);
}

int64_t binary_number(const PGresult *rows, int row, int column)
{
    const char *at = PQgetvalue(rows, row, column);
    switch (PQgetlength(rows, row, column)) {
    case 2:
        return read_smallint(at);
    case 4:
        return read_integer(at);
    case 8:
        return read_bigint(at);
    default:
        return 0;
    }
}

Instant binary_instant(const PGresult *rows, int row, int column)
{
    if (PQgetlength(rows, row, column) != 8)
        return INSTANT_MIN;
    int64_t since_2000 = read_bigint(PQgetvalue(rows, row, column));
    return since_2000 == INT64_MIN || since_2000 == INT64_MAX ? since_2000 : since_2000 + FROM_1970_TO_2000_US;
}

double binary_real(const PGresult *rows, int row, int column)
{
    double real = 0;
    int64_t bits = binary_number(rows, row, column);
    memcpy(&real, &bits, sizeof real);
    return real;
}

const char *binary_text(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? NULL : PQgetvalue(rows, row, column);
}

/* An array's numbers: see wire_array. Returns how many lines. */
static int read_trace(const PGresult *rows, int row, TraceLine *lines)
{
    G_STATIC_ASSERT(sizeof(TraceLine) == TRACE_STRIDE * sizeof(int64_t));
    int length = PQgetlength(rows, row, TRACE);
    const char *at = PQgetvalue(rows, row, TRACE);
    if (length < 20 || read_integer(at) != 1)
        return 0;
    int count = MIN(read_integer(at + 12), (length - 20) / 12) / TRACE_STRIDE;
    at += 20;
    int64_t *number = (int64_t *)(void *)lines;
    for (int i = 0; i < count * TRACE_STRIDE; i++, at += 12)
        *number++ = read_bigint(at + 4);
    return count;
}

static int trace_lines(const PGresult *rows, int row)
{
    return MAX(PQgetlength(rows, row, TRACE) - 20, 0) / 12 / TRACE_STRIDE;
}

static RecordKind read_kind(const char *word)
{
    if (word[0] == 'c')
        return word[3] == 's' ? RECORD_CONSUME : RECORD_COMMIT;
    if (word[0] == 'h')
        return RECORD_HOLD;
    if (word[0] == 'e')
        return RECORD_EXPIRE;
    return word[2] == 'l' ? RECORD_RELEASE : word[2] == 'f' ? RECORD_REFUND : RECORD_RESET;
}

static Outcome read_outcome(const char *word)
{
    return word[0] == 'a' ? OUTCOME_ALLOWED : word[0] == 'd' ? OUTCOME_DENIED : word[0] == 'q' ? OUTCOME_QUEUED : OUTCOME_FORBIDDEN;
}

/* Of the few requests that were for several things at once. The keys live as long as the chunk. */
static void read_items(Chunk *chunk, int row, ReplayRecord *record)
{
    const char *json = PQgetvalue(chunk->rows, row, ITEMS);
    json_t *list = json_loads(json + 1, 0, NULL), *one; /* a version comes first */
    size_t count = MIN(json_array_size(list), REPLAY_ITEMS_MAX), i;
    if (!chunk->items)
        chunk->items = g_ptr_array_new_with_free_func(g_free);
    ReplayItem *items = g_new0(ReplayItem, count + 1);
    g_ptr_array_add(chunk->items, items);
    json_array_foreach(list, i, one) {
        if (i >= count)
            break;
        const char *feature = json_string_value(json_object_get(one, "feature"));
        char *key = g_strdup(feature ? feature : "");
        g_ptr_array_add(chunk->items, key);
        items[i] = (ReplayItem){ key, json_integer_value(json_object_get(one, "units")) };
    }
    record->items = items;
    record->item_count = (int)count;
    json_decref(list);
}

static void read_record(Chunk *chunk, int row, TraceLine *lines)
{
    const PGresult *rows = chunk->rows;
    ReplayRecord *record = &chunk->records[row];
    *record = (ReplayRecord){
        .account_id = binary_number(rows, row, ACCOUNT),
        .subject_id = binary_number(rows, row, SUBJECT),
        .at = binary_instant(rows, row, AT),
        .id = binary_number(rows, row, ID),
        .kind = read_kind(PQgetvalue(rows, row, KIND)),
        .outcome = read_outcome(PQgetvalue(rows, row, OUTCOME)),
        .reason = (Reason)binary_number(rows, row, REASON),
        .policy_version = (int)binary_number(rows, row, VERSION),
        .plan = PQgetvalue(rows, row, PLAN),
        .organization = binary_text(rows, row, ORGANIZATION),
        .feature = PQgetvalue(rows, row, FEATURE),
        .resource = binary_text(rows, row, RESOURCE),
        .units = binary_number(rows, row, UNITS),
        .given_back = binary_number(rows, row, GIVEN_BACK),
        .trace = lines,
        .trace_count = read_trace(rows, row, lines),
        .about_at = binary_instant(rows, row, ABOUT_AT),
        .about_id = binary_number(rows, row, ABOUT_ID),
        .of_ticket = !PQgetisnull(rows, row, OF_TICKET) && *PQgetvalue(rows, row, OF_TICKET),
    };
    if (!PQgetisnull(rows, row, ITEMS))
        read_items(chunk, row, record);
    chunk->xacts[row] = binary_number(rows, row, XACT);
}

Chunk *chunk_new(PGresult *rows)
{
    Chunk *chunk = g_new0(Chunk, 1);
    chunk->rows = rows;
    chunk->count = chunk->left = PQntuples(rows);
    chunk->records = g_new(ReplayRecord, chunk->count + 1);
    chunk->xacts = g_new(int64_t, chunk->count + 1);
    size_t lines = 0;
    for (int row = 0; row < chunk->count; row++)
        lines += (size_t)trace_lines(rows, row);
    chunk->traces = g_new(TraceLine, lines + 1);
    lines = 0;
    for (int row = 0; row < chunk->count; row++) {
        read_record(chunk, row, chunk->traces + lines);
        lines += (size_t)trace_lines(rows, row);
    }
    return chunk;
}

void chunk_free(Chunk *chunk)
{
    PQclear(chunk->rows);
    g_free(chunk->records);
    g_free(chunk->xacts);
    g_free(chunk->traces);
    if (chunk->items)
        g_ptr_array_unref(chunk->items);
    g_free(chunk);
}
