/* The pages about accounts and keys in their states. */
#ifndef WEBQUOTA_ACCESS_STATES_H
#define WEBQUOTA_ACCESS_STATES_H

#include "view/admin_states.h"
#include "view/view_access.h"

static Value *access_some(void)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/access");
    sample.context.role = ROLE_ADMIN;
    sample.context.account = "root";
    json_t *accounts = json_pack("[{s:s, s:s, s:s, s:s, s:i, s:b}, {s:s, s:s, s:s, s:n, s:i, s:b}]", "account", "root", "subject", "root", "role",
                                 "admin", "signed_in_at", "2026-11-21T09:00:00Z", "sessions", 1, "suspended", 0, "account", HOSTILE_NAME, "subject",
                                 LONG_NAME, "role", "support", "signed_in_at", "sessions", 0, "suspended", 1);
    json_object_set_new(json_array_get(accounts, 1), "second_factor", json_true());
    json_t *keys = json_pack("[{s:s, s:s, s:[s, s], s:s, s:n, s:n, s:n}, {s:s, s:s, s:[s], s:s, s:s, s:s, s:s}]", "id", "2", "name", HOSTILE_NAME,
                             "scopes", "enforce", "read", "created_at", "2026-11-20T09:00:00Z", "last_used_at", "expires_at", "revoked_at", "id", "1",
                             "name", "old", "scopes", "admin", "created_at", "2026-11-01T09:00:00Z", "last_used_at", "2026-11-02T09:00:00Z",
                             "expires_at", "2027-11-02T09:00:00Z", "revoked_at", "2026-11-03T09:00:00Z");
    const AccessShown shown = {.accounts = sample_kept(accounts), .keys = sample_kept(keys), .more_keys = true, .done = "account-suspend"};
    Value *page = view_access(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *sessions_of(const char *account, const char *subject, json_t *list)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/sessions");
    sample.context.role = ROLE_ADMIN;
    const SessionsShown shown = {.account = account, .subject = subject, .list = sample_kept(list), .more = subject, .done = subject};
    Value *page = view_sessions(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static json_t *session_sample(const char *id, const char *address)
{
    return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s}", "session", id, "account", HOSTILE_NAME, "subject", LONG_NAME, "address", address,
                     "created_at", "2026-11-21T08:00:00Z", "last_seen_at", "2026-11-21T09:00:00Z");
}

static Value *sessions_some(void)
{
    return sessions_of(NULL, LONG_NAME, json_pack("[o, o]", session_sample("7", "anon:192.0.2.7"), session_sample("6", NULL)));
}

static Value *sessions_none(void) { return sessions_of(HOSTILE_NAME, NULL, json_array()); }

enum { X_ID, X_NAME, X_ENFORCE, X_READ, X_ADMIN, X_EXPIRES, X_REASON, X_ROLE, X_SUBJECT, X_PASSWORD, X_AGAIN, X_FIELDS };

static inline Value *sample_access_change(AccessChangeKind kind, bool wrong, const char *key)
{
    static FormShown shown[2][X_FIELDS] = {{{.name = "id"}, {.name = "name"}, {.name = "enforce"}, {.name = "read"}, {.name = "admin"},
                                            {.name = "expires"}, {.name = "reason"}, {.name = "role"}, {.name = "subject"}, {.name = "password"}, {.name = "again"}}};
    memcpy(shown[1], shown[0], sizeof shown[0]);
    shown[1][X_NAME].mistake = FORM_MISSING;
    shown[1][X_ENFORCE].mistake = FORM_CHOICE;
    if (kind == ACCESS_ACCOUNT_ADD) {
        shown[1][X_ID] = (FormShown){.name = "id", .typed = (char *)"<b>", .mistake = FORM_SAID, .said = (char *)"there is an account <b> already"};
        shown[1][X_ROLE] = (FormShown){.name = "role", .typed = (char *)"<god>", .mistake = FORM_CHOICE};
        shown[1][X_AGAIN] = (FormShown){.name = "again", .mistake = FORM_DIFFERS};
    }
    shown[1][X_EXPIRES] = (FormShown){.name = "expires", .typed = (char *)"<soon", .mistake = FORM_TIME};
    Sample sample;
    sample_admin_init(&sample, "/admin/access/change");
    sample.context.role = ROLE_ADMIN;
    json_t *target = kind == ACCESS_KEY_CREATE || kind == ACCESS_ACCOUNT_ADD ? NULL : sample_kept(kind == ACCESS_SESSION_END ? session_sample("7", "anon:192.0.2.7") : json_pack("{s:s, s:s}", "account", HOSTILE_NAME, "role", "support"));
    const AccessChangeShown what = {.kind = kind, .target = target, .shown = shown[wrong], .shown_count = X_FIELDS, .key = key};
    Value *page = view_access_change(&what, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *access_add(void) { return sample_access_change(ACCESS_ACCOUNT_ADD, false, NULL); }
static Value *access_add_wrong(void) { return sample_access_change(ACCESS_ACCOUNT_ADD, true, NULL); }
static Value *access_role(void) { return sample_access_change(ACCESS_ACCOUNT_ROLE, false, NULL); }
static Value *access_password(void) { return sample_access_change(ACCESS_ACCOUNT_PASSWORD, false, NULL); }
static Value *access_remove(void) { return sample_access_change(ACCESS_ACCOUNT_REMOVE, false, NULL); }
static Value *access_suspend(void) { return sample_access_change(ACCESS_SUSPEND, false, NULL); }
static Value *access_codes(void) { return sample_access_change(ACCESS_CODES_RESET, false, NULL); }
static Value *access_session(void) { return sample_access_change(ACCESS_SESSION_END, false, NULL); }
static Value *access_key_wrong(void) { return sample_access_change(ACCESS_KEY_CREATE, true, NULL); }
static Value *access_key_made(void) { return sample_access_change(ACCESS_KEY_CREATE, false, "wq_12_secret"); }

/* --- looking at somebody's pages --- */

static Value *view_as_form(void)
{
    static const FormShown shown[] = {{.name = "subject"}, {.name = "reason", .mistake = FORM_MISSING}};
    Sample sample;
    sample_admin_init(&sample, "/admin/view");
    Value *page = view_view_as(HOSTILE_NAME, shown, G_N_ELEMENTS(shown), &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *login_viewed(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.context.path = "/login";
    sample.context.who = HOSTILE_NAME;
    sample.context.viewer = "root";
    sample.context.viewing_until = sample.context.now + 15 * 60 * US_PER_S;
    Value *page = view_login(&(LoginShown){.state = LOGIN_FORM}, &sample.context);
    sample_clear(&sample);
    return page;
}

#endif
