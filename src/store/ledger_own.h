/* What the two halves of the ledger share: callers hand in (ledger.c), the thread decides (ledger_run.c). */
#ifndef WEBQUOTA_LEDGER_OWN_H
#define WEBQUOTA_LEDGER_OWN_H

#include "store/ledger_job.h"
#include "store/refusals.h"
#include "base/tempo.h"

#define BATCH_MAX 256
#define GATHER_MAX 16
#define TRIES_MAX 60
#define LAST_TRY_US 200000         /* what a batch has in any case, however long its jobs have waited */
#define NOTES_MAX 20000            /* refusals waiting to be recorded; more go the ordinary way */
#define NOTES_WAIT_US 50000        /* how long they may wait for company */
#define NOTES_AT_ONCE 256          /* so many in one transaction while others wait */
#define ANSWERERS_MAX 4
#define CLOCK_FRESH_US 100000      /* a refusal from memory needs the database's clock no older than this */
#define SHARE_WAIT_US 2000         /* how long a batch gathers while others write the same rows */
#define WAIT_PARTS 4
#define WORTH_WAITING_FOR 24       /* what a batch costs once is little for each of so many */
#define OTHERS_US 10000000         /* for so long memory is not trusted after another process was seen to write */
#define MEMORY_UNHEARD_US 1000000  /* where no notices are heard */

struct Ledger {
    Store *store;
    Db db;
    pthread_t thread;
    bool running, stop;
    pthread_mutex_t lock;
    pthread_cond_t work;
    GQueue *waiting;              /* of Job * */
    GHashTable *keys_running;     /* idempotency keys under way: "caller\nkey" */
    GPtrArray *decided;           /* of Later *: their callers are to be answered (ledger_later.c) */
    pthread_cond_t answer;        /* for those who answer them */
    pthread_t answerers[ANSWERERS_MAX];
    int answerer_count;
    int answerers_asleep;         /* those who do not look up by themselves */
    bool stop_answering;
    Memory *memory;
    unsigned memory_of;           /* which of the connections it was read by */
    guint awaited;                /* for so many waiting the ledger's thread waits */
    guint last_batch;             /* how many jobs the last one had; the ledger thread's own */
    Tempo tempo;                  /* the ledger thread's own */
    int64_t others_until_us;      /* monotonic: till then others are held to write the same rows; the ledger thread's own */
    bool refused;                 /* the last try, for what its jobs are about; the ledger thread's own */
    bool due;                     /* something expired is still held; the ledger thread's own */
    Refusals *refusals;
    GPtrArray *notes;             /* of Note *: refusals from memory, to be recorded in bulk */
    int64_t notes_taken_us;       /* monotonic */
    bool deciding;                /* a batch is under way */
    bool unreachable;             /* the database, for as long as the last batch was patient; the ledger thread's own */
};

/* What is waiting, up to a bound. False when there is nothing and the ledger is to stop. */
bool ledger_take(Ledger *ledger, GPtrArray *jobs, GPtrArray **notes);
/* Puts a job into the queue. One that is for later may be done, and gone, before this returns. */
void ledger_hand_in(Ledger *ledger, Job *job);
/* Their callers may go on. */
void ledger_finish(Ledger *ledger, const GPtrArray *jobs);
/* Takes a job back that is still in the queue after all the time that its caller has; with the lock held. False: it is not. */
bool ledger_withdraw(Ledger *ledger, Job *job);
/* What a job for an ask came to, for its caller. */
StoreResult ledger_outcome(Ledger *ledger, Job *job, Answer **answer);
/* The ledger of the store, which is started when first asked for. */
Ledger *ledger_of(Store *store);
/* A refusal that needs no transaction; NULL when there is none. */
Answer *ledger_refuse_from_memory(Ledger *ledger, const LedgerAsk *ask);
/* Notes that a request with the ask's idempotency key is under way, until ledger_key_end; NULL without a key. False: one is
 * already. */
bool ledger_key_begin(Ledger *ledger, const LedgerAsk *ask, char **running, StoreError *error);
void ledger_key_end(Ledger *ledger, char *running);
/* A condition that is waited for by the clock that nobody sets, and a point in time by it for pthread_cond_timedwait. */
void ledger_cond_init(pthread_cond_t *cond);
struct timespec ledger_in_us(int64_t us);

/* ledger_later.c: those who answer callers that do not wait. */
void ledger_answerers_start(Ledger *ledger);
void ledger_answerers_stop(Ledger *ledger);
/* A job was finished; with the lock held. */
void ledger_later_decided(Ledger *ledger, Job *job);

/* The database's clock was heard so lately that it can be reckoned. */
bool ledger_clock_is_fresh(Store *store);

void *ledger_main(void *data);
/* Connects the ledger's thread. What was remembered by another connection is forgotten. */
bool ledger_connect(Ledger *ledger);
/* ledger_notes.c: takes over `notes`. Those that cannot be written now wait for the next time; a database that refuses them loses
 * them. On the ledger's thread. */
void ledger_write_notes(Ledger *ledger, GPtrArray *notes);

#endif
