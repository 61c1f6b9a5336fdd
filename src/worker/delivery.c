/* Many are sent side by side by one thread, which waits for all of them at once: so a slow receiver holds up nobody but those who
 * wait for the same origin, and these only when there are many. Nothing of an address, a payload or an answer is ever logged. */
#include "worker/delivery.h"

#include <curl/curl.h>

#include "base/log.h"
#include "store/deliveries.h"
#include "worker/turns.h"

#define ORIGIN_MAX 32           /* side by side to one origin, */
#define ALL_MAX 128             /* and in all */
#define STRANGERS_MAX 16        /* whose origin is not on the list any more, in one go */
#define LOOK_US (US_PER_S / 2)  /* how often it is looked for something to send */
#define TROUBLE_US (2 * US_PER_S)
#define POLL_MS 200
#define RENEW_US US_PER_S
#define ANSWER_MAX (64 * 1024)  /* no more of an answer is read */
#define CONNECT_MS 10000
#define STOP_US (4 * US_PER_S)

struct DeliveryWorker {
    const Callbacks *callbacks;
    Deliveries *store;
    CURLM *multi;
    GPtrArray *sending;         /* of Sending * */
    GPtrArray *tried;           /* of Delivery *: to be written down */
    int64_t looked_us, taken_us; /* monotonic */
    bool troubled;              /* said so */
    Turns *turns;
};

/* One that is under way. */
typedef struct {
    Delivery *delivery;
    CURL *curl;
    struct curl_slist *headers;
    int64_t began_us;           /* monotonic */
    size_t answered;            /* bytes of the answer's body */
    bool cut;                   /* the answer is longer than is read */
} Sending;

static void free_delivery(gpointer delivery)
{
    delivery_free(delivery);
}

static void free_sending(gpointer data)
{
    Sending *sending = data;
    curl_easy_cleanup(sending->curl);
    curl_slist_free_all(sending->headers);
    delivery_free(sending->delivery);
    g_free(sending);
}

/* --- one of them --- */

static size_t take_answer(char *bytes, size_t size, size_t count, void *data)
{
    Sending *sending = data;
    (void)bytes;
    sending->answered += size * count;
    sending->cut = sending->answered > ANSWER_MAX;
    return sending->cut ? 0 : size * count;
}

/* Takes the line. */
static bool add_line(Sending *sending, char *line)
{
    struct curl_slist *longer = curl_slist_append(sending->headers, line);
    sending->headers = longer ? longer : sending->headers;
    g_free(line);
    return longer != NULL;
}

static bool add_header(Sending *sending, const char *name, const char *value)
{
    return add_line(sending, g_strconcat(name, ": ", value, NULL));
}

/* False: it may not be sent, as something of it is missing. */
static bool sign(const DeliveryWorker *worker, Sending *sending)
{
    const Delivery *delivery = sending->delivery;
    int64_t seconds = g_get_real_time() / US_PER_S;
    g_autofree char *when = g_strdup_printf("%" PRId64, seconds);
    g_autofree char *signature = callback_signature(worker->callbacks->secrets, delivery->message, seconds, delivery->payload,
                                                    strlen(delivery->payload));
    return add_header(sending, "Content-Type", "application/json") && add_header(sending, "webhook-id", delivery->message) &&
           add_header(sending, "webhook-timestamp", when) && add_header(sending, "webhook-signature", signature) &&
           add_line(sending, g_strdup("Expect:")); /* the body is sent without asking first */
}

static bool set_up(const DeliveryWorker *worker, Sending *sending)
{
    CURL *curl = sending->curl;
    const Delivery *delivery = sending->delivery;
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_URL, delivery->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDS, delivery->payload) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(delivery->payload)) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, sending->headers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "webquota/" WEBQUOTA_VERSION) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && /* this is one thread of several */
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, MIN((long)CONNECT_MS, worker->callbacks->timeout_s * 1000L)) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, worker->callbacks->timeout_s * 1000L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, sending) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PRIVATE, sending) == CURLE_OK;
}

static CallbackTrouble trouble_of(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return TROUBLE_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return TROUBLE_UNREACHABLE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
        return TROUBLE_TLS;
    default:
        return TROUBLE_BROKEN;
    }
}

/* It failed; of `tried` is said what is known beside the delivery. */
static void try_again(const DeliveryWorker *worker, Delivery *delivery, CallbackTried tried)
{
    tried.tries = delivery->tries;
    tried.tries_max = worker->callbacks->tries_max;
    tried.since_first_us += delivery->since_first_us;
    delivery->again_us = callback_next_us(&tried, g_random_int());
    delivery->outcome = delivery->again_us < 0 ? DELIVERY_GIVEN_UP : DELIVERY_AGAIN;
}

/* What the answer means. A body that is longer than is read does not matter. */
static void judge(const DeliveryWorker *worker, Sending *sending, CURLcode code)
{
    Delivery *delivery = sending->delivery;
    long status = 0;
    curl_off_t asked_s = 0;
    if (curl_easy_getinfo(sending->curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
        status = 0;
    if (curl_easy_getinfo(sending->curl, CURLINFO_RETRY_AFTER, &asked_s) != CURLE_OK)
        asked_s = 0;
    bool whole = code == CURLE_OK || sending->cut;
    delivery->status = status >= 100 && status <= 999 ? (int)status : 0;
    delivery->trouble = !whole ? trouble_of(code)
                      : status >= 200 && status < 300 ? TROUBLE_NONE
                      : status >= 300 && status < 400 ? TROUBLE_REDIRECT : TROUBLE_STATUS;
    if (delivery->trouble == TROUBLE_NONE) {
        delivery->outcome = DELIVERY_ACCEPTED;
        return;
    }
    try_again(worker, delivery, (CallbackTried){ .gone = whole && status == 410, .asked_s = whole ? asked_s : 0,
                                                 .since_first_us = g_get_monotonic_time() - sending->began_us });
}

/* The list may have changed since the ticket was made. */
static bool may_be_sent(const DeliveryWorker *worker, const Delivery *delivery)
{
    const char *why;
    g_auto(CallbackUrl) url = { 0 };
    return callback_url_read(delivery->url, &url, &why) && callbacks_allow(worker->callbacks, &url);
}

/* Takes the delivery. */
static void begin(DeliveryWorker *worker, Delivery *delivery)
{
    if (delivery->noted) {
        g_ptr_array_add(worker->tried, delivery);
        return;
    }
    if (!may_be_sent(worker, delivery)) {
        delivery->outcome = DELIVERY_GIVEN_UP;
        delivery->trouble = TROUBLE_NOT_ALLOWED;
        g_ptr_array_add(worker->tried, delivery);
        return;
    }
    Sending *sending = g_new0(Sending, 1);
    sending->delivery = delivery;
    sending->began_us = g_get_monotonic_time();
    sending->curl = curl_easy_init();
    g_ptr_array_add(worker->sending, sending);
    if (sending->curl && sign(worker, sending) && set_up(worker, sending) &&
        curl_multi_add_handle(worker->multi, sending->curl) == CURLM_OK)
        return;
    sending->delivery = NULL; /* there is no memory for it now */
    g_ptr_array_remove_fast(worker->sending, sending);
    delivery->trouble = TROUBLE_UNREACHABLE;
    try_again(worker, delivery, (CallbackTried){ 0 });
    g_ptr_array_add(worker->tried, delivery);
}

/* --- all of them --- */

static int64_t room_for(const DeliveryWorker *worker, const char *origin)
{
    int64_t busy = 0;
    for (guint i = 0; i < worker->sending->len; i++)
        busy += strcmp(((const Sending *)worker->sending->pdata[i])->delivery->origin, origin) == 0;
    return MAX(ORIGIN_MAX - busy, 0);
}

static void say(DeliveryWorker *worker, StoreResult result, const StoreError *error)
{
    if (result != STORE_OK && !worker->troubled)
        log_line(LOG_LEVEL_WARNING, "callbacks: %s", error->detail ? error->detail : "the database does not answer");
    worker->troubled = result != STORE_OK;
}

static StoreResult take(DeliveryWorker *worker, StoreError *error)
{
    const GPtrArray *origins = worker->callbacks->origins;
    g_autofree int64_t *rooms = g_new(int64_t, MAX(origins->len, 1));
    g_autoptr(GPtrArray) taken = NULL;
    for (guint i = 0; i < origins->len; i++)
        rooms[i] = room_for(worker, origins->pdata[i]);
    int64_t room = MAX(ALL_MAX - (int64_t)worker->sending->len - (int64_t)worker->tried->len, 0); /* these stay where they cannot be written down */
    StoreResult result = deliveries_take(worker->store, origins, rooms, room, MIN(room, STRANGERS_MAX), &taken, error);
    worker->taken_us = g_get_monotonic_time();
    while (result == STORE_OK && taken->len)
        begin(worker, g_ptr_array_steal_index_fast(taken, taken->len - 1));
    return result;
}

/* Looks for something to send; while something is being sent the lease is kept. */
static StoreResult look(DeliveryWorker *worker, StoreError *error)
{
    int64_t now_us = g_get_monotonic_time();
    bool any = false;
    if (now_us - worker->looked_us < LOOK_US)
        return STORE_OK;
    worker->looked_us = now_us;
    StoreResult result = deliveries_look(worker->store, &any, error);
    if (result == STORE_OK && (any || (worker->sending->len && now_us - worker->taken_us >= RENEW_US)))
        result = take(worker, error);
    return result;
}

/* Goes on with all that is being sent, and moves what has ended to those that were tried. */
static void collect(DeliveryWorker *worker)
{
    int running, left;
    const CURLMsg *message;
    if (curl_multi_perform(worker->multi, &running) != CURLM_OK)
        log_line(LOG_LEVEL_ERROR, "callbacks: libcurl cannot go on");
    while ((message = curl_multi_info_read(worker->multi, &left))) {
        char *sent = NULL;
        if (message->msg != CURLMSG_DONE || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &sent) != CURLE_OK)
            continue;
        Sending *sending = (Sending *)sent;
        CURLcode code = message->data.result; /* the message goes with the handle */
        judge(worker, sending, code);
        curl_multi_remove_handle(worker->multi, sending->curl);
        g_ptr_array_add(worker->tried, g_steal_pointer(&sending->delivery));
        g_ptr_array_remove_fast(worker->sending, sending);
        worker->looked_us = 0; /* there is room for another */
    }
}

static StoreResult write_down(DeliveryWorker *worker, StoreError *error)
{
    if (!worker->tried->len)
        return STORE_OK;
    StoreResult result = deliveries_end(worker->store, worker->tried, error);
    for (guint i = worker->tried->len; i-- > 0;) {
        const Delivery *delivery = worker->tried->pdata[i];
        if (delivery->ended || delivery->put_off)
            g_ptr_array_remove_index_fast(worker->tried, i);
    }
    return result;
}

static void wait_for_some(DeliveryWorker *worker)
{
    int ready;
    if (curl_multi_poll(worker->multi, NULL, 0, POLL_MS, &ready) != CURLM_OK)
        g_usleep(POLL_MS * 1000);
}

static int64_t turn(void *data)
{
    DeliveryWorker *worker = data;
    g_auto(StoreError) error = { 0 };
    collect(worker);
    StoreResult result = write_down(worker, &error);
    bool written = result == STORE_OK;
    StoreResult looked = look(worker, written ? &error : NULL); /* others are sent whatever became of these */
    if (written)
        result = looked == STORE_OK ? write_down(worker, &error) : looked;
    say(worker, result, &error);
    if (worker->sending->len)
        wait_for_some(worker);
    return worker->sending->len ? 0 : result != STORE_OK ? TROUBLE_US : LOOK_US;
}

DeliveryWorker *delivery_start(Store *store, const Callbacks *callbacks)
{
    DeliveryWorker *worker = g_new0(DeliveryWorker, 1);
    worker->callbacks = callbacks;
    worker->sending = g_ptr_array_new_with_free_func(free_sending);
    worker->tried = g_ptr_array_new_with_free_func(free_delivery);
    worker->store = deliveries_open(store);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        worker->multi = curl_multi_init();
    if (worker->multi)
        worker->turns = turns_start("callbacks", turn, worker, 0);
    if (worker->turns)
        return worker;
    delivery_stop(worker);
    return NULL;
}

/* Nothing new is begun. */
static void finish(DeliveryWorker *worker)
{
    int64_t until_us = g_get_monotonic_time() + STOP_US;
    g_auto(StoreError) error = { 0 };
    while (worker->sending->len && g_get_monotonic_time() < until_us) {
        collect(worker);
        if (worker->sending->len)
            wait_for_some(worker);
    }
    say(worker, write_down(worker, &error), &error);
}

void delivery_stop(DeliveryWorker *worker)
{
    if (!worker)
        return;
    turns_stop(worker->turns);
    if (worker->multi)
        finish(worker);
    for (guint i = 0; i < worker->sending->len; i++)
        curl_multi_remove_handle(worker->multi, ((const Sending *)worker->sending->pdata[i])->curl);
    g_ptr_array_unref(worker->sending);
    g_ptr_array_unref(worker->tried);
    if (worker->multi)
        curl_multi_cleanup(worker->multi);
    deliveries_close(worker->store);
    curl_global_cleanup();
    g_free(worker);
}
