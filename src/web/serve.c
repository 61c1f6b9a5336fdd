/* Threads that take connections and let libfcgi read requests from them.
 *
 * The connection is accepted here and handed to FCGX_Accept_r as one that it kept (ipcFd, keepConnection).
 * So a thread that waits, for a new connection or on a kept one, waits in poll, together with the pipe that
 * says stop: the end needs no signal to each thread (nor FCGX_ShutdownPending, which is for threads in libfcgi's own
 * accept) and breaks off no request. One thread at a time waits for
 * new connections, or each would wake all.
 */
#define _GNU_SOURCE /* accept4, pipe2 */
#include "web/serve.h"

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/parse.h"
#include "web/listener.h"
#include "web/watchdog.h"

/* A peer that stalls in the middle of a request or of reading the answer loses its connection. */
#define STALL_S 60
#define DRAIN_MAX (1024 * 1024)
/* At the end, what was connected before is still answered, for so long at most. */
#define LAST_CALL_US (2 * G_USEC_PER_SEC)
/* Between two looks whether a descriptor was given back. */
#define STARVED_MS 10

/* Given up when there is no other descriptor for a connection, so that even then one after the other is answered. Opened
 * before all others: a limit that was lowered below the number of those open leaves only low numbers to be used again. */
static int reserve = -1;

typedef struct {
    int listener;
    int stop_pipe[2];
    atomic_bool stopping;
    bool own;                    /* nobody else has the listener */
    atomic_llong drain_until_us; /* set before `stopping` */
    pthread_mutex_t accepting;
    const char *shared_secret;
    ServeAnswer answer;
    void *data;
} Server;

static void endings(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

static void reserve_keep(void)
{
    if (reserve < 0)
        reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static bool reserve_give_up(void)
{
    bool had = reserve >= 0;
    if (had)
        close(reserve);
    reserve = -1;
    return had;
}

void serve_prepare(void)
{
    sigset_t set;
    endings(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    reserve_keep();
}

/* Waits until fd can be read. False when it cannot and it is time to stop. */
static bool wait_readable(Server *server, int fd)
{
    struct pollfd waits[2] = {{.fd = fd, .events = POLLIN}, {.fd = server->stop_pipe[0], .events = POLLIN}};
    while (poll(waits, 2, -1) <= 0)
        ;
    return waits[0].revents != 0;
}

/* When it is time to stop: others may take what still waits at a socket that is shared; what waits at our own, which
 * nobody finds any more, would be lost. */
static bool takes_more(const Server *server)
{
    return !server->stopping || (server->own && g_get_monotonic_time() < server->drain_until_us);
}

/* The listener does not block: another process may share it and be faster. */
static int accept_one(Server *server)
{
    int fd = -1;
    pthread_mutex_lock(&server->accepting);
    reserve_keep();
    while (takes_more(server) && (fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) < 0) {
        if ((errno == EAGAIN || errno == EWOULDBLOCK) && !wait_readable(server, server->listener))
            break;
        bool starved = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (starved && !reserve_give_up())
            poll(NULL, 0, STARVED_MS); /* until another thread gives something back */
    }
    pthread_mutex_unlock(&server->accepting);
    return fd;
}

static void set_timeouts(int fd)
{
    struct timeval stall = {.tv_sec = STALL_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &stall, sizeof stall);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &stall, sizeof stall);
}

/* Makes sure that there is a connection with something to read. False when it is time to stop. */
static bool connection_ready(Server *server, FCGX_Request *request)
{
    if (request->ipcFd >= 0)
        return wait_readable(server, request->ipcFd);
    int fd = accept_one(server);
    if (fd < 0)
        return false;
    set_timeouts(fd);
    request->ipcFd = fd;
    request->keepConnection = 1; /* or FCGX_Accept_r would close it as that of the last request */
    return true;
}

static long fastcgi_read(void *data, char *bytes, size_t room)
{
    FCGX_Request *request = data;
    int got = FCGX_GetStr(bytes, (int) room, request->in);
    return got == 0 && FCGX_GetError(request->in) != 0 ? -1 : got;
}

static bool fastcgi_write(void *data, const char *bytes, size_t len)
{
    FCGX_Request *request = data;
    return FCGX_PutStr(bytes, (int) len, request->out) == (int) len;
}

/* Servers that keep connections mistake what was left unread for the next request's. */
static void drain(FCGX_Request *request)
{
    char bytes[8192];
    for (size_t drained = 0; drained < DRAIN_MAX;) {
        int got = FCGX_GetStr(bytes, sizeof bytes, request->in);
        if (got <= 0)
            return;
        drained += (size_t) got;
    }
    request->keepConnection = 0;
}

static void *serve_thread(void *data)
{
    Server *server = data;
    FCGX_Request request;
    FCGX_InitRequest(&request, -1, 0);
    while (connection_ready(server, &request)) {
        if (FCGX_Accept_r(&request) < 0)
            continue; /* the peer went away, or spoke no FastCGI */
        Exchange exchange = {
            .params = request.envp,
            .authorizer = request.role == FCGI_AUTHORIZER,
            .shared_secret = server->shared_secret,
            .read = fastcgi_read,
            .write = fastcgi_write,
            .data = &request,
        };
        server->answer(&exchange, server->data);
        if (server->stopping)
            request.keepConnection = 0;
        else if (!exchange.authorizer && request.keepConnection)
            drain(&request);
        FCGX_Finish_r(&request);
    }
    FCGX_Free(&request, 1);
    return NULL;
}

/* Gives signs of life until there is a signal. */
static int wait_for_signal(void)
{
    sigset_t set;
    int signal_number;
    Watchdog watchdog = watchdog_ready();
    struct timespec pause = {.tv_sec = watchdog.every_us / G_USEC_PER_SEC, .tv_nsec = watchdog.every_us % G_USEC_PER_SEC * 1000};
    endings(&set);
    do
        watchdog_alive(&watchdog);
    while ((signal_number = sigtimedwait(&set, NULL, watchdog.every_us > 0 ? &pause : NULL)) < 0);
    watchdog_close(&watchdog);
    return signal_number;
}

static void stop_at_signal(Server *server)
{
    int signal_number = wait_for_signal();
    log_line(LOG_LEVEL_NOTICE, "stopping: %s", strsignal(signal_number));
    if (server->own)
        listener_retire(server->listener);
    server->drain_until_us = g_get_monotonic_time() + LAST_CALL_US;
    server->stopping = true;
    if (write(server->stop_pipe[1], "", 1) != 1)
        log_line(LOG_LEVEL_ERROR, "cannot wake the threads: %s", g_strerror(errno));
}

static void restore_signals(void)
{
    /* libfcgi catches these for itself; sigwait wants them blocked and not ignored. */
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGUSR1, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
}

bool serve_fastcgi(int listener, bool own, int threads, const char *shared_secret, ServeAnswer answer, void *data)
{
    Server server = {
        .listener = listener,
        .own = own,
        .accepting = PTHREAD_MUTEX_INITIALIZER,
        .shared_secret = shared_secret,
        .answer = answer,
        .data = data,
    };
    g_autofree pthread_t *ids = g_new0(pthread_t, threads);
    int started = 0;
    if (FCGX_Init() != 0 || pipe2(server.stop_pipe, O_CLOEXEC) != 0)
        return false;
    restore_signals();
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
    while (started < threads && pthread_create(&ids[started], NULL, serve_thread, &server) == 0)
        started++;
    if (started > 0) {
        log_line(LOG_LEVEL_NOTICE, "ready: %d threads", started);
        stop_at_signal(&server);
    }
    for (int i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    if (own)
        close(listener);
    close(server.stop_pipe[0]);
    close(server.stop_pipe[1]);
    return started > 0;
}

/* `data` counts the bytes. */
static long cgi_read(void *data, char *bytes, size_t room)
{
    int64_t *taken = data;
    ssize_t got;
    do
        got = read(STDIN_FILENO, bytes, room);
    while (got < 0 && errno == EINTR);
    *taken += MAX(got, 0);
    return (long) got;
}

static bool cgi_write(void *data, const char *bytes, size_t len)
{
    (void) data;
    while (len > 0) {
        ssize_t sent = write(STDOUT_FILENO, bytes, len);
        if (sent < 0 && errno != EINTR)
            return false;
        if (sent > 0) {
            bytes += sent;
            len -= (size_t) sent;
        }
    }
    return true;
}

/* Apache's mod_cgid loses the answer of a program that ends before it has read the body. Not beyond: a server need not
 * end the input. */
static void cgi_drain(const Exchange *exchange, int64_t *taken)
{
    char bytes[8192];
    const char *text = exchange_param(exchange, "CONTENT_LENGTH");
    int64_t length = 0;
    if (!text || !parse_whole(text, 0, INT64_MAX, &length))
        return;
    while (*taken < length && cgi_read(taken, bytes, (size_t) MIN((int64_t) sizeof bytes, length - *taken)) > 0)
        ;
}

void serve_cgi(char **environment, ServeAnswer answer, void *data)
{
    int64_t taken = 0;
    Exchange exchange = {.params = environment, .read = cgi_read, .write = cgi_write, .data = &taken};
    answer(&exchange, data);
    cgi_drain(&exchange, &taken);
}
