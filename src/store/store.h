/* The store: PostgreSQL as everything else sees it. One Store a process: the active policy, the
 * ledger and a few reading connections. All functions are thread-safe. Nothing outside this room
 * sees SQL or libpq.
 */
#ifndef WEBQUOTA_STORE_H
#define WEBQUOTA_STORE_H

#include <jansson.h>
#include "domain/activity.h"
#include "domain/answer.h"
#include "domain/history.h"
#include "domain/suppose.h"

/* What came of an operation. `error` texts (new strings) are for people: lower case, no full stop. */
typedef enum {
    STORE_OK,
    STORE_NONE,      /* there is no such thing: 404 */
    STORE_INVALID,   /* refers to something that does not exist, or makes no sense: 422 */
    STORE_CONFLICT,  /* not in this state: 409 */
    STORE_DOWN       /* the database cannot be reached or is not ready: 503 */
} StoreResult;

/* What became of a change that came to STORE_DOWN. */
typedef enum {
    STORE_NO_CHANGE,  /* it was none */
    STORE_NOT_MADE,   /* for certain */
    STORE_MAYBE_MADE, /* it was to be committed, and there was no answer */
    STORE_MADE        /* it cannot be told what came of it */
} StoreMade;

/* Says what was wrong when a result is not STORE_OK. Zero it first, clear it last. */
typedef struct {
    char *field;     /* the input's field, or NULL */
    char *detail;    /* what was wrong */
    StoreMade made;
    bool only_this;  /* of STORE_DOWN: the database is there, and may well do anything else: what is meant cannot be read, or was refused */
    bool unsure;     /* of a charge: it may have been counted all the same */
} StoreError;
void store_error_clear(StoreError *error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreError, store_error_clear)

typedef struct {
    const char *database;  /* libpq conninfo or URL */
    const char *report_database; /* the same of a read replica for reports; NULL: there is none */
    bool prepared;         /* prepared statements and LISTEN; false behind a pooler in transaction mode */
    int readers;           /* reading connections at most */
    bool listen;           /* keep a connection that hears of changes made elsewhere (the FastCGI process) */
    int patience_ms;       /* how long a caller waits at most for the database to decide; 0: STORE_PATIENCE_MS */
    /* Reads policy text (policy_load of src/policy): the rooms do not meet. NULL and *why (new) when it is bad. */
    Policy *(*read_policy)(const char *text, const char *name, char **why);
} StoreConfig;

/* Without another setting: a service answers within two seconds, whatever becomes of the database. Not less than the least, so
 * that there is something left when it has to be found out first whose key it is. */
#ifndef STORE_PATIENCE_MS /* longer where valgrind watches (scripts/watched) */
#define STORE_PATIENCE_MS 1300
#endif
#define STORE_PATIENCE_LEAST_MS 500
#define STORE_PATIENCE_MOST_MS 60000

typedef struct Store Store;

/* Opens without connecting: connections are made when first needed, and again after a loss. */
Store *store_open(const StoreConfig *config);
void store_close(Store *store);

/* Is everything there to decide: database, schema version, policy? *policy_version may be NULL.
 * On failure says what is wrong in *error. */
StoreResult store_ready(Store *store, StoreError *error) MUST_CHECK;

/* The policy in force (a new reference), at most one second old; read anew when another version
 * was applied. A version that cannot be read is logged and the last good one kept. STORE_DOWN when there never was one. */
StoreResult store_policy(Store *store, Policy **policy, StoreError *error) MUST_CHECK;

/* The same, as it is by now: STORE_DOWN also where that cannot be found out. */
StoreResult store_policy_now(Store *store, Policy **policy, StoreError *error) MUST_CHECK;

/* The next who asks for the policy looks for a new one. */
void store_policy_look_again(Store *store);

/* The policy that is to come in the place of that one (a new reference), at most a second old as well, and from when on. NULL: none. */
Policy *store_coming(Store *store, const Policy *policy, Instant *at);

/* The database's clock, as last heard, carried on by this host's monotonic clock: for pages
 * and headers only, never for a decision. Falls back on this host's clock when nothing was heard. */
Instant store_now(Store *store);

/* Numbers for /metrics and doctor. */
typedef struct {
    uint64_t decisions[4];        /* by Outcome */
    uint64_t batches, retries, fail_open, idempotent_replays, remembered;
    uint64_t batch_size_sum, batch_size_max;
    uint64_t callbacks_accepted, callbacks_failed, callbacks_given_up; /* failed: to be tried again */
    int queue_depth;              /* asks waiting now */
    bool ledger_connected;
    int readers_open, readers_idle;
    int policy_version;
} StoreMetrics;
void store_metrics(Store *store, StoreMetrics *out);

/* --- where somebody stands --- */

/* A usage report with all that it points to (policy, subject, counters). */
typedef struct {
    UsageReport *report;
    bool known;              /* false: never met; the report is what a first meeting would find */
    char *email;
    int64_t seen;            /* grows with every change that decides about the subject and is not use; never 0 of somebody known */
    gpointer keep;           /* owned; what the report points into */
} UsageRead;
void usage_read_free(UsageRead *read);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsageRead, usage_read_free)

/* feature: a key, or NULL for all. STORE_NONE: no such feature. Reads only; does not create the subject.
 * with_unlisted as in usage_report. */
StoreResult store_usage(Store *store, const char *subject, const char *feature, bool with_unlisted, UsageRead **read,
                        StoreError *error) MUST_CHECK;

/* The same for a caller who does not wait: returns at once, and `then` is called once, by another thread or before this returns,
 * with what store_usage would have read. `then` takes the reading (NULL unless STORE_OK) and must not take long, as others wait
 * for the same thread; the error is the store's. Nobody may still be asking when the store is closed. */
typedef void (*UsageThen)(void *data, StoreResult result, UsageRead *read, const StoreError *error);
void store_usage_later(Store *store, const char *subject, const char *feature, bool with_unlisted, UsageThen then, void *data);

/* What the reading's report on everything would be if that were so. `subject` is filled; the report points to it and to the reading. */
UsageReport *usage_read_supposed(UsageRead *read, const Supposed *supposed, Subject *subject);

/* What a consume would be answered now; charges nothing, records nothing. */
StoreResult store_check(Store *store, const char *subject, const char *feature, const char *resource, int64_t units,
                        Answer **answer, StoreError *error) MUST_CHECK;

/* --- decisions that were recorded --- */

/* The recorded answer with its numbers as they were. STORE_NONE when the id is not one of ours. */
typedef struct {
    Answer *answer;
    char *kind;              /* "consume", "hold", "commit", "release", "expire", "refund", "reset" */
    char *on_behalf_of;      /* NULL when none */
    json_t *metadata;        /* NULL when none */
    int64_t refunded;        /* units given back later */
    GArray *taken;           /* of Taken: a reset that can be taken back; NULL: it is none */
    bool restores;           /* a reset that takes back another */
    bool own;                /* a hold that its subject may settle */
    char *reservation_state; /* "held", "committed", "released", "expired"; NULL when it was no hold */
} DecisionRead;
void decision_read_free(DecisionRead *read);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DecisionRead, decision_read_free)
StoreResult store_decision(Store *store, const char *id, DecisionRead **read, StoreError *error) MUST_CHECK;

/* What a subject did on these features (keys): the newest 50 requests of 90 days, and for whom they were in 30 days. Reads a
 * bounded number of the subject's newest records; what is older than those is left out. Nothing for somebody unknown. */
StoreResult store_activity(Store *store, const char *subject, const GPtrArray *features, Instant now, Activity **activity,
                           StoreError *error) MUST_CHECK;

/* The newest 100 thresholds that a subject, or its organization, has reached in 90 days. Nothing for somebody unknown. */
StoreResult store_alerts(Store *store, const char *subject, Instant now, Alerts **alerts, StoreError *error) MUST_CHECK;
/* What a subject used on each of the last `days` days, today with them, of these features (keys; NULL: all), as it is at this
 * moment. `by_client`: told apart by on whose behalf, unless those are too many (`cut`). Nothing for somebody unknown. */
StoreResult store_history(Store *store, const char *subject, const GPtrArray *features, int days, bool by_client,
                          History **history, StoreError *error) MUST_CHECK;

#endif
