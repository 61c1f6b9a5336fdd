/* One change to many people at once, for programs. */
#include "web/admin_input.h"
#include "say/say.h"
#include "web/bulk_form.h"
#include "web/handlers.h"

/* A program that misspells a member is told so. */
static bool members_are_known(Call *call)
{
    for (int i = 0; i < call->form.count; i++) {
        const char *name = call->form.pairs[i].name;
        bool known = false;
        for (int field = 0; field < BULK_FIELDS; field++)
            known |= field != BULK_F_CONFIRM && strcmp(bulk_fields[field].name, name) == 0;
        if (!known) {
            call_problem(call, 400, name, SAY_STRAY("%s"), name);
            return false;
        }
    }
    return true;
}

static void run(Call *call, const BulkForm *form)
{
    g_auto(StoreError) error = {0};
    json_t *bulk = NULL;
    const InputValue *people = &form->values[BULK_F_PEOPLE], *once = &form->values[BULK_F_ONCE];
    g_autofree char *actor = identity_actor(&call->identity);
    g_autofree char *key = once->given ? g_strdup_printf("%s\n%s", actor, once->text) : NULL;
    if (people->given && people->whole != form->found.subjects->len) {
        call_problem(call, 409, "people", SAY_PEOPLE_CHANGED, form->found.subjects->len);
        return;
    }
    StoreResult result = bulk_add(call->site->store, &form->ask, &form->found, key, actor, &bulk, &error);
    admin_answer(call, 202, result, bulk, &error);
}

void api_bulk_run(Call *call)
{
    g_auto(BulkForm) form = {0};
    if (!call_form_json(call))
        return;
    bool good = form_read(&call->form, bulk_fields, BULK_FIELDS, form.values, form.shown);
    if (!members_are_known(call) || !bulk_form_who(call, &form))
        return;
    if (!good || !bulk_form_is_good(call, &form))
        bulk_form_mistakes(call, &form);
    else if (!bulk_form_look(call, &form))
        return;
    else if (form.values[BULK_F_DRY_RUN].flag)
        call_json(call, 200, bulk_form_json(&form));
    else
        run(call, &form);
}

void api_bulk_get(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *bulk = NULL;
    StoreResult result = bulk_get(call->site->store, call->segment, &bulk, &error);
    admin_answer(call, 200, result, bulk, &error);
}

void api_bulk_stop(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *bulk = NULL;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = bulk_stop(call->site->store, call->segment, actor, &bulk, &error);
    admin_answer(call, 200, result, bulk, &error);
}
