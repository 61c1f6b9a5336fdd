/* The store as the web room sees it, in memory: the policy of world.h, one moment, and counters that are forgotten after
 * each request. It decides as the real one does, with decide(). Names say what comes of a call: one that begins with "?"
 * is not there, "!" makes no sense, "~" is in another state, "-" meets a database that is away; a subject that begins with
 * "full" has used up all.
 */
#ifndef WEBQUOTA_TESTS_FUZZ_STORE_DOUBLE_H
#define WEBQUOTA_TESTS_FUZZ_STORE_DOUBLE_H

#include "world.h"

#include "store/admin.h"
#include "store/ledger.h"
#include "store/thresholds.h"

struct Store {
    Policy *policy;
};

static Store double_store;

static inline StoreResult double_result(const char *name, StoreError *error)
{
    StoreResult result = !name ? STORE_OK : *name == '?' ? STORE_NONE : *name == '!' ? STORE_INVALID
                       : *name == '~' ? STORE_CONFLICT : *name == '-' ? STORE_DOWN : STORE_OK;
    if (result == STORE_INVALID) {
        error->field = g_strdup("subject");
        error->detail = g_strdup_printf("there is no \"%s\"", name);
    }
    return result;
}

/* --- the store itself --- */

Store *store_open(const StoreConfig *config)
{
    HOLDS(config->database);
    if (!double_store.policy)
        double_store.policy = world_policy();
    return &double_store;
}

void store_close(Store *store) { g_clear_pointer(&store->policy, policy_unref); }

void store_error_clear(StoreError *error)
{
    g_free(error->field);
    g_free(error->detail);
    *error = (StoreError){0};
}

StoreResult store_ready(Store *store, StoreError *error)
{
    (void)error;
    return store->policy ? STORE_OK : STORE_DOWN;
}

StoreResult store_policy(Store *store, Policy **policy, StoreError *error)
{
    (void)error;
    *policy = policy_ref(store->policy);
    return STORE_OK;
}

StoreResult store_policy_now(Store *store, Policy **policy, StoreError *error) { return store_policy(store, policy, error); }

Policy *store_coming(Store *store, const Policy *policy, Instant *at)
{
    *at = WORLD_NOW;
    return policy == store->policy ? policy_ref(store->policy) : NULL;
}

Instant store_now(Store *store)
{
    (void)store;
    return WORLD_NOW;
}

void store_metrics(Store *store, StoreMetrics *out)
{
    (void)store;
    *out = (StoreMetrics){.policy_version = 1};
}

/* --- deciding --- */

/* A subject as it stands: what usage and decisions point into. */
typedef struct {
    Subject subject;
    char *key;
    Drawer drawer;
    Situation situation;
} DoubleSubject;

static inline DoubleSubject *double_subject(const Store *store, const char *key)
{
    DoubleSubject *who = g_new0(DoubleSubject, 1);
    const Policy *policy = store->policy;
    bool anonymous = g_str_has_prefix(key, "anon:");
    const Plan *named = policy_plan(policy, key);
    who->key = g_strdup(key);
    who->subject = (Subject){.key = who->key, .anonymous = anonymous, .organization = strstr(key, "@") ? strstr(who->key, "@") : NULL,
                             .plan = named ? named : &policy->plans[anonymous ? policy->anonymous_plan : policy->default_plan],
                             .suspended = strcmp(key, "gone") == 0, .first_met = WORLD_NOW - 86400 * US_PER_S,
                             .anchor = WORLD_NOW - 86400 * US_PER_S};
    who->drawer = drawer_new();
    who->drawer.used = g_str_has_prefix(key, "full") ? 1000 : 0;
    who->situation = (Situation){.policy = policy, .subject = &who->subject, .now = WORLD_NOW};
    return who;
}

static inline void double_subject_free(gpointer data)
{
    DoubleSubject *who = data;
    drawer_clear(&who->drawer);
    g_free(who->key);
    g_free(who);
}

static inline StoreResult double_decide(Store *store, const LedgerAsk *ask, Answer **answer, StoreError *error)
{
    AskItem items[LEDGER_ITEMS_MAX];
    StoreResult result = double_result(ask->subject, error);
    HOLDS(ask->item_count >= 1 && ask->item_count <= LEDGER_ITEMS_MAX && *ask->subject);
    for (int i = 0; i < ask->item_count && result == STORE_OK; i++) {
        const Feature *feature = policy_feature_for(store->policy, ask->items[i].feature, ask->items[i].resource);
        HOLDS(ask->items[i].units >= 1 && ask->items[i].units <= UNITS_MAX);
        if (feature)
            items[i] = (AskItem){feature->index, ask->items[i].units};
        else
            result = STORE_NONE;
    }
    if (result != STORE_OK)
        return result;
    DoubleSubject *who = double_subject(store, ask->subject);
    Book book = drawer_book(&who->drawer);
    g_autoptr(Decision) decision = decide(&who->situation, ask->kind, items, ask->item_count, &book);
    decide_apply(decision);
    *answer = answer_new(&who->situation, decision, &store->policy->features[items[0].feature], ask->items[0].resource,
                         ask->kind == ASK_CHECK ? NULL : "dec_AQEAAAAAAAAAAQAAAAAAAAAB");
    double_subject_free(who);
    return STORE_OK;
}

/* What the subject did is named after it, so that its marks come to the page. */
StoreResult store_activity(Store *store, const char *subject, const GPtrArray *features, Instant now, Activity **activity,
                           StoreError *error)
{
    (void)store;
    StoreResult result = double_result(subject, error);
    HOLDS(features->len >= 1);
    if (result != STORE_OK)
        return result;
    *activity = activity_new(1, 1);
    (*activity)->lines[0] = (ActivityLine){.id = g_strdup("dec_AQEAAAAAAAAAAQAAAAAAAAAB"), .at = now, .outcome = OUTCOME_DENIED,
                                           .feature = g_strdup(features->pdata[0]), .resource = g_strdup(subject),
                                           .on_behalf_of = g_strdup(subject), .units = UNITS_MAX};
    (*activity)->clients[0] = (ActivityClient){.client = g_strdup(subject), .refused = 1, .last = now};
    return STORE_OK;
}

StoreResult store_alerts(Store *store, const char *subject, Instant now, Alerts **alerts, StoreError *error)
{
    (void)store;
    StoreResult result = double_result(subject, error);
    if (result != STORE_OK)
        return result;
    *alerts = alerts_new(1);
    (*alerts)->lines[0] = (AlertLine){.at = now, .feature = g_strdup(subject), .limit = g_strdup(subject), .threshold_pct = 80,
                                      .used = UNITS_MAX, .amount = UNITS_MAX, .shared = true};
    return STORE_OK;
}

StoreResult thresholds_set(Store *store, const char *subject, const char *feature, int64_t notice, int64_t warning, const char *actor,
                           StoreError *error)
{
    (void)store;
    HOLDS(actor && *actor && feature && *feature);
    HOLDS((!notice && !warning) || (notice >= 1 && notice < warning && warning <= 100));
    return double_result(subject, error);
}

StoreResult ledger_decide(Store *store, const LedgerAsk *ask, Answer **answer, StoreError *error)
{
    StoreResult result = double_result(ask->idempotency_key, error);
    return result == STORE_OK ? double_decide(store, ask, answer, error) : result;
}

void ledger_decide_later(Store *store, const LedgerAsk *ask, LedgerThen then, void *data)
{
    g_auto(StoreError) error = {0};
    Answer *answer = NULL;
    StoreResult result = ledger_decide(store, ask, &answer, &error);
    then(data, result, answer, &error);
}

StoreResult store_check(Store *store, const char *subject, const char *feature, const char *resource, int64_t units,
                        Answer **answer, StoreError *error)
{
    LedgerAsk ask = {.kind = ASK_CHECK, .subject = subject, .items = {{feature, resource, units}}, .item_count = 1};
    return double_decide(store, &ask, answer, error);
}

void usage_read_free(UsageRead *read)
{
    if (!read)
        return;
    usage_report_free(read->report);
    double_subject_free(read->keep);
    g_free(read);
}

StoreResult store_usage(Store *store, const char *subject, const char *feature, bool with_unlisted, UsageRead **read,
                        StoreError *error)
{
    StoreResult result = double_result(subject, error);
    const Feature *one = feature ? policy_feature(store->policy, feature) : NULL;
    if (result != STORE_OK || (feature && !one))
        return result != STORE_OK ? result : STORE_NONE;
    DoubleSubject *who = double_subject(store, subject);
    Book book = drawer_book(&who->drawer);
    *read = g_new0(UsageRead, 1);
    (*read)->report = usage_report(&who->situation, &book, one ? one->index : -1, with_unlisted);
    (*read)->keep = who;
    return STORE_OK;
}

UsageReport *usage_read_supposed(UsageRead *read, const Supposed *supposed, Subject *subject)
{
    DoubleSubject *who = read->keep;
    Book book = drawer_book(&who->drawer);
    return usage_report_supposed(&who->situation, &book, supposed, -1, subject);
}

void store_usage_later(Store *store, const char *subject, const char *feature, bool with_unlisted, UsageThen then, void *data)
{
    g_auto(StoreError) error = {0};
    UsageRead *read = NULL;
    StoreResult result = store_usage(store, subject, feature, with_unlisted, &read, &error);
    then(data, result, read, &error);
}

void decision_read_free(DecisionRead *read)
{
    if (!read)
        return;
    answer_unref(read->answer);
    g_free(read->kind);
    json_decref(read->metadata);
    g_free(read);
}

StoreResult store_decision(Store *store, const char *id, DecisionRead **read, StoreError *error)
{
    StoreResult result = double_result(id, error);
    if (result != STORE_OK)
        return result;
    *read = g_new0(DecisionRead, 1);
    (*read)->kind = g_strdup("consume");
    result = store_check(store, "ada", "message", NULL, 1, &(*read)->answer, error);
    if (result != STORE_OK)
        g_clear_pointer(read, decision_read_free);
    return result;
}

void ledger_done_clear(LedgerDone *done)
{
    g_free(done->id);
    g_free(done->subject);
    g_free(done->feature);
    *done = (LedgerDone){0};
}

static inline StoreResult double_done(const char *name, int64_t units, LedgerDone *done, StoreError *error)
{
    StoreResult result = double_result(name, error);
    if (result == STORE_OK)
        *done = (LedgerDone){.subject = g_strdup(name), .feature = g_strdup("message"), .units = units, .total = 7, .at = WORLD_NOW};
    return result;
}

StoreResult ledger_commit(Store *store, const char *reservation, int64_t units, LedgerDone *done, StoreError *error)
{
    (void)store;
    return double_done(reservation, units, done, error);
}

StoreResult ledger_release(Store *store, const char *reservation, LedgerDone *done, StoreError *error)
{
    (void)store;
    return double_done(reservation, 1, done, error);
}

StoreResult ledger_refund(Store *store, const char *decision, int64_t units, const char *reason, const char *actor,
                          LedgerDone *done, StoreError *error)
{
    (void)store;
    HOLDS(reason && actor);
    return double_done(decision, units, done, error);
}

StoreResult ledger_reset(Store *store, const char *subject, const char *feature, const char *reason, const char *actor,
                         LedgerDone *done, StoreError *error)
{
    (void)store, (void)feature;
    HOLDS(reason && actor);
    return double_done(subject, 1, done, error);
}

StoreResult ledger_restore(Store *store, const char *reset, const char *reason, const char *actor, LedgerDone *done, StoreError *error)
{
    (void)store;
    HOLDS(reset && actor && reason);
    return double_done(reset, 1, done, error);
}

#include "store_double_people.h"
#include "store_double_queue.h"

#endif
