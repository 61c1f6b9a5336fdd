/* What the calls of administrators share. */
#include "web/admin_input.h"
#include "say/say.h"

bool admin_input_owner(Call *call, const InputValue *subject, const InputValue *organization)
{
    if (subject->given != organization->given)
        return true;
    if (subject->given)
        call_problem(call, 400, "organization", SAY_BESIDE("organization", "subject"));
    else
        call_problem(call, 400, "subject", SAY_NO_SUBJECT_OR_ORGANIZATION);
    return false;
}

bool admin_input_future(Call *call, const char *name, const InputValue *time)
{
    if (!time->given || time->time > store_now(call->site->store))
        return true;
    call_problem(call, 400, name, SAY_FUTURE("%s"), name);
    return false;
}

bool admin_input_reason(Call *call, const char **reason)
{
    static const InputField reason_fields[] = {{"reason", INPUT_TEXT, false, 1, 500}};
    InputValue value;
    if (!call_query(call, reason_fields, 1, &value))
        return false;
    *reason = value.text;
    return true;
}

void admin_answer(Call *call, int status, StoreResult result, json_t *json, const StoreError *error)
{
    if (result == STORE_OK)
        call_json(call, status, json);
    else
        call_store_problem(call, result, error);
}

void admin_answer_list(Call *call, const char *name, StoreResult result, json_t *list, const StoreError *error)
{
    admin_answer(call, 200, result, result == STORE_OK ? json_pack("{s:o}", name, list) : NULL, error);
}

void admin_answer_removed(Call *call, StoreResult result, const StoreError *error)
{
    if (result == STORE_OK)
        call_done(call);
    else
        call_store_problem(call, result, error);
}

bool admin_list_owner(Call *call, const char **subject, const char **organization, const char **before)
{
    static const InputField fields[] = {{"subject", INPUT_TEXT, false, 1, 255}, {"organization", INPUT_TEXT, false, 1, 255},
                                        {"before", INPUT_WHOLE, false, 1, UNITS_MAX}};
    InputValue values[G_N_ELEMENTS(fields)];
    if (!call_query(call, fields, G_N_ELEMENTS(fields), values))
        return false;
    if (values[0].given && values[1].given) {
        call_problem(call, 400, "organization", SAY_BESIDE("organization", "subject"));
        return false;
    }
    *subject = values[0].text;
    *organization = values[1].text;
    *before = values[2].text;
    return true;
}
