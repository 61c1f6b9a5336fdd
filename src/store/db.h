/* One connection to PostgreSQL and the named statements that run on it. Inside the store only.
 * Statements are the files of sql/queries; there is no way to run another text. */
#ifndef WEBQUOTA_DB_H
#define WEBQUOTA_DB_H

#include <libpq-fe.h>
#include "base/instant.h"
#include "queries.h"
#include "store/copy.h"

typedef enum {
    DB_OK,
    DB_RETRY,    /* serialisation, deadlock, unique violation: the same again may succeed */
    DB_REFUSED,  /* the database would not: a permission, a constraint, a missing table */
    DB_LOST      /* no connection, or it broke; whether the statement ran is not known */
} DbResult;

#ifndef DB_PATIENCE_MS /* longer where valgrind watches (scripts/watched) */
#define DB_PATIENCE_MS 5000
#endif

typedef struct {
    PGconn *connection;        /* NULL: not connected */
    gint connected;            /* the same for other threads to look at; atomic */
    char *conninfo;
    bool prepare;
    bool writes;               /* the ledger's and administrators'; others are READ ONLY */
    bool looks_up;             /* a service's: rows are looked up by their keys; set before it is connected */
    bool replica;              /* of reports: a server that only reads will do; set before it is connected */
    bool binary;               /* results come in PostgreSQL's binary form, not for result_… to read (simulate_row.c) */
    int patience_ms;           /* how long to wait for answers; 0: DB_PATIENCE_MS */
    int64_t deadline_us;       /* monotonic: nothing is waited for beyond; 0: no such bound */
    bool prepared[QUERY_COUNT];
    int64_t failed_at_us;      /* monotonic; the last attempt that failed, or answer that did not come in time */
    int closed_seen;           /* servers found closed to writing by the time of connecting */
    unsigned made;             /* how often it was connected: who remembers what was read by it looks here */
    bool in_pipeline;
    bool pipeline_lost;        /* the one under way could not begin: none of it is sent, whatever is there by now */
    GArray *expected;          /* where the results of the pipeline under way go */
    char *error;               /* what went wrong last; for the log and the doctor */
    bool refused;              /* the last was, for what it is about: anything else may well be done */
    int failed;                /* the Query that the last pipeline failed at; -1: none did */
} Db;

void db_init(Db *db, const char *conninfo, bool prepare, bool writes);
void db_close(Db *db);

/* Drops the connection only; it is made again when needed. */
void db_close_connection(Db *db);

/* A connection could not be made, or an answer not be had, a moment ago: for now nothing is asked of this one. */
bool db_pauses(const Db *db);

/* Connects when not connected (before the deadline; without one, within 2 s). DB_LOST when it cannot be. */
DbResult db_connect(Db *db) MUST_CHECK;

/* db_connect.c. A new connection, or NULL and why not (replaces *why). `direct`: to a server that can be written to, and not to a pooler. */
PGconn *db_connect_within(const char *conninfo, const char *options, bool direct, int64_t deadline_us, char **why);

/* Parameters of a statement: single ones as text, arrays in PostgreSQL's binary form. Kept until params_clear. */
typedef struct {
    GPtrArray *values;
    GArray *lengths, *formats; /* of int; PQexecParams, paramLengths and paramFormats */
} Params;
Params params_new(void);
void params_clear(Params *params);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Params, params_clear)
void params_text(Params *params, const char *value);               /* NULL: null */
void params_number(Params *params, int64_t value);
void params_real(Params *params, double value);
void params_bool(Params *params, bool value);
void params_instant(Params *params, Instant value);                /* as microseconds */
void params_numbers(Params *params, const GArray *values);         /* of int64_t: a bigint[] */
void params_instants(Params *params, const GArray *values);        /* of Instant: a timestamptz[]; INSTANT_MIN, INSTANT_MAX: infinite */
void params_texts(Params *params, const GPtrArray *values);        /* of char *, NULL allowed: a text[] */

/* Runs one statement and waits. *result (may be NULL) is the caller's to PQclear; on any outcome but DB_OK it is NULL. */
DbResult db_run(Db *db, Query query, const Params *params, PGresult **result) MUST_CHECK;

/* Pipelines: queue statements, then db_sync waits for all. Each statement's result goes to the place
 * given when it was queued (may be NULL). The first failure is what db_sync returns, and all results are NULL then. What could
 * not be connected for the first of them is not for the others either, so that none is sent without those before it.
 * Without BEGIN in it, a pipeline is one transaction. */
void db_queue(Db *db, Query query, const Params *params, PGresult **result);
DbResult db_sync(Db *db) MUST_CHECK;

/* Runs a file of several statements, one of which copies from us: `copy`, which was ended. *rows is what the last of them that
 * has rows gave, the caller's to PQclear; NULL on any outcome but DB_OK. Begun transactions are left open by what fails. */
DbResult db_copy(Db *db, Query query, const Copy *copy, PGresult **rows) MUST_CHECK;

/* Waits for notices until one came (true) or the time is over. Payload appended to `payloads` (new strings). */
bool db_listen_wait(Db *db, int timeout_ms, GPtrArray *payloads);

/* Reading results. Column by number; nulls read as 0, false, NULL. */
int64_t result_number(const PGresult *result, int row, int column);
double result_real(const PGresult *result, int row, int column);
bool result_bool(const PGresult *result, int row, int column);
const char *result_text(const PGresult *result, int row, int column);
bool result_null(const PGresult *result, int row, int column);
/* A bigint[] appended to `values` (of int64_t). Returns how many. */
int result_numbers(const PGresult *result, int row, int column, GArray *values);
/* The same, no more than `room` of them, for arrays that are short more often than not. */
int result_numbers_some(const PGresult *result, int row, int column, int64_t *values, int room);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

#endif
