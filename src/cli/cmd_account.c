/* `webquota account add|list|password|role|remove|suspend|resume|sign-out|totp-reset|sessions|end-session`: those who sign in with
 * webquota itself. */
#include "cli/open.h"

#include "cli/inputs.h"
#include "cli/secret_input.h"
#include "cli/sessions_list.h"
#include "cli/table.h"
#include "store/access.h"
#include "store/second_factor.h"

typedef struct {
    char *role, *subject, *reason;
    gboolean json;
} AccountOptions;

static int print_list(json_t *list)
{
    static const char *const titles[] = {"account", "role", "subject", "sessions", "password of", "signed in", "codes", "suspended", NULL};
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *account;
    json_array_foreach(list, i, account) {
        table_cell_of(table, account, "account");
        table_cell_of(table, account, "role");
        table_cell_of(table, account, "subject");
        table_cell_of(table, account, "sessions");
        table_cell_of(table, account, "changed_at");
        table_cell_of(table, account, "signed_in_at");
        table_cell_of(table, account, "second_factor");
        table_cell_of(table, account, "suspended");
    }
    table_print(table, "there are no accounts");
    json_decref(list);
    return CMD_OK;
}

static int list(Store *store, const AccountOptions *options)
{
    g_auto(StoreError) error = {0};
    json_t *accounts = NULL;
    StoreResult result = account_list(store, &accounts, &error);
    if (result != STORE_OK)
        return cli_fail("account", result, &error);
    if (!options->json)
        return print_list(accounts);
    cli_print_json(json_pack("{s:o}", "accounts", accounts));
    return CMD_OK;
}

/* What was done, or the account as it is now. */
static int done(Store *store, const char *name, const char *what, bool json)
{
    g_auto(StoreError) error = {0};
    json_t *account = NULL;
    if (!json) {
        printf("account %s: %s\n", name, what);
        return CMD_OK;
    }
    StoreResult result = account_get(store, name, &account, &error);
    if (result != STORE_OK)
        return cli_fail("account", result, &error);
    cli_print_json(account);
    return CMD_OK;
}

static int add(Store *store, const char *name, Role role, const AccountOptions *options, const char *actor)
{
    g_auto(StoreError) error = {0};
    json_t *account = NULL;
    char *password = secret_read("account", "password");
    if (!password)
        return CMD_NO;
    StoreResult result = account_add(store, name, password, role, options->subject, options->reason, actor, &account, &error);
    secret_free(password);
    json_decref(account);
    if (result != STORE_OK)
        return cli_fail("account", result, &error);
    g_autofree char *made = g_strdup_printf("added, with the role %s", role_word(role));
    return done(store, name, made, options->json);
}

static int set_password(Store *store, const char *name, const AccountOptions *options, const char *actor)
{
    g_auto(StoreError) error = {0};
    char *password = secret_read("account", "password");
    if (!password)
        return CMD_NO;
    StoreResult result = account_password(store, name, password, options->reason, actor, &error);
    secret_free(password);
    return result == STORE_OK ? done(store, name, "the password is changed, its sessions are ended", options->json)
                              : cli_fail("account", result, &error);
}

static int set_role(Store *store, const char *name, Role role, const AccountOptions *options, const char *actor)
{
    g_auto(StoreError) error = {0};
    StoreResult result = account_role(store, name, role, options->reason, actor, &error);
    return result == STORE_OK ? done(store, name, "the role is changed, its sessions are ended", options->json)
                              : cli_fail("account", result, &error);
}

static int drop(Store *store, const char *name, const AccountOptions *options, const char *actor)
{
    g_auto(StoreError) error = {0};
    StoreResult result = account_remove(store, name, options->reason, actor, &error);
    if (result != STORE_OK)
        return cli_fail("account", result, &error);
    if (options->json)
        cli_print_json(json_pack("{s:s, s:b}", "account", name, "removed", 1));
    else
        printf("account %s is removed, its sessions are ended\n", name);
    return CMD_OK;
}

enum { ADD, LIST, PASSWORD, ROLE, REMOVE, SUSPEND, RESUME, SIGN_OUT, TOTP_RESET, SESSIONS, END_SESSION, ACTIONS };
static const struct {
    const char *word;
    int arguments; /* with the word and the command itself */
} actions[ACTIONS] = {[ADD] = {"add", 3}, [LIST] = {"list", 2}, [PASSWORD] = {"password", 3}, [ROLE] = {"role", 4}, [REMOVE] = {"remove", 3},
                      [SUSPEND] = {"suspend", 3}, [RESUME] = {"resume", 3}, [SIGN_OUT] = {"sign-out", 3},
                      [TOTP_RESET] = {"totp-reset", 3}, [SESSIONS] = {"sessions", 3}, [END_SESSION] = {"end-session", 3}};

static int keep_out(Store *store, const char *name, int action, const AccountOptions *options, const char *actor)
{
    g_auto(StoreError) error = {0};
    const char *reason = options->reason;
    StoreResult result = action == SIGN_OUT     ? access_account_sign_out(store, name, reason, actor, &error)
                         : action == TOTP_RESET ? factor_reset(store, name, reason, actor, &error)
                                                : access_account_suspend(store, name, action == SUSPEND, reason, actor, &error);
    if (result != STORE_OK)
        return cli_fail("account", result, &error);
    static const char *const said[ACTIONS] = {[SUSPEND] = "suspended, its sessions are ended", [RESUME] = "open again",
                                              [SIGN_OUT] = "signed out everywhere",
                                              [TOTP_RESET] = "no code is asked for until it sets codes up again, its sessions are ended"};
    return done(store, name, said[action], options->json);
}

static int end_session(Store *store, const char *id, const AccountOptions *options, const char *actor)
{
    g_auto(StoreError) error = {0};
    json_t *session = NULL;
    StoreResult result = access_session_get(store, id, &session, &error);
    if (result == STORE_OK)
        result = access_session_end(store, id, options->reason, actor, &error);
    const char *account = json_string_value(json_object_get(session, "account"));
    if (result == STORE_OK && options->json)
        cli_print_json(json_pack("{s:s, s:s, s:b}", "session", id, "account", account, "ended", 1));
    else if (result == STORE_OK)
        printf("session %s of %s is ended\n", id, account);
    json_decref(session);
    return result == STORE_OK ? CMD_OK : cli_fail("account", result, &error);
}

static int run(int action, char **argv, const AccountOptions *options)
{
    Role role = ROLE_USER;
    const char *role_said = action == ROLE ? argv[3] : options->role;
    if (action != LIST && !cli_text("account", "the name", argv[2], 1, 255))
        return CMD_USAGE;
    const OptionFit known[] = {
        {"--role", options->role != NULL, 1U << ADD},
        {"--subject", options->subject != NULL, 1U << ADD},
        {"--reason", options->reason != NULL, ~(1U << LIST | 1U << SESSIONS)},
    };
    if (!cli_fit("account", actions[action].word, 1U << action, known, G_N_ELEMENTS(known)))
        return CMD_USAGE;
    if (role_said && !role_find(role_said, &role))
        return cli_usage("account", "a role is one of user, viewer, support, admin");
    if (!cli_text("account", "--subject", options->subject, 1, 255) || !cli_text("account", "--reason", options->reason, 1, REASON_MOST))
        return CMD_USAGE;
    if (action == END_SESSION && !cli_reason("account", options->reason))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    g_autofree char *actor = cli_actor();
    int code = action == ADD        ? add(store, argv[2], role, options, actor)
               : action == PASSWORD ? set_password(store, argv[2], options, actor)
               : action == ROLE     ? set_role(store, argv[2], role, options, actor)
               : action == REMOVE   ? drop(store, argv[2], options, actor)
               : action == SESSIONS    ? sessions_list(store, "account", argv[2], NULL, options->json)
               : action == END_SESSION ? end_session(store, argv[2], options, actor)
               : action >= SUSPEND  ? keep_out(store, argv[2], action, options, actor)
                                    : list(store, options);
    store_close(store);
    return code;
}

int cmd_account(int argc, char **argv)
{
    AccountOptions options = {0};
    const GOptionEntry entries[] = {
        {"role", 0, 0, G_OPTION_ARG_STRING, &options.role, "user (the default), viewer, support or admin (add)", "ROLE"},
        {"subject", 0, 0, G_OPTION_ARG_STRING, &options.subject, "As whom it is metered, if not by its name (add)", "NAME"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why, for the audit", "TEXT"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL},
        {NULL},
    };
    int parsed = cli_options("account", "add NAME | list | password NAME | role NAME ROLE | remove NAME | suspend NAME | resume NAME |"
                             " sign-out NAME | totp-reset NAME | sessions NAME | end-session ID",
                             "Keeps the accounts of those who sign in with webquota itself, at /login.\n\n"
                             "add and password read the password from the first line of standard input; at a terminal they ask for it.\n"
                             "A user sees and does what is theirs. A viewer sees what administrators see, support helps people within\n"
                             "bounds, an admin does everything. Any change but add and resume ends the account's sessions. A suspended\n"
                             "account cannot sign in. totp-reset is for those who have lost their phone and their recovery codes.\n"
                             "sessions shows where it is signed in; end-session ends one of these.",
                             entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    int action = 0;
    while (action < ACTIONS && strcmp(actions[action].word, argc > 1 ? argv[1] : "") != 0)
        action++;
    int code = action < ACTIONS && argc == actions[action].arguments
                   ? run(action, argv, &options)
                   : cli_usage("account", "it takes add, password, role, remove, suspend, resume, sign-out, totp-reset or sessions with a"
                                          " NAME, end-session with an ID, or list");
    g_free(options.role);
    g_free(options.subject);
    g_free(options.reason);
    return code;
}
