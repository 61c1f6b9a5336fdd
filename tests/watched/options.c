/* What the sanitizers are to do, linked into every program that scripts/watched builds: so that it holds as well for those
 * that a web server starts with an environment of its own. Reports go to files; WATCH_FOLDER names where.
 *
 * Suppressions are for libraries only, each with its reason.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__tsan_default_options(void);
const char *__tsan_default_suppressions(void);
const char *__lsan_default_suppressions(void);
void __ubsan_on_report(void);
#pragma weak __ubsan_get_current_report_data
void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file, unsigned *line, unsigned *column,
                                     char **address);

const char *__asan_default_options(void)
{
    return "detect_leaks=1:detect_stack_use_after_return=1:exitcode=99:"
           "log_path=" WATCH_FOLDER "/reports/asan";
}

/* GCC's address and undefined behaviour checks together write what the latter find to standard error only, where a
 * service's is soon gone: so it is written down here as well. */
const char *__ubsan_default_options(void)
{
    return "print_stacktrace=1:exitcode=99";
}

void __ubsan_on_report(void)
{
    const char *kind, *message, *file;
    unsigned line, column;
    char *address, path[1024];
    if (!__ubsan_get_current_report_data)
        return;
    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
    snprintf(path, sizeof path, WATCH_FOLDER "/reports/ubsan.%d", (int)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        return;
    dprintf(fd, "%s:%u:%u: runtime error: %s (%s)\n", file, line, column, message, kind);
    close(fd);
}

/* GLib's own allocator gives what one thread has freed to another, which looks as if nobody guarded it, and hides what is used after it was
 * freed. It asks its environment, which may be one that somebody else has made, before anything here is run: so once more, from the start. */
static void __attribute__((constructor)) allocate_plainly(int argc, char **argv)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    (void)argc;
    if (getenv("G_SLICE") || length < 0)
        return;
    path[length] = '\0';
    setenv("G_SLICE", "always-malloc", 1);
    setenv("G_DEBUG", "gc-friendly", 1);
    execv(path, argv);
}

/* halt_on_error=0: one race must not hide another. die_after_fork=0: tests fork processes that work until they are killed. */
const char *__tsan_default_options(void)
{
    return "halt_on_error=0:die_after_fork=0:second_deadlock_stack=1:exitcode=99:log_path=" WATCH_FOLDER "/reports/tsan";
}

/* GLib's locks are not seen by what watches threads, so what it keeps under them for all, strings by their number, looks as if nobody
 * guarded it: here it is guarded once more. */
#ifdef WATCHED_BY_tsan
const char *g_intern_string(const char *text);
const char *g_intern_string(const char *text)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static const char *(*intern)(const char *text);
    pthread_mutex_lock(&lock);
    if (!intern)
        *(void **) &intern = dlsym(RTLD_NEXT, "g_intern_string");
    const char *interned = intern(text);
    pthread_mutex_unlock(&lock);
    return interned;
}
#endif

const char *__tsan_default_suppressions(void)
{
    return "";
}

const char *__lsan_default_suppressions(void)
{
    return "";
}
