/* Subjects: plan, organization, time zone, and whether they may do anything at all. */
#include "store/admin_internal.h"
#include "say/say.h"

static StoreResult check_plan(const Policy *policy, const char *field, const char *plan, StoreError *error)
{
    if (!plan || !*plan || policy_plan(policy, plan))
        return STORE_OK;
    return store_fail(error, STORE_INVALID, field, SAY_NO_PLAN, plan);
}

static StoreResult check_change(const Policy *policy, const SubjectChange *change, StoreError *error)
{
    StoreResult result = check_plan(policy, "plan", change->plan, error);
    if (result == STORE_OK)
        result = check_plan(policy, "plan_after", change->plan_after, error);
    if (result == STORE_OK && change->timezone && *change->timezone && !zone_find(change->timezone))
        result = store_fail(error, STORE_INVALID, "timezone", SAY_NO_ZONE, change->timezone);
    return result;
}

/* The account of an organization, made when unknown; 0 for "": the subject's own. */
static StoreResult account_for(Store *store, const char *organization, int64_t subject_id, int64_t *account_id, StoreError *error)
{
    g_auto(Params) params = params_new();
    if (!*organization) {
        *account_id = subject_id;
        params_number(&params, subject_id);
        return admin_run(store, QUERY_ACCOUNT_OF_ITS_OWN, &params, NULL, error);
    }
    params_text(&params, organization);
    StoreResult result = admin_run(store, QUERY_ORGANIZATION_MAKE, &params, NULL, error);
    int64_t none;
    return result == STORE_OK ? admin_owner(store, NULL, organization, account_id, &none, error) : result;
}

static StoreResult move(Store *store, int64_t from, int64_t subject_id, const char *organization, StoreError *error)
{
    int64_t to = 0;
    StoreResult result = account_for(store, organization, subject_id, &to, error);
    if (result != STORE_OK || to == from)
        return result;
    g_auto(Params) params = params_new();
    params_number(&params, from);
    params_number(&params, subject_id);
    params_number(&params, to);
    result = admin_run(store, QUERY_MEMBERS_LOCK, NULL, NULL, error);
    if (result != STORE_OK)
        return result;
    return admin_run(store, QUERY_SUBJECT_MOVE, &params, NULL, error);
}

static const char *given_or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static StoreResult change_row(Store *store, int64_t subject_id, const SubjectChange *change, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, subject_id);
    params_bool(&params, change->plan != NULL);
    params_text(&params, given_or_null(change->plan));
    params_bool(&params, change->plan_after != NULL);
    params_text(&params, given_or_null(change->plan_after));
    params_bool(&params, change->has_plan_until);
    params_instant(&params, change->plan_until);
    params_bool(&params, change->timezone != NULL);
    params_text(&params, given_or_null(change->timezone));
    params_bool(&params, change->has_anchor);
    params_instant(&params, change->anchor);
    params_bool(&params, change->email != NULL);
    params_text(&params, given_or_null(change->email));
    params_bool(&params, change->has_suspended);
    params_bool(&params, change->suspended);
    return admin_run(store, QUERY_SUBJECT_CHANGE, &params, NULL, error);
}

static void put_given(json_t *details, const char *name, const char *value)
{
    if (value)
        json_object_set_new(details, name, *value ? json_string(value) : json_null());
}

json_t *admin_subject_details(const SubjectChange *change)
{
    json_t *details = json_object();
    put_given(details, "plan", change->plan);
    put_given(details, "plan_after", change->plan_after);
    put_given(details, "organization", change->organization);
    put_given(details, "timezone", change->timezone);
    put_given(details, "email", change->email);
    put_given(details, "reason", change->reason);
    if (change->has_plan_until) {
        g_autofree char *until = instant_text(change->plan_until);
        put_given(details, "plan_until", until ? until : "");
    }
    if (change->has_anchor) {
        g_autofree char *anchor = instant_text(change->anchor);
        put_given(details, "anchor", anchor);
    }
    if (change->has_suspended)
        json_object_set_new(details, "suspended", json_boolean(change->suspended));
    return details;
}

/* Of what `was` (JSON text; NULL: nobody) says, the members that the details name, as their "old". */
void admin_details_old(json_t *details, const char *was)
{
    json_t *before = was ? json_loads(was, 0, NULL) : NULL, *old = json_object(), *value;
    const char *name;
    json_object_foreach(details, name, value) {
        json_t *then = strcmp(name, "reason") == 0 ? NULL : json_object_get(before, name);
        if (then)
            json_object_set(old, name, then);
    }
    if (json_object_size(old))
        json_object_set(details, "old", old);
    json_decref(old);
    json_decref(before);
}

/* Nothing follows a plan without an end; it is said where something did. `was` as above. */
static bool ends_what_follows(const SubjectChange *change, const char *was)
{
    if (change->plan_after || !change->has_plan_until || change->plan_until != INSTANT_MAX || !was)
        return false;
    json_auto_t *before = json_loads(was, 0, NULL);
    return json_is_string(json_object_get(before, "plan_after"));
}

/* `was`: the subject as it is, JSON text; NULL: nobody has met it. */
static StoreResult change_whole(Store *store, const SubjectChange *change, const char *was, const char *actor, StoreError *error)
{
    int64_t account_id = 0, subject_id = 0;
    StoreResult result = admin_owner(store, change->subject, NULL, &account_id, &subject_id, error);
    if (result == STORE_OK)
        result = change_row(store, subject_id, change, error);
    if (result == STORE_OK)
        result = admin_touch_seen(store, account_id, subject_id, NULL, change->seen, error);
    if (result == STORE_OK && change->organization)
        result = move(store, account_id, subject_id, change->organization, error);
    if (result != STORE_OK)
        return result;
    json_t *details = admin_subject_details(change);
    admin_details_old(details, was);
    return admin_audit(store, actor, was ? "subject.update" : "subject.create", change->subject,
                       change->organization && *change->organization ? change->organization : NULL, details, error);
}

StoreResult admin_subject_change(Store *store, const SubjectChange *change, const char *actor, bool *created, StoreError *error)
{
    g_auto(Params) key = params_new();
    params_text(&key, change->subject);
    g_autoptr(PGresult) before = NULL;
    StoreResult result = admin_run(store, QUERY_SUBJECT_FOR_CHANGE, &key, &before, error);
    if (result != STORE_OK)
        return result;
    *created = PQntuples(before) == 0;
    const char *was = *created ? NULL : result_text(before, 0, 3);
    SubjectChange whole = *change;
    if (ends_what_follows(change, was))
        whole.plan_after = "";
    return change_whole(store, &whole, was, actor, error);
}

StoreResult admin_subject_set(Store *store, const SubjectChange *change, const char *actor, bool *created,
                              json_t **subject_json, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = check_change(policy, change, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, admin_subject_change(store, change, actor, created, error), error);
    return result == STORE_OK ? store_made(admin_subject_get(store, change->subject, subject_json, error), STORE_MADE, error) : result;
}

StoreResult admin_subject_get(Store *store, const char *subject, json_t **subject_json, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    g_auto(Params) params = params_new();
    params_text(&params, subject);
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult read = db_run(db, QUERY_SUBJECT_SHOW, &params, &rows);
    if (read == DB_LOST)
        read = db_run(db, QUERY_SUBJECT_SHOW, &params, &rows);
    result = read == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    if (result != STORE_OK)
        return result;
    if (!PQntuples(rows))
        return store_fail(error, STORE_NONE, "subject", SAY_NO_SUBJECT, subject);
    *subject_json = json_loads(result_text(rows, 0, 0), 0, NULL);
    Instant until = result_null(rows, 0, 1) ? INSTANT_MAX : result_number(rows, 0, 1);
    const Plan *plan = subject_plan_now(policy, g_str_has_prefix(subject, "anon:"),
                                        json_string_value(json_object_get(*subject_json, "plan")), until,
                                        json_string_value(json_object_get(*subject_json, "plan_after")), result_number(rows, 0, 2));
    json_object_set_new(*subject_json, "plan", plan ? json_pack("{s:s, s:s}", "key", plan->key, "title", plan->title) : json_null());
    return STORE_OK;
}
