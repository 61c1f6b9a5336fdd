/* Lines, for administrators: how they stand, how well waits were foretold, stopping them, and those who wait in them. */
#include "store/queue.h"
#include "say/say.h"
#include "web/admin_input.h"
#include "web/handlers.h"
#include "web/ticket.h"

void api_queue_list(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *lines = NULL;
    StoreResult result = admin_lines(call, &lines, &error);
    admin_answer_list(call, "queues", result, lines, &error);
}

enum { FEATURE, LIMIT, STATE, REASON };
static const InputField fields[] = {
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},
    [LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [STATE] = {"state", INPUT_TEXT, true, 1, 16},
    [REASON] = {"reason", INPUT_TEXT, false, 0, 500},
};

void api_queue_set(Call *call)
{
    static const char *const states[] = {"open", "paused", "closed", NULL};
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    if (!call_body(call, fields, G_N_ELEMENTS(fields), values))
        return;
    const char *feature = values[FEATURE].text, *limit = values[LIMIT].text, *state = values[STATE].text;
    if (!g_strv_contains(states, state)) {
        call_problem(call, 400, "state", SAY_STATE_OF_QUEUE);
        return;
    }
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = queue_set(call->site->store, feature, limit, state, values[REASON].text, actor, &error);
    json_t *json = result == STORE_OK ? json_pack("{s:s, s:s?, s:s, s:s?}", "feature", feature, "limit", limit, "state", state,
                                                  "reason", values[REASON].text) : NULL;
    admin_answer(call, 200, result, json, &error);
}

/* --- who waits --- */

#define TICKETS_MOST 200

enum { L_FEATURE, L_LIMIT, L_SUBJECT, L_AFTER };
static const InputField line_fields[] = {
    [L_FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},
    [L_LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [L_SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [L_AFTER] = {"after", INPUT_TEXT, false, 1, 64},
};

void api_line(Call *call)
{
    InputValue values[G_N_ELEMENTS(line_fields)];
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    bool more = false;
    if (!call_query(call, line_fields, G_N_ELEMENTS(line_fields), values))
        return;
    if (values[L_SUBJECT].given == values[L_FEATURE].given) {
        call_problem(call, 400, "feature", values[L_FEATURE].given ? SAY_BESIDE("feature", "subject") : SAY_NO_FEATURE_OR_SUBJECT);
        return;
    }
    if (values[L_LIMIT].given != values[L_FEATURE].given) {
        call_problem(call, 400, "limit", values[L_LIMIT].given ? SAY_GOES_WITH("limit", "feature") : SAY_MISSING("limit"));
        return;
    }
    StoreResult result = values[L_SUBJECT].given
        ? queue_of_subject(call->site->store, values[L_SUBJECT].text, &list, &error)
        : queue_line(call->site->store, values[L_FEATURE].text, values[L_LIMIT].text, values[L_AFTER].text, TICKETS_MOST, &list, &more, &error);
    admin_answer(call, 200, result, result == STORE_OK ? json_pack("{s:o, s:b}", "tickets", list, "more", more) : NULL, &error);
}

static const InputField move_fields[] = {{"reason", INPUT_TEXT, false, 0, 500}};

/* Answers with the ticket as it is now. */
static void moved(Call *call, StoreResult result, StoreError *error)
{
    g_autoptr(TicketRead) read = NULL;
    if (result == STORE_OK)
        result = queue_ticket(call->site->store, call->segment, false, &read, error);
    if (result == STORE_OK)
        ticket_answer(call, read);
    else
        call_store_problem(call, result, error);
}

static void move(Call *call, bool up)
{
    InputValue reason;
    g_auto(StoreError) error = {0};
    if (!call_body(call, move_fields, G_N_ELEMENTS(move_fields), &reason))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    moved(call, queue_move(call->site->store, call->segment, up, reason.text, actor, &error), &error);
}

void api_ticket_move_up(Call *call)
{
    move(call, true);
}

void api_ticket_move_back(Call *call)
{
    move(call, false);
}

void api_ticket_admit(Call *call)
{
    InputValue reason;
    g_auto(StoreError) error = {0};
    if (!call_body(call, move_fields, G_N_ELEMENTS(move_fields), &reason))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    moved(call, queue_let_in(call->site->store, call->segment, reason.text, actor, &error), &error);
}

void api_ticket_drop(Call *call)
{
    InputValue reason;
    g_auto(StoreError) error = {0};
    if (!call_body(call, move_fields, G_N_ELEMENTS(move_fields), &reason))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    moved(call, queue_drop(call->site->store, call->segment, reason.text, actor, &error), &error);
}
