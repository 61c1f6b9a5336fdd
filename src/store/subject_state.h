/* All that decides about one subject, as read from the database: plan, overrides, grants, counters. */
#ifndef WEBQUOTA_SUBJECT_STATE_H
#define WEBQUOTA_SUBJECT_STATE_H

#include "store/store_internal.h"

/* A counter that several subjects share, as one row. */
typedef struct {
    int64_t account_id, slot;
    char *owner;             /* the plan's key; "" otherwise */
    CounterSet set;          /* empty or one */
    int64_t version;         /* of the row, as read */
    bool found, changed;
    bool broken;             /* there, but not to be read */
} SharedCounter;

typedef struct {
    int64_t account_id, id;
    Subject subject;         /* its strings are owned below; plan is set by subject_state_settle */
    char *key, *organization, *timezone, *plan_key, *plan_after, *email;
    char *own_thresholds;    /* as the row has them; NULL: none */
    Thresholds *thresholds;  /* the same by the policy, after settle */
    Instant plan_until;      /* INSTANT_MAX when none */
    CounterSet own;
    GArray *overrides;       /* of Override */
    GArray *grants;          /* of Grant: granted ones, then the plan's after settle */
    GPtrArray *texts;        /* strings that overrides point to */
    guint granted;           /* how many of grants are granted ones */
    int64_t version, epoch;  /* of the counters' row, as read */
    bool changed;
    bool touched;            /* something else than use changed */
    const Policy *policy;    /* not owned */
    Instant now;
} SubjectState;

/* The counters of a row: `column` and the next are its state and rolling. False: they are not as they are written. */
bool result_counters(CounterSet *set, const PGresult *rows, int row, int column);

SubjectState *subject_state_new(const PGresult *result, int row); /* of subjects_load, subjects_read, subjects_fetch, usage_read */
/* As kept in memory: takes over `texts` (organization, time zone, plan, plan after; NULL where there is none). The numbers
 * that texts and counters do not say are for the caller to fill in. */
SubjectState *subject_state_remembered(const char *key, char **texts, const int64_t *numbers, int count);
SubjectState *subject_state_unmet(const char *key, const Policy *policy, Instant now);  /* what a first meeting would find */
void subject_state_free(SubjectState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SubjectState, subject_state_free)

/* A row of overrides_of; its text belongs to the rows. False: the policy does not know its feature. */
bool override_read(const Policy *policy, const PGresult *rows, int row, Override *override) MUST_CHECK;

/* Adds the rows of overrides_of and grants_of that are this subject's or its organization's. */
void subject_state_rows(SubjectState *state, const Policy *policy, const PGresult *overrides, const PGresult *grants);

/* Settles plan and the plan's grants for the time and policy of the decision. Call again to change them. */
void subject_state_settle(SubjectState *state, const Policy *policy, Instant now);

Situation subject_state_situation(const SubjectState *state);

/* Shared counters by key; owns them. */
typedef struct {
    GHashTable *by_key;
} SharedSet;
SharedSet *shared_set_new(void);
void shared_set_free(SharedSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SharedSet, shared_set_free)
SharedCounter *shared_set_want(SharedSet *set, int64_t account_id, int64_t slot, const char *owner); /* found or added */
SharedCounter *shared_set_get(SharedSet *set, int64_t account_id, int64_t slot, const char *owner);  /* or NULL */
GPtrArray *shared_set_sorted(SharedSet *set);  /* SharedCounter *, in the order of their keys; g_ptr_array_unref */
/* Takes from a row of a result what is wanted; its six columns begin at `column`. */
void shared_set_read_row(SharedSet *set, const PGresult *rows, int row, int column);
void shared_set_read(SharedSet *set, const PGresult *rows); /* all rows of shared_read or shared_lock */
/* Parameters account_id[], slot[], owner[] for the statements about them. */
void shared_params(Params *params, const GPtrArray *sorted, bool (*only)(const SharedCounter *));

/* Wants the shared counters that a decision about `feature` (index, or -1: all) would look at. */
void shared_set_want_for(SharedSet *set, const SubjectState *state, int feature);

/* A book over a subject's own counters and the shared ones. Counters that do not exist yet are made on the
 * side; book_keep puts those that were used into their sets and marks what changed. */
typedef struct {
    SubjectState *state;
    SharedSet *shared;
    GPtrArray *fresh;    /* of Counter *, not in a set yet */
    GPtrArray *homes;    /* SharedCounter * for each of fresh, NULL: the subject's own */
} CounterBook;
void counter_book_init(CounterBook *book, SubjectState *state, SharedSet *shared);
Book counter_book(CounterBook *book);
void counter_book_keep(CounterBook *book, const Decision *decision);
/* The same for one counter of the book, which was changed otherwise. Counters may move by it. */
void counter_book_touch(CounterBook *book, const Counter *counter, const Limit *limit);
void counter_book_clear(CounterBook *book);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CounterBook, counter_book_clear)

#endif
