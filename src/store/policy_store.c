/* Applying a policy, and who is concerned by it. */
#include "store/policy_store.h"

#include "say/say.h"
#include "store/policy_holds.h"

static void put_tables(Params *params, const Policy *policy)
{
    GPtrArray *texts[7];
    for (int i = 0; i < 7; i++)
        texts[i] = g_ptr_array_new();
    g_autoptr(GArray) ranks = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int i = 0; i < policy->plan_count; i++) {
        const Plan *plan = &policy->plans[i];
        int64_t rank = plan->rank;
        g_ptr_array_add(texts[0], plan->key);
        g_ptr_array_add(texts[1], plan->title);
        g_array_append_val(ranks, rank);
        g_ptr_array_add(texts[2], plan->price);
    }
    for (int i = 0; i < policy->feature_count; i++) {
        const Feature *feature = &policy->features[i];
        g_ptr_array_add(texts[3], feature->key);
        g_ptr_array_add(texts[4], feature->title);
        g_ptr_array_add(texts[5], feature->unit);
        g_ptr_array_add(texts[6], feature->parent >= 0 ? policy->features[feature->parent].key : NULL);
    }
    params_texts(params, texts[0]);
    params_texts(params, texts[1]);
    params_numbers(params, ranks);
    for (int i = 2; i < 7; i++)
        params_texts(params, texts[i]);
    for (int i = 0; i < 7; i++)
        g_ptr_array_unref(texts[i]);
}

static StoreResult insert_version(Store *store, const Policy *policy, const PolicyChange *change, int based_on, int *version,
                                  StoreError *error)
{
    bool later = change->effective_at != INSTANT_MIN;
    g_autofree char *effective_at = later ? instant_text_exact(change->effective_at) : NULL;
    g_auto(Params) text = params_new();
    params_text(&text, policy->text);
    params_text(&text, change->author);
    params_text(&text, change->reason);
    params_text(&text, later ? "scheduled" : "applied");
    params_text(&text, effective_at);
    g_autofree char *base = based_on ? g_strdup_printf("%d", based_on) : NULL;
    params_text(&text, base);
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, QUERY_POLICY_INSERT, &text, &rows, error);
    if (result == STORE_OK)
        *version = (int)result_number(rows, 0, 0);
    return result;
}

/* Puts a version in force that is there. */
static StoreResult activate(Store *store, const Policy *policy, int version, StoreError *error)
{
    g_auto(Params) number = params_new();
    params_number(&number, version);
    StoreResult result = admin_run(store, QUERY_POLICY_RETIRE, NULL, NULL, error);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_POLICY_ACTIVATE, &number, NULL, error);
    g_auto(Params) tables = params_new();
    put_tables(&tables, policy);
    return result == STORE_OK ? admin_run(store, QUERY_POLICY_TABLES, &tables, NULL, error) : result;
}

/* `why` it did not come into force; NULL: that is not asked. */
static StoreResult audit(Store *store, const char *author, const char *action, int version, const char *reason, int from, const char *why,
                         StoreError *error)
{
    json_t *details = json_pack("{s:i, s:s*, s:s*}", "version", version, "reason", reason, "why", why);
    if (from)
        json_object_set_new(details, "old", json_pack("{s:i}", "version", from));
    return admin_audit(store, author, action, NULL, NULL, details, error);
}

/* From here on nobody else changes it. *now is the version in force, 0 where there is none; it must be the one that was looked at. */
static StoreResult lock_seen(Store *store, const PolicyChange *change, PGresult **active, int *now, StoreError *error)
{
    StoreResult result = admin_run(store, QUERY_POLICY_LOCK, NULL, NULL, error);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_POLICY_ACTIVE, NULL, active, error);
    if (result != STORE_OK)
        return result;
    *now = PQntuples(*active) ? (int)result_number(*active, 0, 0) : 0;
    return change->expected && change->expected != *now ? store_fail(error, STORE_CONFLICT, "version", SAY_POLICY_CHANGED, *now) : STORE_OK;
}

static StoreResult change_make(Store *store, const Policy *policy, const PolicyChange *change, int *version, bool *changed,
                               StoreError *error)
{
    bool later = change->effective_at != INSTANT_MIN;
    g_autoptr(PGresult) active = NULL;
    int now;
    StoreResult result = lock_seen(store, change, &active, &now, error);
    if (result != STORE_OK)
        return result;
    *changed = !now || strcmp(result_text(active, 0, 1), policy->text) != 0;
    if (!*changed) {
        *version = now;
        return STORE_OK;
    }
    g_autoptr(Policy) from = policy_of_row(store, active);
    result = policy_follows(store, admin_run, change->author, from, policy, later || change->keeps_plans, error);
    if (result != STORE_OK)
        return result;
    if (policy_slots_register(&store->writer, policy) != DB_OK)
        return store_down(error, &store->writer);
    result = insert_version(store, policy, change, now, version, error);
    if (result == STORE_OK && !later)
        result = activate(store, policy, *version, error);
    return result == STORE_OK
        ? audit(store, change->author, later ? "policy.schedule" : "policy.apply", *version, change->reason, now, NULL, error) : result;
}

StoreResult policy_change(Store *store, const Policy *policy, const PolicyChange *change, int *version, bool *changed, StoreError *error)
{
    StoreResult result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, change_make(store, policy, change, version, changed, error), error);
    store_policy_look_again(store); /* whoever made it sees it at once */
    return result;
}

StoreResult policy_apply(Store *store, const Policy *policy, const char *author, const char *reason, int *version,
                         bool *changed, StoreError *error)
{
    const PolicyChange change = { .author = author, .reason = reason, .effective_at = INSTANT_MIN };
    return policy_change(store, policy, &change, version, changed, error);
}

/* --- what is to come --- */

static StoreResult set_state(Store *store, int version, const char *state, bool *was_scheduled, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, version);
    params_text(&params, state);
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, QUERY_POLICY_STATE, &params, &rows, error);
    *was_scheduled = result == STORE_OK && PQntuples(rows) == 1;
    return result;
}

/* Why it cannot come into force in the place of the one that is, though nobody has changed that; NULL: it can. New string. */
static StoreResult why_not_now(Store *store, const Policy *policy, const char *author, char **why, StoreError *error)
{
    g_autoptr(PGresult) active = NULL;
    StoreResult result = admin_run(store, QUERY_POLICY_ACTIVE, NULL, &active, error);
    g_autoptr(Policy) from = result == STORE_OK ? policy_of_row(store, active) : NULL;
    if (result == STORE_OK)
        result = policy_follows(store, admin_run, author, from, policy, true, error);
    if (result != STORE_INVALID)
        return result;
    *why = g_strdup(error->detail);
    store_error_clear(error);
    return STORE_OK;
}

/* The first that is due, under the lock, so that it is done once. *any: there was one. One that cannot be read any more, or that something
 * holds by now, has failed for good: its row says that it was overtaken, and the audit why (policies_list.sql). */
static StoreResult apply_first_due(Store *store, bool *any, StoreError *error)
{
    g_autoptr(PGresult) due = NULL;
    StoreResult result = admin_run(store, QUERY_POLICY_LOCK, NULL, NULL, error);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_POLICY_DUE, NULL, &due, error);
    *any = result == STORE_OK && PQntuples(due) == 1;
    if (!*any)
        return result;
    int version = (int)result_number(due, 0, 0), based_on = (int)result_number(due, 0, 4), now = (int)result_number(due, 0, 5);
    g_autofree char *why = NULL;
    g_autoptr(Policy) policy = store->config.read_policy(result_text(due, 0, 1), "policy", &why);
    bool overtaken = based_on != now, was_scheduled;
    if (policy && !overtaken)
        result = why_not_now(store, policy, result_text(due, 0, 2), &why, error);
    bool good = policy && !overtaken && !why;
    if (result == STORE_OK)
        result = set_state(store, version, good ? "applied" : "overtaken", &was_scheduled, error);
    if (result == STORE_OK && good)
        result = activate(store, policy, version, error);
    return result == STORE_OK ? audit(store, result_text(due, 0, 2), good ? "policy.apply" : overtaken ? "policy.overtaken" : "policy.failed",
                                      version, result_text(due, 0, 3), now, overtaken ? NULL : why, error) : result;
}

StoreResult policy_apply_due(Store *store, int64_t us, StoreError *error)
{
    int64_t deadline_us = store->config.listen ? g_get_monotonic_time() + us : 0;
    g_autofree char *origin = g_strdup(audit_origin());
    int64_t bulk = audit_bulk();
    bool any = true;
    StoreResult result = STORE_OK;
    audit_origin_set("schedule");
    audit_bulk_set(0);
    while (result == STORE_OK && any) {
        result = admin_begin_if_free(store, deadline_us, error);
        if (result == STORE_OK)
            result = admin_end(store, apply_first_due(store, &any, error), error);
    }
    audit_bulk_set(bulk);
    audit_origin_set(origin);
    return result;
}

static StoreResult cancel(Store *store, int version, const PolicyChange *change, StoreError *error)
{
    bool was_scheduled;
    int now;
    g_autoptr(PGresult) active = NULL;
    StoreResult result = lock_seen(store, change, &active, &now, error);
    if (result == STORE_OK)
        result = set_state(store, version, "cancelled", &was_scheduled, error);
    if (result == STORE_OK && !was_scheduled)
        return store_fail(error, STORE_NONE, "version", SAY_NO_CHANGE_TO_COME);
    return result == STORE_OK ? audit(store, change->author, "policy.cancel", version, change->reason, 0, NULL, error) : result;
}

StoreResult policy_cancel(Store *store, int version, const PolicyChange *change, StoreError *error)
{
    StoreResult result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, cancel(store, version, change, error), error);
    store_policy_look_again(store); /* whoever cancelled it sees nothing of it any more */
    return result;
}

StoreResult policy_version_read(Store *store, int version, Policy **policy, StoreError *error)
{
    Db *db = store_reader_take(store);
    StoreResult result = store_policy_version(store, db, version, policy, error);
    store_reader_give(store, db);
    return result;
}

StoreResult policy_people(Store *store, const Policy *policy, json_t **people, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = store_read(store, QUERY_SUBJECTS_PER_PLAN, NULL, &rows, error);
    if (result != STORE_OK)
        return result;
    *people = json_object();
    for (int row = 0; row < PQntuples(rows); row++) {
        const Plan *plan = subject_plan_now(policy, result_bool(rows, row, 1), result_text(rows, row, 0), INSTANT_MAX, NULL, 0);
        const char *key = plan ? plan->key : "";
        json_int_t before = json_integer_value(json_object_get(*people, key));
        json_object_set_new(*people, key, json_integer(before + (json_int_t)result_number(rows, row, 2)));
    }
    return STORE_OK;
}

StoreResult policy_versions(Store *store, json_t **list, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = store_read(store, QUERY_POLICIES_LIST, NULL, &rows, error);
    if (result != STORE_OK)
        return result;
    *list = json_array();
    for (int row = 0; row < PQntuples(rows); row++)
        json_array_append_new(*list, json_pack("{s:I, s:s?, s:s?, s:s?, s:b, s:s?, s:s?, s:I, s:s?}", "version",
                                               (json_int_t)result_number(rows, row, 0), "author", result_text(rows, row, 1), "reason",
                                               result_text(rows, row, 2), "applied_at", result_text(rows, row, 3), "active",
                                               result_bool(rows, row, 4), "state", result_text(rows, row, 5), "effective_at",
                                               result_text(rows, row, 6), "based_on", (json_int_t)result_number(rows, row, 7), "why",
                                               result_text(rows, row, 8)));
    return STORE_OK;
}
