/* Forms that programs send as JSON. */
#include "web/form_json.h"

#include "say/say.h"

bool form_members_are_known(Call *call, const InputField *fields, int count)
{
    for (int i = 0; call->is_json && i < call->form.count; i++) {
        const char *name = call->form.pairs[i].name;
        bool known = false;
        for (int field = 0; field < count; field++)
            known |= strcmp(fields[field].name, name) == 0;
        if (!known) {
            call_problem(call, 400, name, SAY_STRAY("%s"), name);
            return false;
        }
    }
    return true;
}

void form_problem(Call *call, const FormShown *shown, int count)
{
    for (int i = 0; i < count; i++)
        if (shown[i].mistake != FORM_GOOD) {
            g_autoptr(GString) words = g_string_new(NULL);
            words_add_form_mistake(words, &shown[i]);
            call_problem(call, 400, shown[i].name, "%s: %s", shown[i].name, words->str);
            return;
        }
}
