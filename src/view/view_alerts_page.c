/* The page of alerts: which thresholds were reached, when, and how much was used then. The JSON twin says the same. */
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/view_thresholds.h"
#include "view/words_add.h"

/* The limit as the policy has it today; NULL where it has none of that name any more. */
static const Limit *limit_of(const Reader *reader, const AlertLine *alert, const Feature *feature)
{
    for (int i = 0; feature && reader->plan && i < reader->plan->limit_count; i++) {
        const Limit *limit = &reader->plan->limits[i];
        if (limit->feature == feature->index && strcmp(limit->key, alert->limit) == 0)
            return limit;
    }
    return NULL;
}

static void add_figures(GString *out, const AlertLine *alert, const Feature *feature)
{
    words_add_number(out, alert->used);
    text_add(out, " of ");
    if (feature)
        words_add_units(out, feature, alert->amount);
    else
        words_add_number(out, alert->amount);
}

static void add_alert(Value *rows, const AlertLine *alert, const Reader *reader)
{
    const Feature *feature = policy_feature(reader->policy, alert->feature);
    const Limit *limit = limit_of(reader, alert, feature);
    Value *row = add_object(rows);
    set_instant(row, "at", alert->at);
    set_words(row, "when", words_add_stamp_bare, alert->at, reader->zone);
    set_text(row, "feature", alert->feature);
    set_text(row, "title", feature ? feature->title : alert->feature);
    if (feature)
        set_words(row, "url", add_address, reader->mount, "/features/", feature->key);
    else
        set_null(row, "url");
    set_text(row, "limit", alert->limit);
    if (limit)
        set_words(row, "per", words_add_per, &limit->window);
    else
        set_null(row, "per");
    set_words(row, "threshold", words_add_number, alert->threshold_pct);
    set_words(row, "figures", add_figures, alert, feature);
    set_flag(row, "full", alert->used >= alert->amount);
    set_flag(row, "shared", alert->shared);
}

Value *view_alerts_page(const UsageReport *report, const Alerts *alerts, bool changed, const PageContext *context)
{
    Reader reader = reader_of_report(report, context);
    Value *page = value_new(), *rows = value_list(page);
    for (int i = 0; i < alerts->count; i++)
        add_alert(rows, &alerts->lines[i], &reader);
    set_value(page, "page", page_value(page, context, NULL, reader.zone, false));
    set_text(page, "zone", reader.zone);
    set_text(page, "organization", reader.organization);
    set_flag(page, "has_alerts", rows->first);
    set_value(page, "alerts", rows);
    set_flag(page, "changed", changed);
    set_thresholds(page, report, context);
    set_words(page, "usage_url", add_address, context->mount, "/", NULL);
    return page;
}

json_t *view_alerts(const UsageReport *report, const Alerts *alerts)
{
    json_t *list = json_array();
    for (int i = 0; i < alerts->count; i++) {
        const AlertLine *alert = &alerts->lines[i];
        json_t *object = json_object();
        json_object_set_new(object, "at", json_text_take(instant_text(alert->at)));
        json_object_set_new(object, "feature", json_text(alert->feature));
        json_object_set_new(object, "limit", json_text(alert->limit));
        json_object_set_new(object, "threshold", json_integer(alert->threshold_pct));
        json_object_set_new(object, "used", json_integer(alert->used));
        json_object_set_new(object, "amount", json_integer(alert->amount));
        json_object_set_new(object, "shared", json_boolean(alert->shared));
        json_array_append_new(list, object);
    }
    json_t *document = json_object();
    json_object_set_new(document, "subject", json_text(report->subject->key));
    json_object_set_new(document, "alerts", list);
    json_object_set_new(document, "thresholds", view_threshold_list(report));
    return document;
}
