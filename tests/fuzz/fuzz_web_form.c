/* Fuzzes what forms send against a declaration with every type of field. What is taken is what was declared; what is shown again is what
 * a page can hold, and sent once more it is taken or refused as before. */
#include "fuzz.h"

#include "base/parse.h"
#include "web/form.h"

enum { NAME, AMOUNT, UNTIL, AGREED, REASON, FIELDS };
static const InputField fields[FIELDS] = {
    [NAME] = {"name", INPUT_TEXT, true, 1, 20},        [AMOUNT] = {"amount", INPUT_WHOLE, false, 1, UNITS_MAX},
    [UNTIL] = {"until", INPUT_UNTIL, false, 0, 0},      [AGREED] = {"agreed", INPUT_FLAG, false, 0, 0},
    [REASON] = {"reason", INPUT_TEXT, false, 1, 100},
};

static void check_field(const InputField *field, const InputValue *value, const FormShown *shown)
{
    HOLDS(strcmp(shown->name, field->name) == 0);
    HOLDS(!shown->typed || (is_utf8(shown->typed) && *shown->typed));
    if (shown->mistake != FORM_GOOD) {
        g_autoptr(GString) said = g_string_new(NULL);
        words_add_form_mistake(said, shown);
        HOLDS(said->len > 0 && is_utf8(said->str));
        return;
    }
    HOLDS(value->given == (shown->typed != NULL) && (value->given || !field->required));
    if (!value->given)
        return;
    HOLDS(field->type != INPUT_TEXT || text_is_plain(value->text, strlen(value->text), (size_t)field->max));
    HOLDS(field->type != INPUT_WHOLE || (value->whole >= field->min && value->whole <= field->max));
    HOLDS(field->type != INPUT_FLAG || value->flag);
}

/* What was typed, sent by the form that shows it again. */
static void check_again(const FormShown *shown, bool good)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(Query) form = {0};
    InputValue values[FIELDS];
    FormShown again[FIELDS];
    const char *why = NULL;
    for (int i = 0; i < FIELDS; i++) {
        g_string_append_printf(text, "%s%s=", i ? "&" : "", shown[i].name);
        g_string_append_uri_escaped(text, shown[i].typed ? shown[i].typed : "", NULL, FALSE);
    }
    HOLDS(form_parse(text->str, &form, &why));
    bool good_again = form_read(&form, fields, FIELDS, values, again);
    HOLDS(good_again == good);
    for (int i = 0; i < FIELDS; i++)
        HOLDS(again[i].mistake == shown[i].mistake && g_strcmp0(again[i].typed, shown[i].typed) == 0);
    form_shown_clear(again, FIELDS);
}

static bool any_twice(const FormShown *shown)
{
    for (int i = 0; i < FIELDS; i++)
        if (shown[i].mistake == FORM_TWICE)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size);
    g_auto(Query) form = {0};
    InputValue values[FIELDS];
    FormShown shown[FIELDS];
    const char *why = NULL;
    if (!form_parse(text, &form, &why)) {
        HOLDS(is_utf8(why));
        return 0;
    }
    bool good = form_read(&form, fields, FIELDS, values, shown), all = true;
    for (int i = 0; i < FIELDS; i++) {
        check_field(&fields[i], &values[i], &shown[i]);
        all &= shown[i].mistake == FORM_GOOD;
    }
    HOLDS(good == all);
    if (!any_twice(shown))
        check_again(shown, good);
    form_shown_clear(shown, FIELDS);
    return 0;
}
