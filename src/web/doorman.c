/* Looks at what has arrived without taking it (MSG_PEEK), record by record, until the request is whole; libfcgi then
 * reads it in one go. What is in no shape that is known here is whole too: libfcgi shall say what is wrong with it.
 *
 * poll cannot wait for "more than there is", so a connection with a part of a request is looked at again and again, ever
 * more seldom: that costs little, and delays it by a fraction of the time that it takes anyway.
 */
#define _GNU_SOURCE /* ppoll, POLLRDHUP */
#include "web/doorman.h"

#include <errno.h>
#include <fastcgi.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/request.h"

/* Of a larger request a part is enough: it is refused without being read. */
#define PEEK_MAX (REQUEST_BODY_MAX + 64 * 1024)
#define GLANCE_MAX (16 * 1024)
#define GLANCE_MS 20 /* a new connection may be there a moment before its request */
#define GUESTS_MAX 1024
#define STALL_US (60 * G_USEC_PER_SEC)
#define LOOK_FIRST_US 100
#define LOOK_LAST_US 100000

typedef enum { SILENT, PARTLY, WHOLE, ENDED } Arrival;

typedef struct {
    int fd;
    bool kept;
    Arrival arrival;   /* at the last look */
    int64_t since_us;  /* admitted; or the first bytes after a silence */
    int64_t look_us;   /* when to look again */
} Guest;

struct Doorman {
    GArray *guests; /* of Guest */
    GArray *polls;  /* of struct pollfd; kept for its memory */
    unsigned char bytes[PEEK_MAX];
};

Doorman *doorman_new(void)
{
    Doorman *doorman = g_new0(Doorman, 1);
    doorman->guests = g_array_new(FALSE, FALSE, sizeof(Guest));
    doorman->polls = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
    return doorman;
}

static Guest *guest_at(const Doorman *doorman, guint i)
{
    return &g_array_index(doorman->guests, Guest, i);
}

void doorman_free(Doorman *doorman)
{
    for (guint i = 0; i < doorman->guests->len; i++)
        close(guest_at(doorman, i)->fd);
    g_array_unref(doorman->guests);
    g_array_unref(doorman->polls);
    g_free(doorman);
}

/* --- is a request whole? --- */

static size_t pair_length(const unsigned char *bytes, size_t len, size_t *at)
{
    if (*at < len && bytes[*at] < 0x80)
        return bytes[(*at)++];
    if (len - *at < 4)
        return len; /* more than can follow */
    const unsigned char *four = bytes + *at;
    *at += 4;
    return (size_t) (four[0] & 0x7f) << 24 | (size_t) four[1] << 16 | (size_t) four[2] << 8 | four[3];
}

/* nginx knows one role, and its parameters say that it is an authorizer: no body is waited for. */
static bool names_authorizer(const unsigned char *bytes, size_t len)
{
    static const char said[] = "WEBQUOTA_ROLEauthorizer";
    for (size_t at = 0; at < len;) {
        size_t name = pair_length(bytes, len, &at), value = pair_length(bytes, len, &at);
        if (at > len || name > len - at || value > len - at - name)
            return false;
        if (name == strlen("WEBQUOTA_ROLE") && name + value == strlen(said) && memcmp(bytes + at, said, name + value) == 0)
            return true;
        at += name + value;
    }
    return false;
}

/* Goes through the records. `by_name`: whether the parameters are asked for who is meant, which is only worth while where
 * a body is missing. */
static Arrival arrival_by(const unsigned char *bytes, size_t len, bool by_name)
{
    bool without_body = false;
    for (size_t at = 0; at < len;) {
        const FCGI_Header *header = (const FCGI_Header *) (bytes + at);
        const unsigned char *content = bytes + at + FCGI_HEADER_LEN;
        if (header->version != FCGI_VERSION_1)
            return WHOLE;
        if (len - at < FCGI_HEADER_LEN)
            return PARTLY;
        size_t size = (size_t) header->contentLengthB1 << 8 | header->contentLengthB0;
        if (at == 0 && (header->type != FCGI_BEGIN_REQUEST || size < sizeof(FCGI_BeginRequestBody)))
            return WHOLE;
        if (len - at - FCGI_HEADER_LEN < size + header->paddingLength)
            return PARTLY;
        if (at == 0)
            without_body = content[1] != FCGI_RESPONDER;
        else if (header->type == FCGI_PARAMS && size > 0)
            without_body |= by_name && names_authorizer(content, size);
        else if (header->type == FCGI_PARAMS ? without_body : header->type != FCGI_STDIN || size == 0)
            return WHOLE;
        at += FCGI_HEADER_LEN + size + header->paddingLength;
    }
    return len > 0 ? PARTLY : SILENT;
}

static Arrival arrival_of(const unsigned char *bytes, size_t len)
{
    Arrival arrival = arrival_by(bytes, len, false);
    return arrival == PARTLY ? arrival_by(bytes, len, true) : arrival;
}

static ssize_t peek(int fd, unsigned char *bytes, size_t room)
{
    ssize_t got;
    do
        got = recv(fd, bytes, room, MSG_PEEK | MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return got;
}

static Arrival look(Doorman *doorman, int fd)
{
    ssize_t got = peek(fd, doorman->bytes, sizeof doorman->bytes);
    if (got < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? SILENT : ENDED;
    return got == 0 ? ENDED : got == PEEK_MAX ? WHOLE : arrival_of(doorman->bytes, (size_t) got);
}

/* Is the last record that of an input that has ended? */
static bool has_ended(const unsigned char *bytes, size_t len)
{
    static const unsigned char no_content[] = {0, 0, 0};
    const FCGI_Header *last = (const FCGI_Header *) (bytes + len - FCGI_HEADER_LEN);
    return len > FCGI_HEADER_LEN && last->version == FCGI_VERSION_1 && last->type == FCGI_STDIN &&
           memcmp(&last->contentLengthB1, no_content, sizeof no_content) == 0;
}

bool doorman_sees_whole(int fd, size_t *len)
{
    unsigned char bytes[GLANCE_MAX];
    struct pollfd first = {.fd = fd, .events = POLLIN};
    ssize_t got = peek(fd, bytes, sizeof bytes);
    if (got < 0 && errno == EAGAIN && poll(&first, 1, GLANCE_MS) == 1)
        got = peek(fd, bytes, sizeof bytes);
    bool whole = got > 0 && got < GLANCE_MAX && arrival_of(bytes, (size_t) got) == WHOLE;
    *len = whole && has_ended(bytes, (size_t) got) ? (size_t) got : 0;
    return whole;
}

/* --- guests --- */

static void dismiss(Doorman *doorman, guint i)
{
    close(guest_at(doorman, i)->fd);
    g_array_remove_index(doorman->guests, i);
}

bool doorman_evict(Doorman *doorman)
{
    if (doorman->guests->len == 0 || g_get_monotonic_time() - guest_at(doorman, 0)->since_us < G_USEC_PER_SEC)
        return false;
    dismiss(doorman, 0);
    return true;
}

void doorman_admit(Doorman *doorman, int fd, bool kept)
{
    Guest guest = {.fd = fd, .kept = kept, .arrival = SILENT, .since_us = g_get_monotonic_time()};
    if (doorman->guests->len == GUESTS_MAX)
        dismiss(doorman, 0);
    g_array_append_val(doorman->guests, guest);
}

/* What a look has shown. */
static void note(Guest *guest, Arrival arrival, int64_t now_us)
{
    if (guest->arrival == SILENT && arrival == PARTLY)
        guest->since_us = now_us;
    int64_t age_us = now_us - guest->since_us;
    bool late = age_us > STALL_US && !(guest->kept && arrival == SILENT);
    guest->arrival = late && arrival != WHOLE ? ENDED : arrival;
    guest->look_us = now_us + CLAMP(age_us / 4, LOOK_FIRST_US, LOOK_LAST_US);
}

int doorman_next(Doorman *doorman)
{
    int64_t now_us = doorman->guests->len ? g_get_monotonic_time() : 0;
    for (guint i = 0; i < doorman->guests->len;) {
        Guest *guest = guest_at(doorman, i);
        if (guest->look_us <= now_us)
            note(guest, look(doorman, guest->fd), now_us);
        int fd = guest->fd;
        if (guest->arrival == WHOLE) {
            g_array_remove_index(doorman->guests, i);
            return fd;
        }
        if (guest->arrival == ENDED)
            dismiss(doorman, i);
        else
            i++;
    }
    return -1;
}

bool doorman_expects(const Doorman *doorman)
{
    for (guint i = 0; i < doorman->guests->len; i++)
        if (guest_at(doorman, i)->arrival == PARTLY)
            return true;
    return false;
}

void doorman_dismiss_silent(Doorman *doorman)
{
    for (guint i = doorman->guests->len; i-- > 0;)
        if (guest_at(doorman, i)->arrival == SILENT)
            dismiss(doorman, i);
}

/* --- waiting --- */

static void add_poll(Doorman *doorman, int fd, short events)
{
    struct pollfd one = {.fd = fd, .events = events};
    g_array_append_val(doorman->polls, one);
}

/* The instant at which to look again, and what to poll; *until_us stays where it is earlier. */
static void prepare_polls(Doorman *doorman, const int *fds, int count, int64_t *until_us)
{
    g_array_set_size(doorman->polls, 0);
    for (guint i = 0; i < doorman->guests->len; i++) {
        const Guest *guest = guest_at(doorman, i);
        bool silent = guest->arrival == SILENT;
        int64_t next_us = !silent ? guest->look_us : guest->kept ? INT64_MAX : guest->since_us + STALL_US + 1;
        add_poll(doorman, guest->fd, silent ? POLLIN : POLLRDHUP);
        *until_us = MIN(*until_us, next_us);
    }
    for (int i = 0; i < count; i++)
        add_poll(doorman, fds[i], POLLIN);
}

/* Of a request that was there in part only, the rest will not come when the peer has hung up. */
static void note_polled(Doorman *doorman, Guest *guest)
{
    if (guest->arrival == PARTLY)
        guest->arrival = look(doorman, guest->fd) == WHOLE ? WHOLE : ENDED;
    guest->look_us = guest->arrival == SILENT ? 0 : INT64_MAX;
}

void doorman_wait(Doorman *doorman, const int *fds, bool *rung, int count, int64_t most_us)
{
    int64_t now_us = g_get_monotonic_time(), until_us = most_us < 0 ? INT64_MAX : now_us + most_us;
    prepare_polls(doorman, fds, count, &until_us);
    int64_t left_us = MAX(0, until_us - now_us);
    struct timespec left = {.tv_sec = left_us / G_USEC_PER_SEC, .tv_nsec = left_us % G_USEC_PER_SEC * 1000};
    struct pollfd *polls = (struct pollfd *) (void *) doorman->polls->data;
    if (ppoll(polls, doorman->polls->len, until_us == INT64_MAX ? NULL : &left, NULL) <= 0)
        return;
    for (guint i = 0; i < doorman->guests->len; i++)
        if (polls[i].revents)
            note_polled(doorman, guest_at(doorman, i));
    for (int i = 0; i < count; i++)
        rung[i] = polls[doorman->guests->len + (guint) i].revents != 0;
}
