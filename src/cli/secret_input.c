/* Secrets from standard input. */
#include "cli/secret_input.h"

#include <signal.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_MAX 1100

/* New string; NULL at the end of the input, and for a line that is too long. */
static char *line_read(void)
{
    char line[SECRET_MAX];
    size_t len = 0;
    int c;
    while ((c = getchar()) != EOF && c != '\n')
        if (len < sizeof line)
            line[len++] = (char) c;
    if (len > 0 && len < sizeof line && line[len - 1] == '\r')
        len--;
    char *read = (c == EOF && len == 0) || len >= sizeof line || memchr(line, '\0', len) ? NULL : g_strndup(line, len);
    sodium_memzero(line, sizeof line);
    return read;
}

/* What ends the command while it asks. */
static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static struct termios before;

/* Whoever types next is to see it, and not what was typed of the secret. */
static void end_seen(int with)
{
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    raise(with); /* nobody handles it any more: it ends us as soon as this is left */
}

static char *ask_silent(void)
{
    struct sigaction was[G_N_ELEMENTS(ends)], ours = { .sa_handler = end_seen, .sa_flags = (int)SA_RESETHAND };
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t) ECHO;
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        sigaction(ends[i], NULL, &was[i]);
        if (was[i].sa_handler != SIG_IGN)
            sigaction(ends[i], &ours, NULL);
    }
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    char *read = line_read();
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        sigaction(ends[i], &was[i], NULL);
    return read;
}

static char *ask(const char *question)
{
    fprintf(stderr, "%s: ", question);
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return NULL;
    char *read = ask_silent();
    fputc('\n', stderr);
    return read;
}

void secret_free(char *secret)
{
    if (secret)
        sodium_memzero(secret, strlen(secret));
    g_free(secret);
}

char *secret_read(const char *command, const char *what)
{
    bool terminal = isatty(STDIN_FILENO);
    g_autofree char *again = g_strconcat(what, " again", NULL);
    char *secret = terminal ? ask(what) : line_read();
    char *other = terminal && secret ? ask(again) : NULL;
    if (!secret) {
        fprintf(stderr, "webquota %s: there is no %s on standard input\n", command, what);
    } else if (terminal && g_strcmp0(secret, other) != 0) {
        fprintf(stderr, "webquota %s: the two are not the same\n", command);
        g_clear_pointer(&secret, secret_free);
    }
    secret_free(other);
    return secret;
}
