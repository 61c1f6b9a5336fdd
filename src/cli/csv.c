/* Reading comma-separated values in place: a field never becomes longer when its quotes are taken off. */
#include "cli/csv.h"

void csv_begin(Csv *csv, char *text, size_t len)
{
    *csv = (Csv){ .fields = g_array_new(FALSE, FALSE, sizeof(CsvField)), .at = text, .end = text + len, .next_line = 1 };
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        csv->at += 3;
}

void csv_clear(Csv *csv)
{
    g_clear_pointer(&csv->fields, g_array_unref);
}

static void wrong(Csv *csv, const char *mistake)
{
    csv->mistake = mistake;
    csv->mistake_at = csv->fields->len;
}

static void quoted_field(Csv *csv, CsvField *field)
{
    char *from = csv->at + 1, *out = from;
    *field = (CsvField){ .text = out, .quoted = true };
    while (from < csv->end && (*from != '"' || (from + 1 < csv->end && from[1] == '"'))) {
        from += *from == '"';
        csv->next_line += *from == '\n';
        *out++ = *from++;
    }
    if (from == csv->end)
        wrong(csv, "a quote is never closed");
    else
        from++;
    bool ends = from == csv->end || *from == ',' || *from == '\n' || (*from == '\r' && from + 1 < csv->end && from[1] == '\n');
    if (!csv->mistake && !ends)
        wrong(csv, "something follows the closing quote");
    csv->at = from + (ends && from < csv->end && *from == '\r');
    *out = '\0';
}

static void bare_field(Csv *csv, CsvField *field)
{
    *field = (CsvField){ .text = csv->at };
    char *from = csv->at;
    for (; from < csv->end && *from != ',' && *from != '\n'; from++)
        if (*from == '"' && !csv->mistake)
            wrong(csv, "a quote stands in a field that has none around it");
    csv->at = from;
}

/* Ends a bare field: its terminator has been looked at by then. */
static void end_field(const CsvField *field, char *terminator)
{
    char *end = terminator;
    if (field->quoted)
        return;
    if (*terminator == '\n' && end > field->text && end[-1] == '\r')
        end--;
    *end = '\0';
}

static void skip_line(Csv *csv)
{
    while (csv->at < csv->end && *csv->at != '\n')
        csv->at++;
}

static void read_record(Csv *csv)
{
    g_array_set_size(csv->fields, 0);
    csv->mistake = NULL;
    csv->line = csv->next_line;
    bool more = true;
    while (more && !csv->mistake) {
        CsvField field;
        if (csv->at < csv->end && *csv->at == '"')
            quoted_field(csv, &field);
        else
            bare_field(csv, &field);
        if (csv->mistake)
            skip_line(csv);
        g_array_append_val(csv->fields, field);
        char *terminator = csv->at;
        bool at_end = terminator == csv->end;
        more = !at_end && *terminator == ',';
        csv->next_line += !at_end && *terminator == '\n';
        if (at_end)
            *terminator = '\0';
        else
            csv->at++;
        end_field(&field, terminator);
    }
}

bool csv_next(Csv *csv)
{
    while (csv->at < csv->end) {
        read_record(csv);
        const CsvField *first = &g_array_index(csv->fields, CsvField, 0);
        if (csv->mistake || csv->fields->len > 1 || first->quoted || *first->text)
            return true;
    }
    return false;
}
