/* The log: one write(2) a line, so that lines of several threads never mix. */
#include "base/log.h"

#include <stdarg.h>
#include <unistd.h>

static LogLevel log_graver_than = LOG_LEVEL_NOTICE;

void log_threshold(LogLevel threshold)
{
    log_graver_than = threshold;
}

void log_line(LogLevel level, const char *format, ...)
{
    if (level > log_graver_than)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    /* Only the journal reads the level prefix; it says so in the environment. */
    g_autofree char *line = g_getenv("JOURNAL_STREAM") ? g_strdup_printf("<%d>webquota: %s\n", (int)level, text)
                                                       : g_strdup_printf("webquota: %s\n", text);
    ssize_t written = write(STDERR_FILENO, line, strlen(line));
    (void)written;
}
