/* Lines as the web room sees them (and history, which is away): every ticket waits, as number 3 of 7, unless its name says otherwise (store_double.h). */
#ifndef WEBQUOTA_TESTS_FUZZ_STORE_DOUBLE_QUEUE_H
#define WEBQUOTA_TESTS_FUZZ_STORE_DOUBLE_QUEUE_H

#include "store/deliveries.h"
#include "store/queue.h"

StoreResult deliveries_count(Store *store, int64_t *waiting, int64_t *pending, StoreError *error)
{
    (void)store, (void)error;
    *waiting = 3;
    *pending = 1;
    return STORE_OK;
}

void ticket_read_free(TicketRead *read)
{
    if (!read)
        return;
    g_free(read->id);
    g_free(read->subject);
    g_free(read->feature);
    g_free(read->return_to);
    g_free(read);
}

StoreResult queue_ticket(Store *store, const char *id, bool seen, TicketRead **read, StoreError *error)
{
    (void)store, (void)seen;
    StoreResult result = double_result(id, error);
    if (result != STORE_OK)
        return result;
    *read = g_new(TicketRead, 1);
    **read = (TicketRead){ .id = g_strdup(id), .state = *id == 'a' ? TICKET_ADMITTED : *id == 'o' ? TICKET_LAPSED : TICKET_WAITING,
                           .subject = g_strdup("ada"), .feature = g_strdup("message"), .units = 1, .ahead = 2, .in_line = 7,
                           .ahead_at_first = 9, .wait = { true, 60, 240, 180 }, .joined_at = WORLD_NOW, .now = WORLD_NOW,
                           .kept_until = WORLD_NOW + US_PER_S, .claim_until = INSTANT_MAX, .ended_at = INSTANT_MAX,
                           .return_to = g_strdup(id) };
    return STORE_OK;
}

void queue_ticket_later(Store *store, const char *id, int64_t wait_s, TicketThen then, void *data)
{
    g_auto(StoreError) error = {0};
    TicketRead *read = NULL;
    HOLDS(wait_s >= 0);
    StoreResult result = queue_ticket(store, id, true, &read, &error);
    then(data, result, read, &error);
}

StoreResult store_history(Store *store, const char *subject, const GPtrArray *features, int days, bool by_client,
                          History **history, StoreError *error)
{
    (void)store, (void)features, (void)by_client, (void)history;
    HOLDS(*subject && days > 0);
    return double_result("-", error);
}

StoreResult queue_report(Store *store, GPtrArray **lines, StoreError *error)
{
    (void)store;
    StoreResult result = double_result("-", error);
    if (result == STORE_OK)
        *lines = g_ptr_array_new();
    return result;
}

json_t *queue_report_json(const QueueReport *line)
{
    return json_pack("{s:s}", "feature", line->feature);
}

StoreResult queue_set(Store *store, const char *feature, const char *limit, const char *state, const char *reason, const char *actor,
                      StoreError *error)
{
    (void)store, (void)limit, (void)reason;
    HOLDS(*feature && *state && *actor);
    return double_result(feature, error);
}

StoreResult queue_assist(Store *store, QueueAssisted *done, StoreError *error)
{
    (void)store;
    *done = (QueueAssisted){ 0 };
    return double_result("-", error);
}

static json_t *double_waiting(const char *subject)
{
    return json_pack("[{s:s, s:s, s:{s:s, s:s}, s:s, s:n, s:i, s:s, s:i, s:s, s:s, s:n, s:b}]", "ticket", "tkt_x", "subject", subject, "queue",
                     "feature", "message", "limit", "line", "feature", "message", "resource", "units", 1, "state", "waiting", "number", 3,
                     "joined_at", "2026-11-22T11:00:00Z", "seen_at", "2026-11-22T11:59:00Z", "claim_until", "moved", 0);
}

StoreResult queue_line(Store *store, const char *feature, const char *limit, const char *after, int most, json_t **list, bool *more,
                       StoreError *error)
{
    (void)store, (void)after;
    HOLDS(*feature && *limit && most > 0);
    StoreResult result = double_result(feature, error);
    *more = false;
    if (result == STORE_OK)
        *list = double_waiting("ada");
    return result;
}

StoreResult queue_of_subject(Store *store, const char *subject, json_t **list, StoreError *error)
{
    (void)store;
    StoreResult result = double_result(subject, error);
    if (result == STORE_OK)
        *list = double_waiting(subject);
    return result;
}

StoreResult queue_move(Store *store, const char *id, bool up, const char *reason, const char *actor, StoreError *error)
{
    (void)store, (void)up, (void)reason;
    HOLDS(*actor);
    return double_result(id, error);
}

StoreResult queue_drop(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    (void)store, (void)reason;
    HOLDS(*actor);
    return double_result(id, error);
}

StoreResult queue_let_in(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    (void)store, (void)reason;
    HOLDS(*actor);
    return double_result(id, error);
}

StoreResult queue_leave(Store *store, const char *id, StoreError *error)
{
    (void)store;
    return double_result(id, error);
}

#endif
