/* GET /admin/queues: the lines of limits that queue; GET /admin/queue: one of them, and who waits in it; GET and POST
 * /admin/queue/change: stopping a line, or moving somebody in it. */
#include "view/view_lines.h"

#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

static const char *const change_words[LINE_CHANGE_KINDS] = {
    [LINE_PAUSE] = "pause",   [LINE_RESUME] = "resume",       [LINE_DRAIN] = "drain", [LINE_MOVE_UP] = "move-up",
    [LINE_MOVE_BACK] = "move-back", [LINE_ADMIT] = "admit", [LINE_DROP] = "drop",
};

bool line_change_find(const char *word, LineChangeKind *kind)
{
    for (int i = 0; word && i < LINE_CHANGE_KINDS; i++)
        if (strcmp(word, change_words[i]) == 0) {
            *kind = (LineChangeKind) i;
            return true;
        }
    return false;
}

const char *line_change_word(LineChangeKind kind)
{
    return change_words[kind];
}

bool line_change_is_of_ticket(LineChangeKind kind)
{
    return kind >= LINE_MOVE_UP;
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void add_line_address(GString *out, const char *mount, const char *feature, const char *limit)
{
    add_address(out, mount, "/admin/queue?feature=", feature);
    add_address(out, "", "&limit=", limit);
}

void add_ticket_change(GString *out, const char *mount, LineChangeKind kind, const char *ticket)
{
    add_address(out, mount, "/admin/queue/change?what=", change_words[kind]);
    add_address(out, "", "&ticket=", ticket);
}

void add_line_change(GString *out, const char *mount, LineChangeKind kind, const json_t *line)
{
    add_address(out, mount, "/admin/queue/change?what=", change_words[kind]);
    add_address(out, "", "&feature=", text_of(line, "feature"));
    add_address(out, "", "&limit=", text_of(line, "limit"));
}

static void set_kind(Value *object, const char *word)
{
    for (int i = 0; i < LINE_CHANGE_KINDS; i++)
        value_set_flag(object, value_key(change_words[i]), g_strcmp0(word, change_words[i]) == 0);
}

static const char *title_of(const json_t *of, const PageContext *context)
{
    const char *key = text_of(of, "feature");
    const Feature *feature = key ? policy_feature(context->policy, key) : NULL;
    return feature ? feature->title : key;
}

/* --- lines --- */

static void set_state(Value *row, const json_t *line)
{
    const char *state = text_of(line, "state");
    set_flag(row, "open", g_strcmp0(state, "open") == 0);
    set_flag(row, "paused", g_strcmp0(state, "paused") == 0);
    set_flag(row, "draining", g_strcmp0(state, "closed") == 0);
}

static void set_promises(Value *row, const json_t *promises)
{
    set_flag(row, "promised", json_is_object(promises));
    set_words(row, "told", words_add_number, number_of(promises, "told"));
    set_words(row, "kept", words_add_number, number_of(promises, "kept"));
    set_words(row, "kept_share", words_add_percent, (double) number_of(promises, "kept_percent"));
    set_words(row, "early", words_add_number, number_of(promises, "early"));
    set_words(row, "late", words_add_number, number_of(promises, "late"));
    set_words(row, "off", words_add_length, number_of(promises, "error_p90_s"));
}

static void set_line(Value *row, const json_t *line, const PageContext *context, bool may_change)
{
    const char *feature = text_of(line, "feature"), *limit = text_of(line, "limit"), *mount = context->mount;
    json_t *oldest = json_object_get(line, "oldest_wait_s");
    set_text(row, "feature", title_of(line, context));
    set_text(row, "limit", limit);
    set_words(row, "url", add_line_address, mount, feature, limit);
    set_state(row, line);
    set_words(row, "waiting", words_add_number, number_of(line, "waiting"));
    set_words(row, "admitted", words_add_number, number_of(line, "admitted"));
    if (json_is_integer(oldest))
        set_words(row, "oldest", words_add_length, json_integer_value(oldest));
    else
        set_null(row, "oldest");
    set_flag(row, "past", json_is_integer(json_object_get(line, "used")));
    set_words(row, "hour", words_add_number, number_of(line, "let_in_hour"));
    set_words(row, "day", words_add_number, number_of(line, "let_in_day"));
    set_words(row, "lost", words_add_number, number_of(line, "lost"));
    set_words(row, "lapsed", words_add_number, number_of(line, "lapsed"));
    set_flag(row, "waited", number_of(line, "median_wait_s") > 0 || number_of(line, "used") > 0 || number_of(line, "admitted") > 0);
    set_words(row, "median", words_add_length, number_of(line, "median_wait_s"));
    set_promises(row, json_object_get(line, "promises"));
    set_text(row, "reason", text_of(line, "reason"));
    set_text(row, "author", text_of(line, "author"));
    set_words(row, "since", words_add_when, text_of(line, "changed_at"), context->policy->zone);
    set_flag(row, "in_policy", json_is_true(json_object_get(line, "in_policy")));
    set_flag(row, "may_stop", may_change && json_is_true(json_object_get(line, "in_policy")));
    set_words(row, "pause_url", add_line_change, mount, LINE_PAUSE, line);
    set_words(row, "resume_url", add_line_change, mount, LINE_RESUME, line);
    set_words(row, "drain_url", add_line_change, mount, LINE_DRAIN, line);
}

Value *view_queues(const QueuesShown *shown, const PageContext *context)
{
    Value *page = value_new();
    size_t i;
    json_t *line;
    set_value(page, "page", page_value(page, context, NULL, context->policy->zone, false));
    Value *lines = set_list(page, "lines");
    json_array_foreach((json_t *) shown->lines, i, line)
        set_line(add_object(lines), line, context, shown->may_change);
    set_flag(page, "any", i > 0);
    set_flag(page, "may_change", shown->may_change);
    return page;
}

/* --- one line --- */

void set_ticket_row(Value *row, const json_t *ticket, const PageContext *context)
{
    const char *id = text_of(ticket, "ticket"), *feature = text_of(ticket, "feature");
    const Feature *found = feature ? policy_feature(context->policy, feature) : NULL;
    const char *zone = context->policy->zone;
    bool moved = json_is_true(json_object_get(ticket, "moved"));
    const json_t *queue = json_object_get(ticket, "queue");
    set_text(row, "subject", text_of(ticket, "subject"));
    set_words(row, "queue_url", add_line_address, context->mount, text_of(queue, "feature"), text_of(queue, "limit"));
    set_words(row, "person_url", add_address, context->mount, "/admin/person?subject=", text_of(ticket, "subject"));
    if (json_is_integer(json_object_get(ticket, "number")))
        set_words(row, "number", words_add_number, number_of(ticket, "number"));
    else
        set_null(row, "number");
    set_flag(row, "first", number_of(ticket, "number") == 1);
    set_flag(row, "moved", moved);
    set_text(row, "thing", found ? found->title : feature);
    set_text(row, "resource", text_of(ticket, "resource"));
    if (found)
        set_words(row, "units", words_add_units, found, number_of(ticket, "units"));
    else
        set_words(row, "units", words_add_number, number_of(ticket, "units"));
    set_words(row, "joined", words_add_when, text_of(ticket, "joined_at"), zone);
    set_words(row, "seen", words_add_when, text_of(ticket, "seen_at"), zone);
    set_words(row, "claim_until", words_add_when, text_of(ticket, "claim_until"), zone);
    set_words(row, "move_url", add_ticket_change, context->mount, moved ? LINE_MOVE_BACK : LINE_MOVE_UP, id);
    set_words(row, "admit_url", add_ticket_change, context->mount, LINE_ADMIT, id);
    set_words(row, "drop_url", add_ticket_change, context->mount, LINE_DROP, id);
}

/* What undoes what was done a moment ago: to be looked at, and made, as any. */
static void add_undo(GString *out, const QueueLineShown *shown, const char *mount)
{
    LineChangeKind done, undo;
    if (!shown->may_change || !line_change_find(shown->done, &done))
        return;
    if (done == LINE_PAUSE || done == LINE_DRAIN)
        undo = g_strcmp0(shown->was, "paused") == 0 ? LINE_PAUSE : g_strcmp0(shown->was, "closed") == 0 ? LINE_DRAIN : LINE_RESUME;
    else if (done == LINE_RESUME)
        undo = g_strcmp0(shown->was, "closed") == 0 ? LINE_DRAIN : LINE_PAUSE;
    else if (shown->ticket && (done == LINE_MOVE_UP || done == LINE_MOVE_BACK))
        undo = done == LINE_MOVE_UP ? LINE_MOVE_BACK : LINE_MOVE_UP;
    else
        return;
    if (line_change_is_of_ticket(undo))
        add_ticket_change(out, mount, undo, shown->ticket);
    else
        add_line_change(out, mount, undo, shown->line);
}

static void add_next(GString *out, const QueueLineShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->tickets);
    if (!shown->more || !count)
        return;
    add_line_address(out, mount, text_of(shown->line, "feature"), text_of(shown->line, "limit"));
    add_address(out, "", "&after=", text_of(json_array_get(shown->tickets, count - 1), "ticket"));
}

Value *view_queue_line(const QueueLineShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone;
    LineChangeKind any;
    json_t *ticket;
    size_t i;
    set_value(page, "page", page_value(page, context, title_of(shown->line, context), zone, false));
    set_line(page, shown->line, context, shown->may_change);
    set_text(page, "zone", zone);
    set_words(page, "list_url", add_address, context->mount, "/admin/queues", NULL);
    Value *done = set_object(page, "done");
    set_flag(done, "any", line_change_find(shown->done, &any));
    set_kind(done, shown->done);
    set_words(page, "undo_url", add_undo, shown, context->mount);
    Value *tickets = set_list(page, "tickets");
    json_array_foreach((json_t *) shown->tickets, i, ticket)
        set_ticket_row(add_object(tickets), ticket, context);
    set_flag(page, "has_tickets", i > 0);
    set_words(page, "next", add_next, shown, context->mount);
    set_flag(page, "may_change", shown->may_change);
    return page;
}

/* --- one change --- */

Value *view_line_change(const LineChangeShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *feature = text_of(shown->line, "feature"), *limit = text_of(shown->line, "limit");
    set_value(page, "page", page_value(page, context, title_of(shown->line, context), context->policy->zone, false));
    set_kind(page, change_words[shown->kind]);
    set_text(page, "what", change_words[shown->kind]);
    set_line(page, shown->line, context, true);
    set_text(page, "feature_key", feature);
    set_flag(page, "of_ticket", shown->ticket);
    set_text(page, "ticket_id", text_of(shown->ticket, "ticket"));
    if (shown->ticket)
        set_ticket_row(set_object(page, "ticket"), shown->ticket, context);
    else
        set_null(page, "ticket");
    set_words(page, "before", words_add_number, MAX(number_of(shown->ticket, "number") - 1, 0));
    set_flag(page, "none_before", number_of(shown->ticket, "number") <= 1);
    set_flag(page, "nobody", number_of(shown->line, "waiting") == 0);
    set_flag(page, "stale", shown->stale);
    set_flag(page, "preview", shown->preview);
    set_words(page, "action", add_address, context->mount, "/admin/queue/change", NULL);
    set_words(page, "line_url", add_line_address, context->mount, feature, limit);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    return page;
}
