/* Undoing a bulk as a whole: a bulk of those whom it changed, each of whom has what it made taken back while that is still as it left
 * them. How they stand to it is told by a view (bulk_undoable), to whoever looks before and to whoever undoes. */
#include "store/bulk_internal.h"
#include "say/say.h"

/* The words of the view, and why that is not undone. */
static const struct {
    const char *state, *why;
} states[] = {
    { "gone", SAY_UNDO_GONE },     { "over", SAY_UNDO_OVER },         { "changed", SAY_UNDO_CHANGED }, { "same", SAY_UNDO_SAME },
    { "undone", SAY_RESET_UNDONE }, { "touched", SAY_RESET_TOUCHED }, { "past", SAY_RESET_OVER },
};

#define POSSIBLE "possible"
#define LOOK_US (5 * US_PER_S) /* of a thread that is for what reads much */

static const char *why_of(const char *state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (strcmp(states[i].state, state) == 0)
            return states[i].why;
    return SAY_UNDO_UNKNOWN;
}

/* --- one of them --- */

static void state_params(const BulkItem *item, Params *params)
{
    params_number(params, item->undoes);
    params_number(params, item->number);
}

/* "" takes a value away, as it was not there. */
static const char *text_or_none(const json_t *part, const char *name)
{
    const char *text = json_string_value(json_object_get(part, name));
    return text ? text : "";
}

static StoreResult plan_is_there(Store *store, const char *key, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    return result == STORE_OK && *key && !policy_plan(policy, key) ? store_fail(error, STORE_INVALID, "plan", SAY_NO_PLAN, key) : result;
}

static StoreResult subject_back(const BulkItem *item, const json_t *before, StoreError *error)
{
    const json_t *suspended = json_object_get(before, "suspended"), *until = json_object_get(before, "plan_until");
    SubjectChange change = { .subject = item->subject, .reason = item->ask.reason };
    bool created;
    StoreResult result = STORE_OK;
    if (suspended) {
        change.has_suspended = true;
        change.suspended = json_is_true(suspended);
    } else {
        change.plan = text_or_none(before, "plan");
        change.plan_after = text_or_none(before, "plan_after");
        change.has_plan_until = true;
        change.plan_until = json_is_integer(until) ? json_integer_value(until) : INSTANT_MAX;
        result = plan_is_there(item->store, change.plan, error);
        if (result == STORE_OK)
            result = plan_is_there(item->store, change.plan_after, error);
    }
    return result == STORE_OK ? admin_subject_change(item->store, &change, item->actor, &created, error) : result;
}

static StoreResult given_back(const BulkItem *item, bool is_grant, int64_t number, StoreError *error)
{
    json_t *was = NULL;
    g_autofree char *id = g_strdup_printf("%" PRId64, number);
    StoreResult result = is_grant ? admin_grant_any(item->store, id, &was, error) : admin_override_any(item->store, id, &was, error);
    if (result != STORE_OK)
        return result;
    json_object_set_new(was, "removed_because", json_string(item->ask.reason));
    return admin_turn_part(item->store, is_grant ? QUERY_GRANT_REMOVE : QUERY_OVERRIDE_REMOVE, id, is_grant ? "grant" : "override", "remove",
                           was, item->actor, error);
}

StoreResult bulk_undo_item(const BulkItem *item, StoreError *error)
{
    g_autofree char *part = NULL;
    g_autoptr(PGresult) rows = NULL;
    g_auto(Params) params = params_new();
    state_params(item, &params);
    StoreResult result = bulk_part(item, false, &part, error); /* nobody changes them from here on */
    if (result == STORE_OK)
        result = admin_run(item->store, QUERY_BULK_UNDO_ONE, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    const char *state = PQntuples(rows) ? result_text(rows, 0, 0) : "unknown";
    if (strcmp(state, POSSIBLE) != 0)
        return store_fail(error, STORE_INVALID, NULL, "%s", why_of(state));
    json_t *made = json_loads(result_text(rows, 0, 1), 0, NULL), *grant = json_object_get(made, "grant");
    json_t *given = grant ? grant : json_object_get(made, "override");
    result = given ? given_back(item, grant != NULL, json_integer_value(given), error)
                   : subject_back(item, json_object_get(made, "before"), error);
    json_decref(made);
    return result;
}

StoreResult bulk_undo_reset(const BulkItem *item, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    g_auto(LedgerDone) done = { 0 };
    g_auto(Params) params = params_new();
    state_params(item, &params);
    StoreResult result = store_read(item->store, QUERY_BULK_UNDO_ONE, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    const char *text = PQntuples(rows) ? result_text(rows, 0, 1) : NULL;
    json_auto_t *made = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *reset = json_object_get(made, "reset");
    if (!reset || json_integer_value(json_object_get(reset, "units")) == 0)
        return store_fail(error, STORE_INVALID, NULL, "%s", reset ? SAY_UNDO_SAME : SAY_UNDO_UNKNOWN);
    return ledger_restore_of_bulk(item->store, item->bulk, item->number, json_string_value(json_object_get(reset, "decision")),
                                  item->ask.reason, item->actor, &done, error);
}

/* --- as a whole --- */

/* The bulk, which must be over and of what can be undone. */
static StoreResult undoable(Store *store, const char *id, json_t **bulk, StoreError *error)
{
    BulkKind kind;
    StoreResult result = bulk_get(store, id, bulk, error);
    if (result != STORE_OK)
        return result;
    if (strcmp(json_string_value(json_object_get(*bulk, "state")), "running") == 0)
        return store_fail(error, STORE_CONFLICT, NULL, SAY_UNDO_RUNNING);
    if (!bulk_kind_find(json_string_value(json_object_get(*bulk, "what")), &kind))
        return store_fail(error, STORE_CONFLICT, NULL, SAY_UNDO_NEVER);
    return STORE_OK;
}

static json_t *looked_json(const json_t *bulk, const PGresult *rows)
{
    json_t *impossible = json_array();
    int64_t people = 0, possible = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *state = result_text(rows, row, 0);
        int64_t count = result_number(rows, row, 1);
        people += count;
        if (strcmp(state, POSSIBLE) == 0)
            possible = count;
        else
            json_array_append_new(impossible, json_pack("{s:s, s:I}", "why", why_of(state), "people", (json_int_t)count));
    }
    return json_pack("{s:O, s:O, s:I, s:I, s:o}", "undoes", json_object_get(bulk, "bulk"), "what", json_object_get(bulk, "what"), "people",
                     (json_int_t)people, "possible", (json_int_t)possible, "impossible", impossible);
}

StoreResult bulk_undo_look(Store *store, const char *id, json_t **json, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    json_t *bulk = NULL;
    StoreResult result = undoable(store, id, &bulk, error);
    params_text(&params, id);
    if (result == STORE_OK)
        result = store_read_for(store, LOOK_US, QUERY_BULK_UNDO_LOOK, &params, &rows, error);
    if (result == STORE_OK)
        *json = looked_json(bulk, rows);
    json_decref(bulk);
    return result;
}

/* Of a transaction. */
static StoreResult insert(Store *store, const char *id, const char *reason, const char *actor, char **made, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, id);
    params_text(&params, reason);
    params_text(&params, actor);
    params_text(&params, audit_origin());
    StoreResult result = admin_run(store, QUERY_BULK_UNDO_ADD, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, NULL, SAY_UNDO_RUNNING);
    if (result != STORE_OK)
        return result;
    *made = g_strdup(result_text(rows, 0, 0));
    return admin_audit(store, actor, "bulk.undo", NULL, NULL,
                       json_pack("{s:s, s:s, s:I, s:s}", "bulk", *made, "undoes", id, "people", (json_int_t)result_number(rows, 0, 1), "reason",
                                 reason), error);
}

StoreResult bulk_undo(Store *store, const char *id, int64_t possible, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    json_t *looked = NULL;
    g_autofree char *made = NULL;
    StoreResult result = bulk_undo_look(store, id, &looked, error);
    int64_t now = json_integer_value(json_object_get(looked, "possible"));
    json_decref(looked);
    if (result == STORE_OK && now == 0)
        result = store_fail(error, STORE_CONFLICT, NULL, SAY_UNDO_NOBODY);
    if (result == STORE_OK && possible >= 0 && possible != now)
        result = store_fail(error, STORE_CONFLICT, "possible", SAY_UNDO_OTHERS, (int)now);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, insert(store, id, reason, actor, &made, error), error);
    return result == STORE_OK ? store_made(bulk_get(store, made, json, error), STORE_MADE, error) : result;
}
