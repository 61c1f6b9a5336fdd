/* One item by `feature`, or several by `items`; never both. */
#include "web/ask.h"

#include "base/json_write.h"
#include "base/parse.h"
#include "say/say.h"
#include "web/decision.h"

#define TTL_DEFAULT_S 300
#define TTL_MAX_S 86400
#define METADATA_BYTES_MAX 4096

enum { SUBJECT, FEATURE, RESOURCE, UNITS, ITEMS, ON_BEHALF_OF, METADATA, CALLBACK_URL, PAYLOAD, TTL, FIELDS };

static const InputField fields[FIELDS] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},
    [RESOURCE] = {"resource", INPUT_TEXT, false, 1, 255},
    [UNITS] = {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
    [ITEMS] = {"items", INPUT_LIST, false, 1, LEDGER_ITEMS_MAX},
    [ON_BEHALF_OF] = {"on_behalf_of", INPUT_TEXT, false, 1, 255},
    [METADATA] = {"metadata", INPUT_OBJECT, false, 0, METADATA_BYTES_MAX},
    [CALLBACK_URL] = {"callback_url", INPUT_TEXT, false, 1, CALLBACK_URL_MAX},
    [PAYLOAD] = {"payload", INPUT_ANY, false, 0, CALLBACK_PAYLOAD_MAX},
    [TTL] = {"ttl", INPUT_WHOLE, false, 1, TTL_MAX_S},
};

enum { ITEM_FEATURE, ITEM_RESOURCE, ITEM_UNITS, ITEM_FIELDS };

static const InputField item_fields[ITEM_FIELDS] = {
    [ITEM_FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},
    [ITEM_RESOURCE] = {"resource", INPUT_TEXT, false, 1, 255},
    [ITEM_UNITS] = {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
};

Ask *ask_new(void)
{
    Ask *ask = g_new(Ask, 1);
    *ask = (Ask){0};
    return ask;
}

void ask_free(Ask *ask)
{
    free(ask->metadata); /* jansson's, as is the next */
    free(ask->payload);
    callback_url_clear(&ask->url);
    g_free(ask->job);
    g_free(ask->caller);
    g_free(ask->fingerprint);
    g_free(ask);
}

static bool item_read(Call *call, int index, const json_t *json, LedgerItem *item)
{
    InputValue values[ITEM_FIELDS];
    g_auto(InputError) error = {0};
    g_autofree char *prefix = g_strdup_printf("items[%d].", index);
    if (!json_is_object(json)) {
        g_autofree char *field = g_strdup_printf("items[%d]", index);
        call_problem(call, 400, field, SAY_OBJECT("%s"), field);
        return false;
    }
    if (!input_read(json, item_fields, ITEM_FIELDS, prefix, values, &error)) {
        call_problem(call, 400, error.field, "%s %s", error.field, error.detail);
        return false;
    }
    *item = (LedgerItem){values[ITEM_FEATURE].text, values[ITEM_RESOURCE].text,
                         values[ITEM_UNITS].given ? values[ITEM_UNITS].whole : 1};
    return true;
}

static bool items_read(Call *call, const InputValue *values, LedgerAsk *ask)
{
    if (!values[ITEMS].given) {
        ask->item_count = 1;
        ask->items[0] =
            (LedgerItem){values[FEATURE].text, values[RESOURCE].text, values[UNITS].given ? values[UNITS].whole : 1};
        if (!values[FEATURE].given)
            call_problem(call, 400, "feature", SAY_MISSING("feature"));
        return values[FEATURE].given;
    }
    for (int i = FEATURE; i <= UNITS; i++)
        if (values[i].given) {
            call_problem(call, 400, fields[i].name, SAY_BESIDE("%s", "items"), fields[i].name);
            return false;
        }
    ask->item_count = (int) json_array_size(values[ITEMS].json);
    int64_t sum = 0;
    for (int i = 0; i < ask->item_count; i++) {
        if (!item_read(call, i, json_array_get(values[ITEMS].json, i), &ask->items[i]))
            return false;
        sum += ask->items[i].units;
        if (sum > UNITS_MAX) {
            call_problem(call, 400, "items", SAY_ITEMS_TOO_MANY, UNITS_MAX);
            return false;
        }
    }
    return true;
}

/* Two requests are the same when their method, address and meaning are. */
static char *fingerprint_of(const Call *call)
{
    json_auto_t *value = json_loadb(call->text->str, call->text->len, 0, NULL);
    char *body = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    g_autofree char *text = g_strdup_printf("%s %s\n%s", call->request->method, call->request->path, body ? body : "");
    free(body);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static bool idempotency_read(Call *call, Ask *ask)
{
    const char *key = request_param(call->request, "HTTP_IDEMPOTENCY_KEY");
    if (!key)
        return true;
    if (!text_is_plain(key, strlen(key), 255)) {
        call_problem(call, 400, "Idempotency-Key",
                     SAY_KEY_TEXT);
        return false;
    }
    ask->ledger.idempotency_key = key;
    ask->ledger.caller = ask->caller = identity_caller(&call->identity);
    ask->ledger.fingerprint = ask->fingerprint = fingerprint_of(call);
    return true;
}

/* --- the callback --- */

/* May it be sent there, and by this caller? What is signed is believed, so only programs say what it is. */
static bool callback_may(Call *call, const InputValue *url, CallbackUrl *out)
{
    const Callbacks *callbacks = call->site ? call->site->callbacks : NULL;
    const char *why = NULL;
    if (!callback_url_read(url->text, out, &why))
        call_problem(call, 400, "callback_url", SAY_URL, why);
    else if (call->identity.kind != IDENTITY_KEY)
        call_problem(call, 403, "callback_url", SAY_URL_FOR_PROGRAMS);
    else if (!callbacks)
        call_problem(call, 422, "callback_url", SAY_URL_NOT_SET_UP);
    else if (!callbacks_allow(callbacks, out))
        call_problem(call, 422, "callback_url", SAY_URL_NOT_ALLOWED);
    else
        return true;
    return false;
}

static void add_part(GChecksum *sum, const char *part)
{
    g_checksum_update(sum, (const guchar *) (part ? part : ""), part ? (gssize) strlen(part) + 1 : 1);
}

/* What makes it the same as another: the caller's word for that, else all that it is. New string. */
static char *job_of(const Ask *ask)
{
    const LedgerAsk *asked = &ask->ledger;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    if (asked->idempotency_key) {
        const char *parts[] = {"key", asked->caller, asked->idempotency_key, asked->fingerprint};
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
            add_part(sum, parts[i]);
        return g_strdup(g_checksum_get_string(sum));
    }
    add_part(sum, ask->callback.url);
    add_part(sum, ask->callback.payload);
    for (int i = 0; i < asked->item_count; i++) {
        g_autofree char *units = g_strdup_printf("%" PRId64, asked->items[i].units);
        add_part(sum, asked->items[i].feature);
        add_part(sum, asked->items[i].resource);
        add_part(sum, units);
    }
    return g_strdup(g_checksum_get_string(sum));
}

/* False: answered already. */
static bool callback_read(Call *call, const InputValue *values, AskKind kind, Ask *ask)
{
    const InputValue *url = &values[CALLBACK_URL], *payload = &values[PAYLOAD];
    const char *stray = kind == ASK_HOLD && (url->given || payload->given) ? SAY_TICKETS_ONLY
                      : payload->given && !url->given ? SAY_NEEDS_CALLBACK_URL : NULL;
    if (stray) {
        const char *name = url->given ? "callback_url" : "payload";
        call_problem(call, 400, name, "%s: %s", name, stray);
        return false;
    }
    if (!url->given)
        return true;
    if (!callback_may(call, url, &ask->url))
        return false;
    ask->payload = payload->given ? json_write(payload->json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    ask->callback = (LedgerCallback){.url = url->text, .origin = ask->url.origin, .payload = ask->payload ? ask->payload : "{}",
                                     .once = ask->ledger.idempotency_key != NULL};
    ask->callback.job = ask->job = job_of(ask);
    ask->ledger.callback = &ask->callback;
    return true;
}

bool ask_read(Call *call, AskKind kind, Ask *ask)
{
    InputValue values[FIELDS];
    ask->ledger.kind = kind;
    /* `ttl` is the last field, and only a reservation knows it. */
    values[TTL] = (InputValue){0};
    if (!call_body(call, fields, kind == ASK_HOLD ? FIELDS : TTL, values) || !items_read(call, values, &ask->ledger))
        return false;
    ask->ledger.subject = call_subject(call, values[SUBJECT].text);
    if (!ask->ledger.subject || !idempotency_read(call, ask) || !callback_read(call, values, kind, ask))
        return false;
    ask->ledger.own = call->identity.kind != IDENTITY_KEY && g_strcmp0(ask->ledger.subject, call->identity.subject) == 0;
    ask->ledger.on_behalf_of = values[ON_BEHALF_OF].text;
    ask->metadata = values[METADATA].given ? json_write(values[METADATA].json, JSON_COMPACT) : NULL;
    ask->ledger.metadata = ask->metadata;
    ask->ledger.ttl_s = values[TTL].given ? values[TTL].whole : TTL_DEFAULT_S;
    return true;
}

static void ask_decided(Call *call, StoreResult result, const Answer *answer, const StoreError *error)
{
    if (result == STORE_OK)
        decision_answer(call, answer);
    else
        call_store_problem(call, result, error);
}

static void free_ask(gpointer ask)
{
    ask_free(ask);
}

static void hand_in(Call *call, Ask *ask)
{
    call_decide(call, &ask->ledger, ask_decided, ask, free_ask);
}

void ask_answer(Call *call, AskKind kind)
{
    g_autoptr(Ask) ask = ask_new();
    if (ask_read(call, kind, ask))
        hand_in(call, g_steal_pointer(&ask));
}

void ask_answer_ticket(Call *call)
{
    g_autoptr(Ask) ask = ask_new();
    if (!ask_read(call, ASK_CONSUME, ask))
        return;
    if (ask->ledger.callback) {
        ask->callback.always = true;
        ask->ledger.kind = ASK_HOLD;
        ask->ledger.ttl_s = CALLBACK_HOLD_S;
    }
    hand_in(call, g_steal_pointer(&ask));
}
