/* The loop around libfcgi, spoken to as a web server does: over a socket, in records. The server runs in a process
 * of its own, as signals end it. */
#define _GNU_SOURCE /* prlimit */
#include "fastcgi.h"

/* Answers with its role, what it was sent as WORD, and the length of the body. */
static void answer(const Exchange *exchange, void *data)
{
    (void) data;
    const char *word = exchange_param(exchange, "WORD");
    char bytes[4096];
    long got, sum = 0;
    bool reads = !exchange->authorizer && !exchange_param(exchange, "WEBQUOTA_ROLE");
    while (reads && (got = exchange->read(exchange->data, bytes, sizeof bytes)) > 0)
        sum += got;
    if (word && g_str_has_suffix(word, "slow") && (write(in_flight[1], "", 1) != 1 || read(go_on[0], bytes, 1) != 1))
        abort();
    g_autofree char *text = g_strdup_printf("Status: 200 OK\r\n\r\n%s %s %ld",
                                            exchange->authorizer ? "authorizer" : "responder",
                                            word ? word : "", sum);
    if (!exchange->write(exchange->data, text, strlen(text)))
        abort();
    exchange->done(exchange->data);
}

static void *answer_in_time(void *data)
{
    answer(data, NULL);
    return NULL;
}

/* Some are answered by another thread, when the one that read them has gone on. */
static void answer_some(const Exchange *exchange, void *data)
{
    const char *word = exchange_param(exchange, "WORD");
    pthread_t id;
    if (!word || !g_str_has_prefix(word, "later")) {
        answer(exchange, data);
        return;
    }
    if (pthread_create(&id, NULL, answer_in_time, (void *) exchange) != 0)
        abort();
    pthread_detach(id);
}

static pid_t server_start(void)
{
    return server_start_with(answer_some, 0);
}

START_TEST(requests_are_answered_by_role)
{
    pid_t server = server_start();
    int fd = connection();
    send_request(fd, RESPONDER, 0, "a", "12345");
    expect(fd, "responder a 5");
    close(fd);
    fd = connection();
    send_request(fd, AUTHORIZER, 0, "b", NULL);
    expect(fd, "authorizer b 0");
    close(fd);
    server_end(server);
}
END_TEST

START_TEST(kept_connections_go_on)
{
    pid_t server = server_start();
    int fd = connection();
    for (int i = 0; i < 20; i++) {
        send_request(fd, RESPONDER, KEEP, "kept", i % 2 ? "x" : "");
        expect(fd, i % 2 ? "responder kept 1" : "responder kept 0");
    }
    server_end(server); /* although the connection is still open */
    close(fd);
}
END_TEST

START_TEST(nonsense_costs_one_connection)
{
    pid_t server = server_start();
    for (int i = 0; i < 10; i++) {
        int fd = connection();
        ck_assert_int_eq(write(fd, "GET / HTTP/1.0\r\n\r\n", 18), 18);
        shutdown(fd, SHUT_WR);
        ck_assert_ptr_null(receive(fd));
        close(fd);
    }
    int fd = connection();
    send_request(fd, RESPONDER, 0, "after", "");
    expect(fd, "responder after 0");
    close(fd);
    server_end(server);
}
END_TEST

START_TEST(the_end_waits_for_what_is_in_flight)
{
    pid_t server = server_start();
    char byte;
    int status, fd = connection();
    send_request(fd, RESPONDER, 0, "slow", "");
    ck_assert_int_eq(read(in_flight[0], &byte, 1), 1);
    ck_assert_int_eq(kill(server, SIGTERM), 0);
    /* The threads that wait end first; the server is there for as long as the request is. */
    ck_assert_int_eq(waitpid(server, &status, WNOHANG), 0);
    ck_assert_int_eq(write(go_on[1], "", 1), 1);
    expect(fd, "responder slow 0");
    close(fd);
    ck_assert_int_eq(waitpid(server, &status, 0), server);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    unlink(path);
    g_free(path);
}
END_TEST

START_TEST(the_end_answers_what_was_connected_before)
{
    pid_t server = server_start();
    char byte;
    int status, busy[3], waiting;
    for (int i = 0; i < 3; i++) {
        busy[i] = connection();
        send_request(busy[i], RESPONDER, 0, "slow", "");
        ck_assert_int_eq(read(in_flight[0], &byte, 1), 1);
    }
    waiting = connection(); /* every thread is busy */
    send_request(waiting, RESPONDER, 0, "waited", "");
    ck_assert_int_eq(kill(server, SIGTERM), 0);
    ck_assert_int_eq(write(go_on[1], "abc", 3), 3);
    for (int i = 0; i < 3; i++) {
        expect(busy[i], "responder slow 0");
        close(busy[i]);
    }
    expect(waiting, "responder waited 0");
    close(waiting);
    ck_assert_int_eq(waitpid(server, &status, 0), server);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_ne(access(path, F_OK), 0);
    g_free(path);
}
END_TEST

START_TEST(answers_may_come_later)
{
    pid_t server = server_start();
    char byte;
    int status, later[7]; /* more than there are threads */
    for (size_t i = 0; i < G_N_ELEMENTS(later); i++) {
        later[i] = connection();
        send_request(later[i], RESPONDER, i % 2 ? KEEP : 0, "later slow", "123");
        ck_assert_int_eq(read(in_flight[0], &byte, 1), 1);
    }
    int fd = connection();
    send_request(fd, RESPONDER, 0, "now", "");
    expect(fd, "responder now 0");
    close(fd);
    ck_assert_int_eq(write(go_on[1], "ab", 2), 2);
    int answered = 0;
    for (size_t i = 0; answered < 2; i = (i + 1) % G_N_ELEMENTS(later)) {
        struct pollfd one = {.fd = later[i], .events = POLLIN};
        if (later[i] < 0 || poll(&one, 1, 10) != 1)
            continue;
        expect(later[i], "responder later slow 3");
        if (i % 2) { /* kept: it takes another */
            send_request(later[i], RESPONDER, 0, "later", "");
            expect(later[i], "responder later 0");
        }
        close(later[i]);
        later[i] = -1;
        answered++;
    }
    /* The end waits for the others. */
    ck_assert_int_eq(kill(server, SIGTERM), 0);
    ck_assert_int_eq(waitpid(server, &status, WNOHANG), 0);
    ck_assert_int_eq(write(go_on[1], "abcde", 5), 5);
    for (size_t i = 0; i < G_N_ELEMENTS(later); i++) {
        if (later[i] < 0)
            continue;
        expect(later[i], "responder later slow 3");
        ck_assert_int_eq(read(later[i], &byte, 1), 0); /* no connection is kept beyond the end */
        close(later[i]);
    }
    ck_assert_int_eq(waitpid(server, &status, 0), server);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    unlink(path);
    g_free(path);
}
END_TEST

/* The highest number of the server's descriptors when nobody is connected. */
static int highest_descriptor(pid_t server)
{
    g_autofree char *folder = g_strdup_printf("/proc/%d/fd", (int) server);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    int highest = -1;
    ck_assert_ptr_nonnull(dir);
    for (const char *name; (name = g_dir_read_name(dir));)
        highest = MAX(highest, (int) g_ascii_strtoll(name, NULL, 10));
    return highest;
}

START_TEST(without_descriptors_one_after_the_other_is_answered)
{
    pid_t server = server_start();
    struct rlimit limit;
    int fd = connection();
    send_request(fd, RESPONDER, 0, "before", "");
    expect(fd, "responder before 0");
    char byte;
    ck_assert_int_eq(read(fd, &byte, 1), 0); /* it has let go of the connection */
    close(fd);
    ck_assert_int_eq(prlimit(server, RLIMIT_NOFILE, NULL, &limit), 0);
    limit.rlim_cur = (rlim_t) highest_descriptor(server) + 1;
    ck_assert_int_eq(prlimit(server, RLIMIT_NOFILE, &limit, NULL), 0);
    int waiting[4];
    for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++) {
        waiting[i] = connection();
        send_request(waiting[i], RESPONDER, 0, "starved", "");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++) {
        expect(waiting[i], "responder starved 0");
        close(waiting[i]);
    }
    server_end(server);
}
END_TEST

START_TEST(without_any_descriptor_it_gives_way_to_another)
{
    struct rlimit none = {0};
    int status, fd;
    pid_t server = server_start();
    fd = connection();
    send_request(fd, RESPONDER, 0, "before", "");
    expect(fd, "responder before 0");
    close(fd);
    ck_assert_int_eq(prlimit(server, RLIMIT_NOFILE, &none, NULL), 0);
    fd = connection();
    ck_assert_int_eq(waitpid(server, &status, 0), server);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 1, "status %d", status);
    close(fd);
    unlink(path);
    g_free(path);
}
END_TEST

static void hear(int supervisor, const char *wanted)
{
    char sign[64];
    ssize_t got = recv(supervisor, sign, sizeof sign - 1, 0);
    ck_assert_int_gt(got, 0);
    sign[got] = '\0';
    ck_assert_str_eq(sign, wanted);
}

START_TEST(a_supervisor_hears_signs_of_life)
{
    static char where[sizeof(((struct sockaddr_un *) 0)->sun_path)];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = 10};
    ck_assert_int_lt(g_snprintf(where, sizeof where, "%s/webquota-test-%d.alive", g_get_tmp_dir(), (int) getpid()), sizeof where);
    g_strlcpy(address.sun_path, where, sizeof address.sun_path);
    int supervisor = socket(AF_UNIX, SOCK_DGRAM, 0);
    ck_assert_int_eq(bind(supervisor, (struct sockaddr *) &address, sizeof address), 0);
    setsockopt(supervisor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    g_setenv("NOTIFY_SOCKET", where, TRUE);
    g_setenv("WATCHDOG_USEC", "60000", TRUE);
    pid_t server = server_start();
    hear(supervisor, "READY=1");
    for (int i = 0; i < 3; i++)
        hear(supervisor, "WATCHDOG=1");
    server_end(server);
    g_unsetenv("NOTIFY_SOCKET");
    g_unsetenv("WATCHDOG_USEC");
    close(supervisor);
    unlink(where);
}
END_TEST

#define SLOW 8 /* more than there are threads */

START_TEST(slow_requests_hold_no_thread)
{
    pid_t server = server_start();
    int slow[SLOW], fd = connection();
    for (int i = 0; i < SLOW; i++) {
        slow[i] = connection();
        send_request(slow[i], RESPONDER, 0, "late", NULL);
        send_record(slow[i], STDIN, "12", 2);
    }
    send_request(fd, RESPONDER, 0, "quick", "");
    expect(fd, "responder quick 0");
    close(fd);
    for (int i = 0; i < SLOW; i++) {
        send_record(slow[i], STDIN, "345", 3);
        send_record(slow[i], STDIN, "", 0);
    }
    for (int i = 0; i < SLOW; i++) {
        expect(slow[i], "responder late 5");
        close(slow[i]);
    }
    server_end(server);
}
END_TEST

START_TEST(kept_connections_hold_no_thread)
{
    pid_t server = server_start();
    int kept[SLOW];
    for (int i = 0; i < SLOW; i++)
        kept[i] = connection();
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < SLOW; i++) {
            send_request(kept[i], RESPONDER, KEEP, "kept", "12");
            expect(kept[i], "responder kept 2");
        }
    server_end(server);
    for (int i = 0; i < SLOW; i++)
        close(kept[i]);
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
    pid_t server = server_start();
    int pair[2], fd = connection();
    char bytes[256];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    send_request(pair[0], RESPONDER, 0, "bytes", "1234567");
    ssize_t len = read(pair[1], bytes, sizeof bytes);
    for (ssize_t i = 0; i < len; i++)
        ck_assert_int_eq(write(fd, bytes + i, 1), 1);
    expect(fd, "responder bytes 7");
    close(fd);
    close(pair[0]);
    close(pair[1]);
    server_end(server);
}
END_TEST

START_TEST(an_authorizer_by_name_is_not_waited_for)
{
    static const char begin[8] = {0, RESPONDER}, said[] = "\015\012WEBQUOTA_ROLEauthorizer\004\005WORDnginx";
    pid_t server = server_start();
    int fd = connection();
    send_record(fd, BEGIN_REQUEST, begin, sizeof begin);
    send_record(fd, PARAMS, said, strlen(said));
    send_record(fd, PARAMS, "", 0);
    expect(fd, "responder nginx 0");
    close(fd);
    server_end(server);
}
END_TEST

START_TEST(half_a_request_ends_with_its_connection)
{
    pid_t server = server_start();
    for (int i = 0; i < SLOW; i++) {
        int fd = connection();
        send_request(fd, RESPONDER, 0, "half", NULL);
        shutdown(fd, SHUT_WR);
        char byte;
        ck_assert(read(fd, &byte, 1) == 0 || errno == ECONNRESET); /* the other side has closed it */
        close(fd);
    }
    server_end(server);
}
END_TEST

START_TEST(more_than_is_read_is_answered_all_the_same)
{
    pid_t server = server_start();
    g_autofree char *body = g_strnfill(30000, 'x');
    int fd = connection();
    send_request(fd, RESPONDER, 0, "large", NULL);
    for (int i = 0; i < 20; i++)
        send_record(fd, STDIN, body, strlen(body));
    send_record(fd, STDIN, "", 0);
    expect(fd, "responder large 600000");
    close(fd);
    server_end(server);
}
END_TEST

static void *many_requests(void *data)
{
    (void) data;
    for (int i = 0; i < 100; i++) {
        int fd = connection();
        send_request(fd, RESPONDER, 0, "many", "body");
        expect(fd, "responder many 4");
        close(fd);
    }
    return NULL;
}

START_TEST(many_at_once)
{
    pthread_t clients[8];
    pid_t server = server_start();
    for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
        ck_assert_int_eq(pthread_create(&clients[i], NULL, many_requests, NULL), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
        pthread_join(clients[i], NULL);
    server_end(server);
}
END_TEST

START_TEST(sockets_are_not_for_everybody)
{
    char *why = NULL;
    struct stat there;
    path = g_strdup_printf("%s/webquota-test-%d.sock", g_get_tmp_dir(), (int) getpid());
    int fd = listener_open(path, &why);
    ck_assert_msg(fd >= 0, "%s", why);
    ck_assert(listener_is(fd) && !listener_is_tcp(fd) && !listener_is(STDIN_FILENO));
    ck_assert(stat(path, &there) == 0 && (there.st_mode & 07777) == 0660);
    ck_assert_int_eq(listener_open(path, &why), -1); /* somebody listens there */
    g_free(why);
    close(fd);
    fd = listener_open(path, &why); /* nobody does any more */
    ck_assert(fd >= 0);
    close(fd);
    ck_assert(unlink(path) == 0 && g_file_set_contents(path, "precious", -1, NULL));
    ck_assert_int_eq(listener_open(path, &why), -1);
    ck_assert(stat(path, &there) == 0 && S_ISREG(there.st_mode));
    g_free(why);
    unlink(path);
    g_free(path);
}
END_TEST

START_TEST(tcp_binds_one_address)
{
    char *why = NULL;
    int fd = listener_open("127.0.0.1:0", &why);
    ck_assert_msg(fd >= 0, "%s", why);
    ck_assert(listener_is(fd) && listener_is_tcp(fd));
    close(fd);
    ck_assert_int_eq(listener_open(":9100", &why), -1);
    ck_assert_ptr_nonnull(strstr(why, "address"));
    g_free(why);
    ck_assert_int_eq(listener_open("no.such.host.invalid:9100", &why), -1);
    g_free(why);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {requests_are_answered_by_role, kept_connections_go_on, nonsense_costs_one_connection,
                                  the_end_waits_for_what_is_in_flight,
                                  slow_requests_hold_no_thread, kept_connections_hold_no_thread,
                                  a_request_may_come_byte_by_byte, an_authorizer_by_name_is_not_waited_for,
                                  half_a_request_ends_with_its_connection, more_than_is_read_is_answered_all_the_same,
                                  the_end_answers_what_was_connected_before, answers_may_come_later, many_at_once,
                                  without_descriptors_one_after_the_other_is_answered,
                                  without_any_descriptor_it_gives_way_to_another, a_supervisor_hears_signs_of_life,
                                  sockets_are_not_for_everybody, tcp_binds_one_address};
    return suite_run("serve", tests, G_N_ELEMENTS(tests));
}
