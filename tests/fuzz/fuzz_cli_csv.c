/* Fuzzes comma-separated values: what was read and is written again, each field in quotes, reads the same. */
#include "fuzz.h"

#include "cli/csv.h"

static void write_field(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++)
        g_string_append_printf(out, *text == '"' ? "\"\"" : "%c", *text);
    g_string_append_c(out, '"');
}

/* Reads all; returns the good records as text. */
static GString *read_all(GString *text, bool *clean)
{
    g_auto(Csv) csv = {0};
    GString *out = g_string_new(NULL);
    csv_begin(&csv, text->str, text->len);
    for (int line = 0; csv_next(&csv); line = csv.line) {
        HOLDS(csv.line > line && csv.fields->len > 0);
        HOLDS(!csv.mistake || csv.mistake_at < csv.fields->len);
        *clean = *clean && !csv.mistake;
        for (guint i = 0; !csv.mistake && i < csv.fields->len; i++) {
            if (i > 0)
                g_string_append_c(out, ',');
            write_field(out, g_array_index(csv.fields, CsvField, i).text);
        }
        g_string_append(out, csv.mistake ? "" : "\r\n");
    }
    return out;
}

/* Any text can be a field: in quotes it is read as it was. */
static void check_field(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size);
    g_autoptr(GString) line = g_string_new("x,");
    g_auto(Csv) csv = {0};
    write_field(line, text);
    csv_begin(&csv, line->str, line->len);
    HOLDS(csv_next(&csv) && !csv.mistake && csv.fields->len == 2);
    HOLDS(strcmp(g_array_index(csv.fields, CsvField, 1).text, text) == 0 && !csv_next(&csv));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bool clean = true, clean_again = true;
    g_autoptr(GString) text = g_string_new_len((const char *)bytes, (gssize)size);
    g_autoptr(GString) written = read_all(text, &clean);
    g_autoptr(GString) copy = g_string_new_len(written->str, (gssize)written->len);
    g_autoptr(GString) again = read_all(copy, &clean_again);
    check_field(bytes, size);
    HOLDS(clean_again && g_string_equal(written, again));
    return 0;
}
