/* What libfcgi knows as a request, used again and again.
 *
 * Whoever answers later answers others as well, one after the other, and must not wait for a peer that does not read. What may
 * not fit into the connection is therefore left to a thread of its own. That is rare: what is small goes into a new connection
 * whatever the peer does, and a peer that keeps its connection has read one answer before it asks for the next.
 */
#include "web/talk.h"

#include <fastcgi.h>
#include <fcgiapp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

/* So much of an answer goes into a new connection, read or not, */
#define SMALL_ANSWER 8192
/* and so much into one that says that it takes something. */
#define FITTING_ANSWER (64 * 1024)
/* Where that was wrong after all. */
#define HURRY_US G_USEC_PER_SEC
#define DRAIN_MAX (1024 * 1024)
#define STACK_BYTES (256 * 1024)

typedef struct Talk Talk;

struct Talk {
    FCGX_Request request;
    Exchange exchange;
    Talks *talks;
    Talk *next;       /* of those without a request */
    pthread_t reader; /* the thread that read the request, which may be kept waiting */
    size_t written;
    GString *unsent;  /* the answer from where it might not fit; NULL: it did so far */
    bool fresh;
    bool heard_all;   /* what the peer has sent is with libfcgi, and it sends no more */
};

struct Talks {
    TalkRules rules;
    pthread_mutex_t lock;
    pthread_cond_t back; /* one is free again */
    Talk *free;          /* those without a request, to be used again */
    int out;
};

void socket_patience(int fd, int option, int64_t us)
{
    struct timeval patience = {.tv_sec = us / G_USEC_PER_SEC, .tv_usec = us % G_USEC_PER_SEC};
    setsockopt(fd, SOL_SOCKET, option, &patience, sizeof patience);
}

Talks *talks_new(const TalkRules *rules)
{
    Talks *talks = g_new0(Talks, 1);
    talks->rules = *rules;
    pthread_mutex_init(&talks->lock, NULL);
    pthread_cond_init(&talks->back, NULL);
    return talks;
}

void talks_free(Talks *talks)
{
    for (Talk *talk = talks->free, *next; talk; talk = next) {
        next = talk->next;
        FCGX_Free(&talk->request, 0);
        g_free(talk);
    }
    pthread_mutex_destroy(&talks->lock);
    pthread_cond_destroy(&talks->back);
    g_free(talks);
}

void talks_end(Talks *talks)
{
    pthread_mutex_lock(&talks->lock);
    while (talks->out > 0)
        pthread_cond_wait(&talks->back, &talks->lock);
    pthread_mutex_unlock(&talks->lock);
}

static Talk *talk_take(Talks *talks)
{
    pthread_mutex_lock(&talks->lock);
    while (talks->out >= talks->rules.most)
        pthread_cond_wait(&talks->back, &talks->lock);
    Talk *talk = talks->free;
    if (talk)
        talks->free = talk->next;
    talks->out++;
    pthread_mutex_unlock(&talks->lock);
    if (talk) {
        FCGX_Free(&talk->request, 0); /* what the last request left: memory goes back to where it is asked for next */
        return talk;
    }
    talk = g_new0(Talk, 1);
    talk->talks = talks;
    FCGX_InitRequest(&talk->request, -1, 0);
    return talk;
}

static void talk_give(Talk *talk)
{
    Talks *talks = talk->talks;
    pthread_mutex_lock(&talks->lock);
    talk->next = talks->free;
    talks->free = talk;
    if (talks->out-- == talks->rules.most || talks->out == 0)
        pthread_cond_broadcast(&talks->back);
    pthread_mutex_unlock(&talks->lock);
}

static long talk_read(void *data, char *bytes, size_t room)
{
    Talk *talk = data;
    int got = FCGX_GetStr(bytes, (int) room, talk->request.in);
    return got == 0 && FCGX_GetError(talk->request.in) != 0 ? -1 : got;
}

static bool takes_something(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLOUT};
    return poll(&one, 1, 0) == 1;
}

/* May the thread that has this much more of the answer send it? */
static bool may_send(const Talk *talk, size_t len)
{
    size_t sum = talk->written + len;
    return (talk->fresh && sum <= SMALL_ANSWER) || pthread_equal(talk->reader, pthread_self()) ||
           (sum <= FITTING_ANSWER && takes_something(talk->request.ipcFd));
}

static bool talk_write(void *data, const char *bytes, size_t len)
{
    Talk *talk = data;
    bool sends = !talk->unsent && may_send(talk, len);
    if (talk->written <= SMALL_ANSWER && talk->written + len > SMALL_ANSWER) {
        bool may_wait = !sends || pthread_equal(talk->reader, pthread_self());
        socket_patience(talk->request.ipcFd, SO_SNDTIMEO, may_wait ? STALL_US : HURRY_US);
    }
    talk->written += len;
    if (sends)
        return FCGX_PutStr(bytes, (int) len, talk->request.out) == (int) len;
    if (!talk->unsent)
        talk->unsent = g_string_sized_new(len);
    g_string_append_len(talk->unsent, bytes, (gssize) len);
    return true;
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

/* Sends what is left of the answer, and its end; closes the connection unless it is kept.
 *
 * libfcgi ends a connection with care: it says that no more will come, and waits for the peer to close its side, as what is
 * left unread would cost the peer the answer. Where nothing can be, that would only keep a thread waiting, and what the request
 * holds is left to talk_take. */
static void finish(Talk *talk)
{
    FCGX_Request *request = &talk->request;
    if (!talk->heard_all) {
        FCGX_Finish_r(request);
        return;
    }
    bool broken = FCGX_FClose(request->err) != 0;
    broken |= FCGX_FClose(request->out) != 0;
    if (request->keepConnection && !broken)
        return;
    close(request->ipcFd);
    request->ipcFd = -1;
}

/* Gives the connection back if it is kept. */
static void talk_end(Talk *talk)
{
    const TalkRules *rules = &talk->talks->rules;
    if (talk->request.ipcFd >= 0)
        rules->back(rules->back_data, talk->request.ipcFd);
    talk->request.ipcFd = -1;
    talk_give(talk);
}

static void talk_finish(Talk *talk)
{
    FCGX_Request *request = &talk->request;
    if (*talk->talks->rules.stopping)
        request->keepConnection = 0;
    else if (!talk->exchange.authorizer && request->keepConnection)
        drain(request);
    finish(talk);
    talk_end(talk);
}

static void *send_unsent(void *data)
{
    Talk *talk = data;
    GString *unsent = g_steal_pointer(&talk->unsent);
    if (FCGX_PutStr(unsent->str, (int) unsent->len, talk->request.out) != (int) unsent->len)
        log_line(LOG_LEVEL_INFO, "the web server did not read its answer");
    g_string_free(unsent, TRUE);
    talk_finish(talk);
    return NULL;
}

/* Where there is no thread to be had, the peer has to read at once. */
static void leave_unsent(Talk *talk)
{
    pthread_t id;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    bool left = pthread_create(&id, &attributes, send_unsent, talk) == 0;
    pthread_attr_destroy(&attributes);
    if (left)
        return;
    socket_patience(talk->request.ipcFd, SO_SNDTIMEO, HURRY_US);
    send_unsent(talk);
}

/* It has its answer. */
static void talk_done(void *data)
{
    Talk *talk = data;
    if (talk->unsent)
        leave_unsent(talk);
    else
        talk_finish(talk);
}

void talks_serve(Talks *talks, int fd, bool fresh, bool heard_all)
{
    Talk *talk = talk_take(talks);
    FCGX_Request *request = &talk->request;
    talk->fresh = fresh;
    talk->heard_all = heard_all;
    talk->written = 0;
    talk->reader = pthread_self();
    request->ipcFd = fd;
    request->keepConnection = 1; /* or FCGX_Accept_r would close it as that of the last request */
    if (FCGX_Accept_r(request) < 0) { /* the peer has gone away, or does not speak FastCGI */
        talk_end(talk);
        return;
    }
    talk->exchange = (Exchange){
        .params = request->envp,
        .authorizer = request->role == FCGI_AUTHORIZER,
        .shared_secret = talks->rules.shared_secret,
        .read = talk_read,
        .write = talk_write,
        .done = talk_done,
        .data = talk,
    };
    talks->rules.answer(&talk->exchange, talks->rules.answer_data);
}
