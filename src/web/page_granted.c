/* What the pages of requests and approvals say of what was made a moment ago. */
#include "web/granted.h"

void granted_put(GString *address, const Granted *granted)
{
    const Undo *undo = &granted->undo;
    const char *const said[][2] = {{"&subject=", granted->subject}, {"&organization=", granted->organization}, {"&undo=", change_word(undo->kind)},
                                   {"&was=", undo->was}, {"&until=", undo->until}, {"&then=", undo->then}};
    for (size_t i = 0; undo->possible && i < G_N_ELEMENTS(said); i++)
        if (said[i][1]) {
            g_string_append(address, said[i][0]);
            g_string_append_uri_escaped(address, said[i][1], NULL, FALSE);
        }
}

enum { SUBJECT, ORGANIZATION, UNDO, WAS, UNTIL, THEN };
static const InputField fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255}, [ORGANIZATION] = {"organization", INPUT_TEXT, false, 1, 255},
    [UNDO] = {"undo", INPUT_TEXT, false, 1, 20},        [WAS] = {"was", INPUT_TEXT, false, 1, 255},
    [UNTIL] = {"until", INPUT_TEXT, false, 1, 64},      [THEN] = {"then", INPUT_TEXT, false, 1, 64},
};

bool granted_read(Call *call, Granted *granted)
{
    InputValue values[G_N_ELEMENTS(fields)];
    ChangeKind kind;
    *granted = (Granted){0};
    if (!call_query(call, fields, G_N_ELEMENTS(fields), values))
        return false;
    if (!values[UNDO].given || !values[WAS].given || !change_find(values[UNDO].text, &kind))
        return true;
    granted->subject = values[SUBJECT].text;
    granted->organization = values[ORGANIZATION].text;
    granted->undo = (Undo){.possible = true, .kind = kind, .was = g_strdup(values[WAS].text), .until = g_strdup(values[UNTIL].text),
                           .then = g_strdup(values[THEN].text)};
    return true;
}
