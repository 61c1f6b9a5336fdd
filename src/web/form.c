/* Forms. */
#include "web/form.h"

#include "base/parse.h"
#include "say/say.h"

bool form_parse(const char *text, Query *out, const char **why)
{
    size_t fields = 1;
    for (const char *at = text; *at; at++)
        fields += *at == '&';
    *out = (Query){0};
    if (fields > FORM_FIELDS_MAX)
        *why = SAY_FORM_LONG;
    else if (!query_parse(text, true, out))
        *why = SAY_FORM_INVALID;
    else
        return true;
    return false;
}

/* Browsers end lines with CR LF; what is kept has one blank for each run of these. */
static char *tidied(const char *text)
{
    GString *out = g_string_sized_new(strlen(text));
    bool gap = false;
    for (; *text; text++) {
        bool blank = *text == ' ' || *text == '\t' || *text == '\r' || *text == '\n';
        if (!blank && gap && out->len > 0)
            g_string_append_c(out, ' ');
        gap = blank;
        if (!blank)
            g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

/* Each line that holds something, without what is blank around it. */
static char *lines_tidied(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *out = g_string_sized_new(strlen(text));
    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line))
            g_string_append_printf(out, "%s%s", out->len ? "\n" : "", *line);
    return g_string_free(out, FALSE);
}

static FormMistake text_mistake(const InputField *field, const char *text)
{
    size_t len = strlen(text);
    if ((int64_t) len > field->max)
        return FORM_LONG;
    return text_is_plain(text, len, (size_t) field->max) && (int64_t) len >= field->min ? FORM_GOOD : FORM_TEXT;
}

static FormMistake lines_mistake(const InputField *field, const char *text)
{
    g_autofree char *one = g_strdelimit(g_strdup(text), "\n", ' ');
    return text_mistake(field, one);
}

/* `text` is not empty. */
static FormMistake value_read(const InputField *field, const char *text, InputValue *value)
{
    value->text = text;
    switch (field->type) {
    case INPUT_WHOLE:
        return parse_whole(text, field->min, field->max, &value->whole) ? FORM_GOOD : FORM_NUMBER;
    case INPUT_TIME:
    case INPUT_UNTIL:
        return input_time(field, text, NULL, value) ? FORM_GOOD : FORM_TIME;
    case INPUT_FLAG:
        value->flag = strcmp(text, "on") == 0 || strcmp(text, "1") == 0;
        return value->flag ? FORM_GOOD : FORM_CHOICE;
    case INPUT_LINES:
        return lines_mistake(field, text);
    default:
        return text_mistake(field, text);
    }
}

static void shown_begin(const InputField *field, const char *text, FormShown *shown)
{
    *shown = (FormShown){.name = field->name, .min = field->min, .max = field->max};
    g_autofree char *typed = !text ? NULL : field->type == INPUT_LINES ? lines_tidied(text) : tidied(text);
    if (typed && *typed)
        shown->typed = g_steal_pointer(&typed);
}

bool form_read(const Query *form, const InputField *fields, int count, InputValue *values, FormShown *shown)
{
    bool good = true;
    for (int i = 0; i < count; i++) {
        shown_begin(&fields[i], query_get(form, fields[i].name), &shown[i]);
        values[i] = (InputValue){.given = shown[i].typed != NULL};
        if (query_times(form, fields[i].name) > 1)
            shown[i].mistake = FORM_TWICE;
        else if (shown[i].typed)
            shown[i].mistake = value_read(&fields[i], shown[i].typed, &values[i]);
        else if (fields[i].required)
            shown[i].mistake = FORM_MISSING;
        good &= shown[i].mistake == FORM_GOOD;
    }
    return good;
}

void form_open(const Query *query, const InputField *fields, int count, FormShown *shown)
{
    for (int i = 0; i < count; i++)
        shown_begin(&fields[i], query_get(query, fields[i].name), &shown[i]);
}

void form_mistake(FormShown *shown, int count, const char *name, FormMistake mistake)
{
    for (int i = 0; i < count; i++)
        if (name && strcmp(shown[i].name, name) == 0)
            shown[i].mistake = mistake;
}

void form_shown_clear(FormShown *shown, int count)
{
    for (int i = 0; i < count; i++) {
        g_clear_pointer(&shown[i].typed, g_free);
        g_clear_pointer(&shown[i].said, g_free);
    }
}
