/* Overrides: a replaced amount for one subject or organization. */
#include "store/admin_internal.h"
#include "say/say.h"

/* An override must have something to override: a limit of its owner's scope on the feature in some plan. */
StoreResult admin_override_check(const Policy *policy, const OverrideAdd *add, StoreError *error)
{
    const Feature *feature = policy_feature(policy, add->feature);
    if (!feature)
        return store_fail(error, STORE_INVALID, "feature", SAY_NO_FEATURE, add->feature);
    Scope scope = add->subject ? SCOPE_SUBJECT : SCOPE_ORGANIZATION;
    for (int p = 0; p < policy->plan_count; p++)
        for (int i = 0; i < policy->plans[p].limit_count; i++) {
            const Limit *limit = &policy->plans[p].limits[i];
            if (limit->feature == feature->index && limit->scope == scope && (!add->limit || strcmp(limit->key, add->limit) == 0))
                return STORE_OK;
        }
    if (add->limit)
        return store_fail(error, STORE_INVALID, "limit", SAY_NO_LIMIT, add->limit, scope_word(scope), add->feature);
    return store_fail(error, STORE_INVALID, "feature", SAY_NO_LIMIT_OF_SCOPE, scope_word(scope), add->feature);
}

static json_t *override_details(const OverrideAdd *add)
{
    g_autofree char *expires = instant_text(add->expires_at);
    json_t *details = json_pack("{s:s, s:s*, s:s*, s:s*}", "feature", add->feature, "limit", add->limit, "expires_at", expires,
                                "reason", add->reason);
    if (add->kind == OVERRIDE_AMOUNT)
        json_object_set_new(details, "amount", json_integer(add->amount));
    else if (add->kind == OVERRIDE_MULTIPLIER)
        json_object_set_new(details, "multiplier", json_real(add->multiplier));
    else
        json_object_set_new(details, "unlimited", json_true());
    return details;
}

StoreResult admin_override_insert(Store *store, const OverrideAdd *add, const char *actor, char **id, StoreError *error)
{
    static const char *const kinds[] = { "amount", "unlimited", "multiplier" };
    int64_t account_id = 0, subject_id = 0;
    StoreResult result = admin_owner(store, add->subject, add->organization, &account_id, &subject_id, error);
    if (result == STORE_OK)
        result = admin_touch_seen(store, account_id, subject_id, add->organization, add->seen, error);
    if (result != STORE_OK)
        return result;
    g_auto(Params) params = params_new();
    params_number(&params, account_id);
    if (subject_id)
        params_number(&params, subject_id);
    else
        params_text(&params, NULL);
    params_text(&params, add->feature);
    params_text(&params, add->limit);
    params_text(&params, kinds[add->kind]);
    if (add->kind == OVERRIDE_AMOUNT)
        params_number(&params, add->amount);
    else
        params_text(&params, NULL);
    if (add->kind == OVERRIDE_MULTIPLIER)
        params_real(&params, add->multiplier);
    else
        params_text(&params, NULL);
    params_instant(&params, add->expires_at);
    params_text(&params, add->reason);
    params_text(&params, actor);
    g_autoptr(PGresult) rows = NULL;
    result = admin_run(store, QUERY_OVERRIDE_ADD, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        result = store_fail(error, STORE_INVALID, "expires_at", SAY_FUTURE("expires_at"));
    if (result == STORE_OK)
        *id = g_strdup(result_text(rows, 0, 0));
    if (result != STORE_OK)
        return result;
    once_made(store, *id);
    json_t *details = override_details(add), *old = result_null(rows, 0, 1) ? NULL : json_loads(result_text(rows, 0, 1), 0, NULL);
    json_object_set_new(details, "override", json_string(*id));
    if (old)
        json_object_set_new(details, "old", old);
    return admin_audit(store, actor, "override.add", add->subject, add->organization, details, error);
}

StoreResult admin_override_add(Store *store, const OverrideAdd *add, const char *actor, json_t **json, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autofree char *id = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = admin_override_check(policy, add, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, admin_override_insert(store, add, actor, &id, error), error);
    return result == STORE_OK ? store_made(admin_override_get(store, id, json, error), STORE_MADE, error) : result;
}

StoreResult admin_override_list(Store *store, const char *subject, const char *organization, const char *before, json_t **list,
                                StoreError *error)
{
    const AdminAsked asked = { .subject = subject, .organization = organization, .before = before };
    return admin_list(store, QUERY_OVERRIDES_LIST, &asked, list, error);
}

StoreResult admin_override_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    return admin_one(store, QUERY_OVERRIDES_LIST, id, "override", json, error);
}

StoreResult admin_override_remove(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    json_t *was = NULL;
    StoreResult result = admin_override_get(store, id, &was, error);
    if (result == STORE_OK && reason)
        json_object_set_new(was, "removed_because", json_string(reason));
    return result == STORE_OK ? admin_turn(store, QUERY_OVERRIDE_REMOVE, id, "override", "remove", was, actor, error) : result;
}

StoreResult admin_override_any(Store *store, const char *id, json_t **json, StoreError *error)
{
    return admin_removed(store, id, "override", json, error);
}

StoreResult admin_override_restore(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    json_t *was = NULL;
    StoreResult result = admin_override_any(store, id, &was, error);
    if (result == STORE_OK && reason)
        json_object_set_new(was, "reason", json_string(reason));
    if (result == STORE_OK)
        result = admin_turn(store, QUERY_OVERRIDE_RESTORE, id, "override", "restore", was, actor, error);
    return result == STORE_OK ? store_made(admin_override_get(store, id, json, error), STORE_MADE, error) : result;
}
