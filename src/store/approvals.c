/* What waits for a second person. */
#include "store/approvals.h"

#include "base/json_write.h"
#include "say/say.h"
#include "store/admin_internal.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static StoreResult none(StoreError *error)
{
    return store_fail(error, STORE_NONE, NULL, SAY_NO_APPROVAL);
}

/* --- asking --- */

static json_t *override_change(const OverrideAdd *add)
{
    json_t *change = json_pack("{s:s, s:s*}", "feature", add->feature, "limit", add->limit);
    if (add->kind == OVERRIDE_AMOUNT)
        json_object_set_new(change, "amount", json_integer(add->amount));
    else if (add->kind == OVERRIDE_MULTIPLIER)
        json_object_set_new(change, "multiplier", json_real(add->multiplier));
    else
        json_object_set_new(change, "unlimited", json_true());
    return change;
}

static json_t *grant_change(const GrantAdd *add)
{
    g_autofree char *effective = instant_text(add->effective_at);
    return json_pack("{s:s, s:I, s:i, s:s*, s:s*}", "feature", add->feature, "amount", (json_int_t) add->amount, "priority", add->priority,
                     "effective_at", effective, "every", add->every);
}

/* What of both is the same. */
typedef struct {
    const char *what, *subject, *organization, *reason;
    Instant expires_at;
    json_t *change;
} Wanted;

static Wanted wanted_of(const OverrideAdd *override, const GrantAdd *grant)
{
    if (override)
        return (Wanted){"override", override->subject, override->organization, override->reason, override->expires_at, override_change(override)};
    return (Wanted){"bonus", grant->subject, grant->organization, grant->reason, grant->expires_at, grant_change(grant)};
}

/* Of a transaction. */
static StoreResult insert(Store *store, const Wanted *wanted, const char *actor, char **id, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    char *change = json_write(wanted->change, JSON_COMPACT);
    params_text(&params, wanted->what);
    params_text(&params, wanted->subject);
    params_text(&params, wanted->organization);
    params_text(&params, change);
    params_instant(&params, wanted->expires_at);
    params_text(&params, wanted->reason);
    params_text(&params, actor);
    free(change);
    StoreResult result = admin_run(store, QUERY_APPROVAL_ADD, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    *id = g_strdup(result_text(rows, 0, 0));
    once_made(store, *id);
    json_t *details = json_deep_copy(wanted->change);
    g_autofree char *expires = instant_text(wanted->expires_at);
    json_object_set_new(details, "approval", json_string(*id));
    json_object_set_new(details, "what", json_string(wanted->what));
    json_object_set_new(details, "expires_at", json_string(expires));
    json_object_set_new(details, "reason", json_string(wanted->reason));
    return admin_audit(store, actor, "approval.ask", wanted->subject, wanted->organization, details, error);
}

StoreResult approval_add(Store *store, const OverrideAdd *override, const GrantAdd *grant, const char *actor, json_t **json, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autofree char *id = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = override ? admin_override_check(policy, override, error) : admin_grant_check(policy, grant, error);
    if (result != STORE_OK)
        return result;
    Wanted wanted = wanted_of(override, grant);
    if (wanted.expires_at == INSTANT_MAX)
        result = store_fail(error, STORE_INVALID, "expires_at", SAY_MUST_END);
    else if (!wanted.reason || !*wanted.reason)
        result = store_fail(error, STORE_INVALID, "reason", SAY_MUST_SAY_WHY);
    else
        result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, insert(store, &wanted, actor, &id, error), error);
    json_decref(wanted.change);
    return result == STORE_OK ? store_made(approval_get(store, id, json, error), STORE_MADE, error) : result;
}

/* --- reading --- */

static StoreResult read_list(Store *store, const char *id, const char *state, const char *before, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, id);
    params_text(&params, state);
    params_text(&params, before);
    return admin_rows(store, QUERY_APPROVALS_LIST, &params, list, error);
}

StoreResult approval_list(Store *store, const char *state, const char *before, json_t **list, StoreError *error)
{
    int64_t number;
    if (before && !admin_id(before, &number))
        return store_fail(error, STORE_INVALID, "before", SAY_BEFORE_APPROVAL);
    return read_list(store, NULL, state, before, list, error);
}

StoreResult approval_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    int64_t number;
    json_t *list = NULL;
    if (!admin_id(id, &number))
        return none(error);
    StoreResult result = read_list(store, id, NULL, NULL, &list, error);
    if (result == STORE_OK && json_array_size(list) != 1)
        result = none(error);
    if (result == STORE_OK)
        *json = json_incref(json_array_get(list, 0));
    json_decref(list);
    return result;
}

static Instant instant_of(const json_t *object, const char *name, Instant otherwise)
{
    Instant at;
    const char *text = text_of(object, name);
    return text && instant_parse(text, &at) ? at : otherwise;
}

void approval_read(const json_t *approval, bool *is_grant, OverrideAdd *override, GrantAdd *grant)
{
    json_t *amount = json_object_get(approval, "amount"), *multiplier = json_object_get(approval, "multiplier");
    const char *subject = text_of(approval, "subject"), *organization = text_of(approval, "organization");
    *is_grant = g_strcmp0(text_of(approval, "what"), "bonus") == 0;
    *override = (OverrideAdd){
        .subject = subject, .organization = organization, .feature = text_of(approval, "feature"), .limit = text_of(approval, "limit"),
        .kind = json_is_integer(amount) ? OVERRIDE_AMOUNT : json_is_number(multiplier) ? OVERRIDE_MULTIPLIER : OVERRIDE_UNLIMITED,
        .amount = json_is_integer(amount) ? json_integer_value(amount) : AMOUNT_UNLIMITED,
        .multiplier = json_is_number(multiplier) ? json_number_value(multiplier) : 1,
        .expires_at = instant_of(approval, "expires_at", INSTANT_MAX), .reason = text_of(approval, "reason"),
    };
    *grant = (GrantAdd){
        .subject = subject, .organization = organization, .feature = override->feature, .amount = json_integer_value(amount),
        .priority = (int) json_integer_value(json_object_get(approval, "priority")),
        .effective_at = instant_of(approval, "effective_at", INSTANT_MIN), .expires_at = override->expires_at,
        .every = text_of(approval, "every"), .reason = override->reason,
    };
}

/* --- deciding --- */

static StoreResult take(Store *store, const char *id, const char *state, const char *answer, const char *actor, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, id);
    params_text(&params, state);
    params_text(&params, answer);
    params_text(&params, actor);
    StoreResult result = admin_run(store, QUERY_APPROVAL_TAKE, &params, &rows, error);
    return result == STORE_OK && !PQntuples(rows) ? store_fail(error, STORE_CONFLICT, NULL, SAY_DECIDED) : result;
}

/* The entry: by whom it was decided, and who had asked. */
static StoreResult note(Store *store, const json_t *approval, const char *action, const char *made, const char *reason, const char *actor,
                        StoreError *error)
{
    bool bonus = g_strcmp0(text_of(approval, "what"), "bonus") == 0;
    return admin_audit(store, actor, action, text_of(approval, "subject"), text_of(approval, "organization"),
                       json_pack("{s:s, s:s, s:s, s:s*, s:s, s:s*}", "approval", text_of(approval, "approval"), "asked_by",
                                 text_of(approval, "asked_by"), "feature", text_of(approval, "feature"), bonus ? "grant" : "override", made,
                                 "asked_because", text_of(approval, "reason"), "reason", reason),
                       error);
}

/* Of a transaction. */
static StoreResult make(Store *store, const json_t *approval, const char *reason, const char *actor, StoreError *error)
{
    bool is_grant;
    OverrideAdd override;
    GrantAdd grant;
    g_autofree char *made = NULL;
    g_auto(Params) params = params_new();
    const char *id = text_of(approval, "approval");
    approval_read(approval, &is_grant, &override, &grant);
    StoreResult result = take(store, id, "approved", reason, actor, error);
    if (result == STORE_OK)
        result = is_grant ? admin_grant_insert(store, &grant, actor, &made, error) : admin_override_insert(store, &override, actor, &made, error);
    if (result != STORE_OK)
        return result;
    params_text(&params, id);
    params_text(&params, made);
    result = admin_run(store, QUERY_APPROVAL_MADE, &params, NULL, error);
    return result == STORE_OK ? note(store, approval, "approval.approve", made, reason, actor, error) : result;
}

/* What is to be decided, and may be by this actor. */
static StoreResult open_read(Store *store, const char *id, const char *actor, json_t **approval, StoreError *error)
{
    StoreResult result = approval_get(store, id, approval, error);
    if (result == STORE_OK && g_strcmp0(text_of(*approval, "asked_by"), actor) == 0)
        return store_fail(error, STORE_CONFLICT, NULL, SAY_NOT_OWN_APPROVAL);
    if (result == STORE_OK && g_strcmp0(text_of(*approval, "state"), "waiting") != 0)
        return store_fail(error, STORE_CONFLICT, NULL, SAY_DECIDED);
    return result;
}

/* Is it still something that can be made? */
static StoreResult check(Store *store, const json_t *approval, StoreError *error)
{
    bool is_grant;
    OverrideAdd override;
    GrantAdd grant;
    g_autoptr(Policy) policy = NULL;
    approval_read(approval, &is_grant, &override, &grant);
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    return is_grant ? admin_grant_check(policy, &grant, error) : admin_override_check(policy, &override, error);
}

StoreResult approval_approve(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    json_t *approval = NULL;
    StoreResult result = open_read(store, id, actor, &approval, error);
    if (result == STORE_OK)
        result = check(store, approval, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, make(store, approval, reason, actor, error), error);
    json_decref(approval);
    return result == STORE_OK ? store_made(approval_get(store, id, json, error), STORE_MADE, error) : result;
}

/* Of a transaction. */
static StoreResult deny(Store *store, const json_t *approval, const char *reason, const char *actor, StoreError *error)
{
    StoreResult result = take(store, text_of(approval, "approval"), "denied", reason, actor, error);
    return result == STORE_OK ? note(store, approval, "approval.deny", NULL, reason, actor, error) : result;
}

StoreResult approval_deny(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    json_t *approval = NULL;
    StoreResult result = open_read(store, id, actor, &approval, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, deny(store, approval, reason, actor, error), error);
    json_decref(approval);
    return result == STORE_OK ? store_made(approval_get(store, id, json, error), STORE_MADE, error) : result;
}
