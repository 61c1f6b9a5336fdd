/* Counts of this process. Requests are counted with atomics; features are few, known only from the policy, and
 * counted under a mutex. */
#include "web/metrics.h"

#include <pthread.h>
#include <stdatomic.h>

static const int64_t bounds_us[] = {500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 5000000};
static const char *const bound_words[] = {"0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025",
                                          "0.05",   "0.1",   "0.25",   "0.5",   "1",    "5"};
static const char *const surface_words[SURFACE_COUNT] = {"authorizer", "api", "page", "open"};
static const char *const outcome_words[] = {"allowed", "denied", "queued", "forbidden"};

#define BUCKETS (G_N_ELEMENTS(bounds_us) + 1)
#define CLASSES 6 /* of statuses: 2xx at index 2 */

typedef struct {
    uint64_t outcomes[G_N_ELEMENTS(outcome_words)];
} FeatureCounts;

struct Metrics {
    atomic_uint_fast64_t statuses[SURFACE_COUNT][CLASSES];
    atomic_uint_fast64_t buckets[SURFACE_COUNT][BUCKETS];
    atomic_uint_fast64_t took_us[SURFACE_COUNT];
    pthread_mutex_t features_lock;
    GHashTable *features; /* key -> FeatureCounts */
};

Metrics *metrics_new(void)
{
    Metrics *metrics = g_new0(Metrics, 1);
    pthread_mutex_init(&metrics->features_lock, NULL);
    metrics->features = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return metrics;
}

void metrics_free(Metrics *metrics)
{
    if (!metrics)
        return;
    g_hash_table_destroy(metrics->features);
    pthread_mutex_destroy(&metrics->features_lock);
    g_free(metrics);
}

void metrics_decision(Metrics *metrics, const Answer *answer)
{
    const char *key = answer->feature ? answer->feature->key : "";
    pthread_mutex_lock(&metrics->features_lock);
    FeatureCounts *counts = g_hash_table_lookup(metrics->features, key);
    if (!counts) {
        counts = g_new0(FeatureCounts, 1);
        g_hash_table_insert(metrics->features, g_strdup(key), counts);
    }
    counts->outcomes[answer->outcome]++;
    pthread_mutex_unlock(&metrics->features_lock);
}

void metrics_request(Metrics *metrics, Surface surface, int status, int64_t took_us)
{
    size_t bucket = 0;
    while (bucket < G_N_ELEMENTS(bounds_us) && took_us > bounds_us[bucket])
        bucket++;
    metrics->buckets[surface][bucket]++;
    metrics->took_us[surface] += (uint64_t) MAX(took_us, 0);
    metrics->statuses[surface][CLAMP(status / 100, 0, CLASSES - 1)]++;
}

char *metrics_label(const char *text)
{
    GString *out = g_string_new(NULL);
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            g_string_append_c(out, '\\');
        if (*text == '\n')
            g_string_append(out, "\\n");
        else
            g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

static void print_head(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_decisions(Metrics *metrics, GString *out)
{
    GHashTableIter iter;
    gpointer key, value;
    print_head(out, "webquota_decisions_total", "counter", "Decisions answered by this process.");
    pthread_mutex_lock(&metrics->features_lock);
    g_hash_table_iter_init(&iter, metrics->features);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_autofree char *label = metrics_label(key);
        for (size_t i = 0; i < G_N_ELEMENTS(outcome_words); i++)
            g_string_append_printf(out, "webquota_decisions_total{outcome=\"%s\",feature=\"%s\"} %" PRIu64 "\n",
                                   outcome_words[i], label, ((FeatureCounts *) value)->outcomes[i]);
    }
    pthread_mutex_unlock(&metrics->features_lock);
}

static void print_requests(Metrics *metrics, GString *out)
{
    print_head(out, "webquota_requests_total", "counter", "Requests answered, by way in and class of status.");
    for (int surface = 0; surface < SURFACE_COUNT; surface++)
        for (int class = 2; class < CLASSES; class ++)
            g_string_append_printf(out, "webquota_requests_total{surface=\"%s\",status=\"%dxx\"} %" PRIuFAST64 "\n",
                                   surface_words[surface], class, metrics->statuses[surface][class]);
}

static void print_latency(Metrics *metrics, GString *out)
{
    print_head(out, "webquota_request_seconds", "histogram", "Time from the request to its answer.");
    for (int surface = 0; surface < SURFACE_COUNT; surface++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < BUCKETS; i++) {
            sum += metrics->buckets[surface][i];
            g_string_append_printf(out, "webquota_request_seconds_bucket{surface=\"%s\",le=\"%s\"} %" PRIu64 "\n",
                                   surface_words[surface], i < G_N_ELEMENTS(bound_words) ? bound_words[i] : "+Inf", sum);
        }
        char seconds[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(seconds, sizeof seconds, "%.6f", (double) metrics->took_us[surface] / 1e6);
        g_string_append_printf(out, "webquota_request_seconds_sum{surface=\"%s\"} %s\n", surface_words[surface], seconds);
        g_string_append_printf(out, "webquota_request_seconds_count{surface=\"%s\"} %" PRIu64 "\n", surface_words[surface],
                               sum);
    }
}

void metrics_print(Metrics *metrics, GString *out)
{
    print_decisions(metrics, out);
    print_requests(metrics, out);
    print_latency(metrics, out);
}
