/* Policies in the database: one text a version, one of them active. */
#ifndef WEBQUOTA_POLICY_STORE_H
#define WEBQUOTA_POLICY_STORE_H

#include "store/store.h"

/* Puts a policy (already read and checked) in force, in one transaction: a new version, the numbers of what it
 * counts, and the tables for reports. The same text as the active one makes no new version. *version is the one in force. */
StoreResult policy_apply(Store *store, const Policy *policy, const char *author, const char *reason, int *version,
                         bool *changed, StoreError *error) MUST_CHECK;

/* A change by somebody who looked at the policy before. */
typedef struct {
    const char *author, *reason;
    int expected;            /* the version that was looked at: another one is in force by now: STORE_CONFLICT. 0: whatever it is */
    Instant effective_at;    /* comes into force then, by whoever looks first after that; INSTANT_MIN: at once */
    bool keeps_plans;        /* a part of it was changed, and not all of its text: no plan goes that is held, as with all that is to come */
} PolicyChange;

/* policy_apply with more to say. What is to come is registered, and shown by policy_versions; nothing else knows of it. When its
 * time comes it is put in force once, or, where another version is in force than the one that it was made from, or it may not follow that
 * by then (below), not at all. STORE_INVALID: it may not follow the one in force now. */
StoreResult policy_change(Store *store, const Policy *policy, const PolicyChange *change, int *version, bool *changed,
                          StoreError *error) MUST_CHECK;

/* Puts in force what is due, in `us` at most (where it stays with a service). Called by store_policy, whoever's request it is that looks: the
 * audit says "schedule" of where it came from. STORE_CONFLICT: administration is busy with another change; the next one may try. */
StoreResult policy_apply_due(Store *store, int64_t us, StoreError *error) MUST_CHECK;

/* One that was to come will not; `change` says who cancels it, why, and what they looked at. STORE_NONE: there is none that still may. */
StoreResult policy_cancel(Store *store, int version, const PolicyChange *change, StoreError *error) MUST_CHECK;

/* The policy of a version, as it was applied. STORE_NONE: there is none; STORE_DOWN: also where it cannot be read any more. */
StoreResult policy_version_read(Store *store, int version, Policy **policy, StoreError *error) MUST_CHECK;

/* How many subjects are on each plan now: {plan key: number}; those on the default plans are counted under its key. */
StoreResult policy_people(Store *store, const Policy *policy, json_t **people, StoreError *error) MUST_CHECK;

/* What holds a plan, so that it cannot go, each as a sentence (a new string) in `held`: who has it or is to have it, requests for it that wait,
 * bulks that give it. Those who are on a default plan for having no other do not hold it. */
StoreResult policy_plan_held(Store *store, const char *plan, GPtrArray *held, StoreError *error) MUST_CHECK;

/* May `author` put `to` in the place of `from`? STORE_INVALID: nobody could administer any more, as `from` named somebody, `to` names nobody, no
 * account with the role admin may sign in, and the author acts neither by a key nor at a shell; or (`keeps_plans`) a plan that goes is held.
 * Whoever makes the change is asked again. */
StoreResult policy_may_follow(Store *store, const char *author, const Policy *from, const Policy *to, bool keeps_plans,
                              StoreError *error) MUST_CHECK;

/* Versions, newest first: [{version, author, reason, applied_at, active, state, effective_at, based_on, why}]; `state` is "applied", "scheduled",
 * "cancelled", "overtaken" or "failed", `why` of the last. */
StoreResult policy_versions(Store *store, json_t **list, StoreError *error) MUST_CHECK;

#endif
