/* Fuzzes recorded decisions as they come over the wire and are decided once more: sixteen bytes and a trace for each. Whatever was
 * recorded, the trace is read as it was sent, and what is counted adds up. */
#include "world.h"

#include "domain/replay.h"
#include "store/simulate_internal.h"
#include "store/wire.h"

#define COLUMNS 20
#define RECORDS 64
#define LINES 6
#define PEOPLE 3

static Policy *now, *next;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    g_autoptr(GString) text = g_string_new(world_text);
    g_string_replace(text, "amount = 5 window", "amount = 3 window", 0);
    g_string_replace(text, "amount = 2 window", "amount = 9 window", 0);
    now = world_policy();
    next = policy_load(text->str, "next", NULL);
    HOLDS(next);
    world_number(next);
    return 0;
}

/* One row, column by column. */
typedef struct {
    PGresult *rows;
    int row, column;
} Writer;

static void put(Writer *writer, const void *bytes, int len)
{
    HOLDS(PQsetvalue(writer->rows, writer->row, writer->column++, (char *)bytes, len));
}

static void put_text(Writer *writer, const char *text)
{
    put(writer, text, text ? (int)strlen(text) : -1);
}

static void put_number(Writer *writer, int64_t number, int bytes)
{
    uint64_t big_endian = GUINT64_TO_BE((uint64_t)number);
    put(writer, (char *)&big_endian + 8 - bytes, bytes);
}

/* Numbers as the ledger writes them: no larger, and instants of about now, or endless. */
static int64_t number_of(Rest *rest, int place)
{
    bool is_instant = (place >= 1 && place <= 3) || place == 13;
    int64_t number = (int64_t)rest_number(rest, 2);
    if (is_instant)
        return number == 0xffff ? INSTANT_MAX : number == 0xfffe ? INSTANT_MIN : WORLD_NOW + (number - 32768) * 60 * US_PER_S;
    return place == 0 ? number % 32 : place == 7 || place == 8 ? number - 32768 : place == 4 && number == 0xffff ? AMOUNT_UNLIMITED : number;
}

/* Returns the numbers that were put, and sends them as PostgreSQL sends an array. */
static GArray *put_trace(Writer *writer, Rest *rest, int lines)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autofree char *array = g_malloc(wire_array_bytes((guint)(lines * TRACE_STRIDE)));
    char *at = wire_array(array, (guint)(lines * TRACE_STRIDE), false, WIRE_OID_BIGINT);
    for (int i = 0; i < lines * TRACE_STRIDE; i++) {
        int64_t number = number_of(rest, i % TRACE_STRIDE);
        g_array_append_val(numbers, number);
        at = wire_bigint(at, number);
    }
    put(writer, array, (int)(at - array));
    return numbers;
}

static GArray *put_record(Writer *writer, Rest *rest, const uint8_t *head)
{
    static const char *const kinds[] = {"consume", "hold", "commit", "release", "expire", "refund", "reset"};
    static const char *const outcomes[] = {"allowed", "denied", "queued", "forbidden"};
    static const char *const plans[] = {"visitor", "free", "pro", "root", "gone"};
    static const char *const features[] = {"message", "premium", "vision", "upload", "report", "hidden", "gone", "*"};
    static const char *const items[] = {"\1[{\"feature\":\"message\",\"units\":2},{\"feature\":\"report\",\"units\":1}]", "\1[]", "\1[{\"units\":1}]",
                                        "\1{}"};
    uint8_t flags = head[9];
    put_number(writer, 1 + head[0] % 2, 8);
    put_number(writer, 1 + head[1] % PEOPLE, 8);
    put_number(writer, wire_instant(WORLD_NOW + ((int64_t)head[2] << 8 | head[3]) * (flags & 1 ? 60 : 1) * US_PER_S), 8);
    put_number(writer, 1000 + writer->row, 8);
    put_text(writer, kinds[head[4] % G_N_ELEMENTS(kinds)]);
    put_text(writer, outcomes[head[5] % G_N_ELEMENTS(outcomes)]);
    put_number(writer, head[6] % (REASON_LIMIT + 1), 2);
    put_number(writer, 1, 4);
    put_text(writer, plans[head[7] % G_N_ELEMENTS(plans)]);
    put_text(writer, flags & 2 ? NULL : "acme");
    put_text(writer, features[head[8] % G_N_ELEMENTS(features)]);
    put_text(writer, flags & 4 ? NULL : "claude-vision");
    put_number(writer, head[10] + 1, 8);
    put(writer, flags & 8 ? items[head[11] % G_N_ELEMENTS(items)] : NULL, flags & 8 ? (int)strlen(items[head[11] % G_N_ELEMENTS(items)]) : -1);
    GArray *trace = put_trace(writer, rest, head[12] % LINES);
    put_number(writer, wire_instant(WORLD_NOW), flags & 16 ? 8 : -1);
    put_number(writer, 1000 + head[13] % RECORDS, flags & 16 ? 8 : -1);
    put_number(writer, head[14], 8);
    put(writer, flags & 32 ? "\1" : "\0", 1);
    put_number(writer, head[15], 8);
    return trace;
}

static PGresult *rows_of(Rest *rest, GPtrArray *traces)
{
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        columns[i] = (PGresAttDesc){.name = (char *)"x", .format = 1, .typlen = -1, .atttypmod = -1};
    HOLDS(rows && PQsetResultAttrs(rows, COLUMNS, columns));
    for (Writer writer = {rows, 0, 0}; writer.row < RECORDS && rest_len(rest); writer.row++) {
        uint8_t head[16];
        for (size_t i = 0; i < sizeof head; i++)
            head[i] = rest_byte(rest);
        writer.column = 0;
        g_ptr_array_add(traces, put_record(&writer, rest, head));
        HOLDS(writer.column == COLUMNS);
    }
    return rows;
}

static Replay *replay_of_worlds(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    static const char *const names[PEOPLE] = {"ada", "anon:192.0.2.7", "root"};
    Replay *replay = replay_new(WORLD_NOW + 60 * US_PER_S, zone);
    replay_add_world(replay, now);
    replay_add_world(replay, next);
    replay_is_version(replay, 1);
    for (int i = 0; i < PEOPLE; i++)
        replay_meet(replay, &(ReplayFacts){.subject_id = i + 1, .key = names[i], .first_met = WORLD_NOW, .anchor = WORLD_NOW});
    replay_meet_account(replay, 1);
    replay_meet_account(replay, 2);
    return replay;
}

static void check_counted(const Replay *replay)
{
    g_autoptr(GPtrArray) people = replay_people(replay, replay_person_differs);
    HOLDS(replay->requests <= replay->records && replay->told <= replay->records && replay->agreed <= replay->told && replay->exact <= replay->agreed);
    HOLDS(replay->recorded_stopped + replay->recorded_waited <= replay->requests);
    HOLDS(replay_people_counted(replay) <= PEOPLE && (int64_t)people->len <= PEOPLE);
    for (int world = 0; world < 2; world++)
        HOLDS(replay_people_stopped(replay, world) <= replay_people_counted(replay));
    for (guint i = 0; i < replay->days->len; i++) {
        const ReplayDay *day = &g_array_index(replay->days, ReplayDay, i);
        for (int world = 0; world < 2; world++)
            HOLDS(day->stopped[world] + day->waited[world] <= day->requests);
    }
}

static int by_instant(const void *one, const void *other)
{
    const ReplayRecord *x = *(const ReplayRecord *const *)one, *y = *(const ReplayRecord *const *)other;
    return x->at < y->at ? -1 : x->at > y->at ? 1 : x->id < y->id ? -1 : x->id > y->id;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autoptr(GPtrArray) traces = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    Chunk *chunk = chunk_new(rows_of(&rest, traces));
    const ReplayRecord *records[RECORDS];
    for (int i = 0; i < chunk->count; i++) {
        const GArray *trace = traces->pdata[i];
        records[i] = &chunk->records[i];
        HOLDS((guint)records[i]->trace_count * TRACE_STRIDE == trace->len);
        HOLDS(trace->len == 0 || memcmp(records[i]->trace, trace->data, trace->len * sizeof(int64_t)) == 0);
    }
    qsort((void *)records, (size_t)chunk->count, sizeof *records, by_instant);
    g_autoptr(Replay) replay = replay_of_worlds();
    for (int i = 0, count; i < chunk->count; i += count) {
        for (count = 1; i + count < chunk->count && records[i + count]->at == records[i]->at;)
            count++;
        replay_records(replay, records + i, count);
    }
    HOLDS(replay->records == chunk->count);
    check_counted(replay);
    chunk_free(chunk);
    return 0;
}
