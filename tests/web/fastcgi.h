/* A server of ours in a process of its own, as signals end it, and what a web server says to it: over a socket, in records. */
#ifndef WEBQUOTA_TEST_FASTCGI_H
#define WEBQUOTA_TEST_FASTCGI_H

#include "web/serve.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"
#include "web/listener.h"

enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };
enum { RESPONDER = 1, AUTHORIZER = 2, KEEP = 1 };

static char *path;
static int in_flight[2]; /* the server writes here when it has a slow request, and waits for a byte on the other */
static int go_on[2];

static inline pid_t server_start_with(ServeAnswer answer, rlim_t files)
{
    char *why = NULL;
    path = g_strdup_printf("%s/webquota-test-%d.sock", g_get_tmp_dir(), (int) getpid());
    int listener = listener_open(path, &why);
    ck_assert_msg(listener >= 0, "%s", why);
    ck_assert(pipe(in_flight) == 0 && pipe(go_on) == 0);
    pid_t server = fork();
    if (server == 0) {
        struct rlimit limit;
        ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
        limit.rlim_cur = files;
        if (files > 0)
            ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
        serve_prepare();
        _exit(serve_fastcgi(listener, true, 3, NULL, answer, NULL) ? 0 : 1);
    }
    close(listener);
    return server;
}

static inline void server_end(pid_t server)
{
    int status;
    ck_assert_int_eq(kill(server, SIGTERM), 0);
    ck_assert_int_eq(waitpid(server, &status, 0), server);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
    unlink(path);
    g_free(path);
}

static inline int connection(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *) &address, sizeof address), 0);
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

static inline void send_record(int fd, int type, const char *content, size_t len)
{
    unsigned char header[8] = {1, (unsigned char) type, 0, 1, (unsigned char) (len >> 8), (unsigned char) len, 0, 0};
    ck_assert_int_eq(write(fd, header, sizeof header), sizeof header);
    if (len > 0) /* after the last header the other side may have closed */
        ck_assert_int_eq(write(fd, content, len), (ssize_t) len);
}

static inline void send_request(int fd, int role, int flags, const char *word, const char *body)
{
    char begin[8] = {0, (char) role, (char) flags, 0, 0, 0, 0, 0};
    g_autoptr(GString) params = g_string_new(NULL);
    g_string_append_c(params, 4);
    g_string_append_c(params, (char) strlen(word));
    g_string_append_printf(params, "WORD%s", word);
    send_record(fd, BEGIN_REQUEST, begin, sizeof begin);
    send_record(fd, PARAMS, params->str, params->len);
    send_record(fd, PARAMS, "", 0);
    if (body) { /* an authorizer gets no input, and no end of it */
        if (*body)
            send_record(fd, STDIN, body, strlen(body));
        send_record(fd, STDIN, "", 0);
    }
}

static inline bool read_all(int fd, void *bytes, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t got = read(fd, (char *) bytes + done, len - done);
        if (got <= 0)
            return false;
        done += (size_t) got;
    }
    return true;
}

/* What was answered up to the end of the request; NULL when the connection ended before. */
static inline char *receive(int fd)
{
    GString *out = g_string_new(NULL);
    unsigned char header[8];
    char content[65536 + 256];
    while (read_all(fd, header, sizeof header)) {
        size_t len = (size_t) header[4] * 256 + header[5];
        if (!read_all(fd, content, len + header[6]))
            break;
        if (header[1] == STDOUT)
            g_string_append_len(out, content, (gssize) len);
        if (header[1] == END_REQUEST)
            return g_string_free(out, FALSE);
    }
    g_string_free(out, TRUE);
    return NULL;
}

static inline void expect(int fd, const char *end)
{
    g_autofree char *text = receive(fd);
    ck_assert_msg(text && g_str_has_suffix(text, end), "%s", text);
}

#endif
