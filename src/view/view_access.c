/* GET /admin/access, /admin/sessions and /admin/access/change: accounts, where they are signed in, and API keys. */
#include "view/view_access.h"

#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

static const char *const change_words[ACCESS_CHANGE_KINDS] = {
    [ACCESS_ACCOUNT_ADD] = "account-add", [ACCESS_ACCOUNT_ROLE] = "account-role", [ACCESS_ACCOUNT_PASSWORD] = "account-password",
    [ACCESS_ACCOUNT_REMOVE] = "account-remove", [ACCESS_SUSPEND] = "account-suspend", [ACCESS_RESUME] = "account-resume",
    [ACCESS_SIGN_OUT] = "account-sign-out", [ACCESS_CODES_RESET] = "account-codes-reset", [ACCESS_KEY_CREATE] = "key-create",
    [ACCESS_KEY_REVOKE] = "key-revoke", [ACCESS_SESSION_END] = "session-end",
};

bool access_change_find(const char *word, AccessChangeKind *kind)
{
    for (int i = 0; word && i < ACCESS_CHANGE_KINDS; i++)
        if (strcmp(word, change_words[i]) == 0) {
            *kind = (AccessChangeKind) i;
            return true;
        }
    return false;
}

const char *access_change_word(AccessChangeKind kind)
{
    return change_words[kind];
}

static void add_change(GString *out, const char *mount, AccessChangeKind kind, const char *id)
{
    add_address(out, mount, "/admin/access/change?what=", change_words[kind]);
    if (id)
        add_address(out, "", "&id=", id);
}

static void add_account(Value *rows, const json_t *account, const PageContext *context, const char *zone)
{
    Value *row = add_object(rows);
    const char *name = text_of(account, "account"), *subject = text_of(account, "subject");
    bool suspended = json_is_true(json_object_get(account, "suspended"));
    set_text(row, "account", name);
    set_text(row, "subject", g_strcmp0(name, subject) == 0 ? NULL : subject);
    set_text(row, "role", text_of(account, "role"));
    set_words(row, "signed_in", words_add_when, text_of(account, "signed_in_at"), zone);
    set_words(row, "sessions", words_add_number, json_integer_value(json_object_get(account, "sessions")));
    set_flag(row, "open", json_integer_value(json_object_get(account, "sessions")) > 0);
    set_flag(row, "suspended", suspended);
    set_flag(row, "codes", json_is_true(json_object_get(account, "second_factor")));
    set_words(row, "codes_url", add_change, context->mount, ACCESS_CODES_RESET, name);
    set_flag(row, "own", g_strcmp0(name, context->account) == 0);
    set_words(row, "suspend_url", add_change, context->mount, suspended ? ACCESS_RESUME : ACCESS_SUSPEND, name);
    set_words(row, "role_url", add_change, context->mount, ACCESS_ACCOUNT_ROLE, name);
    set_words(row, "password_url", add_change, context->mount, ACCESS_ACCOUNT_PASSWORD, name);
    set_words(row, "remove_url", add_change, context->mount, ACCESS_ACCOUNT_REMOVE, name);
    set_words(row, "end_url", add_change, context->mount, ACCESS_SIGN_OUT, name);
    set_words(row, "sessions_url", add_address, context->mount, "/admin/sessions?account=", name);
}

static void add_scopes(GString *out, const json_t *key)
{
    json_t *scope;
    size_t i;
    json_array_foreach(json_object_get(key, "scopes"), i, scope)
        g_string_append_printf(out, "%s%s", i ? ", " : "", json_string_value(scope));
}

static void add_key(Value *rows, const json_t *key, const PageContext *context, const char *zone)
{
    Value *row = add_object(rows);
    set_text(row, "id", text_of(key, "id"));
    set_text(row, "name", text_of(key, "name"));
    set_words(row, "scopes", add_scopes, key);
    set_words(row, "created", words_add_when, text_of(key, "created_at"), zone);
    set_words(row, "used", words_add_when, text_of(key, "last_used_at"), zone);
    set_words(row, "until", words_add_when, text_of(key, "expires_at"), zone);
    set_words(row, "revoked", words_add_when, text_of(key, "revoked_at"), zone);
    set_words(row, "revoke_url", add_change, context->mount, ACCESS_KEY_REVOKE, text_of(key, "id"));
}

static void set_kind(Value *page, const char *word)
{
    for (int i = 0; i < ACCESS_CHANGE_KINDS; i++)
        value_set_flag(page, value_key(change_words[i]), g_strcmp0(word, change_words[i]) == 0);
}

static void add_older(GString *out, const AccessShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->keys);
    if (shown->more_keys && count)
        add_address(out, mount, "/admin/access?before=", text_of(json_array_get(shown->keys, count - 1), "id"));
}

Value *view_access(const AccessShown *shown, const PageContext *context)
{
    Value *page = value_new(), *accounts, *keys;
    const char *zone = context->policy->zone;
    AccessChangeKind any;
    json_t *one;
    size_t i;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_text(page, "zone", zone);
    Value *done = set_object(page, "done");
    set_flag(done, "any", access_change_find(shown->done, &any));
    set_kind(done, shown->done);
    accounts = set_list(page, "accounts");
    json_array_foreach((json_t *) shown->accounts, i, one)
        add_account(accounts, one, context, zone);
    set_flag(page, "has_accounts", i > 0);
    keys = set_list(page, "keys");
    json_array_foreach((json_t *) shown->keys, i, one)
        add_key(keys, one, context, zone);
    set_flag(page, "has_keys", i > 0);
    set_words(page, "older_keys", add_older, shown, context->mount);
    set_words(page, "create_url", add_change, context->mount, ACCESS_KEY_CREATE, NULL);
    set_words(page, "add_url", add_change, context->mount, ACCESS_ACCOUNT_ADD, NULL);
    return page;
}

Value *view_sessions(const SessionsShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone;
    json_t *one;
    size_t i;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_text(page, "zone", zone);
    set_text(page, "whose", shown->account ? shown->account : shown->subject);
    set_flag(page, "of_person", !shown->account);
    set_flag(page, "done", shown->done);
    set_flag(page, "more", shown->more);
    Value *list = set_list(page, "sessions");
    json_array_foreach((json_t *) shown->list, i, one) {
        Value *row = add_object(list);
        set_text(row, "account", text_of(one, "account"));
        set_text(row, "address", text_of(one, "address"));
        set_words(row, "began", words_add_when, text_of(one, "created_at"), zone);
        set_words(row, "seen", words_add_when, text_of(one, "last_seen_at"), zone);
        set_words(row, "end_url", add_change, context->mount, ACCESS_SESSION_END, text_of(one, "session"));
    }
    set_flag(page, "any", i > 0);
    set_words(page, "back_url", add_address, context->mount, shown->account ? "/admin/access" : "/admin/person?subject=",
              shown->account ? NULL : shown->subject);
    if (shown->account)
        set_words(page, "all_url", add_change, context->mount, ACCESS_SIGN_OUT, shown->account);
    else
        set_words(page, "all_url", add_address, context->mount, "/admin/change?what=sessions-end&subject=", shown->subject);
    return page;
}

/* Is anything wrong with what a key may do? */
static bool is_wrong_scope(const AccessChangeShown *shown)
{
    static const char *const scopes[] = {"enforce", "read", "admin", NULL};
    bool wrong = false;
    for (int i = 0; i < shown->shown_count; i++)
        wrong |= shown->shown[i].mistake != FORM_GOOD && g_strv_contains(scopes, shown->shown[i].name);
    return wrong;
}

/* {value, chosen} for each role, and for what was typed; at first the one that the account has. */
static void set_roles(Value *page, const AccessChangeShown *shown)
{
    const char *typed = form_shown_of(shown->shown, shown->shown_count, "role"), *now = text_of(shown->target, "role");
    Value *roles = set_list(page, "roles");
    for (Role role = ROLE_USER; role <= ROLE_ADMIN; role++) {
        Value *one = add_object(roles);
        set_text(one, "value", role_word(role));
        set_flag(one, "chosen", g_strcmp0(typed ? typed : now, role_word(role)) == 0);
    }
    form_add_typed(roles, "value", "value", typed);
}

Value *view_access_change(const AccessChangeShown *shown, const PageContext *context)
{
    static const char *const hidden[] = {"what", "id", NULL};
    static const char *const of_new[] = {"what", NULL};
    Value *page = value_new();
    form_set_hidden(page, shown->shown, shown->shown_count, shown->kind == ACCESS_ACCOUNT_ADD ? of_new : hidden);
    const char *name = text_of(shown->target, "account");
    name = name ? name : text_of(shown->target, "name");
    set_value(page, "page", page_value(page, context, NULL, context->policy->zone, false));
    set_kind(page, change_words[shown->kind]);
    set_text(page, "what", change_words[shown->kind]);
    set_text(page, "target", name);
    set_text(page, "role", text_of(shown->target, "role"));
    set_flag(page, "sets_role", shown->kind == ACCESS_ACCOUNT_ADD || shown->kind == ACCESS_ACCOUNT_ROLE);
    set_flag(page, "sets_password", shown->kind == ACCESS_ACCOUNT_ADD || shown->kind == ACCESS_ACCOUNT_PASSWORD);
    set_roles(page, shown);
    set_flag(page, "wrong_scope", is_wrong_scope(shown));
    set_words(page, "scopes", add_scopes, shown->target);
    set_text(page, "address", text_of(shown->target, "address"));
    set_words(page, "since", words_add_when, text_of(shown->target, "created_at"), context->policy->zone);
    set_text(page, "zone", context->policy->zone);
    set_text(page, "made", shown->key);
    set_words(page, "action", add_address, context->mount, "/admin/access/change", NULL);
    set_words(page, "access_url", add_address, context->mount, "/admin/access", NULL);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    return page;
}

Value *view_view_as(const char *subject, const FormShown *shown, int shown_count, const PageContext *context)
{
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, subject, context->policy->zone, false));
    set_text(page, "subject", subject);
    set_words(page, "action", add_address, context->mount, "/admin/view", NULL);
    set_words(page, "person_url", add_address, context->mount, "/admin/person?subject=", subject);
    set_value(page, "form", form_value(page, shown, shown_count));
    return page;
}
