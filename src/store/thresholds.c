/* Thresholds of people's own: one column of the subject, and the counters' row, which remembers what has fired. */
#include "store/thresholds.h"

#include "say/say.h"
#include "store/admin_internal.h"

static StoreResult check(const Policy *policy, const char *feature, int64_t notice, int64_t warning, StoreError *error)
{
    if (!policy_feature(policy, feature))
        return store_fail(error, STORE_NONE, "feature", SAY_NO_FEATURE, feature);
    if (!notice && !warning)
        return STORE_OK;
    if (notice < 1 || notice > 99)
        return store_fail(error, STORE_INVALID, "notice", SAY_NOTICE);
    if (warning <= notice || warning > 100)
        return store_fail(error, STORE_INVALID, "warning", SAY_WARNING);
    return STORE_OK;
}

static StoreResult write_own(Store *store, int64_t subject_id, const char *feature, int64_t notice, int64_t warning, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, subject_id);
    params_text(&params, feature);
    if (notice) {
        params_number(&params, notice);
        params_number(&params, warning);
    } else {
        params_text(&params, NULL);
        params_text(&params, NULL);
    }
    return admin_run(store, QUERY_THRESHOLDS_SET, &params, NULL, error);
}

/* What has fired of the old ones says nothing of the new. */
static StoreResult disarm(Store *store, const Policy *policy, int64_t account_id, int64_t subject_id, int feature, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int i = 0; i < policy->plan_count; i++)
        for (int j = 0; j < policy->plans[i].limit_count; j++) {
            int64_t slot = policy->plans[i].limits[j].slot;
            if (policy->plans[i].limits[j].feature == feature && policy->plans[i].limits[j].scope == SCOPE_SUBJECT)
                g_array_append_val(slots, slot);
        }
    params_number(&params, account_id);
    params_number(&params, subject_id);
    params_numbers(&params, slots);
    return admin_run(store, QUERY_COUNTERS_DISARM, &params, NULL, error);
}

static StoreResult set_all(Store *store, const Policy *policy, const char *subject, const char *feature, int64_t notice, int64_t warning,
                           const char *actor, StoreError *error)
{
    int64_t account_id = 0, subject_id = 0;
    json_t *details = notice ? json_pack("{s:s, s:I, s:I}", "feature", feature, "notice", (json_int_t)notice, "warning", (json_int_t)warning)
                             : json_pack("{s:s, s:n, s:n}", "feature", feature, "notice", "warning");
    StoreResult result = admin_owner(store, subject, NULL, &account_id, &subject_id, error);
    if (result == STORE_OK)
        result = write_own(store, subject_id, feature, notice, warning, error);
    if (result == STORE_OK)
        result = disarm(store, policy, account_id, subject_id, policy_feature(policy, feature)->index, error);
    if (result == STORE_OK)
        result = admin_touch(store, account_id, subject_id, error);
    if (result == STORE_OK)
        result = admin_audit(store, actor, "thresholds.set", subject, NULL, json_incref(details), error);
    json_decref(details);
    return result;
}

StoreResult thresholds_set(Store *store, const char *subject, const char *feature, int64_t notice, int64_t warning, const char *actor,
                           StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = check(policy, feature, notice, warning, error);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    return result == STORE_OK ? admin_end(store, set_all(store, policy, subject, feature, notice, warning, actor, error), error) : result;
}
