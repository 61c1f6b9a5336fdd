/* The pages about the codes that are asked for at sign-in. */
#include "view/view_code.h"

#include "view/qr.h"
#include "view/view_page.h"
#include "view/words_add.h"

/* What applications for codes read: the site and the account as they name the entry, and the secret. */
static void add_uri(GString *out, const char *site, const char *account, const char *secret)
{
    text_add(out, "otpauth://totp/");
    g_string_append_uri_escaped(out, site, NULL, FALSE);
    text_add(out, ":");
    g_string_append_uri_escaped(out, account, NULL, FALSE);
    text_adds(out, "?secret=", secret);
    text_add(out, "&issuer=");
    g_string_append_uri_escaped(out, site, NULL, FALSE);
}

/* "abcd efgh", easier to type. */
static void add_in_fours(GString *out, const char *text)
{
    for (size_t i = 0; text[i]; i++)
        g_string_append_printf(out, "%s%c", i && i % 4 == 0 ? " " : "", text[i]);
}

static void add_picture(GString *out, const char *uri, int *size)
{
    *size = qr_add(out, uri);
}

static void set_secret(Value *page, const CodeShown *shown, const PageContext *context)
{
    int size = 0;
    g_autofree char *uri = WORDS(add_uri, context->policy->title, shown->account, shown->secret);
    set_words(page, "secret", add_in_fours, shown->secret);
    set_words(page, "uri", text_add, uri);
    Value *picture = set_object(page, "picture");
    set_words(picture, "path", add_picture, uri, &size);
    set_number(picture, "size", size);
}

static void set_codes(Value *page, const GPtrArray *codes)
{
    Value *list = set_list(page, "codes");
    for (guint i = 0; codes && i < codes->len; i++)
        set_text(add_object(list), "code", codes->pdata[i]);
}

Value *view_code(const CodeShown *shown, const PageContext *context)
{
    bool signing_in = shown->page == CODE_ASK || shown->page == CODE_ENROL;
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, NULL, NULL, false));
    set_words(page, "action", add_address, context->mount, signing_in ? "/login/code" : "/account/code", NULL);
    set_words(page, "back_url", add_address, context->mount, signing_in ? "/login" : "/account", NULL);
    set_words(page, "go_url", add_back, shown->next);
    set_text(page, "next", signing_in ? shown->next : NULL);
    set_text(page, "account", shown->account);
    set_flag(page, "ask", shown->page == CODE_ASK);
    set_flag(page, "enrol", shown->page == CODE_ENROL);
    set_flag(page, "own", !signing_in);
    set_flag(page, "off", shown->page == CODE_OFF);
    set_flag(page, "made", shown->page == CODE_MADE);
    set_flag(page, "missing", shown->state == CODE_MISSING);
    set_flag(page, "wrong", shown->state == CODE_WRONG);
    set_flag(page, "mistake", shown->state != CODE_OPEN);
    if (shown->state == CODE_TOO_MANY)
        set_words(page, "wait", words_add_span, shown->wait_s * US_PER_S);
    else
        set_null(page, "wait");
    if (shown->secret)
        set_secret(page, shown, context);
    else
        set_null(page, "secret");
    set_codes(page, shown->codes);
    return page;
}
