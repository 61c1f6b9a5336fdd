#include "store/deliveries.h"

#include "base/log.h"
#include "say/say.h"
#include "store/ledger_job.h"
#include "store/lease_on.h"

#define LEASE_S 3
#define PATIENCE_MS 5000

struct Deliveries {
    Store *store;
    Db db;
    Lease lease;
    bool holds;          /* the lease, as far as is known */
    GHashTable *in_hand; /* of int64_t *: the tickets of those that were handed out and have not ended */
};

/* A Delivery with what others need not know. */
typedef struct {
    Delivery shown; /* first */
    DecisionKey ticket, hold;
    bool known;       /* it was noted by the time it was taken: what is wrong with it has been said */
} Own;

Deliveries *deliveries_open(Store *store)
{
    Deliveries *deliveries = g_new0(Deliveries, 1);
    deliveries->store = store;
    deliveries->in_hand = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    deliveries->lease = lease_new(LEASE_DELIVERY, LEASE_S);
    db_init(&deliveries->db, store->database, store->config.prepared, true);
    deliveries->db.patience_ms = PATIENCE_MS;
    return deliveries;
}

void deliveries_close(Deliveries *deliveries)
{
    if (!deliveries)
        return;
    deliveries->db.deadline_us = g_get_monotonic_time() + US_PER_S;
    if (deliveries->holds && lease_leave_on(&deliveries->db, &deliveries->lease) != DB_OK)
        deliveries->holds = false; /* it ends by itself */
    db_close(&deliveries->db);
    lease_clear(&deliveries->lease);
    g_hash_table_unref(deliveries->in_hand);
    g_free(deliveries);
}

void delivery_free(Delivery *delivery)
{
    if (!delivery)
        return;
    char *texts[] = { delivery->message, delivery->origin, delivery->url, delivery->payload };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free((Own *)delivery);
}

static StoreResult failed(Deliveries *deliveries, StoreError *error)
{
    StoreResult result = store_down(error, &deliveries->db);
    db_close_connection(&deliveries->db); /* nothing is left open behind it */
    return result;
}

/* --- taking --- */

static void params_in_hand(Params *params, const Deliveries *deliveries)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, deliveries->in_hand);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_array_append_vals(ids, id, 1);
    params_numbers(params, ids);
}

StoreResult deliveries_look(Deliveries *deliveries, bool *any, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) seen = NULL;
    params_text(&params, deliveries->lease.holder);
    params_in_hand(&params, deliveries);
    if (db_run(&deliveries->db, QUERY_DELIVERY_LOOK, &params, &seen) != DB_OK || PQntuples(seen) != 1)
        return failed(deliveries, error);
    bool elsewhere = result_bool(seen, 0, 1);
    *any = result_bool(seen, 0, 0) && !elsewhere;
    return STORE_OK;
}

/* One that was sent before, and to whose end only the ledger's part is missing, as it was noted. */
static void take_noted(Own *own, const PGresult *rows, int row)
{
    Delivery *delivery = &own->shown;
    own->known = delivery->noted = !*delivery->payload;
    if (!delivery->noted)
        return;
    delivery->status = (int)result_number(rows, row, 14);
    delivery->outcome = result_null(rows, row, 15) ? DELIVERY_ACCEPTED : DELIVERY_GIVEN_UP;
}

static Delivery *delivery_new(const PGresult *rows, int row)
{
    Own *own = g_new(Own, 1);
    int64_t subject_id = result_number(rows, row, 1);
    *own = (Own){
        .shown = {
            .message = g_strdup(result_text(rows, row, 4)),
            .origin = g_strdup(result_text(rows, row, 5)),
            .url = g_strdup(result_text(rows, row, 6)),
            .payload = g_strdup(result_text(rows, row, 7)),
            .tries = (int)result_number(rows, row, 8),
            .since_first_us = result_number(rows, row, 10) - result_number(rows, row, 9),
        },
        .ticket = { result_number(rows, row, 0), subject_id, result_number(rows, row, 2), result_number(rows, row, 3) },
        .hold = { result_number(rows, row, 11), subject_id, result_number(rows, row, 12), result_number(rows, row, 13) },
    };
    take_noted(own, rows, row);
    return &own->shown;
}

static void free_delivery(gpointer delivery)
{
    delivery_free(delivery);
}

StoreResult deliveries_take(Deliveries *deliveries, const GPtrArray *origins, const int64_t *rooms, int64_t most, int64_t others,
                            GPtrArray **taken, StoreError *error)
{
    Db *db = &deliveries->db;
    g_auto(Params) params = params_new();
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof *rooms);
    g_autoptr(PGresult) lease = NULL;
    g_autoptr(PGresult) rows = NULL;
    g_array_append_vals(numbers, rooms, origins->len);
    params_text(&params, deliveries->lease.holder);
    params_texts(&params, origins);
    params_numbers(&params, numbers);
    params_number(&params, most);
    params_number(&params, others);
    params_in_hand(&params, deliveries);
    db_queue(db, QUERY_BEGIN, NULL, NULL);
    lease_queue_take(db, &deliveries->lease, &lease);
    db_queue(db, QUERY_DELIVERIES_TAKE, &params, &rows);
    db_queue(db, QUERY_COMMIT, NULL, NULL);
    if (db_sync(db) != DB_OK)
        return failed(deliveries, error);
    deliveries->holds = PQntuples(lease) == 1;
    *taken = g_ptr_array_new_with_free_func(free_delivery);
    for (int row = 0; row < PQntuples(rows); row++) {
        Delivery *delivery = delivery_new(rows, row);
        g_hash_table_add(deliveries->in_hand, g_memdup2(&((const Own *)delivery)->ticket.id, sizeof(int64_t)));
        g_ptr_array_add(*taken, delivery);
    }
    return STORE_OK;
}

/* --- ending --- */

static void params_ticket(Params *params, const DecisionKey *key)
{
    params_number(params, key->account_id);
    params_number(params, key->subject_id);
    params_instant(params, key->at);
    params_number(params, key->id);
}

static void queue_tried(Deliveries *deliveries, const Own *own)
{
    const Delivery *delivery = &own->shown;
    g_auto(Params) params = params_new();
    params_text(&params, deliveries->lease.holder);
    params_ticket(&params, &own->ticket);
    if (delivery->status)
        params_number(&params, delivery->status);
    else
        params_text(&params, NULL);
    params_text(&params, callback_trouble_word(delivery->trouble));
    if (delivery->outcome == DELIVERY_AGAIN)
        params_number(&params, delivery->again_us);
    else
        params_text(&params, NULL);
    db_queue(&deliveries->db, QUERY_DELIVERY_TRIED, &params, NULL);
}

static DbResult note_tried(Deliveries *deliveries, GPtrArray *tried)
{
    int queued = 0;
    for (guint i = 0; i < tried->len; i++)
        if (!((const Delivery *)tried->pdata[i])->noted) {
            queue_tried(deliveries, tried->pdata[i]);
            queued++;
        }
    DbResult result = queued ? db_sync(&deliveries->db) : DB_OK;
    for (guint i = 0; result == DB_OK && i < tried->len; i++) {
        Delivery *delivery = tried->pdata[i];
        delivery->noted = true;
        delivery->ended = delivery->outcome == DELIVERY_AGAIN;
    }
    return result;
}

/* Its units are not held any more, by whatever it was: there is nothing to be tried for. */
static DbResult close_one(Deliveries *deliveries, const Own *own)
{
    g_auto(Params) params = params_new();
    params_ticket(&params, &own->ticket);
    return db_run(&deliveries->db, QUERY_DELIVERY_CLOSE, &params, NULL);
}

/* Somebody's counters that cannot be read are no reason for others to wait: with the next try it is given out of hand. */
static DbResult put_off(Deliveries *deliveries, const Own *own)
{
    g_auto(Params) params = params_new();
    params_text(&params, deliveries->lease.holder);
    params_ticket(&params, &own->ticket);
    return db_run(&deliveries->db, QUERY_DELIVERY_PUT_OFF, &params, NULL);
}

static void settled(Deliveries *deliveries, Own *own, StoreResult result, const StoreError *error)
{
    if (result == STORE_OK)
        places_touch(deliveries->store, own->ticket.id);
    own->shown.ended = result == STORE_OK || (result != STORE_DOWN && close_one(deliveries, own) == DB_OK);
    own->shown.put_off = result == STORE_DOWN && error->only_this && put_off(deliveries, own) == DB_OK;
    if (own->shown.put_off)
        log_line(own->known ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING, "callbacks: what %s holds can be neither charged nor given back now: %s",
                 own->shown.message, error->detail ? error->detail : SAY_NO_ANSWER);
}

/* All at once, so that they share the ledger's transactions. */
static StoreResult settle(Deliveries *deliveries, GPtrArray *tried, StoreError *error)
{
    g_autofree Job *jobs = g_new0(Job, MAX(tried->len, 1));
    g_autofree StoreError *errors = g_new0(StoreError, MAX(tried->len, 1));
    g_autofree Own **of = g_new0(Own *, MAX(tried->len, 1));
    StoreResult outcome = STORE_OK;
    int count = 0;
    for (guint i = 0; i < tried->len; i++) {
        Own *own = tried->pdata[i];
        bool accepted = own->shown.outcome == DELIVERY_ACCEPTED;
        if (own->shown.ended)
            continue;
        of[count] = own;
        jobs[count] = (Job){ .kind = accepted ? JOB_COMMIT : JOB_RELEASE, .about = own->hold, .units = -1, .error = &errors[count],
                             .reason = accepted ? NULL : "undelivered" };
        count++;
    }
    if (count)
        ledger_submit(deliveries->store, jobs, count);
    for (int i = 0; i < count; i++) {
        settled(deliveries, of[i], jobs[i].result, &errors[i]);
        if (!of[i]->shown.ended && !of[i]->shown.put_off && outcome == STORE_OK)
            outcome = store_fail(error, STORE_DOWN, NULL, "%s", errors[i].detail ? errors[i].detail : SAY_NO_ANSWER);
        store_error_clear(&errors[i]);
    }
    return outcome;
}

StoreResult deliveries_end(Deliveries *deliveries, GPtrArray *tried, StoreError *error)
{
    if (note_tried(deliveries, tried) != DB_OK)
        return failed(deliveries, error);
    StoreResult result = settle(deliveries, tried, error);
    StoreMetrics *metrics = &deliveries->store->metrics;
    uint64_t *counts[] = { [DELIVERY_ACCEPTED] = &metrics->callbacks_accepted, [DELIVERY_AGAIN] = &metrics->callbacks_failed,
                           [DELIVERY_GIVEN_UP] = &metrics->callbacks_given_up };
    pthread_mutex_lock(&deliveries->store->metrics_lock);
    for (guint i = 0; i < tried->len; i++) {
        const Own *own = tried->pdata[i];
        if ((own->shown.ended || own->shown.put_off) && g_hash_table_remove(deliveries->in_hand, &own->ticket.id))
            *counts[own->shown.outcome] += own->shown.ended;
    }
    pthread_mutex_unlock(&deliveries->store->metrics_lock);
    return result;
}

/* --- counting --- */

#define COUNT_US 200000

StoreResult deliveries_count(Store *store, int64_t *waiting, int64_t *pending, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take_for(store, COUNT_US);
    DbResult result = db_run(db, QUERY_DELIVERIES_COUNT, NULL, &rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    if (outcome != STORE_OK)
        return outcome;
    *waiting = result_number(rows, 0, 0);
    *pending = result_number(rows, 0, 1);
    return STORE_OK;
}
