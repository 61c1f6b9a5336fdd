/* Fuzzes the text[] that parameters become: the lines of the input, "\N" for null. Read as PostgreSQL reads an array,
 * it must be the same texts. */
#include "fuzz.h"

#include "store/db.h"

/* One element after another; NULL for null. What PostgreSQL would refuse does not hold. */
static GPtrArray *array_read(const char *text)
{
    GPtrArray *values = g_ptr_array_new_with_free_func(g_free);
    HOLDS(*text == '{');
    for (text++; *text != '}'; text += *text == ',') {
        if (*text != '"') {
            HOLDS(g_str_has_prefix(text, "NULL"));
            g_ptr_array_add(values, NULL);
            text += strlen("NULL");
        } else {
            GString *value = g_string_new(NULL);
            for (text++; *text != '"'; text++) {
                text += *text == '\\';
                HOLDS(*text);
                g_string_append_c(value, *text);
            }
            text++;
            g_ptr_array_add(values, g_string_free(value, FALSE));
        }
        HOLDS(*text == ',' || *text == '}');
    }
    HOLDS(text[1] == '\0');
    return values;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    while (rest_len(&rest)) {
        char *line = rest_line(&rest);
        if (strcmp(line, "\\N") == 0)
            g_clear_pointer(&line, g_free);
        g_ptr_array_add(values, line);
    }
    g_auto(Params) params = params_new();
    params_texts(&params, values);
    g_autoptr(GPtrArray) again = array_read(params.values->pdata[0]);
    HOLDS(again->len == values->len);
    for (guint i = 0; i < values->len; i++)
        HOLDS(g_strcmp0(values->pdata[i], again->pdata[i]) == 0);
    return 0;
}
