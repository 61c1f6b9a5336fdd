/* Every form that changes the policy is sent twice: to see what it comes to, and, confirmed, to make it. Whoever looked at a version that
 * is not in force any more is shown the form anew, on top of the one that is. */
#include "web/policy_form.h"

#include "policy/policy_diff.h"
#include "store/policy_store.h"
#include "web/policy_call.h"

static void policy_form_clear(PolicyForm *form)
{
    limit_chosen_clear(&form->chosen);
    grant_chosen_clear(&form->grant);
    form_shown_clear(form->shown, form->kind->count);
    g_clear_pointer(&form->held, g_ptr_array_unref);
    g_strfreev(form->wrong);
    json_decref(form->diff);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PolicyForm, policy_form_clear)

bool policy_form_found(Call *call, const FormShown *field, bool found, const char *none, const char *missing)
{
    if (!found)
        call_problem(call, field->typed ? 404 : 400, field->name, "%s", field->typed ? none : missing);
    return found;
}

const char *policy_form_typed(const PolicyForm *form, const char *name)
{
    return form_shown_of(form->shown, form->kind->count, name);
}

const char *policy_form_wish(const FormShown *shown, int count, const Query *sent, const char *name)
{
    const char *typed = form_shown_of(shown, count, name);
    return typed || !query_get(sent, name) ? typed : "";
}

void policy_form_fill(FormShown *shown, int count, const Query *sent, const char *name, char *written, const char *otherwise)
{
    FormShown *field = form_shown_find(shown, count, name);
    if (field && !field->typed && field->mistake == FORM_GOOD && !query_get(sent, name))
        field->typed = g_strdup(written ? written : otherwise);
    g_free(written);
}

/* The field that a mistake is about, by its place within `where`: "window"; of its grace "grace_days"; "key" of itself, or of its key, which
 * is no part of the place then ("plan free: limit"); of the settings (nowhere) "upgrade_url", of their grace "grace_days"; NULL: of others. */
static char *field_of(const Mistake *mistake, const char *where)
{
    if (mistake->field && g_str_has_prefix(where, mistake->field) && where[strlen(mistake->field)] == ' ')
        return g_strdup("key");
    if (!mistake->field || !g_str_has_prefix(mistake->field, where))
        return NULL;
    const char *rest = mistake->field + strlen(where);
    if (!*rest)
        return g_strdup("key");
    const char *within = !*where ? rest : g_str_has_prefix(rest, ": ") ? rest + 2 : NULL;
    g_auto(GStrv) parts = within ? g_strsplit(within, ": ", -1) : NULL;
    return parts ? g_strjoinv("_", parts) : NULL;
}

static void put_to_field(const Mistake *mistake, const char *where, FormShown *shown, int count)
{
    g_autofree char *name = field_of(mistake, where);
    FormShown *field = name ? form_shown_find(shown, count, name) : NULL;
    if (name && !field && strcmp(name, "unlimited") == 0)
        field = form_shown_find(shown, count, "amount");
    if (!field || field->mistake != FORM_GOOD)
        return;
    field->mistake = FORM_SAID;
    field->said = g_strdup(mistake->message);
}

char **policy_form_wrong(const GPtrArray *mistakes, const char *where, FormShown *shown, int count)
{
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    for (guint i = 0; i < mistakes->len; i++) {
        const Mistake *mistake = mistakes->pdata[i];
        g_autofree char *line = g_strdup_printf("%s: %s", mistake->field ? mistake->field : "policy", mistake->message);
        g_strv_builder_add(lines, line);
        put_to_field(mistake, where, shown, count);
    }
    return g_strv_builder_end(lines);
}

static void show(Call *call, int status, const PolicyForm *form)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    call_page(call, status, form->kind->page, form->kind->view(call, form, &context));
}

/* NULL: there can be no such policy, and the form says why. */
static Policy *next_of(const Call *call, PolicyForm *form)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    Policy *next = form->kind->next(call->policy, form, mistakes);
    g_autofree char *where = next ? NULL : form->kind->where(call, form);
    if (!next)
        form->wrong = policy_form_wrong(mistakes, where, form->shown, form->kind->count);
    return next;
}

/* It may not be made, and the form says why. */
static void refuse(PolicyForm *form, StoreError *error)
{
    const char *name = error->field ? error->field : "policy";
    FormShown *field = form_shown_find(form->shown, form->kind->count, name);
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    g_autofree char *line = g_strdup_printf("%s: %s", name, error->detail);
    g_strv_builder_add(lines, line);
    g_strfreev(form->wrong);
    form->wrong = g_strv_builder_end(lines);
    if (field && field->mistake == FORM_GOOD) {
        field->mistake = FORM_SAID;
        field->said = g_strdup(error->detail);
    }
    store_error_clear(error);
}

/* What it would change. Where it may not follow the one in force, the form says why, and there is no *next. */
static StoreResult look(Call *call, PolicyForm *form, Policy **next, StoreError *error)
{
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = policy_may_follow(call->site->store, actor, call->policy, *next, true, error);
    if (result == STORE_OK)
        return policy_call_diff(call, call->policy, *next, &form->diff, error);
    if (result != STORE_INVALID)
        return result;
    refuse(form, error);
    g_clear_pointer(next, policy_unref);
    return STORE_OK;
}

/* The form before anything was looked at, unless it shows that at once. */
static void open_with(Call *call, int status, PolicyForm *form)
{
    g_auto(StoreError) error = {0};
    g_autoptr(Policy) next = form->shows_at_once ? next_of(call, form) : NULL;
    StoreResult result = next ? look(call, form, &next, &error) : STORE_OK;
    if (result == STORE_OK)
        show(call, status, form);
    else
        call_store_problem(call, result, &error);
}

void policy_form_open(Call *call, const PolicyFormKind *kind)
{
    g_auto(PolicyForm) form = {.kind = kind, .sent = &call->request->query};
    if (!policy_call_anew(call))
        return;
    form_open(form.sent, kind->fields, kind->count, form.shown);
    if (!kind->choose(call, &form))
        return;
    form.good = kind->fill(call, &form);
    open_with(call, 200, &form);
}

/* What was typed, on top of what is in force by now; what it would change is to be looked at anew. */
static void conflict(Call *call, PolicyForm *form)
{
    form->conflict = true;
    open_with(call, 409, form);
}

static void conflict_late(Call *call, PolicyForm *form)
{
    g_clear_pointer(&form->diff, json_decref);
    limit_chosen_clear(&form->chosen);
    grant_chosen_clear(&form->grant);
    if (policy_call_anew(call) && form->kind->choose(call, form))
        conflict(call, form);
}

static void make(Call *call, PolicyForm *form, const Policy *next)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    const InputValue *values = form->values;
    PolicyChange change = policy_call_change(actor, &values[POLICY_VERSION], &values[POLICY_REASON], &values[POLICY_EFFECTIVE]);
    change.keeps_plans = true;
    int version;
    bool changed;
    StoreResult result = policy_change(call->site->store, next, &change, &version, &changed, &error);
    if (result == STORE_CONFLICT) {
        conflict_late(call, form);
    } else if (result == STORE_INVALID) {
        refuse(form, &error);
        show(call, 400, form);
    } else if (result != STORE_OK) {
        call_store_problem(call, result, &error);
    } else {
        policy_call_made(call, version);
    }
}

/* A change for later must lie in the future. */
static bool is_to_come(const Call *call, PolicyForm *form)
{
    const InputValue *effective = &form->values[POLICY_EFFECTIVE];
    if (!effective->given || effective->time > store_now(call->site->store))
        return true;
    form->shown[POLICY_EFFECTIVE].mistake = FORM_PAST;
    return false;
}

static void send(Call *call, PolicyForm *form)
{
    g_auto(StoreError) error = {0};
    bool good = form->good && is_to_come(call, form);
    g_autoptr(Policy) next = good || form->shows_at_once ? next_of(call, form) : NULL;
    StoreResult result = next ? look(call, form, &next, &error) : STORE_OK;
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (!next || !good)
        show(call, 400, form);
    else if (form->values[POLICY_CONFIRM].flag && json_array_size(json_object_get(form->diff, "changes")))
        make(call, form, next);
    else
        show(call, 200, form);
}

void policy_form_send(Call *call, const PolicyFormKind *kind)
{
    g_auto(PolicyForm) form = {.kind = kind, .sent = &call->form};
    form.good = call_filled(call, form.sent, kind->fields, kind->count, form.values, form.shown);
    if (!policy_call_knows(call, &form.values[POLICY_VERSION]) || !kind->choose(call, &form))
        return;
    form.good &= kind->fill(call, &form);
    if (form.values[POLICY_VERSION].whole != call->policy->version)
        conflict(call, &form);
    else
        send(call, &form);
}
