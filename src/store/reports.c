/* Reports, and what recommendations are made from: some statements in one snapshot, each of a few rows of sums that are kept for it, or of
 * the first of an index. */
#include "store/reports.h"

#include "base/civil.h"
#include "say/say.h"
#include "store/ledger_own.h"
#include "store/store_internal.h"

typedef enum { TEXT, NUMBER, FLAG, TIME } ColumnKind;

/* A member of each row, in the order of the statement's columns; NULL ends them. */
typedef struct {
    const char *name;
    ColumnKind kind;
} Column;

enum { DAYS, UNITS, USE, PLANS, SPREAD, PEOPLE, ORGANIZATIONS, QUEUES, REQUESTS, REACHED, STOPPED, PAYING, LISTS };

/* What a list is for. */
typedef enum { FOR_REPORTS, FOR_BOTH, FOR_RECOMMENDING } Use;

#define SUMS {"allowed", NUMBER}, {"refused", NUMBER}, {"stopped", NUMBER}
#define ASKED {"plan", TEXT}, {"requests", NUMBER}, {"refused", NUMBER}

static const struct {
    const char *name;
    Query query;
    Column columns[12];
    Use use;
    const char *also[3]; /* the reports that are made from it besides the one of its name; NULL ends them */
} lists[LISTS] = {
    [DAYS] = {"days", QUERY_REPORT_DAYS, {{"day", TEXT}, SUMS, {"active", NUMBER}, {"hit", NUMBER}}, FOR_REPORTS, {"summary"}},
    [UNITS] = {"units", QUERY_REPORT_UNITS, {{"day", TEXT}, {"feature", TEXT}, {"units", NUMBER}}, FOR_REPORTS, {"days"}},
    [USE] = {"use", QUERY_REPORT_USE, {{"feature", TEXT}, {"plan", TEXT}, SUMS, {"units", NUMBER}}, FOR_BOTH, {"plans", "summary"}},
    [PLANS] = {"plans", QUERY_REPORT_PLANS, {{"plan", TEXT}, {"active", NUMBER}, {"stopped", NUMBER}, {"active_today", NUMBER},
                                             {"stopped_today", NUMBER}}, FOR_BOTH, {"summary"}},
    [SPREAD] = {"spread", QUERY_REPORT_SPREAD, {{"feature", TEXT}, {"limit", TEXT}, {"to_20", NUMBER}, {"to_50", NUMBER},
                                                {"to_80", NUMBER}, {"above_80", NUMBER}}},
    [PEOPLE] = {"people", QUERY_REPORT_TOP, {{"subject", TEXT}, {"organization", TEXT}, ASKED}},
    [ORGANIZATIONS] = {"organizations", QUERY_REPORT_TOP, {{NULL, TEXT}, {"organization", TEXT}, {NULL, TEXT}, {"requests", NUMBER},
                                                           {"refused", NUMBER}}},
    [QUEUES] = {"queues", QUERY_REPORT_QUEUES, {{"feature", TEXT}, {"limit", TEXT}, {"state", TEXT}, {"waiting", NUMBER},
                                                {"longest_wait_s", NUMBER}, {"let_in", NUMBER}, {"median_wait_s", NUMBER},
                                                {"promised", NUMBER}, {"kept", NUMBER}}},
    [REQUESTS] = {"requests", QUERY_REPORT_REQUESTS, {{"kind", TEXT}, {"asked", NUMBER}, {"after_refusal", NUMBER}, {"granted", NUMBER},
                                                      {"denied", NUMBER}, {"pending", NUMBER}}},
    [REACHED] = {"reached", QUERY_REPORT_REACHED, {{"slot", NUMBER}, {"plan", TEXT}, {"people", NUMBER}}, FOR_RECOMMENDING},
    [STOPPED] = {"stopped", QUERY_REPORT_STOPPED, {{"subject", TEXT}, {"plan", TEXT}, {"feature", TEXT}, {"refused", NUMBER},
                                                   {"stopped_days", NUMBER}}, FOR_RECOMMENDING},
    [PAYING] = {"paying", QUERY_REPORT_PAYING, {{"subject", TEXT}, {"plan", TEXT}, {"feature", TEXT}, {"units", NUMBER}, {"most", NUMBER},
                                                {"refused", NUMBER}}, FOR_RECOMMENDING},
};

/* Of report_near.sql, behind its two counts. */
static const Column near_columns[] = {{"subject", TEXT}, {"organization", TEXT}, {"feature", TEXT}, {"limit", TEXT}, {"used", NUMBER},
                                      {"amount", NUMBER}, {"percent", NUMBER}, {"until", TIME}, {NULL, TEXT}};

static json_t *cell(const PGresult *rows, int row, int column, ColumnKind kind)
{
    if (result_null(rows, row, column))
        return json_null();
    int64_t number = kind == TEXT ? 0 : result_number(rows, row, column);
    if (kind == TIME && (number == INSTANT_MAX || number == INSTANT_MIN))
        return json_null();
    if (kind == TIME) {
        g_autofree char *text = instant_text(number);
        return json_string(text);
    }
    return kind == TEXT ? json_string(result_text(rows, row, column))
         : kind == FLAG ? json_boolean(result_bool(rows, row, column)) : json_integer((json_int_t)number);
}

/* `columns` from the statement's column `first` on; those without a name are left out. */
static json_t *list_of(const PGresult *rows, const Column *columns, int first)
{
    json_t *list = json_array();
    for (int row = 0; row < PQntuples(rows); row++) {
        json_t *object = json_object();
        for (int i = first; i < PQnfields(rows); i++)
            if (columns[i - first].name)
                json_object_set_new(object, columns[i - first].name, cell(rows, row, i, columns[i - first].kind));
        json_array_append_new(list, object);
    }
    return list;
}

static void date_put(json_t *object, const char *name, int64_t day)
{
    CivilDate date = civil_date(day);
    g_autofree char *text = g_strdup_printf("%04" PRId64 "-%02d-%02d", date.year, date.month, date.day);
    json_object_set_new(object, name, json_string(text));
}

typedef struct {
    Store *store;
    const ReportAsk *ask;
    json_t *reports;
    int64_t today;
    char *zone;
} Reading;

static json_t *about_of(const Reading *reading, const PGresult *about)
{
    const ReportAsk *ask = reading->ask;
    json_t *object = json_pack("{s:i}", "days", ask->days);
    date_put(object, "from", reading->today - ask->days + 1);
    date_put(object, "to", reading->today);
    json_object_set_new(object, "timezone", json_string(reading->zone));
    json_object_set_new(object, "as_of", cell(about, 0, 2, TIME));
    json_object_set_new(object, "counted_to", cell(about, 0, 3, TIME));
    json_object_set_new(object, "uncounted_since", cell(about, 0, 5, TIME));
    json_object_set_new(object, "replica", json_boolean(reading->store->reports_apart));
    json_object_set_new(object, "lag_s", cell(about, 0, 4, NUMBER));
    json_object_set_new(object, "near_pct", json_integer(ask->near_pct));
    return object;
}

static DbResult read_about(Reading *reading, Db *db)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) about = NULL;
    store_zone_param(reading->store, &params);
    db_queue(db, QUERY_BEGIN_READ, NULL, NULL);
    db_queue(db, QUERY_REPORT_ABOUT, &params, &about);
    DbResult result = db_sync(db);
    if (result != DB_OK || PQntuples(about) != 1)
        return result == DB_OK ? DB_REFUSED : result;
    reading->today = result_number(about, 0, 0);
    reading->zone = g_strdup(result_text(about, 0, 1));
    json_object_set_new(reading->reports, "about", about_of(reading, about));
    return DB_OK;
}

static Params params_of(const Reading *reading, int list)
{
    Params params = params_new();
    if (list != QUEUES)
        params_number(&params, reading->today);
    bool top = list == PEOPLE || list == ORGANIZATIONS;
    if (top && reading->ask->days > 1) {
        params_number(&params, REPORT_TOP);
        params_number(&params, reading->ask->days);
        params_number(&params, REPORT_TOP_LOOKED_AT);
    } else if (top) {
        params_bool(&params, list == ORGANIZATIONS);
        params_number(&params, REPORT_TOP);
    } else {
        params_number(&params, reading->ask->days);
    }
    if (list == REQUESTS)
        params_text(&params, reading->zone);
    if (list == STOPPED || list == PAYING)
        params_number(&params, REPORT_LOOKED_AT);
    if (list == PAYING)
        params_texts(&params, reading->ask->paid_plans);
    return params;
}

/* `rows` may be NULL: it was not asked for. */
static void put_near(json_t *reports, const PGresult *rows)
{
    json_t *about = json_object_get(reports, "about");
    if (!rows) {
        json_object_set_new(about, "near_people", json_null());
        json_object_set_new(about, "near_more", json_null());
        return;
    }
    json_object_set_new(about, "near_people", cell(rows, 0, 0, NUMBER));
    json_object_set_new(about, "near_more", cell(rows, 0, 1, FLAG));
    bool none = result_null(rows, 0, 2);
    json_object_set_new(reports, "near", none ? json_array() : list_of(rows, near_columns, 2));
}

/* Is the report asked for, `name` or one of `also` (NULL: no other)? */
static bool is_asked(const ReportAsk *ask, const char *name, const char *const *also)
{
    return !ask->only || strcmp(ask->only, name) == 0 || (also && g_strv_contains(also, ask->only));
}

static bool is_wanted(const Reading *reading, int list)
{
    return (lists[list].use == FOR_BOTH || (lists[list].use == FOR_RECOMMENDING) == (reading->ask->paid_plans != NULL)) &&
           is_asked(reading->ask, lists[list].name, lists[list].also);
}

/* Of one day, the sums are at hand. */
static Query query_of(const Reading *reading, int list)
{
    if (lists[list].query != QUERY_REPORT_TOP || reading->ask->days == 1)
        return lists[list].query;
    return list == PEOPLE ? QUERY_REPORT_TOP_PEOPLE : QUERY_REPORT_TOP_ORGANIZATIONS;
}

/* Those near a limit; *near stays NULL where nobody asks for them. */
static void queue_near(const ReportAsk *ask, Db *db, PGresult **near)
{
    g_auto(Params) params = params_new();
    if (ask->paid_plans || !is_asked(ask, "near", NULL))
        return;
    params_number(&params, ask->near_pct);
    params_number(&params, ask->only ? REPORT_NEAR_ROWS : REPORT_TOP);
    params_number(&params, REPORT_NEAR_MOST);
    db_queue(db, QUERY_REPORT_NEAR, &params, near);
}

static DbResult read_lists(Reading *reading, Db *db)
{
    PGresult *rows[LISTS] = {0};
    Params params[LISTS] = {0};
    g_autoptr(PGresult) near = NULL;
    for (int i = 0; i < LISTS; i++)
        if (is_wanted(reading, i)) {
            params[i] = params_of(reading, i);
            db_queue(db, query_of(reading, i), &params[i], &rows[i]);
        }
    queue_near(reading->ask, db, &near);
    db_queue(db, QUERY_COMMIT, NULL, NULL);
    DbResult result = db_sync(db);
    for (int i = 0; i < LISTS; i++) {
        if (result == DB_OK && rows[i])
            json_object_set_new(reading->reports, lists[i].name, list_of(rows[i], lists[i].columns, 0));
        PQclear(rows[i]);
        params_clear(&params[i]);
    }
    if (result == DB_OK)
        put_near(reading->reports, near);
    return result;
}

static DbResult read_all(Store *store, const ReportAsk *ask, Db *db, json_t **reports)
{
    Reading reading = {.store = store, .ask = ask, .reports = json_object()};
    DbResult result = read_about(&reading, db);
    if (result == DB_OK)
        result = read_lists(&reading, db);
    if (result != DB_OK)
        db_close_connection(db); /* and with it, the transaction */
    g_free(reading.zone);
    if (result == DB_OK)
        *reports = reading.reports;
    else
        json_decref(reading.reports);
    return result;
}

/* One at a time reads; the others wait as long as for any page. */
static bool take_turn(Store *store)
{
    struct timespec until = ledger_in_us(store->config.listen ? store_read_us(store) : 3600 * US_PER_S);
    int waited = 0;
    pthread_mutex_lock(&store->reports_lock);
    while (store->reports_read && waited == 0)
        waited = pthread_cond_timedwait(&store->reports_free, &store->reports_lock, &until);
    bool mine = !store->reports_read;
    store->reports_read = true;
    pthread_mutex_unlock(&store->reports_lock);
    return mine;
}

static void end_turn(Store *store)
{
    pthread_mutex_lock(&store->reports_lock);
    store->reports_read = false;
    pthread_cond_signal(&store->reports_free);
    pthread_mutex_unlock(&store->reports_lock);
}

StoreResult reports_read(Store *store, const ReportAsk *ask, json_t **reports, StoreError *error)
{
    if (!take_turn(store))
        return store_fail(error, STORE_DOWN, NULL, SAY_REPORTS_BUSY);
    DbResult read = read_all(store, ask, &store->reports, reports);
    if (read == DB_LOST)
        read = read_all(store, ask, &store->reports, reports);
    StoreResult result = read == DB_OK ? STORE_OK : store_down(error, &store->reports);
    end_turn(store);
    return result;
}
