/* Lines as administrators look after them: how they stand, stopping them, who waits, and moving somebody. */
#include "store/queue.h"

#include "say/say.h"
#include "store/admin_internal.h"
#include "store/ledger_job.h"

/* --- stopping lines --- */

/* The state before goes into `old`, by limit. */
static StoreResult write_state(Store *store, const char *feature, const char *limit, const char *state, const char *reason,
                               const char *actor, json_t *old, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, feature);
    params_text(&params, limit);
    params_text(&params, state);
    params_text(&params, reason);
    params_text(&params, actor);
    StoreResult result = admin_run(store, QUERY_QUEUE_SET, &params, &rows, error);
    if (result == STORE_OK)
        json_object_set_new(old, limit, json_string(result_text(rows, 0, 0)));
    return result;
}

/* The keys of the limits meant, each once. */
static GPtrArray *queueing_limits(const Policy *policy, const char *feature, const char *limit)
{
    GPtrArray *keys = g_ptr_array_new();
    const Feature *found = policy_feature(policy, feature);
    for (int p = 0; found && p < policy->plan_count; p++)
        for (int i = 0; i < policy->plans[p].limit_count; i++) {
            const Limit *one = &policy->plans[p].limits[i];
            if (one->on_exceed == EXCEED_QUEUE && one->feature == found->index && (!limit || strcmp(one->key, limit) == 0) &&
                !g_ptr_array_find_with_equal_func(keys, one->key, g_str_equal, NULL))
                g_ptr_array_add(keys, one->key);
        }
    return keys;
}

StoreResult queue_set(Store *store, const char *feature, const char *limit, const char *state, const char *reason,
                      const char *actor, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    g_autoptr(GPtrArray) keys = queueing_limits(policy, feature, limit);
    if (!keys->len)
        return store_fail(error, STORE_NONE, limit ? "limit" : "feature", SAY_NO_QUEUE, feature);
    result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    json_t *old = json_object();
    for (guint i = 0; result == STORE_OK && i < keys->len; i++)
        result = write_state(store, feature, keys->pdata[i], state, reason, actor, old, error);
    if (result == STORE_OK)
        result = admin_audit(store, actor, "queue.set", NULL, NULL,
                             json_pack("{s:s, s:s*, s:s, s:s*, s:O}", "feature", feature, "limit", limit, "state", state, "reason", reason,
                                       "old", old),
                             error);
    json_decref(old);
    return admin_end(store, result, error);
}

/* --- the report --- */

static void report_free(gpointer data)
{
    QueueReport *line = data;
    char *texts[] = { line->feature, line->limit, line->state, line->reason, line->author };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(line);
}

/* NULL: none. */
static char *text_at(const PGresult *rows, int row, int column)
{
    return result_null(rows, row, column) ? NULL : g_strdup(result_text(rows, row, column));
}

/* Of a row of queues_now. */
static QueueReport *line_now(const PGresult *rows, int row)
{
    QueueReport *line = g_new(QueueReport, 1);
    *line = (QueueReport){
        .feature = g_strdup(result_text(rows, row, 0)),
        .limit = g_strdup(result_text(rows, row, 1)),
        .state = g_strdup(result_text(rows, row, 2)),
        .waiting = result_number(rows, row, 3),
        .admitted = result_number(rows, row, 4),
        .oldest_s = result_null(rows, row, 5) ? 0 : result_number(rows, row, 5),
        .reason = text_at(rows, row, 6),
        .author = text_at(rows, row, 7),
        .changed_at = result_null(rows, row, 8) ? INSTANT_MAX : result_number(rows, row, 8),
    };
    return line;
}

/* An open line in which nobody waits. */
static QueueReport *line_new(const char *feature, const char *limit)
{
    QueueReport *line = g_new(QueueReport, 1);
    *line = (QueueReport){ .feature = g_strdup(feature), .limit = g_strdup(limit), .state = g_strdup("open"), .changed_at = INSTANT_MAX };
    return line;
}

/* Of a row of queues_report. */
static void set_past(QueueReport *line, const PGresult *rows, int row)
{
    int64_t *const figures[] = { &line->used, &line->lost, &line->lapsed, &line->median_wait_s, &line->promised, &line->kept, &line->early,
                                 &line->late, &line->error_median_s, &line->error_most_s, &line->let_in_hour, &line->let_in_day,
                                 &line->sending, &line->undelivered };
    line->waited_in = true;
    for (int i = 0; i < (int)G_N_ELEMENTS(figures); i++)
        *figures[i] = result_null(rows, row, i + 2) ? 0 : result_number(rows, row, i + 2);
}

static gint compare_lines(gconstpointer a, gconstpointer b)
{
    const QueueReport *one = *(QueueReport *const *)a, *other = *(QueueReport *const *)b;
    int order = strcmp(one->feature, other->feature);
    return order ? order : strcmp(one->limit, other->limit);
}

static QueueReport *line_of(const GPtrArray *lines, const char *feature, const char *limit)
{
    for (guint i = 0; i < lines->len; i++) {
        QueueReport *line = lines->pdata[i];
        if (strcmp(line->feature, feature) == 0 && strcmp(line->limit, limit) == 0)
            return line;
    }
    return NULL;
}

/* Those that the policy has, waited in or not: they can be stopped. */
static void add_of_policy(GPtrArray *lines, const Policy *policy)
{
    for (int f = 0; f < policy->feature_count; f++) {
        const char *feature = policy->features[f].key;
        g_autoptr(GPtrArray) keys = queueing_limits(policy, feature, NULL);
        for (guint i = 0; i < keys->len; i++) {
            QueueReport *line = line_of(lines, feature, keys->pdata[i]);
            if (!line)
                g_ptr_array_add(lines, line = line_new(feature, keys->pdata[i]));
            line->in_policy = true;
        }
    }
}

static void add_past(GPtrArray *lines, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        QueueReport *line = line_of(lines, result_text(rows, row, 0), result_text(rows, row, 1));
        if (!line)
            g_ptr_array_add(lines, line = line_new(result_text(rows, row, 0), result_text(rows, row, 1)));
        set_past(line, rows, row);
    }
    for (guint i = 0; i < lines->len; i++)
        ((QueueReport *)lines->pdata[i])->has_past = true;
}

/* One that was stopped once, and is nothing to anybody any more. */
static bool is_over(const QueueReport *line)
{
    return !line->in_policy && !line->waited_in && !line->waiting && !line->admitted && strcmp(line->state, "open") == 0;
}

static void remove_those_over(GPtrArray *lines)
{
    for (guint i = lines->len; i-- > 0;)
        if (is_over(lines->pdata[i]))
            g_ptr_array_remove_index(lines, i);
}

#define PAST_MS 4500
#define PAST_LEAST_MS 50
#define PAST_SPARE_MS 150 /* of what the whole may take, for whatever else there is to do */

/* What has been may be much. Where it cannot be added up in the time that is left, the lines are told of without it: NULL. */
static PGresult *read_past(Db *db)
{
    PGresult *rows = NULL;
    g_auto(Params) params = params_new();
    int64_t left_ms = db->deadline_us ? (db->deadline_us - g_get_monotonic_time()) / 1000 - PAST_SPARE_MS : PAST_MS;
    g_autofree char *text = g_strdup_printf("%" PRId64, CLAMP(left_ms, PAST_LEAST_MS, PAST_MS));
    params_text(&params, text);
    db_queue(db, QUERY_QUEUES_PATIENCE, &params, NULL);
    db_queue(db, QUERY_QUEUES_REPORT, NULL, &rows);
    return db_sync(db) == DB_OK ? rows : NULL;
}

static StoreResult read_lines(Store *store, PGresult **now, PGresult **past, StoreError *error)
{
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_QUEUES_NOW, NULL, now);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    if (outcome == STORE_OK)
        *past = read_past(db);
    store_reader_give(store, db);
    return outcome;
}

StoreResult queue_report(Store *store, GPtrArray **lines, StoreError *error)
{
    g_autoptr(PGresult) now = NULL;
    g_autoptr(PGresult) past = NULL;
    g_autoptr(Policy) policy = NULL;
    StoreResult outcome = store_policy(store, &policy, error);
    if (outcome == STORE_OK)
        outcome = read_lines(store, &now, &past, error);
    if (outcome != STORE_OK)
        return outcome;
    *lines = g_ptr_array_new_with_free_func(report_free);
    for (int row = 0; row < PQntuples(now); row++)
        g_ptr_array_add(*lines, line_now(now, row));
    add_of_policy(*lines, policy);
    if (past)
        add_past(*lines, past);
    remove_those_over(*lines);
    g_ptr_array_sort(*lines, compare_lines);
    return STORE_OK;
}

int64_t queue_report_kept_pct(const QueueReport *line)
{
    return line->promised > 0 ? line->kept * 100 / line->promised : 0;
}

static json_t *promises_json(const QueueReport *line)
{
    if (!line->promised)
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "told", (json_int_t)line->promised, "kept", (json_int_t)line->kept,
                     "kept_percent", (json_int_t)queue_report_kept_pct(line), "early", (json_int_t)line->early, "late",
                     (json_int_t)line->late, "error_median_s", (json_int_t)line->error_median_s, "error_p90_s",
                     (json_int_t)line->error_most_s);
}

/* What is known of the past only; all null where that is not known. */
static json_t *past_json(const QueueReport *line)
{
    const struct {
        const char *name;
        int64_t value;
    } figures[] = {
        { "used", line->used }, { "lost", line->lost }, { "lapsed", line->lapsed }, { "median_wait_s", line->median_wait_s },
        { "sending", line->sending }, { "undelivered", line->undelivered }, { "let_in_hour", line->let_in_hour },
        { "let_in_day", line->let_in_day },
    };
    json_t *json = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++)
        json_object_set_new(json, figures[i].name, line->has_past ? json_integer(figures[i].value) : json_null());
    json_object_set_new(json, "promises", promises_json(line));
    return json;
}

json_t *queue_report_json(const QueueReport *line)
{
    g_autofree char *changed = line->changed_at == INSTANT_MAX ? NULL : instant_text(line->changed_at);
    json_t *json = json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:o, s:s?, s:s?, s:s?}", "feature", line->feature, "limit", line->limit, "state",
                             line->state, "in_policy", line->in_policy, "waiting", (json_int_t)line->waiting, "admitted",
                             (json_int_t)line->admitted, "oldest_wait_s", line->waiting ? json_integer(line->oldest_s) : json_null(),
                             "reason", line->reason, "author", line->author, "changed_at", changed);
    json_object_update_new(json, past_json(line));
    return json;
}

/* --- who waits --- */

static json_t *time_json(const PGresult *rows, int row, int column)
{
    g_autofree char *text = result_null(rows, row, column) ? NULL : instant_text(result_number(rows, row, column));
    return text ? json_string(text) : json_null();
}

/* A row of tickets_in_line. */
static json_t *waiting_json(const PGresult *rows, int row)
{
    const DecisionKey key = { result_number(rows, row, 0), result_number(rows, row, 1), result_number(rows, row, 2),
                              result_number(rows, row, 3) };
    g_autofree char *id = public_id_ticket(&key), *resource = text_at(rows, row, 6), *limit = text_at(rows, row, 12),
                    *feature = text_at(rows, row, 14);
    return json_pack("{s:s, s:s, s:{s:s?, s:s?}, s:s, s:s?, s:I, s:s, s:o, s:o, s:o, s:o, s:b}", "ticket", id, "subject", result_text(rows, row, 4),
                     "queue", "feature", feature, "limit", limit, "feature", result_text(rows, row, 5), "resource", resource, "units",
                     (json_int_t)result_number(rows, row, 7), "state", result_text(rows, row, 8), "number",
                     result_null(rows, row, 9) ? json_null() : json_integer(result_number(rows, row, 9)), "joined_at",
                     time_json(rows, row, 2), "seen_at", time_json(rows, row, 10), "claim_until", time_json(rows, row, 11), "moved",
                     result_bool(rows, row, 13));
}

static StoreResult read_waiting(Store *store, Query query, const Params *params, json_t **list, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, query, params, &rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    *list = outcome == STORE_OK ? json_array() : NULL;
    for (int row = 0; *list && row < PQntuples(rows); row++)
        json_array_append_new(*list, waiting_json(rows, row));
    return outcome;
}

StoreResult queue_line(Store *store, const char *feature, const char *limit, const char *after, int most, json_t **list, bool *more,
                       StoreError *error)
{
    DecisionKey key = { 0 };
    g_auto(Params) params = params_new();
    if (after && !public_id_read(after, TICKET_PREFIX, &key))
        return store_fail(error, STORE_INVALID, "after", SAY_AFTER_TICKET);
    params_text(&params, feature);
    params_text(&params, limit);
    params_number(&params, key.account_id);
    params_number(&params, key.subject_id);
    params_instant(&params, key.at);
    params_number(&params, key.id);
    params_number(&params, most + 1);
    StoreResult result = read_waiting(store, QUERY_TICKETS_IN_LINE, &params, list, error);
    *more = result == STORE_OK && json_array_size(*list) > (size_t)most;
    if (*more)
        json_array_remove(*list, (size_t)most);
    return result;
}

StoreResult queue_of_subject(Store *store, const char *subject, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, subject);
    return read_waiting(store, QUERY_TICKETS_OF_SUBJECT, &params, list, error);
}

/* --- moving --- */

static StoreResult move(Store *store, Query query, const char *id, const DecisionKey *key, const char *reason, const char *actor,
                        StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    bool ahead = query == QUERY_TICKET_AHEAD;
    params_number(&params, key->account_id);
    params_number(&params, key->subject_id);
    params_instant(&params, key->at);
    params_number(&params, key->id);
    StoreResult result = admin_run(store, query, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, NULL, ahead ? SAY_TICKET_FIRST : SAY_TICKET_NOT_UP);
    if (result != STORE_OK)
        return result;
    g_autofree char *organization = text_at(rows, 0, 1), *limit = text_at(rows, 0, 3);
    json_int_t number = result_number(rows, 0, 4) + 1;
    json_t *details = json_pack("{s:s, s:s, s:s?, s:I, s:s?}", "ticket", id, "feature", result_text(rows, 0, 2), "limit", limit, "number",
                                ahead ? 1 : number, "reason", reason);
    if (ahead)
        json_object_set_new(details, "old", json_pack("{s:I}", "number", number));
    return admin_audit(store, actor, ahead ? "ticket.move-up" : "ticket.move-back", result_text(rows, 0, 0), organization, details, error);
}

StoreResult queue_move(Store *store, const char *id, bool up, const char *reason, const char *actor, StoreError *error)
{
    DecisionKey key;
    g_autoptr(TicketRead) read = NULL;
    StoreResult result = queue_ticket(store, id, false, &read, error);
    if (result != STORE_OK || !public_id_read(id, TICKET_PREFIX, &key))
        return result;
    result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, move(store, up ? QUERY_TICKET_AHEAD : QUERY_TICKET_BACK, id, &key, reason, actor, error), error);
    if (result == STORE_OK)
        places_touch(store, key.id);
    return result;
}
