/* What the files of the store share. */
#ifndef WEBQUOTA_STORE_INTERNAL_H
#define WEBQUOTA_STORE_INTERNAL_H

#include <pthread.h>
#include "store/db.h"
#include "store/once.h"
#include "store/public_id.h"
#include "store/store.h"

/* The schema's version that this program needs: the number of its last migration. */
int migrations_latest(void);

typedef struct Ledger Ledger;
typedef struct UsageTellers UsageTellers;
typedef struct Places Places;

struct Store {
    StoreConfig config;
    char *database;

    pthread_mutex_t policy_lock;
    Policy *policy;              /* NULL: none read so far */
    int64_t policy_checked_us;   /* monotonic */
    int64_t policy_asked;        /* how often it was asked to look again ... */
    int64_t policy_looked;       /* ... and of those, how many were before the last look began */
    gint policy_due;             /* one that was to come is due, and not in force yet; atomic */
    gint policy_due_failed;      /* it could not be put in force, which was said; atomic */
    gint policy_refused;         /* a version that could not be read; atomic */
    int64_t policy_refused_us;   /* when it was tried last; monotonic */
    Policy *coming;              /* what is to come in its place; NULL: nothing, or it cannot be read */
    int coming_version;          /* of it, also where it cannot be read; 0: none */
    int coming_from;             /* the version that it takes the place of */
    Instant coming_at;

    pthread_mutex_t readers_lock;
    pthread_cond_t readers_free;
    Db *readers;                 /* config.readers of them */
    bool *reader_taken;

    UsageTellers *tellers;       /* for those who ask where somebody stands and do not wait; made at the first use */
    pthread_mutex_t tellers_lock;

    Places *places;              /* who waits in which line, as read lately; made with the store */

    pthread_mutex_t writer_lock; /* administration's one writing connection */
    pthread_cond_t writer_free;
    bool writer_taken;
    int64_t writer_heard_us;     /* monotonic: the last answer that came by it */
    Db writer;
    const Once *once;            /* under which the transaction by it is made; NULL: under none */
    char *once_id;               /* of what it adds */

    pthread_mutex_t reports_lock; /* reports come by one connection of theirs, perhaps to a replica */
    pthread_cond_t reports_free;
    bool reports_read;           /* somebody has it */
    Db reports;
    bool reports_apart;          /* it is to one */

    Ledger *ledger;              /* made at the first use */
    pthread_mutex_t ledger_lock;

    pthread_mutex_t clock_lock;
    Instant clock_heard;         /* the database's clock … */
    int64_t clock_heard_us;      /* … and the monotonic one at that moment; 0: never */
    bool clock_goes;             /* it went along with ours between the last two times that it was heard */

    pthread_mutex_t metrics_lock;
    StoreMetrics metrics;

    pthread_mutex_t keys_lock;
    GHashTable *keys;            /* API keys found good lately */
    unsigned keys_ended;         /* grows whenever one may have come to its end: what was read before that is not remembered */

    pthread_mutex_t sessions_lock;
    GHashTable *sessions;        /* the same of sessions */
    unsigned sessions_ended;
    char *form_secret;           /* NULL: not read so far */

    pthread_t listener;
    bool listening, listener_stop;
};

/* How long a caller waits at most for a decision. */
int64_t store_patience_us(const Store *store);
/* The same for those who only look: a little longer. A service answers within two seconds by default, whatever becomes of the
 * database; a command has time. */
int64_t store_read_us(const Store *store);

/* A reading connection; give it back. Never NULL; may not be connected, or where all are taken for long, be none at all. */
Db *store_reader_take(Store *store);
/* The same for no longer than `us`, where that matters: in a service. */
Db *store_reader_take_for(Store *store, int64_t us);
void store_reader_give(Store *store, Db *db);

/* The writing connection; give it back. False: who comes for it has waited as long as a caller does, and for as long nothing was heard of
 * the database: it stands still. Only in a service: a command has time. */
bool store_writer_take(Store *store);
/* The same without waiting. False: somebody has it. */
bool store_writer_try(Store *store);
/* Until when who came then, and has it now, waits for it to answer: for `us` in all, but half of all patience from now at the least, as others
 * may have used it in good order all the time. */
int64_t store_writer_until(const Store *store, int64_t came_us, int64_t us);
void store_writer_give(Store *store);
/* An answer came by it: to be called by whoever has it. */
void store_writer_heard(Store *store);

/* The database's time was heard just now. */
void store_clock_heard(Store *store, Instant now);
/* Did it go along with ours between the last two times that it was heard? */
bool store_clock_goes(Store *store);
/* What it is now, as far as can be reckoned; as last heard where it does not go along with ours. */
Instant store_now_reckoned(Store *store);

/* The zone of the policy in force (UTC when none is), as a parameter. */
void store_zone_param(Store *store, Params *params);

/* The policy in force, as a new reference; NULL: none yet. Looks for no newer one. */
Policy *store_policy_held(Store *store);

/* Is this a version that was found unreadable, so that the last good one is kept? */
bool store_policy_refused(Store *store, int64_t version);

/* Reads the active policy through `db` when it differs from the one in force. DB_OK also when there is none. */
DbResult store_policy_refresh(Store *store, Db *db) MUST_CHECK;

/* A policy of a given version, for decisions recorded under it. STORE_NONE: there is none; STORE_DOWN: it cannot be had now, or cannot be
 * read any more. */
StoreResult store_policy_version(Store *store, Db *db, int version, Policy **policy, StoreError *error) MUST_CHECK;

/* Fills limits' and grants' slots from the registry. false: some are not registered. */
bool policy_slots_fill(Policy *policy, const PGresult *registry);
/* Registers what has no number yet (the writer's transaction). */
DbResult policy_slots_register(Db *db, const Policy *policy) MUST_CHECK;
/* The limit with this slot in any plan of the policy, or NULL. */
const Limit *policy_limit_by_slot(const Policy *policy, int64_t slot);

/* Sets *error and returns STORE_DOWN. */
StoreResult store_down(StoreError *error, const Db *db);
/* Says of STORE_DOWN what became of the change; returns `result`. */
StoreResult store_made(StoreResult result, StoreMade made, StoreError *error);
StoreResult store_fail(StoreError *error, StoreResult result, const char *field, const char *format, ...) PRINTF_LIKE(4, 5);

void ledger_close(Ledger *ledger);
void ledger_metrics(Ledger *ledger, StoreMetrics *out);

Places *places_new(void);
void places_stop(Places *places); /* nobody may be asking any more */
void places_free(Places *places);

void listener_start(Store *store);
void listener_stop(Store *store);

/* STORE_DOWN: not remembered. */
StoreResult keys_recall(Store *store, int64_t id, const char *secret, unsigned *scopes);
/* The same of the last hour: for as long as the database cannot be asked. */
StoreResult keys_recall_last(Store *store, int64_t id, const char *secret, unsigned *scopes);
/* Store.keys_ended as a key is about to be looked up; then what was found, unless one has come to its end since. */
unsigned keys_ended(Store *store);
void keys_remember(Store *store, int64_t id, const char *secret, unsigned scopes, Instant expires_at, unsigned ended);
/* One that is no more. `known`: only where it was remembered, as anybody may come with a number. */
void keys_forget_one(Store *store, int64_t id, bool known);
void keys_forget(Store *store);
void sessions_forget(Store *store);

/* Runs one statement that reads, on a reading connection, and once more where the connection turns out to be lost. */
StoreResult store_read(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error) MUST_CHECK;
/* The same for no longer than `us`, as store_reader_take_for. */
StoreResult store_read_for(Store *store, int64_t us, Query query, const Params *params, PGresult **rows, StoreError *error) MUST_CHECK;

/* Runs one statement that changes something, in a transaction of its own and without an announcement. STORE_DOWN: error.made says what became
 * of it. */
StoreResult store_write(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error) MUST_CHECK;

/* The same for one that may run twice and comes to the same: a worker's, which has time. */
StoreResult store_write_alone(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error) MUST_CHECK;

/* Notes something on which nothing depends: nobody waits long for it, not even for the disk, and it may come to nothing. */
void store_note(Store *store, Query query, const Params *params);

/* Forgets remembered refusals; called by the listener and after our own changes. */
void ledger_forget(Store *store);

/* Returns what expired reservations hold; used before reading. */
StoreResult ledger_sweep(Store *store, StoreError *error) MUST_CHECK;

/* The plan that a subject has now: its own until plan_until, then the one after, else the default. */
const Plan *subject_plan_now(const Policy *policy, bool anonymous, const char *plan, Instant plan_until, const char *plan_after, Instant now);

#endif
