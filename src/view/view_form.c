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

Value *form_value(const Value *tree, const FormShown *shown, int count)
{
    Value *form = value_object(tree);
    bool any = false;
    for (int i = 0; i < count; i++) {
        Value *field = value_set(form, value_key(shown[i].name), value_object(form));
        set_text(field, "value", shown[i].typed);
        set_words(field, "mistake", words_add_form_mistake, &shown[i]);
        any |= shown[i].mistake != FORM_GOOD;
    }
    set_flag(form, "any_mistake", any);
    return form;
}
