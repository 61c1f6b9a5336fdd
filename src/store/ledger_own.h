/* What the two halves of the ledger share: callers hand in (ledger.c), the thread decides (ledger_run.c). */
#ifndef WEBQUOTA_LEDGER_OWN_H
#define WEBQUOTA_LEDGER_OWN_H

#include "store/ledger_job.h"
#include "store/refusals.h"

#define BATCH_MAX 256
#define GATHER_MAX 16
#define TRIES_MAX 60
#define LAST_TRY_US 200000         /* what a batch has in any case, however long its jobs have waited */
#define NOTES_MAX 20000            /* refusals waiting to be recorded; more go the ordinary way */
#define NOTES_WAIT_US 50000        /* how long they may wait for company */
#define NOTES_AT_ONCE 64           /* so many in one transaction while others wait */
#define CLOCK_FRESH_US 100000      /* a refusal from memory needs the database's clock no older than this */
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
    Memory *memory;
    unsigned memory_of;           /* which of the connections it was read by */
    int64_t others_until_us;      /* monotonic: till then others are held to write the same rows; the ledger thread's own */
    bool due;                     /* something expired is still held; the ledger thread's own */
    Refusals *refusals;
    GPtrArray *notes;             /* of Record *: refusals from memory, to be recorded in bulk */
    int64_t notes_taken_us;       /* monotonic */
    bool deciding;                /* a batch is under way */
    bool unreachable;             /* the database, for as long as the last batch was patient; the ledger thread's own */
};

/* What is waiting, up to a bound. False when there is nothing and the ledger is to stop. */
bool ledger_take(Ledger *ledger, GPtrArray *jobs, GPtrArray **notes);
void ledger_finish(Ledger *ledger, Job *job);

/* The database's clock was heard so lately that it can be reckoned. */
bool ledger_clock_is_fresh(Store *store);

void *ledger_main(void *data);

#endif
