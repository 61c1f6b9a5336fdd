/* The transaction of a change, and reading lists of what was changed. */
#include "store/admin_internal.h"

#include "base/json_write.h"
#include "base/parse.h"
#include "say/say.h"

/* With the connection taken. Whoever waits for a change waits for each of its statements as long as for a decision: one that stands still
 * is heard of by then. With the first, the connection may have to be made. */
static StoreResult begin(Store *store, int64_t first_us, StoreError *error)
{
    int64_t deadline_us = store->writer.deadline_us;
    if (!deadline_us && store->config.listen)
        store->writer.deadline_us = first_us;
    DbResult result = db_run(&store->writer, QUERY_BEGIN, NULL, NULL);
    if (result == DB_LOST)
        result = db_run(&store->writer, QUERY_BEGIN, NULL, NULL);
    store->writer.deadline_us = deadline_us;
    if (result == DB_OK)
        return STORE_OK;
    store_down(error, &store->writer);
    store_writer_give(store);
    return store_made(STORE_DOWN, STORE_NOT_MADE, error);
}

StoreResult admin_begin(Store *store, StoreError *error)
{
    int64_t came_us = g_get_monotonic_time();
    if (!store_writer_take(store))
        return store_made(store_fail(error, STORE_DOWN, NULL, SAY_DATABASE, SAY_NO_ANSWER), STORE_NOT_MADE, error);
    StoreResult result = begin(store, store_writer_until(store, came_us, store_patience_us(store)), error);
    if (result != STORE_OK || !once_of_thread())
        return result;
    store->once = once_of_thread();
    result = once_begin(store, error);
    return result == STORE_OK ? result : admin_end(store, result, error);
}

StoreResult admin_begin_if_free(Store *store, int64_t deadline_us, StoreError *error)
{
    if (!store_writer_try(store))
        return store_fail(error, STORE_CONFLICT, NULL, SAY_BUSY);
    store->writer.deadline_us = deadline_us;
    return begin(store, deadline_us, error);
}

/* What may have many rows to go through, or has to wait for one who has. */
static bool takes_long(Query query)
{
    return query == QUERY_BULK_ITEMS_ADD || query == QUERY_BULK_UNDO_ADD || query == QUERY_COUNTERS_TOUCH_ALL ||
           query == QUERY_MEMBERS_LOCK || query == QUERY_PLAN_HELD || query == QUERY_POLICY_LOCK || query == QUERY_POLICY_TABLES;
}

static DbResult run(Store *store, Query query, const Params *params, PGresult **rows)
{
    int patience_ms = store->writer.patience_ms;
    if (takes_long(query))
        store->writer.patience_ms = MAX(DB_PATIENCE_MS, patience_ms);
    DbResult result = db_run(&store->writer, query, params, rows);
    store->writer.patience_ms = patience_ms;
    if (result == DB_OK)
        store_writer_heard(store);
    return result;
}

/* What is to be said of a statement that was run. */
static StoreResult outcome(Store *store, DbResult result, StoreError *error)
{
    if (result == DB_OK)
        return STORE_OK;
    if (result == DB_RETRY)
        return store_fail(error, STORE_CONFLICT, NULL, SAY_SAME_CHANGED ": %s", store->writer.error);
    return store_down(error, &store->writer);
}

StoreResult admin_run(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error)
{
    return outcome(store, run(store, query, params, rows), error);
}

static StoreResult commit(Store *store, StoreError *error)
{
    DbResult result = run(store, QUERY_COMMIT, NULL, NULL);
    return store_made(outcome(store, result, error), result == DB_LOST ? STORE_MAYBE_MADE : STORE_NOT_MADE, error);
}

StoreResult admin_end(Store *store, StoreResult result, StoreError *error)
{
    if (result == STORE_OK && store->once)
        result = once_end(store, error);
    store->once = NULL;
    g_clear_pointer(&store->once_id, g_free);
    if (result == STORE_OK) {
        g_auto(Params) params = params_new();
        params_text(&params, "changed");
        result = admin_run(store, QUERY_NOTIFY, &params, NULL, error);
    }
    result = result == STORE_OK ? commit(store, error) : store_made(result, STORE_NOT_MADE, error);
    if (result != STORE_OK && store->writer.connection && db_run(&store->writer, QUERY_ROLLBACK, NULL, NULL) != DB_OK)
        db_close_connection(&store->writer);
    store_writer_give(store);
    if (result == STORE_OK)
        ledger_forget(store);
    return result;
}

StoreResult admin_audit(Store *store, const char *actor, const char *action, const char *subject, const char *organization,
                        json_t *details, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, actor);
    params_text(&params, action);
    params_text(&params, subject);
    params_text(&params, organization);
    if (audit_bulk())
        json_object_set_new(details, "bulk", json_sprintf("%" PRId64, audit_bulk()));
    char *text = json_write(details, JSON_COMPACT);
    params_text(&params, text);
    free(text);
    json_decref(details);
    params_text(&params, audit_origin());
    return admin_run(store, QUERY_AUDIT_WRITE, &params, NULL, error);
}

StoreResult admin_touch(Store *store, int64_t account_id, int64_t subject_id, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, account_id);
    if (!subject_id) {
        StoreResult result = admin_run(store, QUERY_MEMBERS_LOCK, NULL, NULL, error);
        return result == STORE_OK ? admin_run(store, QUERY_COUNTERS_TOUCH_ALL, &params, NULL, error) : result;
    }
    params_number(&params, subject_id);
    return admin_run(store, QUERY_COUNTERS_TOUCH, &params, NULL, error);
}

/* Of an organization, whose changes come one after the other. */
static StoreResult touch_all_seen(Store *store, int64_t account_id, const char *organization, int64_t seen, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, organization);
    StoreResult result = admin_touch(store, account_id, 0, error);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_ORGANIZATION_VERSION, &params, &rows, error);
    if (result == STORE_OK && result_number(rows, 0, 0) != seen)
        return store_fail(error, STORE_CONFLICT, "seen", SAY_ORGANIZATION_CHANGED);
    return result;
}

StoreResult admin_touch_seen(Store *store, int64_t account_id, int64_t subject_id, const char *organization, int64_t seen, StoreError *error)
{
    if (!seen)
        return admin_touch(store, account_id, subject_id, error);
    if (!subject_id)
        return touch_all_seen(store, account_id, organization, seen, error);
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_number(&params, account_id);
    params_number(&params, subject_id);
    StoreResult result = admin_run(store, QUERY_COUNTERS_TOUCH, &params, &rows, error);
    if (result == STORE_OK && (!PQntuples(rows) || result_number(rows, 0, 0) != seen))
        return store_fail(error, STORE_CONFLICT, "seen", SAY_PERSON_CHANGED);
    return result;
}

static StoreResult owner_subject(Store *store, const char *subject, int64_t *account_id, int64_t *subject_id, StoreError *error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_ptr_array_add(keys, (char *)subject);
    g_auto(Params) params = params_new();
    params_texts(&params, keys);
    for (int attempt = 0; attempt < 2; attempt++) {
        g_autoptr(PGresult) rows = NULL;
        StoreResult result = admin_run(store, QUERY_SUBJECTS_FIND, &params, &rows, error);
        if (result != STORE_OK)
            return result;
        if (PQntuples(rows)) {
            *account_id = result_number(rows, 0, 1);
            *subject_id = result_number(rows, 0, 2);
            return STORE_OK;
        }
        g_auto(Params) meeting = params_new();
        params_texts(&meeting, keys);
        store_zone_param(store, &meeting);
        result = attempt ? STORE_OK : admin_run(store, QUERY_SUBJECTS_MEET, &meeting, NULL, error);
        if (result != STORE_OK)
            return result;
    }
    return store_fail(error, STORE_CONFLICT, "subject", SAY_SUBJECT_NOT_MADE);
}

StoreResult admin_owner(Store *store, const char *subject, const char *organization, int64_t *account_id, int64_t *subject_id,
                        StoreError *error)
{
    if (subject)
        return owner_subject(store, subject, account_id, subject_id, error);
    g_auto(Params) params = params_new();
    params_text(&params, organization);
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, QUERY_ORGANIZATION_FIND, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_INVALID, "organization", SAY_NO_ORGANIZATION, organization);
    *subject_id = 0;
    *account_id = result == STORE_OK ? result_number(rows, 0, 0) : 0;
    return result;
}

static StoreResult turn_row(Store *store, Query query, const char *id, const char *what, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, id);
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, query, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("%s"), what);
    return result == STORE_OK ? admin_touch(store, result_number(rows, 0, 0), result_number(rows, 0, 1), error) : result;
}

StoreResult admin_turn_part(Store *store, Query query, const char *id, const char *what, const char *verb, json_t *was, const char *actor,
                            StoreError *error)
{
    g_autofree char *action = g_strconcat(what, ".", verb, NULL);
    g_autofree char *subject = g_strdup(json_string_value(json_object_get(was, "subject")));
    g_autofree char *organization = g_strdup(json_string_value(json_object_get(was, "organization")));
    StoreResult result = turn_row(store, query, id, what, error);
    if (result == STORE_OK)
        return admin_audit(store, actor, action, subject, organization, was, error);
    json_decref(was);
    return result;
}

StoreResult admin_turn(Store *store, Query query, const char *id, const char *what, const char *verb, json_t *was, const char *actor,
                       StoreError *error)
{
    StoreResult result = admin_begin(store, error);
    if (result != STORE_OK) {
        json_decref(was);
        return result;
    }
    return admin_end(store, admin_turn_part(store, query, id, what, verb, was, actor, error), error);
}

bool admin_id(const char *text, int64_t *id)
{
    return text && *text != '0' && strlen(text) <= 18 && parse_whole(text, 1, INT64_MAX, id);
}

StoreResult admin_rows(Store *store, Query query, const Params *params, json_t **list, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult outcome = store_read(store, query, params, &rows, error);
    if (outcome != STORE_OK)
        return outcome;
    *list = json_array();
    bool whole = *list != NULL;
    for (int row = 0; whole && row < PQntuples(rows); row++)
        whole = json_array_append_new(*list, json_loads(result_text(rows, row, 0), 0, NULL)) == 0;
    if (whole)
        return STORE_OK;
    g_clear_pointer(list, json_decref);
    return store_fail(error, STORE_DOWN, NULL, SAY_NO_MEMORY);
}

void admin_cut(json_t *list, int most, bool *more)
{
    *more = json_array_size(list) > (size_t)most;
    if (*more && json_array_remove(list, (size_t)most) != 0)
        *more = false;
}

void admin_asked_params(Params *params, const AdminAsked *asked)
{
    params_text(params, asked->id);
    params_text(params, asked->subject);
    params_text(params, asked->organization);
    params_bool(params, asked->removed);
    params_text(params, asked->before);
}

StoreResult admin_list(Store *store, Query query, const AdminAsked *asked, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    if (query == QUERY_KEYS_LIST) {
        params_text(&params, asked->id);
        params_text(&params, asked->before);
        params_number(&params, 1);
    } else {
        admin_asked_params(&params, asked);
    }
    return admin_rows(store, query, &params, list, error);
}

/* One of them, by its number. */
static StoreResult list_one(Store *store, Query query, const AdminAsked *asked, const char *what, json_t **json, StoreError *error)
{
    int64_t number;
    if (!admin_id(asked->id, &number))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("%s"), what);
    json_t *list = NULL;
    StoreResult result = admin_list(store, query, asked, &list, error);
    if (result == STORE_OK && json_array_size(list) != 1)
        result = store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("%s"), what);
    if (result == STORE_OK)
        *json = json_incref(json_array_get(list, 0));
    json_decref(list);
    return result;
}

StoreResult admin_removed(Store *store, const char *id, const char *what, json_t **json, StoreError *error)
{
    const AdminAsked asked = { .id = id, .removed = true };
    return list_one(store, QUERY_OVERRIDES_LIST, &asked, what, json, error);
}

StoreResult admin_one(Store *store, Query query, const char *id, const char *what, json_t **json, StoreError *error)
{
    const AdminAsked asked = { .id = id };
    return list_one(store, query, &asked, what, json, error);
}
