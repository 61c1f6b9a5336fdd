/* Fuzzes the difference of two policies: their texts, with a line "----" between. What one way adds, the other removes. */
#include "fuzz.h"

#include "policy/policy_diff.h"
#include "policy/policy_load.h"

#define BETWEEN "\n----\n"

static Policy *read_policy(const char *text)
{
    g_autofree char *why = NULL;
    Policy *policy = policy_load(text, "p", &why);
    HOLDS((policy != NULL) == (why == NULL) && (!why || is_utf8(why)));
    return policy;
}

static size_t count_of(const json_t *diff, const char *kind)
{
    size_t i, count = 0;
    json_t *change;
    json_array_foreach (json_object_get(diff, "changes"), i, change)
        count += g_strcmp0(json_string_value(json_object_get(change, "change")), kind) == 0;
    return count;
}

static void check_text(const json_t *diff)
{
    size_t i, lines = 0;
    json_t *change;
    json_array_foreach (json_object_get(diff, "changes"), i, change) {
        g_autofree char *line = policy_change_text(change);
        HOLDS(is_utf8(line) && *line && !strchr(line, '\n'));
    }
    g_autofree char *text = policy_diff_text(diff);
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    HOLDS(is_utf8(text) && lines == json_array_size(json_object_get(diff, "changes")));
}

static void check_pair(const Policy *one, const Policy *other)
{
    json_t *there = policy_diff(one, other), *back = policy_diff(other, one);
    check_text(there);
    check_text(back);
    HOLDS(count_of(there, "added") == count_of(back, "removed") && count_of(there, "removed") == count_of(back, "added"));
    HOLDS(count_of(there, "changed") == count_of(back, "changed"));
    HOLDS(strcmp(one->text, other->text) != 0 || json_array_size(json_object_get(there, "changes")) == 0);
    json_decref(there);
    json_decref(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size);
    char *between = strstr(text, BETWEEN);
    if (between)
        *between = '\0';
    g_autoptr(Policy) one = read_policy(text);
    g_autoptr(Policy) other = between ? read_policy(between + strlen(BETWEEN)) : one ? policy_ref(one) : NULL;
    if (one && other)
        check_pair(one, other);
    return 0;
}
