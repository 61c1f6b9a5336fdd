/* Fuzzes FastCGI itself: the input is what a web server writes on a connection, record by record. The program's own loop
 * (serve.c) and libfcgi read it in a thread, from a socket that the kernel named: the only harness that does input and
 * output. What comes back is read as FastCGI again, and each answer in it must be whole. The store is a double.
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "page.h"
#include "store_double.h"

#include "web/serve.h"
#include "web/site.h"

#include <errno.h>
#include <fastcgi.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static Site site;
static int listener;
static struct sockaddr_un address;
static socklen_t address_len = sizeof address;

static void *serve(void *data)
{
    (void)data;
    serve_prepare();
    HOLDS(serve_fastcgi(listener, true, 2, NULL, site_answer, &site));
    return NULL;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct sockaddr_un any = {.sun_family = AF_UNIX};
    pthread_t serving;
    (void)argc, (void)argv;
    log_threshold((LogLevel)0);
    site = (Site){
        .store = store_open(&(StoreConfig){.database = "none"}),
        .templates = page_templates(),
        .statics = statics_read("static", NULL),
        .metrics = metrics_new(),
        .secret = "0123456789abcdef0123456789abcdef",
        .mount = "/quota",
    };
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    HOLDS(listener >= 0 && bind(listener, (struct sockaddr *)&any, sizeof any.sun_family) == 0);
    HOLDS(listen(listener, 16) == 0 && getsockname(listener, (struct sockaddr *)&address, &address_len) == 0);
    HOLDS(pthread_create(&serving, NULL, serve, NULL) == 0);
    return 0;
}

/* --- what libfcgi cannot take --- */

#define LENGTH_MAX (1 << 20)

/* Where in the name-value pairs of a request the records have come to. */
typedef struct {
    uint32_t length;
    int length_bytes;  /* of the length that is being read, still to come; 0: a new one begins */
    uint32_t sum;      /* of the two lengths */
    int lengths;       /* how many of the two are known */
} Pairs;

/* One byte further; false: a length that libfcgi would ask memory for, and end the process where there is none (an ASSERT
 * in its Malloc, 2.4.2). Only a web server could send it. */
static bool pairs_take(Pairs *pairs, uint8_t byte)
{
    if (pairs->lengths == 2) {
        pairs->lengths = --pairs->sum ? 2 : 0;
        return true;
    }
    if (pairs->length_bytes == 0) {
        pairs->length = byte & 0x7f;
        pairs->length_bytes = byte & 0x80 ? 3 : 0;
    } else {
        pairs->length = pairs->length << 8 | byte;
        pairs->length_bytes--;
    }
    if (pairs->length_bytes > 0)
        return true;
    pairs->sum = (pairs->lengths++ ? pairs->sum : 0) + pairs->length;
    if (pairs->lengths == 2 && pairs->sum == 0)
        pairs->lengths = 0;
    return pairs->length < LENGTH_MAX;
}

/* `padded`: what stands behind the record that begins a request is passed over; libfcgi does not always. */
static bool can_be_read(const uint8_t *bytes, size_t size, bool padded)
{
    Pairs pairs = {0};
    for (size_t at = 0; at + 8 <= size && bytes[at] == FCGI_VERSION_1;) {
        const uint8_t *record = bytes + at;
        size_t len = MIN((size_t)(record[4] << 8 | record[5]), size - at - 8);
        bool has_pairs = record[1] == FCGI_PARAMS || record[1] == FCGI_GET_VALUES;
        if (record[1] != FCGI_PARAMS || len == 0)
            pairs = (Pairs){0};
        for (size_t i = 0; has_pairs && i < len; i++)
            if (!pairs_take(&pairs, record[8 + i]))
                return false;
        at += 8 + len + (record[1] != FCGI_BEGIN_REQUEST || padded ? record[6] : 0);
    }
    return true;
}

static bool libfcgi_can(const uint8_t *bytes, size_t size)
{
    return can_be_read(bytes, size, true) && can_be_read(bytes, size, false);
}

/* libfcgi (2.4.2) keeps 48 bytes of each management record of a kind that it does not know; only a web server could send one. Weak: where
 * the tests are watched they say it. */
__attribute__((weak)) const char *__lsan_default_suppressions(void);
__attribute__((weak)) const char *__lsan_default_suppressions(void)
{
    return "leak:libfcgi.so";
}

/* --- the web server's side --- */

typedef struct {
    int fd;
    const uint8_t *bytes;
    size_t size;
    GString *back;
} Peer;

/* Writes all, says that it is done, and reads until the program has nothing more to say. */
static void peer_talk(Peer *peer)
{
    char room[65536];
    size_t sent = 0;
    for (ssize_t got = 1; got != 0;) {
        struct pollfd wait = {.fd = peer->fd, .events = (short)(POLLIN | (sent < peer->size ? POLLOUT : 0))};
        if (poll(&wait, 1, -1) <= 0)
            continue;
        if (wait.revents & POLLOUT) {
            ssize_t done = send(peer->fd, peer->bytes + sent, peer->size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
            sent = done > 0 ? sent + (size_t)done : errno == EAGAIN ? sent : peer->size;
            if (sent == peer->size)
                shutdown(peer->fd, SHUT_WR);
        }
        if (!(wait.revents & (POLLIN | POLLHUP | POLLERR)))
            continue;
        got = recv(peer->fd, room, sizeof room, MSG_DONTWAIT);
        if (got > 0)
            g_string_append_len(peer->back, room, got);
        else if (got < 0)
            got = errno == EAGAIN || errno == EINTR ? 1 : 0;
    }
}

static int peer_connect(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    HOLDS(fd >= 0 && connect(fd, (const struct sockaddr *)&address, address_len) == 0);
    return fd;
}

/* --- what came back --- */

/* Each record is as it should be; the standard output of each request, until its end, is an answer. */
static void check_back(const GString *back)
{
    g_autoptr(GString) answer = g_string_new(NULL);
    const uint8_t *bytes = (const uint8_t *)back->str;
    for (size_t at = 0; at + 8 <= back->len;) {
        const uint8_t *record = bytes + at;
        size_t len = (size_t)(record[4] << 8 | record[5]);
        HOLDS(record[0] == 1 && at + 8 + len + record[6] <= back->len);
        if (record[1] == FCGI_STDOUT)
            g_string_append_len(answer, (const char *)record + 8, (gssize)len);
        HOLDS(record[1] != FCGI_STDERR || len == 0);
        if (record[1] == FCGI_END_REQUEST && answer->len > 0) {
            /* Whether it was for HEAD stands in the request: a body that is not there is none that is broken. */
            const char *body = strstr(answer->str, "\r\n\r\n");
            answer_check(answer, body && body[4] == '\0');
        }
        if (record[1] == FCGI_END_REQUEST)
            g_string_truncate(answer, 0);
        at += 8 + len + record[6];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0 || !libfcgi_can(bytes, size))
        return 0;
    Peer peer = {.fd = peer_connect(), .bytes = bytes, .size = size, .back = g_string_new(NULL)};
    peer_talk(&peer);
    check_back(peer.back);
    g_string_free(peer.back, TRUE);
    close(peer.fd);
    return 0;
}
