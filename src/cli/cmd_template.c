/* webquota template: renders and checks templates, for people who change them. Every partial that is
 * named, and those named in these, is read before rendering begins, so that a mistake in any of them is
 * told whether or not the data leads there. */
#include "cli/cmd.h"

#include "cli/template_theme.h"
#include "view/mustache.h"
#include "view/value_json.h"

#define SUMMARY "Render a template with JSON from standard input, or check templates."
#define DETAILS \
    "Commands:\n" \
    "  render FILE    Render FILE with the JSON value on standard input to standard output.\n" \
    "                 {{>x}} is DIR/x.html; nothing where there is no such file.\n" \
    "  check FILE...  Parse each FILE and say what is wrong, with file and line.\n" \
    "  check          Check the program's own templates, and with --theme DIR those of DIR in their place: can each\n" \
    "                 be parsed, and does what it is given have every name that it uses?\n\n" \
    "Exit status: 0 done; 1 a mistake in a template or in the data; 2 wrong use of this command."

typedef struct {
    const char *directory;
    GHashTable *by_name; /* name -> Mustache, NULL where there is no file; both owned */
    GQueue pending;      /* names in by_name whose partials are still to be read; owned by it */
    const char *reading; /* the file that names the partial at hand */
    bool failed;
} Partials;

static void complain(const char *file, const char *what)
{
    fprintf(stderr, "webquota: %s: %s\n", file, what);
}

static void mustache_destroy(void *mustache)
{
    mustache_free(mustache);
}

/* Parses a file; NULL when it cannot, having said why. */
static Mustache *file_parse(const char *file)
{
    g_autofree char *text = NULL, *reason = NULL;
    size_t length;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(file, &text, &length, &error)) {
        fprintf(stderr, "webquota: %s\n", error->message);
        return NULL;
    }
    const char *nul = memchr(text, '\0', length);
    if (nul) {
        int line = 1;
        for (const char *p = text; p < nul; p++)
            line += *p == '\n';
        fprintf(stderr, "webquota: %s: line %d: a NUL byte; this is no text\n", file, line);
        return NULL;
    }
    Mustache *mustache = mustache_parse(text, &reason);
    if (!mustache)
        complain(file, reason);
    return mustache;
}

static char *partial_path(const Partials *partials, const char *name)
{
    g_autofree char *base = g_strconcat(name, ".html", NULL);
    return g_build_filename(partials->directory, base, NULL);
}

static bool partial_read(const char *name, int line, void *data)
{
    Partials *partials = data;
    if (g_hash_table_contains(partials->by_name, name))
        return true;
    if (strchr(name, '/') || strstr(name, "..")) {
        fprintf(stderr, "webquota: %s: line %d: partial \"%s\" is not a file of the folder of partials\n", partials->reading,
                line, name);
        partials->failed = true;
        return false;
    }
    g_autofree char *path = partial_path(partials, name);
    Mustache *mustache = NULL;
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        mustache = file_parse(path);
        partials->failed = partials->failed || !mustache;
    }
    char *key = g_strdup(name);
    g_hash_table_insert(partials->by_name, key, mustache);
    if (mustache)
        g_queue_push_tail(&partials->pending, key);
    return true;
}

/* Reads what `mustache` of `file` names, and what that names. False when any of it cannot be parsed. */
static bool partials_read(Partials *partials, const Mustache *mustache, const char *file)
{
    partials->reading = file;
    mustache_visit_partials(mustache, partial_read, partials);
    for (const char *name; (name = g_queue_pop_head(&partials->pending));) {
        g_autofree char *path = partial_path(partials, name);
        partials->reading = path;
        mustache_visit_partials(g_hash_table_lookup(partials->by_name, name), partial_read, partials);
    }
    return !partials->failed;
}

static const Mustache *partial_find(const char *name, void *data)
{
    return g_hash_table_lookup(((Partials *)data)->by_name, name);
}

/* The JSON on standard input; NULL when there is none, having said why. */
static Value *data_read(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char block[16384];
    for (size_t count; (count = fread(block, 1, sizeof block, stdin)) > 0;)
        g_string_append_len(text, block, (gssize)count);
    if (ferror(stdin)) {
        complain("standard input", "cannot be read");
        return NULL;
    }
    if (strspn(text->str, " \t\r\n") == text->len) {
        complain("standard input", "is empty; the data is expected there as JSON");
        return NULL;
    }
    json_error_t error;
    json_auto_t *data = json_loadb(text->str, text->len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (data)
        return value_of_json(data);
    fprintf(stderr, "webquota: standard input: line %d, column %d: not JSON: %s\n", error.line, error.column, error.text);
    return NULL;
}

static int template_render(const char *file, const char *directory)
{
    g_autofree char *own_directory = g_path_get_dirname(file);
    Partials partials = {.directory = directory ? directory : own_directory, .pending = G_QUEUE_INIT};
    partials.by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mustache_destroy);
    g_autoptr(GString) result = g_string_new(NULL);
    g_autoptr(Mustache) mustache = file_parse(file);
    g_autoptr(Value) data = NULL;
    g_autofree char *reason = NULL;
    int status = CMD_NO;
    if (mustache && partials_read(&partials, mustache, file) && (data = data_read())) {
        if (!mustache_render(mustache, data, partial_find, &partials, result, &reason))
            complain(file, reason);
        else if (fwrite(result->str, 1, result->len, stdout) == result->len) /* cli_written says it if not */
            status = CMD_OK;
    }
    g_queue_clear(&partials.pending);
    g_hash_table_unref(partials.by_name);
    return status;
}

static int template_check(char **files)
{
    int status = CMD_OK;
    for (; *files; files++) {
        g_autoptr(Mustache) mustache = file_parse(*files);
        if (!mustache)
            status = CMD_NO;
    }
    return status;
}

/* Where the program has its templates, as webquota.fcgi finds them. */
static char *own_templates(void)
{
    const char *path = g_getenv("WEBQUOTA_TEMPLATES");
    return g_strdup(path && *path                                               ? path
                    : g_file_test(WEBQUOTA_SHARE "/templates", G_FILE_TEST_IS_DIR) ? WEBQUOTA_SHARE "/templates"
                                                                                   : "templates");
}

static int template_check_all(const char *theme)
{
    g_autofree char *templates = own_templates();
    return theme_check(templates, theme) ? CMD_OK : CMD_NO;
}

static int usage(const char *what)
{
    fprintf(stderr, "webquota: template: %s; see webquota template --help\n", what);
    return CMD_USAGE;
}

static int template_run(char **words, const char *directory, const char *theme)
{
    if (!words || !words[0])
        return usage("render or check is expected");
    if (strcmp(words[0], "render") == 0) {
        if (g_strv_length(words) != 2)
            return usage("render expects one file");
        if (theme)
            return usage("--theme is for check only");
        if (directory && !g_file_test(directory, G_FILE_TEST_IS_DIR))
            return usage("the folder of --partials does not exist");
        return template_render(words[1], directory);
    }
    if (strcmp(words[0], "check") == 0) {
        if (directory)
            return usage("--partials is for render only");
        if (theme && words[1])
            return usage("check expects files or --theme, not both");
        return words[1] ? template_check(words + 1) : template_check_all(theme ? theme : g_getenv("WEBQUOTA_THEME"));
    }
    return usage("only render and check are known");
}

int cmd_template(int argc, char **argv)
{
    g_autofree char *directory = NULL, *theme = NULL;
    g_auto(GStrv) words = NULL;
    const GOptionEntry entries[] = {
        {"partials", 'p', 0, G_OPTION_ARG_FILENAME, &directory, "Folder of the partials (default: that of FILE)", "DIR"},
        {"theme", 't', 0, G_OPTION_ARG_FILENAME, &theme, "Folder of the theme (default: WEBQUOTA_THEME, if any)", "DIR"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("render FILE < DATA | check [FILE...]");
    g_option_context_set_summary(context, SUMMARY);
    g_option_context_set_description(context, DETAILS);
    g_option_context_add_main_entries(context, entries, NULL);
    g_set_prgname("webquota template"); /* for --help */
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error))
        return usage(error->message);
    return template_run(words, directory, theme);
}
