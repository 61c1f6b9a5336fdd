/* Bulks: whom one would be about, and one as it is made, looked at and stopped. */
#include "store/bulk_internal.h"

#include "base/json_write.h"
#include "say/say.h"
#include "store/people_rows.h"

void bulk_found_clear(BulkFound *found)
{
    g_clear_pointer(&found->subjects, g_ptr_array_unref);
    g_clear_pointer(&found->first, json_decref);
}

/* --- whom --- */

static bool has_limit(const Plan *plan, const Feature *feature, const char *key)
{
    for (int i = 0; plan && i < plan->limit_count; i++) {
        const Limit *limit = &plan->limits[i];
        if (limit->feature == feature->index && limit->scope == SCOPE_SUBJECT && (!key || strcmp(limit->key, key) == 0))
            return true;
    }
    return false;
}

/* Would something be other than it is for the person of the row? */
static bool would_change(const PGresult *rows, int row, const Policy *policy, const BulkAsk *ask)
{
    const Plan *plan = people_row_plan(rows, row, policy);
    switch (ask->kind) {
    case BULK_OVERRIDE:
        return has_limit(plan, policy_feature(policy, ask->feature), ask->limit);
    case BULK_PLAN:
        return ask->expires_at != INSTANT_MAX || people_row_plan_ends(rows, row) || !plan || strcmp(plan->key, ask->plan) != 0;
    case BULK_SUSPEND:
    case BULK_RESTORE:
        return people_row_suspended(rows, row) == (ask->kind == BULK_RESTORE);
    default:
        return true;
    }
}

/* Of the whole list, which is in the order of the search. */
static void see(BulkFound *found)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < found->subjects->len; i++) {
        const char *key = g_ptr_array_index(found->subjects, i);
        g_checksum_update(sum, (const guchar *)key, (gssize)strlen(key) + 1);
    }
    g_strlcpy(found->seen, g_checksum_get_string(sum), sizeof found->seen);
}

StoreResult bulk_look(Store *store, const BulkAsk *ask, BulkFound *found, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = bulk_check(policy, ask, error);
    if (result == STORE_OK)
        result = people_rows(store, &ask->who, BULK_MOST + 1, PEOPLE_ALL, policy, &rows, error);
    if (result != STORE_OK)
        return result;
    int count = MIN(people_row_count(rows), BULK_MOST);
    *found = (BulkFound){ .subjects = g_ptr_array_new_full((guint)count, g_free), .first = json_array(),
                          .more = people_row_count(rows) > BULK_MOST };
    for (int row = 0; row < count; row++) {
        g_ptr_array_add(found->subjects, g_strdup(people_row_subject(rows, row)));
        found->changed += would_change(rows, row, policy, ask);
        if (row < BULK_SHOWN)
            json_array_append_new(found->first, people_row_json(rows, row, policy));
    }
    if (ask->kind == BULK_RESET)
        found->changed = -1;
    see(found);
    return STORE_OK;
}

json_t *bulk_found_json(const BulkAsk *ask, const BulkFound *found)
{
    return json_pack("{s:b, s:s, s:I, s:o, s:s, s:O}", "dry_run", true, "what", bulk_kind_word(ask->kind), "people",
                     (json_int_t)found->subjects->len, "changed", found->changed < 0 ? json_null() : json_integer(found->changed), "seen",
                     found->seen, "first", found->first);
}

/* --- making it --- */

/* {q, filter, near, on_plan, organization, key}, what is asked for of it; of a plan the filter says so too, as the first bulks had it. */
static json_t *chosen_json(const PeopleAsked *who)
{
    const char *filter = who->filtered ? people_filter_word(who->filter) : who->plan ? people_filter_word(PEOPLE_ON_PLAN) : NULL;
    const char *text = who->text && *who->text ? who->text : filter || who->organization || who->key ? NULL : "";
    json_t *chosen = json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*}", "q", text, "filter", filter, "on_plan", who->plan, "organization",
                               who->organization, "key", who->key);
    if (who->filtered && who->filter == PEOPLE_NEAR && who->near_pct && who->near_pct != PEOPLE_NEAR_PCT)
        json_object_set_new(chosen, "near", json_integer(who->near_pct));
    return chosen;
}

/* The same was sent before: what came of it. */
static StoreResult made_before(Store *store, const char *once, const char *what, const char *change, const char *chosen, const char *reason,
                               char **id, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, once);
    params_text(&params, what);
    params_text(&params, change);
    params_text(&params, chosen);
    params_text(&params, reason);
    StoreResult result = admin_run(store, QUERY_BULK_ONCE, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    if (!PQntuples(rows) || !result_bool(rows, 0, 1))
        return store_fail(error, STORE_CONFLICT, NULL, SAY_BULK_SAME_KEY);
    *id = g_strdup(result_text(rows, 0, 0));
    return STORE_OK;
}

static StoreResult insert_people(Store *store, const char *id, const GPtrArray *subjects, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, id);
    params_texts(&params, subjects);
    return admin_run(store, QUERY_BULK_ITEMS_ADD, &params, NULL, error);
}

/* Of a transaction. */
static StoreResult insert(Store *store, const BulkAsk *ask, const BulkFound *found, const char *once, const char *actor, char **id,
                          StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    const char *what = bulk_kind_word(ask->kind);
    json_t *details = bulk_change_json(ask), *who = chosen_json(&ask->who);
    char *change = json_write(details, JSON_COMPACT), *chosen = json_dumps(who, JSON_COMPACT);
    params_text(&params, what);
    params_text(&params, change);
    params_text(&params, chosen);
    params_number(&params, found->subjects->len);
    params_text(&params, ask->reason);
    params_text(&params, actor);
    params_text(&params, audit_origin());
    params_text(&params, once);
    StoreResult result = admin_run(store, QUERY_BULK_ADD, &params, &rows, error);
    bool is_new = result == STORE_OK && PQntuples(rows);
    if (is_new) {
        *id = g_strdup(result_text(rows, 0, 0));
        result = insert_people(store, *id, found->subjects, error);
    } else if (result == STORE_OK) {
        result = made_before(store, once, what, change, chosen, ask->reason, id, error);
    }
    free(change);
    free(chosen);
    json_object_update(details, who);
    json_decref(who);
    if (!is_new || result != STORE_OK) {
        json_decref(details);
        return result;
    }
    json_object_set_new(details, "bulk", json_string(*id));
    json_object_set_new(details, "what", json_string(what));
    json_object_set_new(details, "people", json_integer(found->subjects->len));
    json_object_set_new(details, "reason", json_string(ask->reason));
    return admin_audit(store, actor, "bulk.run", NULL, NULL, details, error);
}

StoreResult bulk_add(Store *store, const BulkAsk *ask, const BulkFound *found, const char *once, const char *actor, json_t **json,
                     StoreError *error)
{
    g_autofree char *id = NULL;
    if (found->more)
        return store_fail(error, STORE_INVALID, NULL, SAY_BULK_TOO_MANY, BULK_MOST);
    if (!found->subjects->len)
        return store_fail(error, STORE_INVALID, NULL, SAY_BULK_NOBODY);
    StoreResult result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, insert(store, ask, found, once, actor, &id, error), error);
    return result == STORE_OK ? store_made(bulk_get(store, id, json, error), STORE_MADE, error) : result;
}

/* --- afterwards --- */

static StoreResult none(StoreError *error)
{
    return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("bulk"));
}

/* One by its number, or the newest `most` before another. */
static StoreResult read_bulks(Store *store, const char *id, const char *before, int64_t failures, int64_t most, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    size_t i;
    json_t *bulk;
    BulkKind kind;
    params_text(&params, id);
    params_number(&params, failures);
    params_text(&params, before);
    params_number(&params, most);
    StoreResult result = admin_rows(store, QUERY_BULK_SHOW, &params, list, error);
    if (result != STORE_OK)
        return result;
    json_array_foreach(*list, i, bulk) {
        const char *what = json_string_value(json_object_get(bulk, "what"));
        json_object_set_new(bulk, "known", json_boolean(bulk_change_known(what, json_object_get(bulk, "change"), &kind)));
        json_object_del(bulk, "change");
    }
    return STORE_OK;
}

StoreResult bulk_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    int64_t number;
    json_t *list = NULL;
    if (!admin_id(id, &number))
        return none(error);
    StoreResult result = read_bulks(store, id, NULL, BULK_FAILURES, 1, &list, error);
    if (result == STORE_OK && json_array_size(list) != 1)
        result = none(error);
    if (result == STORE_OK)
        *json = json_incref(json_array_get(list, 0));
    json_decref(list);
    return result;
}

StoreResult bulk_list(Store *store, const char *before, json_t **list, bool *more, StoreError *error)
{
    int64_t number;
    size_t i;
    json_t *bulk;
    if (before && !admin_id(before, &number))
        return store_fail(error, STORE_INVALID, "before", SAY_BULK_BEFORE);
    StoreResult result = read_bulks(store, NULL, before, 0, BULK_PAGE + 1, list, error);
    if (result != STORE_OK)
        return result;
    admin_cut(*list, BULK_PAGE, more);
    json_array_foreach(*list, i, bulk)
        json_object_del(bulk, "failures");
    return STORE_OK;
}

/* Of a transaction. */
static StoreResult stop(Store *store, const char *id, const char *actor, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, id);
    params_text(&params, actor);
    StoreResult result = admin_run(store, QUERY_BULK_STOP, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, NULL, SAY_BULK_OVER);
    return result == STORE_OK ? admin_audit(store, actor, "bulk.stop", NULL, NULL, json_pack("{s:s}", "bulk", id), error) : result;
}

StoreResult bulk_stop(Store *store, const char *id, const char *actor, json_t **json, StoreError *error)
{
    json_t *known = NULL;
    StoreResult result = bulk_get(store, id, &known, error);
    json_decref(known);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, stop(store, id, actor, error), error);
    return result == STORE_OK ? store_made(bulk_get(store, id, json, error), STORE_MADE, error) : result;
}
