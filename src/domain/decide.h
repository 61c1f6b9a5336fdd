/* The decision: a pure function of the policy, what is known of the person, the counters and
 * the time. The store reads the inputs under lock and writes what comes out; nothing here
 * does I/O, reads a clock or draws a random number.
 */
#ifndef WEBQUOTA_DECIDE_H
#define WEBQUOTA_DECIDE_H

#include "domain/counter.h"

#define THRESHOLDS 2

/* At which shares of their limits on a feature somebody wants to be told, instead of where the policy says. */
typedef struct {
    int feature;             /* index */
    int warn_at[THRESHOLDS]; /* percent, ascending: what is a notice, what a warning */
} Thresholds;

typedef struct {
    const char *key;         /* the application's user id, or "anon:ADDRESS" */
    const Plan *plan;
    const char *organization; /* key; NULL when the subject is on its own */
    bool anonymous, suspended;
    Instant first_met;       /* grace counts from here */
    Instant anchor;          /* anchor windows count from here */
    const char *zone;        /* NULL: the policy's */
    const Thresholds *thresholds; /* their own; not owned */
    int threshold_count;
} Subject;

typedef enum { OVERRIDE_AMOUNT, OVERRIDE_UNLIMITED, OVERRIDE_MULTIPLIER } OverrideKind;

typedef struct {
    int64_t id;
    bool of_organization;    /* owner is the organization: applies to its `organization` limits;
                                otherwise to the subject's `subject` limits */
    int feature;             /* index */
    const char *limit;       /* key; NULL: every limit of its scope on the feature */
    OverrideKind kind;
    Amount amount;
    double multiplier;
    Instant expires_at;      /* INSTANT_MAX: none. Live while now < expires_at */
    Instant created_at;      /* of several live ones on a limit: one naming it first, then the newest (then highest id) */
} Override;

typedef struct {
    int64_t slot;            /* counter: negative id for a granted one, the PlanGrant's slot for a plan's */
    bool of_organization;    /* the counter is shared by the organization's members */
    int feature;             /* index */
    int64_t amount;
    int priority;            /* lower first; default 100 */
    Instant effective_at, expires_at; /* live on [effective_at, expires_at) */
    WindowSpec every;        /* recurring when count > 0: the amount is there anew each anchored window from effective_at */
    Instant created_at;      /* age: older first */
} Grant;

/* What the person asks for. */
typedef enum { ASK_CONSUME, ASK_HOLD, ASK_CHECK } AskKind;
typedef struct {
    int feature;             /* index, most specific */
    int64_t units;           /* 1 to UNITS_MAX */
} AskItem;

/* Where the counters are. Both return a counter that stays valid until the decision is freed,
 * creating an empty one (slot 0 is never asked for) where there is none; the caller keeps
 * ownership. Counters come as stored: decide turns them. */
typedef struct {
    Counter *(*limit_counter)(void *data, const Limit *limit);
    Counter *(*grant_counter)(void *data, const Grant *grant);
    void *data;
} Book;

typedef struct {
    const Policy *policy;
    const Subject *subject;
    const Override *overrides;
    int override_count;
    const Grant *grants;     /* the plan's too: see decide_plan_grants */
    int grant_count;
    Instant now;
    int64_t turn_slot;       /* of the limit in whose line it is this ask's turn: nobody there comes before it; 0: none */
} Situation;

typedef enum {
    OUTCOME_ALLOWED,
    OUTCOME_DENIED,    /* 429 */
    OUTCOME_QUEUED,    /* 202 with a ticket; 429 where it is no more than an answer */
    OUTCOME_FORBIDDEN  /* 403 */
} Outcome;

typedef enum {
    REASON_NONE,
    REASON_LIMIT,         /* a limit is full */
    REASON_NEVER_FITS,    /* more units than the whole limit: no Retry-After, never queued */
    REASON_NOT_INCLUDED,  /* amount 0 */
    REASON_NOT_LISTED,    /* the plan does not list the feature */
    REASON_SUSPENDED,
    REASON_UNAVAILABLE,   /* fail = open: the store was down; made by the ledger, not by decide */
    REASON_QUEUE_FULL     /* a limit is full, and so is its line: 503; made by the ledger too */
} Reason;

/* Where an effective amount came from; several may hold at once. */
enum {
    SOURCE_PLAN = 1,
    SOURCE_OVERRIDE = 2,
    SOURCE_GRACE = 4,
    SOURCE_ROLLOVER = 8,
    SOURCE_GRANT = 16   /* a grant covered a shortfall, or has units to cover one */
};

/* What was drawn of the subject's own live grants on a limit; nothing of those that nothing was drawn from, or that an organization
 * shares. */
typedef struct {
    int64_t units;           /* drawn, in the present period of each */
    int64_t given;           /* what the same grants gave */
    int64_t again_units;     /* come anew at `again`; 0: none of them recurs */
    Instant again;           /* only where `again_units` is above 0 */
} BonusSpent;

/* One limit that was looked at. */
typedef struct {
    const Limit *limit;
    Counter *counter;        /* not owned; NULL after the decision was detached from its book */
    Window window;           /* rolling: see window_at */
    Instant counted_at;      /* window_start of the counter that was or would be charged */
    const char *zone;        /* the name of the zone it was computed in; not owned (policy or subject) */
    Amount amount;           /* effective, rolled-over units included */
    int64_t carried;
    int64_t used, held;      /* before this decision */
    int64_t asked;           /* units that count for it */
    int64_t charged;         /* units charged or held; less than asked where a grant covers; 0 when refused or checked */
    int64_t bonus;           /* units that grants could still give to it, before this decision (scope subject), else 0 */
    int64_t bonus_drawn;     /* of those, what this decision draws */
    BonusSpent spent;        /* before this decision */
    unsigned source;
    bool holds;              /* the ask fits, with grants where they may help */
    bool waited_for;         /* others wait in its line, and come first */
    bool shadow_refused;     /* it does not hold, but is in shadow mode and refuses nobody */
    Instant frees_at;        /* when not: the first instant at which it could; INSTANT_MAX never */
    Instant override_expires; /* INSTANT_MAX when no override or no expiry */
} LimitLook;

typedef struct {
    const Grant *grant;      /* not owned */
    Counter *counter;
    Instant counted_at;
    int64_t units;           /* drawn from it */
    Window window;           /* its present period; INSTANT_MIN and INSTANT_MAX when it does not recur */
    int64_t used, held;      /* before this decision */
} GrantDraw;

typedef struct {
    const Limit *limit;
    int threshold_pct;
    int64_t used;            /* after the charge */
    Amount amount;
    Instant window_start;
} AlertDue;

typedef struct {
    const Subject *subject;  /* not owned; must be there for decide_apply */
    AskKind kind;
    Outcome outcome;
    Reason reason;
    bool shadow_refused;     /* a shadow limit would have refused */
    int deciding;            /* index in looks of the limit that refused, or of the tightest when allowed; -1: none */
    LimitLook *looks;        /* every limit of the plan on the asked features and their ancestors; MODE_OFF left out */
    int look_count;
    GrantDraw *draws;
    int draw_count;
    AlertDue *alerts;        /* filled by decide_apply */
    int alert_count;
    int64_t units;           /* sum of the items' */
} Decision;

/* Decides. Turns the counters it looks at to the present window and changes nothing else.
 * Several items are all or none. Never returns NULL; free with decision_free. */
Decision *decide(const Situation *situation, AskKind kind, const AskItem *items, int item_count, const Book *book);

/* Charges (consume) or holds (hold) what an allowed decision says, on its counters, and fills
 * alerts: thresholds at or below use that had not fired in this window. Nothing for a refusal or
 * a check. Held units count toward thresholds when they are committed, not before. */
void decide_apply(Decision *decision);

/* Thresholds of the limit (limit_warn_at) that use has reached and that had not fired in the counter's window: marks
 * them as fired, writes their percents to `pcts` (room for WARN_AT_MAX) and returns how many. `amount` is
 * the effective one; none are crossed of 0 or of unlimited. For charges that decide_apply did not make. */
int counter_thresholds_crossed(Counter *counter, const Limit *limit, const Subject *subject, Amount amount, int *pcts);

/* The thresholds of a limit for a subject (NULL: whoever it is): its own where it has some on the feature and the limit is of its own
 * use, else the policy's. *count of them, ascending; bit i of Counter.fired is about the one at i. Not owned. */
const int *limit_warn_at(const Limit *limit, const Subject *subject, int *count);

/* The subject's own thresholds on a feature (index); NULL: none. Not owned. */
const Thresholds *subject_thresholds(const Subject *subject, int feature);

void decision_free(Decision *decision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Decision, decision_free)

/* Units still to be had under the look's limit, after the decision: amount - used - held -
 * charged, not below 0, plus bonus left; UNITS_MAX when unlimited. */
int64_t look_remaining(const LimitLook *look, const Decision *decision);

/* Is the limit looked at for this subject? One that is off is not, nor an organization's for those on their own. */
bool limit_applies(const Limit *limit, const Subject *subject);

/* The effective amount of a limit for the subject, without what is carried; *source and
 * *override_expires (either may be NULL) say where from and until when. */
Amount decide_amount(const Situation *situation, const Limit *limit, unsigned *source, Instant *override_expires);

/* The zone a limit is counted in, and its name (not owned). */
GTimeZone *decide_zone(const Policy *policy, const Subject *subject, const Limit *limit, const char **name);

/* The plan's own recurring or single grants as they are for this subject: counted from the
 * subject's anchor. Appends Grant values to `grants` (GArray of Grant). */
void decide_plan_grants(const Subject *subject, GArray *grants);

/* Units that a grant has left now (turns its counter). 0 when it is not live. */
int64_t grant_left(const Grant *grant, Counter *counter, Instant now);

/* --- what was charged, as it is recorded, and giving it back --- */

/* One line of a decision's trace: flat whole numbers, TRACE_STRIDE of them a line, as the store
 * keeps them. Lines with delta 0 are of limits that were looked at. A draw from a grant is a line too. */
#define TRACE_STRIDE 14
typedef struct {
    int64_t slot;
    int64_t counted_at;   /* window_start of the counter */
    int64_t window_start, window_end; /* as shown; INSTANT_MIN and INSTANT_MAX for lifetime */
    int64_t amount;       /* AMOUNT_UNLIMITED when so */
    int64_t used, held;   /* before */
    int64_t used_delta;
    int64_t held_delta;
    int64_t carried;      /* rolled over, part of amount */
    int64_t bonus;        /* that grants could give to it, before; of a grant's line 0 */
    int64_t flags;        /* SOURCE_* in bits 0-7; TRACE_* above */
    int64_t asked;        /* units asked of this limit; of a grant's line 0 */
    int64_t gives_at;     /* as the answer said: when it refused, the first instant at which the ask could fit; else its reset */
} TraceLine;
enum {
    TRACE_REFUSED = 256,
    TRACE_DECIDED = 512,
    TRACE_SHADOW = 1024,   /* a shadow limit that would have refused */
    TRACE_IS_GRANT = 2048,
    TRACE_ORGANIZATION = 4096, /* whose counter: of the organization, */
    TRACE_PLAN = 8192,         /* of the plan, */
    TRACE_SITE = 16384         /* of the site; none of the three: the subject's */
};

/* The trace of a decision after decide_apply. Appends TraceLine values; gives_at of a limit that did not refuse is the
 * end of its window, which for a rolling one is not what the answer says. */
void decision_trace(const Decision *decision, GArray *lines);

/* What `units` of the `charged` in a recorded trace come to for each line: the limits' own first,
 * grants last, in the trace's order. `total` is what was asked for in all, units <= total.
 * out[i] is what line i keeps. Used by commit (units committed), release (0) and refund (what is left). */
void trace_share(const TraceLine *lines, int count, int64_t total, int64_t units, int64_t *out);

/* Applies a change to a counter as recorded: only when the counter is still in the window that
 * was charged (counted_at equals window_start). A rolling counter: used only while that bucket is
 * there, held always. Never below 0. Turns nothing. `limit` is NULL for grants, and where the policy no longer has it: of a
 * rolling one only what is held is changed then. Returns true when
 * the counter changed (otherwise only the record does). */
bool counter_settle(Counter *counter, const Limit *limit, Instant counted_at, int64_t used_delta, int64_t held_delta);

#endif
