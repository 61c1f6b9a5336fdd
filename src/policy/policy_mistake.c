/* Mistakes: one line each, as compilers write them, so that editors jump to them. */
#include "policy/policy_mistake.h"

static void mistake_free(void *data)
{
    Mistake *mistake = data;
    g_free(mistake->file);
    g_free(mistake->field);
    g_free(mistake->message);
    g_free(mistake);
}

GPtrArray *mistakes_new(void)
{
    return g_ptr_array_new_with_free_func(mistake_free);
}

static char *field_path(const char *where, const char *field)
{
    if (field && *where)
        return g_strconcat(where, ": ", field, NULL);
    return field || *where ? g_strdup(field ? field : where) : NULL;
}

void mistake_add_list(GPtrArray *mistakes, const char *file, int line, const char *where, const char *field,
                      const char *format, va_list arguments)
{
    if (mistakes->len > MISTAKES_MAX)
        return;
    Mistake *mistake = g_new0(Mistake, 1);
    mistake->file = g_strdup(file);
    mistake->line = line;
    if (mistakes->len == MISTAKES_MAX) {
        mistake->message = g_strdup("there are more mistakes than can be shown");
        mistake->line = INT_MAX;
    } else {
        mistake->field = field_path(where, field);
        mistake->message = g_strdup_vprintf(format, arguments);
    }
    g_ptr_array_add(mistakes, mistake);
}

void mistake_add(GPtrArray *mistakes, const char *file, int line, const char *where, const char *field,
                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    mistake_add_list(mistakes, file, line, where, field, format, arguments);
    va_end(arguments);
}

static int by_line(const void *a, const void *b)
{
    const Mistake *left = *(Mistake *const *) a, *right = *(Mistake *const *) b;
    return (left->line > right->line) - (left->line < right->line);
}

void mistakes_sort(GPtrArray *mistakes)
{
    g_ptr_array_sort(mistakes, by_line);
    if (mistakes->len > MISTAKES_MAX) {
        Mistake *last = g_ptr_array_index(mistakes, mistakes->len - 1);
        last->line = ((Mistake *) g_ptr_array_index(mistakes, mistakes->len - 2))->line;
    }
}

char *mistake_text(const Mistake *mistake)
{
    g_autofree char *place = mistake->line ? g_strdup_printf("%s:%d", mistake->file, mistake->line) : g_strdup(mistake->file);
    return g_strdup_printf("%s: %s%s%s", place, mistake->field ? mistake->field : "", mistake->field ? ": " : "", mistake->message);
}

char *mistakes_text(const GPtrArray *mistakes)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < mistakes->len; i++) {
        g_autofree char *line = mistake_text(g_ptr_array_index(mistakes, i));
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}

json_t *mistakes_json(const GPtrArray *mistakes)
{
    json_t *list = json_array();
    for (guint i = 0; i < mistakes->len; i++) {
        const Mistake *mistake = g_ptr_array_index(mistakes, i);
        json_array_append_new(list, json_pack("{s:s, s:i, s:s?, s:s}", "file", mistake->file, "line", mistake->line, "field",
                                              mistake->field, "message", mistake->message));
    }
    return list;
}

char *shown(const char *text)
{
    GString *out = g_string_new(NULL);
    for (int i = 0; *text && i < 40; i++, text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        g_string_append_unichar(out, g_unichar_isprint(c) ? c : '?');
    }
    if (*text)
        g_string_append(out, "…");
    return g_string_free(out, FALSE);
}
