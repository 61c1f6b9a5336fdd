/* Lists for people. The whole is kept until it is printed, since the widest cell is not known before. */
#include "cli/table.h"

#define GAP 2
#define FACT_WIDTH 14

struct Table {
    const char *const *titles;
    guint columns;
    GPtrArray *cells;
};

Table *table_new(const char *const *titles)
{
    Table *table = g_new0(Table, 1);
    table->titles = titles;
    table->columns = g_strv_length((char **)titles);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    return table;
}

void table_free(Table *table)
{
    if (!table)
        return;
    g_ptr_array_unref(table->cells);
    g_free(table);
}

void table_cell(Table *table, const char *text)
{
    g_ptr_array_add(table->cells, g_strdup(text && *text ? text : "-"));
}

char *json_shown(const json_t *value)
{
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    if (json_is_integer(value))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_real(value))
        return g_strdup_printf("%g", json_real_value(value));
    if (json_is_boolean(value))
        return g_strdup(json_is_true(value) ? "yes" : "no");
    return NULL;
}

void table_cell_of(Table *table, const json_t *object, const char *name)
{
    g_autofree char *text = json_shown(json_object_get(object, name));
    table_cell(table, text);
}

static int width_of(const char *text)
{
    return (int)g_utf8_strlen(text, -1);
}

static void print_row(const Table *table, const char *const *cells, const int *widths)
{
    GString *line = g_string_new(NULL);
    for (guint c = 0; c < table->columns; c++)
        g_string_append_printf(line, "%s%*s", cells[c], widths[c] - width_of(cells[c]) + GAP, "");
    while (line->len && line->str[line->len - 1] == ' ')
        g_string_truncate(line, line->len - 1);
    puts(line->str);
    g_string_free(line, TRUE);
}

void table_print(const Table *table, const char *none)
{
    if (!table->cells->len) {
        puts(none);
        return;
    }
    const char *const *cells = (const char *const *)table->cells->pdata;
    g_autofree int *widths = g_new0(int, table->columns);
    for (guint c = 0; c < table->columns; c++)
        widths[c] = width_of(table->titles[c]);
    for (guint i = 0; i < table->cells->len; i++)
        widths[i % table->columns] = MAX(widths[i % table->columns], width_of(cells[i]));
    print_row(table, table->titles, widths);
    for (guint i = 0; i < table->cells->len; i += table->columns)
        print_row(table, cells + i, widths);
}

const char *people_word(int64_t count)
{
    return count == 1 ? "person" : "people";
}

void print_fact(const char *name, const char *value)
{
    if (value && *value)
        printf("%-*s %s\n", FACT_WIDTH, name, value);
}
