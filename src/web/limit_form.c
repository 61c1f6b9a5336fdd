/* What a form of a limit shows at first, and what it asks for. */
#include "web/limit_form.h"

#include "web/policy_form.h"

bool limit_form_choose(const Policy *policy, const char *which, LimitChosen *chosen)
{
    g_auto(GStrv) keys = g_strsplit(which ? which : "", "/", 2);
    return g_strv_length(keys) == 2 && limit_choose(policy, keys[0], keys[1], chosen);
}

void limit_form_fill(const Policy *policy, const LimitChosen *chosen, const Query *sent, FormShown *shown, int count)
{
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++) {
        const char *align = option == LIMIT_ALIGN ? align_word(chosen->limit->window.align) : NULL;
        policy_form_fill(shown, count, sent, limit_option_name(option), limit_written(policy, chosen, option),
                         align ? align : limit_option_default(option));
    }
}

bool limit_form_is_full(const Policy *policy, const LimitChosen *chosen, const Query *sent, FormShown *shown, int count)
{
    bool full = true;
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++) {
        FormShown *field = form_shown_find(shown, count, limit_option_name(option));
        if (!field || !limit_option_needed(option) || field->typed || !query_get(sent, field->name))
            continue;
        g_autofree char *written = limit_written(policy, chosen, option);
        if (!written)
            continue;
        field->mistake = FORM_MISSING;
        full = false;
    }
    return full;
}

LimitWish limit_form_wish(const FormShown *shown, int count, const Query *sent)
{
    LimitWish wish = {0};
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++) {
        const char *wished = policy_form_wish(shown, count, sent, limit_option_name(option));
        wish.of[option] = wished && !*wished && limit_option_needed(option) ? NULL : wished;
    }
    return wish;
}

char *limit_form_where(const char *plan, const char *limit)
{
    return g_strdup_printf("plan %s: limit %s", plan, limit);
}
