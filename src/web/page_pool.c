/* GET and POST /admin/organization/change: an override or bonus for an organization, or its owner. As with people: first what it comes to,
 * as one of the members sees it, and then, confirmed, the change. */
#include "store/organizations.h"
#include "say/say.h"
#include "view/view_admin.h"
#include "web/admin_input.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/restored.h"

enum { WHAT, ORGANIZATION, FEATURE, LIMIT, ID, AMOUNT, EXPIRES, OWNER, SEEN, REASON, CONFIRM, FIELDS };
static const InputField fields[FIELDS] = {
    [WHAT] = {"what", INPUT_TEXT, true, 1, 16},          [ORGANIZATION] = {"organization", INPUT_TEXT, true, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},  [LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [ID] = {"id", INPUT_TEXT, false, 1, 18},             [AMOUNT] = {"amount", INPUT_WHOLE, false, 0, UNITS_MAX},
    [EXPIRES] = {"expires", INPUT_UNTIL, false, 0, 0},    [OWNER] = {"owner", INPUT_TEXT, false, 0, 255},
    [SEEN] = {"seen", INPUT_TEXT, false, 0, 255},        [REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CONFIRM] = {"confirm", INPUT_FLAG, false, 0, 0},
};

typedef struct {
    UsageRead *read;         /* of a member; NULL: there is none */
    json_t *target;          /* that is to go, or to be there again; where it is about the owner, the organization */
    const Feature *feature;
    bool of_bonus, removes, restores, of_owner, may_own;
    int64_t version;         /* of what the organization has */
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    Instant expires_at;
} Pool;

static void pool_clear(Pool *pool)
{
    usage_read_free(pool->read);
    json_decref(pool->target);
    form_shown_clear(pool->shown, FIELDS);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pool, pool_clear)

static bool what_read(Pool *pool)
{
    static const char *const words[] = {"override", "override-remove", "override-restore", "bonus", "bonus-remove", "bonus-restore"};
    const char *what = pool->shown[WHAT].typed;
    pool->of_owner = g_strcmp0(what, "owner") == 0;
    if (pool->of_owner)
        return true;
    for (size_t i = 0; what && i < G_N_ELEMENTS(words); i++)
        if (strcmp(what, words[i]) == 0) {
            pool->of_bonus = i >= 3;
            pool->removes = i % 3 == 1;
            pool->restores = i % 3 == 2;
            return true;
        }
    return false;
}

static StoreResult target_read(Store *store, Pool *pool, StoreError *error)
{
    const char *id = pool->shown[ID].typed;
    if (pool->of_owner)
        return organization_get(store, pool->shown[ORGANIZATION].typed, &pool->target, error);
    if (!pool->removes && !pool->restores)
        return STORE_OK;
    StoreResult result = pool->restores ? (pool->of_bonus ? admin_grant_any : admin_override_any)(store, id, &pool->target, error)
                                        : (pool->of_bonus ? admin_grant_get : admin_override_get)(store, id, &pool->target, error);
    const char *whose = json_string_value(json_object_get(pool->target, "organization"));
    return result == STORE_OK && g_strcmp0(whose, pool->shown[ORGANIZATION].typed) != 0 ? STORE_NONE : result;
}

/* Whose and what it is about. False: answered already. */
static bool pool_read(Call *call, Pool *pool)
{
    g_auto(StoreError) error = {0};
    const char *organization = pool->shown[ORGANIZATION].typed, *feature = pool->shown[FEATURE].typed;
    if (!organization || pool->shown[ORGANIZATION].mistake != FORM_GOOD) {
        call_problem(call, 400, "organization", SAY_MISSING("organization"));
        return false;
    }
    if (!what_read(pool)) {
        call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
        return false;
    }
    StoreResult result = organization_version(call->site->store, organization, &pool->version, &error);
    if (result == STORE_OK)
        result = organization_seen(call->site->store, organization, &pool->read, &error);
    if (result == STORE_OK)
        result = target_read(call->site->store, pool, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return false;
    }
    if (pool->target)
        feature = json_string_value(json_object_get(pool->target, "feature"));
    pool->feature = feature ? policy_feature(call->policy, feature) : NULL;
    if (!pool->feature && !pool->target) {
        call_problem(call, feature ? 404 : 400, "feature", feature ? SAY_NO_SUCH("feature") : SAY_MISSING("feature"));
        return false;
    }
    return true;
}

/* NULL: nobody, or it is not about the owner. */
static const char *owner_now(const Pool *pool)
{
    return pool->of_owner ? json_string_value(json_object_get(pool->target, "owner")) : NULL;
}

/* Has somebody else changed what it has since the form was opened? Of the owner the store tells. */
static bool is_stale(const Pool *pool)
{
    const InputValue *seen = &pool->values[SEEN];
    g_autofree char *version = g_strdup_printf("%" PRId64, pool->version);
    return !pool->of_owner && seen->given && strcmp(seen->text, version) != 0;
}

/* The form carries what was seen as it was opened; of an owner, who it was. */
static void seen_put(Pool *pool)
{
    FormShown *seen = &pool->shown[SEEN];
    const char *owner = owner_now(pool);
    if (pool->of_owner && seen->typed)
        return;
    g_free(seen->typed);
    seen->typed = pool->of_owner ? g_strdup(owner ? owner : "") : g_strdup_printf("%" PRId64, pool->version);
}

static void show(Call *call, int status, Pool *pool, const UsageReport *after, bool preview)
{
    bool stale = is_stale(pool);
    if (!call_form_token(call))
        return;
    seen_put(pool);
    PageContext context = call_context(call, NULL);
    OrganizationChangeShown shown = {
        .organization = pool->shown[ORGANIZATION].typed, .what = pool->shown[WHAT].typed, .owner = owner_now(pool), .feature = pool->feature,
        .before = pool->read ? pool->read->report : NULL, .after = after, .preview = preview, .stale = stale,
        .shown = pool->shown, .shown_count = FIELDS,
    };
    call_page(call, status, "organization_change", view_organization_change(&shown, &context));
}

void page_pool(Call *call)
{
    g_auto(Pool) pool = {0};
    form_open(&call->request->query, fields, FIELDS, pool.shown);
    if (pool_read(call, &pool))
        show(call, 200, &pool, NULL, false);
}

static bool mistake(Pool *pool, int field, FormMistake what)
{
    pool->shown[field].mistake = what;
    return false;
}

/* Who is to be the owner: nobody, or a member. False: answered already. */
static bool owner_read(Call *call, Pool *pool)
{
    g_auto(StoreError) error = {0};
    const InputValue *owner = &pool->values[OWNER];
    json_t *subject = NULL;
    pool->may_own = !owner->given || !*owner->text;
    if (!pool->of_owner || pool->may_own)
        return true;
    StoreResult result = admin_subject_get(call->site->store, owner->text, &subject, &error);
    const char *whose = json_string_value(json_object_get(subject, "organization"));
    pool->may_own = result == STORE_OK && g_strcmp0(whose, pool->shown[ORGANIZATION].typed) == 0;
    json_decref(subject);
    if (result == STORE_DOWN)
        call_store_problem(call, result, &error);
    return result != STORE_DOWN;
}

static bool pool_is_good(Call *call, Pool *pool)
{
    const InputValue *expires = &pool->values[EXPIRES], *amount = &pool->values[AMOUNT];
    pool->expires_at = expires->given ? expires->time : INSTANT_MAX;
    if (pool->of_owner)
        return pool->may_own || mistake(pool, OWNER, FORM_CHOICE);
    if (pool->removes || pool->restores)
        return true;
    if (expires->given && expires->time <= store_now(call->site->store))
        return mistake(pool, EXPIRES, FORM_PAST);
    if (!amount->given)
        return mistake(pool, AMOUNT, FORM_MISSING);
    pool->shown[AMOUNT].min = pool->of_bonus;
    return amount->whole >= pool->of_bonus || mistake(pool, AMOUNT, FORM_NUMBER);
}

/* There must be something that the override is of. False: answered already. */
static bool override_is_of_something(Call *call, const Pool *pool)
{
    g_auto(StoreError) error = {0};
    if (pool->of_owner || pool->of_bonus || pool->removes || pool->restores)
        return true;
    const OverrideAdd add = {.organization = pool->values[ORGANIZATION].text, .feature = pool->feature->key, .limit = pool->values[LIMIT].text};
    StoreResult result = admin_override_check(call->policy, &add, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

static void preview(Call *call, int status, Pool *pool)
{
    if (pool->of_owner) {
        show(call, status, pool, NULL, true);
        return;
    }
    bool given = !pool->removes && !pool->restores;
    int64_t id = !given ? g_ascii_strtoll(pool->shown[ID].typed, NULL, 10) : 0;
    int feature = pool->feature ? pool->feature->index : -1;
    Instant now = pool->read ? pool->read->report->as_of : 0;
    Subject subject;
    const Override made = {
        .id = INT64_MAX, .of_organization = true, .feature = feature, .limit = pool->values[LIMIT].text, .kind = OVERRIDE_AMOUNT,
        .amount = pool->values[AMOUNT].whole, .multiplier = 1, .expires_at = pool->expires_at, .created_at = now,
    };
    const Grant bonus = {
        .slot = SUPPOSED_SLOT, .of_organization = true, .feature = feature, .amount = pool->values[AMOUNT].whole, .priority = 100,
        .effective_at = now, .expires_at = pool->expires_at, .created_at = now,
    };
    const Override override = pool->restores ? restored_override(pool->target, feature, id) : made;
    const Grant grant = pool->restores ? restored_grant(pool->target, feature) : bonus;
    bool adds = !pool->removes && feature >= 0;
    const Supposed supposed = {
        .override = adds && !pool->of_bonus ? &override : NULL, .grant = adds && pool->of_bonus ? &grant : NULL,
        .no_override = pool->removes && !pool->of_bonus ? id : 0, .no_grant = pool->removes && pool->of_bonus ? -id : 0, .reset_feature = -1,
    };
    g_autoptr(UsageReport) after = pool->read ? usage_read_supposed(pool->read, &supposed, &subject) : NULL;
    show(call, status, pool, after, true);
}

/* *was: the id of what was made, removed or restored, or the owner before; NULL: nobody. */
static StoreResult make(Store *store, const Pool *pool, const char *actor, char **was, StoreError *error)
{
    const InputValue *values = pool->values;
    const char *id = values[ID].text, *reason = values[REASON].text, *organization = values[ORGANIZATION].text;
    int64_t seen = values[SEEN].given ? pool->version : 0;
    json_t *json = NULL;
    StoreResult result;
    *was = g_strdup(pool->of_owner ? owner_now(pool) : id);
    if (pool->of_owner) {
        const char *owner = values[OWNER].given && *values[OWNER].text ? values[OWNER].text : NULL;
        result = organization_own(store, organization, owner, values[SEEN].given ? values[SEEN].text : "", reason, actor, &json, error);
        json_decref(json);
        return result;
    }
    if (pool->removes)
        return pool->of_bonus ? admin_grant_remove(store, id, reason, actor, error) : admin_override_remove(store, id, reason, actor, error);
    if (pool->restores) {
        result = (pool->of_bonus ? admin_grant_restore : admin_override_restore)(store, id, reason, actor, &json, error);
        json_decref(json);
        return result;
    }
    if (pool->of_bonus) {
        const GrantAdd add = {.organization = organization, .feature = pool->feature->key, .amount = values[AMOUNT].whole, .priority = 100,
                              .effective_at = INSTANT_MIN, .expires_at = pool->expires_at, .reason = reason, .seen = seen};
        result = admin_grant_add(store, &add, actor, &json, error);
    } else {
        const OverrideAdd add = {.organization = organization, .feature = pool->feature->key, .limit = values[LIMIT].text,
                                 .kind = OVERRIDE_AMOUNT, .amount = values[AMOUNT].whole, .multiplier = 1, .expires_at = pool->expires_at,
                                 .reason = reason, .seen = seen};
        result = admin_override_add(store, &add, actor, &json, error);
    }
    g_free(*was);
    *was = g_strdup(json_string_value(json_object_get(json, "id")));
    json_decref(json);
    return result;
}

static void made(Call *call, const Pool *pool, const char *was)
{
    g_autoptr(GString) then = g_string_new("/admin/organization?organization=");
    g_string_append_uri_escaped(then, pool->values[ORGANIZATION].text, NULL, FALSE);
    g_string_append_printf(then, "&done=%s", pool->shown[WHAT].typed);
    if (was) {
        g_string_append(then, "&was=");
        g_string_append_uri_escaped(then, was, NULL, FALSE);
    }
    call_see_other(call, then->str);
}

void page_pool_send(Call *call)
{
    g_auto(Pool) pool = {0};
    g_auto(StoreError) error = {0};
    bool good = call_filled(call, &call->form, fields, FIELDS, pool.values, pool.shown);
    if (!pool_read(call, &pool) || (good && !owner_read(call, &pool)))
        return;
    if (!good || !pool_is_good(call, &pool)) {
        show(call, 400, &pool, NULL, false);
        return;
    }
    if (!override_is_of_something(call, &pool))
        return;
    if (!pool.values[CONFIRM].flag || is_stale(&pool)) {
        preview(call, pool.values[CONFIRM].flag ? 409 : 200, &pool);
        return;
    }
    g_autofree char *actor = identity_actor(&call->identity), *was = NULL;
    StoreResult result = make(call->site->store, &pool, actor, &was, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    made(call, &pool, was);
}
