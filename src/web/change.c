/* Reading and checking a change, and making it: by the same functions as the API's. */
#include "web/change.h"

#include "say/say.h"
#include "store/access.h"
#include "view/json_text.h"
#include "web/restored.h"

#define MULTIPLIER_MAX 1000000

const InputField change_fields[CHANGE_FIELDS] = {
    [CHANGE_F_WHAT] = {"what", INPUT_TEXT, true, 1, 20},
    [CHANGE_F_SUBJECT] = {"subject", INPUT_TEXT, true, 1, 255},
    [CHANGE_F_FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},
    [CHANGE_F_LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [CHANGE_F_ID] = {"id", INPUT_TEXT, false, 1, 128},
    [CHANGE_F_KIND] = {"kind", INPUT_TEXT, false, 1, 16},
    [CHANGE_F_AMOUNT] = {"amount", INPUT_WHOLE, false, 0, UNITS_MAX},
    [CHANGE_F_MULTIPLIER] = {"multiplier", INPUT_TEXT, false, 1, 32},
    [CHANGE_F_EXPIRES] = {"expires", INPUT_UNTIL, false, 0, 0},
    [CHANGE_F_PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [CHANGE_F_THEN] = {"then", INPUT_TEXT, false, 1, 64},
    [CHANGE_F_ORGANIZATION] = {"organization", INPUT_TEXT, false, 1, 255},
    [CHANGE_F_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_F_SEEN] = {"seen", INPUT_WHOLE, false, 1, INT64_MAX},
    [CHANGE_F_CONFIRM] = {"confirm", INPUT_FLAG, false, 0, 0},
};

void change_clear(Change *change)
{
    usage_read_free(change->read);
    decision_read_free(change->decision);
    json_decref(change->target);
    form_shown_clear(change->shown, CHANGE_FIELDS);
}

static bool is_of_override(ChangeKind kind)
{
    return kind == CHANGE_OVERRIDE_REMOVE || kind == CHANGE_OVERRIDE_RESTORE;
}

static bool is_of_bonus(ChangeKind kind)
{
    return kind == CHANGE_BONUS_REMOVE || kind == CHANGE_BONUS_RESTORE;
}

/* A reset, not what takes one back. */
static StoreResult reset_read(Store *store, const char *id, Change *change, StoreError *error)
{
    StoreResult result = id ? store_decision(store, id, &change->decision, error) : STORE_NONE;
    bool is_reset = result == STORE_OK && strcmp(change->decision->kind, "reset") == 0 && !change->decision->restores;
    return result == STORE_OK && !is_reset ? STORE_NONE : result;
}

/* The override, grant or decision that it is about, which must be of the person. */
static StoreResult target_read(Call *call, Change *change, StoreError *error)
{
    Store *store = call->site->store;
    const char *id = change->shown[CHANGE_F_ID].typed, *whose;
    StoreResult result = STORE_OK;
    if (is_of_override(change->kind))
        result = change->kind == CHANGE_OVERRIDE_REMOVE ? admin_override_get(store, id, &change->target, error)
                                                        : admin_override_any(store, id, &change->target, error);
    else if (is_of_bonus(change->kind))
        result = change->kind == CHANGE_BONUS_REMOVE ? admin_grant_get(store, id, &change->target, error)
                                                     : admin_grant_any(store, id, &change->target, error);
    else if (change->kind == CHANGE_REFUND)
        result = id ? store_decision(store, id, &change->decision, error) : STORE_NONE;
    else if (change->kind == CHANGE_RESET_UNDO)
        result = reset_read(store, id, change, error);
    else
        return change->kind == CHANGE_PLAN ? admin_subject_get(store, change->shown[CHANGE_F_SUBJECT].typed, &change->target, error)
                                           : STORE_OK;
    whose = change->decision ? change->decision->answer->subject : json_string_value(json_object_get(change->target, "subject"));
    return result == STORE_OK && g_strcmp0(whose, change->shown[CHANGE_F_SUBJECT].typed) != 0 ? STORE_NONE : result;
}

/* Which feature. False: answered already. */
static bool feature_read(Call *call, Change *change)
{
    const char *feature = change->shown[CHANGE_F_FEATURE].typed;
    bool needed = change->kind == CHANGE_OVERRIDE || change->kind == CHANGE_BONUS, known = change->target || change->decision;
    if (change->target && change->kind != CHANGE_PLAN)
        feature = json_string_value(json_object_get(change->target, "feature"));
    else if (change->kind == CHANGE_RESET_UNDO)
        feature = NULL; /* it may be of all */
    else if (change->decision)
        feature = change->decision->answer->feature ? change->decision->answer->feature->key : NULL;
    change->feature = feature ? policy_feature(change->read->report->policy, feature) : NULL;
    if (change->feature || (known || (!feature && !needed)))
        return true;
    call_problem(call, feature ? 404 : 400, "feature", feature ? SAY_NO_SUCH("feature") : SAY_MISSING("feature"));
    return false;
}

bool change_read(Call *call, Change *change)
{
    g_auto(StoreError) error = {0};
    const char *subject = change->shown[CHANGE_F_SUBJECT].typed;
    if (!subject || change->shown[CHANGE_F_SUBJECT].mistake != FORM_GOOD) {
        call_problem(call, 400, "subject", SAY_MISSING("subject"));
        return false;
    }
    if (!change_find(change->shown[CHANGE_F_WHAT].typed, &change->kind)) {
        call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
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
    if (change->kind == CHANGE_RESET_UNDO && !change->decision->taken) {
        call_problem(call, 409, NULL, change->decision->refunded > 0 ? SAY_RESET_UNDONE : SAY_UNDO_SAME);
        return false;
    }
    return feature_read(call, change);
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
    const char *kind = change->values[CHANGE_F_KIND].text;
    if (g_strcmp0(kind, "amount") == 0) {
        change->override_kind = OVERRIDE_AMOUNT;
        return change->values[CHANGE_F_AMOUNT].given || mistake(change, CHANGE_F_AMOUNT, FORM_MISSING);
    }
    if (g_strcmp0(kind, "multiplier") == 0) {
        change->override_kind = OVERRIDE_MULTIPLIER;
        change->shown[CHANGE_F_MULTIPLIER].min = 1;
        change->shown[CHANGE_F_MULTIPLIER].max = MULTIPLIER_MAX;
        return multiplier_read(change->values[CHANGE_F_MULTIPLIER].text, &change->multiplier) ||
               mistake(change, CHANGE_F_MULTIPLIER, FORM_FACTOR);
    }
    change->override_kind = OVERRIDE_UNLIMITED;
    return g_strcmp0(kind, "unlimited") == 0 || mistake(change, CHANGE_F_KIND, FORM_CHOICE);
}

/* At least one unit, and not more than `most`. */
static bool units_are_good(Change *change, int64_t most)
{
    const InputValue *amount = &change->values[CHANGE_F_AMOUNT];
    change->shown[CHANGE_F_AMOUNT].min = 1;
    change->shown[CHANGE_F_AMOUNT].max = most;
    return (amount->whole >= 1 && amount->whole <= most) ||
           mistake(change, CHANGE_F_AMOUNT, amount->given ? FORM_NUMBER : FORM_MISSING);
}

bool change_is_good(Change *change)
{
    const InputValue *expires = &change->values[CHANGE_F_EXPIRES];
    change->expires_at = expires->given ? expires->time : INSTANT_MAX;
    if (expires->given && expires->time <= change->read->report->as_of)
        return mistake(change, CHANGE_F_EXPIRES, FORM_PAST);
    if (change->kind == CHANGE_OVERRIDE)
        return override_is_good(change);
    if (change->kind == CHANGE_BONUS)
        return units_are_good(change, UNITS_MAX);
    if (change->kind == CHANGE_REFUND)
        return !change->values[CHANGE_F_AMOUNT].given || units_are_good(change, change->decision->answer->units);
    if (change->kind != CHANGE_PLAN)
        return true;
    const Policy *policy = change->read->report->policy;
    const InputValue *plan = &change->values[CHANGE_F_PLAN], *then = &change->values[CHANGE_F_THEN];
    if (!plan->given || !policy_plan(policy, plan->text))
        return mistake(change, CHANGE_F_PLAN, FORM_CHOICE);
    return !then->given || policy_plan(policy, then->text) || mistake(change, CHANGE_F_THEN, FORM_CHOICE);
}

/* --- what it comes to --- */

UsageReport *change_supposed(const Change *change, Subject *subject)
{
    const UsageReport *before = change->read->report;
    const InputValue *values = change->values;
    int64_t id = change->target && change->shown[CHANGE_F_ID].typed ? g_ascii_strtoll(change->shown[CHANGE_F_ID].typed, NULL, 10) : 0;
    int feature = change->feature ? change->feature->index : -1;
    bool restored = change->kind == CHANGE_OVERRIDE_RESTORE, given_back = change->kind == CHANGE_BONUS_RESTORE;
    const Override made = {
        .id = INT64_MAX, .feature = feature, .limit = values[CHANGE_F_LIMIT].text, .kind = change->override_kind,
        .amount = values[CHANGE_F_AMOUNT].whole, .multiplier = change->multiplier, .expires_at = change->expires_at,
        .created_at = before->as_of,
    };
    const Grant given = {
        .slot = SUPPOSED_SLOT, .feature = feature, .amount = values[CHANGE_F_AMOUNT].whole, .priority = 100,
        .effective_at = before->as_of, .expires_at = change->expires_at, .created_at = before->as_of,
    };
    const Override override = restored ? restored_override(change->target, feature, id) : made;
    const Grant grant = given_back ? restored_grant(change->target, feature) : given;
    const Supposed supposed = {
        .override = change->kind == CHANGE_OVERRIDE || (restored && feature >= 0) ? &override : NULL,
        .no_override = change->kind == CHANGE_OVERRIDE_REMOVE ? id : 0,
        .grant = change->kind == CHANGE_BONUS || (given_back && feature >= 0) ? &grant : NULL,
        .no_grant = change->kind == CHANGE_BONUS_REMOVE ? -id : 0,
        .plan = change->kind == CHANGE_PLAN ? policy_plan(before->policy, values[CHANGE_F_PLAN].text) : NULL,
        .reset = change->kind == CHANGE_RESET,
        .reset_feature = feature,
        .taken = change->kind == CHANGE_RESET_UNDO ? change->decision->taken : NULL,
    };
    return usage_read_supposed(change->read, &supposed, subject);
}

/* --- making it --- */

/* What an address may say of it: an id or a key, a time. */
static Undo undo_by(ChangeKind kind, const char *was)
{
    return (Undo){.possible = true, .kind = kind, .was = g_strdup(was)};
}

Undo change_undo(const Change *change)
{
    const char *id = change->values[CHANGE_F_ID].text;
    switch (change->kind) {
    case CHANGE_OVERRIDE:
        return undo_by(CHANGE_OVERRIDE_REMOVE, NULL);
    case CHANGE_OVERRIDE_REMOVE:
        return undo_by(CHANGE_OVERRIDE_RESTORE, id);
    case CHANGE_OVERRIDE_RESTORE:
        return undo_by(CHANGE_OVERRIDE_REMOVE, id);
    case CHANGE_BONUS:
        return undo_by(CHANGE_BONUS_REMOVE, NULL);
    case CHANGE_BONUS_REMOVE:
        return undo_by(CHANGE_BONUS_RESTORE, id);
    case CHANGE_BONUS_RESTORE:
        return undo_by(CHANGE_BONUS_REMOVE, id);
    case CHANGE_RESET:
        return undo_by(CHANGE_RESET_UNDO, NULL);
    case CHANGE_PLAN:
        return undo_of_plan(change->read->report, change->target);
    case CHANGE_ORGANIZATION:
        return undo_by(CHANGE_ORGANIZATION, change->read->report->subject->organization);
    case CHANGE_SUSPEND:
        return undo_by(CHANGE_RESTORE, NULL);
    case CHANGE_RESTORE:
        return undo_by(CHANGE_SUSPEND, NULL);
    default:
        return (Undo){0};
    }
}

OverrideAdd change_override(const Change *change)
{
    return (OverrideAdd){
        .subject = change->values[CHANGE_F_SUBJECT].text, .feature = change->feature->key, .limit = change->values[CHANGE_F_LIMIT].text,
        .kind = change->override_kind,
        .amount = change->override_kind == OVERRIDE_UNLIMITED ? AMOUNT_UNLIMITED : change->values[CHANGE_F_AMOUNT].whole,
        .multiplier = change->override_kind == OVERRIDE_MULTIPLIER ? change->multiplier : 1, .expires_at = change->expires_at,
        .reason = change->values[CHANGE_F_REASON].text, .seen = change->values[CHANGE_F_SEEN].whole,
    };
}

GrantAdd change_grant(const Change *change)
{
    return (GrantAdd){
        .subject = change->values[CHANGE_F_SUBJECT].text, .feature = change->feature->key,
        .amount = change->values[CHANGE_F_AMOUNT].whole, .priority = 100, .effective_at = INSTANT_MIN, .expires_at = change->expires_at,
        .reason = change->values[CHANGE_F_REASON].text, .seen = change->values[CHANGE_F_SEEN].whole,
    };
}

/* Of what was added. */
static void undo_by_id(Undo *undo, const json_t *json)
{
    undo->was = g_strdup(json_string_value(json_object_get(json, "id")));
}

static StoreResult override_make(Store *store, const Change *change, const char *actor, Undo *undo, StoreError *error)
{
    json_t *json = NULL;
    const OverrideAdd add = change_override(change);
    StoreResult result = admin_override_add(store, &add, actor, &json, error);
    undo_by_id(undo, json);
    json_decref(json);
    return result;
}

static StoreResult bonus_make(Store *store, const Change *change, const char *actor, Undo *undo, StoreError *error)
{
    json_t *json = NULL;
    const GrantAdd add = change_grant(change);
    StoreResult result = admin_grant_add(store, &add, actor, &json, error);
    undo_by_id(undo, json);
    json_decref(json);
    return result;
}

static StoreResult subject_make(Store *store, const Change *change, const char *actor, StoreError *error)
{
    json_t *json = NULL;
    bool created;
    SubjectChange made = {.subject = change->values[CHANGE_F_SUBJECT].text, .reason = change->values[CHANGE_F_REASON].text,
                          .seen = change->values[CHANGE_F_SEEN].whole};
    if (change->kind == CHANGE_PLAN) {
        made.plan = change->values[CHANGE_F_PLAN].text;
        made.plan_until = change->expires_at;
        made.has_plan_until = true;
        if (change->expires_at != INSTANT_MAX)
            made.plan_after = change->values[CHANGE_F_THEN].given ? change->values[CHANGE_F_THEN].text
                                                                  : change->read->report->subject->plan->key;
    } else if (change->kind == CHANGE_ORGANIZATION) {
        made.organization = change->values[CHANGE_F_ORGANIZATION].given ? change->values[CHANGE_F_ORGANIZATION].text : "";
    } else {
        made.has_suspended = true;
        made.suspended = change->kind == CHANGE_SUSPEND;
    }
    StoreResult result = admin_subject_set(store, &made, actor, &created, &json, error);
    json_decref(json);
    return result;
}

static StoreResult reset_make(Store *store, const Change *change, const char *actor, Undo *undo, StoreError *error)
{
    g_auto(LedgerDone) done = {0};
    StoreResult result = ledger_reset(store, change->values[CHANGE_F_SUBJECT].text, change->feature ? change->feature->key : NULL,
                                      change->values[CHANGE_F_REASON].text, actor, &done, error);
    undo->possible = result == STORE_OK && done.units > 0;
    if (undo->possible)
        undo->was = g_steal_pointer(&done.id);
    return result;
}

StoreResult change_make(Store *store, const Change *change, const char *actor, Undo *undo, StoreError *error)
{
    const InputValue *values = change->values;
    const char *reason = values[CHANGE_F_REASON].text, *id = values[CHANGE_F_ID].text;
    g_auto(LedgerDone) done = {0};
    json_t *json = NULL;
    StoreResult result;
    *undo = change_undo(change);
    switch (change->kind) {
    case CHANGE_OVERRIDE:
        return override_make(store, change, actor, undo, error);
    case CHANGE_OVERRIDE_REMOVE:
        return admin_override_remove(store, id, reason, actor, error);
    case CHANGE_OVERRIDE_RESTORE:
        result = admin_override_restore(store, id, reason, actor, &json, error);
        break;
    case CHANGE_BONUS:
        return bonus_make(store, change, actor, undo, error);
    case CHANGE_BONUS_REMOVE:
        return admin_grant_remove(store, id, reason, actor, error);
    case CHANGE_BONUS_RESTORE:
        result = admin_grant_restore(store, id, reason, actor, &json, error);
        break;
    case CHANGE_RESET:
        return reset_make(store, change, actor, undo, error);
    case CHANGE_RESET_UNDO:
        return ledger_restore(store, id, reason, actor, &done, error);
    case CHANGE_REFUND:
        return access_refund(store, id, values[CHANGE_F_AMOUNT].given ? values[CHANGE_F_AMOUNT].whole : -1, reason, actor, &done, error);
    case CHANGE_SESSIONS_END:
        return access_sessions_end(store, values[CHANGE_F_SUBJECT].text, reason, actor, NULL, error);
    default:
        return subject_make(store, change, actor, error);
    }
    json_decref(json);
    return result;
}
