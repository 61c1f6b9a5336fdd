/* GET /admin/recommendations: limits that are too tight or never felt, and who would do better on another plan, each with where to try it. */
#include "domain/recommend.h"
#include "view/report.h"
#include "view/view_admin.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

typedef struct {
    const RecommendationsShown *shown;
    const PageContext *context;
    const Policy *policy;
} Told;

/* "/admin/what-if?limit=free/daily&amount=6&days=30" */
static void add_what_if(GString *out, const Told *told, const json_t *row)
{
    g_string_append_printf(out, "%s/admin/what-if?limit=%s/%s&amount=%" JSON_INTEGER_FORMAT "&days=%d", told->context->mount,
                           text_of(row, "plan"), text_of(row, "limit"), json_integer_value(json_object_get(row, "to_amount")), RECOMMEND_DAYS);
}

/* "/admin/what-if?try=1&days=30&subject=ada&plan=pro": what it would have come to, and from there to the change. */
static void add_what_if_plan(GString *out, const Told *told, const json_t *row)
{
    g_string_append_printf(out, "%s/admin/what-if?try=1&days=%d", told->context->mount, RECOMMEND_DAYS);
    add_address(out, "", "&subject=", text_of(row, "subject"));
    text_adds(out, "&plan=", text_of(row, "to_plan"));
}

/* Every column of the row as people read it. */
static void set_cells(Value *value, const Told *told, const json_t *row)
{
    for (const ReportColumn *column = report_recommendations.columns; column->name; column++) {
        if (!json_is_null(json_object_get(row, column->name)))
            report_add_cell(value_words(value), row, column, told->policy);
        else
            g_string_truncate(value_words(value), 0);
        value_set_words(value, value_key(column->name));
    }
}

/* The rows of a kind, each with where to try it or change it. */
static bool set_kind(Value *page, const Told *told, const char *kind)
{
    Value *list = value_set(page, value_key(kind), value_list(page));
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(told->shown->reports, report_recommendations.name), i, row) {
        if (strcmp(text_of(row, "kind"), kind) != 0)
            continue;
        Value *value = add_object(list);
        set_cells(value, told, row);
        if (text_of(row, "limit"))
            set_words(value, "url", add_what_if, told, row);
        else
            set_words(value, "url", add_what_if_plan, told, row);
        if (text_of(row, "subject"))
            set_words(value, "person_url", add_address, told->context->mount, "/admin/person?subject=", text_of(row, "subject"));
        else
            set_null(value, "person_url");
    }
    return list->first;
}

Value *view_recommendations(const RecommendationsShown *shown, const PageContext *context)
{
    Told told = {shown, context, context->policy};
    const json_t *about = json_object_get(shown->reports, "about");
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, NULL, text_of(about, "timezone"), false));
    set_words(page, "csv_url", add_address, context->mount, "/admin/reports/recommendations.csv", NULL);
    set_number(page, "days", RECOMMEND_DAYS);
    set_number(page, "share", RECOMMEND_REACHED_PCT);
    set_number(page, "stopped_days", RECOMMEND_STOPPED_DAYS);
    set_number(page, "looked_at", shown->looked_at);
    set_words(page, "counted_to", words_add_when, text_of(about, "counted_to"), text_of(about, "timezone"));
    set_flag(page, "stale", report_stale(about));
    set_words(page, "since", words_add_when, text_of(about, "uncounted_since"), text_of(about, "timezone"));
    bool raise = set_kind(page, &told, "raise"), lower = set_kind(page, &told, "lower");
    bool upgrade = set_kind(page, &told, "upgrade"), downgrade = set_kind(page, &told, "downgrade");
    set_flag(page, "has_raise", raise);
    set_flag(page, "has_lower", lower);
    set_flag(page, "has_upgrade", upgrade);
    set_flag(page, "has_downgrade", downgrade);
    set_flag(page, "any", raise || lower || upgrade || downgrade);
    return page;
}
