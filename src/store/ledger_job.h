/* Jobs: what callers hand to the ledger and wait for. Inside the store only. */
#ifndef WEBQUOTA_LEDGER_JOB_H
#define WEBQUOTA_LEDGER_JOB_H

#include "store/ledger.h"
#include "store/once.h"
#include "store/queue.h"
#include "store/memory.h"
#include "store/subject_state.h"

typedef enum { JOB_ASK, JOB_COMMIT, JOB_RELEASE, JOB_EXPIRE, JOB_REFUND, JOB_RESET, JOB_RESTORE, JOB_SWEEP, JOB_LEAVE } JobKind;

typedef enum { BATCH_DONE, BATCH_AGAIN, BATCH_LOST, BATCH_REFUSED } BatchResult;

typedef struct Record Record;
typedef struct DecisionRow DecisionRow;

typedef struct {
    JobKind kind;
    /* what was asked */
    const LedgerAsk *ask;
    int features[LEDGER_ITEMS_MAX];   /* of the ask's items, under the policy of the present try */
    DecisionKey about;                /* commit, release, expire, refund, restore */
    int64_t units;                    /* commit, refund: -1 all */
    const char *subject, *feature;    /* reset */
    const char *reason, *actor, *origin; /* for the audit; of a leave without an actor `reason` is why it is ended */
    bool audited;                     /* refund: the audit says so, too; release: an administrator drops its ticket */
    int64_t bulk, bulk_number;        /* reset, restore: of which bulk, and of whom in it (bulk.h), with whom it is made once; 0: of none */
    const Once *once;                 /* reset, refund, restore: under which key it is made once; NULL: under none */
    /* where it belongs */
    int64_t account_id, subject_id;   /* of the subject, now; 0: not resolved */
    /* what came of it */
    StoreResult result;
    StoreError *error;
    Answer *answer;
    LedgerDone *done;
    /* the record it makes */
    DecisionKey key;                  /* id drawn once; `at` of the present try */
    Record *record;                   /* the batch's; for as long as the try lasts */
    Outcome outcome;                  /* of an ask, in the present try, where there is a record */
    Instant certain_until;            /* of a refusal: refusals.h */
    bool settled;                     /* has its result already; nothing to decide */
    bool keyed;                       /* its idempotency key is written already: by a ticket that it is answered with again */
    bool unknown;                     /* a try was cut off, and it is not known whether it has come through */
    bool apart;                       /* it is about a queue, and is decided under locks: ledger_queue.c */
    /* waiting */
    int64_t handed_in_us;             /* monotonic */
    bool taken;                       /* no longer in the queue */
    bool finished;
    bool later;                       /* nobody waits for it on `wake`: it is part of a Later (ledger_later.c) */
    pthread_cond_t wake;
} Job;

/* One record to be written: a row of decisions. */
struct Record {
    DecisionKey key;
    const char *kind, *outcome;
    int reason;
    char *plan, *organization, *feature, *resource, *items, *metadata, *on_behalf_of, *actor;
    bool borrows;                     /* these texts belong to the policy, the state and the ask, which live longer; but items */
    int64_t units;
    GArray *trace;                    /* of TraceLine */
    bool has_about;
    DecisionKey about;
    int policy_version;
};
Record *record_copy(const Record *record);
void record_free(Record *record);         /* NULL is fine */

/* One transaction over many jobs. */
typedef struct {
    Store *store;
    Db *db;
    Policy *policy;
    GPtrArray *jobs;                  /* Job *; the ledger's own (expiry) first */
    GPtrArray *own_jobs;              /* those made here; freed with the batch */
    GHashTable *states;               /* subject id (gint64 *) → SubjectState * */
    SharedSet *shared;
    PGresult *abouts, *idempotency;
    GPtrArray *settlements;           /* Params * for reservation_settle */
    GPtrArray *give_backs;            /* Params * for decision_give_back */
    GArray *lost;                     /* DecisionKey of reservations that are over, and held for nobody or by nothing */
    GArray *put_off;                  /* of those that are over, and cannot be given back now */
    GPtrArray *records;               /* Record * */
    GPtrArray *alerts;                /* AlertRow * */
    GPtrArray *audits;                /* Params * for audit_write */
    GPtrArray *bulk_mades, *bulk_failures; /* Params * for bulk_made, and for bulk_fail */
    GPtrArray *holds;                 /* Params-less: Job * whose hold is to be written */
    GPtrArray *keys;                  /* Job * whose idempotency key is to be written */
    Instant now;
    bool leaves_due;                  /* reservations that are over stay as they are */
    bool notify;                      /* something was given back: who remembers refusals must forget */
    bool decided;                     /* the try came to deciding: what is written may be on its way */
    bool charged;                     /* something changed; otherwise the flush need not be waited for */
    bool added;                       /* counters are written already: ledger_added.c */
    int tries;                        /* before this one */
    bool by_memory;                   /* the guarded way: queues are left to the other */
    GPtrArray *tickets;               /* TicketRow *, of those who are concerned by a queue; NULL: none is */
    PGresult *claims;                 /* the holds of tickets that are claimed */
    GHashTable *stopped;              /* "feature\nlimit" → "paused" or "closed"; NULL: not read */
    GPtrArray *joins;                 /* of Join * */
    GPtrArray *ticket_changes;        /* of TicketChange * */
    bool trial;                       /* what is decided will be decided again: nobody is answered by it */
} Batch;

typedef struct {
    int64_t account_id, subject_id, slot;
    char *owner, *feature, *limit_key;
    Instant window_start;
    int64_t threshold, used, amount;
} AlertRow;

SubjectState *batch_state(Batch *batch, int64_t subject_id);
Record *batch_record(Batch *batch, Job *job, const SubjectState *state, const char *kind, const char *outcome);
/* The same with texts that are borrowed, those still to be filled in as well. */
Record *batch_record_borrowing(Batch *batch, Job *job, const SubjectState *state, const char *kind, const char *outcome);
void batch_alert(Batch *batch, const SubjectState *state, const Limit *limit, Instant window_start, int threshold, int64_t used,
                 Amount amount, int64_t shared_account, const char *owner);

/* ledger_ask.c: decides one ask on the loaded state. */
void batch_ask(Batch *batch, Job *job);
/* ledger_queue.c: tickets, of asks that a line concerns. */
typedef struct {
    DecisionKey key;
    char *feature, *resource, *items, *line_owner, *job, *on_behalf_of, *metadata;
    bool one;                         /* of one that joins: the only one of its resource, not of its feature */
    int64_t units, line_account, line_slot;
    bool admitted, over;              /* over: also by another job of the batch */
    TicketState state;                /* as it was read, or is written at first */
    DecisionKey hold;                 /* of one that was admitted */
    Instant claim_until;
} TicketRow;
typedef struct {
    Job *job;
    TicketRow *ticket;                /* the batch's */
    int64_t turn, flow, ahead, keep_s;
    QueueWait wait;
    char *metadata;                   /* of the hold that it is let in with at once; NULL: it waits */
} Join;
void batch_join_free(gpointer join);
typedef struct {
    int64_t id;
    Query query;
    Params params;
} TicketChange;
/* Reads the tickets of all who are concerned, and what admissions need to know. */
BatchResult batch_read_tickets(Batch *batch);
void batch_want_tickets(Batch *batch, const Job *job);
/* Is the decision one that memory does not suffice for: somebody is to wait, or may have something held? */
bool batch_goes_apart(const Decision *decision);
/* The ask is served from what is held for it. False: nothing is. */
bool batch_claim(Batch *batch, Job *job, SubjectState *state);
/* ledger_callback.c. The ask has a callback, and is answered with a ticket that there is for it already. */
bool batch_has_ticket(const Batch *batch, const Job *job, const SubjectState *state);
/* Whatever was decided, it charges nothing then. */
void batch_ask_for_ticket_again(Decision *decision);
/* One that would be let in at once is refused where the subject has as many open as it may have. */
void batch_refuse_more(Batch *batch, const Job *job, int64_t subject_id, Decision *decision);
/* It is answered with one that is let in at once, with what was held. */
void batch_let_in_at_once(Batch *batch, Job *job, SubjectState *state, const Decision *decision);
/* A queued decision gets its place in line, or is denied where the line is full. The counter that it waits for has changed then. */
void batch_queue(Batch *batch, Job *job, SubjectState *state, Decision *decision);
void batch_tell_ticket(Batch *batch, Job *job, const Decision *decision);
void batch_admit(Batch *batch, Job *job, SubjectState *state);
void batch_leave(Batch *batch, Job *job);
/* A hold was settled that admission had made. */
void batch_settle_ticket(Batch *batch, const DecisionRow *row, const char *state);
/* The same where an administrator dropped it: its place is gone, and the audit says so. */
void batch_drop_admitted(Batch *batch, const Job *job, const DecisionRow *row, const SubjectState *state);
void batch_queue_tickets(Batch *batch); /* the writing of all of these */
void batch_touch_tickets(const Batch *batch); /* after that is committed: what was read of them before is old */
void batch_tickets_clear(Batch *batch);
void batch_ticket_change_free(gpointer change);
typedef struct Admission Admission;
struct Admission {
    DecisionKey ticket;
    const char *holder;               /* of the lease; NULL: an administrator lets it in (Job.actor), whoever has the lease */
    bool *stopped;                    /* by one before it in its line; the ledger thread's own */
    AdmissionResult result;
};
/* ledger.c: hands all in at once, in this order, and waits for them. */
void ledger_submit(Store *store, Job *jobs, int count);
/* places.c */
void places_touch(Store *store, int64_t id);                             /* a ticket changed here */
/* A ticket by its key, with its place where `count` (up to TICKET_FIND_MOST of its line are looked at). */
enum { TICKET_FIND_BEFORE = 25, TICKET_FIND_UNITS, TICKET_FIND_WAITING, TICKET_FIND_MOST = 1000 };
DbResult ticket_find(Db *db, const DecisionKey *key, bool count, PGresult **rows) MUST_CHECK;
/* Its place as it was read lately. False: it was not, or it did not wait. */
bool places_spot(Store *store, int64_t id, int64_t *ahead, int64_t *units_ahead, int64_t *in_line);
int64_t places_units(Store *store, int64_t account, int64_t slot, const char *owner, int64_t ahead); /* what so many ask for, about */
typedef struct {
    DecisionKey key;
    Instant at;
} PlaceSeen;
/* Who was seen and is to be written down now, or all: of PlaceSeen, g_array_unref. Is it to be of this ticket? */
GArray *places_seen(Store *store, bool all);
bool places_is_seen(Store *store, int64_t id, PlaceSeen *seen);
/* These are written down; `more`: there are others, who may be looked for at once. */
void places_seen_written(Store *store, const PlaceSeen *seen, int count, bool more);

/* ledger.c: ledger_reset as part of a bulk, in one transaction with what is noted of its person: made once, whoever tries.
 * STORE_CONFLICT: it is made already, or the bulk was stopped. */
StoreResult ledger_reset_of_bulk(Store *store, int64_t bulk, int64_t number, const char *subject, const char *feature, const char *reason,
                                 const char *actor, LedgerDone *done, StoreError *error) MUST_CHECK;
/* ledger_once.c: jobs that were made already are refused, and nobody else makes one of the others from here on; then what is written with
 * them. */
BatchResult batch_take_once(Batch *batch);
void batch_queue_once(Batch *batch);
/* The same of ledger_restore; where the reset cannot be taken back, that is noted of its person in the same way. */
StoreResult ledger_restore_of_bulk(Store *store, int64_t bulk, int64_t number, const char *reset, const char *reason, const char *actor,
                                   LedgerDone *done, StoreError *error) MUST_CHECK;
/* ledger_bulk.c. The job, where it is part of a bulk, has reset its person: `units` at most were taken from a limit, which may be taken
 * back until then. */
void batch_bulk_made(Batch *batch, const Job *job, int64_t units, Instant until);
/* It was taken, and cannot be made: its error says why. */
void batch_bulk_failed(Batch *batch, const Job *job);
/* ledger_settle.c: commit, release, expire, refund, reset, and what takes one back. */
void batch_settle(Batch *batch, Job *job);
void batch_reset(Batch *batch, Job *job);
/* Resets that are to be taken back, though something came since that makes it inexact, are refused: nobody adds to what is on record of the
 * person from here on. */
BatchResult batch_look_at_resets(Batch *batch);
/* What the job's actor did to somebody, into the audit with all else that is written. Takes the details. */
void batch_audit(Batch *batch, const Job *job, const SubjectState *state, const char *action, json_t *details);
/* The shared counters that the lines of a recorded trace are about. */
void batch_want_trace(Batch *batch, const Job *job);
void batch_want_row(Batch *batch, const DecisionRow *row);
/* Takes `units` of what a hold holds, for an ask. False: another job of the batch has settled it already. */
bool batch_take_hold(Batch *batch, Job *job, const DecisionRow *row, SubjectState *state, int64_t units);
bool batch_is_settled(const Batch *batch, const DecisionKey *hold);

/* decision_row.c: rows of decisions_read. */
struct DecisionRow {
    DecisionKey key;
    char *kind, *outcome, *plan, *organization, *feature, *resource, *items, *on_behalf_of, *metadata, *subject, *state;
    char *timezone;                   /* of the subject, as it is now; NULL: none of its own */
    int reason, policy_version;
    int64_t units, given_back, held, committed;
    bool own;                         /* a hold that its subject may settle */
    Instant expires_at;
    GArray *trace;                    /* of TraceLine */
};
DecisionRow *decision_row_new(const PGresult *rows, int row);
DecisionRow *decision_row_find(const PGresult *rows, const DecisionKey *key); /* NULL: not among them */
void decision_row_free(DecisionRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DecisionRow, decision_row_free)
/* What it took, where it is a reset that was not taken back: an array of Taken (new); else NULL. */
GArray *decision_row_taken(const DecisionRow *row);
Answer *decision_row_answer(const DecisionRow *row, const Policy *policy);
void decision_keys_params(Params *params, const GArray *keys); /* of DecisionKey */

/* A new random id of a record, 63 bits. */
int64_t record_id_new(void);

/* ledger_batch.c: one try of a batch. */
BatchResult batch_run(Batch *batch, Memory *memory);
/* The features of an open ask under the policy of this try; settles it when there is none. */
void batch_find_features(const Batch *batch, Job *job);
bool job_open(const Job *job);
/* Its result is STORE_DOWN, with what became of what it was to change; of what is asked on somebody's behalf nothing is said. */
void job_down(Job *job, const char *why);
bool job_settles(const Job *job);            /* commit, release, expire, refund, restore, leave */
const char *job_subject(const Job *job);     /* key; NULL when the job names a record instead */
BatchResult batch_result(DbResult result);
/* Asks the shared counters of all open jobs for their decisions. */
void batch_want_shared(Batch *batch);
void batch_decide(Batch *batch);

/* ledger_resolve.c: gives each job its account and subject. */
typedef struct {
    int64_t account_id, id;
} SubjectAddress;
DbResult batch_resolve(Batch *batch, Memory *memory);
/* Makes subjects that were never seen before. */
DbResult batch_meet(Batch *batch, const GPtrArray *keys);
/* Keeps what a batch that was committed left behind, or drops what it was decided by. */
void batch_remember(const Batch *batch, Memory *memory);
void batch_forget(const Batch *batch, Memory *memory);

/* ledger_expire.c. A job of the ledger's own, of a row of reservations_due. */
void job_expire_init(Job *job, const PGresult *due, int row);
/* Such a job for each that is over, before all others. */
DbResult batch_take_due(Batch *batch);
/* Of a reservation that is over, if the job is about one: its subject or decision is not there; or what it is held in cannot be read. */
void batch_lost(const Batch *batch, const Job *job);
void batch_put_off(const Batch *batch, const Job *job);
/* Writes the first of these where nothing else is to be written. */
BatchResult batch_end_lost(const Batch *batch);
void batch_queue_expiry(const Batch *batch); /* the writing of both, with all else */
void batch_tell_expiry(const Batch *batch);  /* after that is committed */
/* The database refuses to give back one that is over, for the reason that `db` has. */
DbResult reservation_put_off(Db *db, const Job *job) MUST_CHECK;

/* ledger_guarded.c: the same for asks only, by memory and in one round trip. BATCH_AGAIN: it is to be decided under locks. */
typedef struct {
    Memory *memory;
    bool others;           /* other processes write too: what is remembered of counters is old more often than not */
    bool due;              /* out: something expired is still held */
} Guarded;
BatchResult batch_run_guarded(Batch *batch, Guarded *guarded);
void batch_queue_guard(Batch *batch, PGresult **row);
/* The same for jobs that were decided by memory which may be old: ledger_added.c. */
BatchResult batch_write_added(Batch *batch, PGresult **guard);
/* Undoes what was decided, so that it can be decided again on other states. */
void batch_undecide(Batch *batch);
void batch_init(Batch *batch, Store *store, Db *db, Policy *policy, GPtrArray *jobs);
void batch_clear(Batch *batch);
/* ledger_write.c. Those states that changed, or did not, in the order in which rows are locked. */
GPtrArray *batch_states_sorted(const Batch *batch, bool changed);
/* Queues all that is to be written. */
void batch_queue_writes(Batch *batch);
/* Queues the checks that what was read and not changed still holds. */
void batch_queue_checks(Batch *batch);

#endif
