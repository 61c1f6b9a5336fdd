/* GET and POST /admin/change: one change to one person. The form is sent twice: first to see what it comes to, by the code that decides,
 * and then, confirmed, to make it; what is made goes through the same functions as the API. */
#include "view/view_admin.h"
#include "web/form.h"
#include "web/handlers.h"

#define MULTIPLIER_MAX 1000000

enum { WHAT, SUBJECT, FEATURE, LIMIT, ID, KIND, AMOUNT, MULTIPLIER, EXPIRES, PLAN, REASON, CONFIRM, FIELDS };
static const InputField fields[FIELDS] = {
    [WHAT] = {"what", INPUT_TEXT, true, 1, 16},          [SUBJECT] = {"subject", INPUT_TEXT, true, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},  [LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [ID] = {"id", INPUT_TEXT, false, 1, 18},             [KIND] = {"kind", INPUT_TEXT, false, 1, 16},
    [AMOUNT] = {"amount", INPUT_WHOLE, false, 0, UNITS_MAX}, [MULTIPLIER] = {"multiplier", INPUT_TEXT, false, 1, 32},
    [EXPIRES] = {"expires", INPUT_TIME, false, 0, 0},    [PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [REASON] = {"reason", INPUT_TEXT, true, 1, 500},     [CONFIRM] = {"confirm", INPUT_FLAG, false, 0, 0},
};

/* A change as it is known so far. */
typedef struct {
    ChangeKind kind;
    UsageRead *read;
    const Feature *feature;
    json_t *target;
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    OverrideKind override_kind;
    double multiplier;
    Instant expires_at;
} Change;

static void change_clear(Change *change)
{
    usage_read_free(change->read);
    json_decref(change->target);
    form_shown_clear(change->shown, FIELDS);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

static bool is_removal(ChangeKind kind)
{
    return kind == CHANGE_OVERRIDE_REMOVE || kind == CHANGE_BONUS_REMOVE;
}

/* The override or grant that is to go, which must be of the person. */
static StoreResult target_read(Call *call, Change *change, StoreError *error)
{
    Store *store = call->site->store;
    const char *id = change->shown[ID].typed;
    if (!is_removal(change->kind))
        return STORE_OK;
    StoreResult result = change->kind == CHANGE_OVERRIDE_REMOVE ? admin_override_get(store, id, &change->target, error)
                                                                : admin_grant_get(store, id, &change->target, error);
    const char *whose = json_string_value(json_object_get(change->target, "subject"));
    if (result == STORE_OK && g_strcmp0(whose, change->shown[SUBJECT].typed) != 0)
        result = STORE_NONE;
    return result;
}

/* Whom and what it is about. False: answered already. */
static bool change_read(Call *call, Change *change)
{
    g_auto(StoreError) error = {0};
    const char *subject = change->shown[SUBJECT].typed, *feature = change->shown[FEATURE].typed;
    if (!subject || change->shown[SUBJECT].mistake != FORM_GOOD) {
        call_problem(call, 400, "subject", "subject is missing");
        return false;
    }
    if (!change_find(change->shown[WHAT].typed, &change->kind)) {
        call_problem(call, 400, "what", "what is to be changed is none of what can be changed");
        return false;
    }
    StoreResult result = store_usage(call->site->store, subject, NULL, true, &change->read, &error);
    if (result == STORE_OK && !change->read->known)
        result = STORE_NONE;
    if (result == STORE_OK)
        result = target_read(call, change, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return false;
    }
    if (change->target)
        feature = json_string_value(json_object_get(change->target, "feature"));
    change->feature = feature ? policy_feature(change->read->report->policy, feature) : NULL;
    bool needed = change->kind == CHANGE_OVERRIDE || change->kind == CHANGE_BONUS;
    if ((feature && !change->feature && !change->target) || (needed && !change->feature)) {
        call_problem(call, feature ? 404 : 400, "feature", feature ? "there is no such feature" : "feature is missing");
        return false;
    }
    return true;
}

static void show(Call *call, int status, const Change *change, const UsageReport *after)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    ChangeShown shown = {.kind = change->kind, .before = change->read->report, .after = after, .feature = change->feature,
                         .target = change->target, .shown = change->shown, .shown_count = FIELDS};
    call_page(call, status, "change", view_change(&shown, &context));
}

void page_change(Call *call)
{
    g_auto(Change) change = {0};
    form_open(&call->request->query, fields, FIELDS, change.shown);
    if (change_read(call, &change))
        show(call, 200, &change, NULL);
}

/* --- what was filled in --- */

static bool mistake(Change *change, int field, FormMistake what)
{
    change->shown[field].mistake = what;
    return false;
}

/* "1.5": digits with at most one point, more than 0. */
static bool multiplier_read(const char *text, double *out)
{
    if (!text || strspn(text, "0123456789.") != strlen(text) || strlen(text) > 16)
        return false;
    char *end = NULL;
    *out = g_ascii_strtod(text, &end);
    return end && !*end && *out > 0 && *out <= MULTIPLIER_MAX;
}

static bool override_is_good(Change *change)
{
    const char *kind = change->values[KIND].text;
    if (g_strcmp0(kind, "amount") == 0) {
        change->override_kind = OVERRIDE_AMOUNT;
        return change->values[AMOUNT].given || mistake(change, AMOUNT, FORM_MISSING);
    }
    if (g_strcmp0(kind, "multiplier") == 0) {
        change->override_kind = OVERRIDE_MULTIPLIER;
        change->shown[MULTIPLIER].min = 1;
        change->shown[MULTIPLIER].max = MULTIPLIER_MAX;
        return multiplier_read(change->values[MULTIPLIER].text, &change->multiplier) || mistake(change, MULTIPLIER, FORM_NUMBER);
    }
    change->override_kind = OVERRIDE_UNLIMITED;
    return g_strcmp0(kind, "unlimited") == 0 || mistake(change, KIND, FORM_CHOICE);
}

static bool change_is_good(Change *change)
{
    const InputValue *expires = &change->values[EXPIRES];
    change->expires_at = expires->given ? expires->time : INSTANT_MAX;
    if (expires->given && expires->time <= change->read->report->as_of)
        return mistake(change, EXPIRES, FORM_PAST);
    if (change->kind == CHANGE_OVERRIDE)
        return override_is_good(change);
    if (change->kind == CHANGE_BONUS) {
        change->shown[AMOUNT].min = 1;
        return change->values[AMOUNT].whole >= 1 || mistake(change, AMOUNT, change->values[AMOUNT].given ? FORM_NUMBER : FORM_MISSING);
    }
    if (change->kind == CHANGE_PLAN)
        return (change->values[PLAN].given && policy_plan(change->read->report->policy, change->values[PLAN].text)) ||
               mistake(change, PLAN, FORM_CHOICE);
    return true;
}

/* --- what it comes to --- */

static void preview(Call *call, const Change *change)
{
    const UsageReport *before = change->read->report;
    const InputValue *values = change->values;
    int64_t id = change->target ? g_ascii_strtoll(change->shown[ID].typed, NULL, 10) : 0;
    int feature = change->feature ? change->feature->index : -1;
    Subject subject;
    const Override override = {
        .id = INT64_MAX, .feature = feature, .limit = values[LIMIT].text, .kind = change->override_kind, .amount = values[AMOUNT].whole,
        .multiplier = change->multiplier, .expires_at = change->expires_at, .created_at = before->as_of,
    };
    const Grant grant = {
        .slot = SUPPOSED_SLOT, .feature = feature, .amount = values[AMOUNT].whole, .priority = 100, .effective_at = before->as_of,
        .expires_at = change->expires_at, .created_at = before->as_of,
    };
    const Supposed supposed = {
        .override = change->kind == CHANGE_OVERRIDE ? &override : NULL,
        .no_override = change->kind == CHANGE_OVERRIDE_REMOVE ? id : 0,
        .grant = change->kind == CHANGE_BONUS ? &grant : NULL,
        .no_grant = change->kind == CHANGE_BONUS_REMOVE ? -id : 0,
        .plan = change->kind == CHANGE_PLAN ? policy_plan(before->policy, values[PLAN].text) : NULL,
        .reset = change->kind == CHANGE_RESET,
        .reset_feature = feature,
    };
    g_autoptr(UsageReport) after = usage_read_supposed(change->read, &supposed, &subject);
    show(call, 200, change, after);
}

/* --- making it --- */

static StoreResult override_make(Store *store, const Change *change, const char *actor, StoreError *error)
{
    json_t *json = NULL;
    const OverrideAdd add = {
        .subject = change->values[SUBJECT].text, .feature = change->feature->key, .limit = change->values[LIMIT].text,
        .kind = change->override_kind, .amount = change->override_kind == OVERRIDE_UNLIMITED ? AMOUNT_UNLIMITED : change->values[AMOUNT].whole,
        .multiplier = change->override_kind == OVERRIDE_MULTIPLIER ? change->multiplier : 1, .expires_at = change->expires_at,
        .reason = change->values[REASON].text,
    };
    StoreResult result = admin_override_add(store, &add, actor, &json, error);
    json_decref(json);
    return result;
}

static StoreResult bonus_make(Store *store, const Change *change, const char *actor, StoreError *error)
{
    json_t *json = NULL;
    const GrantAdd add = {
        .subject = change->values[SUBJECT].text, .feature = change->feature->key, .amount = change->values[AMOUNT].whole, .priority = 100,
        .effective_at = INSTANT_MIN, .expires_at = change->expires_at, .reason = change->values[REASON].text,
    };
    StoreResult result = admin_grant_add(store, &add, actor, &json, error);
    json_decref(json);
    return result;
}

static StoreResult subject_make(Store *store, const Change *change, const char *actor, StoreError *error)
{
    json_t *json = NULL;
    bool created;
    SubjectChange made = {.subject = change->values[SUBJECT].text, .reason = change->values[REASON].text};
    if (change->kind == CHANGE_PLAN) {
        made.plan = change->values[PLAN].text;
        made.plan_until = change->expires_at;
        made.has_plan_until = true;
        if (change->expires_at != INSTANT_MAX)
            made.plan_after = change->read->report->subject->plan->key;
    } else {
        made.has_suspended = true;
        made.suspended = change->kind == CHANGE_SUSPEND;
    }
    StoreResult result = admin_subject_set(store, &made, actor, &created, &json, error);
    json_decref(json);
    return result;
}

static StoreResult change_make(Store *store, const Change *change, const char *actor, StoreError *error)
{
    const char *reason = change->values[REASON].text;
    g_auto(LedgerDone) done = {0};
    switch (change->kind) {
    case CHANGE_OVERRIDE:
        return override_make(store, change, actor, error);
    case CHANGE_OVERRIDE_REMOVE:
        return admin_override_remove(store, change->values[ID].text, reason, actor, error);
    case CHANGE_BONUS:
        return bonus_make(store, change, actor, error);
    case CHANGE_BONUS_REMOVE:
        return admin_grant_remove(store, change->values[ID].text, reason, actor, error);
    case CHANGE_RESET:
        return ledger_reset(store, change->values[SUBJECT].text, change->feature ? change->feature->key : NULL, reason, actor, &done, error);
    default:
        return subject_make(store, change, actor, error);
    }
}

static void make(Call *call, Change *change)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = change_make(call->site->store, change, actor, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    g_autoptr(GString) then = g_string_new("/admin/person?subject=");
    g_string_append_uri_escaped(then, change->values[SUBJECT].text, NULL, FALSE);
    g_string_append_printf(then, "&done=%s", change_word(change->kind));
    call_see_other(call, then->str);
}

void page_change_send(Call *call)
{
    g_auto(Change) change = {0};
    bool good = form_read(&call->form, fields, FIELDS, change.values, change.shown);
    if (!change_read(call, &change))
        return;
    if (!good || !change_is_good(&change))
        show(call, 400, &change, NULL);
    else if (change.values[CONFIRM].flag)
        make(call, &change);
    else
        preview(call, &change);
}
