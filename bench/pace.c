/* pace [-c CONNECTIONS] [-n REQUESTS | -s SECONDS] [-r RATE] [-m COUNT] [-o] [-w WORDS] PORT TEMPLATE
 *
 * Sends the request of the file TEMPLATE to 127.0.0.1:PORT, and says as a line of JSON what came back and how fast. What
 * wrk has not: an exact number of requests (-n); subjects in order (-o); and a constant rate (-r, a second), at which the
 * time of a request counts from the instant when it was due, not from when there was a connection for it, so that a server
 * that stalls is not spared the requests that it kept from being sent. Without -r a connection asks again at once.
 *
 * A run of # in TEMPLATE stands for a number below COUNT, drawn at random or, with -o, counted up; with -w for the line of
 * that number in the file WORDS.
 */
#define _GNU_SOURCE /* epoll_pwait2 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define REQUEST_MAX 16384
#define ANSWER_MAX (256 * 1024)
#define STATUS_MAX 600
#define NS_PER_S 1000000000LL
/* Nobody waits longer for an answer. */
#define PATIENCE_NS (30 * NS_PER_S)

typedef struct {
    int fd; /* -1: not connected */
    bool busy;
    int64_t due_ns;
    char answer[ANSWER_MAX];
    size_t got;
} Connection;

static struct {
    int connections, port;
    int64_t requests, seconds, rate, count;
    bool in_order;
} wanted = {.connections = 64, .count = 1};

static Connection all[CONNECTIONS_MAX];
static int idle[CONNECTIONS_MAX], idle_count;
static char *head, *tail, **words;
static int digits;
static int poller;
static uint32_t *latencies_us;
static int64_t answered, sent, latency_room, broken, started_ns;
static int64_t statuses[STATUS_MAX];

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * NS_PER_S + time.tv_nsec;
}

static void fail(const char *what)
{
    (void) fprintf(stderr, "pace: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *more(void *memory, size_t bytes)
{
    void *result = realloc(memory, bytes);
    if (!result)
        fail("memory");
    return result;
}

static char *contents(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t len = 0, room = 1 << 16;
    char *text = more(NULL, room);
    if (!file)
        fail(path);
    for (size_t got; (got = fread(text + len, 1, room - len - 1, file)) > 0;) {
        len += got;
        if (room - len < 2)
            text = more(text, room *= 2);
    }
    text[len] = '\0';
    (void) fclose(file);
    return text;
}

static void template_read(const char *path)
{
    head = contents(path);
    tail = head + strcspn(head, "#");
    digits = (int) strspn(tail, "#");
    if (strlen(head) + 2048 > REQUEST_MAX)
        fail("the template is too long");
    if (digits > 0) {
        *tail = '\0';
        tail += digits;
    }
}

static void words_read(const char *path)
{
    char *text = contents(path);
    words = more(NULL, (size_t) wanted.count * sizeof *words);
    for (int64_t i = 0; i < wanted.count; i++) {
        words[i] = strsep(&text, "\n");
        if (!words[i] || strlen(words[i]) > 2048)
            fail("too few words, or too long ones");
    }
}

/* xorshift: the same sequence in each run. */
static int64_t subject_next(void)
{
    static uint64_t state = 88172645463325252ULL;
    if (wanted.in_order)
        return sent % wanted.count;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int64_t) (state % (uint64_t) wanted.count);
}

static void reconnect(Connection *connection)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) wanted.port)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    int on = 1;
    if (connection->fd >= 0)
        close(connection->fd);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *) &address, sizeof address) != 0)
        fail("cannot connect");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event) != 0)
        fail("epoll");
}

/* A request fits the socket's buffer, so it is written at once or not at all. */
static void ask(Connection *connection, int64_t due_ns)
{
    char text[REQUEST_MAX];
    int len;
    int64_t subject = subject_next();
    if (digits == 0)
        len = snprintf(text, sizeof text, "%s", head);
    else if (words)
        len = snprintf(text, sizeof text, "%s%s%s", head, words[subject], tail);
    else
        len = snprintf(text, sizeof text, "%s%0*lld%s", head, digits, (long long) subject, tail);
    connection->busy = true;
    connection->due_ns = due_ns;
    connection->got = 0;
    sent++;
    if (connection->fd < 0 || send(connection->fd, text, (size_t) len, MSG_NOSIGNAL) != len) {
        reconnect(connection);
        if (send(connection->fd, text, (size_t) len, MSG_NOSIGNAL) != len)
            fail("cannot send");
    }
}

static const char *header(const Connection *connection, const char *end, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = strstr(connection->answer, "\r\n"); line && line < end; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, len) == 0)
            return line + 2 + len + strspn(line + 2 + len, " ");
    return NULL;
}

/* Is the answer there, whole? */
static bool complete(const Connection *connection)
{
    const char *end = strstr(connection->answer, "\r\n\r\n");
    if (!end)
        return false;
    const char *length = header(connection, end, "Content-Length:");
    size_t body = connection->got - (size_t) (end + 4 - connection->answer);
    if (length)
        return body >= strtoul(length, NULL, 10);
    return header(connection, end, "Transfer-Encoding:") && body >= 5 &&
           memcmp(connection->answer + connection->got - 5, "0\r\n\r\n", 5) == 0;
}

static void note(Connection *connection)
{
    const char *end = strstr(connection->answer, "\r\n\r\n");
    const char *close_word = header(connection, end, "Connection:");
    unsigned long status = strtoul(connection->answer + strlen("HTTP/1.1 "), NULL, 10);
    if (answered == latency_room) {
        latency_room = latency_room ? latency_room * 2 : 1 << 16;
        latencies_us = more(latencies_us, (size_t) latency_room * sizeof *latencies_us);
    }
    latencies_us[answered++] = (uint32_t) ((now_ns() - connection->due_ns) / 1000);
    statuses[status < STATUS_MAX ? status : 0]++;
    if (close_word && strncasecmp(close_word, "close", 5) == 0) {
        close(connection->fd);
        connection->fd = -1;
    }
    connection->busy = false;
    idle[idle_count++] = (int) (connection - all);
}

static void hear(Connection *connection)
{
    ssize_t got =
        recv(connection->fd, connection->answer + connection->got, sizeof connection->answer - 1 - connection->got, 0);
    if (got <= 0) {
        close(connection->fd);
        connection->fd = -1;
        if (connection->busy) {
            broken++;
            connection->busy = false;
            idle[idle_count++] = (int) (connection - all);
        }
        return;
    }
    connection->got += (size_t) got;
    connection->answer[connection->got] = '\0';
    if (connection->busy && complete(connection))
        note(connection);
}

static int64_t due_of(int64_t number, int64_t now)
{
    return wanted.rate ? started_ns + number * NS_PER_S / wanted.rate : now;
}

static bool over(int64_t due_ns)
{
    return wanted.requests ? sent >= wanted.requests : due_ns - started_ns >= wanted.seconds * NS_PER_S;
}

/* Asks all that is due and for which there is a connection; how long nothing more will be due. */
static int64_t ask_what_is_due(void)
{
    for (;;) {
        int64_t now = now_ns(), due = due_of(sent, now);
        if (over(due) || idle_count == 0)
            return NS_PER_S;
        if (due > now)
            return due - now;
        ask(&all[idle[--idle_count]], due);
    }
}

static void run(void)
{
    struct epoll_event events[CONNECTIONS_MAX];
    int64_t last_heard;
    last_heard = started_ns = now_ns();
    for (;;) {
        int64_t wait = ask_what_is_due();
        if (idle_count == wanted.connections && over(due_of(sent, now_ns())))
            return;
        struct timespec time = {.tv_sec = wait / NS_PER_S, .tv_nsec = wait % NS_PER_S};
        int count = epoll_pwait2(poller, events, CONNECTIONS_MAX, &time, NULL);
        if (count > 0)
            last_heard = now_ns();
        else if (idle_count < wanted.connections && now_ns() - last_heard > PATIENCE_NS) {
            (void) fprintf(stderr, "pace: %d requests are not answered\n", wanted.connections - idle_count);
            exit(1);
        }
        for (int i = 0; i < count; i++)
            hear(events[i].data.ptr);
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *) a, right = *(const uint32_t *) b;
    return (left > right) - (left < right);
}

static double quantile_ms(double share)
{
    return answered ? latencies_us[(int64_t) (share * (double) (answered - 1))] / 1e3 : 0;
}

static void say(int64_t took_ns)
{
    const char *comma = "";
    qsort(latencies_us, (size_t) answered, sizeof *latencies_us, by_size);
    printf("{\"requests\": %lld, \"seconds\": %.6f, \"broken\": %lld, \"status\": {", (long long) answered,
           (double) took_ns / NS_PER_S, (long long) broken);
    for (int i = 0; i < STATUS_MAX; i++)
        if (statuses[i]) {
            printf("%s\"%d\": %lld", comma, i, (long long) statuses[i]);
            comma = ", ";
        }
    printf("}, \"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n", quantile_ms(0.5),
           quantile_ms(0.9), quantile_ms(0.99), quantile_ms(1));
}

static bool options_read(int argc, char **argv, const char **word_file)
{
    for (int letter; (letter = getopt(argc, argv, "c:n:s:r:m:ow:")) != -1;) {
        int64_t number = optarg ? strtoll(optarg, NULL, 10) : 0;
        switch (letter) {
        case 'c': wanted.connections = (int) number; break;
        case 'n': wanted.requests = number; break;
        case 's': wanted.seconds = number; break;
        case 'r': wanted.rate = number; break;
        case 'm': wanted.count = number; break;
        case 'o': wanted.in_order = true; break;
        case 'w': *word_file = optarg; break;
        default: return false;
        }
    }
    wanted.port = optind + 2 == argc ? (int) strtol(argv[optind], NULL, 10) : 0;
    return wanted.port > 0 && wanted.connections > 0 && wanted.connections <= CONNECTIONS_MAX && wanted.count > 0 &&
           (wanted.requests > 0) != (wanted.seconds > 0) && wanted.rate >= 0;
}

int main(int argc, char **argv)
{
    const char *word_file = NULL;
    if (!options_read(argc, argv, &word_file)) {
        (void) fprintf(stderr, "usage: pace [-c CONNECTIONS] [-n REQUESTS | -s SECONDS] [-r RATE] [-m COUNT] [-o] [-w WORDS] "
                               "PORT TEMPLATE\n");
        return 2;
    }
    template_read(argv[optind + 1]);
    if (word_file)
        words_read(word_file);
    poller = epoll_create1(0);
    for (int i = 0; i < wanted.connections; i++) {
        all[i].fd = -1;
        reconnect(&all[i]);
        idle[idle_count++] = i;
    }
    run();
    say(now_ns() - started_ns);
    return 0;
}
