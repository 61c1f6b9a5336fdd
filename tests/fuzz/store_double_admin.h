/* The rest of store_double.h: what administrators keep. What was given is given back, as far as JSON can hold it. */
#ifndef WEBQUOTA_TESTS_FUZZ_STORE_DOUBLE_ADMIN_H
#define WEBQUOTA_TESTS_FUZZ_STORE_DOUBLE_ADMIN_H

#include "base/parse.h"
#include "store_double.h"

static inline StoreResult double_json(const char *name, const char *more, json_t **json, StoreError *error)
{
    StoreResult result = double_result(name, error);
    if (result == STORE_OK)
        *json = json_pack("{s:s?, s:s?}", "subject", name, "reason", more);
    return result;
}

static inline StoreResult double_list(const char *name, json_t **list, StoreError *error)
{
    StoreResult result = double_result(name, error);
    if (result == STORE_OK)
        *list = json_pack("[{s:s?}]", "subject", name);
    return result;
}

StoreResult admin_subject_set(Store *store, const SubjectChange *change, const char *actor, bool *created,
                              json_t **subject_json, StoreError *error)
{
    (void)store;
    *created = change->plan != NULL;
    HOLDS(actor);
    return double_json(change->subject, change->email, subject_json, error);
}

StoreResult admin_subject_get(Store *store, const char *subject, json_t **subject_json, StoreError *error)
{
    (void)store;
    return double_json(subject, NULL, subject_json, error);
}

StoreResult admin_override_check(const Policy *policy, const OverrideAdd *add, StoreError *error)
{
    HOLDS(policy_feature(policy, add->feature));
    return double_result(add->limit, error);
}

StoreResult admin_override_add(Store *store, const OverrideAdd *add, const char *actor, json_t **json, StoreError *error)
{
    (void)store;
    HOLDS(actor && !add->subject != !add->organization && add->feature && add->reason);
    HOLDS(add->kind != OVERRIDE_AMOUNT || (add->amount >= 0 && add->amount <= UNITS_MAX));
    return double_json(add->subject ? add->subject : add->organization, add->reason, json, error);
}

StoreResult admin_override_list(Store *store, const char *subject, const char *organization, const char *before, json_t **list,
                                StoreError *error)
{
    int64_t number;
    (void)store;
    HOLDS(!before || parse_whole(before, 1, UNITS_MAX, &number));
    return double_list(subject ? subject : organization, list, error);
}

StoreResult admin_override_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    return double_json(id, NULL, json, error);
}

StoreResult admin_override_any(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    return double_json(id, NULL, json, error);
}

StoreResult admin_override_restore(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    (void)store;
    HOLDS(actor && reason);
    return double_json(id, reason, json, error);
}

StoreResult admin_override_remove(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    (void)reason; /* may be missing */
    HOLDS(actor);
    return double_result(id, error);
}

StoreResult admin_grant_add(Store *store, const GrantAdd *add, const char *actor, json_t **json, StoreError *error)
{
    (void)store;
    HOLDS(actor && !add->subject != !add->organization && add->feature && add->reason && add->amount >= 1);
    return double_json(add->subject ? add->subject : add->organization, add->every, json, error);
}

StoreResult admin_grant_list(Store *store, const char *subject, const char *organization, const char *before, json_t **list,
                                StoreError *error)
{
    int64_t number;
    (void)store;
    HOLDS(!before || parse_whole(before, 1, UNITS_MAX, &number));
    return double_list(subject ? subject : organization, list, error);
}

StoreResult admin_grant_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    return double_json(id, NULL, json, error);
}

StoreResult admin_grant_any(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    return double_json(id, NULL, json, error);
}

StoreResult admin_grant_restore(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    (void)store;
    HOLDS(actor && reason);
    return double_json(id, reason, json, error);
}

StoreResult admin_grant_remove(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    (void)reason; /* may be missing */
    HOLDS(actor);
    return double_result(id, error);
}

StoreResult admin_grant_open(Store *store, const char *subject, const char *feature, int64_t *amount, StoreError *error)
{
    (void)store;
    HOLDS(*subject);
    *amount = 5;
    return double_result(feature, error);
}

StoreResult admin_key_create(Store *store, const char *name, unsigned scopes, Instant expires_at, const char *reason, const char *actor,
                             json_t **json, StoreError *error)
{
    (void)store, (void)expires_at, (void)reason;
    HOLDS(actor && scopes >= 1 && scopes <= 7);
    return double_json(name, NULL, json, error);
}

StoreResult admin_key_list(Store *store, const char *before, int64_t most, json_t **list, StoreError *error)
{
    (void)store, (void)before;
    HOLDS(most >= 1);
    return double_list("key", list, error);
}

StoreResult admin_key_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    return double_json(id, NULL, json, error);
}

StoreResult admin_key_revoke(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    (void)reason; /* may be missing */
    HOLDS(actor);
    return double_result(id, error);
}

/* "wq_e", "wq_r", "wq_a": a key of one scope; "wq_*" of all. */
StoreResult admin_key_check(Store *store, const char *key, int64_t *id, unsigned *scopes, StoreError *error)
{
    (void)store, (void)error;
    *id = 1;
    *scopes = strcmp(key, "wq_e") == 0 ? KEY_ENFORCE : strcmp(key, "wq_r") == 0 ? KEY_READ : strcmp(key, "wq_a") == 0 ? KEY_ADMIN
            : strcmp(key, "wq_*") == 0 ? KEY_ENFORCE | KEY_READ | KEY_ADMIN : 0;
    return *scopes ? STORE_OK : key[3] == '-' ? STORE_DOWN : STORE_NONE;
}

#endif
