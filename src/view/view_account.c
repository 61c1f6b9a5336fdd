/* The page of one's own account: where it is signed in, and its password. */
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

static void set_session(Value *row, const json_t *session, const char *zone)
{
    const char *address = text_of(session, "address");
    set_text(row, "id", text_of(session, "session"));
    set_text(row, "address", address && g_str_has_prefix(address, "anon:") ? address + strlen("anon:") : address);
    set_text(row, "began_at", text_of(session, "created_at"));
    set_words(row, "began", words_add_when, text_of(session, "created_at"), zone);
    set_text(row, "seen_at", text_of(session, "last_seen_at"));
    set_words(row, "seen", words_add_when, text_of(session, "last_seen_at"), zone);
    set_flag(row, "current", json_is_true(json_object_get(session, "current")));
}

Value *view_account(const AccountShown *shown, const PageContext *context)
{
    const char *zone = shown->zone ? shown->zone : context->policy ? context->policy->zone : "UTC";
    size_t i;
    json_t *session;
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_words(page, "action", add_address, context->mount, "/account", NULL);
    set_words(page, "usage_url", add_address, context->mount, "/", NULL);
    set_words(page, "login_url", add_address, context->mount, "/login", NULL);
    set_text(page, "account", shown->sessions ? context->account : NULL);
    set_text(page, "zone", zone);
    set_flag(page, "ended", shown->state == ACCOUNT_ENDED);
    set_flag(page, "changed", shown->state == ACCOUNT_CHANGED);
    set_flag(page, "codes_off", shown->state == ACCOUNT_CODES_OFF);
    set_flag(page, "missing", shown->state == ACCOUNT_MISSING);
    set_flag(page, "wrong", shown->state == ACCOUNT_WRONG);
    set_flag(page, "weak", shown->state == ACCOUNT_WEAK);
    set_flag(page, "different", shown->state == ACCOUNT_DIFFERENT);
    if (shown->state == ACCOUNT_TOO_MANY)
        set_words(page, "wait", words_add_span, shown->wait_s * US_PER_S);
    else
        set_null(page, "wait");
    set_flag(page, "mistake", shown->state >= ACCOUNT_MISSING);
    Value *sessions = set_list(page, "sessions");
    json_array_foreach((json_t *)shown->sessions, i, session)
        set_session(add_object(sessions), session, zone);
    set_flag(page, "others", i > 1);
    set_words(page, "code_url", add_address, context->mount, "/account/code", NULL);
    if (!shown->codes_on) {
        set_null(page, "codes");
        return page;
    }
    Value *codes = set_object(page, "codes");
    set_words(codes, "since", words_add_stamp_bare, shown->codes_since, zone);
    set_words(codes, "left", words_add_number, (int64_t) shown->codes_left);
    set_flag(codes, "one", shown->codes_left == 1);
    return page;
}
