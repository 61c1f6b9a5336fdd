/* A text is ended with a NUL where its closing quote was, when all is known to be good. */
#include "web/flat.h"

#define FLAT_FIELDS_MAX 16
#define DIGITS_MAX 15 /* no number of so many overflows */

typedef struct {
    char *at, *end;
} Reader;

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* What comes after blanks; NUL at the end, which stands for nothing in JSON. */
static char next(Reader *reader)
{
    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
    return reader->at < reader->end ? *reader->at : '\0';
}

static bool take(Reader *reader, char byte)
{
    if (next(reader) != byte || byte == '\0')
        return false;
    reader->at++;
    return true;
}

/* The inside of a string of plain ASCII; NULL when it is another. */
static char *take_text(Reader *reader, size_t *len)
{
    if (!take(reader, '"'))
        return NULL;
    char *first = reader->at, *at = first;
    while (at < reader->end && *at >= 0x20 && *at < 0x7f && *at != '"' && *at != '\\')
        at++;
    if (at == reader->end || *at != '"')
        return NULL;
    reader->at = at + 1;
    *len = (size_t) (at - first);
    return first;
}

/* Digits that end as a whole number does. */
static bool take_whole(Reader *reader, int64_t *out)
{
    int digits = 0;
    bool leading_zero = next(reader) == '0';
    *out = 0;
    for (; reader->at < reader->end && g_ascii_isdigit(*reader->at) && digits <= DIGITS_MAX; digits++)
        *out = *out * 10 + (*reader->at++ - '0');
    char after = next(reader);
    return digits > 0 && digits <= DIGITS_MAX && !(leading_zero && digits > 1) && (after == ',' || after == '}');
}

static int field_of(const InputField *fields, int count, const char *name, size_t len)
{
    for (int i = 0; i < count; i++)
        if (strncmp(fields[i].name, name, len) == 0 && fields[i].name[len] == '\0')
            return i;
    return -1;
}

/* *len is the text's. */
static bool take_value(Reader *reader, const InputField *field, InputValue *out, size_t *len)
{
    out->given = true;
    if (field->type == INPUT_TEXT) {
        out->text = take_text(reader, len);
        return out->text && (int64_t) *len >= field->min && (int64_t) *len <= field->max;
    }
    return field->type == INPUT_WHOLE && take_whole(reader, &out->whole) && out->whole >= field->min &&
           out->whole <= field->max;
}

static bool take_member(Reader *reader, const InputField *fields, int count, InputValue *values, size_t *lengths)
{
    size_t len;
    const char *name = take_text(reader, &len);
    int i = name ? field_of(fields, count, name, len) : -1;
    return i >= 0 && !values[i].given && take(reader, ':') && take_value(reader, &fields[i], &values[i], &lengths[i]);
}

static bool has_required(const InputField *fields, int count, const InputValue *values)
{
    for (int i = 0; i < count; i++)
        if (fields[i].required && !values[i].given)
            return false;
    return true;
}

bool flat_read(char *text, size_t len, const InputField *fields, int count, InputValue *values)
{
    Reader reader = {text, text + len};
    size_t lengths[FLAT_FIELDS_MAX];
    for (int i = 0; i < count; i++)
        values[i] = (InputValue){0};
    if (count > FLAT_FIELDS_MAX || !take(&reader, '{'))
        return false;
    if (next(&reader) != '}')
        do
            if (!take_member(&reader, fields, count, values, lengths))
                return false;
        while (take(&reader, ','));
    if (!take(&reader, '}') || next(&reader) != '\0' || reader.at < reader.end || !has_required(fields, count, values))
        return false;
    for (int i = 0; i < count; i++)
        if (values[i].text)
            text[values[i].text - text + (ptrdiff_t) lengths[i]] = '\0';
    return true;
}
