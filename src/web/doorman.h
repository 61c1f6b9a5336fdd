/* Connections whose request is still on its way. No thread waits for any one of them: a client that dawdles, where the
 * web server hands its body on as it comes, would hold that thread.
 *
 * Not for several threads at once. */
#ifndef WEBQUOTA_DOORMAN_H
#define WEBQUOTA_DOORMAN_H

#include "base/base.h"

typedef struct Doorman Doorman;

/* Is there a request, as a whole? For its first bytes this waits a moment; for no more. False also where it is a large
 * one. *len is how much there is; 0 where its end was not said, so that more may come. Any thread may ask. */
bool doorman_sees_whole(int fd, size_t *len) MUST_CHECK;

Doorman *doorman_new(void);

/* Closes all connections that are left. */
void doorman_free(Doorman *doorman);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Doorman, doorman_free)

/* Takes over a connection. `kept`: it has had a request already, so that it may be silent for as long as it likes. */
void doorman_admit(Doorman *doorman, int fd, bool kept);

/* A connection with a request that can be read without waiting, which is the caller's from now on; -1 when there is
 * none. Closes those that have ended or taken too long. */
int doorman_next(Doorman *doorman) MUST_CHECK;

/* Waits until one of `fds` can be read, of which `rung` then tells, or doorman_next may know more. Not for longer than
 * `most_us`, unless that is negative. */
void doorman_wait(Doorman *doorman, const int *fds, bool *rung, int count, int64_t most_us);

/* Is anything on its way? */
bool doorman_expects(const Doorman *doorman);

/* Closes the connection that has waited longest, to have its descriptor back. False when none has for a second. */
bool doorman_evict(Doorman *doorman);

/* Closes those that are silent. */
void doorman_dismiss_silent(Doorman *doorman);

#endif
