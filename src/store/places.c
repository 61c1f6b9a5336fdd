/* Who stands where, for any number of people who ask: once a second at most all lines are read, in their order, and everybody who
 * asks meanwhile is told from that. What does not change about a ticket is read once, when it is first asked for, and when it
 * has left the place where it was last seen.
 *
 * Those who want to wait for a change are kept as such, and one thread looks for them after each reading. */
#include "store/ledger_job.h"
#include "say/say.h"
#include "store/lines.h"

#define FRESH_US US_PER_S         /* so old may a reading be, */
#define LONG_LINES 10000          /* or, where so many wait, */
#define FRESH_TIMES 8             /* so many times older than it took, */
#define STALE_US (5 * US_PER_S) /* while somebody reads anew, others are told what is no older */
#define KNOWN_MAX 50000
#define MANY_SEEN 5000            /* so many are looked through no more often than so: */
#define LOOK_THROUGH_US (5 * US_PER_S)

/* What is known of a ticket beside its place. */
typedef struct {
    TicketRead *facts;
    DecisionKey key;
    int64_t line_account, slot, keep_s;
    char *owner, *plan, *timezone;
    Instant anchor, seen_at, first_met;
} Known;

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
    int64_t fresh_us;        /* for so long it is good */
    int64_t looked_us;       /* monotonic: when those who were seen were looked through */
    Lines *lines;            /* NULL: none read so far */
    GHashTable *touched;     /* id → monotonic time, of those that changed here since */
    GHashTable *known;       /* id → Known * */
    GHashTable *seen;        /* id → PlaceSeen *, to be written down */
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

Places *places_new(void)
{
    Places *places = g_new0(Places, 1);
    pthread_mutex_init(&places->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&places->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    places->touched = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
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
    lines_free(places->lines);
    GHashTable *tables[] = { places->touched, places->known, places->seen };
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_unref(tables[i]);
    g_ptr_array_unref(places->waiters);
    pthread_mutex_destroy(&places->lock);
    pthread_cond_destroy(&places->changed);
    g_free(places);
}

/* --- reading all lines --- */

static gboolean is_older(gpointer id, gpointer touched_us, gpointer read_us)
{
    (void)id;
    return *(const int64_t *)touched_us < *(const int64_t *)read_us;
}

/* What was read takes the place of what was before, which is the caller's to free. */
static Lines *take_reading(Places *places, Lines *lines, int64_t began_us)
{
    Lines *before = places->lines;
    places->lines = lines;
    places->read_us = began_us;
    places->fresh_us = lines_count(lines) < LONG_LINES ? FRESH_US
                     : CLAMP(FRESH_TIMES * (g_get_monotonic_time() - began_us), FRESH_US, STALE_US);
    g_hash_table_foreach_remove(places->touched, is_older, &began_us);
    if (g_hash_table_size(places->known) > MAX(KNOWN_MAX, 2 * lines_count(lines)))
        g_hash_table_remove_all(places->known);
    return before;
}

/* Reads, if what there is is old and nobody else is reading; otherwise waits for them, where it is too old. With the lock held,
 * which is let go of meanwhile. */
static StoreResult refresh(Store *store, StoreError *error)
{
    Places *places = store->places;
    while (places->reading && (!places->read_us || g_get_monotonic_time() - places->read_us > STALE_US))
        pthread_cond_wait(&places->changed, &places->lock);
    if (places->reading || (places->read_us && g_get_monotonic_time() - places->read_us < places->fresh_us))
        return STORE_OK;
    places->reading = true;
    pthread_mutex_unlock(&places->lock);
    g_autoptr(Lines) lines = NULL;
    Db *db = store_reader_take_for(store, store_read_us(store));
    int64_t began_us = g_get_monotonic_time();
    DbResult result = lines_read(db, &lines);
    if (result == DB_LOST)
        result = lines_read(db, &lines);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    pthread_mutex_lock(&places->lock);
    if (lines)
        lines = take_reading(places, lines, began_us);
    places->reading = false;
    pthread_cond_broadcast(&places->changed);
    return outcome;
}

/* --- one ticket --- */

void ticket_read_free(TicketRead *read)
{
    if (!read)
        return;
    char *texts[] = { read->id, read->subject, read->feature, read->resource, read->reservation, read->return_to, read->why };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(read);
}

static TicketRead *ticket_read_copy(const TicketRead *read)
{
    TicketRead *copy = g_memdup2(read, sizeof *read);
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
        .now = result_number(rows, 0, 28),
        .tries = result_number(rows, 0, 32),
        .next_at = INSTANT_MAX,
        .tried_at = or_never(rows, 0, 34),
        .delivered_at = INSTANT_MAX,
        .last_status = result_number(rows, 0, 36),
        .trouble = g_intern_string(result_text(rows, 0, 37)),
    };
    if (!result_null(rows, 0, 31) && callback_state_read(result_text(rows, 0, 31), &read->callback)) {
        read->next_at = read->callback == CALLBACK_PENDING ? or_never(rows, 0, 33) : INSTANT_MAX;
        read->delivered_at = read->callback == CALLBACK_DELIVERED ? or_never(rows, 0, 35) : INSTANT_MAX;
    }
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
        .line_account = result_number(rows, 0, 29),
        .slot = result_number(rows, 0, 7),
        .owner = g_strdup(result_text(rows, 0, 8)),
        .keep_s = result_number(rows, 0, 12),
        .timezone = g_strdup(result_text(rows, 0, 14)),
        .anchor = result_number(rows, 0, 15),
        .plan = g_strdup(result_text(rows, 0, 16)),
        .seen_at = result_number(rows, 0, 24),
        .first_met = result_number(rows, 0, 30),
    };
    return known;
}

static const Plan *known_plan(const Policy *policy, const Known *known)
{
    bool anonymous = g_str_has_prefix(known->facts->subject, "anon:");
    const Plan *plan = known->plan ? policy_plan(policy, known->plan) : NULL;
    int otherwise = anonymous && policy->anonymous_plan >= 0 ? policy->anonymous_plan : policy->default_plan;
    return plan ? plan : &policy->plans[otherwise];
}

/* The limit whose line it is, as the subject's plan has it. */
static const Limit *known_limit(const Policy *policy, const Plan *plan, const Known *known)
{
    for (int i = 0; i < plan->limit_count; i++)
        if (plan->limits[i].slot == known->slot)
            return &plan->limits[i];
    return policy_limit_by_slot(policy, known->slot);
}

/* The range, and until when the place is kept. With the lock held. */
static void complete(const Places *places, const Policy *policy, const Known *known, int64_t units_ahead, TicketRead *read)
{
    const Plan *plan = known_plan(policy, known);
    const Limit *limit = known_limit(policy, plan, known);
    const char *zone = limit && limit->zone ? limit->zone : known->timezone ? known->timezone : policy->zone;
    GTimeZone *found = zone_find(zone);
    Subject subject = { .key = read->subject, .plan = plan, .first_met = known->first_met, .anchor = known->anchor };
    read->paused = limit && lines_paused(places->lines, policy->features[limit->feature].key, limit->key);
    if (read->state == TICKET_WAITING) {
        QueuePace pace = { .limit = limit, .zone = found ? found : zone_find(policy->zone), .anchor = known->anchor,
                           .paused = read->paused, .shifts = limit && !queue_is_plain(policy, limit) };
        if (limit)
            pace.amount = lines_amount(places->lines, policy, limit, &subject, known->line_account, known->key.subject_id);
        read->wait = queue_wait(&pace, units_ahead, read->units, read->now);
    }
    const PlaceSeen *seen = g_hash_table_lookup(places->seen, &known->key.id);
    read->kept_until = MAX(known->seen_at, seen ? seen->at : INSTANT_MIN) + known->keep_s * US_PER_S;
}

static void note_seen(Places *places, const Known *known, Instant now)
{
    if (ticket_is_over(known->facts->state))
        return;
    PlaceSeen *seen = g_new(PlaceSeen, 1);
    *seen = (PlaceSeen){ known->key, now };
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
    /* How a delivery goes is looked for each time. */
    if (state == TICKET_ADMITTED && known->facts->callback != CALLBACK_NONE)
        return NULL;
    Spot spot = { 0 };
    if ((state == TICKET_WAITING && !lines_spot(places->lines, key->id, &spot)) ||
        (state == TICKET_ADMITTED && !lines_admitted(places->lines, key->id)))
        return NULL;
    TicketRead *read = ticket_read_copy(known->facts);
    read->now = lines_now(places->lines);
    read->ahead = spot.ahead;
    read->in_line = spot.in_line;
    if (seen)
        note_seen(places, known, read->now);
    complete(places, policy, known, spot.units_ahead, read);
    return read;
}

DbResult ticket_find(Db *db, const DecisionKey *key, bool count, PGresult **rows)
{
    g_auto(Params) params = params_new();
    params_number(&params, key->account_id);
    params_number(&params, key->subject_id);
    params_instant(&params, key->at);
    params_number(&params, key->id);
    params_bool(&params, count);
    return db_run(db, QUERY_TICKET_FIND, &params, rows);
}

/* Where it stands by what was found: who joined after the last reading of a long line stands where they joined. */
static Spot spot_found(const Places *places, const Known *known, const PGresult *rows)
{
    int64_t counted = result_number(rows, 0, TICKET_FIND_WAITING), ahead = known->facts->ahead_at_first;
    if (counted < TICKET_FIND_MOST)
        return (Spot){ result_number(rows, 0, TICKET_FIND_BEFORE), result_number(rows, 0, TICKET_FIND_UNITS), counted };
    return (Spot){ ahead, lines_units(places->lines, known->line_account, known->slot, known->owner, ahead), MAX(ahead + 1, counted) };
}

/* By itself, and keeps what it finds. `placed`: where the last reading has it; NULL: nowhere. */
static StoreResult find_alone(Store *store, const Policy *policy, const DecisionKey *key, bool seen, const Spot *placed, TicketRead **read,
                              StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take_for(store, store_read_us(store));
    DbResult result = ticket_find(db, key, !placed, &rows);
    if (result == DB_LOST)
        result = ticket_find(db, key, !placed, &rows);
    StoreResult outcome = result != DB_OK ? store_down(error, db)
                        : !PQntuples(rows) ? store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("ticket")) : STORE_OK;
    store_reader_give(store, db);
    if (outcome != STORE_OK)
        return outcome;
    Places *places = store->places;
    Known *known = known_of(rows, key);
    Spot spot = { 0 };
    pthread_mutex_lock(&places->lock);
    g_hash_table_replace(places->known, g_memdup2(&key->id, sizeof key->id), known);
    if (seen)
        note_seen(places, known, known->facts->now);
    *read = ticket_read_copy(known->facts);
    if (known->facts->state == TICKET_WAITING)
        spot = placed ? *placed : spot_found(places, known, rows);
    (*read)->ahead = spot.ahead;
    (*read)->in_line = spot.in_line;
    complete(places, policy, known, spot.units_ahead, *read);
    pthread_mutex_unlock(&places->lock);
    return STORE_OK;
}

/* Is its place to be had from the last reading? With the lock held. */
static bool is_placed(Places *places, int64_t id, Spot *spot)
{
    return places->lines && !g_hash_table_contains(places->touched, &id) && lines_spot(places->lines, id, spot);
}

StoreResult queue_ticket(Store *store, const char *id, bool seen, TicketRead **read, StoreError *error)
{
    DecisionKey key;
    g_autoptr(Policy) policy = NULL;
    if (!public_id_read(id, TICKET_PREFIX, &key))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("ticket"));
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    pthread_mutex_lock(&store->places->lock);
    result = refresh(store, error);
    *read = result == STORE_OK ? tell(store->places, policy, &key, seen) : NULL;
    Spot spot;
    bool placed = is_placed(store->places, key.id, &spot);
    pthread_mutex_unlock(&store->places->lock);
    if (result != STORE_OK || *read)
        return result;
    return find_alone(store, policy, &key, seen, placed ? &spot : NULL, read, error);
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
        Store *store = places->store;
        pthread_mutex_unlock(&places->lock);
        look_for(store, waiters, hurry);
        pthread_mutex_lock(&places->lock);
        for (guint i = 0; i < waiters->len; i++)
            g_ptr_array_add(places->waiters, waiters->pdata[i]);
    }
    pthread_mutex_unlock(&places->lock);
    return NULL;
}

/* Is there something that its holder can only wait for? Whose turn has come is told so at once, however late they ask. */
static bool is_held_for(const TicketRead *read)
{
    return read->state == TICKET_WAITING || (read->state == TICKET_ADMITTED && read->callback != CALLBACK_NONE);
}

void queue_ticket_later(Store *store, const char *id, int64_t wait_s, TicketThen then, void *data)
{
    Places *places = store->places;
    g_auto(StoreError) error = { 0 };
    TicketRead *read = NULL;
    StoreResult result = queue_ticket(store, id, true, &read, &error);
    pthread_mutex_lock(&places->lock);
    places->store = store;
    bool held = result == STORE_OK && is_held_for(read) && wait_s > 0 && !places->hurry;
    if (held && !places->running)
        places->running = pthread_create(&places->thread, NULL, places_main, places) == 0;
    if (!held || !places->running) {
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

/* Where nobody has asked for long, nobody is told anything before the next reading, which will know it all. */
void places_touch(Store *store, int64_t id)
{
    Places *places = store->places;
    int64_t now_us = g_get_monotonic_time();
    pthread_mutex_lock(&places->lock);
    if (!places->reading && (!places->read_us || now_us - places->read_us > STALE_US))
        g_hash_table_remove_all(places->touched);
    else
        g_hash_table_replace(places->touched, g_memdup2(&id, sizeof id), g_memdup2(&now_us, sizeof now_us));
    pthread_mutex_unlock(&places->lock);
}

bool places_spot(Store *store, int64_t id, int64_t *ahead, int64_t *units_ahead, int64_t *in_line)
{
    Places *places = store->places;
    Spot spot;
    pthread_mutex_lock(&places->lock);
    bool found = places->read_us && g_get_monotonic_time() - places->read_us < STALE_US && lines_spot(places->lines, id, &spot);
    pthread_mutex_unlock(&places->lock);
    if (!found)
        return false;
    *ahead = spot.ahead;
    *units_ahead = spot.units_ahead;
    *in_line = spot.in_line;
    return true;
}

int64_t places_units(Store *store, int64_t account, int64_t slot, const char *owner, int64_t ahead)
{
    Places *places = store->places;
    pthread_mutex_lock(&places->lock);
    int64_t units = places->lines ? lines_units(places->lines, account, slot, owner, ahead) : ahead;
    pthread_mutex_unlock(&places->lock);
    return units;
}

/* Is it time to write down that somebody was seen, before what is written down is half as old as a place may be? With the lock
 * held. */
static bool is_to_be_written(const Places *places, const PlaceSeen *seen, Instant now)
{
    const Known *known = g_hash_table_lookup(places->known, &seen->key.id);
    return !known || MAX(now, seen->at) - known->seen_at >= known->keep_s * US_PER_S / 2;
}

/* May the many who were seen be looked through again? With the lock held. */
static bool may_look_through(Places *places)
{
    int64_t now_us = g_get_monotonic_time();
    if (g_hash_table_size(places->seen) > MANY_SEEN && now_us - places->looked_us < LOOK_THROUGH_US)
        return false;
    places->looked_us = now_us;
    return true;
}

GArray *places_seen(Store *store, bool all)
{
    Instant now = store_now(store);
    GArray *some = g_array_new(FALSE, FALSE, sizeof(PlaceSeen));
    GHashTableIter iter;
    gpointer value;
    pthread_mutex_lock(&store->places->lock);
    g_hash_table_iter_init(&iter, store->places->seen);
    bool look = all || may_look_through(store->places);
    while (look && g_hash_table_iter_next(&iter, NULL, &value))
        if (all || is_to_be_written(store->places, value, now))
            g_array_append_vals(some, value, 1);
    pthread_mutex_unlock(&store->places->lock);
    return some;
}

bool places_is_seen(Store *store, int64_t id, PlaceSeen *seen)
{
    pthread_mutex_lock(&store->places->lock);
    const PlaceSeen *known = g_hash_table_lookup(store->places->seen, &id);
    if (known)
        *seen = *known;
    pthread_mutex_unlock(&store->places->lock);
    return known != NULL;
}

void places_seen_written(Store *store, const PlaceSeen *seen, int count, bool more)
{
    Places *places = store->places;
    pthread_mutex_lock(&places->lock);
    for (int i = 0; i < count; i++) {
        const PlaceSeen *last = g_hash_table_lookup(places->seen, &seen[i].key.id);
        Known *known = g_hash_table_lookup(places->known, &seen[i].key.id);
        if (known)
            known->seen_at = MAX(known->seen_at, seen[i].at);
        if (last && last->at == seen[i].at) /* not again meanwhile */
            g_hash_table_remove(places->seen, &seen[i].key.id);
    }
    if (more)
        places->looked_us = 0;
    pthread_mutex_unlock(&places->lock);
}
