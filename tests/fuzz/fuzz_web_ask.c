/* Fuzzes what a consume or a reservation asks for: the kind ('h' holds), the Idempotency-Key, then the body, a line
 * each. What is read is in range; what is not is answered with a problem that says why. */
#include "page.h"

#include "web/ask.h"

typedef struct {
    const char *at;
    size_t left;
} Body;

static long body_read(void *data, char *bytes, size_t room)
{
    Body *body = data;
    size_t len = MIN(room, body->left);
    memcpy(bytes, body->at, len);
    body->at += len;
    body->left -= len;
    return (long)len;
}

static void check_ask(const Ask *ask, bool has_key)
{
    int64_t sum = 0;
    HOLDS(ask->ledger.item_count >= 1 && ask->ledger.item_count <= LEDGER_ITEMS_MAX);
    for (int i = 0; i < ask->ledger.item_count; i++) {
        const LedgerItem *item = &ask->ledger.items[i];
        HOLDS(item->units >= 1 && item->units <= UNITS_MAX && item->feature && text_is_plain(item->feature, strlen(item->feature), 255));
        HOLDS(!item->resource || text_is_plain(item->resource, strlen(item->resource), 255));
        sum += item->units;
    }
    HOLDS(sum <= UNITS_MAX && ask->ledger.ttl_s >= 1 && ask->ledger.ttl_s <= 86400);
    HOLDS(text_is_plain(ask->ledger.subject, strlen(ask->ledger.subject), 255));
    HOLDS(!ask->metadata || (strlen(ask->metadata) <= 4096 && is_utf8(ask->metadata)));
    HOLDS(has_key == (ask->ledger.idempotency_key != NULL) && has_key == (ask->fingerprint != NULL));
    HOLDS(!has_key || (strlen(ask->fingerprint) == 64 && text_is_plain(ask->ledger.idempotency_key, strlen(ask->ledger.idempotency_key), 255)));
}

/* Reads `body`; returns the fingerprint when it was good. */
static char *read_ask(AskKind kind, const char *key, const char *text, size_t len)
{
    g_autofree char *key_param = g_strconcat("HTTP_IDEMPOTENCY_KEY=", key, NULL);
    char *params[] = {(char *)"CONTENT_TYPE=application/json", *key ? key_param : NULL, NULL};
    Body body = {text, len};
    Exchange exchange = {.params = params, .read = body_read, .data = &body};
    Request request = {.exchange = &exchange, .method = "POST", .path = (char *)"/api/v1/consume"};
    g_autoptr(Response) response = response_new();
    Call call = {.request = &request, .response = response, .is_api = true, .identity = {.kind = IDENTITY_KEY, .key_id = 1}};
    g_autoptr(Ask) ask = ask_new();
    char *fingerprint = NULL;
    if (ask_read(&call, kind, ask)) {
        check_ask(ask, *key);
        HOLDS(response_status_of(response) == 0);
        fingerprint = g_steal_pointer(&ask->fingerprint);
        char *again = json_dumps(call.body, JSON_INDENT(3));
        if (body.left == 0 && *key && len < 2000 && kind != ASK_CHECK) {
            g_autofree char *same = read_ask(ASK_CHECK, key, again, strlen(again));
            HOLDS(g_strcmp0(same, fingerprint) == 0 || kind == ASK_HOLD);
        }
        free(again);
    } else {
        g_autoptr(GString) answer = response_render(response, false);
        answer_check(answer, false);
        HOLDS(response_status_of(response) >= 400 && response_status_of(response) < 500);
    }
    call_clear(&call);
    return fingerprint;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autofree char *kind = rest_line(&rest), *key = rest_line(&rest);
    g_autofree char *fingerprint = read_ask(*kind == 'h' ? ASK_HOLD : ASK_CONSUME, key, (const char *)rest.at, rest_len(&rest));
    (void)fingerprint;
    return 0;
}
