/* Grants: bonus units on a feature, for one subject or for an organization whose members share them. */
#include "store/admin_internal.h"
#include "say/say.h"

StoreResult admin_grant_check(const Policy *policy, const GrantAdd *add, StoreError *error)
{
    if (!policy_feature(policy, add->feature))
        return store_fail(error, STORE_INVALID, "feature", SAY_NO_FEATURE, add->feature);
    WindowSpec every = { 0 };
    const char *why = NULL;
    if (add->every && !window_parse(add->every, &every, &why))
        return store_fail(error, STORE_INVALID, "every", "%s", why);
    if (add->every && every.unit == WINDOW_LIFETIME)
        return store_fail(error, STORE_INVALID, "every", SAY_RECURS_AFTER_TIME);
    if (add->effective_at != INSTANT_MIN && add->expires_at <= add->effective_at)
        return store_fail(error, STORE_INVALID, "expires_at", SAY_ENDS_AFTER_BEGIN);
    return STORE_OK;
}

static json_t *grant_details(const GrantAdd *add)
{
    g_autofree char *effective = instant_text(add->effective_at), *expires = instant_text(add->expires_at);
    return json_pack("{s:s, s:I, s:i, s:s*, s:s*, s:s*, s:s*}", "feature", add->feature, "amount", (json_int_t)add->amount,
                     "priority", add->priority, "effective_at", effective, "expires_at", expires, "every", add->every,
                     "reason", add->reason);
}

StoreResult admin_grant_insert(Store *store, const GrantAdd *add, const char *actor, char **id, StoreError *error)
{
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
    params_number(&params, add->amount);
    params_number(&params, add->priority);
    params_instant(&params, add->effective_at);
    params_instant(&params, add->expires_at);
    params_text(&params, add->every);
    params_text(&params, add->reason);
    params_text(&params, actor);
    g_autoptr(PGresult) rows = NULL;
    result = admin_run(store, QUERY_GRANT_ADD, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        result = store_fail(error, STORE_INVALID, "expires_at", SAY_FUTURE("expires_at"));
    if (result == STORE_OK)
        *id = g_strdup(result_text(rows, 0, 0));
    if (result != STORE_OK)
        return result;
    once_made(store, *id);
    json_t *details = grant_details(add);
    json_object_set_new(details, "grant", json_string(*id));
    return admin_audit(store, actor, "grant.add", add->subject, add->organization, details, error);
}

StoreResult admin_grant_add(Store *store, const GrantAdd *add, const char *actor, json_t **json, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autofree char *id = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = admin_grant_check(policy, add, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, admin_grant_insert(store, add, actor, &id, error), error);
    return result == STORE_OK ? store_made(admin_grant_get(store, id, json, error), STORE_MADE, error) : result;
}

/* What is left of a listed grant: the same rule as decisions use, on the counter in the row. */
static int64_t listed_left(const PGresult *rows, int row)
{
    Grant grant = { .slot = result_number(rows, row, 6), .amount = result_number(rows, row, 2),
                    .effective_at = result_number(rows, row, 3), .expires_at = result_number(rows, row, 4) };
    const char *every = result_text(rows, row, 5), *why = NULL;
    if (every && window_parse(every, &grant.every, &why))
        grant.every.align = ALIGN_ANCHOR;
    g_autoptr(GArray) state = g_array_new(FALSE, FALSE, sizeof(int64_t));
    result_numbers(rows, row, 1, state);
    Counter counter = { .slot = grant.slot, .window_start = INSTANT_MIN };
    const int64_t *values = (const int64_t *)(const void *)state->data;
    for (guint i = 0; i + COUNTER_STRIDE <= state->len; i += COUNTER_STRIDE)
        if (values[i] == grant.slot)
            counter = (Counter){ .slot = values[i], .window_start = values[i + 1], .used = values[i + 2], .held = values[i + 3] };
    return grant_left(&grant, &counter, result_number(rows, row, 7));
}

static StoreResult grants_read(Store *store, const AdminAsked *asked, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    admin_asked_params(&params, asked);
    g_autoptr(PGresult) rows = NULL;
    StoreResult outcome = store_read(store, QUERY_GRANTS_LIST, &params, &rows, error);
    if (outcome != STORE_OK)
        return outcome;
    *list = json_array();
    for (int row = 0; row < PQntuples(rows); row++) {
        json_t *grant = json_loads(result_text(rows, row, 0), 0, NULL);
        json_object_set_new(grant, "remaining", json_integer(listed_left(rows, row)));
        json_array_append_new(*list, grant);
    }
    return STORE_OK;
}

StoreResult admin_grant_open(Store *store, const char *subject, const char *feature, int64_t *amount, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, subject);
    params_text(&params, feature);
    params_number(&params, UNITS_MAX);
    StoreResult result = store_read(store, QUERY_GRANTS_OPEN, &params, &rows, error);
    *amount = result == STORE_OK ? result_number(rows, 0, 0) : 0;
    return result;
}

StoreResult admin_grant_list(Store *store, const char *subject, const char *organization, const char *before, json_t **list,
                             StoreError *error)
{
    const AdminAsked asked = { .subject = subject, .organization = organization, .before = before };
    return grants_read(store, &asked, list, error);
}

static StoreResult grant_one(Store *store, const char *id, bool removed, json_t **json, StoreError *error)
{
    int64_t number;
    if (!admin_id(id, &number))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("grant"));
    json_t *list = NULL;
    const AdminAsked asked = { .id = id, .removed = removed };
    StoreResult result = grants_read(store, &asked, &list, error);
    if (result == STORE_OK && json_array_size(list) != 1)
        result = store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("grant"));
    if (result == STORE_OK)
        *json = json_incref(json_array_get(list, 0));
    json_decref(list);
    return result;
}

StoreResult admin_grant_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    return grant_one(store, id, false, json, error);
}

StoreResult admin_grant_any(Store *store, const char *id, json_t **json, StoreError *error)
{
    return grant_one(store, id, true, json, error);
}

StoreResult admin_grant_remove(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    json_t *was = NULL;
    StoreResult result = admin_grant_get(store, id, &was, error);
    if (result == STORE_OK && reason)
        json_object_set_new(was, "removed_because", json_string(reason));
    return result == STORE_OK ? admin_turn(store, QUERY_GRANT_REMOVE, id, "grant", "remove", was, actor, error) : result;
}

StoreResult admin_grant_restore(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    json_t *was = NULL;
    StoreResult result = admin_grant_any(store, id, &was, error);
    if (result == STORE_OK && reason)
        json_object_set_new(was, "reason", json_string(reason));
    if (result == STORE_OK)
        result = admin_turn(store, QUERY_GRANT_RESTORE, id, "grant", "restore", was, actor, error);
    return result == STORE_OK ? store_made(admin_grant_get(store, id, json, error), STORE_MADE, error) : result;
}
