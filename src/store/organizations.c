/* Organizations: each page a range of an index. */
#include "store/organizations.h"

#include "say/say.h"
#include "store/admin_internal.h"
#include "store/organization_caps.h"

StoreResult organizations_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, text);
    params_text(&params, after ? after : "");
    params_number(&params, ORGANIZATIONS_PAGE + 1);
    StoreResult result = admin_rows(store, QUERY_ORGANIZATIONS_FIND, &params, list, error);
    if (result == STORE_OK)
        admin_cut(*list, ORGANIZATIONS_PAGE, more);
    return result;
}

static json_t *member_of(const PGresult *rows, int row, const Policy *policy)
{
    const char *key = result_text(rows, row, 0);
    Instant until = result_null(rows, row, 2) ? INSTANT_MAX : result_number(rows, row, 2);
    const Plan *plan = subject_plan_now(policy, g_str_has_prefix(key, "anon:"), result_text(rows, row, 1), until,
                                        result_text(rows, row, 3), result_number(rows, row, 6));
    json_t *used = result_null(rows, row, 8) ? json_object() : json_loads(result_text(rows, row, 8), 0, NULL);
    json_t *member = json_pack("{s:I, s:s, s:n, s:s?, s:b, s:o}", "member", (json_int_t)result_number(rows, row, 7), "subject", key, "plan",
                               "email", result_text(rows, row, 4), "suspended", result_bool(rows, row, 5), "used", used);
    const Subject subject = {.key = key, .plan = plan, .first_met = result_number(rows, row, 9)};
    json_auto_t *overrides = result_null(rows, row, 10) ? NULL : json_loads(result_text(rows, row, 10), 0, NULL);
    if (plan)
        json_object_set_new(member, "plan", json_pack("{s:s, s:s}", "key", plan->key, "title", plan->title));
    json_object_set_new(member, "caps", organization_caps(policy, &subject, overrides, result_number(rows, row, 6)));
    return member;
}

static StoreResult ask(Db *db, Query query, const Params *params, PGresult **rows, StoreError *error)
{
    DbResult result = db_run(db, query, params, rows);
    if (result == DB_LOST)
        result = db_run(db, query, params, rows);
    return result == DB_OK ? STORE_OK : store_down(error, db);
}

StoreResult organization_members(Store *store, const char *organization, int64_t after, int most, json_t **list, bool *more,
                                 StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autoptr(PGresult) found = NULL;
    g_autoptr(PGresult) rows = NULL;
    g_auto(Params) key = params_new(), params = params_new();
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    params_text(&key, organization);
    params_text(&params, organization);
    params_number(&params, after);
    params_number(&params, most + 1);
    Db *db = store_reader_take(store);
    result = ask(db, QUERY_ORGANIZATION_FIND, &key, &found, error);
    if (result == STORE_OK && !PQntuples(found))
        result = store_fail(error, STORE_NONE, "organization", SAY_NO_ORGANIZATION, organization);
    if (result == STORE_OK)
        result = ask(db, QUERY_ORGANIZATION_MEMBERS, &params, &rows, error);
    store_reader_give(store, db);
    if (result != STORE_OK)
        return result;
    *list = json_array();
    for (int row = 0; row < PQntuples(rows); row++)
        json_array_append_new(*list, member_of(rows, row, policy));
    admin_cut(*list, most, more);
    return STORE_OK;
}

StoreResult organization_get(Store *store, const char *organization, json_t **json, StoreError *error)
{
    g_auto(Params) params = params_new();
    json_t *list = NULL;
    params_text(&params, organization);
    StoreResult result = admin_rows(store, QUERY_ORGANIZATION_SHOW, &params, &list, error);
    if (result == STORE_OK && !json_array_size(list))
        result = store_fail(error, STORE_NONE, "organization", SAY_NO_ORGANIZATION, organization);
    if (result == STORE_OK)
        *json = json_incref(json_array_get(list, 0));
    json_decref(list);
    return result;
}

StoreResult organization_version(Store *store, const char *organization, int64_t *version, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, organization);
    StoreResult result = store_read(store, QUERY_ORGANIZATION_VERSION, &params, &rows, error);
    *version = result == STORE_OK ? result_number(rows, 0, 0) : 0;
    return result;
}

void organization_clear(Organization *organization)
{
    json_decref(organization->about);
    json_decref(organization->members);
    json_decref(organization->overrides);
    json_decref(organization->grants);
    usage_read_free(organization->usage);
}

StoreResult organization_seen(Store *store, const char *organization, UsageRead **read, StoreError *error)
{
    json_t *list = NULL;
    bool more;
    StoreResult result = organization_members(store, organization, 0, 1, &list, &more, error);
    const char *member = json_string_value(json_object_get(json_array_get(list, 0), "subject"));
    if (result == STORE_OK && member)
        result = store_usage(store, member, NULL, true, read, error);
    json_decref(list);
    return result;
}

StoreResult organization_read(Store *store, const char *organization, int64_t after, Organization *read, StoreError *error)
{
    StoreResult result = organization_members(store, organization, after, MEMBERS_PAGE, &read->members, &read->more, error);
    if (result == STORE_OK)
        result = organization_get(store, organization, &read->about, error);
    if (result == STORE_OK)
        result = organization_seen(store, organization, &read->usage, error);
    if (result == STORE_OK)
        result = admin_override_list(store, NULL, organization, NULL, &read->overrides, error);
    return result == STORE_OK ? admin_grant_list(store, NULL, organization, NULL, &read->grants, error) : result;
}

static StoreResult own(Store *store, const char *organization, const char *owner, const char *seen, const char *reason, const char *actor,
                       StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, organization);
    params_text(&params, owner);
    StoreResult result = admin_run(store, QUERY_ORGANIZATION_OWNER, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_INVALID, "owner", SAY_NO_MEMBER, owner, organization);
    if (result != STORE_OK)
        return result;
    const char *was = result_null(rows, 0, 0) ? NULL : result_text(rows, 0, 0);
    if (seen && strcmp(seen, was ? was : "") != 0)
        return store_fail(error, STORE_CONFLICT, "owner", SAY_OWNER_CHANGED);
    return admin_audit(store, actor, "organization.owner", owner ? owner : was, organization,
                       json_pack("{s:s?, s:s*, s:{s:s?}}", "owner", owner, "reason", reason, "old", "owner", was), error);
}

StoreResult organization_own(Store *store, const char *organization, const char *owner, const char *seen, const char *reason,
                             const char *actor, json_t **json, StoreError *error)
{
    json_t *before = NULL;
    StoreResult result = organization_get(store, organization, &before, error);
    json_decref(before);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, own(store, organization, owner, seen, reason, actor, error), error);
    return result == STORE_OK ? store_made(organization_get(store, organization, json, error), STORE_MADE, error) : result;
}
