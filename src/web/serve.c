/* Threads that take connections and let libfcgi read requests from them.
 *
 * A connection is accepted here and handed to FCGX_Accept_r as one that it kept (ipcFd, keepConnection), when its
 * request is there as a whole (doorman.h): so a thread is never held by a slow client, nor by a connection that is kept.
 *
 * Half of the threads stand at the gate: each blocks in accept, of which the kernel wakes one for a connection, and no
 * lock is handed on between them. The others take turns at the door, where one of them waits for all connections that
 * are slow or kept; while there are none, they cost nothing.
 *
 * An answer may come later, from another thread (talk.h), and the thread that read the request takes the next connection
 * meanwhile.
 *
 * At the end those at the door hear of it by a pipe. Those at the gate are sent a signal, which ends nothing but their
 * accept: other calls begin again after it (SA_RESTART), accept does not where the socket has a time-out. It is sent
 * until they have left, as it may come just before they wait. So the end breaks off no request.
 */
#define _GNU_SOURCE /* accept4, pipe2 */
#include "web/serve.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "web/doorman.h"
#include "web/listener.h"
#include "web/talk.h"
#include "web/watchdog.h"

/* What libfcgi takes from a connection in one go. */
#define READ_AT_ONCE 8192
/* The JSON reader needs up to 768 KiB, for lists in lists in lists; no more is touched than is used. */
#define STACK_BYTES (2 * 1024 * 1024)
/* Of the listener: long, but one. */
#define ACCEPT_US (INT64_C(24) * 3600 * G_USEC_PER_SEC)
#define KNOCK_US 5000
/* More requests than this wait to be taken, however many descriptors there are. */
#define TALKS_MAX 1024
/* At the end, what was connected before is still answered, for so long at most. */
#define LAST_CALL_US (2 * G_USEC_PER_SEC)
/* Between two looks whether a descriptor was given back, and for how long to look: a process that can take nobody is no use
 * to those who wait, and the one that is started in its place may be. */
#define STARVED_MS 10
#define STARVED_US G_USEC_PER_SEC

/* Given up when there is no other descriptor for a connection, so that even then one after the other is answered. Opened
 * before all others: a limit that was lowered below the number of those open leaves only low numbers to be used again. */
static atomic_int reserve = -1;

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
    atomic_int gates_open;       /* threads that may still accept */
    atomic_bool wants_descriptor; /* one at the gate cannot accept: the one at the door may know whom to dismiss */
    pthread_mutex_t door;        /* held by the one who waits there */
    Doorman *doorman;            /* under `door` */
    pthread_mutex_t given_back_lock;
    GArray *given_back;          /* of GivenBack: for the one at the door */
    int bell;                    /* readable while there are some */
    Talks *talks;
} Server;

static void endings(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

static void reserve_keep(void)
{
    int none = -1;
    if (reserve >= 0)
        return;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && !atomic_compare_exchange_strong(&reserve, &none, fd))
        close(fd);
}

static bool reserve_give_up(void)
{
    int fd = atomic_exchange(&reserve, -1);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
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

/* Leaves a connection, that has had a request already or is slow with its first, to the one at the door. */
static void give_back(Server *server, int fd, bool kept)
{
    GivenBack one = {.fd = fd, .kept = kept};
    socket_patience(fd, SO_RCVTIMEO, STALL_US);
    socket_patience(fd, SO_SNDTIMEO, STALL_US);
    pthread_mutex_lock(&server->given_back_lock);
    g_array_append_val(server->given_back, one);
    pthread_mutex_unlock(&server->given_back_lock);
    eventfd_write(server->bell, 1);
}

static void give_back_kept(void *server, int fd)
{
    give_back(server, fd, true);
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

/* --- at the gate --- */

typedef struct {
    Server *server;
    pthread_t id;
    atomic_bool waiting, left;
} Gate;

/* Until another thread gives something back. */
static void starve(Server *server, int64_t *since_us)
{
    int64_t now_us = g_get_monotonic_time();
    *since_us = *since_us ? *since_us : now_us;
    if (now_us - *since_us > STARVED_US) {
        log_line(LOG_LEVEL_ERROR, "no descriptor is left for a connection, ending");
        _exit(EXIT_FAILURE);
    }
    server->wants_descriptor = true;
    eventfd_write(server->bell, 1);
    poll(NULL, 0, STARVED_MS);
}

/* At the end our own listener does not block, and is asked for what still waits there. */
static int accept_one(Gate *gate)
{
    Server *server = gate->server;
    int64_t starved_since_us = 0;
    reserve_keep();
    while (takes_more(server)) {
        gate->waiting = true;
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        gate->waiting = false;
        if (fd >= 0)
            return fd;
        bool starved = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        bool nobody = errno == EAGAIN || errno == EWOULDBLOCK;
        if (!starved && !nobody && errno != EINTR && errno != ECONNABORTED)
            return -1;
        if (nobody && server->stopping)
            return -1;
        struct pollfd wait = {.fd = server->listener, .events = POLLIN};
        if (nobody) /* whoever shares it has made it one that does not block */
            poll(&wait, 1, KNOCK_US / 1000);
        if (starved && !reserve_give_up())
            starve(server, &starved_since_us);
    }
    return -1;
}

static void nothing(int signal_number)
{
    (void) signal_number;
}

static void gates_prepare(Server *server)
{
    struct sigaction knock = {.sa_handler = nothing, .sa_flags = SA_RESTART};
    sigaction(SIGUSR2, &knock, NULL);
    fcntl(server->listener, F_SETFL, fcntl(server->listener, F_GETFL) & ~O_NONBLOCK);
    socket_patience(server->listener, SO_RCVTIMEO, ACCEPT_US);
}

/* Calls in all who wait at the gate. */
static void gates_close(Server *server, Gate *gates, int count)
{
    if (server->own)
        fcntl(server->listener, F_SETFL, fcntl(server->listener, F_GETFL) | O_NONBLOCK);
    while (server->gates_open > 0) {
        for (int i = 0; i < count; i++)
            if (gates[i].waiting && !gates[i].left)
                pthread_kill(gates[i].id, SIGUSR2);
        g_usleep(KNOCK_US);
    }
}

/* --- at the door --- */

/* False: it is time to stop, and nothing more is to be expected. */
static bool wait_at_door(Server *server)
{
    bool rung[2] = {false};
    int fds[2] = {server->bell, server->stop_pipe[0]};
    if (!server->stopping) {
        doorman_wait(server->doorman, fds, rung, 2, -1);
    } else {
        int64_t left_us = server->drain_until_us - g_get_monotonic_time();
        doorman_dismiss_silent(server->doorman);
        if (left_us <= 0 || (server->gates_open == 0 && !doorman_expects(server->doorman)))
            return false;
        doorman_wait(server->doorman, fds, rung, 1, left_us);
    }
    if (rung[0])
        admit_given_back(server);
    if (atomic_exchange(&server->wants_descriptor, false))
        doorman_evict(server->doorman);
    return true;
}

/* A connection whose request is there as a whole; -1: it is time to stop. */
static int connection_next(Server *server)
{
    int fd;
    pthread_mutex_lock(&server->door);
    while ((fd = doorman_next(server->doorman)) < 0 && wait_at_door(server))
        ;
    pthread_mutex_unlock(&server->door);
    return fd;
}

static void *gate_thread(void *data)
{
    Gate *gate = data;
    Server *server = gate->server;
    int fd;
    while ((fd = accept_one(gate)) >= 0) {
        size_t len;
        if (doorman_sees_whole(fd, &len))
            talks_serve(server->talks, fd, true, len > 0 && len <= READ_AT_ONCE);
        else
            give_back(server, fd, false);
    }
    gate->left = true;
    if (atomic_fetch_sub(&server->gates_open, 1) == 1)
        eventfd_write(server->bell, 1);
    return NULL;
}

static void *door_thread(void *data)
{
    Server *server = data;
    int fd;
    while ((fd = connection_next(server)) >= 0)
        talks_serve(server->talks, fd, false, false);
    return NULL;
}

/* Gives signs of life until there is a signal. */
static int wait_for_signal(void)
{
    sigset_t set;
    int signal_number;
    Watchdog watchdog = watchdog_ready();
    struct timespec pause = {.tv_sec = watchdog.every_us / G_USEC_PER_SEC,
                             .tv_nsec = watchdog.every_us % G_USEC_PER_SEC * 1000};
    endings(&set);
    do
        watchdog_alive(&watchdog);
    while ((signal_number = sigtimedwait(&set, NULL, watchdog.every_us > 0 ? &pause : NULL)) < 0);
    watchdog_close(&watchdog);
    return signal_number;
}

static void wait_until_stopped(Server *server)
{
    int signal_number = wait_for_signal();
    log_line(LOG_LEVEL_NOTICE, "stopping: %s", strsignal(signal_number));
    if (server->own)
        listener_retire(server->listener);
}

/* Who else is to know of the end. */
static struct {
    void (*hurry)(void *data);
    void *data;
} at_stop;

void serve_at_stop(void (*hurry)(void *data), void *data)
{
    at_stop.hurry = hurry;
    at_stop.data = data;
}

/* Nothing new is taken from now on but what waits at our own socket. */
static void stop(Server *server)
{
    server->drain_until_us = g_get_monotonic_time() + LAST_CALL_US;
    server->stopping = true;
    if (at_stop.hurry)
        at_stop.hurry(at_stop.data);
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

/* As many at the door as at the gate: which of them will have to do depends on what the web server keeps. */
static bool threads_run(Server *server, int threads)
{
    g_autofree Gate *gates = g_new0(Gate, threads);
    g_autofree pthread_t *doors = g_new0(pthread_t, threads);
    int gate_count = 0, door_count = 0;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    for (; gate_count < threads; gate_count++) {
        Gate *gate = &gates[gate_count];
        gate->server = server;
        server->gates_open++;
        if (pthread_create(&gate->id, &attributes, gate_thread, gate) != 0) {
            server->gates_open--;
            break;
        }
    }
    while (door_count < threads && pthread_create(&doors[door_count], &attributes, door_thread, server) == 0)
        door_count++;
    pthread_attr_destroy(&attributes);
    bool good = gate_count > 0 && door_count > 0;
    if (good) {
        log_line(LOG_LEVEL_NOTICE, "ready: %d threads", gate_count);
        wait_until_stopped(server);
    }
    stop(server);
    gates_close(server, gates, gate_count);
    for (int i = 0; i < gate_count; i++)
        pthread_join(gates[i].id, NULL);
    for (int i = 0; i < door_count; i++)
        pthread_join(doors[i], NULL);
    talks_end(server->talks);
    return good;
}

/* Each has a descriptor; as many are for other uses. */
static int talks_at_once(int threads)
{
    struct rlimit files = {0};
    getrlimit(RLIMIT_NOFILE, &files);
    return (int) CLAMP(files.rlim_cur / 2, (rlim_t) threads, MAX((rlim_t) threads, TALKS_MAX));
}

bool serve_fastcgi(int listener, bool own, int threads, const char *shared_secret, ServeAnswer answer, void *data)
{
    Server server = {
        .listener = listener,
        .own = own,
        .door = PTHREAD_MUTEX_INITIALIZER,
        .given_back_lock = PTHREAD_MUTEX_INITIALIZER,
    };
    if (FCGX_Init() != 0 || pipe2(server.stop_pipe, O_CLOEXEC) != 0 ||
        (server.bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
        return false;
    restore_signals();
    gates_prepare(&server);
    server.doorman = doorman_new();
    server.given_back = g_array_new(FALSE, FALSE, sizeof(GivenBack));
    TalkRules rules = {
        .most = talks_at_once(threads),
        .shared_secret = shared_secret,
        .stopping = &server.stopping,
        .answer = answer,
        .answer_data = data,
        .back = give_back_kept,
        .back_data = &server,
    };
    server.talks = talks_new(&rules);
    bool good = threads_run(&server, threads);
    admit_given_back(&server); /* nobody is at the door any more: they are closed with it */
    doorman_free(server.doorman);
    talks_free(server.talks);
    g_array_unref(server.given_back);
    close(server.bell);
    if (own)
        close(listener);
    close(server.stop_pipe[0]);
    close(server.stop_pipe[1]);
    return good;
}
