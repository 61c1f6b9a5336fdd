/* `webquota account sessions` and `webquota subject sessions`. */
#include "cli/sessions_list.h"

#include "cli/open.h"
#include "cli/table.h"
#include "store/access.h"
#include "store/account.h"

static void print(const json_t *list)
{
    static const char *const titles[] = {"session", "account", "subject", "from", "begun", "last seen", NULL};
    static const char *const names[] = {"session", "account", "subject", "address", "created_at", "last_seen_at"};
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *session;
    json_array_foreach((json_t *) list, i, session)
        for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
            table_cell_of(table, session, names[n]);
    table_print(table, "nobody is signed in");
}

/* A misspelt name is not one that nobody is signed in with. */
static StoreResult is_there(Store *store, const char *account, const char *subject, StoreError *error)
{
    json_t *known = NULL;
    StoreResult result = account ? account_get(store, account, &known, error) : admin_subject_get(store, subject, &known, error);
    json_decref(known);
    return result;
}

int sessions_list(Store *store, const char *command, const char *account, const char *subject, bool json)
{
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    StoreResult result = is_there(store, account, subject, &error);
    if (result == STORE_OK)
        result = access_sessions(store, account, subject, &list, &error);
    if (result != STORE_OK)
        return cli_fail(command, result, &error);
    if (json) {
        bool more = json_array_size(list) == SESSIONS_SHOWN;
        cli_print_json(json_pack("{s:o, s:b}", "sessions", list, "more", more));
        return CMD_OK;
    }
    print(list);
    json_decref(list);
    return CMD_OK;
}
