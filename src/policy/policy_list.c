/* Lists as they are typed at a shell and written in a policy. */
#include "policy/policy_list.h"

static const char none[] = "none", blanks[] = " \t\r\n";

/* What stands within quotes at `at`, up to where only blanks follow before a comma or the end. *end: behind them. NULL: it is not so. New string. */
static char *quoted(const char *at, const char **end)
{
    g_autoptr(GString) value = g_string_new(NULL);
    if (*at++ != '"')
        return NULL;
    for (; *at && *at != '"'; at++) {
        at += *at == '\\' && (at[1] == '"' || at[1] == '\\');
        g_string_append_c(value, *at);
    }
    if (!*at)
        return NULL;
    at += 1 + strspn(at + 1, blanks);
    *end = at;
    return *at && *at != ',' ? NULL : g_strdup(value->str);
}

char **policy_list_read(const char *text)
{
    g_autoptr(GStrvBuilder) values = g_strv_builder_new();
    bool more = *text && strcmp(text, none) != 0;
    while (more) {
        const char *end = NULL;
        text += strspn(text, blanks);
        g_autofree char *value = quoted(text, &end);
        if (!value) {
            end = text + strcspn(text, ",");
            value = g_strchomp(g_strndup(text, (gsize)(end - text)));
        }
        g_strv_builder_add(values, value);
        more = *end == ',';
        text = end + more;
    }
    return g_strv_builder_end(values);
}

static bool needs_quotes(const char *value)
{
    return !*value || strpbrk(value, ",\"") || strchr(blanks, *value) || strchr(blanks, value[strlen(value) - 1]) || strcmp(value, none) == 0;
}

void policy_list_add(GString *text, const char *value)
{
    if (text->len)
        g_string_append(text, ", ");
    if (!needs_quotes(value)) {
        g_string_append(text, value);
        return;
    }
    g_string_append_c(text, '"');
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *value);
    }
    g_string_append_c(text, '"');
}

char *policy_list_text(char *const *values)
{
    GString *text = g_string_new(NULL);
    for (; *values; values++)
        policy_list_add(text, *values);
    if (!text->len)
        g_string_append(text, none);
    return g_string_free(text, FALSE);
}

char *policy_list_lines(const char *text)
{
    g_auto(GStrv) values = policy_list_read(text);
    return g_strjoinv("\n", values);
}

char *policy_list_of_lines(const char *lines)
{
    g_autoptr(GStrvBuilder) values = g_strv_builder_new();
    g_auto(GStrv) all = g_strsplit(lines, "\n", -1);
    for (char **line = all; *line; line++)
        if (*g_strstrip(*line))
            g_strv_builder_add(values, *line);
    g_auto(GStrv) list = g_strv_builder_end(values);
    return policy_list_text(list);
}
