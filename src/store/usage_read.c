/* Where somebody stands, and what a consume would be answered: one read-only snapshot, nothing locked.
 *
 * One statement reads all that most need (usage_rows.h), for one or for all who ask at the same time (usage_later.c). Who has
 * overrides or grants is read once more, with them, in a transaction. */
#include "store/ledger_job.h"
#include "say/say.h"
#include "store/usage_rows.h"

/* Everything about one subject in one snapshot. */
typedef struct {
    Policy *policy, *coming; /* coming: NULL where nothing is to come */
    SubjectState *state;
    SharedSet *shared;
    CounterBook book;
    bool known;
} Snapshot;

static void snapshot_free(gpointer data)
{
    Snapshot *snapshot = data;
    if (!snapshot)
        return;
    counter_book_clear(&snapshot->book);
    subject_state_free(snapshot->state);
    shared_set_free(snapshot->shared);
    policy_unref(snapshot->policy);
    policy_unref(snapshot->coming);
    g_free(snapshot);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_free)

static DbResult read_shared(Db *db, Snapshot *snapshot, int feature)
{
    shared_set_want_for(snapshot->shared, snapshot->state, feature);
    g_autoptr(GPtrArray) all = shared_set_sorted(snapshot->shared);
    if (!all->len)
        return DB_OK;
    g_auto(Params) params = params_new();
    shared_params(&params, all, NULL);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(db, QUERY_SHARED_READ, &params, &rows);
    if (result == DB_OK)
        shared_set_read(snapshot->shared, rows);
    return result;
}

static DbResult read_rows(Db *db, Snapshot *snapshot)
{
    g_auto(Params) params = params_new();
    g_autoptr(GArray) account = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) id = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(account, snapshot->state->account_id);
    g_array_append_val(id, snapshot->state->id);
    params_numbers(&params, account);
    params_numbers(&params, id);
    g_autoptr(PGresult) overrides = NULL;
    g_autoptr(PGresult) grants = NULL;
    db_queue(db, QUERY_OVERRIDES_OF, &params, &overrides);
    db_queue(db, QUERY_GRANTS_OF, &params, &grants);
    DbResult result = db_sync(db);
    if (result == DB_OK)
        subject_state_rows(snapshot->state, snapshot->policy, overrides, grants);
    return result;
}

/* One reading, and what it found besides. */
typedef struct {
    int64_t until_us; /* monotonic: then an answer is to be there */
    bool again;  /* another policy is in force: look to it and read anew */
    bool due;    /* an expired reservation still holds something: the same */
    bool more;   /* there are overrides or grants, which were not read */
} Reading;

static bool is_other_policy(Store *store, const Snapshot *snapshot, int64_t version)
{
    return version != snapshot->policy->version && !store_policy_refused(store, version);
}

static bool snapshot_subject(Snapshot *snapshot, const char *key, const PGresult *rows, int row, bool known, Instant now)
{
    snapshot->known = known;
    snapshot->state = known ? subject_state_new(rows, row) : subject_state_unmet(key, snapshot->policy, now);
    return snapshot->state != NULL;
}

/* The subject and its shared counters by rows of usage_read, unless they are to be read in another way. */
static DbResult take_rows(Store *store, const char *key, Snapshot *snapshot, Reading *reading, const PGresult *rows, int first,
                          int count, StoreError *error)
{
    Instant now = result_number(rows, first, USAGE_NOW);
    reading->due = result_bool(rows, first, USAGE_DUE);
    reading->more = result_bool(rows, first, USAGE_HAS_MORE);
    reading->again = !result_null(rows, first, USAGE_POLICY) &&
                     is_other_policy(store, snapshot, result_number(rows, first, USAGE_POLICY));
    if (reading->more || reading->again)
        return DB_OK;
    if (!snapshot_subject(snapshot, key, rows, first, !result_null(rows, first, 0), now)) {
        store_fail(error, STORE_DOWN, NULL, SAY_COUNTERS_OF, key);
        return DB_REFUSED;
    }
    subject_state_settle(snapshot->state, snapshot->policy, now);
    shared_set_want_for(snapshot->shared, snapshot->state, -1);
    for (int i = 0; i < count && !result_null(rows, first, USAGE_SHARED); i++)
        shared_set_read_row(snapshot->shared, rows, first + i, USAGE_SHARED);
    return DB_OK;
}

static DbResult read_usual(Store *store, const char *key, Snapshot *snapshot, Reading *reading, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    int first[2];
    g_ptr_array_add(keys, (char *)key);
    DbResult result = usage_rows_read(store, snapshot->policy, keys, reading->until_us, &rows, first, error);
    return result == DB_OK ? take_rows(store, key, snapshot, reading, rows, first[0], first[1] - first[0], error) : result;
}

/* In the transaction that was begun. */
static DbResult read_whole(Store *store, Db *db, const char *key, Snapshot *snapshot, Reading *reading)
{
    g_auto(Params) params = params_new();
    params_text(&params, key);
    g_autoptr(PGresult) clock = NULL;
    g_autoptr(PGresult) version = NULL;
    g_autoptr(PGresult) subject = NULL;
    g_autoptr(PGresult) any_due = NULL;
    db_queue(db, QUERY_BEGIN_READ, NULL, NULL);
    db_queue(db, QUERY_CLOCK, NULL, &clock);
    db_queue(db, QUERY_POLICY_VERSION, NULL, &version);
    db_queue(db, QUERY_RESERVATIONS_ANY_DUE, NULL, &any_due);
    db_queue(db, QUERY_SUBJECTS_READ, &params, &subject);
    DbResult result = db_sync(db);
    if (result != DB_OK)
        return result;
    Instant now = result_number(clock, 0, 0);
    store_clock_heard(store, now);
    reading->due = result_bool(any_due, 0, 0);
    reading->again = PQntuples(version) == 1 && is_other_policy(store, snapshot, result_number(version, 0, 0));
    if (!snapshot_subject(snapshot, key, subject, 0, PQntuples(subject) == 1, now))
        return DB_REFUSED;
    if (snapshot->known)
        result = read_rows(db, snapshot);
    subject_state_settle(snapshot->state, snapshot->policy, now);
    return result == DB_OK ? read_shared(db, snapshot, -1) : result;
}

static DbResult read_with_more(Store *store, const char *key, Snapshot *snapshot, Reading *reading, StoreError *error)
{
    Db *db = usage_reader_take(store, reading->until_us, error);
    DbResult result = DB_LOST;
    if (!db)
        return result;
    /* A connection that was closed while it was idle is found out here: a second attempt is made on a new one. */
    for (int attempt = 0; attempt < 2 && result == DB_LOST; attempt++) {
        g_clear_pointer(&snapshot->state, subject_state_free);
        result = read_whole(store, db, key, snapshot, reading);
    }
    if (db->connection && PQtransactionStatus(db->connection) != PQTRANS_IDLE && db_run(db, QUERY_ROLLBACK, NULL, NULL) != DB_OK)
        result = DB_LOST;
    if (result != DB_OK)
        store_down(error, db);
    store_reader_give(store, db);
    return result;
}

static DbResult policy_look(Store *store, const Reading *reading, StoreError *error)
{
    Db *db = usage_reader_take(store, reading->until_us, error);
    if (!db)
        return DB_LOST;
    DbResult result = store_policy_refresh(store, db);
    if (result != DB_OK)
        store_down(error, db);
    store_reader_give(store, db);
    return result;
}

static DbResult try_snapshot(Store *store, const char *key, Snapshot *snapshot, Reading *reading, StoreError *error)
{
    DbResult result = read_usual(store, key, snapshot, reading, error);
    if (result == DB_OK && reading->more && !reading->again)
        result = read_with_more(store, key, snapshot, reading, error);
    if (result == DB_OK && reading->again)
        result = policy_look(store, reading, error);
    return result;
}

static Snapshot *snapshot_new(Policy *policy)
{
    Snapshot *snapshot = g_new0(Snapshot, 1);
    snapshot->policy = policy_ref(policy);
    snapshot->shared = shared_set_new();
    return snapshot;
}

static StoreResult snapshot_finish(Snapshot *snapshot, StoreError *error)
{
    if (!snapshot->state->subject.plan)
        return store_fail(error, STORE_INVALID, "subject", SAY_NO_PLAN_OF_VISITORS);
    counter_book_init(&snapshot->book, snapshot->state, snapshot->shared);
    return STORE_OK;
}

static StoreResult snapshot_read(Store *store, const char *key, int64_t until_us, Snapshot **out, StoreError *error)
{
    bool swept = false;
    for (int attempt = 0; attempt < 4; attempt++) {
        g_autoptr(Policy) policy = NULL;
        StoreResult ready = store_policy(store, &policy, error);
        if (ready != STORE_OK)
            return ready;
        g_autoptr(Snapshot) snapshot = snapshot_new(policy);
        Reading reading = { .until_us = until_us };
        if (try_snapshot(store, key, snapshot, &reading, error) != DB_OK)
            return STORE_DOWN;
        if (reading.due && !swept) {
            swept = true;
            if (ledger_sweep(store, error) != STORE_OK)
                return STORE_DOWN;
            continue;
        }
        if (reading.again)
            continue;
        StoreResult result = snapshot_finish(snapshot, error);
        *out = result == STORE_OK ? g_steal_pointer(&snapshot) : NULL;
        return result;
    }
    return store_fail(error, STORE_DOWN, NULL, SAY_POLICY_FAST);
}

/* Adds what is to come for them, where something is. Whose plan ends before then is told nothing: what they will have is not known. */
static void usage_coming(Store *store, Snapshot *snapshot, int feature, UsageReport *report)
{
    const SubjectState *state = snapshot->state;
    Instant at;
    snapshot->coming = store_coming(store, snapshot->policy, &at);
    if (!snapshot->coming || (state->plan_until > state->now && state->plan_until <= at))
        return;
    Situation situation = subject_state_situation(state);
    report->coming = g_array_new(FALSE, FALSE, sizeof(ComingChange));
    report->coming_at = at;
    coming_changes(&situation, snapshot->coming,
                   subject_plan_now(snapshot->coming, state->subject.anonymous, state->plan_key, state->plan_until, state->plan_after, at),
                   at, feature, report->coming);
}

/* Takes over the snapshot, unless there is no such feature. */
static StoreResult usage_make(Store *store, Snapshot **snapshot, const UsageAsk *ask, UsageRead **read, StoreError *error)
{
    const Feature *one = ask->feature ? policy_feature((*snapshot)->policy, ask->feature) : NULL;
    if (ask->feature && !one)
        return store_fail(error, STORE_NONE, "feature", SAY_NO_FEATURE, ask->feature);
    Situation situation = subject_state_situation((*snapshot)->state);
    Book book = counter_book(&(*snapshot)->book);
    *read = g_new0(UsageRead, 1);
    (*read)->report = usage_report(&situation, &book, one ? one->index : -1, ask->with_unlisted);
    usage_coming(store, *snapshot, one ? one->index : -1, (*read)->report);
    (*read)->known = (*snapshot)->known;
    (*read)->seen = (*snapshot)->state->epoch + 1;
    (*read)->email = g_strdup((*snapshot)->state->email);
    (*read)->keep = g_steal_pointer(snapshot);
    return STORE_OK;
}

bool usage_from_rows(Store *store, Policy *policy, const UsageAsk *ask, const PGresult *rows, int first, int count, UsageRead **read,
                     StoreResult *result, StoreError *error)
{
    g_autoptr(Snapshot) snapshot = snapshot_new(policy);
    Reading reading = { .until_us = ask->until_us };
    *result = STORE_DOWN;
    if (take_rows(store, ask->subject, snapshot, &reading, rows, first, count, error) != DB_OK)
        return true;
    if (reading.due || reading.more || reading.again)
        return false;
    *result = snapshot_finish(snapshot, error);
    if (*result == STORE_OK)
        *result = usage_make(store, &snapshot, ask, read, error);
    return true;
}

StoreResult usage_read_alone(Store *store, const UsageAsk *ask, UsageRead **read, StoreError *error)
{
    g_autoptr(Snapshot) snapshot = NULL;
    StoreResult result = snapshot_read(store, ask->subject, ask->until_us, &snapshot, error);
    return result == STORE_OK ? usage_make(store, &snapshot, ask, read, error) : result;
}

StoreResult store_usage(Store *store, const char *subject, const char *feature, bool with_unlisted, UsageRead **read,
                        StoreError *error)
{
    const UsageAsk ask = { subject, feature, with_unlisted, usage_until(store) };
    return usage_read_alone(store, &ask, read, error);
}

void usage_read_free(UsageRead *read)
{
    if (!read)
        return;
    usage_report_free(read->report);
    snapshot_free(read->keep);
    g_free(read->email);
    g_free(read);
}

UsageReport *usage_read_supposed(UsageRead *read, const Supposed *supposed, Subject *subject)
{
    Snapshot *snapshot = read->keep;
    Situation situation = subject_state_situation(snapshot->state);
    Book book = counter_book(&snapshot->book);
    return usage_report_supposed(&situation, &book, supposed, -1, subject);
}

StoreResult store_check(Store *store, const char *subject, const char *feature, const char *resource, int64_t units,
                        Answer **answer, StoreError *error)
{
    g_autoptr(Snapshot) snapshot = NULL;
    StoreResult result = snapshot_read(store, subject, usage_until(store), &snapshot, error);
    if (result != STORE_OK)
        return result;
    const Feature *asked = policy_feature_for(snapshot->policy, feature, resource);
    if (!asked)
        return store_fail(error, STORE_NONE, "feature", SAY_NO_FEATURE, feature);
    Situation situation = subject_state_situation(snapshot->state);
    Book book = counter_book(&snapshot->book);
    AskItem item = { asked->index, units };
    g_autoptr(Decision) decision = decide(&situation, ASK_CHECK, &item, 1, &book);
    *answer = answer_new(&situation, decision, asked, resource, NULL);
    return STORE_OK;
}
