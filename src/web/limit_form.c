/* What a form of a limit shows at first, and what it asks for. */
#include "web/limit_form.h"

#include "policy/policy_edit.h"

bool limit_form_choose(const Policy *policy, const char *which, LimitChosen *chosen)
{
    g_auto(GStrv) keys = g_strsplit(which ? which : "", "/", 2);
    return g_strv_length(keys) == 2 && limit_choose(policy, keys[0], keys[1], chosen);
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

Policy *limit_form_policy(const Policy *policy, const LimitChosen *chosen, const FormShown *shown, char ***wrong)
{
    const LimitWish wish = {.amount = shown[LIMIT_AMOUNT].typed, .window = shown[LIMIT_WINDOW].typed, .align = shown[LIMIT_ALIGN].typed,
                            .scope = shown[LIMIT_SCOPE].typed, .mode = shown[LIMIT_MODE].typed};
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    Policy *made = policy_with_limit(policy, chosen, &wish, mistakes);
    if (made)
        return made;
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    for (guint i = 0; i < mistakes->len; i++) {
        const Mistake *mistake = mistakes->pdata[i];
        g_autofree char *line = g_strdup_printf("%s: %s", mistake->field ? mistake->field : "policy", mistake->message);
        g_strv_builder_add(lines, line);
    }
    *wrong = g_strv_builder_end(lines);
    return NULL;
}
