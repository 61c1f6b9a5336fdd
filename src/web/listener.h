/* The socket that the web server connects to. */
#ifndef WEBQUOTA_LISTENER_H
#define WEBQUOTA_LISTENER_H

#include "base/base.h"

/* Listens on a path (mode 0660, from the first moment; a leftover of a dead process is replaced, a living one's is
 * not) or on HOST:PORT (that address only). Returns the descriptor, or -1 and *why (new string). */
int listener_open(const char *address, char **why) MUST_CHECK;

/* Removes the path that the socket is bound to, if it is a path: nobody new will find it. */
void listener_retire(int fd);

/* Is descriptor `fd` a listening socket? */
bool listener_is(int fd);

/* May any local user connect to it? So it is with TCP. */
bool listener_is_tcp(int fd);

#endif
