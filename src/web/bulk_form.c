/* Reading and checking a bulk. */
#include "web/bulk_form.h"
#include "say/say.h"

#define MULTIPLIER_MAX 1000000

const InputField bulk_fields[BULK_FIELDS] = {
    [BULK_F_WHAT] = {"what", INPUT_TEXT, true, 1, 16},
    [BULK_F_FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},
    [BULK_F_LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [BULK_F_KIND] = {"kind", INPUT_TEXT, false, 1, 16},
    [BULK_F_AMOUNT] = {"amount", INPUT_WHOLE, false, 0, UNITS_MAX},
    [BULK_F_MULTIPLIER] = {"multiplier", INPUT_TEXT, false, 1, 32},
    [BULK_F_EXPIRES_AT] = {"expires_at", INPUT_UNTIL, false, 0, 0},
    [BULK_F_PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [BULK_F_THEN] = {"then", INPUT_TEXT, false, 1, 64},
    [BULK_F_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [BULK_F_PEOPLE] = {"people", INPUT_WHOLE, false, 0, BULK_MOST},
    [BULK_F_SEEN] = {"seen", INPUT_TEXT, false, 1, 64},
    [BULK_F_ONCE] = {"once", INPUT_TEXT, false, 1, 64},
    [BULK_F_CONFIRM] = {"confirm", INPUT_FLAG, false, 0, 0},
    [BULK_F_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
};

BulkForm *bulk_form_new(void)
{
    return g_new0(BulkForm, 1);
}

void bulk_form_free(void *data)
{
    BulkForm *form = data;
    if (!form)
        return;
    bulk_found_clear(&form->found);
    form_shown_clear(form->shown, BULK_FIELDS);
    g_free(form);
}

/* --- whom --- */

#define PLAN_FIELD "on_plan" /* "plan" is the new one */

bool bulk_form_says_whom(const char *name)
{
    return people_asked_has(name, PLAN_FIELD);
}

bool bulk_form_who(Call *call, const Query *from, BulkForm *form)
{
    if (bulk_kind_find(form->shown[BULK_F_WHAT].typed, &form->ask.kind))
        return people_asked_read(call, from, PLAN_FIELD, &form->sought, &form->ask.who);
    call_problem(call, 400, "what", SAY_WHAT_OF_BULK);
    return false;
}

/* --- what was filled in --- */

static bool mistake(BulkForm *form, int field, FormMistake what)
{
    form->shown[field].mistake = what;
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

static bool override_is_good(BulkForm *form)
{
    const char *kind = form->values[BULK_F_KIND].text;
    if (g_strcmp0(kind, "amount") == 0) {
        form->ask.override_kind = OVERRIDE_AMOUNT;
        return form->values[BULK_F_AMOUNT].given || mistake(form, BULK_F_AMOUNT, FORM_MISSING);
    }
    if (g_strcmp0(kind, "multiplier") == 0) {
        form->ask.override_kind = OVERRIDE_MULTIPLIER;
        form->shown[BULK_F_MULTIPLIER].min = 1;
        form->shown[BULK_F_MULTIPLIER].max = MULTIPLIER_MAX;
        return multiplier_read(form->values[BULK_F_MULTIPLIER].text, &form->ask.multiplier) || mistake(form, BULK_F_MULTIPLIER, FORM_FACTOR);
    }
    form->ask.override_kind = OVERRIDE_UNLIMITED;
    return g_strcmp0(kind, "unlimited") == 0 || mistake(form, BULK_F_KIND, FORM_CHOICE);
}

static bool bonus_is_good(BulkForm *form)
{
    const InputValue *amount = &form->values[BULK_F_AMOUNT];
    form->shown[BULK_F_AMOUNT].min = 1;
    form->shown[BULK_F_AMOUNT].max = UNITS_MAX;
    return amount->whole >= 1 || mistake(form, BULK_F_AMOUNT, amount->given ? FORM_NUMBER : FORM_MISSING);
}

static bool feature_is_good(const Policy *policy, BulkForm *form)
{
    const InputValue *feature = &form->values[BULK_F_FEATURE];
    if (feature->given && !policy_feature(policy, feature->text))
        return mistake(form, BULK_F_FEATURE, FORM_CHOICE);
    return feature->given || form->ask.kind == BULK_RESET || mistake(form, BULK_F_FEATURE, FORM_MISSING);
}

static bool plan_is_good(const Policy *policy, BulkForm *form)
{
    const InputValue *plan = &form->values[BULK_F_PLAN], *then = &form->values[BULK_F_THEN];
    if (!plan->given || !policy_plan(policy, plan->text))
        return mistake(form, BULK_F_PLAN, FORM_CHOICE);
    return !then->given || policy_plan(policy, then->text) || mistake(form, BULK_F_THEN, FORM_CHOICE);
}

static bool kind_is_good(const Policy *policy, BulkForm *form)
{
    switch (form->ask.kind) {
    case BULK_BONUS:
        return feature_is_good(policy, form) && bonus_is_good(form);
    case BULK_OVERRIDE:
        return feature_is_good(policy, form) && override_is_good(form);
    case BULK_RESET:
        return feature_is_good(policy, form);
    case BULK_PLAN:
        return plan_is_good(policy, form);
    default:
        return true;
    }
}

bool bulk_form_is_good(Call *call, BulkForm *form)
{
    const InputValue *values = form->values;
    BulkAsk *ask = &form->ask;
    ask->feature = values[BULK_F_FEATURE].text;
    ask->limit = values[BULK_F_LIMIT].text;
    ask->amount = values[BULK_F_AMOUNT].whole;
    ask->plan = values[BULK_F_PLAN].text;
    ask->then = values[BULK_F_THEN].text;
    ask->reason = values[BULK_F_REASON].text;
    ask->expires_at = values[BULK_F_EXPIRES_AT].given ? values[BULK_F_EXPIRES_AT].time : INSTANT_MAX;
    for (int i = 0; i < BULK_FIELDS; i++)
        if (form->shown[i].mistake != FORM_GOOD)
            return false;
    if (ask->expires_at <= store_now(call->site->store))
        return mistake(form, BULK_F_EXPIRES_AT, FORM_PAST);
    return kind_is_good(call->policy, form);
}

void bulk_form_mistakes(Call *call, const BulkForm *form)
{
    for (int i = 0; i < BULK_FIELDS; i++)
        if (form->shown[i].mistake != FORM_GOOD) {
            g_autoptr(GString) words = g_string_new(NULL);
            words_add_form_mistake(words, &form->shown[i]);
            call_problem(call, 400, form->shown[i].name, "%s: %s", form->shown[i].name, words->str);
            return;
        }
}

/* --- what it comes to --- */

bool bulk_form_look(Call *call, BulkForm *form)
{
    g_auto(StoreError) error = {0};
    StoreResult result = bulk_look(call->site->store, &form->ask, &form->found, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (form->found.more)
        call_problem(call, 422, "q", SAY_BULK_TOO_MANY, BULK_MOST);
    else
        return true;
    return false;
}

const char *bulk_form_differs(const BulkForm *form)
{
    const InputValue *people = &form->values[BULK_F_PEOPLE], *seen = &form->values[BULK_F_SEEN];
    if (people->given && people->whole != form->found.subjects->len)
        return bulk_fields[BULK_F_PEOPLE].name;
    return seen->given && strcmp(seen->text, form->found.seen) != 0 ? bulk_fields[BULK_F_SEEN].name : NULL;
}

StoreResult bulk_form_make(Call *call, const BulkForm *form, json_t **bulk, StoreError *error)
{
    const InputValue *once = &form->values[BULK_F_ONCE];
    g_autofree char *actor = identity_actor(&call->identity);
    g_autofree char *key = once->given ? g_strdup_printf("%s\n%s", actor, once->text) : NULL;
    return bulk_add(call->site->store, &form->ask, &form->found, key, actor, bulk, error);
}
