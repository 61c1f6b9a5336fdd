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
        bool known = bulk_form_says_whom(name);
        for (int field = 0; field < BULK_FIELDS; field++)
            known |= field != BULK_F_CONFIRM && strcmp(bulk_fields[field].name, name) == 0;
        if (!known) {
            call_problem(call, 400, name, SAY_STRAY("%s"), name);
            return false;
        }
    }
    return true;
}

static void look_and_run(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *bulk = NULL;
    BulkForm *form = call->kept;
    if (!bulk_form_look(call, form))
        return;
    const char *other = form->values[BULK_F_DRY_RUN].flag ? NULL : bulk_form_differs(form);
    if (form->values[BULK_F_DRY_RUN].flag) {
        call_json(call, 200, bulk_found_json(&form->ask, &form->found));
    } else if (other) {
        call_problem(call, 409, other, SAY_PEOPLE_CHANGED, form->found.subjects->len);
    } else {
        StoreResult result = bulk_form_make(call, form, &bulk, &error);
        admin_answer(call, 202, result, bulk, &error);
    }
}

void api_bulk_run(Call *call)
{
    g_autoptr(BulkForm) form = bulk_form_new();
    if (!call_form_json(call))
        return;
    bool good = call_filled(call, &call->form, bulk_fields, BULK_FIELDS, form->values, form->shown);
    if (!members_are_known(call) || !bulk_form_who(call, &call->form, form))
        return;
    if (good && bulk_form_is_good(call, form))
        call_slow_read(call, look_and_run, g_steal_pointer(&form), bulk_form_free);
    else
        bulk_form_mistakes(call, form);
}

static const InputField list_fields[] = {{"before", INPUT_WHOLE, false, 1, UNITS_MAX}};

void api_bulk_list(Call *call)
{
    InputValue before;
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    bool more = false;
    if (!call_query(call, list_fields, 1, &before))
        return;
    StoreResult result = bulk_list(call->site->store, before.text, &list, &more, &error);
    admin_answer(call, 200, result, result == STORE_OK ? json_pack("{s:o, s:b}", "bulks", list, "more", more) : NULL, &error);
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
