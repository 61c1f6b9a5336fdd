/* What the two files about queues share: tickets as a batch has read them (ledger_tickets.c), and what is decided about them
 * (ledger_queue.c). */
#ifndef WEBQUOTA_LEDGER_QUEUE_H
#define WEBQUOTA_LEDGER_QUEUE_H

#include "store/ledger_job.h"

/* Whose counter it is that people wait for. */
typedef struct {
    int64_t account, slot;
    char *owner; /* owned */
} Line;
Line batch_line_of(const SubjectState *state, const Limit *limit);
bool ticket_waits_in(const TicketRow *ticket, const Line *line);
void batch_line_shorten(Batch *batch, SubjectState *state, const TicketRow *ticket); /* one less waits */
const char *batch_line_state(const Batch *batch, const Limit *limit);                /* "open", "paused", "closed" */

/* One that is not over, of a subject for a feature and a job ("": without a callback); or by its key. NULL: there is none. */
TicketRow *batch_ticket_of(const Batch *batch, int64_t subject_id, const Job *ask, const char *job);
TicketRow *batch_ticket_by_key(const Batch *batch, const DecisionKey *key);
void ticket_row_free(gpointer ticket);
/* Of the hold that it is let in with: what it was asked with, and "ticket", by which what settles the hold finds it. New string. */
char *ticket_hold_metadata(const TicketRow *ticket);
/* For what an ask asks for, in a line (whose owner is taken over). The caller's until it is added to the batch's. */
TicketRow *batch_ticket_new(const Batch *batch, const Job *job, const SubjectState *state, int64_t units, Line line);

/* ledger_callback.c. The job of an ask; "" where it has no callback. */
const char *job_name(const Job *job);
/* Which ticket an ask is answered with: one that is over as well where its callback is for once. NULL: there is none. */
TicketRow *batch_ticket_for(const Batch *batch, const Job *job, int64_t subject_id);
/* Has the subject as many open as it may have? */
bool batch_has_enough(const Batch *batch, const Job *job, int64_t subject_id);
/* Queues what is to be delivered, after the tickets. */
void batch_queue_deliveries(Batch *batch);

/* A change to be written: a statement whose first parameters are the key; the others are for the caller to add. */
Params *batch_ticket_change(Batch *batch, Query query, const DecisionKey *key);
/* What an administrator did to it, for the audit. */
void batch_audit_ticket(Batch *batch, const Job *job, const SubjectState *state, const TicketRow *ticket, const char *action);
/* One that waits goes. `why` may be NULL. */
void batch_end_waiting(Batch *batch, SubjectState *state, TicketRow *ticket, const char *word, const char *why);

#endif
