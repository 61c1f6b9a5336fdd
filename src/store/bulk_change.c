/* What a bulk makes of each person: as it is asked for, checked and kept. */
#include "store/bulk_internal.h"
#include "say/say.h"

static const char *const kind_words[] = {[BULK_BONUS] = "bonus",     [BULK_OVERRIDE] = "override", [BULK_PLAN] = "plan",
                                         [BULK_SUSPEND] = "suspend", [BULK_RESTORE] = "restore",   [BULK_RESET] = "reset",
                                         [BULK_UNDO] = "undo"};

bool bulk_kind_find(const char *word, BulkKind *kind)
{
    for (int i = 0; word && i < BULK_KINDS; i++)
        if (strcmp(kind_words[i], word) == 0) {
            *kind = (BulkKind)i;
            return true;
        }
    return false;
}

const char *bulk_kind_word(BulkKind kind)
{
    return kind_words[kind];
}

GrantAdd bulk_grant(const BulkAsk *ask, const char *subject)
{
    return (GrantAdd){ .subject = subject, .feature = ask->feature, .amount = ask->amount, .priority = 100, .effective_at = INSTANT_MIN,
                       .expires_at = ask->expires_at, .reason = ask->reason };
}

OverrideAdd bulk_override(const BulkAsk *ask, const char *subject)
{
    return (OverrideAdd){ .subject = subject, .feature = ask->feature, .limit = ask->limit, .kind = ask->override_kind,
                          .amount = ask->override_kind == OVERRIDE_UNLIMITED ? AMOUNT_UNLIMITED : ask->amount,
                          .multiplier = ask->override_kind == OVERRIDE_MULTIPLIER ? ask->multiplier : 1, .expires_at = ask->expires_at,
                          .reason = ask->reason };
}

static StoreResult check_plan(const Policy *policy, const char *field, const char *plan, StoreError *error)
{
    return !plan || policy_plan(policy, plan) ? STORE_OK : store_fail(error, STORE_INVALID, field, SAY_NO_PLAN, plan);
}

StoreResult bulk_check(const Policy *policy, const BulkAsk *ask, StoreError *error)
{
    const GrantAdd grant = bulk_grant(ask, "");
    const OverrideAdd override = bulk_override(ask, "");
    StoreResult result;
    switch (ask->kind) {
    case BULK_BONUS:
        return admin_grant_check(policy, &grant, error);
    case BULK_OVERRIDE:
        return admin_override_check(policy, &override, error);
    case BULK_PLAN:
        result = check_plan(policy, "plan", ask->plan, error);
        return result == STORE_OK ? check_plan(policy, "then", ask->then, error) : result;
    case BULK_RESET:
        if (ask->feature && !policy_feature(policy, ask->feature))
            return store_fail(error, STORE_INVALID, "feature", SAY_NO_FEATURE, ask->feature);
        break;
    default:
        break;
    }
    return STORE_OK;
}

/* --- as it is kept --- */

static bool has_feature(BulkKind kind)
{
    return kind == BULK_BONUS || kind == BULK_OVERRIDE || kind == BULK_RESET;
}

static const char *const override_words[] = { [OVERRIDE_AMOUNT] = "amount", [OVERRIDE_UNLIMITED] = "unlimited",
                                              [OVERRIDE_MULTIPLIER] = "multiplier" };

json_t *bulk_change_json(const BulkAsk *ask)
{
    bool overrides = ask->kind == BULK_OVERRIDE, ends = (ask->kind <= BULK_PLAN) && ask->expires_at != INSTANT_MAX;
    g_autofree char *until = ends ? instant_text(ask->expires_at) : NULL;
    const char *kind = overrides ? override_words[ask->override_kind] : NULL;
    json_t *change = json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "feature", has_feature(ask->kind) ? ask->feature : NULL, "limit",
                               overrides ? ask->limit : NULL, "kind", kind, "expires_at", until, "plan",
                               ask->kind == BULK_PLAN ? ask->plan : NULL, "then", ask->kind == BULK_PLAN ? ask->then : NULL);
    if (ask->kind == BULK_BONUS || (overrides && ask->override_kind == OVERRIDE_AMOUNT))
        json_object_set_new(change, "amount", json_integer(ask->amount));
    if (overrides && ask->override_kind == OVERRIDE_MULTIPLIER)
        json_object_set_new(change, "multiplier", json_real(ask->multiplier));
    return change;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool word_is_among(const char *word, const char *const *words, size_t count)
{
    bool among = false;
    for (size_t i = 0; word && i < count; i++)
        among |= strcmp(word, words[i]) == 0;
    return among;
}

bool bulk_change_known(const char *what, const json_t *change, BulkKind *kind)
{
    static const char *const names[] = { "feature", "limit", "kind", "expires_at", "plan", "then", "amount", "multiplier" };
    bool undoes = g_strcmp0(what, kind_words[BULK_UNDO]) == 0;
    bool known = (undoes || bulk_kind_find(what, kind)) && json_is_object(change);
    const char *name;
    json_t *value;
    if (undoes)
        *kind = BULK_UNDO;
    json_object_foreach((json_t *)change, name, value)
        known &= !undoes && word_is_among(name, names, G_N_ELEMENTS(names));
    return known && (*kind != BULK_OVERRIDE || word_is_among(text_of(change, "kind"), override_words, G_N_ELEMENTS(override_words)));
}

BulkAsk bulk_change_read(BulkKind kind, const json_t *change, const char *reason)
{
    const char *how = text_of(change, "kind"), *until = text_of(change, "expires_at");
    BulkAsk ask = {
        .kind = kind, .feature = text_of(change, "feature"), .limit = text_of(change, "limit"),
        .override_kind = g_strcmp0(how, "amount") == 0       ? OVERRIDE_AMOUNT
                         : g_strcmp0(how, "multiplier") == 0 ? OVERRIDE_MULTIPLIER
                                                             : OVERRIDE_UNLIMITED,
        .amount = json_integer_value(json_object_get(change, "amount")),
        .multiplier = json_number_value(json_object_get(change, "multiplier")), .expires_at = INSTANT_MAX, .plan = text_of(change, "plan"),
        .then = text_of(change, "then"), .reason = reason,
    };
    if (until && !instant_parse(until, &ask.expires_at))
        ask.expires_at = INSTANT_MAX;
    return ask;
}
