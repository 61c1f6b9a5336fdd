/* One feature in little: the tightest of its limits as a card, a bar or a line of text. */
#include "view/view_page.h"
#include "view/words_add.h"

Value *view_widget(const FeatureShown *shown, WidgetStyle style, bool frame, const PageContext *context)
{
    const Feature *feature = shown->feature;
    Reader reader = reader_of_report(shown->report, context);
    const UsageLine *line = reader_tightest(&reader);
    if (!line && reader.line_count > 0)
        line = &reader.lines[0];
    Value *widget = value_new();
    set_flag(widget, "frame", frame);
    set_flag(widget, "card", style == WIDGET_CARD);
    set_flag(widget, "bar", style == WIDGET_BAR);
    set_flag(widget, "line", style == WIDGET_LINE);
    set_text(widget, "mount", reader.mount);
    set_text(widget, "version", WEBQUOTA_VERSION);
    set_text(widget, "title", feature->title);
    set_words(widget, "url", add_address, reader.mount, "/features/", feature->key);
    set_flag(widget, "suspended", reader.suspended);
    set_value(widget, "limit", line && !reader.suspended ? line_value(widget, line, feature, &reader, false) : NULL);
    return widget;
}
