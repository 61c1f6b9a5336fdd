/* What the programs of tests/load share: memory between processes, journals, and the callers.
 *
 * exact.c forks processes; each has a store of its own and threads that call it (caller.c). What one process was given (ids
 * of decisions and reservations, idempotency keys) others use as well, by way of memory that all of them share (pool.c).
 * Each thread keeps a journal (journal.c): a line before a call and one after, so that whoever is killed in between leaves
 * a call whose outcome is not known. What had a key is asked for once more in the end (resolve.c). check.mjs compares the journals with
 * the tables.
 */
#ifndef WEBQUOTA_LOAD_H
#define WEBQUOTA_LOAD_H

#include "store/admin.h"
#include "store/ledger.h"

#define ORGANIZATIONS 8
#define PROCESSES_MAX 8
#define THREADS_MAX 64

/* --- memory of all processes --- */

#define POOL_SLOTS 512
#define ID_BYTES 64

/* An id that a caller was given. Taken by one at a time; one whose owner was killed is lost, and nobody waits for it. */
typedef struct {
    gint taken;
    int64_t units;
    char id[ID_BYTES];
} PoolSlot;

typedef struct {
    PoolSlot slots[POOL_SLOTS];
} Pool;

void pool_put(Pool *pool, GRand *random, const char *id, int64_t units);
/* Copies one of them, chosen at random; it stays in the pool, for others to try the same. False: none was found. */
bool pool_look(Pool *pool, GRand *random, char id[ID_BYTES], int64_t *units) MUST_CHECK;

typedef struct {
    Pool decisions;       /* that may be refunded */
    Pool holds;
    int64_t calls;        /* begun by all processes; atomic */
    int64_t keys;         /* idempotency keys drawn; atomic */
    int64_t calls_wanted;
    int subjects, processes;
    bool apart;           /* each process asks about its own subjects, and what others do about them is the exception */
    uint32_t seed;
} Shared;

/* --- journals --- */

typedef struct {
    int file;
    char name[32];        /* PROCESS.GENERATION.THREAD: with the number of a call, its mark in the database */
    int64_t number;
} Journal;

bool journal_open(Journal *journal, const char *folder, const char *name) MUST_CHECK;
void journal_close(Journal *journal);
/* "B NUMBER TIME words": a call begins. Returns its number. */
int64_t journal_begin(Journal *journal, const char *format, ...) PRINTF_LIKE(2, 3);
/* "A NUMBER TIME words": its answer. */
void journal_answer(Journal *journal, const char *format, ...) PRINTF_LIKE(2, 3);

/* --- unknown outcomes --- */

typedef struct Caller Caller;

/* Asks once more for everything in the journals of `folder` that had a key and no answer, or that the database was down. Returns how
 * much that was; -1: a journal cannot be read, or does not say what was asked. */
int resolve_unknown(const char *folder, Caller *caller) MUST_CHECK;

/* --- callers --- */

struct Caller {
    Shared *shared;
    Store *store;
    Journal journal;
    GRand *random;
    int process;
    char override_id[24], grant_id[24]; /* of the last one made; empty: none */
};

/* Makes calls until all that were wanted have begun. */
void caller_run(Caller *caller);

/* Sends a request with an idempotency key once more, to hear what became of it. `words`: the line of a journal with which it began.
 * False: there is no such request. */
bool caller_ask_again(Caller *caller, char **words) MUST_CHECK;

/* Makes the subjects, each with its plan and organization. */
bool callers_prepare(Store *store, int subjects) MUST_CHECK;

#endif
