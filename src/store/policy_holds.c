/* What a change must leave, whoever makes it and by whatever way: somebody who may administer, and plans that somebody has, is to have, asks
 * for or is being given. Asked before a change, which shows what holds it, and again in its transaction, under the lock of the policy. */
#include "store/policy_holds.h"

#include "say/say.h"
#include "store/policy_store.h"

Policy *policy_of_row(Store *store, const PGresult *rows)
{
    g_autofree char *why = NULL;
    g_autoptr(Policy) held = store_policy_held(store);
    if (!PQntuples(rows))
        return NULL;
    return held && held->version == result_number(rows, 0, 0) ? g_steal_pointer(&held)
                                                              : store->config.read_policy(result_text(rows, 0, 1), "policy", &why);
}

/* --- somebody who may administer --- */

static bool names_somebody(const Policy *policy)
{
    return policy && policy->administrators && policy->administrators[0];
}

/* How many accounts but one (NULL: but none) have the role admin and may sign in; *is_one: that one does. */
static StoreResult admins_read(Store *store, PolicyAsk ask, const char *but, int64_t *others, bool *is_one, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, but);
    StoreResult result = ask(store, QUERY_ACCOUNT_ADMINS, &params, &rows, error);
    *others = result == STORE_OK ? result_number(rows, 0, 0) : 0;
    *is_one = result == STORE_OK && result_bool(rows, 0, 1);
    return result;
}

/* Whoever acts at a shell can make another account. */
static bool is_at_shell(const char *actor)
{
    return g_str_has_prefix(actor, "cli:");
}

/* And whoever has a key keeps it, whatever names are in the policy. */
static bool has_another_way(const char *actor)
{
    return is_at_shell(actor) || g_str_has_prefix(actor, "key:");
}

StoreResult account_last_stays(Store *store, const char *name, const char *actor, StoreError *error)
{
    g_autoptr(PGresult) active = NULL;
    int64_t others = 0;
    bool is_one = false;
    if (is_at_shell(actor))
        return STORE_OK;
    StoreResult result = admin_run(store, QUERY_POLICY_LOCK, NULL, NULL, error);
    if (result == STORE_OK)
        result = admins_read(store, admin_run, name, &others, &is_one, error);
    if (result != STORE_OK || !is_one || others > 0)
        return result;
    result = admin_run(store, QUERY_POLICY_ACTIVE, NULL, &active, error);
    g_autoptr(Policy) policy = result == STORE_OK ? policy_of_row(store, active) : NULL;
    return result == STORE_OK && !names_somebody(policy) ? store_fail(error, STORE_CONFLICT, "account", SAY_LAST_ADMIN, name) : result;
}

static StoreResult somebody_stays(Store *store, PolicyAsk ask, const char *author, const Policy *from, const Policy *to, StoreError *error)
{
    int64_t accounts;
    bool is_one;
    if (has_another_way(author) || !names_somebody(from) || names_somebody(to))
        return STORE_OK;
    StoreResult result = admins_read(store, ask, NULL, &accounts, &is_one, error);
    return result == STORE_OK && accounts == 0 ? store_fail(error, STORE_INVALID, "administrators", SAY_LAST_NAMED) : result;
}

/* --- plans --- */

static void add_held(GPtrArray *held, int64_t count, const char *one, const char *more)
{
    g_autofree char *number = g_strdup_printf("%" PRId64, count);
    if (count > 0)
        g_ptr_array_add(held, count == 1 ? g_strdup(one) : g_strconcat(number, " ", more, NULL));
}

static StoreResult held_read(Store *store, PolicyAsk ask, const char *plan, GPtrArray *held, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, plan);
    StoreResult result = ask(store, QUERY_PLAN_HELD, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    add_held(held, result_number(rows, 0, 0), SAY_PLAN_HELD_BY_ONE, SAY_PLAN_HELD_BY_PEOPLE);
    add_held(held, result_number(rows, 0, 1), SAY_PLAN_ASKED_BY_ONE, SAY_PLAN_ASKED_BY_MORE);
    if (!result_null(rows, 0, 2))
        g_ptr_array_add(held, g_strdup_printf(strchr(result_text(rows, 0, 2), ',') ? SAY_PLAN_GIVEN_BY_MORE : SAY_PLAN_GIVEN_BY_ONE,
                                              result_text(rows, 0, 2)));
    return STORE_OK;
}

StoreResult policy_plan_held(Store *store, const char *plan, GPtrArray *held, StoreError *error)
{
    return held_read(store, store_read, plan, held, error);
}

static StoreResult plan_is_free(Store *store, PolicyAsk ask, const char *plan, StoreError *error)
{
    g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func(g_free);
    StoreResult result = held_read(store, ask, plan, held, error);
    if (result != STORE_OK || !held->len)
        return result;
    g_ptr_array_add(held, NULL);
    g_autofree char *all = g_strjoinv("; ", (char **)held->pdata);
    return store_fail(error, STORE_INVALID, "plan", SAY_PLAN_HELD, plan, all);
}

/* --- both --- */

StoreResult policy_follows(Store *store, PolicyAsk ask, const char *author, const Policy *from, const Policy *to, bool keeps_plans,
                           StoreError *error)
{
    StoreResult result = somebody_stays(store, ask, author, from, to, error);
    for (int i = 0; from && keeps_plans && result == STORE_OK && i < from->plan_count; i++)
        if (!policy_plan(to, from->plans[i].key))
            result = plan_is_free(store, ask, from->plans[i].key, error);
    return result;
}

StoreResult policy_may_follow(Store *store, const char *author, const Policy *from, const Policy *to, bool keeps_plans, StoreError *error)
{
    return policy_follows(store, store_read, author, from, to, keeps_plans, error);
}
