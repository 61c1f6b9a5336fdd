/* GET /api/v1/usage: where a subject stands. */
#include "view/put.h"
#include "view/view_parts.h"
#include "view/words_add.h"

#define LINE_BYTES 512 /* about; the text grows when it is more */

static void put_message(GString *out, const UsageReport *report, const UsageLine *line)
{
    const Subject *subject = report->subject;
    size_t began = put_words(out, "message");
    if (line->state == USAGE_NOT_INCLUDED)
        words_add_not_included(out, report->policy, subject->plan, line->feature, line->limit, subject->anonymous);
    else
        words_add_line(out, line, subject->plan, report->as_of);
    put_words_end(out, began);
}

static void put_usage_line(GString *out, const UsageReport *report, const UsageLine *line)
{
    put_begin_object(out);
    put_text(out, "limit", line->limit ? line->limit->key : NULL);
    put_text(out, "feature", line->feature->key);
    put_text(out, "title", line->feature->title);
    put_text(out, "unit", line->feature->unit);
    put_line(out, line, false);
    put_message(out, report, line);
    put_word(out, "source", source_word(line->source));
    put_end(out, '}');
}

GString *view_usage(const UsageReport *report)
{
    const Subject *subject = report->subject;
    GString *out = g_string_sized_new(LINE_BYTES * (gsize)(report->line_count + 1));
    put_begin_object(out);
    put_text(out, "subject", subject->key);
    put_object(out, "plan");
    put_text(out, "key", subject->plan->key);
    put_text(out, "title", subject->plan->title);
    put_end(out, '}');
    put_text(out, "organization", subject->organization);
    put_instant(out, "as_of", report->as_of);
    put_list(out, "limits");
    for (int i = 0; i < report->line_count; i++)
        put_usage_line(out, report, &report->lines[i]);
    put_end(out, ']');
    const char *zone = subject->zone ? subject->zone : report->policy->zone;
    put_coming(out, report->coming, &(Coming){report->coming_at, report->as_of, zone});
    put_end(out, '}');
    put_finish(out);
    return out;
}
