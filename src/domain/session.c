/* How long a sign-in lasts. */
#include "domain/session.h"

#define NOTE_EVERY_US (60 * US_PER_S)
#define STRAY_US (5 * US_PER_S) /* two clocks of one database differ by less */

static const char *const words[] = {
    [ROLE_USER] = "user", [ROLE_VIEWER] = "viewer", [ROLE_SUPPORT] = "support", [ROLE_ADMIN] = "admin"};

const char *role_word(Role role)
{
    return words[role];
}

bool role_find(const char *word, Role *role)
{
    for (size_t i = 0; word && i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], word) == 0) {
            *role = (Role) i;
            return true;
        }
    return false;
}

Instant session_ends_at(const SessionTimes *times)
{
    Instant idle = times->last_seen_at + SESSION_IDLE_US, oldest = times->created_at + SESSION_MOST_US;
    return MIN(MIN(idle, oldest), times->expires_at);
}

bool session_is_alive(const SessionTimes *times, Instant now)
{
    return now >= times->created_at - STRAY_US && now < session_ends_at(times);
}

bool session_wants_note(const SessionTimes *times, Instant now)
{
    return now - times->last_seen_at >= NOTE_EVERY_US;
}
