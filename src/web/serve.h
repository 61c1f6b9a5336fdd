/* The loop around libfcgi, which nothing else knows. */
#ifndef WEBQUOTA_SERVE_H
#define WEBQUOTA_SERVE_H

#include "web/exchange.h"

/* Answers one exchange, now or later (Exchange's `done`); called by several threads at once. */
typedef void (*ServeAnswer)(const Exchange *exchange, void *data);

/* Blocks SIGTERM and SIGINT in the calling thread and all it starts later, and ignores SIGPIPE: call it before any
 * thread is started. */
void serve_prepare(void);

/* Calls `hurry` once when the process is told to end: whoever holds answers back gives them then. Before serve_fastcgi. */
void serve_at_stop(void (*hurry)(void *data), void *data);

/* Serves the listening socket with so many threads until SIGTERM or SIGINT comes; then finishes the requests in flight
 * and returns. A socket that is its own it gives up at the end, having answered what was connected before; one that
 * was inherited stays as it is. False: it could not begin. `shared_secret` as in Exchange. */
bool serve_fastcgi(int listener, bool own, int threads, const char *shared_secret, ServeAnswer answer,
                   void *data) MUST_CHECK;

#endif
