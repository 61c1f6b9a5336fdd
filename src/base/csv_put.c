/* Fields are separated by a comma after each, the last of which becomes the end of the record. */
#include "base/csv_put.h"

#include "base/text.h"

static bool is_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

void csv_put_text(GString *out, const char *text)
{
    const char *value = text ? text : "";
    size_t len = strlen(value);
    bool quoted = strpbrk(value, "\",\r\n") || (len > 0 && (value[0] == ' ' || value[len - 1] == ' '));
    if (quoted)
        text_add_char(out, '"');
    if (is_formula(value))
        text_add_char(out, '\'');
    for (const char *at = value; *at; at++) {
        if (*at == '"')
            text_add_char(out, '"');
        text_add_char(out, *at);
    }
    if (quoted)
        text_add_char(out, '"');
    text_add_char(out, ',');
}

void csv_put_number(GString *out, int64_t number)
{
    text_add_number(out, number);
    text_add_char(out, ',');
}

void csv_put_end(GString *out)
{
    if (out->len > 0 && out->str[out->len - 1] == ',')
        g_string_truncate(out, out->len - 1);
    text_add(out, "\r\n");
}
