/* GET /widget/{feature}: one feature in little, for pages of the application to include (SSI) or to frame. */
#include "web/handlers.h"
#include "say/say.h"

static bool style_read(const char *text, WidgetStyle *style)
{
    static const char *const names[] = {[WIDGET_CARD] = "card", [WIDGET_BAR] = "bar", [WIDGET_LINE] = "line"};
    *style = WIDGET_CARD;
    for (size_t i = 0; text && i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i], text) == 0) {
            *style = (WidgetStyle) i;
            return true;
        }
    return !text;
}

void page_widget(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(UsageRead) read = NULL;
    WidgetStyle style;
    if (!style_read(query_get(&call->request->query, "style"), &style)) {
        call_problem(call, 400, "style", SAY_STYLE);
        return;
    }
    StoreResult result = store_usage(call->site->store, call->identity.subject, call->segment, true, &read, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    if (call_wants_json(call)) {
        call_text(call, 200, view_usage(read->report));
        return;
    }
    FeatureShown shown = {.feature = policy_feature(read->report->policy, call->segment), .report = read->report};
    PageContext context = call_context(call, NULL);
    bool frame = query_get(&call->request->query, "frame") != NULL;
    call_fragment(call, "widget", view_widget(&shown, style, frame, &context));
}
