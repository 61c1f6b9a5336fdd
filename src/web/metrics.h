/* What the process counts of itself, and /metrics. Thread-safe. */
#ifndef WEBQUOTA_METRICS_H
#define WEBQUOTA_METRICS_H

#include "domain/answer.h"

typedef struct Metrics Metrics;

typedef enum {
    SURFACE_AUTHORIZER,
    SURFACE_API,
    SURFACE_PAGE,
    SURFACE_OPEN, /* what needs neither identity nor policy: operations, static files */
    SURFACE_COUNT
} Surface;

Metrics *metrics_new(void);
void metrics_free(Metrics *metrics);

/* A decision was answered. */
void metrics_decision(Metrics *metrics, const Answer *answer);

/* A request was answered with this status, in so many microseconds. */
void metrics_request(Metrics *metrics, Surface surface, int status, int64_t took_us);

/* Appends the counts in the Prometheus text format. */
void metrics_print(Metrics *metrics, GString *out);

/* A label's value, escaped as that format wants it. New string. */
char *metrics_label(const char *text);

#endif
