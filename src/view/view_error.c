/* Everything that went wrong, and the one thing to do next. Needs no database and no policy: the page for a
 * store that is away is made from nothing but the request. */
#include "view/view_page.h"
#include "view/words_add.h"

/* What helps, by status; the words are in the template. */
static const char *next_step(int status)
{
    switch (status) {
    case 401:
        return "sign_in";
    case 403:
        return "not_allowed";
    case 404:
    case 405:
    case 410:
        return "elsewhere";
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return "retry";
    default:
        return "correct";
    }
}

/* Programs get it as a clause, people as a sentence. */
static void add_sentence(GString *out, const char *detail)
{
    if (!detail)
        return;
    words_add_capital(out, detail);
    text_add(out, g_str_has_suffix(out->str, ".") ? "" : ".");
}

Value *view_error(int status, const char *title, const char *detail, const PageContext *context)
{
    static const char *const steps[] = { "sign_in", "not_allowed", "elsewhere", "retry", "correct" };
    const char *step = next_step(status), *words = words_status(status, context->guarded);
    title = words ? words : title;
    Value *error = value_new();
    set_value(error, "page", page_value(error, context, title, NULL, false));
    set_number(error, "status", status);
    set_text(error, "title", title);
    set_words(error, "detail", add_sentence, detail);
    set_words(error, "back", add_back, context->back);
    set_words(error, "usage_url", add_address, context->mount, "/", NULL);
    Value *next = set_object(error, "next");
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        value_set_flag(next, value_key(steps[i]), g_str_equal(steps[i], step));
    /* A link would ask for the same without what was sent. */
    set_flag(error, "again", (g_str_equal(step, "retry") || g_str_equal(step, "sign_in")) && !(context->guarded && context->sent_form));
    set_flag(error, "form", context->sent_form && (context->guarded || g_str_equal(step, "correct")));
    set_flag(error, "guarded", context->guarded);
    set_flag(error, "unsure", context->unsure);
    return error;
}
