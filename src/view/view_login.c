/* The pages to sign in and out. */
#include "view/view_page.h"
#include "view/words_add.h"

Value *view_login(const LoginShown *shown, const PageContext *context)
{
    Value *login = value_new();
    set_value(login, "page", page_value(login, context, NULL, NULL, false));
    set_words(login, "action", add_address, context->mount, "/login", NULL);
    set_text(login, "name", shown->name);
    set_text(login, "next", shown->next);
    set_flag(login, "missing", shown->state == LOGIN_MISSING);
    set_flag(login, "wrong", shown->state == LOGIN_WRONG);
    set_flag(login, "any_mistake", shown->state == LOGIN_MISSING || shown->state == LOGIN_WRONG);
    set_flag(login, "out", shown->state == LOGIN_OUT);
    set_flag(login, "not_kept", shown->state == LOGIN_NOT_KEPT);
    set_flag(login, "late", shown->state == LOGIN_LATE);
    if (shown->state == LOGIN_TOO_MANY)
        set_words(login, "wait", words_add_span, shown->wait_s * US_PER_S);
    else
        set_null(login, "wait");
    set_text(login, "account", context->account);
    set_text(login, "support_url", context->policy ? context->policy->support_url : NULL);
    set_words(login, "usage_url", add_address, context->mount, "/", NULL);
    return login;
}

Value *view_logout(const PageContext *context)
{
    Value *logout = value_new();
    set_value(logout, "page", page_value(logout, context, NULL, NULL, false));
    set_words(logout, "action", add_address, context->mount, "/logout", NULL);
    set_text(logout, "account", context->account);
    set_flag(logout, "elsewhere", !context->account && context->signed_in);
    set_words(logout, "back", add_back, context->back);
    set_words(logout, "usage_url", add_address, context->mount, "/", NULL);
    return logout;
}
