/* Fuzzes what is written for spreadsheets: each line of the input is a field, an empty one ends a record. What is read of it is the same,
 * and nothing begins as a formula does. */
#include "fuzz.h"

#include "base/csv_put.h"
#include "cli/csv.h"

static bool is_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

static void check_field(const char *read, const char *text)
{
    HOLDS(!is_formula(read));
    HOLDS(strcmp(read + is_formula(text), text) == 0 && (!is_formula(text) || *read == '\''));
}

static void check_record(const GPtrArray *texts)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(Csv) csv = {0};
    csv_put_number(out, -7);
    for (guint i = 0; i < texts->len; i++)
        csv_put_text(out, texts->pdata[i]);
    csv_put_end(out);
    HOLDS(g_str_has_suffix(out->str, "\r\n"));
    csv_begin(&csv, out->str, out->len);
    HOLDS(csv_next(&csv) && !csv.mistake && csv.fields->len == texts->len + 1);
    for (guint i = 0; i < texts->len; i++)
        check_field(g_array_index(csv.fields, CsvField, i + 1).text, texts->pdata[i]);
    HOLDS(!csv_next(&csv));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    while (rest_len(&rest)) {
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        while (rest_len(&rest) && *rest.at != '\n')
            g_ptr_array_add(texts, rest_line(&rest));
        rest_byte(&rest);
        if (texts->len == 0)
            continue;
        check_record(texts);
        /* One that holds what ends a record. */
        g_ptr_array_add(texts, g_strjoin("\n", (char *)texts->pdata[0], "=1", NULL));
        check_record(texts);
    }
    return 0;
}
