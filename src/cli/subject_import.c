/* `webquota subject import FILE.csv`: a file of people, all checked before any is touched. */
#include "cli/subject_import.h"

#include <errno.h>
#include <unistd.h>
#include "cli/import_file.h"
#include "cli/table.h"
#include "store/admin_import.h"

#define FILE_MAX (INT64_C(256) * 1024 * 1024)
#define TRIES_MAX 5
#define MISTAKES_SHOWN 1000

/* The file's text with a NUL after it; NULL after saying why not. "-" is standard input. */
static char *read_whole(const char *path, size_t *len)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    GString *text = g_string_new(NULL);
    char block[65536];
    size_t got;
    while (file && (int64_t)text->len <= FILE_MAX && (got = fread(block, 1, sizeof block, file)) > 0)
        g_string_append_len(text, block, (gssize)got);
    int error = !file || ferror(file) ? errno : 0;
    if (file && file != stdin)
        (void)fclose(file);
    *len = text->len;
    const char *why = error ? g_strerror(error) : (int64_t)*len > FILE_MAX ? "the file is larger than 256 MiB"
                    : memchr(text->str, '\0', *len) ? "the file holds a NUL byte, so it is no text" : NULL;
    if (why)
        fprintf(stderr, "webquota subject: %s: %s\n", path, why);
    return g_string_free(text, why != NULL);
}

static int print_mistakes(const char *path, const GPtrArray *mistakes, bool json)
{
    json_t *list = json_array();
    for (guint i = 0; i < mistakes->len; i++) {
        const ImportMistake *mistake = mistakes->pdata[i];
        if (json)
            json_array_append_new(list, json_pack("{s:s, s:i, s:s, s:s}", "file", path, "line", mistake->line, "column",
                                                  mistake->column, "message", mistake->message));
        else if (i < MISTAKES_SHOWN)
            fprintf(stderr, "%s:%d:%s: %s\n", path, mistake->line, mistake->column, mistake->message);
    }
    if (json)
        cli_print_json(json_pack("{s:O}", "mistakes", list));
    else if (mistakes->len > MISTAKES_SHOWN)
        fprintf(stderr, "… and %u more\n", mistakes->len - MISTAKES_SHOWN);
    if (!json)
        fprintf(stderr, "nothing was imported\n");
    json_decref(list);
    return CMD_NO;
}

/* On a terminal a line that says how far it is, every second. */
typedef struct {
    bool shown;
    int64_t next_us;
} Progress;

static void progress_show(Progress *progress, guint done, guint all)
{
    int64_t now = g_get_monotonic_time();
    if (!progress->next_us)
        progress->next_us = now + G_USEC_PER_SEC;
    if (now < progress->next_us || !isatty(STDERR_FILENO))
        return;
    progress->next_us = now + G_USEC_PER_SEC;
    progress->shown = true;
    fprintf(stderr, "\r%u of %u %s", done, all, people_word(all));
}

static void progress_end(const Progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r\033[K");
}

static StoreResult import_some(Store *store, const ImportFile *file, guint from, guint count, const char *actor, bool pretend,
                               ImportCount *counted, StoreError *error)
{
    const SubjectChange *changes = &g_array_index(file->changes, SubjectChange, from);
    StoreResult result = STORE_CONFLICT;
    for (int tries = 0; result == STORE_CONFLICT && tries < TRIES_MAX; tries++) {
        store_error_clear(error);
        result = admin_subjects_import(store, changes, (int)count, actor, pretend, counted, error);
    }
    return result;
}

static int import_all(Store *store, const ImportFile *file, const char *path, bool pretend, const char *actor, ImportCount *counted)
{
    g_auto(StoreError) error = { 0 };
    Progress progress = { 0 };
    guint all = file->changes->len, done = 0;
    StoreResult result = STORE_OK;
    for (guint count; result == STORE_OK && done < all; done += result == STORE_OK ? count : 0) {
        count = MIN(IMPORT_MAX, all - done);
        progress_show(&progress, done, all);
        result = import_some(store, file, done, count, actor, pretend, counted, &error);
    }
    progress_end(&progress);
    if (result == STORE_OK)
        return CMD_OK;
    int code = cli_fail("subject", result, &error);
    if (done && !pretend)
        fprintf(stderr, "%u of %u %s imported, up to before %s:%d; the same import again goes on from there\n", done, all,
                all == 1 ? "person is" : "people are", path, g_array_index(file->lines, int, done));
    return code;
}

static void print_counted(const ImportCount *counted, bool pretend)
{
    printf(pretend ? "would create %" PRId64 ", change %" PRId64 ", and leave %" PRId64 " as they are; nothing was done\n"
                   : "created %" PRId64 ", changed %" PRId64 ", left %" PRId64 " as they were\n",
           counted->created, counted->changed, counted->same);
}

static int import_text(Store *store, const char *path, char *text, size_t len, const Policy *policy, const char *reason, bool pretend,
                       bool json, const char *actor)
{
    g_autoptr(ImportFile) file = import_file_read(text, len, policy);
    if (file->mistakes->len)
        return print_mistakes(path, file->mistakes, json);
    for (guint i = 0; i < file->changes->len; i++)
        g_array_index(file->changes, SubjectChange, i).reason = reason;
    ImportCount counted = { 0 };
    int code = import_all(store, file, path, pretend, actor, &counted);
    if (code != CMD_OK)
        return code;
    if (json)
        cli_print_json(json_pack("{s:b, s:I, s:I, s:I}", "dry_run", pretend, "created", (json_int_t)counted.created, "changed",
                                 (json_int_t)counted.changed, "same", (json_int_t)counted.same));
    else
        print_counted(&counted, pretend);
    return CMD_OK;
}

int subject_import(Store *store, const char *path, const char *reason, bool pretend, bool json, const char *actor)
{
    size_t len = 0;
    g_autofree char *text = read_whole(path, &len);
    if (!text)
        return CMD_NO;
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, &error);
    if (result != STORE_OK)
        return cli_fail("subject", result, &error);
    return import_text(store, path, text, len, policy, reason, pretend, json, actor);
}
