/* Plain CGI: the process is the request. */
#include "web/cgi.h"

#include <errno.h>
#include <unistd.h>

#include "base/parse.h"

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
