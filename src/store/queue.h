/* Lines of people who wait for a limit to have room: what is read of them, and the admission of those whose turn it is.
 * Joining, claiming and leaving are the ledger's: LedgerAsk, Answer.ticket, queue_leave. */
#ifndef WEBQUOTA_QUEUE_STORE_H
#define WEBQUOTA_QUEUE_STORE_H

#include "domain/callback.h"
#include "store/store.h"

/* --- one ticket --- */

typedef struct {
    char *id;               /* public */
    TicketState state;
    char *subject, *feature, *resource; /* resource NULL when none */
    int64_t units;
    int64_t ahead;          /* waiting: so many before it */
    int64_t in_line;        /* waiting: so many, itself included */
    int64_t ahead_at_first; /* when it joined */
    QueueWait wait;
    bool paused;
    Instant joined_at, now, kept_until;
    Instant claim_until;    /* admitted: the deadline; INSTANT_MAX otherwise */
    Instant ended_at;       /* INSTANT_MAX: it is not over */
    char *reservation;      /* public id; NULL when it was never let in */
    char *return_to;        /* NULL: nowhere */
    char *why;              /* expired: "unseen", "refused", "dropped"; NULL otherwise */
    bool by_form;
    CallbackState callback; /* CALLBACK_NONE: it has none; the rest is about it */
    int64_t tries, last_status;         /* last_status 0: nothing was answered */
    const char *trouble;    /* of the last try: callback_trouble_word; NULL: none. Interned */
    Instant next_at, tried_at, delivered_at; /* true times; INSTANT_MAX: none */
} TicketRead;
void ticket_read_free(TicketRead *read); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TicketRead, ticket_read_free)

/* Where the ticket stands, at most about a second ago: everybody who asks meanwhile is told from one reading. Its holder counts
 * as seen (`seen`). STORE_NONE: there is no such ticket. */
StoreResult queue_ticket(Store *store, const char *id, bool seen, TicketRead **read, StoreError *error) MUST_CHECK;

/* The same when something has changed since (another state, or fewer ahead than `ahead`), or after `wait_s` seconds, whatever
 * comes first, without a thread for each who waits: `then` is called once, by another thread or before this returns. */
typedef void (*TicketThen)(void *data, StoreResult result, TicketRead *read, const StoreError *error);
void queue_ticket_later(Store *store, const char *id, int64_t wait_s, TicketThen then, void *data);

/* Those who wait for a change are answered as it stands, now and from now on: the process is about to end. */
void queue_hurry(Store *store);

/* Its holder goes: a place is given up, what was held goes back. STORE_CONFLICT: it is over already, or is being delivered. */
StoreResult queue_leave(Store *store, const char *id, StoreError *error) MUST_CHECK;

/* --- lines --- */

/* state: "open", "paused", "closed". STORE_NONE: no plan has such a limit that queues. limit NULL: every one on the feature. */
StoreResult queue_set(Store *store, const char *feature, const char *limit, const char *state, const char *reason,
                      const char *actor, StoreError *error) MUST_CHECK;

/* How lines stand, and what has become of those who waited, a line each, of 30 days; lines that the policy has are there though nobody
 * waited. Where so many have that they cannot be added up in time, all is told but that (`has_past`). Free with g_ptr_array_unref. */
typedef struct {
    char *feature, *limit, *state;
    bool in_policy;         /* it has the limit, and the line can be stopped */
    char *reason, *author;  /* of its state; NULL: none */
    Instant changed_at;     /* INSTANT_MAX: never */
    int64_t waiting, admitted;
    int64_t oldest_s;       /* for so long the first has waited; 0 where nobody waits */
    bool has_past;          /* the rest is known; else it is 0 */
    bool waited_in;         /* within 30 days */
    int64_t used, lost, lapsed;
    int64_t median_wait_s;  /* half of those let in waited so long at most */
    int64_t promised;       /* let in with a range told: */
    int64_t kept;           /* within it, */
    int64_t early, late;    /* sooner, later */
    int64_t error_median_s, error_most_s; /* from its middle: of half of them, and of nine in ten, at most */
    int64_t sending, undelivered; /* callbacks */
    int64_t let_in_hour, let_in_day;
} QueueReport;
StoreResult queue_report(Store *store, GPtrArray **lines, StoreError *error) MUST_CHECK;
json_t *queue_report_json(const QueueReport *line);       /* a line of it in the API's form */
int64_t queue_report_kept_pct(const QueueReport *line);   /* 0 where nobody was told a range */

/* Who waits for a limit, in order: at most `most` behind the ticket `after` (NULL: from the first). STORE_INVALID: `after` is no ticket.
 * JSON of one: {ticket, subject, queue: {feature, limit}, feature, resource, units, state, number, joined_at, seen_at, claim_until, moved};
 * `number` is its place in its own line, null once it is let in; `moved`: to the front, by an administrator. */
StoreResult queue_line(Store *store, const char *feature, const char *limit, const char *after, int most, json_t **list, bool *more,
                       StoreError *error) MUST_CHECK;

/* Where one person waits, and what they were let in to and have not taken, in the same form. */
StoreResult queue_of_subject(Store *store, const char *subject, json_t **list, StoreError *error) MUST_CHECK;

/* To the front of its line, or back to where it was before that. Audited. STORE_CONFLICT: it is there already, or does not wait. */
StoreResult queue_move(Store *store, const char *id, bool up, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

/* Its place is gone, whether its holder looks after it or not; once it is let in, what is held for it goes back, and to the next. Audited.
 * STORE_CONFLICT: it is over already. */
StoreResult queue_drop(Store *store, const char *id, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

/* Lets it in now, before those ahead of it and though the line is paused, where the limit has room. Audited. STORE_CONFLICT: it has no
 * room (and it keeps its place), or the ticket does not wait any more. */
StoreResult queue_let_in(Store *store, const char *id, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

/* --- admission: for the one process that has the lease --- */

typedef enum {
    ADMISSION_NONE,     /* the database did not answer: not known */
    ADMISSION_IN,       /* let in: its units are held */
    ADMISSION_FULL,     /* the limit has no room for it yet; those behind it wait as well */
    ADMISSION_MOVED,    /* it waits in another limit's line now */
    ADMISSION_ENDED,    /* another limit refuses it: its place is gone */
    ADMISSION_GONE,     /* it does not wait any more */
    ADMISSION_NOT_OURS  /* somebody else has the lease */
} AdmissionResult;

/* A line in which somebody waits, and how many of it are to be looked at. */
typedef struct {
    int64_t account, slot;
    char *owner;
    int most;
} QueueLine;
QueueLine *queue_line_new(int64_t account, int64_t slot, const char *owner, int most);
void queue_line_free(gpointer line); /* NULL is fine */

/* One of the first in line, and what came of it. */
typedef struct {
    guint line;             /* which of the lines that were given */
    char *ticket;           /* public id */
    AdmissionResult result;
} QueueHead;

/* Takes the lease LEASE_ADMISSION for `holder` (lease_holder_new), or renews it. *late: it had been nobody's for long, as after an outage. */
StoreResult queue_lease(Store *store, const char *holder, bool *mine, bool *late, StoreError *error) MUST_CHECK;
void queue_lease_leave(Store *store, const char *holder);

/* The next `most` lines behind `after` (NULL: from the first) up to `last` (NULL: to the end), of QueueLine, one of each to be looked at;
 * fewer where there are no more. Free with g_ptr_array_unref. */
StoreResult queue_lines(Store *store, const QueueLine *after, const QueueLine *last, int most, GPtrArray **lines, StoreError *error) MUST_CHECK;

/* The first of these lines, so many of each as it says, line after line, in their order; none of one that is paused. Free with
 * g_ptr_array_unref. */
StoreResult queue_heads(Store *store, const GPtrArray *lines, GPtrArray **heads, StoreError *error) MUST_CHECK;

/* Lets in as many of them as there is room for, in their order; none of a line after one that has to wait. Each knows its result
 * afterwards. */
void queue_admit(Store *store, const char *holder, const GPtrArray *heads);

/* Where somebody is who goes through all lines, some at a time: kept from turn to turn. */
typedef struct QueueSweep QueueSweep;
QueueSweep *queue_sweep_new(void);
void queue_sweep_free(QueueSweep *sweep); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueueSweep, queue_sweep_free)

/* One turn of a quarter of a second at most, or until each line was looked at: lets in all who can be, while the lease is `holder`'s. The
 * next goes on behind the last line that this one came to, and with those of which everybody was let in. *in is raised by how many were;
 * *more: there is reason to go on at once. */
StoreResult queue_admit_all(Store *store, QueueSweep *sweep, const char *holder, int *in, bool *more, StoreError *error) MUST_CHECK;

/* Ends the places of some who were not seen for as long as they are kept, and `grace_s` more; *ended is raised by how many, *more: there
 * may be others. */
StoreResult queue_expire(Store *store, int64_t grace_s, int *ended, bool *more, StoreError *error) MUST_CHECK;

/* Writes down who was seen: all, or those whose places would else be thought unseen in half the time for which they are kept; as many as there
 * is time for. */
StoreResult queue_note_seen(Store *store, bool all, StoreError *error) MUST_CHECK;

/* Gives back what was held for too long, and writes down who was seen. */
StoreResult queue_tidy(Store *store, StoreError *error) MUST_CHECK;

/* What one turn has done that nobody is employed for. */
typedef struct {
    bool mine;      /* the lease was to be had: no process has it */
    int in, ended;  /* so many were let in, so many places were lost */
} QueueAssisted;

/* One turn, where no process that stays has the lease (plain CGI, a timed command): gives back what is due, ends places, lets in, and
 * leaves the lease. Does nothing while nobody is in line. */
StoreResult queue_assist(Store *store, QueueAssisted *done, StoreError *error) MUST_CHECK;

/* Does the policy in force have a limit that queues? */
bool queue_is_in_policy(Store *store);

/* Is anybody in line, or let in? The policy may have none that queues any more: they are seen to all the same. */
StoreResult queue_has_people(Store *store, bool *people, StoreError *error) MUST_CHECK;

#endif
