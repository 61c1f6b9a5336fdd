/* GET /admin/access: who may sign in with webquota itself, and what programs may ask; GET and POST /admin/access/change: one change to
 * that, which programs make as JSON. A new key is shown in the answer to the form that makes it, and never again; a password never is. */
#include "store/access.h"
#include "say/say.h"
#include "store/second_factor.h"
#include "view/view_access.h"
#include "web/form_json.h"
#include "web/handlers.h"

#define KEYS_PAGE 100

/* One key more than a page tells that there are older ones. */
static StoreResult access_read(Store *store, const char *before, json_t **accounts, json_t **keys, bool *more, StoreError *error)
{
    StoreResult result = account_list(store, accounts, error);
    if (result == STORE_OK)
        result = admin_key_list(store, before, KEYS_PAGE + 1, keys, error);
    *more = json_array_size(*keys) > KEYS_PAGE && json_array_remove(*keys, KEYS_PAGE) == 0;
    return result;
}

enum { DONE, BEFORE };
static const InputField list_fields[] = {[DONE] = {"done", INPUT_TEXT, false, 1, 20}, [BEFORE] = {"before", INPUT_WHOLE, false, 1, UNITS_MAX}};

void page_access(Call *call)
{
    InputValue values[G_N_ELEMENTS(list_fields)];
    g_auto(StoreError) error = {0};
    json_t *accounts = NULL, *keys = NULL;
    bool more = false;
    if (!call_query(call, list_fields, G_N_ELEMENTS(list_fields), values))
        return;
    StoreResult result = access_read(call->site->store, values[BEFORE].text, &accounts, &keys, &more, &error);
    PageContext context = call_context(call, NULL);
    const AccessShown shown = {.accounts = accounts, .keys = keys, .more_keys = more, .done = values[DONE].text};
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (call_wants_json(call))
        call_json(call, 200, json_pack("{s:O, s:O, s:b}", "accounts", accounts, "keys", keys, "more", more));
    else
        call_page(call, 200, "access", view_access(&shown, &context));
    json_decref(accounts);
    json_decref(keys);
}

/* --- one change --- */

enum { WHAT, ID, NAME, ENFORCE, READ, ADMIN, EXPIRES, ROLE, SUBJECT, PASSWORD, AGAIN, REASON, FIELDS };
static const InputField fields[FIELDS] = {
    [WHAT] = {"what", INPUT_TEXT, true, 1, 20},       [ID] = {"id", INPUT_TEXT, false, 1, 255},
    [NAME] = {"name", INPUT_TEXT, false, 1, KEY_NAME_MAX},    [ENFORCE] = {"enforce", INPUT_FLAG, false, 0, 0},
    [READ] = {"read", INPUT_FLAG, false, 0, 0},       [ADMIN] = {"admin", INPUT_FLAG, false, 0, 0},
    [EXPIRES] = {"expires", INPUT_UNTIL, false, 0, 0}, [ROLE] = {"role", INPUT_TEXT, false, 1, 16},
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255}, [PASSWORD] = {"password", INPUT_TEXT, false, 1, 1024},
    [AGAIN] = {"again", INPUT_TEXT, false, 1, 1024},  [REASON] = {"reason", INPUT_TEXT, false, 1, 500},
};

/* What was typed as a password is not shown, nor kept here: it is read from the form as it is, blanks and all. */
static void forget_passwords(FormShown *shown)
{
    for (int field = PASSWORD; field <= AGAIN; field++)
        g_clear_pointer(&shown[field].typed, g_free);
}

static StoreResult target_get(Store *store, AccessChangeKind kind, const char *id, json_t **target, StoreError *error)
{
    return kind == ACCESS_KEY_REVOKE    ? admin_key_get(store, id, target, error)
           : kind == ACCESS_SESSION_END ? access_session_get(store, id, target, error)
                                        : account_get(store, id, target, error);
}

/* The account, key or session that it is about, which must be there. *target is new; NULL: an account or key that is made. */
static bool target_read(Call *call, AccessChangeKind kind, const char *id, json_t **target)
{
    g_auto(StoreError) error = {0};
    if (kind == ACCESS_KEY_CREATE || kind == ACCESS_ACCOUNT_ADD)
        return true;
    if (!id) {
        call_problem(call, 400, "id", SAY_MISSING("id"));
        return false;
    }
    StoreResult result = target_get(call->site->store, kind, id, target, &error);
    if (result == STORE_OK)
        return true;
    call_store_problem(call, result, &error);
    return false;
}

static void show(Call *call, int status, AccessChangeKind kind, const json_t *target, const FormShown *shown, const char *key)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    const AccessChangeShown what = {.kind = kind, .target = target, .shown = shown, .shown_count = FIELDS, .key = key};
    call_page(call, status, "access_change", view_access_change(&what, &context));
}

/* For programs: what it is about, as it is now; a new key as it is shown this once. */
static void tell(Call *call, AccessChangeKind kind, const json_t *target, bool made)
{
    const char *name = kind == ACCESS_KEY_CREATE || kind == ACCESS_KEY_REVOKE ? "key" : kind == ACCESS_SESSION_END ? "session" : "account";
    call_json(call, 200, json_pack("{s:s, s:b, s:O?}", "what", access_change_word(kind), "made", made, name, target));
}

static bool kind_read(Call *call, const FormShown *shown, AccessChangeKind *kind)
{
    if (access_change_find(shown[WHAT].typed, kind))
        return true;
    call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
    return false;
}

void page_access_change(Call *call)
{
    FormShown shown[FIELDS];
    AccessChangeKind kind;
    json_t *target = NULL;
    form_open(&call->request->query, fields, FIELDS, shown);
    forget_passwords(shown);
    if (kind_read(call, shown, &kind) && target_read(call, kind, shown[ID].typed, &target)) {
        if (call_wants_json(call))
            tell(call, kind, target, false);
        else
            show(call, 200, kind, target, shown, NULL);
    }
    json_decref(target);
    form_shown_clear(shown, FIELDS);
}

static bool mark(FormShown *shown, int field, FormMistake mistake)
{
    shown[field].mistake = mistake;
    return false;
}

static unsigned scopes_of(const InputValue *values)
{
    return (values[ENFORCE].flag ? KEY_ENFORCE : 0) | (values[READ].flag ? KEY_READ : 0) | (values[ADMIN].flag ? KEY_ADMIN : 0);
}

static bool key_is_good(Call *call, const InputValue *values, FormShown *shown)
{
    if (!values[NAME].given)
        return mark(shown, NAME, FORM_MISSING);
    if (!scopes_of(values))
        return mark(shown, ENFORCE, FORM_CHOICE);
    return !values[EXPIRES].given || values[EXPIRES].time > store_now(call->site->store) || mark(shown, EXPIRES, FORM_PAST);
}

static bool role_is_good(const InputValue *values, FormShown *shown)
{
    Role role;
    if (!values[ROLE].given)
        return mark(shown, ROLE, FORM_MISSING);
    return role_find(values[ROLE].text, &role) || mark(shown, ROLE, FORM_CHOICE);
}

/* Typed twice, by people; programs may say it once. */
static bool password_is_good(const Call *call, FormShown *shown)
{
    const char *password = query_get(&call->form, "password"), *again = query_get(&call->form, "again");
    if (!password || !*password)
        return mark(shown, PASSWORD, FORM_MISSING);
    if (shown[PASSWORD].mistake != FORM_GOOD || (call->is_json && !again) || g_strcmp0(password, again) == 0)
        return shown[PASSWORD].mistake == FORM_GOOD;
    return mark(shown, AGAIN, again && *again ? FORM_DIFFERS : FORM_MISSING);
}

static bool account_is_good(const Call *call, AccessChangeKind kind, const InputValue *values, FormShown *shown)
{
    bool is_add = kind == ACCESS_ACCOUNT_ADD, good = !is_add || values[ID].given || mark(shown, ID, FORM_MISSING);
    if (is_add || kind == ACCESS_ACCOUNT_ROLE)
        good &= role_is_good(values, shown);
    if (is_add || kind == ACCESS_ACCOUNT_PASSWORD)
        good &= password_is_good(call, shown);
    return good;
}

static bool is_good(Call *call, AccessChangeKind kind, const InputValue *values, FormShown *shown)
{
    bool good = kind == ACCESS_KEY_CREATE ? key_is_good(call, values, shown) : account_is_good(call, kind, values, shown);
    return (values[REASON].given || mark(shown, REASON, FORM_MISSING)) && good;
}

static StoreResult make_account(Call *call, const InputValue *values, const char *actor, json_t **made, StoreError *error)
{
    Role role = ROLE_USER;
    (void)!role_find(values[ROLE].text, &role);
    return account_add(call->site->store, values[ID].text, query_get(&call->form, "password"), role, values[SUBJECT].text, values[REASON].text,
                       actor, made, error);
}

static StoreResult make(Call *call, AccessChangeKind kind, const InputValue *values, json_t **made, StoreError *error)
{
    Store *store = call->site->store;
    const char *id = values[ID].text, *reason = values[REASON].text;
    Role role = ROLE_USER;
    g_autofree char *actor = identity_actor(&call->identity);
    switch (kind) {
    case ACCESS_ACCOUNT_ADD:
        return make_account(call, values, actor, made, error);
    case ACCESS_ACCOUNT_ROLE:
        return role_find(values[ROLE].text, &role) ? account_role(store, id, role, reason, actor, error) : STORE_INVALID;
    case ACCESS_ACCOUNT_PASSWORD:
        return account_password(store, id, query_get(&call->form, "password"), reason, actor, error);
    case ACCESS_ACCOUNT_REMOVE:
        return account_remove(store, id, reason, actor, error);
    case ACCESS_SUSPEND:
    case ACCESS_RESUME:
        return access_account_suspend(store, id, kind == ACCESS_SUSPEND, reason, actor, error);
    case ACCESS_SIGN_OUT:
        return access_account_sign_out(store, id, reason, actor, error);
    case ACCESS_CODES_RESET:
        return factor_reset(store, id, reason, actor, error);
    case ACCESS_SESSION_END:
        return access_session_end(store, id, reason, actor, error);
    case ACCESS_KEY_REVOKE:
        return admin_key_revoke(store, id, reason, actor, error);
    default:
        return admin_key_create(store, values[NAME].text, scopes_of(values), values[EXPIRES].given ? values[EXPIRES].time : INSTANT_MAX,
                                reason, actor, made, error);
    }
}

/* What nobody does to their own account here. False: answered already. */
static bool may_be_own(Call *call, AccessChangeKind kind, const char *id)
{
    static const char *const why_not[ACCESS_CHANGE_KINDS] = {
        [ACCESS_SUSPEND] = SAY_NOT_ONESELF, [ACCESS_ACCOUNT_ROLE] = SAY_NOT_OWN_ROLE, [ACCESS_ACCOUNT_REMOVE] = SAY_NOT_REMOVE_ONESELF,
        [ACCESS_ACCOUNT_PASSWORD] = SAY_NOT_OWN_PASSWORD, [ACCESS_CODES_RESET] = SAY_NOT_OWN_CODES,
    };
    if (!why_not[kind] || g_strcmp0(call->identity.account, id) != 0)
        return true;
    call_problem(call, 409, "id", "%s", why_not[kind]);
    return false;
}

/* What was wrong with the field that it is about, where the store says so; false: it is about none. */
static bool mark_said(FormShown *shown, const StoreError *error)
{
    static const struct {
        const char *field;
        int at;
    } about[] = {{"password", PASSWORD}, {"subject", SUBJECT}, {"account", ID}};
    for (size_t i = 0; i < G_N_ELEMENTS(about); i++)
        if (g_strcmp0(error->field, about[i].field) == 0) {
            shown[about[i].at].mistake = FORM_SAID;
            shown[about[i].at].said = g_strdup(error->detail);
            return true;
        }
    return false;
}

/* Where a person is led when it is made. */
static void lead_on(Call *call, AccessChangeKind kind, const json_t *target)
{
    bool gone = kind == ACCESS_SESSION_END;
    g_autofree char *account = gone ? g_uri_escape_string(json_string_value(json_object_get(target, "account")), NULL, FALSE) : NULL;
    g_autofree char *then = gone ? g_strconcat("/admin/sessions?done=1&account=", account, NULL)
                                 : g_strconcat("/admin/access?done=", access_change_word(kind), NULL);
    call_see_other(call, then);
}

static void change(Call *call, AccessChangeKind kind, const json_t *target, const InputValue *values, FormShown *shown)
{
    g_auto(StoreError) error = {0};
    json_t *made = NULL;
    if (!may_be_own(call, kind, values[ID].text))
        return;
    StoreResult result = make(call, kind, values, &made, &error);
    bool gone = kind == ACCESS_SESSION_END || kind == ACCESS_ACCOUNT_REMOVE, json = call_wants_json(call);
    bool asks_again = (kind == ACCESS_ACCOUNT_ADD || kind == ACCESS_ACCOUNT_PASSWORD) && (result == STORE_CONFLICT || result == STORE_INVALID);
    if (result == STORE_OK && json && !made && !gone)
        result = target_get(call->site->store, kind, values[ID].text, &made, &error);
    if (asks_again && !json && mark_said(shown, &error))
        show(call, result == STORE_CONFLICT ? 409 : 400, kind, target, shown, NULL);
    else if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (json)
        tell(call, kind, gone ? target : made, true);
    else if (kind == ACCESS_KEY_CREATE)
        show(call, 200, kind, target, shown, json_string_value(json_object_get(made, "key")));
    else
        lead_on(call, kind, target);
    json_decref(made);
}

static void send(Call *call)
{
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    AccessChangeKind kind;
    json_t *target = NULL;
    bool good = call_filled(call, &call->form, fields, FIELDS, values, shown);
    forget_passwords(shown);
    if (form_members_are_known(call, fields, FIELDS) && kind_read(call, shown, &kind) && target_read(call, kind, shown[ID].typed, &target)) {
        if (good && is_good(call, kind, values, shown))
            change(call, kind, target, values, shown);
        else if (call_wants_json(call))
            form_problem(call, shown, FIELDS);
        else
            show(call, 400, kind, target, shown, NULL);
    }
    json_decref(target);
    form_shown_clear(shown, FIELDS);
}

/* A password takes a good part of a second. */
void page_access_change_send(Call *call)
{
    AccessChangeKind kind;
    if (access_change_find(query_get(&call->form, "what"), &kind) && (kind == ACCESS_ACCOUNT_ADD || kind == ACCESS_ACCOUNT_PASSWORD))
        call_slow(call, send);
    else
        send(call);
}
