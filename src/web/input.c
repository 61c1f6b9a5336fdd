/* Declared inputs. Every refusal names the field and says what would have been right. */
#include "web/input.h"

#include <math.h>

#include "base/json_write.h"
#include "base/parse.h"
#include "say/say.h"

#define DEPTH_MAX 16

void input_error_clear(InputError *error)
{
    g_free(error->field);
    g_free(error->detail);
    *error = (InputError){0};
}

static bool wrong(InputError *error, const char *prefix, const char *name, char *detail)
{
    error->field = g_strconcat(prefix, name, NULL);
    error->detail = detail;
    return false;
}

static bool is_deeper_than(const json_t *value, int levels)
{
    const char *name;
    json_t *member;
    size_t i;
    if (!json_is_object(value) && !json_is_array(value))
        return false;
    if (levels == 0)
        return true;
    json_object_foreach ((json_t *) value, name, member)
        if (is_deeper_than(member, levels - 1))
            return true;
    json_array_foreach (value, i, member)
        if (is_deeper_than(member, levels - 1))
            return true;
    return false;
}

/* Where in a value stands a number that is beyond what the JSON reader can hold? "items[1].units", new string;
 * NULL: nowhere. */
static char *overflow_in(const json_t *value, const char *path)
{
    const char *name;
    json_t *member;
    size_t i;
    char *found = NULL;
    if (fabs(json_number_value(value)) >= (double) INT64_MAX)
        return g_strdup(path);
    json_object_foreach ((json_t *) value, name, member) {
        g_autofree char *deeper = g_strdup_printf("%s.%s", path, name);
        if (!found)
            found = overflow_in(member, deeper);
    }
    json_array_foreach (value, i, member) {
        g_autofree char *deeper = g_strdup_printf("%s[%zu]", path, i);
        if (!found)
            found = overflow_in(member, deeper);
    }
    return found;
}

/* Of the declared members; what others say is not worth naming. */
static char *overflowing_field(const char *text, size_t len, const InputField *fields, int count)
{
    json_t *loose = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    char *found = NULL;
    for (int i = 0; i < count && !found && !is_deeper_than(loose, DEPTH_MAX); i++)
        found = overflow_in(json_object_get(loose, fields[i].name), fields[i].name);
    json_decref(loose);
    g_autofree char *plain = found ? text_made_plain(found, 255) : NULL;
    g_free(found);
    return g_steal_pointer(&plain);
}

json_t *input_parse(const char *text, size_t len, const InputField *fields, int count, InputError *error)
{
    json_error_t why;
    json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
    if (!value && json_error_code(&why) == json_error_numeric_overflow) {
        error->field = overflowing_field(text, len, fields, count);
        error->detail = g_strdup(error->field ? SAY_IS_TOO_LARGE : SAY_BODY_NUMBER);
        return NULL;
    }
    if (!value) {
        g_autofree char *shown = text_made_plain(why.text, sizeof why.text); /* it quotes the body, cut anywhere */
        error->detail = g_strdup_printf(SAY_BODY_INVALID, why.line, shown);
    } else if (!json_is_object(value)) {
        error->detail = g_strdup(SAY_BODY_OBJECT);
    } else if (is_deeper_than(value, DEPTH_MAX)) {
        error->detail = g_strdup_printf(SAY_BODY_DEEP, DEPTH_MAX);
    } else {
        return value;
    }
    json_decref(value);
    return NULL;
}

static char *text_complaint(const InputField *field)
{
    return g_strdup_printf(SAY_MUST_BE_TEXT, field->min, field->max);
}

static char *whole_complaint(const InputField *field)
{
    return g_strdup_printf(SAY_MUST_BE_WHOLE, field->min, field->max);
}

static bool text_fits(const InputField *field, const char *text, size_t len)
{
    return len == 0 ? field->min == 0 : (int64_t) len >= field->min && text_is_plain(text, len, (size_t) field->max);
}

bool input_is_time(const InputField *field)
{
    return field->type == INPUT_TIME || field->type == INPUT_UNTIL;
}

bool input_time(const InputField *field, const char *text, GTimeZone *zone, InputValue *out)
{
    return text && zone_instant(text, zone, field->type == INPUT_UNTIL ? DAY_ENDS : DAY_BEGINS, &out->time);
}

void input_days(const InputField *fields, int count, InputValue *values, GTimeZone *zone)
{
    for (int i = 0; i < count; i++)
        if (input_is_time(&fields[i]) && values[i].given && !input_time(&fields[i], values[i].text, zone, &values[i]))
            values[i].time = 0; /* of a form, which tells what is wrong with it */
}

static bool value_fits(const InputField *field, const json_t *json)
{
    if (field->type == INPUT_OBJECT && !json_is_object(json))
        return false;
    char *text = json_write(json, JSON_COMPACT | JSON_ENCODE_ANY);
    bool fits = text && strlen(text) <= (size_t) field->max;
    free(text);
    return fits;
}

/* Checks one member that is not null. Returns what is wrong (new string), or NULL. */
static char *member_read(const InputField *field, const json_t *json, InputValue *out)
{
    out->text = json_string_value(json);
    out->whole = json_integer_value(json);
    out->number = json_number_value(json);
    out->flag = json_is_true(json);
    out->json = json;
    switch (field->type) {
    case INPUT_TEXT:
        return json_is_string(json) && text_fits(field, out->text, json_string_length(json)) ? NULL : text_complaint(field);
    case INPUT_WHOLE:
        return json_is_integer(json) && out->whole >= field->min && out->whole <= field->max ? NULL : whole_complaint(field);
    case INPUT_NUMBER:
        return json_is_number(json) && out->number >= (double) field->min && out->number <= (double) field->max
                   ? NULL
                   : g_strdup_printf(SAY_MUST_BE_NUMBER, field->min, field->max);
    case INPUT_FLAG:
        return json_is_boolean(json) ? NULL : g_strdup(SAY_MUST_BE_BOOL);
    case INPUT_TIME:
    case INPUT_UNTIL:
        return input_time(field, out->text, NULL, out) ? NULL : g_strdup(SAY_MUST_BE_TIME);
    case INPUT_OBJECT:
        return value_fits(field, json) ? NULL
                                        : g_strdup_printf(SAY_MUST_BE_OBJECT, field->max);
    case INPUT_ANY:
        return value_fits(field, json) ? NULL : g_strdup_printf(SAY_MUST_BE_VALUE, field->max);
    case INPUT_LIST:
        return json_is_array(json) && (int64_t) json_array_size(json) >= field->min &&
                       (int64_t) json_array_size(json) <= field->max
                   ? NULL
                   : g_strdup_printf(SAY_MUST_BE_LIST, field->min, field->max);
    case INPUT_LINES:
        break;
    }
    return g_strdup(SAY_IS_OF_NO_TYPE);
}

static bool is_declared(const InputField *fields, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return true;
    return false;
}

bool input_read(const json_t *object, const InputField *fields, int count, const char *prefix, InputValue *values,
                InputError *error)
{
    const char *name;
    json_t *member;
    json_object_foreach ((json_t *) object, name, member)
        if (!is_declared(fields, count, name)) {
            g_autofree char *shown = text_made_plain(name, 64);
            return wrong(error, prefix, shown, g_strdup(SAY_IS_UNKNOWN));
        }
    for (int i = 0; i < count; i++) {
        const json_t *json = json_object_get(object, fields[i].name);
        values[i] = (InputValue){.given = json && !json_is_null(json), .is_null = json_is_null(json)};
        if (!values[i].given && fields[i].required)
            return wrong(error, prefix, fields[i].name, g_strdup(SAY_IS_MISSING));
        char *detail = values[i].given ? member_read(&fields[i], json, &values[i]) : NULL;
        if (detail)
            return wrong(error, prefix, fields[i].name, detail);
    }
    return true;
}

static char *parameter_read(const InputField *field, const char *text, InputValue *out)
{
    out->text = text;
    if (field->type == INPUT_WHOLE)
        return parse_whole(text, field->min, field->max, &out->whole) ? NULL : whole_complaint(field);
    if (input_is_time(field))
        return input_time(field, text, NULL, out) ? NULL : g_strdup(SAY_MUST_BE_TIME);
    return text_fits(field, text, strlen(text)) ? NULL : text_complaint(field);
}

bool input_read_query(const Query *query, const InputField *fields, int count, InputValue *values, InputError *error)
{
    for (int i = 0; i < count; i++) {
        const char *text = query_get(query, fields[i].name);
        values[i] = (InputValue){.given = text != NULL};
        if (query_times(query, fields[i].name) > 1)
            return wrong(error, "", fields[i].name, g_strdup(SAY_IS_TWICE));
        if (!text && fields[i].required)
            return wrong(error, "", fields[i].name, g_strdup(SAY_IS_MISSING));
        char *detail = text ? parameter_read(&fields[i], text, &values[i]) : NULL;
        if (detail)
            return wrong(error, "", fields[i].name, detail);
    }
    return true;
}
