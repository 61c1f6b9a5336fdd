/* GET and POST /admin/queue/change: a line is stopped or opened, or somebody in it moved, let in or dropped. The form is sent twice: first
 * to see what it comes to, and then, confirmed, to make it. */
#include "view/json_text.h"
#include "view/view_lines.h"
#include "say/say.h"
#include "web/admin_input.h"
#include "web/form.h"
#include "web/handlers.h"

enum { WHAT, FEATURE, LIMIT, TICKET, SEEN, REASON, CONFIRM, FIELDS };
static const InputField fields[FIELDS] = {
    [WHAT] = {"what", INPUT_TEXT, true, 1, 16},       [FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},
    [LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},    [TICKET] = {"ticket", INPUT_TEXT, false, 1, 64},
    [SEEN] = {"seen", INPUT_TEXT, false, 1, 16},      [REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CONFIRM] = {"confirm", INPUT_FLAG, false, 0, 0},
};

typedef struct {
    LineChangeKind kind;
    json_t *line, *ticket;   /* ticket NULL: it is about the line */
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
} LineChange;

static void line_change_clear(LineChange *change)
{
    json_decref(change->line);
    json_decref(change->ticket);
    form_shown_clear(change->shown, FIELDS);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LineChange, line_change_clear)

/* A ticket that waits, or, to be dropped, that was let in and is not taken. STORE_CONFLICT: it is neither any more. */
static StoreResult ticket_read(Store *store, const char *id, LineChangeKind kind, json_t **ticket, StoreError *error)
{
    g_autoptr(TicketRead) read = NULL;
    json_t *list = NULL, *one;
    size_t i;
    StoreResult result = queue_ticket(store, id, false, &read, error);
    if (result == STORE_OK)
        result = queue_of_subject(store, read->subject, &list, error);
    json_array_foreach(list, i, one)
        if (g_strcmp0(text_of(one, "ticket"), id) == 0 && (kind == LINE_DROP || g_strcmp0(text_of(one, "state"), "waiting") == 0))
            *ticket = json_incref(one);
    json_decref(list);
    return result == STORE_OK && !*ticket ? STORE_CONFLICT : result;
}

/* A field that the change cannot do without. False: answered already. */
static bool is_there(Call *call, const LineChange *change, int field)
{
    if (change->shown[field].typed && change->shown[field].mistake == FORM_GOOD)
        return true;
    call_problem(call, 400, fields[field].name, SAY_LINE_FIELD("%s"), fields[field].name);
    return false;
}

/* What it is about. False: answered already. */
static bool change_read(Call *call, LineChange *change)
{
    g_auto(StoreError) error = {0};
    StoreResult result = STORE_OK;
    if (!line_change_find(change->shown[WHAT].typed, &change->kind)) {
        call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
        return false;
    }
    bool of_ticket = line_change_is_of_ticket(change->kind);
    if (of_ticket ? !is_there(call, change, TICKET) : !is_there(call, change, FEATURE) || !is_there(call, change, LIMIT))
        return false;
    if (of_ticket)
        result = ticket_read(call->site->store, change->shown[TICKET].typed, change->kind, &change->ticket, &error);
    const json_t *queue = json_object_get(change->ticket, "queue");
    const char *feature = of_ticket ? text_of(queue, "feature") : change->shown[FEATURE].typed;
    const char *limit = of_ticket ? text_of(queue, "limit") : change->shown[LIMIT].typed;
    if (result == STORE_OK)
        result = admin_line(call, feature, limit, &change->line, &error);
    if (result == STORE_OK && !of_ticket && !json_is_true(json_object_get(change->line, "in_policy")))
        result = STORE_NONE;
    if (result == STORE_CONFLICT)
        call_problem(call, 409, "ticket", SAY_TICKET_WAITS_NOT);
    else if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

/* Of a line: its state is not the one that the form was opened with. */
static bool is_stale(const LineChange *change)
{
    const InputValue *seen = &change->values[SEEN];
    return !change->ticket && seen->given && strcmp(seen->text, text_of(change->line, "state")) != 0;
}

static void show(Call *call, int status, LineChange *change, bool preview)
{
    bool stale = is_stale(change);
    g_free(change->shown[SEEN].typed);
    change->shown[SEEN].typed = g_strdup(text_of(change->line, "state"));
    if (call_wants_json(call)) {
        call_json(call, status, json_pack("{s:s, s:O, s:O?}", "what", line_change_word(change->kind), "queue", change->line, "ticket",
                                          change->ticket));
        return;
    }
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    const LineChangeShown shown = {.kind = change->kind, .line = change->line, .ticket = change->ticket, .stale = stale,
                                   .preview = preview, .shown = change->shown, .shown_count = FIELDS};
    call_page(call, status, "queue_change", view_line_change(&shown, &context));
}

void page_line_change(Call *call)
{
    g_auto(LineChange) change = {0};
    form_open(&call->request->query, fields, FIELDS, change.shown);
    if (change_read(call, &change))
        show(call, 200, &change, false);
}

static StoreResult make(Store *store, const LineChange *change, const char *actor, StoreError *error)
{
    static const char *const states[LINE_CHANGE_KINDS] = {[LINE_PAUSE] = "paused", [LINE_RESUME] = "open", [LINE_DRAIN] = "closed"};
    const char *ticket = change->values[TICKET].text, *reason = change->values[REASON].text;
    switch (change->kind) {
    case LINE_MOVE_UP:
    case LINE_MOVE_BACK:
        return queue_move(store, ticket, change->kind == LINE_MOVE_UP, reason, actor, error);
    case LINE_ADMIT:
        return queue_let_in(store, ticket, reason, actor, error);
    case LINE_DROP:
        return queue_drop(store, ticket, reason, actor, error);
    default:
        return queue_set(store, change->values[FEATURE].text, change->values[LIMIT].text, states[change->kind], reason, actor, error);
    }
}

static void made(Call *call, const LineChange *change)
{
    g_autoptr(GString) then = g_string_new("/admin/queue?feature=");
    g_string_append_uri_escaped(then, text_of(change->line, "feature"), NULL, FALSE);
    g_string_append(then, "&limit=");
    g_string_append_uri_escaped(then, text_of(change->line, "limit"), NULL, FALSE);
    g_string_append_printf(then, "&done=%s", line_change_word(change->kind));
    if (change->ticket)
        g_string_append_printf(then, "&ticket=%s", text_of(change->ticket, "ticket"));
    else
        g_string_append_printf(then, "&was=%s", text_of(change->line, "state"));
    call_see_other(call, then->str);
}

void page_line_change_send(Call *call)
{
    g_auto(LineChange) change = {0};
    g_auto(StoreError) error = {0};
    bool good = call_filled(call, &call->form, fields, FIELDS, change.values, change.shown);
    if (!change_read(call, &change))
        return;
    if (!good || is_stale(&change) || !change.values[CONFIRM].flag) {
        show(call, !good ? 400 : is_stale(&change) ? 409 : 200, &change, good && !is_stale(&change));
        return;
    }
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = make(call->site->store, &change, actor, &error);
    if (result == STORE_OK)
        made(call, &change);
    else
        call_store_problem(call, result, &error);
}
