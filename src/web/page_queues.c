/* GET /admin/queues: the lines of limits that queue; GET /admin/queue: one of them, and who waits in it. */
#include "view/view_lines.h"
#include "web/admin_input.h"
#include "web/handlers.h"

#define TICKETS_PAGE 50

void page_queues(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *lines = NULL;
    StoreResult result = admin_lines(call, &lines, &error);
    PageContext context = call_context(call, NULL);
    const QueuesShown shown = {.lines = lines, .may_change = call_is_administrator(call)};
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (call_wants_json(call))
        call_json(call, 200, json_pack("{s:O}", "queues", lines));
    else
        call_page(call, 200, "queues", view_queues(&shown, &context));
    json_decref(lines);
}

StoreResult admin_lines(Call *call, json_t **lines, StoreError *error)
{
    g_autoptr(GPtrArray) report = NULL;
    StoreResult result = queue_report(call->site->store, &report, error);
    *lines = result == STORE_OK ? json_array() : NULL;
    for (guint i = 0; *lines && i < report->len; i++)
        json_array_append_new(*lines, queue_report_json(report->pdata[i]));
    return result;
}

StoreResult admin_line(Call *call, const char *feature, const char *limit, json_t **line, StoreError *error)
{
    json_t *lines, *one;
    size_t i;
    StoreResult result = admin_lines(call, &lines, error);
    json_array_foreach(lines, i, one)
        if (g_strcmp0(json_string_value(json_object_get(one, "feature")), feature) == 0 &&
            g_strcmp0(json_string_value(json_object_get(one, "limit")), limit) == 0)
            *line = json_incref(one);
    json_decref(lines);
    return result == STORE_OK && !*line ? STORE_NONE : result;
}

enum { FEATURE, LIMIT, AFTER, DONE, TICKET, WAS };
static const InputField fields[] = {
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255}, [LIMIT] = {"limit", INPUT_TEXT, true, 1, 64},
    [AFTER] = {"after", INPUT_TEXT, false, 1, 64},     [DONE] = {"done", INPUT_TEXT, false, 1, 16},
    [TICKET] = {"ticket", INPUT_TEXT, false, 1, 64},   [WAS] = {"was", INPUT_TEXT, false, 1, 16},
};

void page_line(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    json_t *line = NULL, *tickets = NULL;
    bool more = false;
    if (!call_query(call, fields, G_N_ELEMENTS(fields), values))
        return;
    StoreResult result = admin_line(call, values[FEATURE].text, values[LIMIT].text, &line, &error);
    if (result == STORE_OK)
        result = queue_line(call->site->store, values[FEATURE].text, values[LIMIT].text, values[AFTER].text, TICKETS_PAGE, &tickets, &more,
                            &error);
    PageContext context = call_context(call, NULL);
    const QueueLineShown shown = {
        .line = line, .tickets = tickets, .more = more, .may_change = call_is_administrator(call), .done = values[DONE].text,
        .ticket = values[TICKET].text, .was = values[WAS].text,
    };
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (call_wants_json(call))
        call_json(call, 200, json_pack("{s:O, s:O, s:b}", "queue", line, "tickets", tickets, "more", more));
    else
        call_page(call, 200, "queue_line", view_queue_line(&shown, &context));
    json_decref(line);
    json_decref(tickets);
}
