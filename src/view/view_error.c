/* Everything that went wrong, and the one thing to do next. Needs no database and no policy: the page for a
 * store that is away is made from nothing but the request. */
#include "view/view_page.h"
#include "view/words.h"
#include "view/view_parts.h"

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

json_t *view_error(int status, const char *title, const char *detail, const PageContext *context)
{
    static const char *const steps[] = { "sign_in", "not_allowed", "elsewhere", "retry", "correct" };
    const char *step = next_step(status);
    json_t *next = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        json_object_set_new(next, steps[i], json_boolean(g_str_equal(steps[i], step)));

    json_t *error = json_object();
    json_object_set_new(error, "page", page_value(context, title, NULL, false));
    json_object_set_new(error, "status", json_integer(status));
    json_object_set_new(error, "title", json_text(title));
    /* Programs get it as a clause, people as a sentence. */
    g_autofree char *capital = detail ? words_capital(detail) : NULL;
    g_autofree char *sentence = capital ? g_strconcat(capital, g_str_has_suffix(capital, ".") ? "" : ".", NULL) : NULL;
    json_object_set_new(error, "detail", json_text(sentence));
    json_object_set_new(error, "back", back_value(context->back));
    json_object_set_new(error, "usage_url", text_or_null(page_address(context->mount, "/", NULL)));
    json_object_set_new(error, "next", next);
    return error;
}
