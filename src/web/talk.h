/* Requests on their way to their answers. A request with all that belongs to it is a Talk, which no thread owns: it may be
 * answered by another thread than the one that read it, and later (Exchange's `done`). */
#ifndef WEBQUOTA_TALK_H
#define WEBQUOTA_TALK_H

#include <stdatomic.h>

#include "web/serve.h"

/* A peer that stalls in the middle of a request or of reading the answer loses its connection. */
#define STALL_US (60 * G_USEC_PER_SEC)

/* SO_RCVTIMEO or SO_SNDTIMEO of a socket. */
void socket_patience(int fd, int option, int64_t us);

typedef struct {
    int most;                       /* at once: who comes with one more waits until one is answered */
    const char *shared_secret;
    const atomic_bool *stopping;    /* no connection is kept then */
    ServeAnswer answer;
    void *answer_data;
    void (*back)(void *data, int fd); /* takes a connection that is kept; called by any thread */
    void *back_data;
} TalkRules;

typedef struct Talks Talks;
Talks *talks_new(const TalkRules *rules);
void talks_free(Talks *talks); /* after talks_end */

/* Reads the request of a connection, which is there as a whole, and has it answered, now or later. `fresh`: nothing was sent by
 * the connection so far. `heard_all`: libfcgi takes all that the peer sends in one go, and the peer sends no more. */
void talks_serve(Talks *talks, int fd, bool fresh, bool heard_all);

/* Waits for all answers that are still to come. */
void talks_end(Talks *talks);

#endif
