/* The people of a bulk, changed one after the other: a transaction for each, which notes in the bulk's table that it is theirs before all
 * else. Whoever else tries the same finds the note, or waits for it. */
#include "store/bulk_internal.h"
#include "say/say.h"

#define PEOPLE_AT_ONCE 20 /* in a turn; the lease is looked at again before the next */
#define TRIES_MAX 5

void bulk_item_params(const BulkItem *item, Params *params)
{
    params_number(params, item->bulk);
    params_number(params, item->number);
}

/* Of a transaction. *mine: nobody has changed them by this, and it goes on. */
static StoreResult take(const BulkItem *item, bool *mine, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    bulk_item_params(item, &params);
    StoreResult result = admin_run(item->store, QUERY_BULK_TAKE, &params, &rows, error);
    *mine = result == STORE_OK && PQntuples(rows) == 1;
    return result;
}

/* A plan with an end goes back to the one that the person has now, where nothing else is said. New string. */
static StoreResult plan_after(const BulkItem *item, char **key, StoreError *error)
{
    json_t *person = NULL;
    StoreResult result = admin_subject_get(item->store, item->subject, &person, error);
    const char *now = json_string_value(json_object_get(json_object_get(person, "plan"), "key"));
    *key = g_strdup(item->ask.then ? item->ask.then : now ? now : "");
    json_decref(person);
    return result;
}

StoreResult bulk_part(const BulkItem *item, bool of_plan, char **part, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, item->subject);
    params_bool(&params, of_plan);
    StoreResult result = admin_run(item->store, QUERY_BULK_PART, &params, &rows, error);
    *part = result == STORE_OK && PQntuples(rows) ? g_strdup(result_text(rows, 0, 0)) : NULL;
    return result;
}

/* Of a transaction: keeps what was made, JSON text, for whoever undoes it. */
static StoreResult keep(const BulkItem *item, const char *made, StoreError *error)
{
    g_auto(Params) params = params_new();
    bulk_item_params(item, &params);
    params_text(&params, made);
    return admin_run(item->store, QUERY_BULK_MADE, &params, NULL, error);
}

static SubjectChange subject_change(const BulkItem *item, const char *then)
{
    const BulkAsk *ask = &item->ask;
    bool plans = ask->kind == BULK_PLAN;
    return (SubjectChange){ .subject = item->subject, .reason = ask->reason, .plan = plans ? ask->plan : NULL,
                            .plan_until = ask->expires_at, .has_plan_until = plans, .plan_after = plans ? then : NULL,
                            .has_suspended = !plans, .suspended = ask->kind == BULK_SUSPEND };
}

/* Of a transaction. */
static StoreResult make_subject(const BulkItem *item, const char *then, StoreError *error)
{
    const SubjectChange change = subject_change(item, then);
    g_autofree char *before = NULL, *after = NULL;
    bool created, of_plan = item->ask.kind == BULK_PLAN;
    StoreResult result = bulk_part(item, of_plan, &before, error);
    if (result == STORE_OK)
        result = admin_subject_change(item->store, &change, item->actor, &created, error);
    if (result == STORE_OK)
        result = bulk_part(item, of_plan, &after, error);
    if (result != STORE_OK || !before || !after)
        return result;
    g_autofree char *made = g_strdup_printf("{\"before\": %s, \"after\": %s}", before, after);
    return keep(item, made, error);
}

/* Of a transaction. */
static StoreResult make(const BulkItem *item, const char *then, StoreError *error)
{
    bool gives = item->ask.kind == BULK_BONUS;
    const GrantAdd grant = bulk_grant(&item->ask, item->subject);
    const OverrideAdd override = bulk_override(&item->ask, item->subject);
    g_autofree char *id = NULL;
    if (item->ask.kind == BULK_UNDO)
        return bulk_undo_item(item, error);
    if (!gives && item->ask.kind != BULK_OVERRIDE)
        return make_subject(item, then, error);
    StoreResult result = gives ? admin_grant_insert(item->store, &grant, item->actor, &id, error)
                               : admin_override_insert(item->store, &override, item->actor, &id, error);
    if (result != STORE_OK)
        return result;
    g_autofree char *made = g_strdup_printf("{\"%s\": %s}", gives ? "grant" : "override", id);
    return keep(item, made, error);
}

/* A reset, or what takes one back. */
static StoreResult change_by_ledger(const BulkItem *item, StoreError *error)
{
    g_auto(LedgerDone) done = { 0 };
    StoreResult result = item->undoes_reset ? bulk_undo_reset(item, error)
                                            : ledger_reset_of_bulk(item->store, item->bulk, item->number, item->subject, item->ask.feature,
                                                                   item->ask.reason, item->actor, &done, error);
    return result == STORE_CONFLICT ? STORE_OK : result; /* somebody else's, or it was stopped, or it is noted why not */
}

static StoreResult change_one(const BulkItem *item, StoreError *error)
{
    g_autofree char *then = NULL;
    bool mine = false;
    if (item->ask.kind == BULK_RESET || item->undoes_reset)
        return change_by_ledger(item, error);
    StoreResult result = item->ask.kind == BULK_PLAN && item->ask.expires_at != INSTANT_MAX ? plan_after(item, &then, error) : STORE_OK;
    if (result == STORE_OK)
        result = admin_begin(item->store, error);
    if (result != STORE_OK)
        return result;
    result = take(item, &mine, error);
    if (result == STORE_OK && mine)
        result = make(item, then, error);
    return admin_end(item->store, result, error);
}

static StoreResult fail(const BulkItem *item, const char *why, StoreError *error)
{
    g_auto(Params) params = params_new();
    bulk_item_params(item, &params);
    params_text(&params, why);
    params_text(&params, "waiting");
    return store_write_alone(item->store, QUERY_BULK_FAIL, &params, NULL, error);
}

/* Somebody whose counters cannot be read, or whose change the database refuses, is no reason for others to wait. */
static bool is_only_theirs(StoreResult result, const StoreError *error)
{
    return result == STORE_DOWN && error->only_this;
}

/* What hinders them may be over with the next try. */
static StoreResult change_in_tries(const BulkItem *item, StoreError *error)
{
    StoreResult result = STORE_CONFLICT;
    for (int tries = 0; tries < TRIES_MAX && (result == STORE_CONFLICT || is_only_theirs(result, error)); tries++) {
        store_error_clear(error);
        result = change_one(item, error);
    }
    return result;
}

/* STORE_OK: they are changed, or it is noted why they are not. */
static StoreResult change_or_fail(const BulkItem *item, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(item->store, &policy, error);
    if (result == STORE_DOWN)
        return result;
    if (result == STORE_OK)
        result = bulk_check(policy, &item->ask, error);
    if (result == STORE_OK)
        result = change_in_tries(item, error);
    if (result == STORE_OK || (result == STORE_DOWN && !is_only_theirs(result, error)))
        return result;
    g_autofree char *why = g_strdup(error->detail ? error->detail : SAY_BULK_CANNOT);
    store_error_clear(error);
    return fail(item, why, error);
}

/* The rows are those of a bulk whose change is `change`. */
static StoreResult change_all(Store *store, const PGresult *rows, BulkKind kind, const json_t *change, StoreError *error)
{
    g_autofree char *origin = g_strdup(audit_origin());
    BulkItem item = { .store = store, .bulk = result_number(rows, 0, 0), .actor = result_text(rows, 0, 4) };
    StoreResult result = STORE_OK;
    item.undoes = result_null(rows, 0, 8) ? 0 : result_number(rows, 0, 8);
    item.undoes_reset = g_strcmp0(result_text(rows, 0, 9), bulk_kind_word(BULK_RESET)) == 0;
    item.ask = bulk_change_read(kind, change, result_text(rows, 0, 3));
    audit_origin_set(result_text(rows, 0, 5));
    audit_bulk_set(item.bulk);
    for (int row = 0; result == STORE_OK && row < PQntuples(rows); row++) {
        item.number = result_number(rows, row, 6);
        item.subject = result_text(rows, row, 7);
        result = change_or_fail(&item, error);
    }
    audit_bulk_set(0);
    audit_origin_set(origin);
    return result;
}

static StoreResult read_next(Store *store, int64_t behind, PGresult **rows, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, PEOPLE_AT_ONCE);
    params_number(&params, behind);
    return store_read(store, QUERY_BULK_NEXT, &params, rows, error);
}

/* The first under way that this program can make: what a newer one has written waits for such a one, and holds up nobody. No rows: none. */
static StoreResult read_next_known(Store *store, PGresult **rows, BulkKind *kind, json_t **change, StoreError *error)
{
    int64_t behind = 0;
    for (;;) {
        StoreResult result = read_next(store, behind, rows, error);
        if (result != STORE_OK || !PQntuples(*rows))
            return result;
        *change = json_loads(result_text(*rows, 0, 2), 0, NULL);
        if (bulk_change_known(result_text(*rows, 0, 1), *change, kind))
            return STORE_OK;
        behind = result_number(*rows, 0, 0);
        g_clear_pointer(change, json_decref);
        g_clear_pointer(rows, PQclear);
    }
}

static StoreResult end(Store *store, int64_t bulk, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, bulk);
    return store_write_alone(store, QUERY_BULK_END, &params, NULL, error);
}

StoreResult bulk_turn(Store *store, const Lease *lease, BulkRest *rest, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    json_t *change = NULL;
    BulkKind kind;
    bool mine = false, late;
    *rest = BULK_REST_IDLE;
    StoreResult result = read_next_known(store, &rows, &kind, &change, error);
    if (result != STORE_OK || !PQntuples(rows))
        return result;
    result = lease_take(store, lease, &mine, &late, error);
    *rest = mine ? BULK_REST_MORE : BULK_REST_ELSEWHERE;
    if (result == STORE_OK && mine)
        result = result_null(rows, 0, 6) ? end(store, result_number(rows, 0, 0), error) : change_all(store, rows, kind, change, error);
    json_decref(change);
    return result;
}
