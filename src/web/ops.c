/* For those who keep it running: alive, ready, numbers. The web server says who may see them. */
#include "say/say.h"
#include "store/deliveries.h"
#include "web/handlers.h"

static void answer_text(Call *call, int status, const char *type, GString *text)
{
    response_status(call->response, status);
    response_guard(call->response);
    response_body(call->response, type, text);
}

void ops_health(Call *call)
{
    answer_text(call, 200, "text/plain; charset=utf-8", g_string_new("ok\n"));
}

void ops_ready(Call *call)
{
    g_auto(StoreError) error = {0};
    StoreResult result = store_ready(call->site->store, &error);
    StoreMetrics numbers = {0};
    store_metrics(call->site->store, &numbers);
    if (result == STORE_OK)
        call_json(call, 200,
                  json_pack("{s:s, s:i, s:s}", "status", "ready", "policy_version", numbers.policy_version, "version",
                            WEBQUOTA_VERSION));
    else
        call_json(call, 503, json_pack("{s:s, s:s*}", "status", SAY_NOT_READY, "detail", error.detail));
}

static void print_one(GString *out, const char *name, const char *type, const char *help, uint64_t value)
{
    g_string_append_printf(out, "# HELP webquota_%s %s\n# TYPE webquota_%s %s\nwebquota_%s %" PRIu64 "\n", name, help, name,
                           type, name, value);
}

static void print_store(const StoreMetrics *numbers, GString *out)
{
    print_one(out, "ledger_batches_total", "counter", "Transactions of the ledger.", numbers->batches);
    print_one(out, "ledger_batch_asks_total", "counter", "Asks decided in them.", numbers->batch_size_sum);
    print_one(out, "ledger_batch_asks_max", "gauge", "Asks in the largest of them.", numbers->batch_size_max);
    print_one(out, "ledger_queue_depth", "gauge", "Asks that wait for the ledger now.",
              (uint64_t) MAX(numbers->queue_depth, 0));
    print_one(out, "ledger_connected", "gauge", "1 when the ledger has its connection.", numbers->ledger_connected);
    print_one(out, "ledger_retries_total", "counter", "Transactions tried again.", numbers->retries);
    print_one(out, "ledger_remembered_total", "counter", "Refusals given from memory.", numbers->remembered);
    print_one(out, "ledger_fail_open_total", "counter", "Consents given although the store was down.", numbers->fail_open);
    print_one(out, "idempotent_replays_total", "counter", "Answers given again for an Idempotency-Key.",
              numbers->idempotent_replays);
    print_one(out, "readers_open", "gauge", "Reading connections.", (uint64_t) MAX(numbers->readers_open, 0));
    print_one(out, "readers_idle", "gauge", "Reading connections that nobody uses now.",
              (uint64_t) MAX(numbers->readers_idle, 0));
    print_one(out, "policy_version", "gauge", "The policy in force.", (uint64_t) MAX(numbers->policy_version, 0));
}

static void print_callbacks(const StoreMetrics *numbers, Store *store, GString *out)
{
    int64_t waiting, pending;
    g_auto(StoreError) ignored = {0};
    print_one(out, "callbacks_accepted_total", "counter", "Callbacks that their receivers took from this process.", numbers->callbacks_accepted);
    print_one(out, "callbacks_failed_total", "counter", "Tries of this process that came to nothing and are made again.",
              numbers->callbacks_failed);
    print_one(out, "callbacks_given_up_total", "counter", "Callbacks that this process gave up.", numbers->callbacks_given_up);
    if (deliveries_count(store, &waiting, &pending, &ignored) != STORE_OK)
        return;
    print_one(out, "callbacks_waiting", "gauge", "Callbacks that wait for their turn, of all processes.", (uint64_t) waiting);
    print_one(out, "callbacks_pending", "gauge", "Callbacks that are being sent or tried again, of all processes.", (uint64_t) pending);
}

void ops_metrics(Call *call)
{
    StoreMetrics numbers = {0};
    GString *out = g_string_sized_new(8192);
    store_metrics(call->site->store, &numbers);
    metrics_print(call->site->metrics, out);
    print_store(&numbers, out);
    if (call->site->callbacks)
        print_callbacks(&numbers, call->site->store, out);
    g_string_append(out, "# HELP webquota_build_info What is running.\n# TYPE webquota_build_info gauge\n"
                         "webquota_build_info{version=\"" WEBQUOTA_VERSION "\"} 1\n");
    answer_text(call, 200, "text/plain; version=0.0.4; charset=utf-8", out);
}
