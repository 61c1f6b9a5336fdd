/* Journals: one write a line, so that what was written before a kill is there, whole. */
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "load.h"

#define LINE_BYTES 1024

bool journal_open(Journal *journal, const char *folder, const char *name)
{
    g_autofree char *path = g_strdup_printf("%s/%s.log", folder, name);
    journal->file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    journal->number = 0;
    g_strlcpy(journal->name, name, sizeof journal->name);
    return journal->file >= 0;
}

void journal_close(Journal *journal)
{
    close(journal->file);
}

static void write_line(Journal *journal, char kind, const char *format, va_list arguments)
{
    char line[LINE_BYTES];
    int head = snprintf(line, sizeof line, "%c\t%" PRId64 "\t%" PRId64 "\t", kind, journal->number, g_get_real_time());
    int body = vsnprintf(line + head, sizeof line - (size_t)head - 1, format, arguments);
    size_t len = MIN((size_t)(head + body), sizeof line - 2);
    line[len++] = '\n';
    if (write(journal->file, line, len) != (ssize_t)len)
        abort(); /* a proof without its journal is none */
}

int64_t journal_begin(Journal *journal, const char *format, ...)
{
    journal->number++;
    va_list arguments;
    va_start(arguments, format);
    write_line(journal, 'B', format, arguments);
    va_end(arguments);
    return journal->number;
}

void journal_answer(Journal *journal, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(journal, 'A', format, arguments);
    va_end(arguments);
}
