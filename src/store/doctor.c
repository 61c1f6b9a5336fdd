/* The doctor's round: the server first, then what is recorded (doctor_books.c). A connection of its own, since
 * some checks read everything. */
#include "store/doctor_internal.h"

#include <stdarg.h>

#define PATIENCE_MS (920 * 1000) /* a little longer than the server's own, in doctor_patience.sql */
#define SKEW_MAX_US (2 * US_PER_S)

const char *doctor_state_word(DoctorState state)
{
    static const char *const words[] = { "ok", "warning", "wrong", "skipped" };
    return words[state];
}

void doctor_say(DoctorFinding *finding, DoctorState state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_free(finding->found);
    finding->found = g_strdup_vprintf(format, arguments);
    finding->state = state;
    va_end(arguments);
}

void doctor_advise(DoctorFinding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_free(finding->advice);
    finding->advice = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void doctor_detail(DoctorFinding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(finding->details, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

bool doctor_ask(Doctor *doctor, DoctorFinding *finding, Query query, PGresult **rows)
{
    Db *db = &doctor->db;
    db_queue(db, QUERY_BEGIN_READ, NULL, NULL);
    db_queue(db, QUERY_DOCTOR_PATIENCE, NULL, NULL);
    db_queue(db, query, NULL, rows);
    db_queue(db, QUERY_COMMIT, NULL, NULL);
    DbResult result = db_sync(db);
    if (result == DB_OK)
        return true;
    doctor_say(finding, DOCTOR_WRONG, "it could not be checked: %s", db->error ? db->error : "not connected");
    doctor_advise(finding, "run it as the role that owns the database, and look into the server's log");
    db_close_connection(db);
    return false;
}

/* --- the server --- */

static void check_connection(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (db_connect(&doctor->db) != DB_OK || db_run(&doctor->db, QUERY_DOCTOR_SERVER, NULL, &rows) != DB_OK) {
        doctor_say(finding, DOCTOR_WRONG, "the database cannot be reached: %s", doctor->db.error ? doctor->db.error : "no answer");
        doctor_advise(finding, "see that PostgreSQL runs, and that DATABASE_URL names it, the role and its password");
        return;
    }
    doctor_say(finding, DOCTOR_OK, "PostgreSQL %s, database %s, as role %s", result_text(rows, 0, 0), result_text(rows, 0, 2),
               result_text(rows, 0, 1));
}

static void check_durability(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_SERVER, &rows))
        return;
    if (result_null(rows, 0, 4)) {
        doctor_say(finding, DOCTOR_OK, "what is answered is on disk before (fsync, full_page_writes, synchronous_commit)");
        return;
    }
    doctor_say(finding, DOCTOR_WARNING, "a crash of the server's host can lose uses that were allowed: %s", result_text(rows, 0, 4));
    doctor_advise(finding, "switch them on in postgresql.conf, or for the role and the database");
}

static void check_schema(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) server = NULL;
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_SERVER, &server))
        return;
    if (!result_bool(server, 0, 3)) {
        doctor_say(finding, DOCTOR_WRONG, "the schema is not there");
        doctor_advise(finding, "run: webquota migrate");
        return;
    }
    if (!result_bool(server, 0, 5)) {
        doctor_say(finding, DOCTOR_WRONG, "the role may not use the schema");
        doctor_advise(finding, "as the owner of the schema run: webquota migrate --app-role %s", result_text(server, 0, 1));
        return;
    }
    if (!doctor_ask(doctor, finding, QUERY_SCHEMA_VERSION, &rows))
        return;
    int64_t version = result_number(rows, 0, 0);
    if (version == migrations_latest()) {
        doctor_say(finding, DOCTOR_OK, "version %" PRId64, version);
        return;
    }
    doctor_say(finding, DOCTOR_WRONG, "version %" PRId64 "; this program needs %d", version, migrations_latest());
    doctor_advise(finding, version < migrations_latest() ? "run: webquota migrate" : "install the newer webquota here as well");
}

static void check_rights(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_RIGHTS, &rows))
        return;
    g_autoptr(GString) may = g_string_new(NULL);
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *role = result_text(rows, row, 0);
        if (!result_null(rows, row, 1)) {
            doctor_say(finding, DOCTOR_WRONG, "role %s may not: %s", role, result_text(rows, row, 1));
            doctor_advise(finding, "as the owner of the schema run: webquota migrate --app-role %s", role);
            return;
        }
        g_string_append_printf(may, "%s%s", row ? ", " : "", role);
    }
    bool alone = PQntuples(rows) == 1, owns = result_bool(rows, 0, 2);
    doctor_say(finding, DOCTOR_OK, "%s %s may do all that the service does%s", alone ? "role" : "roles", may->str,
               alone && owns ? "; no other was granted that" : "");
    if (alone && owns)
        doctor_advise(finding, "where the service is another role, run: webquota migrate --app-role ROLE, and then webquota doctor as that role");
}

static char *span_text(int64_t us)
{
    return g_strdup_printf("%.1f s", (double)us / (double)US_PER_S);
}

static void check_clock(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    db_queue(&doctor->db, QUERY_DOCTOR_CLOCK, NULL, NULL); /* prepared by this; the next is as quick as it can be */
    if (db_sync(&doctor->db) != DB_OK) {
        doctor_say(finding, DOCTOR_WRONG, "it could not be checked: %s", doctor->db.error ? doctor->db.error : "not connected");
        return;
    }
    int64_t before = g_get_real_time(), asked = g_get_monotonic_time();
    if (db_run(&doctor->db, QUERY_DOCTOR_CLOCK, NULL, &rows) != DB_OK) {
        doctor_say(finding, DOCTOR_WRONG, "it could not be checked: %s", doctor->db.error);
        return;
    }
    int64_t took = g_get_monotonic_time() - asked, here = before + took / 2;
    int64_t server = result_number(rows, 0, 0), ours = result_number(rows, 0, 1), skew = server - here;
    g_autofree char *by = span_text(ABS(skew));
    if (!result_bool(rows, 0, 2) || ABS(ours - server) > SKEW_MAX_US) {
        g_autofree char *off = span_text(ABS(ours - server));
        doctor_say(finding, DOCTOR_WARNING, "webquota.clock() was replaced; it is %s %s the server's clock", off,
                   ours < server ? "behind" : "ahead of");
        doctor_advise(finding, "all limits go by it; unless this is a test: create or replace function webquota.clock() returns timestamptz"
                               " language sql volatile as 'select clock_timestamp()'");
    } else if (ABS(skew) - took / 2 > SKEW_MAX_US) {
        doctor_say(finding, DOCTOR_WARNING, "the database's clock is %s %s this host's", by, skew < 0 ? "behind" : "ahead of");
        doctor_advise(finding, "limits go by the database's clock; let both hosts follow a time server (chrony, systemd-timesyncd)");
    } else {
        doctor_say(finding, DOCTOR_OK, "the database's clock and this host's are within %s", by);
    }
}

/* A month without a partition, the present one or the next; `begun`: some of it is recorded already. */
static void lacks_partition(DoctorFinding *finding, const char *month, bool present, bool begun, bool much)
{
    doctor_say(finding, DOCTOR_WARNING, present ? "decisions of %s have no partition; they go to decisions_rest"
                                                : "decisions of %s, the next month, will have no partition", month);
    if (begun)
        doctor_advise(finding, "some of %s are in decisions_rest already, so that no partition can be made for it any more; all are found there,"
                               " which takes longer. The months after it can have theirs: webquota.fcgi makes them%s", month,
                      much ? " where decisions_rest is small, else webquota migrate" : ", and so does webquota migrate");
    else if (much)
        doctor_advise(finding, "so much is in decisions_rest that webquota.fcgi leaves this to you; while few wait for decisions, as they do while"
                               " decisions_rest is looked through, run: webquota migrate");
    else
        doctor_advise(finding, "webquota.fcgi makes it, once a day; its log says why it could not. Or run: webquota migrate");
}

static void check_partitions(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_PARTITIONS, &rows))
        return;
    const char *now = result_text(rows, 0, 0), *next = result_text(rows, 0, 2), *rest = result_text(rows, 0, 4);
    bool much = result_bool(rows, 0, 7);
    if (!result_bool(rows, 0, 1)) {
        lacks_partition(finding, now, true, result_bool(rows, 0, 5), much);
    } else if (!result_bool(rows, 0, 3)) {
        lacks_partition(finding, next, false, result_bool(rows, 0, 6), much);
    } else {
        doctor_say(finding, DOCTOR_OK, "decisions of %s and of %s have a partition%s%s%s", now, next, rest ? "; those of " : "", rest ? rest : "",
                   rest ? " are in decisions_rest" : "");
    }
}

/* --- the policy --- */

static void check_policy_text(Doctor *doctor, DoctorFinding *finding, const PGresult *rows)
{
    int version = (int)result_number(rows, 0, 0);
    g_autofree char *name = g_strdup_printf("version %d", version), *why = NULL;
    g_autoptr(PGresult) registry = NULL;
    g_autoptr(Policy) policy = doctor->store->config.read_policy(result_text(rows, 0, 1), name, &why);
    if (!policy) {
        doctor_say(finding, DOCTOR_WRONG, "version %d cannot be read: %s", version, why ? why : "no reason given");
        doctor_advise(finding, "put it right in a file (webquota policy export), and run: webquota policy apply FILE --reason TEXT");
        return;
    }
    if (!doctor_ask(doctor, finding, QUERY_LIMITS_REGISTRY, &registry))
        return;
    if (!policy_slots_fill(policy, registry)) {
        doctor_say(finding, DOCTOR_WRONG, "version %d has limits without a number in webquota.limits", version);
        doctor_advise(finding, "run: webquota policy apply FILE --reason TEXT, with a file that differs in a comment");
        return;
    }
    doctor_say(finding, DOCTOR_OK, "version %d is in force: %d features, %d plans, %d routes", version, policy->feature_count,
               policy->plan_count, policy->route_count);
    doctor->policy = g_steal_pointer(&policy);
}

static void check_policy(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_POLICY_ACTIVE, &rows))
        return;
    if (PQntuples(rows)) {
        check_policy_text(doctor, finding, rows);
        return;
    }
    doctor_say(finding, DOCTOR_WRONG, "no policy has been applied");
    doctor_advise(finding, "run: webquota policy apply FILE --reason TEXT");
}

/* --- the round --- */

static const struct {
    const char *check;
    void (*run)(Doctor *doctor, DoctorFinding *finding);
    bool vital;    /* without it there is nothing else to look at */
} checks[] = {
    { "connection", check_connection, true },
    { "schema", check_schema, true },
    { "permissions", check_rights, false },
    { "durability", check_durability, false },
    { "clock", check_clock, false },
    { "policy", check_policy, false },
    { "plans", doctor_check_plans, false },
    { "partitions", check_partitions, false },
    { "subjects", doctor_check_subjects, false },
    { "counters", doctor_check_counters, false },
    { "reservations", doctor_check_reservations, false },
    { "tickets", doctor_check_tickets, false },
    { "callbacks", doctor_check_deliveries, false },
    { "history", doctor_check_history, false },
    { "idempotency", doctor_check_idempotency, false },
};

static void finding_free(gpointer data)
{
    DoctorFinding *finding = data;
    g_free(finding->found);
    g_free(finding->advice);
    g_ptr_array_unref(finding->details);
    g_free(finding);
}

StoreResult doctor_run(Store *store, void (*told)(const DoctorFinding *finding, void *data), void *data, GPtrArray **findings)
{
    Doctor doctor = { .store = store };
    db_init(&doctor.db, store->database, store->config.prepared, false);
    doctor.db.patience_ms = PATIENCE_MS;
    *findings = g_ptr_array_new_with_free_func(finding_free);
    bool able = true;
    StoreResult result = STORE_OK;
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
        DoctorFinding *finding = g_new0(DoctorFinding, 1);
        finding->check = checks[i].check;
        finding->details = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(*findings, finding);
        if (able)
            checks[i].run(&doctor, finding);
        else
            doctor_say(finding, DOCTOR_SKIPPED, "not checked, because of the above");
        if (checks[i].vital && finding->state == DOCTOR_WRONG)
            able = false;
        if (i == 0 && !able)
            result = STORE_DOWN;
        if (told)
            told(finding, data);
    }
    policy_unref(doctor.policy);
    db_close(&doctor.db);
    return result;
}
