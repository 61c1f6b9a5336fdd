/* What somebody has before and after a change: the rows that compare.html shows. */
#include "view/view_page.h"
#include "view/words_add.h"

/* Every limit on the feature: "2 of 2 calls used today · Nothing left", one behind the other; nothing where the plan lacks it. */
static void add_standing(GString *out, const UsageReport *report, const Feature *feature)
{
    for (int i = 0; i < report->line_count; i++) {
        const UsageLine *line = &report->lines[i];
        if (line->feature != feature || !line->limit)
            continue;
        if (out->len)
            text_add(out, "; ");
        words_add_used(out, line);
        text_add(out, " · ");
        words_add_left(out, line, report->as_of);
    }
}

void set_compared(Value *page, const UsageReport *before, const UsageReport *after)
{
    Value *rows = set_list(page, "rows");
    for (int i = 0; after && i < before->policy->feature_count; i++) {
        const Feature *feature = &before->policy->features[i];
        g_autoptr(GString) was = g_string_new(NULL), becomes = g_string_new(NULL);
        add_standing(was, before, feature);
        add_standing(becomes, after, feature);
        if (g_string_equal(was, becomes))
            continue;
        Value *row = add_object(rows);
        set_text(row, "feature", feature->title);
        set_copy(row, "before", was->str);
        set_copy(row, "after", becomes->str);
    }
    set_flag(page, "has_rows", rows->first);
}
