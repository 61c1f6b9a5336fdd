/* The answer to one request: a decision taken out of the ledger, whole and on its own, with the
 * numbers as they are after it. It crosses threads, is remembered, replayed, explained later,
 * and is what the API, the headers and the pages are made from. Immutable once made.
 */
#ifndef WEBQUOTA_ANSWER_H
#define WEBQUOTA_ANSWER_H

#include <pthread.h>

#include "domain/queue.h"
#include "domain/usage.h"

typedef struct {
    UsageLine usage;        /* numbers after the decision (a check: as if nothing was charged) */
    int64_t charged;        /* units charged or held on this limit */
    int64_t asked;
    bool refused;           /* this limit did not hold (block, queue) */
    bool shadow_refused;    /* it would not have held, but is in shadow mode */
    bool approximate;       /* a shared sum that the ledger did not know exactly: show "about" */
    Instant frees_at;       /* when refused: first instant at which the ask could fit; INSTANT_MAX never */
} AnswerLine;

/* What was made of an answer, for the next one of the same refusal: whoever makes it knows what it is. Counted by GLib:
 * another reference by g_atomic_rc_box_acquire. */
typedef struct {
    pthread_mutex_t lock;   /* of the two below */
    void *kept;             /* NULL: nothing so far */
    GDestroyNotify free_kept;
} AnswerKeep;
AnswerKeep *answer_keep_new(void);
void answer_keep_unref(AnswerKeep *keep); /* NULL is fine */

typedef struct {
    int refs;               /* atomic; use answer_ref, answer_unref */
    AnswerKeep *keep;       /* of a remembered refusal that is given again; NULL: it was not */
    Policy *policy;         /* referenced: lines, plan and feature point into it */
    char *id;               /* public decision id; NULL for a check */
    AskKind kind;
    Outcome outcome;
    Reason reason;
    bool shadow_refused;
    char *subject;
    bool anonymous;
    const Plan *plan;
    char *organization;     /* NULL when none */
    char *zone;             /* of the subject, for what it is told; NULL: none is known, and times are in each limit's */
    const Feature *feature; /* of the first item */
    char *resource;         /* of the first item; NULL when none */
    int64_t units;          /* of all items */
    Instant at;             /* the database's clock in the decision's transaction */
    AnswerLine *lines;      /* tightest first is the reader's business: here in the plan's order */
    int line_count;
    int deciding;           /* line that refused, or the tightest when allowed; -1 none */
    char *reservation;      /* public id when held; NULL otherwise */
    Instant expires_at;     /* of the reservation */
    char *ticket;           /* public id of the place in line, where it is queued; NULL otherwise */
    TicketState ticket_state; /* admitted: its turn has come already, and its units are held until `expires_at` */
    int64_t ahead;          /* so many wait before it; -1: not known here */
    int64_t in_line;        /* so many wait, itself included; -1: not known here */
    QueueWait wait;
    void *block;            /* one piece of memory that holds the lines and all texts but `reservation` and `ticket`; NULL: each is on its own */
} Answer;

/* Makes an answer from a decision after decide_apply. Takes the numbers from the looks; keeps its
 * own reference to the situation's policy. `id`, `resource` (either may be NULL) are copied. */
Answer *answer_new(const Situation *situation, const Decision *decision, const Feature *feature, const char *resource,
                   const char *id);
Answer *answer_ref(Answer *answer);
void answer_unref(Answer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Answer, answer_unref)

/* A remembered refusal given again to the same subject for the same ask: a copy with a new id and time. */
Answer *answer_again(const Answer *answer, const char *id, Instant at);

bool answer_allowed(const Answer *answer);

/* The HTTP status: 200 allowed, 202 queued with a ticket, 429 denied (and queued without), 403 forbidden, 503 where the line is
 * full. */
int answer_status(const Answer *answer);

/* Seconds until it is worth trying again, rounded up, at least 1 (RFC 9110, section 10.2.3);
 * 0 when there is no such time (allowed, forbidden, never fits). */
int64_t answer_retry_after_s(const Answer *answer);

/* draft-ietf-httpapi-ratelimit-headers-10: `"day";r=100;t=36000` and `"day";q=5000;w=86400`.
 * RateLimit names the one limit that refused, or the tightest; RateLimit-Policy all enforced ones, in the
 * plan's order. w is the window's length in seconds (left out for lifetime). Names are the limit's key,
 * as an RFC 9651 string. NULL when no limit restricts (all unlimited, or none). New strings. */
char *answer_ratelimit(const Answer *answer);
char *answer_ratelimit_policy(const Answer *answer);

/* The same appended to a text. False: nothing was, for no limit restricts. */
bool answer_add_ratelimit(const Answer *answer, GString *out);
bool answer_add_ratelimit_policy(const Answer *answer, GString *out);

#endif
