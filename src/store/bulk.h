/* One change to many people at once: all whom a search finds (people.h). Who they are is written down when it is made; from then on each
 * is changed in a transaction of their own, together with the note that they are, by whoever has the lease. So each is changed once,
 * whatever is killed, and nobody else waits for more than one of them.
 *
 * JSON: {bulk, what, q, filter, on_plan, organization, key, feature, limit, kind, amount, multiplier, expires_at, plan, then, reason, actor,
 * created_at, state ("running", "done", "stopped"), known, ended_at, stopped_by, people, done, failed, left, undoes, undone_by,
 * failures: [{subject, why}]}; `bulk` is its id, a string, as are the one that it undoes (`what` is "undo" then) and the last that undid it;
 * of those who failed the first BULK_FAILURES. One that is not `known` was written by a newer program, and is
 * of what this one cannot make: it is passed over. */
#ifndef WEBQUOTA_BULK_H
#define WEBQUOTA_BULK_H

#include "store/lease.h"
#include "store/people.h"

#define BULK_MOST 100000
#define BULK_SHOWN 20
#define BULK_FAILURES 100
#define BULK_PAGE 50
#define BULK_LEASE_S 5

typedef enum { BULK_BONUS, BULK_OVERRIDE, BULK_PLAN, BULK_SUSPEND, BULK_RESTORE, BULK_RESET, BULK_KINDS,
               BULK_UNDO = BULK_KINDS } BulkKind; /* the last is made by bulk_undo only */
bool bulk_kind_find(const char *word, BulkKind *kind) MUST_CHECK; /* "bonus"; NULL: none; never BULK_UNDO */
const char *bulk_kind_word(BulkKind kind);

/* Whom, and what is to be made of each. */
typedef struct {
    PeopleAsked who;            /* from the first */
    BulkKind kind;
    const char *feature;        /* of a bonus, an override, and a reset (NULL: all) */
    const char *limit;          /* of an override; NULL: every limit on the feature */
    OverrideKind override_kind;
    int64_t amount;             /* of a bonus, and an override by amount */
    double multiplier;
    Instant expires_at;         /* INSTANT_MAX: no end; of a bonus, an override, a plan */
    const char *plan, *then;    /* the new plan, and the one that follows it (NULL: the one before it) */
    const char *reason;
} BulkAsk;

/* Whom it would be about. */
typedef struct {
    GPtrArray *subjects;        /* their keys, in the order of the search */
    json_t *first;              /* of the first BULK_SHOWN, as people_search gives them */
    int64_t changed;            /* how many of them something would be changed for; -1: not known before */
    char seen[33];              /* tells whether they are the same people as at another time: the beginning of a hash over their keys */
    bool more;                  /* there are more than BULK_MOST, who are too many */
} BulkFound;
void bulk_found_clear(BulkFound *found);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BulkFound, bulk_found_clear)

/* Can it be made under the policy in force (STORE_INVALID, with the field), and of whom? Changes nothing. */
StoreResult bulk_look(Store *store, const BulkAsk *ask, BulkFound *found, StoreError *error) MUST_CHECK;

/* What it would come to: {dry_run: true, what, people, changed, seen, first}. */
json_t *bulk_found_json(const BulkAsk *ask, const BulkFound *found);

/* Makes it of those found. `once` (NULL: nothing): made once for that, given again where it is there already; STORE_CONFLICT where that was
 * something else. */
StoreResult bulk_add(Store *store, const BulkAsk *ask, const BulkFound *found, const char *once, const char *actor, json_t **json,
                     StoreError *error) MUST_CHECK;

StoreResult bulk_get(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;

/* The newest first, BULK_PAGE at most, from before the bulk `before` on (NULL: from the newest); of those who failed only how many. *more:
 * there are older ones. STORE_INVALID: `before` is no number. */
StoreResult bulk_list(Store *store, const char *before, json_t **list, bool *more, StoreError *error) MUST_CHECK;

/* Who is not changed by then stays as they are. STORE_CONFLICT: it is over. */
StoreResult bulk_stop(Store *store, const char *id, const char *actor, json_t **json, StoreError *error) MUST_CHECK;

/* How it would be undone: {undoes, what, people, possible, impossible: [{why, people}]}: of the people whom it changed, for how many it is
 * still as it left them, and why it is not for the others. Reads for seconds where they are many. STORE_CONFLICT: it is under way, or nothing
 * that can be undone (what undoes). */
StoreResult bulk_undo_look(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;

/* Undoes it, by a bulk of those whom it changed: whoever is not as it left them stays, and has failed. `possible` as a look told it (-1:
 * however many they are; 0 is STORE_CONFLICT in any case). STORE_CONFLICT also where they are others by now, or it is being undone. */
StoreResult bulk_undo(Store *store, const char *id, int64_t possible, const char *reason, const char *actor, json_t **json,
                      StoreError *error) MUST_CHECK;

/* Changes the next few people of the first bulk under way, with the lease, a Lease of LEASE_BULK. *rest: what may be said of the next turn. */
typedef enum { BULK_REST_IDLE, BULK_REST_ELSEWHERE, BULK_REST_MORE } BulkRest;
StoreResult bulk_turn(Store *store, const Lease *lease, BulkRest *rest, StoreError *error) MUST_CHECK;

#endif
