/* Answers that come later, all from one thread, as the ledger's do: no peer holds it up, and no more are on their way at once
 * than there are descriptors for. */
#include "fastcgi.h"

#define BIG (4 * 1024 * 1024)
#define PAGE (48 * 1024)

static int handed_over[2]; /* exchanges, for the one who answers */
static atomic_int under_way, most_under_way;

/* The length of the answer is that of the word's number, or a line. */
static void answer_one(const Exchange *exchange)
{
    const char *word = exchange_param(exchange, "WORD");
    size_t len = strcmp(word, "big") == 0 ? BIG : strcmp(word, "page") == 0 ? PAGE : 0;
    g_autoptr(GString) text = g_string_new("Status: 200 OK\r\n\r\n");
    size_t head = text->len;
    g_string_set_size(text, head + len);
    memset(text->str + head, 'x', len);
    g_string_append_printf(text, "%s under way: %d", word, most_under_way);
    under_way--;
    /* in two parts, as head and body are */
    exchange->write(exchange->data, text->str, 18);
    exchange->write(exchange->data, text->str + 18, text->len - 18);
    exchange->done(exchange->data);
}

static void *answer_all(void *data)
{
    const Exchange *exchange;
    while (read(handed_over[0], &exchange, sizeof exchange) == sizeof exchange) {
        if (g_str_has_prefix(exchange_param(exchange, "WORD"), "slow"))
            g_usleep(2000);
        answer_one(exchange);
    }
    return data;
}

/* Two at once may each find more than there were: the larger is kept. */
static void note_under_way(void)
{
    int now = ++under_way, most = most_under_way;
    while (now > most && !atomic_compare_exchange_weak(&most_under_way, &most, now))
        ;
}

static void begin_answering(void)
{
    pthread_t id;
    if (pipe(handed_over) != 0 || pthread_create(&id, NULL, answer_all, NULL) != 0 || pthread_detach(id) != 0)
        abort();
}

static void answer_later(const Exchange *exchange, void *data)
{
    static pthread_once_t begun = PTHREAD_ONCE_INIT;
    (void) data;
    note_under_way();
    pthread_once(&begun, begin_answering);
    if (write(handed_over[1], &exchange, sizeof exchange) != sizeof exchange)
        abort();
}

START_TEST(a_peer_that_does_not_read_holds_up_nobody)
{
    pid_t server = server_start_with(answer_later, 0);
    int deaf[3], fd;
    for (size_t i = 0; i < G_N_ELEMENTS(deaf); i++) {
        deaf[i] = connection();
        send_request(deaf[i], RESPONDER, i % 2 ? KEEP : 0, "big", "");
    }
    for (int i = 0; i < 20; i++) {
        int64_t asked_us = g_get_monotonic_time();
        fd = connection();
        send_request(fd, RESPONDER, 0, i % 2 ? "page" : "small", "");
        g_autofree char *text = receive(fd);
        ck_assert_ptr_nonnull(text);
        ck_assert_int_lt(g_get_monotonic_time() - asked_us, 2 * G_USEC_PER_SEC);
        close(fd);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(deaf); i++) { /* and when they listen after all, they hear all of it */
        g_autofree char *text = receive(deaf[i]);
        ck_assert_ptr_nonnull(text);
        ck_assert_uint_gt(strlen(text), BIG);
        if (i % 2) {
            send_request(deaf[i], RESPONDER, KEEP, "small", "");
            g_autofree char *next = receive(deaf[i]);
            ck_assert(next && strstr(next, "small"));
        }
        close(deaf[i]);
    }
    server_end(server);
}
END_TEST

/* It asks again and again on one connection, and reads nothing; what it asked before it was its turn may be lost. */
START_TEST(a_peer_that_asks_on_and_on_holds_up_nobody)
{
    pid_t server = server_start_with(answer_later, 0);
    int deaf = connection();
    for (int i = 0; i < 12; i++) { /* more than the connection takes */
        send_request(deaf, RESPONDER, KEEP, "page", "");
        int64_t asked_us = g_get_monotonic_time();
        int fd = connection();
        send_request(fd, RESPONDER, 0, "small", "");
        g_autofree char *text = receive(fd);
        ck_assert_ptr_nonnull(text);
        ck_assert_int_lt(g_get_monotonic_time() - asked_us, 2 * G_USEC_PER_SEC);
        close(fd);
    }
    g_autofree char *first = receive(deaf);
    ck_assert_ptr_nonnull(first);
    ck_assert_uint_gt(strlen(first), PAGE);
    close(deaf);
    server_end(server);
}
END_TEST

#define FILES 120
#define CROWD 200

/* Where answers take their time, those who come wait at the gate, and the process keeps descriptors for itself. */
START_TEST(no_more_are_on_their_way_than_there_are_descriptors_for)
{
    pid_t server = server_start_with(answer_later, FILES);
    int crowd[CROWD], most = 0;
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = connection();
        send_request(crowd[i], RESPONDER, 0, "slow", "");
    }
    for (int i = 0; i < CROWD; i++) {
        g_autofree char *text = receive(crowd[i]);
        ck_assert_ptr_nonnull(text);
        most = MAX(most, (int) g_ascii_strtoll(strrchr(text, ' '), NULL, 10));
        close(crowd[i]);
    }
    ck_assert_int_gt(most, 3);
    ck_assert_int_le(most, FILES / 2);
    server_end(server);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_peer_that_does_not_read_holds_up_nobody, a_peer_that_asks_on_and_on_holds_up_nobody,
                                  no_more_are_on_their_way_than_there_are_descriptors_for};
    return suite_run("talk", tests, G_N_ELEMENTS(tests));
}
