/* Who stands where, for any number of people who ask: once a second at most all lines are read, in their order, and everybody who
 * asks meanwhile is told from that. What does not change about a ticket is read once, when it is first asked for, and when it
 * has left the place where it was last seen.
 *
 * Those who want to wait for a change are kept as such, and one thread looks for them after each reading. */
#include "store/ledger_job.h"

#define FRESH_US US_PER_S
#define STALE_US (5 * US_PER_S) /* while somebody reads anew, others are told what is no older */
#define KNOWN_MAX 50000

typedef struct {
    int64_t id, ahead, units_ahead;
    guint line;
} Spot;

/* What is known of a ticket beside its place. */
typedef struct {
    TicketRead *facts;
    DecisionKey key;
    int64_t slot, keep_s;
    char *owner, *plan, *timezone;
    Instant anchor, seen_at;
} Known;

typedef struct {
    DecisionKey key;
    Instant at;
} Seen;

typedef struct {
    char *id;
    int64_t until_us;        /* monotonic */
    TicketState state;       /* as it was when they came */
    int64_t ahead;
    TicketThen then;
    void *data;
} Waiter;

struct Places {
    pthread_mutex_t lock;
    pthread_cond_t changed;  /* somebody has read, or came to wait, or all is to end */
    bool reading;
    int64_t read_us;         /* monotonic; 0: never */
    Instant now;             /* of the database then */
    GArray *spots;           /* of Spot */
    GHashTable *by_id;       /* id → Spot *, of spots */
    GArray *lines;           /* of int64_t: how many wait in each */
    GHashTable *admitted;    /* ids */
    GHashTable *stopped;     /* "feature\nlimit" of those that are paused */
    GHashTable *touched;     /* ids of those that changed here since */
    GHashTable *known;       /* id → Known * */
    GHashTable *seen;        /* id → Seen *, to be written down */
    GPtrArray *waiters;      /* of Waiter * */
    Store *store;
    pthread_t thread;
    bool running, stop, hurry;
};

static void known_free(gpointer data)
{
    Known *known = data;
    ticket_read_free(known->facts);
    g_free(known->owner);
    g_free(known->plan);
    g_free(known->timezone);
    g_free(known);
}

static void waiter_free(gpointer data)
{
    Waiter *waiter = data;
    g_free(waiter->id);
    g_free(waiter);
}

static GHashTable *ids_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

Places *places_new(void)
{
    Places *places = g_new0(Places, 1);
    pthread_mutex_init(&places->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&places->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    places->spots = g_array_new(FALSE, FALSE, sizeof(Spot));
    places->lines = g_array_new(FALSE, FALSE, sizeof(int64_t));
    places->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    places->admitted = ids_new();
    places->touched = ids_new();
    places->stopped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    places->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, known_free);
    places->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    places->waiters = g_ptr_array_new_with_free_func(waiter_free);
    return places;
}

void places_stop(Places *places)
{
    pthread_mutex_lock(&places->lock);
    places->stop = true;
    pthread_cond_broadcast(&places->changed);
    bool running = places->running;
    pthread_mutex_unlock(&places->lock);
    if (running)
        pthread_join(places->thread, NULL);
}

void places_free(Places *places)
{
    g_array_unref(places->spots);
    g_array_unref(places->lines);
    GHashTable *tables[] = { places->by_id, places->admitted, places->touched, places->stopped, places->known, places->seen };
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_unref(tables[i]);
    g_ptr_array_unref(places->waiters);
    pthread_mutex_destroy(&places->lock);
    pthread_cond_destroy(&places->changed);
    g_free(places);
}

/* --- reading all lines --- */

typedef struct {
    PGresult *waiting, *admitted, *stopped, *clock;
} Reading;

static void reading_clear(Reading *reading)
{
    PQclear(reading->waiting);
    PQclear(reading->admitted);
    PQclear(reading->stopped);
    PQclear(reading->clock);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static DbResult read_lines(Db *db, Reading *reading)
{
    db_queue(db, QUERY_BEGIN_READ, NULL, NULL);
    db_queue(db, QUERY_TICKETS_WAITING, NULL, &reading->waiting);
    db_queue(db, QUERY_TICKETS_ADMITTED, NULL, &reading->admitted);
    db_queue(db, QUERY_QUEUES_STOPPED, NULL, &reading->stopped);
    db_queue(db, QUERY_CLOCK, NULL, &reading->clock);
    db_queue(db, QUERY_COMMIT, NULL, NULL);
    return db_sync(db);
}

static bool same_line(const PGresult *rows, int a, int b)
{
    return strcmp(PQgetvalue(rows, a, 3), PQgetvalue(rows, b, 3)) == 0 && strcmp(PQgetvalue(rows, a, 2), PQgetvalue(rows, b, 2)) == 0 &&
           strcmp(PQgetvalue(rows, a, 4), PQgetvalue(rows, b, 4)) == 0;
}

static void take_spots(Places *places, const PGresult *rows)
{
    int count = PQntuples(rows);
    int64_t ahead = 0, units = 0;
    g_array_set_size(places->spots, (guint)count);
    g_array_set_size(places->lines, 0);
    g_hash_table_remove_all(places->by_id);
    for (int row = 0; row < count; row++) {
        if (row == 0 || !same_line(rows, row, row - 1)) {
            int64_t none = 0;
            g_array_append_val(places->lines, none);
            ahead = units = 0;
        }
        Spot *spot = &g_array_index(places->spots, Spot, row);
        *spot = (Spot){ result_number(rows, row, 0), ahead, units, places->lines->len - 1 };
        g_hash_table_insert(places->by_id, &spot->id, spot);
        units += result_number(rows, row, 1);
        g_array_index(places->lines, int64_t, spot->line) = ++ahead;
    }
}

static void add_id(GHashTable *ids, int64_t id)
{
    g_hash_table_add(ids, g_memdup2(&id, sizeof id));
}

static void take_reading(Places *places, const Reading *reading)
{
    take_spots(places, reading->waiting);
    g_hash_table_remove_all(places->admitted);
    for (int row = 0; row < PQntuples(reading->admitted); row++)
        add_id(places->admitted, result_number(reading->admitted, row, 0));
    g_hash_table_remove_all(places->stopped);
    for (int row = 0; row < PQntuples(reading->stopped); row++)
        if (strcmp(result_text(reading->stopped, row, 2), "paused") == 0)
            g_hash_table_add(places->stopped, g_strdup_printf("%s\n%s", result_text(reading->stopped, row, 0),
                                                             result_text(reading->stopped, row, 1)));
    g_hash_table_remove_all(places->touched);
    if (g_hash_table_size(places->known) > MAX(KNOWN_MAX, 2 * places->spots->len))
        g_hash_table_remove_all(places->known);
    places->now = result_number(reading->clock, 0, 0);
}

/* Reads, if what there is is old and nobody else is reading; otherwise waits for them, where it is too old. With the lock held,
 * which is let go of meanwhile. */
static StoreResult refresh(Store *store, StoreError *error)
{
    Places *places = store->places;
    while (places->reading && (!places->read_us || g_get_monotonic_time() - places->read_us > STALE_US))
        pthread_cond_wait(&places->changed, &places->lock);
    if (places->reading || (places->read_us && g_get_monotonic_time() - places->read_us < FRESH_US))
        return STORE_OK;
    places->reading = true;
    pthread_mutex_unlock(&places->lock);
    g_auto(Reading) reading = { 0 };
    Db *db = store_reader_take_for(store, store_read_us(store));
    int64_t began_us = g_get_monotonic_time();
    DbResult result = read_lines(db, &reading);
    if (result == DB_LOST)
        result = read_lines(db, &reading);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    pthread_mutex_lock(&places->lock);
    if (result == DB_OK) {
        take_reading(places, &reading);
        places->read_us = began_us;
    }
    places->reading = false;
    pthread_cond_broadcast(&places->changed);
    return outcome;
}

/* --- one ticket --- */

TicketRead *ticket_read_ref(TicketRead *read)
{
    g_atomic_int_inc(&read->refs);
    return read;
}

void ticket_read_free(TicketRead *read)
{
    if (!read || !g_atomic_int_dec_and_test(&read->refs))
        return;
    char *texts[] = { read->id, read->subject, read->feature, read->resource, read->reservation, read->return_to, read->why };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(read);
}

static TicketRead *ticket_read_copy(const TicketRead *read)
{
    TicketRead *copy = g_memdup2(read, sizeof *read);
    copy->refs = 1;
    char **texts[] = { &copy->id, &copy->subject, &copy->feature, &copy->resource, &copy->reservation, &copy->return_to, &copy->why };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = g_strdup(*texts[i]);
    return copy;
}

static Instant or_never(const PGresult *rows, int row, int column)
{
    return result_null(rows, row, column) ? INSTANT_MAX : result_number(rows, row, column);
}

static TicketRead *facts_of(const PGresult *rows, const DecisionKey *key)
{
    TicketRead *read = g_new0(TicketRead, 1);
    *read = (TicketRead){
        .refs = 1,
        .id = public_id_ticket(key),
        .subject = g_strdup(result_text(rows, 0, 13)),
        .feature = g_strdup(result_text(rows, 0, 4)),
        .resource = g_strdup(result_text(rows, 0, 5)),
        .units = result_number(rows, 0, 6),
        .ahead_at_first = result_number(rows, 0, 10),
        .joined_at = key->at,
        .claim_until = or_never(rows, 0, 11),
        .ended_at = or_never(rows, 0, 20),
        .return_to = g_strdup(result_text(rows, 0, 17)),
        .by_form = result_bool(rows, 0, 18),
        .why = g_strdup(result_text(rows, 0, 19)),
        .ahead = result_number(rows, 0, 25),
        .in_line = result_number(rows, 0, 27),
        .now = result_number(rows, 0, 28),
    };
    if (!ticket_state_read(result_text(rows, 0, 9), &read->state))
        read->state = TICKET_EXPIRED;
    if (!result_null(rows, 0, 23)) {
        DecisionKey hold = { result_number(rows, 0, 21), key->subject_id, result_number(rows, 0, 22), result_number(rows, 0, 23) };
        read->reservation = public_id_reservation(&hold);
    }
    return read;
}

static Known *known_of(const PGresult *rows, const DecisionKey *key)
{
    Known *known = g_new0(Known, 1);
    *known = (Known){
        .facts = facts_of(rows, key),
        .key = { result_number(rows, 0, 0), key->subject_id, key->at, key->id },
        .slot = result_number(rows, 0, 7),
        .owner = g_strdup(result_text(rows, 0, 8)),
        .keep_s = result_number(rows, 0, 12),
        .timezone = g_strdup(result_text(rows, 0, 14)),
        .anchor = result_number(rows, 0, 15),
        .plan = g_strdup(result_text(rows, 0, 16)),
        .seen_at = result_number(rows, 0, 24),
    };
    return known;
}

/* The limit whose line it is, as the subject's plan has it. */
static const Limit *known_limit(const Policy *policy, const Known *known)
{
    bool anonymous = g_str_has_prefix(known->facts->subject, "anon:");
    const Plan *plan = known->plan ? policy_plan(policy, known->plan) : NULL;
    int otherwise = anonymous && policy->anonymous_plan >= 0 ? policy->anonymous_plan : policy->default_plan;
    plan = plan ? plan : &policy->plans[otherwise];
    for (int i = 0; i < plan->limit_count; i++)
        if (plan->limits[i].slot == known->slot)
            return &plan->limits[i];
    return policy_limit_by_slot(policy, known->slot);
}

/* The range, and until when the place is kept. With the lock held. */
static void complete(const Places *places, const Policy *policy, const Known *known, int64_t units_ahead, TicketRead *read)
{
    const Limit *limit = known_limit(policy, known);
    g_autofree char *key = limit ? g_strdup_printf("%s\n%s", policy->features[limit->feature].key, limit->key) : NULL;
    const char *zone = limit && limit->zone ? limit->zone : known->timezone ? known->timezone : policy->zone;
    GTimeZone *found = zone_find(zone);
    read->paused = key && g_hash_table_contains(places->stopped, key);
    QueuePace pace = { .limit = limit, .amount = limit ? limit->plan_amount : 0, .zone = found ? found : zone_find(policy->zone),
                       .anchor = known->anchor, .paused = read->paused };
    if (read->state == TICKET_WAITING)
        read->wait = queue_wait(&pace, units_ahead, read->units, read->now);
    const Seen *seen = g_hash_table_lookup(places->seen, &known->key.id);
    read->kept_until = MAX(known->seen_at, seen ? seen->at : INSTANT_MIN) + known->keep_s * US_PER_S;
}

static void note_seen(Places *places, const Known *known, Instant now)
{
    if (ticket_is_over(known->facts->state))
        return;
    Seen *seen = g_new(Seen, 1);
    *seen = (Seen){ known->key, now };
    g_hash_table_replace(places->seen, g_memdup2(&known->key.id, sizeof known->key.id), seen);
}

/* From the last reading; NULL where it does not say. With the lock held. */
static TicketRead *tell(Places *places, const Policy *policy, const DecisionKey *key, bool seen)
{
    const Known *known = g_hash_table_lookup(places->known, &key->id);
    if (!known || known->facts->joined_at != key->at || known->key.subject_id != key->subject_id ||
        g_hash_table_contains(places->touched, &key->id))
        return NULL;
    TicketState state = known->facts->state;
    const Spot *spot = g_hash_table_lookup(places->by_id, &key->id);
    if ((state == TICKET_WAITING && !spot) || (state == TICKET_ADMITTED && !g_hash_table_contains(places->admitted, &key->id)))
        return NULL;
    TicketRead *read = ticket_read_copy(known->facts);
    read->now = places->now;
    if (state == TICKET_WAITING) {
        read->ahead = spot->ahead;
        read->in_line = g_array_index(places->lines, int64_t, spot->line);
    }
    if (seen)
        note_seen(places, known, places->now);
    complete(places, policy, known, spot ? spot->units_ahead : 0, read);
    return read;
}

static DbResult find(Db *db, const DecisionKey *key, PGresult **rows)
{
    g_auto(Params) params = params_new();
    params_number(&params, key->account_id);
    params_number(&params, key->subject_id);
    params_instant(&params, key->at);
    params_number(&params, key->id);
    return db_run(db, QUERY_TICKET_FIND, &params, rows);
}

/* By itself, and keeps what it finds. */
static StoreResult find_alone(Store *store, const Policy *policy, const DecisionKey *key, bool seen, TicketRead **read,
                              StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take_for(store, store_read_us(store));
    DbResult result = find(db, key, &rows);
    if (result == DB_LOST)
        result = find(db, key, &rows);
    StoreResult outcome = result != DB_OK ? store_down(error, db)
                        : !PQntuples(rows) ? store_fail(error, STORE_NONE, NULL, "there is no such ticket") : STORE_OK;
    store_reader_give(store, db);
    if (outcome != STORE_OK)
        return outcome;
    Places *places = store->places;
    Known *known = known_of(rows, key);
    pthread_mutex_lock(&places->lock);
    g_hash_table_replace(places->known, g_memdup2(&key->id, sizeof key->id), known);
    if (seen)
        note_seen(places, known, known->facts->now);
    *read = ticket_read_copy(known->facts);
    complete(places, policy, known, result_number(rows, 0, 26), *read);
    pthread_mutex_unlock(&places->lock);
    return STORE_OK;
}

StoreResult queue_ticket(Store *store, const char *id, bool seen, TicketRead **read, StoreError *error)
{
    DecisionKey key;
    g_autoptr(Policy) policy = NULL;
    if (!public_id_read(id, TICKET_PREFIX, &key))
        return store_fail(error, STORE_NONE, NULL, "there is no such ticket");
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    pthread_mutex_lock(&store->places->lock);
    result = refresh(store, error);
    *read = result == STORE_OK ? tell(store->places, policy, &key, seen) : NULL;
    pthread_mutex_unlock(&store->places->lock);
    if (result != STORE_OK || *read)
        return result;
    return find_alone(store, policy, &key, seen, read, error);
}

/* --- waiting for a change --- */

static bool is_due(const Waiter *waiter, const TicketRead *read, bool hurry)
{
    return hurry || !read || read->state != waiter->state || read->ahead != waiter->ahead ||
           g_get_monotonic_time() >= waiter->until_us;
}

/* Looks for each of those who wait, and answers those for whom something is new. */
static void look_for(Store *store, GPtrArray *waiters, bool hurry)
{
    for (guint i = 0; i < waiters->len; i++) {
        Waiter *waiter = waiters->pdata[i];
        g_auto(StoreError) error = { 0 };
        TicketRead *read = NULL;
        StoreResult result = queue_ticket(store, waiter->id, true, &read, &error);
        if (!is_due(waiter, read, hurry) && result == STORE_OK) {
            ticket_read_free(read);
            continue;
        }
        waiter->then(waiter->data, result, read, &error);
        waiter_free(waiter);
        waiters->pdata[i] = NULL;
    }
    for (guint i = waiters->len; i-- > 0;)
        if (!waiters->pdata[i])
            g_ptr_array_remove_index_fast(waiters, i);
}

static struct timespec in_a_second(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec++;
    return at;
}

static void *places_main(void *data)
{
    Places *places = data;
    pthread_mutex_lock(&places->lock);
    while (!places->stop) {
        if (!places->waiters->len) {
            pthread_cond_wait(&places->changed, &places->lock);
            continue;
        }
        struct timespec until = in_a_second();
        while (!places->stop && !places->hurry && pthread_cond_timedwait(&places->changed, &places->lock, &until) == 0)
            ;
        g_autoptr(GPtrArray) waiters = places->waiters;
        g_ptr_array_set_free_func(waiters, NULL);
        places->waiters = g_ptr_array_new_with_free_func(waiter_free);
        bool hurry = places->hurry || places->stop;
        pthread_mutex_unlock(&places->lock);
        look_for(places->store, waiters, hurry);
        pthread_mutex_lock(&places->lock);
        for (guint i = 0; i < waiters->len; i++)
            g_ptr_array_add(places->waiters, waiters->pdata[i]);
    }
    pthread_mutex_unlock(&places->lock);
    return NULL;
}

void queue_ticket_later(Store *store, const char *id, int64_t wait_s, TicketThen then, void *data)
{
    Places *places = store->places;
    g_auto(StoreError) error = { 0 };
    TicketRead *read = NULL;
    StoreResult result = queue_ticket(store, id, true, &read, &error);
    pthread_mutex_lock(&places->lock);
    places->store = store;
    if (result == STORE_OK && !ticket_is_over(read->state) && wait_s > 0 && !places->hurry && !places->running)
        places->running = pthread_create(&places->thread, NULL, places_main, places) == 0;
    if (result != STORE_OK || ticket_is_over(read->state) || wait_s <= 0 || places->hurry || !places->running) {
        pthread_mutex_unlock(&places->lock);
        then(data, result, read, &error);
        return;
    }
    Waiter *waiter = g_new(Waiter, 1);
    *waiter = (Waiter){ g_strdup(id), g_get_monotonic_time() + wait_s * US_PER_S, read->state, read->ahead, then, data };
    g_ptr_array_add(places->waiters, waiter);
    pthread_cond_broadcast(&places->changed);
    pthread_mutex_unlock(&places->lock);
    ticket_read_free(read);
}

void queue_hurry(Store *store)
{
    pthread_mutex_lock(&store->places->lock);
    store->places->hurry = true;
    pthread_cond_broadcast(&store->places->changed);
    pthread_mutex_unlock(&store->places->lock);
}

/* --- what others do with it --- */

void places_touch(Store *store, int64_t id)
{
    pthread_mutex_lock(&store->places->lock);
    add_id(store->places->touched, id);
    pthread_mutex_unlock(&store->places->lock);
}

void places_take_seen(Store *store, Params *params, Instant *latest, guint *count)
{
    *latest = INSTANT_MIN;
    GArray *columns[5];
    for (int i = 0; i < 5; i++)
        columns[i] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    pthread_mutex_lock(&store->places->lock);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->places->seen);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Seen *seen = value;
        const int64_t row[] = { seen->key.account_id, seen->key.subject_id, seen->key.at, seen->key.id, seen->at };
        for (int i = 0; i < 5; i++)
            g_array_append_val(columns[i], row[i]);
        *latest = MAX(*latest, seen->at);
    }
    pthread_mutex_unlock(&store->places->lock);
    *count = columns[0]->len;
    for (int i = 0; i < 5; i++) {
        params_numbers(params, columns[i]);
        g_array_unref(columns[i]);
    }
}

/* Those that were written down, unless they were seen again meanwhile. */
void places_seen_written(Store *store, Instant latest)
{
    pthread_mutex_lock(&store->places->lock);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->places->seen);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Seen *seen = value;
        if (seen->at > latest)
            continue;
        Known *known = g_hash_table_lookup(store->places->known, &seen->key.id);
        if (known)
            known->seen_at = MAX(known->seen_at, seen->at);
        g_hash_table_iter_remove(&iter);
    }
    pthread_mutex_unlock(&store->places->lock);
}
