/* What administrators keep: subjects, overrides, grants, API keys. Every change is audited in the
 * same transaction, with the actor. Texts returned are new; lists are JSON arrays in the API's form. */
#ifndef WEBQUOTA_ADMIN_H
#define WEBQUOTA_ADMIN_H

#include "store/store.h"

/* A change to a subject: members not given stay as they are. NULL or has_… false: not given;
 * an empty string takes the value away (organization, timezone, email, plan: back to the default). */
typedef struct {
    const char *subject;
    const char *plan;
    const char *plan_after;      /* the plan that follows at plan_until; "" the default */
    Instant plan_until;
    bool has_plan_until;         /* plan_until INSTANT_MAX: no end, and so no plan that follows, where that is not given */
    const char *organization;    /* key, made when unknown */
    const char *timezone;
    Instant anchor;
    bool has_anchor;
    const char *email;
    bool suspended, has_suspended;
    const char *reason;          /* for the audit; NULL: none */
    int64_t seen;                /* UsageRead.seen that it was decided on, STORE_CONFLICT when that is no longer so; 0: whatever is so */
} SubjectChange;

/* *subject_json: {subject, plan:{key,title}, plan_until, plan_after, organization, timezone, anchor, email,
 * suspended, created_at}. *created tells 201 from 200. STORE_INVALID names the field (unknown plan, zone …). */
StoreResult admin_subject_set(Store *store, const SubjectChange *change, const char *actor, bool *created,
                              json_t **subject_json, StoreError *error) MUST_CHECK;
StoreResult admin_subject_get(Store *store, const char *subject, json_t **subject_json, StoreError *error) MUST_CHECK;

typedef struct {
    const char *subject, *organization; /* one of them */
    const char *feature;
    const char *limit;                  /* NULL: every limit of its scope on the feature */
    OverrideKind kind;
    Amount amount;
    double multiplier;
    Instant expires_at;                 /* INSTANT_MAX: none */
    const char *reason;
    int64_t seen;                       /* as in SubjectChange; of an organization, organization_version */
} OverrideAdd;

/* Is there something for it to override: a limit of its owner's scope on the feature in some plan? STORE_INVALID: none. */
StoreResult admin_override_check(const Policy *policy, const OverrideAdd *add, StoreError *error) MUST_CHECK;

/* The subject or organization must exist (a subject unknown so far is met; an unknown organization is
 * STORE_INVALID). JSON: {override, subject, organization, feature, limit, amount, unlimited, multiplier,
 * expires_at, reason, author, created_at}; `override` is its id, a string. */
StoreResult admin_override_add(Store *store, const OverrideAdd *add, const char *actor, json_t **json, StoreError *error) MUST_CHECK;
/* Of a subject, of an organization itself, or (both NULL) of all: at most ADMIN_LIST_MOST, the newest first, behind the number `before`
 * (NULL: from the newest on). */
#define ADMIN_LIST_MOST 1000
StoreResult admin_override_list(Store *store, const char *subject, const char *organization, const char *before, json_t **list,
                                StoreError *error) MUST_CHECK;
StoreResult admin_override_get(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;
/* `reason`: for the audit; NULL: none. */
StoreResult admin_override_remove(Store *store, const char *id, const char *reason, const char *actor, StoreError *error) MUST_CHECK;
/* The same as get, though it may be removed; and one that was removed is in force again, as it was. STORE_NONE: it is not removed, or
 * would be over. */
StoreResult admin_override_any(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;
StoreResult admin_override_restore(Store *store, const char *id, const char *reason, const char *actor, json_t **json,
                                   StoreError *error) MUST_CHECK;

typedef struct {
    const char *subject, *organization; /* one of them */
    const char *feature;
    int64_t amount;
    int priority;                       /* default 100 */
    Instant effective_at;               /* INSTANT_MIN: now */
    Instant expires_at;                 /* INSTANT_MAX: never */
    const char *every;                  /* "28 day"; NULL: once */
    const char *reason;
    int64_t seen;                       /* as in OverrideAdd */
} GrantAdd;

/* JSON: {grant, subject, organization, feature, amount, remaining, priority, effective_at, expires_at, every, reason,
 * author, created_at}. */
StoreResult admin_grant_add(Store *store, const GrantAdd *add, const char *actor, json_t **json, StoreError *error) MUST_CHECK;
/* What those of the subject on the feature that are not over come to, spent or not: units, UNITS_MAX at most. */
StoreResult admin_grant_open(Store *store, const char *subject, const char *feature, int64_t *amount, StoreError *error) MUST_CHECK;
StoreResult admin_grant_list(Store *store, const char *subject, const char *organization, const char *before, json_t **list,
                             StoreError *error) MUST_CHECK;
StoreResult admin_grant_get(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;
StoreResult admin_grant_remove(Store *store, const char *id, const char *reason, const char *actor, StoreError *error) MUST_CHECK;
/* As of overrides: what was spent of it stays spent. */
StoreResult admin_grant_any(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;
StoreResult admin_grant_restore(Store *store, const char *id, const char *reason, const char *actor, json_t **json,
                                StoreError *error) MUST_CHECK;

/* API keys. Scopes: a bit each. */
enum { KEY_ENFORCE = 1, KEY_READ = 2, KEY_ADMIN = 4 };

/* JSON: {key (only from create: the key itself, this once), id, name, scopes:[…], created_at, expires_at, revoked_at,
 * last_used_at}. The key is "wq_ID_SECRET"; only a hash of SECRET is kept. `reason`: for the audit; NULL: none.
 * A time of expiry that has passed is STORE_INVALID. */
#define KEY_NAME_MAX 100
StoreResult admin_key_create(Store *store, const char *name, unsigned scopes, Instant expires_at, const char *reason, const char *actor,
                             json_t **json, StoreError *error) MUST_CHECK;
/* The newest first, `most` at most, from before the key `before` on (NULL: from the newest), which is a number. */
StoreResult admin_key_list(Store *store, const char *before, int64_t most, json_t **list, StoreError *error) MUST_CHECK;
StoreResult admin_key_get(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;
/* `reason`: for the audit; NULL: none. */
StoreResult admin_key_revoke(Store *store, const char *id, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

/* Checks a key as presented (compared in constant time; remembered for a second or until revoked).
 * STORE_OK and *scopes and *id; STORE_NONE: unknown, expired or revoked (never says which). */
StoreResult admin_key_check(Store *store, const char *key, int64_t *id, unsigned *scopes, StoreError *error) MUST_CHECK;

#endif
