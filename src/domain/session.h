/* How long a sign-in lasts, and what it allows. Pure. */
#ifndef WEBQUOTA_SESSION_RULES_H
#define WEBQUOTA_SESSION_RULES_H

#include "base/instant.h"

#define SESSION_IDLE_US (30 * 60 * US_PER_S)       /* unused for so long, it is over */
#define SESSION_MOST_US (12 * 3600 * US_PER_S)     /* and after so long in any case */

/* In this order: each may do what those before it may. */
typedef enum {
    ROLE_USER,    /* for themselves only */
    ROLE_VIEWER,  /* sees what administrators see */
    ROLE_SUPPORT, /* helps people within bounds */
    ROLE_ADMIN    /* everything */
} Role;

const char *role_word(Role role); /* "user", "viewer", "support", "admin" */
bool role_find(const char *word, Role *role) MUST_CHECK;

typedef struct {
    Instant created_at, last_seen_at, expires_at;
} SessionTimes;

/* Does it still hold? One that begins in the future (a clock that was set back) does not. */
bool session_is_alive(const SessionTimes *times, Instant now);

/* When it ends if it is not used again. */
Instant session_ends_at(const SessionTimes *times);

/* Is it time to note that it is in use? Once a minute, so that an idle one ends a minute early at most. */
bool session_wants_note(const SessionTimes *times, Instant now);

#endif
