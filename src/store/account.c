/* Local accounts: what operators do with them. */
#include "store/account.h"

#include "say/say.h"
#include "store/admin_internal.h"
#include "store/password.h"

static StoreResult list_of(Store *store, const char *name, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, name);
    return admin_rows(store, QUERY_ACCOUNTS_LIST, &params, list, error);
}

StoreResult account_list(Store *store, json_t **list, StoreError *error)
{
    return list_of(store, NULL, list, error);
}

static StoreResult none(const char *name, StoreError *error)
{
    return store_fail(error, STORE_NONE, "account", SAY_NO_ACCOUNT, name);
}

StoreResult account_get(Store *store, const char *name, json_t **json, StoreError *error)
{
    json_t *list = NULL;
    StoreResult result = list_of(store, name, &list, error);
    if (result == STORE_OK && json_array_size(list) != 1)
        result = none(name, error);
    if (result == STORE_OK)
        *json = json_incref(json_array_get(list, 0));
    json_decref(list);
    return result;
}

/* The hash of a password that is good enough. */
static StoreResult hash_new(const char *password, char **hash, StoreError *error)
{
    const char *complaint = password_complaint(password);
    if (complaint)
        return store_fail(error, STORE_INVALID, "password", "%s", complaint);
    *hash = password_hash(password);
    return *hash ? STORE_OK : store_fail(error, STORE_DOWN, "password", SAY_NO_MEMORY);
}

static StoreResult insert(Store *store, const Params *params, const char *name, Role role, const char *subject, const char *reason,
                          const char *actor, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, QUERY_ACCOUNT_ADD, params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, "account", SAY_ACCOUNT_THERE, name);
    return result == STORE_OK ? admin_audit(store, actor, "account.add", subject, NULL,
                                            json_pack("{s:s, s:s, s:s*}", "account", name, "role", role_word(role), "reason", reason), error)
                              : result;
}

StoreResult account_add(Store *store, const char *name, const char *password, Role role, const char *subject, const char *reason,
                        const char *actor, json_t **json, StoreError *error)
{
    g_autofree char *hash = NULL;
    g_auto(Params) params = params_new();
    subject = subject ? subject : name;
    if (g_str_has_prefix(subject, "anon:"))
        return store_fail(error, STORE_INVALID, "subject", SAY_SUBJECT_OF_VISITOR);
    StoreResult result = hash_new(password, &hash, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    params_text(&params, name);
    params_text(&params, hash);
    params_text(&params, role_word(role));
    params_text(&params, subject);
    result = admin_end(store, insert(store, &params, name, role, subject, reason, actor, error), error);
    return result == STORE_OK ? store_made(account_get(store, name, json, error), STORE_MADE, error) : result;
}

/* Changes one account, ends its sessions, notes it. `lessens`: it may administer no longer. Takes over `details`. */
static StoreResult change(Store *store, Query query, const char *name, const char *value, bool lessens, const char *action, json_t *details,
                          const char *actor, StoreError *error)
{
    g_auto(Params) params = params_new(), whose = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, name);
    params_text(&whose, name);
    if (value)
        params_text(&params, value);
    StoreResult result = admin_begin(store, error);
    if (result != STORE_OK) {
        json_decref(details);
        return result;
    }
    if (lessens)
        result = account_last_stays(store, name, actor, error);
    if (result == STORE_OK)
        result = admin_run(store, query, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        result = none(name, error);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_SESSIONS_END_ACCOUNT, &whose, NULL, error);
    if (result == STORE_OK && PQnfields(rows) > 1)
        json_object_set_new(details, "old", json_pack("{s:s}", "role", result_text(rows, 0, 1)));
    if (result == STORE_OK)
        result = admin_audit(store, actor, action, result_text(rows, 0, 0), NULL, json_incref(details), error);
    json_decref(details);
    result = admin_end(store, result, error);
    if (result == STORE_OK)
        sessions_forget(store);
    return result;
}

StoreResult account_password(Store *store, const char *name, const char *password, const char *reason, const char *actor, StoreError *error)
{
    g_autofree char *hash = NULL;
    StoreResult result = hash_new(password, &hash, error);
    return result == STORE_OK ? change(store, QUERY_ACCOUNT_PASSWORD, name, hash, false, "account.password",
                                       json_pack("{s:s, s:s*}", "account", name, "reason", reason), actor, error)
                              : result;
}

StoreResult account_role(Store *store, const char *name, Role role, const char *reason, const char *actor, StoreError *error)
{
    return change(store, QUERY_ACCOUNT_ROLE, name, role_word(role), role != ROLE_ADMIN, "account.role",
                  json_pack("{s:s, s:s, s:s*}", "account", name, "role", role_word(role), "reason", reason), actor, error);
}

StoreResult account_remove(Store *store, const char *name, const char *reason, const char *actor, StoreError *error)
{
    return change(store, QUERY_ACCOUNT_REMOVE, name, NULL, true, "account.remove",
                  json_pack("{s:s, s:s*}", "account", name, "reason", reason), actor, error);
}

StoreResult account_sessions(Store *store, const char *name, const char *hash, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, name);
    params_text(&params, hash);
    return admin_rows(store, QUERY_SESSIONS_LIST, &params, list, error);
}

static StoreResult end_some(Store *store, const Params *params, const char *name, const char *actor, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, QUERY_SESSIONS_END_SOME, params, &rows, error);
    return result == STORE_OK && PQntuples(rows) ? admin_audit(store, actor, "sessions.end", result_text(rows, 0, 1), NULL,
                                                               json_pack("{s:s, s:i}", "account", name, "sessions", PQntuples(rows)), error)
                                                 : result;
}

StoreResult account_sessions_end(Store *store, const char *name, const char *session, const char *hash, const char *actor, StoreError *error)
{
    int64_t id;
    g_auto(Params) params = params_new();
    if (session && !admin_id(session, &id))
        return store_fail(error, STORE_INVALID, "session", SAY_NO_SUCH("session"));
    params_text(&params, name);
    params_text(&params, session);
    params_text(&params, hash);
    StoreResult result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, end_some(store, &params, name, actor, error), error);
    if (result == STORE_OK)
        sessions_forget(store);
    return result;
}
