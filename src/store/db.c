/* One connection and its statements. Everything waits with a deadline: a database that hangs is
 * a database that is lost, and callers are told so in seconds, not minutes. */
#include "store/db.h"

#include <errno.h>
#include <poll.h>
#include "base/log.h"
#include "say/say.h"
#include "store/wire.h"

#define RECONNECT_PAUSE_US 200000

/* Settings of a session. No statement runs for so long that compiling it pays, and what the planner thinks of some would have it compile
 * for seconds. Where single rows are looked up by their keys, thousands of times a second, one plan serves for ever. */
#define OF_ALL "-c search_path=pg_catalog -c statement_timeout=5000 -c jit=off"
#define OF_LOOK_UPS " -c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off" \
                    " -c plan_cache_mode=force_generic_plan"

static const struct {
    const char *name, *text;
} statements[QUERY_COUNT] = {
#include "queries.inc"
};

/* Grows when a server turns out to be closed to writing: those that only read leave it too. Atomic. */
static gint closed_servers;

/* Where the result of a queued statement goes. */
typedef struct {
    PGresult **place;
    Query query;
    bool is_preparation;
} Expected;

void db_init(Db *db, const char *conninfo, bool prepare, bool writes)
{
    *db = (Db){ .conninfo = g_strdup(conninfo), .prepare = prepare, .writes = writes };
    db->expected = g_array_new(FALSE, FALSE, sizeof(Expected));
}

void db_close_connection(Db *db)
{
    PQfinish(db->connection);
    db->connection = NULL;
    g_atomic_int_set(&db->connected, 0);
    db->in_pipeline = false;
    memset(db->prepared, 0, sizeof db->prepared);
}

void db_close(Db *db)
{
    db_close_connection(db);
    g_clear_pointer(&db->expected, g_array_unref);
    g_clear_pointer(&db->conninfo, g_free);
    g_clear_pointer(&db->error, g_free);
}

static void db_note_error(Db *db, const char *text)
{
    g_free(db->error);
    db->error = g_strdup(text && *text ? text : SAY_CLOSED);
    g_strdelimit(db->error, "\n\r\t", ' ');
    g_strchomp(db->error);
}

/* libpq tells about notices on stderr by default; only warnings are worth a line in the log. */
static void db_notice(void *data, const PGresult *result)
{
    (void)data;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && strcmp(severity, "WARNING") == 0)
        log_line(LOG_LEVEL_WARNING, "database: %s", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
}

/* Is the server one that others have left? Not in the middle of a transaction. */
static bool db_is_outdated(const Db *db)
{
    return db->closed_seen != g_atomic_int_get(&closed_servers) && !db->in_pipeline &&
           PQtransactionStatus(db->connection) == PQTRANS_IDLE;
}

bool db_pauses(const Db *db)
{
    return db->failed_at_us && g_get_monotonic_time() - db->failed_at_us < RECONNECT_PAUSE_US;
}

DbResult db_connect(Db *db)
{
    if (db->connection && PQstatus(db->connection) == CONNECTION_OK && !db_is_outdated(db))
        return DB_OK;
    db_close_connection(db);
    if (!db->conninfo || db_pauses(db))
        return DB_LOST;
    const char *settings = !db->prepare ? ""
                           : db->writes ? OF_ALL OF_LOOK_UPS " -c lock_timeout=4000 -c idle_in_transaction_session_timeout=10000"
                           : db->looks_up ? OF_ALL OF_LOOK_UPS
                                          : OF_ALL;
    db->closed_seen = g_atomic_int_get(&closed_servers);
    g_autofree char *why = NULL;
    db->connection = db_connect_within(db->conninfo, settings, db->prepare && !db->replica, db->deadline_us, &why);
    if (!db->connection) {
        db_note_error(db, why);
        db->failed_at_us = g_get_monotonic_time();
        return DB_LOST;
    }
    db->made++;
    PQsetnonblocking(db->connection, 1); /* or sending would wait for ever for a server that stands still: db_flush */
    PQsetNoticeReceiver(db->connection, db_notice, NULL);
    g_atomic_int_set(&db->connected, 1);
    db->failed_at_us = 0;
    /* Not among the settings above: a session that is read only from the start is not taken for one that could write. */
    return db->writes || !db->prepare ? DB_OK : db_run(db, QUERY_SESSION_READS, NULL, NULL);
}

/* --- parameters --- */

Params params_new(void)
{
    return (Params){ .values = g_ptr_array_new_with_free_func(g_free),
                     .lengths = g_array_new(FALSE, FALSE, sizeof(int)),
                     .formats = g_array_new(FALSE, FALSE, sizeof(int)) };
}

void params_clear(Params *params)
{
    g_clear_pointer(&params->values, g_ptr_array_unref);
    g_clear_pointer(&params->lengths, g_array_unref);
    g_clear_pointer(&params->formats, g_array_unref);
}

/* Takes over `value`. */
static void params_add(Params *params, void *value, int length, int format)
{
    g_ptr_array_add(params->values, value);
    g_array_append_val(params->lengths, length);
    g_array_append_val(params->formats, format);
}

void params_text(Params *params, const char *value)
{
    params_add(params, g_strdup(value), 0, 0);
}

void params_number(Params *params, int64_t value)
{
    params_add(params, g_strdup_printf("%" PRId64, value), 0, 0);
}

void params_real(Params *params, double value)
{
    char *text = g_malloc(G_ASCII_DTOSTR_BUF_SIZE);
    params_add(params, g_ascii_dtostr(text, G_ASCII_DTOSTR_BUF_SIZE, value), 0, 0);
}

void params_bool(Params *params, bool value)
{
    params_text(params, value ? "t" : "f");
}

void params_instant(Params *params, Instant value)
{
    params_number(params, value);
}

void params_numbers(Params *params, const GArray *values)
{
    char *bytes = g_malloc(WIRE_ARRAY_HEADER + (gsize)values->len * WIRE_BIGINT), *at = wire_array(bytes, values->len, false, WIRE_OID_BIGINT);
    for (guint i = 0; i < values->len; i++)
        at = wire_bigint(at, g_array_index(values, int64_t, i));
    params_add(params, bytes, (int)(at - bytes), 1);
}

void params_instants(Params *params, const GArray *values)
{
    char *bytes = g_malloc(WIRE_ARRAY_HEADER + (gsize)values->len * WIRE_BIGINT), *at = wire_array(bytes, values->len, false, WIRE_OID_TIMESTAMPTZ);
    for (guint i = 0; i < values->len; i++)
        at = wire_bigint(at, wire_instant(g_array_index(values, Instant, i)));
    params_add(params, bytes, (int)(at - bytes), 1);
}

void params_texts(Params *params, const GPtrArray *values)
{
    gsize room = WIRE_ARRAY_HEADER + (gsize)values->len * 4;
    bool nulls = false;
    for (guint i = 0; i < values->len; i++) {
        room += values->pdata[i] ? strlen(values->pdata[i]) : 0;
        nulls |= !values->pdata[i];
    }
    char *bytes = g_malloc(room), *at = wire_array(bytes, values->len, nulls, WIRE_OID_TEXT);
    for (guint i = 0; i < values->len; i++) {
        const char *value = values->pdata[i];
        gsize length = value ? strlen(value) : 0;
        at = wire_int32(at, value ? (int64_t)length : -1);
        memcpy(at, value ? value : "", length);
        at += length;
    }
    params_add(params, bytes, (int)(at - bytes), 1);
}

/* --- waiting --- */

/* Sends what is queued. A server may have to be heard before it takes more. False: it did not take it in time. */
static bool db_flush(Db *db, int64_t deadline_us)
{
    int rest;
    while ((rest = PQflush(db->connection)) == 1) {
        int64_t left_us = deadline_us - g_get_monotonic_time();
        struct pollfd waiting = { .fd = PQsocket(db->connection), .events = POLLIN | POLLOUT };
        int ready = left_us > 0 ? poll(&waiting, 1, (int)(left_us / 1000) + 1) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || ((waiting.revents & POLLIN) && !PQconsumeInput(db->connection)))
            return false;
    }
    return rest == 0;
}

/* The next result, or NULL at the end of a statement's. *late is set when the deadline passed. */
static PGresult *db_next(Db *db, int64_t deadline_us, bool *late)
{
    while (PQisBusy(db->connection)) {
        int64_t left_us = deadline_us - g_get_monotonic_time();
        struct pollfd waiting = { .fd = PQsocket(db->connection), .events = POLLIN };
        int ready = left_us > 0 ? poll(&waiting, 1, (int)(left_us / 1000) + 1) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || !PQconsumeInput(db->connection)) {
            *late = true;
            return NULL;
        }
    }
    return PQgetResult(db->connection);
}

/* It would be asked again at once otherwise. */
static void db_note_late(Db *db)
{
    db_note_error(db, SAY_NO_ANSWER);
    db->failed_at_us = g_get_monotonic_time();
}

/* Was it for the values, or a row, that a statement is about? Else for what holds for all statements: rights, the schema, room, memory. */
static bool is_about_rows(const char *state)
{
    static const char *const classes[] = { "22", "23", "44", "54", "P0", "XX" };
    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++)
        if (strncmp(state, classes[i], 2) == 0)
            return true;
    return false;
}

static DbResult db_classify(Db *db, const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC)
        return DB_OK;
    if (status == PGRES_PIPELINE_ABORTED)
        return DB_REFUSED;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    db_note_error(db, state ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : PQerrorMessage(db->connection));
    if (db->writes && state && strcmp(state, "25006") == 0) {
        g_atomic_int_inc(&closed_servers);
        return DB_LOST;
    }
    if (!state || strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0 || strcmp(state, "25P03") == 0)
        return DB_LOST;
    if (strncmp(state, "40", 2) == 0 || strcmp(state, "23505") == 0 || strcmp(state, "22012") == 0 || strcmp(state, "55P03") == 0)
        return DB_RETRY;
    if (strcmp(state, "42P01") == 0 || strcmp(state, "3F000") == 0 || strcmp(state, "42883") == 0) {
        g_autofree char *what = g_strdup_printf(SAY_OLD_SCHEMA, db->error);
        db_note_error(db, what);
    }
    db->refused = is_about_rows(state);
    log_line(LOG_LEVEL_ERROR, "database refused: %s (%s)", db->error, state);
    return DB_REFUSED;
}

/* --- statements, alone and in pipelines --- */

void db_queue(Db *db, Query query, const Params *params, PGresult **result)
{
    if (result)
        *result = NULL;
    GArray *expected = db->expected;
    if (!db->in_pipeline) {
        db->pipeline_lost = db->pipeline_lost || db_connect(db) != DB_OK || !PQenterPipelineMode(db->connection);
        if (db->pipeline_lost)
            return;
        g_array_set_size(expected, 0); /* connecting runs a statement of its own */
        db->in_pipeline = true;
    }
    int count = params ? (int)params->values->len : 0;
    const char *const *values = count ? (const char *const *)params->values->pdata : NULL;
    const int *lengths = count ? (const int *)(const void *)params->lengths->data : NULL;
    const int *formats = count ? (const int *)(const void *)params->formats->data : NULL;
    bool sent;
    if (db->prepare) {
        if (!db->prepared[query]) {
            PQsendPrepare(db->connection, statements[query].name, statements[query].text, 0, NULL);
            Expected preparation = { NULL, query, true };
            g_array_append_val(expected, preparation);
            db->prepared[query] = true;
        }
        sent = PQsendQueryPrepared(db->connection, statements[query].name, count, values, lengths, formats, db->binary);
    } else {
        sent = PQsendQueryParams(db->connection, statements[query].text, count, NULL, values, lengths, formats, db->binary);
    }
    if (!sent)
        db_note_error(db, PQerrorMessage(db->connection));
    Expected one = { result, query, false };
    g_array_append_val(expected, one);
}

/* Until when answers are waited for that are asked for now. */
static int64_t db_deadline(const Db *db)
{
    int64_t deadline = g_get_monotonic_time() + (db->patience_ms ? db->patience_ms : DB_PATIENCE_MS) * INT64_C(1000);
    return db->deadline_us ? MIN(deadline, db->deadline_us) : deadline;
}

/* Takes the result of one queued statement: the result itself, then the NULL that ends it. */
static DbResult db_take(Db *db, const Expected *expected, int64_t deadline_us)
{
    bool late = false;
    g_autoptr(PGresult) result = db_next(db, deadline_us, &late);
    if (!result) {
        if (late)
            db_note_late(db);
        else
            db_note_error(db, PQerrorMessage(db->connection));
        return DB_LOST;
    }
    DbResult outcome = db_classify(db, result);
    if (outcome == DB_OK && expected && expected->place)
        *expected->place = g_steal_pointer(&result);
    if (expected) {
        PGresult *end = db_next(db, deadline_us, &late);
        PQclear(end);
    }
    return late ? DB_LOST : outcome;
}

DbResult db_sync(Db *db)
{
    db->pipeline_lost = false;
    db->refused = false;
    if (!db->in_pipeline)
        return DB_LOST;
    GArray *expected = db->expected;
    int64_t deadline = db_deadline(db);
    DbResult outcome = DB_OK;
    bool preparing = false;
    db->failed = -1;
    if (!PQpipelineSync(db->connection) || !db_flush(db, deadline)) {
        db_note_late(db);
        outcome = DB_LOST;
    }
    for (guint i = 0; i < expected->len && outcome != DB_LOST; i++) {
        const Expected *one = &g_array_index(expected, Expected, i);
        DbResult each = db_take(db, one, deadline);
        if (outcome == DB_OK && each != DB_OK)
            db->failed = (int)one->query;
        if (outcome == DB_OK || each == DB_LOST)
            outcome = each;
        preparing |= one->is_preparation;
    }
    if (outcome != DB_LOST && db_take(db, NULL, deadline) == DB_LOST)
        outcome = DB_LOST;
    if (outcome != DB_OK)
        for (guint i = 0; i < expected->len; i++) {
            const Expected *one = &g_array_index(expected, Expected, i);
            if (one->place)
                g_clear_pointer(one->place, PQclear);
        }
    db->in_pipeline = false;
    db->refused = db->refused && outcome == DB_REFUSED;
    if (outcome == DB_LOST) {
        db_close_connection(db);
    } else {
        PQexitPipelineMode(db->connection);
        /* A statement whose preparation failed is not there; preparing twice is an error. So start again. */
        if (outcome != DB_OK && preparing)
            db_close_connection(db);
    }
    return outcome;
}

DbResult db_run(Db *db, Query query, const Params *params, PGresult **result)
{
    if (result)
        *result = NULL;
    db->refused = false;
    if (db_connect(db) != DB_OK)
        return DB_LOST;
    db_queue(db, query, params, result);
    return db_sync(db);
}

/* Hands over what a COPY is waiting for. */
static bool send_copy(Db *db, const Copy *copy, int64_t deadline_us)
{
    int sent;
    while ((sent = PQputCopyData(db->connection, copy->bytes, (int)copy->length)) == 0)
        if (!db_flush(db, deadline_us))
            return false;
    while (sent > 0 && (sent = PQputCopyEnd(db->connection, NULL)) == 0)
        if (!db_flush(db, deadline_us))
            return false;
    return sent > 0 && db_flush(db, deadline_us);
}

DbResult db_copy(Db *db, Query query, const Copy *copy, PGresult **rows)
{
    *rows = NULL;
    if (db_connect(db) != DB_OK)
        return DB_LOST;
    int64_t deadline = db_deadline(db);
    DbResult outcome = PQsendQuery(db->connection, statements[query].text) && db_flush(db, deadline) ? DB_OK : DB_LOST;
    while (outcome != DB_LOST) {
        bool late = false;
        g_autoptr(PGresult) result = db_next(db, deadline, &late);
        if (!result && !late)
            break;
        ExecStatusType status = PQresultStatus(result);
        if (late || (status == PGRES_COPY_IN && !send_copy(db, copy, deadline))) {
            db_note_late(db);
            outcome = DB_LOST;
        } else if (status == PGRES_TUPLES_OK) {
            PQclear(*rows);
            *rows = g_steal_pointer(&result);
        } else if (status != PGRES_COPY_IN && outcome == DB_OK) {
            outcome = db_classify(db, result);
        }
    }
    if (outcome != DB_OK)
        g_clear_pointer(rows, PQclear);
    if (outcome == DB_LOST)
        db_close_connection(db);
    return outcome;
}

static bool take_notices(Db *db, GPtrArray *payloads)
{
    bool heard = false;
    for (PGnotify *notice; (notice = PQnotifies(db->connection)); PQfreemem(notice)) {
        g_ptr_array_add(payloads, g_strdup(notice->extra));
        heard = true;
    }
    return heard;
}

bool db_listen_wait(Db *db, int timeout_ms, GPtrArray *payloads)
{
    if (take_notices(db, payloads)) /* they came with the answer to a statement */
        return true;
    struct pollfd waiting = { .fd = PQsocket(db->connection), .events = POLLIN };
    bool outdated = db_is_outdated(db);
    if (!outdated && poll(&waiting, 1, timeout_ms) <= 0)
        return false;
    if (outdated || !PQconsumeInput(db->connection) || PQstatus(db->connection) != CONNECTION_OK) {
        db_close_connection(db);
        return false;
    }
    return take_notices(db, payloads);
}
