/* The policy's text is changed in place, and read again by what reads every policy: its mistakes are the form's. */
#include "web/limit_form.h"

#include "policy/policy_edit.h"
#include "policy/policy_read.h"
#include "say/say.h"

void limit_chosen_clear(LimitChosen *chosen)
{
    g_free(chosen->home);
}

bool limit_choose(const Policy *policy, const char *which, LimitChosen *chosen)
{
    g_auto(GStrv) keys = g_strsplit(which ? which : "", "/", 2);
    if (g_strv_length(keys) != 2)
        return false;
    chosen->plan = policy_plan(policy, keys[0]);
    for (int i = 0; chosen->plan && i < chosen->plan->limit_count; i++)
        if (strcmp(chosen->plan->limits[i].key, keys[1]) == 0 && !chosen->plan->limits[i].counts_only)
            chosen->limit = &chosen->plan->limits[i];
    if (!chosen->limit)
        return false;
    chosen->home = policy_limit_home(policy->text, keys[0], keys[1]);
    return chosen->home != NULL;
}

static void fill(FormShown *field, char *written, const char *otherwise)
{
    if (!field->typed && field->mistake == FORM_GOOD)
        field->typed = written ? g_strdup(written) : g_strdup(otherwise);
    g_free(written);
}

void limit_form_fill(const Policy *policy, const LimitChosen *chosen, FormShown *shown)
{
    const char *text = policy->text, *plan = chosen->home, *limit = chosen->limit->key;
    g_autofree char *unlimited = policy_written(text, plan, limit, "unlimited");
    fill(&shown[LIMIT_AMOUNT], policy_written(text, plan, limit, "amount"), g_strcmp0(unlimited, "true") == 0 ? "unlimited" : NULL);
    fill(&shown[LIMIT_WINDOW], policy_written(text, plan, limit, "window"), NULL);
    fill(&shown[LIMIT_ALIGN], policy_written(text, plan, limit, "align"), align_word(chosen->limit->window.align));
    fill(&shown[LIMIT_SCOPE], policy_written(text, plan, limit, "scope"), scope_word(chosen->limit->scope));
    fill(&shown[LIMIT_MODE], policy_written(text, plan, limit, "mode"), mode_word(chosen->limit->mode));
}

bool limit_form_is_full(const Policy *policy, const LimitChosen *chosen, const Query *sent, FormShown *shown)
{
    static const struct {
        int field;
        const char *name;
    } written[] = {{LIMIT_AMOUNT, "amount"}, {LIMIT_AMOUNT, "unlimited"}, {LIMIT_WINDOW, "window"}};
    bool full = true;
    for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
        FormShown *field = &shown[written[i].field];
        g_autofree char *value = policy_written(policy->text, chosen->home, chosen->limit->key, written[i].name);
        if (!value || field->typed || !query_get(sent, field->name))
            continue;
        field->mistake = FORM_MISSING;
        full = false;
    }
    return full;
}

/* What is written already, or is so without being written, stays out of the text. */
static int edits_of(const Policy *policy, const LimitChosen *chosen, const FormShown *shown, PolicyEdit *edits)
{
    static const struct {
        int field;
        const char *name;
    } options[] = {{LIMIT_WINDOW, "window"}, {LIMIT_ALIGN, "align"}, {LIMIT_SCOPE, "scope"}, {LIMIT_MODE, "mode"}};
    const Limit *limit = chosen->limit;
    g_autofree char *window = window_text(&limit->window);
    const char *now[] = {window, align_word(limit->window.align), scope_word(limit->scope), mode_word(limit->mode)};
    const char *amount = shown[LIMIT_AMOUNT].typed;
    bool unlimited = g_strcmp0(amount, "unlimited") == 0;
    int count = 0;
    if (amount) {
        edits[count++] = (PolicyEdit){"amount", unlimited ? NULL : amount};
        edits[count++] = (PolicyEdit){"unlimited", unlimited ? "true" : NULL};
    }
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        const char *typed = shown[options[i].field].typed;
        g_autofree char *written = policy_written(policy->text, chosen->home, limit->key, options[i].name);
        if (typed && g_strcmp0(typed, written ? written : now[i]) != 0)
            edits[count++] = (PolicyEdit){options[i].name, typed};
    }
    return count;
}

static Policy *edited(const Policy *policy, const LimitChosen *chosen, const PolicyEdit *edits, int count, GPtrArray *mistakes)
{
    g_autofree char *text = policy_edit_limit(policy->text, chosen->home, chosen->limit->key, edits, count);
    return text ? policy_read(text, "policy", mistakes) : NULL;
}

/* Where nothing is written of how windows begin, another window may begin otherwise than the form says: then it is written, if it may
 * be. */
static Policy *aligned(const Policy *policy, const LimitChosen *chosen, const FormShown *shown, PolicyEdit *edits, int count, Policy *made)
{
    const char *typed = shown[LIMIT_ALIGN].typed;
    g_autofree char *which = g_strdup_printf("%s/%s", chosen->home, chosen->limit->key);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_auto(LimitChosen) now = {0};
    if (!typed || !limit_choose(made, which, &now) || strcmp(typed, align_word(now.limit->window.align)) == 0)
        return made;
    edits[count++] = (PolicyEdit){"align", typed};
    Policy *better = edited(policy, chosen, edits, count, mistakes);
    if (!better)
        return made;
    policy_unref(made);
    return better;
}

Policy *limit_form_policy(const Policy *policy, const LimitChosen *chosen, const FormShown *shown, char **wrong)
{
    PolicyEdit edits[8];
    int count = edits_of(policy, chosen, shown, edits);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    Policy *made = edited(policy, chosen, edits, count, mistakes);
    if (made)
        return aligned(policy, chosen, shown, edits, count, made);
    const Mistake *first = mistakes->len ? mistakes->pdata[0] : NULL;
    *wrong = first ? g_strdup_printf("%s: %s", first->field ? first->field : "policy", first->message) : g_strdup(SAY_LIMIT_GONE);
    return NULL;
}
