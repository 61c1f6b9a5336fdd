/* hello SOCKET THREADS FILE: a FastCGI hello world, the measure of everything that `make bench` says.
 *
 * What a program that decides nothing costs: libfcgi's own loop in THREADS threads, the request's body read to its end, and
 * the bytes of FILE (headers, an empty line, body) as the answer to everything. FILE holds an answer that webquota gave, so
 * that both send as much. As an authorizer it consents to everything.
 */
#include <fastcgi.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define ANSWER_MAX (1024 * 1024)
#define BACKLOG 1024

static char answer[ANSWER_MAX];
static int answer_len;
static int listener;

static void *serve(void *unused)
{
    FCGX_Request request;
    char body[8192];
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        if (request.role == FCGI_AUTHORIZER) { /* there is no input, not even its end */
            FCGX_PutS("Status: 200\r\n\r\n", request.out);
        } else {
            while (FCGX_GetStr(body, sizeof body, request.in) > 0)
                ;
            FCGX_PutStr(answer, answer_len, request.out);
        }
        FCGX_Finish_r(&request);
    }
    return unused;
}

static int answer_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    answer_len = (int) fread(answer, 1, sizeof answer, file);
    (void) fclose(file);
    return answer_len;
}

int main(int argc, char **argv)
{
    int threads = argc == 4 ? (int) strtol(argv[2], NULL, 10) : 0;
    if (threads < 1 || !answer_read(argv[3]) || FCGX_Init() != 0 || (listener = FCGX_OpenSocket(argv[1], BACKLOG)) < 0) {
        (void) fprintf(stderr, "usage: hello SOCKET THREADS FILE\n");
        return 2;
    }
    for (int i = 1; i < threads; i++) {
        pthread_t id;
        if (pthread_create(&id, NULL, serve, NULL) != 0)
            return 1;
    }
    serve(NULL);
    return 0;
}
