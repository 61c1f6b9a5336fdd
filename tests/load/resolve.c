/* Unknown outcomes: which calls of the journals had a key and were not answered, and what became of them. */
#include "load.h"

/* Words of a line that begins a call: B, number, time, what, subject, feature, resource, units, second, key, fingerprint. */
enum { BEGUN_WORDS = 11, WHAT = 3, KEY = 9, FINGERPRINT = 10 };

static bool has_key(char **words)
{
    return g_strv_length(words) == BEGUN_WORDS && strcmp(words[WHAT], "consume") == 0 && strcmp(words[KEY], "-") != 0 &&
           strcmp(words[FINGERPRINT], "same") == 0;
}

/* A call that began with `words` and was answered with `answer` (NULL: it was not), if its outcome is not known. */
static int ask_if_unknown(Caller *caller, char **words, char **answer)
{
    if (!words || !has_key(words) || (answer && strcmp(answer[3], "down") != 0))
        return 0;
    return caller_ask_again(caller, words) ? 1 : -1;
}

static int resolve_journal(const char *path, Caller *caller)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return -1;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1), begun = NULL;
    int all = 0;
    for (char **line = lines; *line && all >= 0; line++) {
        if (!**line)
            continue;
        char **words = g_strsplit(*line, "\t", -1);
        bool begins = strcmp(words[0], "B") == 0;
        int asked = ask_if_unknown(caller, begun, begins ? NULL : words);
        all = asked < 0 ? -1 : all + asked;
        g_strfreev(begun);
        begun = begins ? words : NULL;
        if (!begins)
            g_strfreev(words);
    }
    int last = all < 0 ? 0 : ask_if_unknown(caller, begun, NULL);
    return last < 0 ? -1 : all + last;
}

int resolve_unknown(const char *folder, Caller *caller)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    int all = 0;
    for (const char *name; dir && all >= 0 && (name = g_dir_read_name(dir));) {
        if (!g_ascii_isdigit(*name))
            continue; /* the conductor's, or this caller's own */
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int asked = resolve_journal(path, caller);
        all = asked < 0 ? -1 : all + asked;
    }
    return dir ? all : -1;
}
