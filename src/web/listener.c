/* libfcgi would bind every interface for ":9100", and leave a moment between bind and chmod: sockets are
 * made here instead. */
#include "web/listener.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

bool listener_is(int fd)
{
    int listening = 0;
    socklen_t len = sizeof listening;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening;
}

bool listener_is_tcp(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    return getsockname(fd, (struct sockaddr *) &address, &len) == 0 && address.ss_family != AF_UNIX;
}

void listener_retire(int fd)
{
    struct sockaddr_un address;
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *) &address, &len) == 0 && address.sun_family == AF_UNIX && address.sun_path[0])
        unlink(address.sun_path);
}

static int failed(int fd, const char *address, const char *what, char **why)
{
    *why = g_strdup_printf("%s: %s: %s", address, what, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Does a process answer on this socket? */
static bool is_alive(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive = fd >= 0 && connect(fd, (const struct sockaddr *) address, sizeof *address) == 0;
    if (fd >= 0)
        close(fd);
    return alive;
}

static int open_unix(const char *path, char **why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat there;
    if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return failed(-1, path, "cannot listen", why);
    }
    if (lstat(path, &there) == 0) {
        if (!S_ISSOCK(there.st_mode) || is_alive(&address)) {
            errno = EADDRINUSE;
            return failed(-1, path, S_ISSOCK(there.st_mode) ? "another process listens" : "is not a socket", why);
        }
        unlink(path);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t before = umask(0117); /* 0660 */
    int bound = fd < 0 ? -1 : bind(fd, (struct sockaddr *) &address, sizeof address);
    umask(before);
    if (bound != 0 || listen(fd, BACKLOG) != 0)
        return failed(fd, path, "cannot listen", why);
    return fd;
}

static int open_tcp(const char *host, const char *port, const char *shown, char **why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int problem = getaddrinfo(host, port, &hints, &found), yes = 1;
    if (problem != 0) {
        *why = g_strdup_printf("%s: %s", shown, gai_strerror(problem));
        return -1;
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    int bound = fd < 0 ? -1 : bind(fd, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (bound != 0 || listen(fd, BACKLOG) != 0)
        return failed(fd, shown, "cannot listen", why);
    return fd;
}

int listener_open(const char *address, char **why)
{
    const char *colon = strrchr(address, ':');
    if (strchr(address, '/') || !colon)
        return open_unix(address, why);
    g_autofree char *host = g_strndup(address, (gsize) (colon - address));
    size_t len = strlen(host);
    if (len == 0) {
        *why = g_strdup_printf("%s: the address to listen on is missing, as in 127.0.0.1%s", address, colon);
        return -1;
    }
    bool bracketed = host[0] == '[' && host[len - 1] == ']';
    if (bracketed)
        host[len - 1] = '\0';
    return open_tcp(bracketed ? host + 1 : host, colon + 1, address, why);
}
