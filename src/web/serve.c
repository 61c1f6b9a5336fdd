/* Threads that take connections and let libfcgi read requests from them.
 *
 * The connection is accepted here and handed to FCGX_Accept_r as one that it kept (ipcFd, keepConnection), when its
 * request is there as a whole (doorman.h): so a thread is never held by a slow client, nor by a connection that is kept.
 * One thread at a time is at the door, or each new connection would wake all. It waits in poll, together with the pipe
 * that says stop: the end needs no signal to each thread (nor FCGX_ShutdownPending, which is for threads in libfcgi's own
 * accept) and breaks off no request.
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
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/parse.h"
#include "web/doorman.h"
#include "web/listener.h"
#include "web/watchdog.h"

/* A peer that stalls in the middle of a request or of reading the answer loses its connection. */
#define STALL_US (60 * G_USEC_PER_SEC)
/* A new connection may be there a moment before its request. */
#define GLANCE_US 20000
#define DRAIN_MAX (1024 * 1024)
/* At the end, what was connected before is still answered, for so long at most. */
#define LAST_CALL_US (2 * G_USEC_PER_SEC)
/* Between two looks whether a descriptor was given back, and for how long to look: a process that can take nobody is no use
 * to those who wait, and the one that is started in its place may be. */
#define STARVED_MS 10
#define STARVED_US G_USEC_PER_SEC

/* Given up when there is no other descriptor for a connection, so that even then one after the other is answered. Opened
 * before all others: a limit that was lowered below the number of those open leaves only low numbers to be used again. */
static int reserve = -1;

typedef struct {
    int fd;
    bool kept;
} GivenBack;

typedef struct {
    int listener;
    int stop_pipe[2];
    atomic_bool stopping;
    bool own;                    /* nobody else has the listener */
    atomic_llong drain_until_us; /* set before `stopping` */
    pthread_mutex_t door;        /* held by the one who waits there */
    Doorman *doorman;            /* under `door` */
    pthread_mutex_t given_back_lock;
    GArray *given_back;          /* of GivenBack: for the one at the door */
    int bell;                    /* readable while there are some */
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

/* When it is time to stop: others may take what still waits at a socket that is shared; what waits at our own, which
 * nobody finds any more, would be lost. */
static bool takes_more(const Server *server)
{
    return !server->stopping || (server->own && g_get_monotonic_time() < server->drain_until_us);
}

static void set_patience(int fd, int option, int64_t us)
{
    struct timeval patience = {.tv_sec = us / G_USEC_PER_SEC, .tv_usec = us % G_USEC_PER_SEC};
    setsockopt(fd, SOL_SOCKET, option, &patience, sizeof patience);
}

/* Leaves a connection, that has had a request already or is slow with its first, to the one at the door. */
static void give_back(Server *server, int fd, bool kept)
{
    GivenBack one = {.fd = fd, .kept = kept};
    pthread_mutex_lock(&server->given_back_lock);
    g_array_append_val(server->given_back, one);
    pthread_mutex_unlock(&server->given_back_lock);
    eventfd_write(server->bell, 1);
}

static void admit_given_back(Server *server)
{
    eventfd_t rung;
    eventfd_read(server->bell, &rung);
    pthread_mutex_lock(&server->given_back_lock);
    for (guint i = 0; i < server->given_back->len; i++) {
        const GivenBack *one = &g_array_index(server->given_back, GivenBack, i);
        doorman_admit(server->doorman, one->fd, one->kept);
    }
    g_array_set_size(server->given_back, 0);
    pthread_mutex_unlock(&server->given_back_lock);
}

/* Until another thread gives something back. */
static void starve(int64_t *since_us)
{
    int64_t now_us = g_get_monotonic_time();
    *since_us = *since_us ? *since_us : now_us;
    if (now_us - *since_us > STARVED_US) {
        log_line(LOG_LEVEL_ERROR, "no descriptor is left for a connection, ending");
        _exit(EXIT_FAILURE);
    }
    poll(NULL, 0, STARVED_MS);
}

/* The listener does not block: another process may share it and be faster. -1: there is nobody new. */
static int accept_one(Server *server)
{
    int fd = -1;
    int64_t starved_since_us = 0;
    while (takes_more(server) && (fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) < 0) {
        bool starved = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (!starved && errno != EINTR && errno != ECONNABORTED)
            break;
        if (starved && !reserve_give_up() && !doorman_evict(server->doorman))
            starve(&starved_since_us);
    }
    return fd;
}

/* False: it is time to stop, and nothing more is to be expected. */
static bool wait_at_door(Server *server)
{
    bool rung[3] = {false};
    int fds[3] = {server->listener, server->stop_pipe[0], server->bell};
    if (!server->stopping) {
        doorman_wait(server->doorman, fds, rung, 3, -1);
        if (rung[2])
            admit_given_back(server);
        return true;
    }
    admit_given_back(server);
    doorman_dismiss_silent(server->doorman);
    int64_t left_us = server->drain_until_us - g_get_monotonic_time();
    if (left_us <= 0 || !doorman_expects(server->doorman))
        return false;
    doorman_wait(server->doorman, NULL, NULL, 0, left_us);
    return true;
}

/* A connection that is new, or one whose request is there as a whole; -1: it is time to stop. */
static int connection_next(Server *server, bool *new)
{
    int fd;
    pthread_mutex_lock(&server->door);
    reserve_keep();
    do {
        fd = doorman_next(server->doorman);
        *new = fd < 0;
        if (fd < 0)
            fd = accept_one(server);
    } while (fd < 0 && wait_at_door(server));
    pthread_mutex_unlock(&server->door);
    return fd;
}

/* False when it is time to stop. */
static bool connection_ready(Server *server, FCGX_Request *request)
{
    int fd;
    bool new = true;
    if (request->ipcFd >= 0)
        give_back(server, request->ipcFd, true);
    while ((fd = connection_next(server, &new)) >= 0 && new) {
        set_patience(fd, SO_RCVTIMEO, GLANCE_US);
        set_patience(fd, SO_SNDTIMEO, STALL_US);
        if (doorman_sees_whole(fd))
            break;
        set_patience(fd, SO_RCVTIMEO, STALL_US);
        give_back(server, fd, false);
    }
    request->ipcFd = fd;
    request->keepConnection = 1; /* or FCGX_Accept_r would close it as that of the last request */
    return fd >= 0;
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
        .door = PTHREAD_MUTEX_INITIALIZER,
        .given_back_lock = PTHREAD_MUTEX_INITIALIZER,
        .shared_secret = shared_secret,
        .answer = answer,
        .data = data,
    };
    g_autofree pthread_t *ids = g_new0(pthread_t, threads);
    int started = 0;
    if (FCGX_Init() != 0 || pipe2(server.stop_pipe, O_CLOEXEC) != 0 ||
        (server.bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
        return false;
    restore_signals();
    server.doorman = doorman_new();
    server.given_back = g_array_new(FALSE, FALSE, sizeof(GivenBack));
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
    while (started < threads && pthread_create(&ids[started], NULL, serve_thread, &server) == 0)
        started++;
    if (started > 0) {
        log_line(LOG_LEVEL_NOTICE, "ready: %d threads", started);
        stop_at_signal(&server);
    }
    for (int i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    doorman_free(server.doorman);
    g_array_unref(server.given_back);
    close(server.bell);
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
