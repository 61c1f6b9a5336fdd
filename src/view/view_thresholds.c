/* At which shares of their limits people are told. */
#include "view/view_thresholds.h"

#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

/* Is it a limit of one's own use on the feature, which may be used up? */
static bool is_own(const UsageLine *line, const Feature *feature)
{
    return line->feature == feature && line->limit && line->limit->scope == SCOPE_SUBJECT && line->amount > 0;
}

/* The tightest of them; NULL: none. */
static const UsageLine *own_line(const UsageReport *report, const Feature *feature)
{
    for (int i = 0; i < report->line_count; i++)
        if (is_own(&report->lines[i], feature))
            return &report->lines[i];
    return NULL;
}

bool thresholds_apply(const UsageReport *report, const Feature *feature)
{
    return own_line(report, feature) != NULL;
}

static int notice_of(const Thresholds *own)
{
    return own ? own->warn_at[0] : NOTICE_FROM_PERCENT;
}

static int warning_of(const Thresholds *own)
{
    return own ? own->warn_at[1] : WARNING_FROM_PERCENT;
}

static bool same_alerts(const Limit *a, const Limit *b, const Subject *subject)
{
    int count, other_count;
    const int *warn_at = limit_warn_at(a, subject, &count), *other = limit_warn_at(b, subject, &other_count);
    return count == other_count && memcmp(warn_at, other, sizeof(*warn_at) * (size_t)count) == 0;
}

/* Limits on one feature may each have their own: then every one is told with its window. */
static void add_alert_at(GString *out, const UsageReport *report, const Feature *feature)
{
    const Limit *first = own_line(report, feature)->limit;
    bool same = true;
    for (int i = 0; i < report->line_count; i++)
        same = same && (!is_own(&report->lines[i], feature) || same_alerts(report->lines[i].limit, first, report->subject));
    for (int i = 0; i < report->line_count; i++) {
        const Limit *limit = report->lines[i].limit;
        int count;
        if (!is_own(&report->lines[i], feature) || (same && limit != first))
            continue;
        const int *warn_at = limit_warn_at(limit, report->subject, &count);
        words_add_alert_at(out, warn_at, count, same ? NULL : &limit->window);
    }
}

void set_thresholds(Value *page, const UsageReport *report, const PageContext *context)
{
    Value *rows = set_list(page, "thresholds");
    for (int i = 0; i < report->policy->feature_count; i++) {
        const Feature *feature = &report->policy->features[i];
        const Thresholds *own = subject_thresholds(report->subject, i);
        if (!own_line(report, feature))
            continue;
        Value *row = add_object(rows);
        set_text(row, "feature", feature->key);
        set_text(row, "title", feature->title);
        set_words(row, "alert_at", add_alert_at, report, feature);
        set_words(row, "notice", words_add_number, (int64_t)notice_of(own));
        set_words(row, "warning", words_add_number, (int64_t)warning_of(own));
        set_flag(row, "own", own != NULL);
        if (context->signed_in)
            set_words(row, "url", add_address, context->mount, "/alerts/change?feature=", feature->key);
        else
            set_null(row, "url");
    }
    set_flag(page, "has_thresholds", rows->first);
}

json_t *view_threshold_list(const UsageReport *report)
{
    json_t *list = json_array();
    for (int i = 0; i < report->policy->feature_count; i++) {
        const UsageLine *line = own_line(report, &report->policy->features[i]);
        const Thresholds *own = subject_thresholds(report->subject, i);
        int count;
        if (!line)
            continue;
        const int *warn_at = limit_warn_at(line->limit, report->subject, &count);
        json_t *percents = json_array();
        for (int j = 0; j < count; j++)
            json_array_append_new(percents, json_integer(warn_at[j]));
        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:o, s:b}", "feature", report->policy->features[i].key, "notice",
                                              notice_of(own), "warning", warning_of(own), "warn_at", percents, "own", own != NULL));
    }
    return list;
}

Value *view_threshold_form(const ThresholdForm *form, const PageContext *context)
{
    const Thresholds *own = subject_thresholds(form->report->subject, form->feature->index);
    Value *page = value_new();
    const char *zone = reader_of_report(form->report, context).zone;
    set_value(page, "page", page_value(page, context, form->feature->title, zone, false));
    set_text(page, "title", form->feature->title);
    set_text(page, "feature", form->feature->key);
    set_words(page, "action", add_address, context->mount, "/alerts/change", NULL);
    set_words(page, "alerts_url", add_address, context->mount, "/alerts", NULL);
    set_flag(page, "open", context->signed_in && thresholds_apply(form->report, form->feature));
    set_flag(page, "anonymous", !context->signed_in);
    set_flag(page, "own", own != NULL);
    set_words(page, "notice", words_add_number, (int64_t)notice_of(own));
    set_words(page, "warning", words_add_number, (int64_t)warning_of(own));
    set_value(page, "form", form_value(page, form->shown, form->shown_count));
    return page;
}
