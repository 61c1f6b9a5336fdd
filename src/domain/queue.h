/* The queue: who is next, what may become of a ticket, and how long it takes. Pure.
 *
 * A line belongs to one counter: whoever that limit stops waits there. Its order is that of turns, and within a turn that in
 * which people came. A turn is given to a ticket when it joins and never changes, so nobody's place ever gets worse but by
 * those who take turns with them.
 */
#ifndef WEBQUOTA_QUEUE_H
#define WEBQUOTA_QUEUE_H

#include "domain/model.h"

typedef enum {
    TICKET_WAITING,
    TICKET_ADMITTED, /* its units are held until its deadline */
    TICKET_USED,     /* they were taken */
    TICKET_LEFT,     /* its holder went */
    TICKET_EXPIRED,  /* its holder was not seen for too long, or it could not be served any more */
    TICKET_LAPSED    /* admitted, and not taken in time: the units went back */
} TicketState;
#define TICKET_STATES 6

const char *ticket_state_word(TicketState state);
/* False: it is none of the words. */
bool ticket_state_read(const char *word, TicketState *state) MUST_CHECK;
/* May a ticket go from one state to the other? What is over stays over. */
bool ticket_may_become(TicketState from, TicketState to);
bool ticket_is_over(TicketState state);

/* --- order --- */

/* A place in a line: the lower turn comes first, and of the same turn the lower number. No two tickets have one number. */
typedef struct {
    int64_t turn, number;
} QueuePlace;

/* Negative: `a` comes first. */
int queue_compare(const QueuePlace *a, const QueuePlace *b);

/* Who takes turns with whom: tickets of one flow come one after the other, those of several side by side. With fair = account
 * each account is a flow; otherwise all tickets of one weight are. */
#define QUEUE_TURN 1000000 /* from one ticket of a flow of weight 1 to its next */
#define QUEUE_NO_TURN (-1)
#define QUEUE_WEIGHT_MAX 1000

/* The turn of a ticket that joins. `head`: that of the first in line; `last`: that of the last of its own flow; QUEUE_NO_TURN
 * where there is none. A flow of weight 3 is served three times while one of weight 1 is served once; a flow that had
 * nobody in line begins where the line is now, without having saved up turns. */
int64_t queue_turn(int64_t head, int64_t last, int weight);

/* Do all lines go by arrival alone: is no plan weighted, and this limit not fair between accounts? */
bool queue_is_plain(const Policy *policy, const Limit *limit);

/* --- how long --- */

/* At what pace the limit gives room. */
typedef struct {
    const Limit *limit;  /* NULL: the policy has it no more */
    Amount amount;       /* in force; 0 and AMOUNT_UNLIMITED: nothing can be said */
    GTimeZone *zone;
    Instant anchor;
    bool paused;
    bool shifts;         /* newcomers may come before whoever has others before them: turns are taken, or plans weighted */
} QueuePace;

/* In seconds from now. Nine in ten are served within the range. */
typedef struct {
    bool known;
    int64_t least_s, most_s;
    int64_t about_s;     /* what is named first: within the range */
} QueueWait;

/* `ahead`: units asked for by those before it; `units`: its own. Some of those ahead leave, or do not come when it is
 * their turn: `least` reckons with a quarter of them and one more, `most` with none, and that the last ones use their time. Where
 * newcomers may come before it, `most` reckons with as many of these as there are ahead now. */
QueueWait queue_wait(const QueuePace *pace, int64_t ahead, int64_t units, Instant now);

/* After how many seconds it is worth asking again: the sooner the nearer, and not all at once: `seed` is any number. */
int64_t queue_poll_s(const QueueWait *wait, int64_t ahead, uint32_t seed);

#endif
