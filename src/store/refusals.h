/* Refusals that are certain for a while: a limit full by use alone stays full until its window ends, or until somebody
 * changes something, which announces itself. Under load such a refusal is given again without asking the database; it is
 * recorded all the same, in bulk. Thread-safe. */
#ifndef WEBQUOTA_REFUSALS_H
#define WEBQUOTA_REFUSALS_H

#include "store/ledger_job.h"

typedef struct Refusals Refusals;
typedef struct Refusal Refusal;

/* A refusal that was given again: what its record says that the first one's does not. */
typedef struct {
    Refusal *of;
    DecisionKey key;
    int64_t units;
    const char *kind;
    char *metadata, *on_behalf_of;
} Note;
const Record *note_first(const Note *note); /* the first one's; the note's */
void note_free(Note *note);                 /* NULL is fine */

Refusals *refusals_new(void);
void refusals_free(Refusals *refusals);

/* Grows whenever something may have changed. What was decided before it grew is not remembered after. */
uint64_t refusals_generation(Refusals *refusals);
void refusals_forget(Refusals *refusals);

/* Until when a refusal is certain: INSTANT_MIN when it is not. */
Instant refusal_certain_until(const SubjectState *state, const Decision *decision, const AskItem *item);

/* Remembers a job's refusal and the record it made, if nothing changed since `generation`. `memory_us` bounds how long
 * it may be used for (0: until it ends by itself). */
void refusals_remember(Refusals *refusals, const Job *job, const Record *record, uint64_t generation, int64_t memory_us);

/* The refusal for this ask, as a new answer at `now`, and the note of it to be written (owned by the caller). NULL when
 * nothing certain is known, and for an ask with an idempotency key: whether it is a replay only the database knows. */
Answer *refusals_recall(Refusals *refusals, const LedgerAsk *ask, Instant now, Note **note);

#endif
