/* Requests. An approval is one transaction with what it gives, so that nothing is given twice, or promised and not given. */
#include "store/requests.h"

#include "say/say.h"
#include "store/admin_internal.h"

static const char *const kinds[] = {[REQUEST_UPGRADE] = "upgrade", [REQUEST_INCREASE] = "increase"};

const char *request_kind_word(RequestKind kind)
{
    return kinds[kind];
}

bool request_kind_find(const char *word, RequestKind *kind)
{
    for (size_t i = 0; word && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i], word) == 0) {
            *kind = (RequestKind) i;
            return true;
        }
    return false;
}

static void params_number_or_null(Params *params, int64_t number)
{
    if (number)
        params_number(params, number);
    else
        params_text(params, NULL);
}

/* --- asking --- */

/* What it names must be in the policy. */
static StoreResult check_add(const Policy *policy, const RequestAdd *add, StoreError *error)
{
    if (!policy_feature(policy, add->feature))
        return store_fail(error, STORE_NONE, "feature", SAY_NO_FEATURE, add->feature);
    if (add->kind == REQUEST_UPGRADE && add->plan && !policy_plan(policy, add->plan))
        return store_fail(error, STORE_INVALID, "plan", SAY_NO_PLAN, add->plan);
    if (add->kind == REQUEST_UPGRADE)
        return STORE_OK;
    OverrideAdd wanted = {.subject = add->subject, .feature = add->feature, .limit = add->limit};
    return admin_override_check(policy, &wanted, error);
}

StoreResult request_add(Store *store, const RequestAdd *add, json_t **json, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autoptr(PGresult) rows = NULL;
    g_auto(Params) params = params_new();
    bool increase = add->kind == REQUEST_INCREASE;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = check_add(policy, add, error);
    if (result != STORE_OK)
        return result;
    params_text(&params, add->subject);
    params_text(&params, add->feature);
    params_text(&params, kinds[add->kind]);
    params_text(&params, increase ? NULL : add->plan);
    params_text(&params, increase ? add->limit : NULL);
    params_number_or_null(&params, increase ? add->amount : 0);
    params_text(&params, add->reason);
    result = store_write(store, QUERY_REQUEST_ADD, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, "feature", SAY_REQUEST_WAITS, add->feature);
    return result == STORE_OK ? store_made(request_get(store, result_text(rows, 0, 0), json, error), STORE_MADE, error) : result;
}

/* --- reading --- */

static StoreResult read_list(Store *store, const char *id, const char *subject, const char *state, const char *before, json_t **list,
                             StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, id);
    params_text(&params, subject);
    params_text(&params, state);
    params_text(&params, before);
    return admin_rows(store, QUERY_REQUESTS_LIST, &params, list, error);
}

StoreResult request_list(Store *store, const char *subject, const char *state, const char *before, json_t **list, StoreError *error)
{
    int64_t number;
    if (before && !admin_id(before, &number))
        return store_fail(error, STORE_INVALID, "before", SAY_BEFORE_REQUEST);
    return read_list(store, NULL, subject, state, before, list, error);
}

static StoreResult none(StoreError *error)
{
    return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("request"));
}

StoreResult request_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    int64_t number;
    json_t *list = NULL;
    if (!admin_id(id, &number))
        return none(error);
    StoreResult result = read_list(store, id, NULL, NULL, NULL, &list, error);
    if (result == STORE_OK && json_array_size(list) != 1)
        result = none(error);
    if (result == STORE_OK)
        *json = json_incref(json_array_get(list, 0));
    json_decref(list);
    return result;
}

static const char *text_of(const json_t *request, const char *name)
{
    return json_string_value(json_object_get(request, name));
}

/* --- answering --- */

/* Of the transaction under way. `override` may be NULL, as may the plan and the answer. */
static StoreResult answer(Store *store, const char *id, const char *state, const char *reason, const char *plan, const char *override,
                          const char *actor, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, id);
    params_text(&params, state);
    params_text(&params, reason);
    params_text(&params, actor);
    params_text(&params, plan);
    params_text(&params, override);
    StoreResult result = admin_run(store, QUERY_REQUEST_ANSWER, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, NULL, SAY_REQUEST_ANSWERED);
    if (result != STORE_OK)
        return result;
    bool approved = strcmp(state, "approved") == 0;
    return admin_audit(store, actor, approved ? "request.approve" : "request.deny", result_text(rows, 0, 0), NULL,
                       json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:{s:s}}", "request", id, "feature", result_text(rows, 0, 1), "state",
                                 state, "reason", reason, "plan", plan, "override", override, "old", "state", "pending"),
                       error);
}

/* How many limits of their own can somebody have on the feature on this plan? */
static int own_limits(const Plan *plan, const Feature *feature)
{
    int count = 0;
    for (int i = 0; plan && i < plan->limit_count; i++)
        count += plan->limits[i].feature == feature->index && plan->limits[i].scope == SCOPE_SUBJECT;
    return count;
}

/* The plan that the subject of a request has now, or NULL. */
static StoreResult plan_of(Store *store, const Policy *policy, const json_t *request, const Plan **plan, StoreError *error)
{
    json_t *subject = NULL;
    StoreResult result = admin_subject_get(store, text_of(request, "subject"), &subject, error);
    const char *key = result == STORE_OK ? text_of(json_object_get(subject, "plan"), "key") : NULL;
    *plan = key ? policy_plan(policy, key) : policy->default_plan >= 0 ? &policy->plans[policy->default_plan] : NULL;
    json_decref(subject);
    if (result != STORE_NONE)
        return result;
    store_error_clear(error); /* never met: on the default plan */
    return STORE_OK;
}

static StoreResult increase_read(const Policy *policy, const Plan *plan, const json_t *request, const RequestGift *gift, OverrideAdd *add,
                                 StoreError *error)
{
    int64_t asked = json_integer_value(json_object_get(request, "amount"));
    bool amount = !gift->unlimited && gift->multiplier == 0;
    *add = (OverrideAdd){
        .subject = text_of(request, "subject"),
        .feature = text_of(request, "feature"),
        .limit = gift->limit ? gift->limit : text_of(request, "limit"),
        .kind = gift->unlimited ? OVERRIDE_UNLIMITED : amount ? OVERRIDE_AMOUNT : OVERRIDE_MULTIPLIER,
        .amount = gift->unlimited ? AMOUNT_UNLIMITED : gift->amount ? gift->amount : asked,
        .multiplier = amount || gift->unlimited ? 1 : gift->multiplier,
        .expires_at = gift->expires_at,
        .reason = gift->reason ? gift->reason : text_of(request, "reason"),
    };
    StoreResult result = admin_override_check(policy, add, error);
    if (result == STORE_OK && amount && add->amount == 0)
        return store_fail(error, STORE_INVALID, "amount", SAY_REQUEST_NO_AMOUNT);
    if (result == STORE_OK && amount && !add->limit && own_limits(plan, policy_feature(policy, add->feature)) > 1)
        return store_fail(error, STORE_INVALID, "limit", SAY_REQUEST_LIMITS, add->feature);
    return result;
}

static StoreResult upgrade_read(const Policy *policy, const Plan *now, const json_t *request, const RequestGift *gift, SubjectChange *change,
                                StoreError *error)
{
    const char *key = gift->plan ? gift->plan : text_of(request, "plan");
    if (!key)
        return store_fail(error, STORE_INVALID, "plan", SAY_REQUEST_NO_PLAN);
    if (!policy_plan(policy, key))
        return store_fail(error, STORE_INVALID, "plan", SAY_NO_PLAN, key);
    *change = (SubjectChange){.subject = text_of(request, "subject"), .plan = key, .plan_until = gift->expires_at, .has_plan_until = true};
    if (gift->expires_at != INSTANT_MAX)
        change->plan_after = now ? now->key : "";
    return STORE_OK;
}

/* All in one transaction; the first of the two changes only where the other is not NULL. */
static StoreResult give(Store *store, const char *id, const SubjectChange *change, const OverrideAdd *add, const char *reason,
                        const char *actor, StoreError *error)
{
    bool created;
    g_autofree char *override = NULL;
    StoreResult result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = add ? admin_override_insert(store, add, actor, &override, error) : admin_subject_change(store, change, actor, &created, error);
    if (result == STORE_OK)
        result = answer(store, id, "approved", reason, change ? change->plan : NULL, override, actor, error);
    return admin_end(store, result, error);
}

static StoreResult approve(Store *store, const char *id, const json_t *request, const RequestGift *gift, const char *actor, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    const Plan *plan = NULL;
    OverrideAdd add;
    SubjectChange change;
    bool upgrade = g_strcmp0(text_of(request, "kind"), kinds[REQUEST_UPGRADE]) == 0;
    if (strcmp(text_of(request, "state"), "pending") != 0)
        return store_fail(error, STORE_CONFLICT, NULL, SAY_REQUEST_ANSWERED);
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = plan_of(store, policy, request, &plan, error);
    if (result == STORE_OK)
        result = upgrade ? upgrade_read(policy, plan, request, gift, &change, error)
                         : increase_read(policy, plan, request, gift, &add, error);
    return result == STORE_OK ? give(store, id, upgrade ? &change : NULL, upgrade ? NULL : &add, gift->reason, actor, error) : result;
}

StoreResult request_approve(Store *store, const char *id, const RequestGift *gift, const char *actor, json_t **json, StoreError *error)
{
    json_t *request = NULL;
    StoreResult result = request_get(store, id, &request, error);
    if (result == STORE_OK)
        result = approve(store, id, request, gift, actor, error);
    json_decref(request);
    return result == STORE_OK ? store_made(request_get(store, id, json, error), STORE_MADE, error) : result;
}

StoreResult request_deny(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    json_t *request = NULL;
    StoreResult result = request_get(store, id, &request, error);
    json_decref(request);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, answer(store, id, "denied", reason, NULL, NULL, actor, error), error);
    return result == STORE_OK ? store_made(request_get(store, id, json, error), STORE_MADE, error) : result;
}
