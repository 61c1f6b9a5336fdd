/* The protocol is one datagram, documented as stable; a library for it would have to be optional, and this must not be. */
#include "web/watchdog.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/parse.h"

static int notify_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if ((path[0] != '/' && path[0] != '@') || len >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* abstract: no file */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len);
    if (fd >= 0 && connect(fd, (struct sockaddr *) &address, size) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void tell(const Watchdog *watchdog, const char *what)
{
    if (watchdog->fd >= 0)
        (void) !send(watchdog->fd, what, strlen(what), MSG_NOSIGNAL);
}

/* Microseconds; 0 when it is not this process that is watched. */
static int64_t allowed_us(void)
{
    const char *text = g_getenv("WATCHDOG_USEC"), *whose = g_getenv("WATCHDOG_PID");
    int64_t allowed = 0, pid = getpid();
    if (!text || !parse_whole(text, 3, INT64_MAX, &allowed))
        return 0;
    return !whose || (parse_whole(whose, 1, INT64_MAX, &pid) && pid == getpid()) ? allowed : 0;
}

Watchdog watchdog_ready(void)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    Watchdog watchdog = {.fd = path ? notify_socket(path) : -1};
    watchdog.every_us = watchdog.fd >= 0 ? allowed_us() / 3 : 0;
    tell(&watchdog, "READY=1");
    return watchdog;
}

void watchdog_alive(const Watchdog *watchdog)
{
    tell(watchdog, "WATCHDOG=1");
}

void watchdog_close(Watchdog *watchdog)
{
    if (watchdog->fd >= 0)
        close(watchdog->fd);
    watchdog->fd = -1;
}
