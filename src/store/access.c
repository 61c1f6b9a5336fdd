/* What administrators do about people besides their limits. */
#include "store/access.h"

#include "say/say.h"
#include "store/account.h"
#include "store/admin_internal.h"

/* A transaction of nothing but an entry. Takes over `details`. */
static StoreResult note(Store *store, const char *actor, const char *action, const char *subject, json_t *details, StoreError *error)
{
    StoreResult result = admin_begin(store, error);
    if (result != STORE_OK) {
        json_decref(details);
        return result;
    }
    return admin_end(store, admin_audit(store, actor, action, subject, NULL, details, error), error);
}

StoreResult access_refund(Store *store, const char *decision, int64_t units, const char *reason, const char *actor, LedgerDone *done,
                          StoreError *error)
{
    Job job = {.kind = JOB_REFUND, .units = units, .reason = reason, .actor = actor, .origin = audit_origin(), .audited = true,
               .once = once_of_thread(), .done = done, .error = error};
    if (!public_id_read(decision, DECISION_PREFIX, &job.about))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("decision"));
    ledger_submit(store, &job, 1);
    return job.result;
}

static StoreResult sessions_end(Store *store, const char *subject, const char *reason, const char *actor, int *ended, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, subject);
    StoreResult result = admin_run(store, QUERY_SESSIONS_END_SUBJECT, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    *ended = PQntuples(rows);
    return admin_audit(store, actor, "sessions.end", subject, NULL, json_pack("{s:i, s:s}", "ended", *ended, "reason", reason), error);
}

StoreResult access_sessions_end(Store *store, const char *subject, const char *reason, const char *actor, int *ended, StoreError *error)
{
    int count = 0;
    StoreResult result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, sessions_end(store, subject, reason, actor, &count, error), error);
    if (result == STORE_OK)
        sessions_forget(store);
    if (ended)
        *ended = count;
    return result;
}

/* --- one session --- */

static StoreResult sessions_read(Store *store, const char *account, const char *subject, const char *id, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, account);
    params_text(&params, subject);
    params_text(&params, id);
    params_number(&params, SESSIONS_SHOWN);
    return admin_rows(store, QUERY_SESSIONS_OPEN, &params, list, error);
}

StoreResult access_sessions(Store *store, const char *account, const char *subject, json_t **list, StoreError *error)
{
    return sessions_read(store, account, subject, NULL, list, error);
}

StoreResult access_session_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    int64_t number;
    json_t *list = NULL;
    if (!admin_id(id, &number))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("session"));
    StoreResult result = sessions_read(store, NULL, NULL, id, &list, error);
    if (result == STORE_OK && json_array_size(list) != 1)
        result = store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("session"));
    if (result == STORE_OK)
        *json = json_incref(json_array_get(list, 0));
    json_decref(list);
    return result;
}

static StoreResult session_end_one(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, id);
    StoreResult result = admin_run(store, QUERY_SESSION_END_ONE, &params, &rows, error);
    if (result == STORE_OK && PQntuples(rows) != 1)
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("session"));
    return result == STORE_OK ? admin_audit(store, actor, "session.end", result_text(rows, 0, 1), NULL,
                                            json_pack("{s:s, s:s, s:s}", "account", result_text(rows, 0, 0), "session", id, "reason", reason),
                                            error)
                              : result;
}

StoreResult access_session_end(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    int64_t number;
    if (!admin_id(id, &number))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("session"));
    StoreResult result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, session_end_one(store, id, reason, actor, error), error);
    if (result == STORE_OK)
        sessions_forget(store);
    return result;
}

/* --- accounts --- */

static StoreResult suspend(Store *store, const char *name, bool suspended, const char *reason, const char *actor, StoreError *error)
{
    g_auto(Params) params = params_new(), whose = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, name);
    params_bool(&params, suspended);
    params_text(&whose, name);
    StoreResult result = suspended ? account_last_stays(store, name, actor, error) : STORE_OK;
    if (result == STORE_OK)
        result = admin_run(store, QUERY_ACCOUNT_SUSPEND, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, "account", SAY_ACCOUNT_SO, name, suspended ? "suspended" : "open");
    if (result == STORE_OK && suspended)
        result = admin_run(store, QUERY_SESSIONS_END_ACCOUNT, &whose, NULL, error);
    return result == STORE_OK ? admin_audit(store, actor, suspended ? "account.suspend" : "account.resume", result_text(rows, 0, 0), NULL,
                                            json_pack("{s:s, s:s}", "account", name, "reason", reason), error)
                              : result;
}

static StoreResult is_there(Store *store, const char *name, StoreError *error)
{
    json_t *account = NULL;
    StoreResult result = account_get(store, name, &account, error);
    json_decref(account);
    return result;
}

StoreResult access_account_suspend(Store *store, const char *name, bool suspended, const char *reason, const char *actor, StoreError *error)
{
    StoreResult result = is_there(store, name, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, suspend(store, name, suspended, reason, actor, error), error);
    if (result == STORE_OK)
        sessions_forget(store);
    return result;
}

static StoreResult sign_out(Store *store, const char *name, const char *reason, const char *actor, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, name);
    StoreResult result = admin_run(store, QUERY_SESSIONS_END_ACCOUNT, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    return admin_audit(store, actor, "sessions.end", PQntuples(rows) ? result_text(rows, 0, 0) : NULL, NULL,
                       json_pack("{s:s, s:i, s:s}", "account", name, "ended", PQntuples(rows), "reason", reason), error);
}

StoreResult access_account_sign_out(Store *store, const char *name, const char *reason, const char *actor, StoreError *error)
{
    StoreResult result = is_there(store, name, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, sign_out(store, name, reason, actor, error), error);
    if (result == STORE_OK)
        sessions_forget(store);
    return result;
}

StoreResult access_view(Store *store, const char *subject, const char *reason, const char *actor, StoreError *error)
{
    return note(store, actor, "view.begin", subject, json_pack("{s:s}", "reason", reason), error);
}
