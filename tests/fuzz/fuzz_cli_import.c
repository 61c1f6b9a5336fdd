/* Fuzzes files of subjects. Every change that is read could be made, unless a mistake says why not. */
#include "fuzz.h"

#include "base/parse.h"
#include "cli/import_file.h"
#include "policy/policy_load.h"

static Policy *policy;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_autofree char *why = NULL;
    (void)argc, (void)argv;
    policy = policy_load("default_plan = \"free\"\nfeature f {}\nplan free {}\nplan pro {}\n", "p", &why);
    HOLDS(policy);
    return 0;
}

static void check_mistakes(const ImportFile *file, size_t size)
{
    for (guint i = 0; i < file->mistakes->len; i++) {
        const ImportMistake *mistake = g_ptr_array_index(file->mistakes, i);
        HOLDS(mistake->line >= 1 && (size_t)mistake->line <= size + 1);
        HOLDS(is_utf8(mistake->column) && *mistake->column && is_utf8(mistake->message) && *mistake->message);
        HOLDS(!strpbrk(mistake->message, "\r\n"));
    }
}

static bool is_plain(const char *text)
{
    return !text || !*text || text_is_plain(text, strlen(text), 255);
}

static void check_changes(const ImportFile *file)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < file->changes->len; i++) {
        const SubjectChange *change = &g_array_index(file->changes, SubjectChange, i);
        HOLDS(change->subject && *change->subject && g_hash_table_add(seen, (char *)change->subject));
        HOLDS(is_plain(change->subject) && is_plain(change->organization) && is_plain(change->email));
        HOLDS(!change->plan || !*change->plan || policy_plan(policy, change->plan));
        HOLDS(!change->timezone || !*change->timezone || zone_find(change->timezone));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_malloc0(size + 1);
    if (size)
        memcpy(text, bytes, size);
    g_autoptr(ImportFile) file = import_file_read(text, size, policy);
    HOLDS(file->changes->len == file->lines->len);
    for (guint i = 1; i < file->lines->len; i++)
        HOLDS(g_array_index(file->lines, int, i) > g_array_index(file->lines, int, i - 1));
    check_mistakes(file, size);
    if (file->mistakes->len == 0)
        check_changes(file);
    return 0;
}
