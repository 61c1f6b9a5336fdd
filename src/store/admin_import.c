/* Importing subjects. Each step is one statement over all of them: meet strangers, lock, change, move to their
 * organizations, tell those who remember their counters, and leave an audit entry for each that changed. */
#include "store/admin_import.h"

#include "store/admin_internal.h"

typedef struct {
    Store *store;
    const SubjectChange *changes;
    int count;
    StoreError *error;
    GHashTable *created, *changed; /* keys; not owned: they stand in `changes` */
    PGresult *was;                 /* by import_was.sql */
} Import;

static void import_clear(Import *import)
{
    g_clear_pointer(&import->created, g_hash_table_unref);
    g_clear_pointer(&import->changed, g_hash_table_unref);
    PQclear(import->was);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

static void put_keys(const Import *import, Params *params)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    for (int i = 0; i < import->count; i++)
        g_ptr_array_add(keys, (char *)import->changes[i].subject);
    params_texts(params, keys);
}

static StoreResult find(const Import *import, PGresult **rows)
{
    g_auto(Params) params = params_new();
    put_keys(import, &params);
    return admin_run(import->store, QUERY_SUBJECTS_FIND, &params, rows, import->error);
}

/* Everybody whom the database does not know is met. */
static StoreResult meet(Import *import)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = find(import, &rows);
    if (result != STORE_OK)
        return result;
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (int row = 0; row < PQntuples(rows); row++)
        g_hash_table_add(known, PQgetvalue(rows, row, 0));
    g_autoptr(GPtrArray) strangers = g_ptr_array_new();
    for (int i = 0; i < import->count; i++) {
        char *key = (char *)import->changes[i].subject;
        if (g_hash_table_contains(known, key))
            continue;
        g_ptr_array_add(strangers, key);
        g_hash_table_add(import->created, key);
    }
    if (!strangers->len)
        return STORE_OK;
    g_auto(Params) params = params_new();
    params_texts(&params, strangers);
    store_zone_param(import->store, &params);
    return admin_run(import->store, QUERY_SUBJECTS_MEET, &params, NULL, import->error);
}

static StoreResult lock(Import *import)
{
    g_auto(Params) keys = params_new();
    put_keys(import, &keys);
    StoreResult result = admin_run(import->store, QUERY_IMPORT_LOCK_SUBJECTS, &keys, NULL, import->error);
    g_autoptr(PGresult) rows = NULL;
    if (result == STORE_OK)
        result = admin_run(import->store, QUERY_IMPORT_WAS, &keys, &import->was, import->error);
    if (result == STORE_OK)
        result = find(import, &rows);
    if (result != STORE_OK)
        return result;
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int row = 0; row < PQntuples(rows); row++) {
        int64_t account_id = result_number(rows, row, 1), id = result_number(rows, row, 2);
        g_array_append_val(accounts, account_id);
        g_array_append_val(ids, id);
    }
    g_auto(Params) counters = params_new();
    params_numbers(&counters, accounts);
    params_numbers(&counters, ids);
    return admin_run(import->store, QUERY_IMPORT_LOCK_COUNTERS, &counters, NULL, import->error);
}

static void put_texts(const Import *import, Params *params, size_t member)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    for (int i = 0; i < import->count; i++)
        g_ptr_array_add(texts, G_STRUCT_MEMBER(char *, &import->changes[i], member));
    params_texts(params, texts);
}

static void put_instants(const Import *import, Params *params, size_t has, size_t member)
{
    g_autoptr(GArray) instants = g_array_new(FALSE, FALSE, sizeof(Instant));
    for (int i = 0; i < import->count; i++) {
        bool given = G_STRUCT_MEMBER(bool, &import->changes[i], has);
        Instant instant = given ? G_STRUCT_MEMBER(Instant, &import->changes[i], member) : INSTANT_MIN;
        g_array_append_val(instants, instant);
    }
    params_numbers(params, instants);
}

static void put_suspended(const Import *import, Params *params)
{
    g_autoptr(GArray) flags = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int i = 0; i < import->count; i++) {
        int64_t flag = import->changes[i].has_suspended ? import->changes[i].suspended : -1;
        g_array_append_val(flags, flag);
    }
    params_numbers(params, flags);
}

/* The statement tells whose row it changed, by key. */
static StoreResult run_changing(Import *import, Query query, const Params *params)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(import->store, query, params, &rows, import->error);
    g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < import->count; i++)
        g_hash_table_add(keys, (char *)import->changes[i].subject);
    for (int row = 0; result == STORE_OK && row < PQntuples(rows); row++)
        g_hash_table_add(import->changed, g_hash_table_lookup(keys, PQgetvalue(rows, row, 0)));
    return result;
}

static StoreResult change(Import *import)
{
    g_auto(Params) params = params_new();
    put_keys(import, &params);
    put_texts(import, &params, offsetof(SubjectChange, plan));
    put_instants(import, &params, offsetof(SubjectChange, has_plan_until), offsetof(SubjectChange, plan_until));
    put_texts(import, &params, offsetof(SubjectChange, plan_after));
    put_texts(import, &params, offsetof(SubjectChange, timezone));
    put_instants(import, &params, offsetof(SubjectChange, has_anchor), offsetof(SubjectChange, anchor));
    put_texts(import, &params, offsetof(SubjectChange, email));
    put_suspended(import, &params);
    return run_changing(import, QUERY_IMPORT_CHANGE, &params);
}

static StoreResult move(Import *import)
{
    g_auto(Params) organizations = params_new();
    put_texts(import, &organizations, offsetof(SubjectChange, organization));
    StoreResult result = admin_run(import->store, QUERY_IMPORT_ORGANIZATIONS, &organizations, NULL, import->error);
    if (result != STORE_OK)
        return result;
    g_auto(Params) params = params_new();
    put_keys(import, &params);
    put_texts(import, &params, offsetof(SubjectChange, organization));
    result = admin_run(import->store, QUERY_MEMBERS_LOCK, NULL, NULL, import->error);
    return result == STORE_OK ? run_changing(import, QUERY_IMPORT_MOVE, &params) : result;
}

static StoreResult touch(Import *import)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, import->changed);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(keys, key);
    g_auto(Params) params = params_new();
    params_texts(&params, keys);
    return admin_run(import->store, QUERY_IMPORT_TOUCH, &params, NULL, import->error);
}

static StoreResult audit(Import *import, const char *actor)
{
    g_autoptr(GHashTable) was = g_hash_table_new(g_str_hash, g_str_equal);
    for (int row = 0; row < PQntuples(import->was); row++)
        g_hash_table_insert(was, PQgetvalue(import->was, row, 0), PQgetvalue(import->was, row, 1));
    g_autoptr(GPtrArray) actions = g_ptr_array_new(), subjects = g_ptr_array_new(), organizations = g_ptr_array_new();
    g_autoptr(GPtrArray) details = g_ptr_array_new_with_free_func(free);
    for (int i = 0; i < import->count; i++) {
        const SubjectChange *one = &import->changes[i];
        bool created = g_hash_table_contains(import->created, one->subject);
        if (!created && !g_hash_table_contains(import->changed, one->subject))
            continue;
        json_t *named = admin_subject_details(one);
        admin_details_old(named, created ? NULL : g_hash_table_lookup(was, one->subject));
        g_ptr_array_add(actions, (char *)(created ? "subject.create" : "subject.update"));
        g_ptr_array_add(subjects, (char *)one->subject);
        g_ptr_array_add(organizations, one->organization && *one->organization ? (char *)one->organization : NULL);
        g_ptr_array_add(details, json_dumps(named, JSON_COMPACT));
        json_decref(named);
    }
    if (!subjects->len)
        return STORE_OK;
    g_auto(Params) params = params_new();
    params_text(&params, actor);
    params_texts(&params, actions);
    params_texts(&params, subjects);
    params_texts(&params, organizations);
    params_texts(&params, details);
    params_text(&params, audit_origin());
    return admin_run(import->store, QUERY_IMPORT_AUDIT, &params, NULL, import->error);
}

static void count(const Import *import, ImportCount *counted)
{
    for (int i = 0; i < import->count; i++) {
        if (g_hash_table_contains(import->created, import->changes[i].subject))
            counted->created++;
        else if (g_hash_table_contains(import->changed, import->changes[i].subject))
            counted->changed++;
        else
            counted->same++;
    }
}

StoreResult admin_subjects_import(Store *store, const SubjectChange *changes, int changes_count, const char *actor, bool pretend,
                                  ImportCount *counted, StoreError *error)
{
    g_auto(Import) import = { .store = store, .changes = changes, .count = changes_count, .error = error };
    import.created = g_hash_table_new(g_str_hash, g_str_equal);
    import.changed = g_hash_table_new(g_str_hash, g_str_equal);
    StoreResult result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    StoreResult (*const steps[])(Import *) = { meet, lock, change, move, touch };
    for (size_t i = 0; result == STORE_OK && i < G_N_ELEMENTS(steps); i++)
        result = steps[i](&import);
    if (result == STORE_OK)
        result = audit(&import, actor);
    bool undo = result == STORE_OK && pretend;
    result = admin_end(store, undo ? STORE_CONFLICT : result, error); /* anything but OK rolls back */
    if (undo)
        result = STORE_OK;
    if (result == STORE_OK)
        count(&import, counted);
    return result;
}
