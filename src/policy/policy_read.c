/* Policy text to domain: scan for lines and names, libConfuse for values, then the meaning, part by part. */
#include "policy/policy_read.h"

#include <errno.h>
#include <pthread.h>

#include "policy/policy_parts.h"

/* libConfuse's lexer lives in global variables, which are freed with any cfg_t, and its error function is
 * told nothing of the caller: the lock is held from the making of a cfg_t to its end. */
static pthread_mutex_t confuse_lock = PTHREAD_MUTEX_INITIALIZER;
static char *confuse_error;
static int confuse_error_line;

static void remember_error(cfg_t *cfg, const char *format, va_list arguments)
{
    if (confuse_error)
        return;
    confuse_error = g_strdup_vprintf(format, arguments);
    confuse_error_line = cfg ? cfg->line : 1;
}

/* libConfuse says nothing of it, and it is no mistake of whoever wrote the text: the process ends, as by GLib's rule. */
static void end_without_memory(void)
{
    g_error("libConfuse failed to allocate memory");
}

/* The values of a clean text. False, with a mistake, when libConfuse does not take it after all. */
static bool values_read(cfg_t *cfg, const char *clean, const Reading *reading)
{
    cfg_set_error_function(cfg, remember_error);
    errno = 0;
    bool good = cfg_parse_buf(cfg, clean) == CFG_SUCCESS, no_memory = errno == ENOMEM;
    g_autofree char *error = g_steal_pointer(&confuse_error);
    if (good && !error)
        return true;
    if (!error && no_memory)
        end_without_memory();
    mistake_add(reading->mistakes, reading->file_name, error ? confuse_error_line : 1, "", NULL, "%s",
                error ? error : "libConfuse cannot read it");
    return false;
}

static void read_meaning(Reading *reading, const Scan *scan)
{
    pthread_mutex_lock(&confuse_lock);
    cfg_t *cfg = cfg_init(policy_options, CFGF_NONE);
    if (!cfg)
        end_without_memory();
    if (values_read(cfg, scan->clean, reading)) {
        Section file = {reading, cfg, scan->file};
        read_settings(&file);
        read_features(&file);
        read_plans(&file);
        read_routes(&file);
        if (reading->mistakes->len == 0)
            warn_of_oddities(&file);
    }
    cfg_free(cfg);
    pthread_mutex_unlock(&confuse_lock);
}

static int line_of(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

/* A mark that some editors put before UTF-8 is as good as a blank. */
static char *without_mark(const char *text)
{
    char *copy = g_strdup(text);
    if (g_str_has_prefix(copy, "\xef\xbb\xbf"))
        memset(copy, ' ', 3);
    return copy;
}

Policy *policy_read_strictly(const char *text, const char *file_name, GPtrArray *mistakes, GPtrArray *warnings)
{
    const char *end = NULL;
    if (strlen(text) > POLICY_TEXT_MAX) {
        mistake_add(mistakes, file_name, 1, "", NULL, "the file is larger than 1 MiB");
        return NULL;
    }
    if (!g_utf8_validate(text, -1, &end)) {
        mistake_add(mistakes, file_name, line_of(text, end), "", NULL, "the file is not UTF-8 from here on");
        return NULL;
    }
    g_autofree char *marked = without_mark(text);
    g_autoptr(Scan) scan = policy_scan(marked, file_name, mistakes);
    g_autoptr(Policy) policy = policy_new();
    policy->text = g_strdup(text);
    read_meaning(&(Reading){file_name, mistakes, warnings, scan->whole, policy}, scan);
    mistakes_sort(mistakes);
    mistakes_sort(warnings);
    return mistakes->len == 0 ? g_steal_pointer(&policy) : NULL;
}

Policy *policy_read(const char *text, const char *file_name, GPtrArray *mistakes)
{
    g_autoptr(GPtrArray) warnings = mistakes_new();
    return policy_read_strictly(text, file_name, mistakes, warnings);
}
