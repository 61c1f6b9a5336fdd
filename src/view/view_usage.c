/* GET /api/v1/usage: where a subject stands. */
#include "view/view_parts.h"

#include "view/words.h"

static char *line_message(const UsageReport *report, const UsageLine *line)
{
    const Subject *subject = report->subject;
    if (line->state == USAGE_NOT_INCLUDED)
        return words_not_included(report->policy, subject->plan, line->feature, line->limit, subject->anonymous);
    return words_line(line, subject->plan, report->as_of);
}

static json_t *usage_line_json(const UsageReport *report, const UsageLine *line)
{
    json_t *object = json_object();
    json_object_set_new(object, "limit", json_text(line->limit ? line->limit->key : NULL));
    json_object_set_new(object, "feature", json_text(line->feature->key));
    json_object_set_new(object, "title", json_text(line->feature->title));
    json_object_set_new(object, "unit", json_text(line->feature->unit));
    json_add_line(object, line, line_message(report, line));
    return object;
}

json_t *view_usage(const UsageReport *report)
{
    const Subject *subject = report->subject;
    json_t *plan = json_object();
    json_object_set_new(plan, "key", json_text(subject->plan->key));
    json_object_set_new(plan, "title", json_text(subject->plan->title));
    json_t *limits = json_array();
    for (int i = 0; i < report->line_count; i++)
        json_array_append_new(limits, usage_line_json(report, &report->lines[i]));

    json_t *usage = json_object();
    json_object_set_new(usage, "subject", json_text(subject->key));
    json_object_set_new(usage, "plan", plan);
    json_object_set_new(usage, "organization", json_text(subject->organization));
    json_object_set_new(usage, "as_of", json_instant(report->as_of));
    json_object_set_new(usage, "limits", limits);
    return usage;
}
