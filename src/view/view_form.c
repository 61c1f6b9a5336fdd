/* Forms: what was typed, and what is wrong with it. */
#include "view/view_form.h"

#include "view/words_add.h"

const char *form_shown_of(const FormShown *shown, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(shown[i].name, name) == 0)
            return shown[i].typed;
    return NULL;
}

FormShown *form_shown_find(FormShown *shown, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(shown[i].name, name) == 0)
            return &shown[i];
    return NULL;
}

static void add_moment(GString *out, const FormShown *shown)
{
    if (shown->zone)
        words_add_time(out, shown->when, shown->zone, shown->when - 1); /* with its seconds, where it has some */
}

static void set_field(Value *field, const FormShown *shown)
{
    set_text(field, "value", shown->typed);
    set_words(field, "when", add_moment, shown);
    set_words(field, "mistake", words_add_form_mistake, shown);
}

Value *form_field_value(const Value *tree, const FormShown *shown, int count, const char *name)
{
    static const FormShown none = {0};
    Value *field = value_object(tree);
    int at = 0;
    while (at < count && strcmp(shown[at].name, name) != 0)
        at++;
    set_text(field, "name", name);
    set_field(field, at < count ? &shown[at] : &none);
    return field;
}

Value *form_value(const Value *tree, const FormShown *shown, int count)
{
    Value *form = value_object(tree);
    bool any = false;
    for (int i = 0; i < count; i++) {
        Value *field = value_set(form, value_key(shown[i].name), value_object(form));
        set_field(field, &shown[i]);
        any |= shown[i].mistake != FORM_GOOD;
    }
    set_flag(form, "any_mistake", any);
    return form;
}

static bool has_text(const Value *object, const char *name, const char *text)
{
    for (const Value *member = object->first; member; member = member->next)
        if (strcmp(member->key, name) == 0)
            return member->kind == VALUE_TEXT && strcmp(member->text, text) == 0;
    return false;
}

void form_add_typed(Value *list, const char *value, const char *title, const char *typed)
{
    for (const Value *one = list->first; typed && one; one = one->next)
        if (has_text(one, value, typed))
            return;
    if (!typed)
        return;
    Value *other = add_object(list);
    value_set_text(other, value_key(value), typed);
    if (strcmp(value, title) != 0)
        value_set_text(other, value_key(title), typed);
    set_flag(other, "chosen", true);
}

void form_set_hidden(Value *page, const FormShown *shown, int count, const char *const *names)
{
    Value *list = set_list(page, "hidden");
    for (int i = 0; i < count; i++)
        if (shown[i].mistake != FORM_GOOD && g_strv_contains(names, shown[i].name))
            value_add(list, form_field_value(list, shown, count, shown[i].name));
}
