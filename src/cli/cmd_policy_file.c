/* `webquota policy check FILE…`: every mistake of every file, one a line, as compilers write them. */
#include "cli/cmd_policy_file.h"

#include <errno.h>

#include <glib/gstdio.h>
#include <jansson.h>

#include "base/json_write.h"

static const char usage[] = "usage: webquota policy check [--json] FILE…\n";

static const char help[] =
    "\n"
    "Reads policy files and names every mistake with its file, line and field.\n"
    "FILE may be - for standard input.\n"
    "\n"
    "  --json   the same as JSON, for programs\n"
    "  --help   this text\n"
    "\n"
    "Exit status: 0 all files are good; 1 one is not, or cannot be read; 2 usage.\n";

char *policy_file_read(const char *path, char **why)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    g_autofree char *text = g_malloc(POLICY_TEXT_MAX + 2);
    size_t len = 0;
    int error = file ? 0 : errno;
    if (file) {
        len = fread(text, 1, POLICY_TEXT_MAX + 1, file);
        error = ferror(file) ? errno : 0;
        if (file != stdin)
            (void) fclose(file);
    }
    text[len] = '\0';
    *why = NULL;
    if (error)
        *why = g_strdup_printf("%s: %s", path, g_strerror(error));
    else if (len > POLICY_TEXT_MAX)
        *why = g_strdup_printf("%s:1: the file is larger than 1 MiB", path);
    else if (strlen(text) != len)
        *why = g_strdup_printf("%s:1: the file holds a NUL byte, so it is no text", path);
    return *why ? NULL : g_steal_pointer(&text);
}

Policy *policy_file_policy(const char *path)
{
    g_autofree char *why = NULL;
    g_autofree char *text = policy_file_read(path, &why);
    if (!text) {
        fprintf(stderr, "%s\n", why);
        return NULL;
    }
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    Policy *policy = policy_read(text, path, mistakes);
    if (!policy) {
        g_autofree char *all = mistakes_text(mistakes);
        fprintf(stderr, "%s\n", g_strchomp(all));
    }
    return policy;
}

static int limits_of(const Policy *policy)
{
    int count = 0;
    for (int i = 0; i < policy->plan_count; i++)
        for (int j = 0; j < policy->plans[i].limit_count; j++)
            count += !policy->plans[i].limits[j].counts_only;
    return count;
}

static char *counted(int count, const char *thing)
{
    return g_strdup_printf("%d %s%s", count, thing, count == 1 ? "" : "s");
}

static void print_good(const char *path, const Policy *policy, const GPtrArray *warnings)
{
    g_autofree char *features = counted(policy->feature_count, "feature"), *plans = counted(policy->plan_count, "plan");
    g_autofree char *limits = counted(limits_of(policy), "limit"), *routes = counted(policy->route_count, "route");
    printf("%s: ok: %s, %s, %s, %s\n", path, features, plans, limits, routes);
    for (guint i = 0; i < warnings->len; i++) {
        g_autofree char *text = mistake_text(g_ptr_array_index(warnings, i));
        printf("%s (warning)\n", text);
    }
}

static json_t *document(const char *path, const char *why, const Policy *policy, const GPtrArray *mistakes,
                        const GPtrArray *warnings)
{
    json_t *document = json_pack("{s:s, s:b, s:o, s:o}", "file", path, "ok", policy != NULL, "mistakes",
                                 mistakes_json(mistakes), "warnings", mistakes_json(warnings));
    if (why)
        json_object_set_new(document, "error", json_string(why));
    if (policy)
        json_object_set_new(document, "counts",
                            json_pack("{s:i, s:i, s:i, s:i}", "features", policy->feature_count, "plans", policy->plan_count,
                                      "limits", limits_of(policy), "routes", policy->route_count));
    return document;
}

/* Checks one file and says so, or appends to `documents`. Is it good? */
static bool check_file(const char *path, json_t *documents)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new(), warnings = mistakes_new();
    g_autofree char *why = NULL, *text = policy_file_read(path, &why);
    g_autoptr(Policy) policy = text ? policy_read_strictly(text, path, mistakes, warnings) : NULL;
    g_autofree char *lines = mistakes_text(mistakes);
    if (documents)
        json_array_append_new(documents, document(path, why, policy, mistakes, warnings));
    else if (policy)
        print_good(path, policy, warnings);
    else
        fprintf(stderr, "%s%s%s", why ? why : "", why ? "\n" : "", lines);
    return policy != NULL;
}

int cmd_policy_check(int argc, char **argv)
{
    bool json = false, options = true;
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--help") == 0) {
            printf("%s%s", usage, help);
            return CMD_OK;
        }
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && strcmp(argv[i], "--json") == 0)
            json = true;
        else if (options && argv[i][0] == '-' && argv[i][1]) {
            fprintf(stderr, "unknown option %s\n%s", argv[i], usage);
            return CMD_USAGE;
        } else
            g_ptr_array_add(paths, argv[i]);
    }
    if (paths->len == 0) {
        fprintf(stderr, "no file is named\n%s", usage);
        return CMD_USAGE;
    }
    json_t *documents = json ? json_array() : NULL;
    bool good = true;
    for (guint i = 0; i < paths->len; i++)
        good &= check_file(g_ptr_array_index(paths, i), documents);
    if (json) {
        g_autofree char *text = json_write(documents, JSON_INDENT(2));
        printf("%s\n", text);
        json_decref(documents);
    }
    return good ? CMD_OK : CMD_NO;
}
