/* The layout's values: site, navigation, who reads, and when the page was made. The list of pages in the
 * navigation is here; its words are in the layout. */
#include "view/view_page.h"
#include "view/view_parts.h"

typedef struct {
    const char *name; /* the layout has a word for it */
    const char *path;
    bool for_admins;
} NavPage;

static const NavPage nav_pages[] = {
    { "usage", "/", false },
};

json_t *text_or_null(char *text)
{
    g_autofree char *owned = text;
    return owned && *owned ? json_text(owned) : json_null();
}

char *page_address(const char *mount, const char *path, const char *argument)
{
    g_autofree char *escaped = g_uri_escape_string(argument ? argument : "", NULL, FALSE);
    return g_strconcat(mount ? mount : "", path, escaped, NULL);
}

json_t *back_value(const char *back)
{
    return back ? text_or_null(g_uri_escape_string(back, "!#$&'()*+,/:;=?@[]%", FALSE)) : json_null();
}

json_t *plan_value(const Plan *plan)
{
    if (!plan)
        return json_null();
    return json_pack("{s:s, s:s, s:s?}", "key", plan->key, "title", plan->title, "price", plan->price);
}

static json_t *nav_value(const PageContext *context)
{
    json_t *nav = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(nav_pages); i++) {
        const NavPage *page = &nav_pages[i];
        if (page->for_admins && !context->is_admin)
            continue;
        json_t *entry = json_object();
        json_object_set_new(entry, "url", text_or_null(page_address(context->mount, page->path, NULL)));
        json_object_set_new(entry, "current", json_boolean(g_strcmp0(context->path, page->path) == 0));
        json_object_set_new(entry, page->name, json_true());
        json_array_append_new(nav, entry);
    }
    return nav;
}

/* "12:05:20" and "-05:00" in the zone; the offset is left out where the name says it. */
static void clock_values(json_t *page, Instant now, const char *zone_name)
{
    GTimeZone *zone = zone_name ? zone_find(zone_name) : NULL;
    g_autoptr(GDateTime) utc = zone ? g_date_time_new_from_unix_utc(now / US_PER_S) : NULL;
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;
    g_autofree char *clock = local ? g_date_time_format(local, "%H:%M:%S") : NULL;
    g_autofree char *offset = local ? g_date_time_format(local, "%:z") : NULL;
    bool said = !offset || g_str_equal(zone_name, "UTC");

    json_object_set_new(page, "zone", local ? json_string(zone_name) : json_null());
    json_object_set_new(page, "updated", clock ? json_string(clock) : json_null());
    json_object_set_new(page, "offset", said ? json_null() : json_string(offset));
    json_object_set_new(page, "updated_at", text_or_null(instant_text(now)));
}

json_t *page_value(const PageContext *context, const char *title, const char *zone, bool live)
{
    json_t *page = json_object();
    json_object_set_new(page, "mount", json_text(context->mount ? context->mount : ""));
    json_object_set_new(page, "title", json_text(title));
    json_object_set_new(page, "site", json_text(context->policy ? context->policy->title : NULL));
    json_object_set_new(page, "version", json_string(WEBQUOTA_VERSION));
    json_object_set_new(page, "usage", json_boolean(g_strcmp0(context->path, "/") == 0));
    json_object_set_new(page, "live", json_boolean(live));
    json_object_set_new(page, "who", json_text(context->who));
    json_object_set_new(page, "signed_in", json_boolean(context->signed_in));
    json_object_set_new(page, "nav", nav_value(context));
    clock_values(page, context->now, zone);
    return page;
}

Reader reader_of_report(const UsageReport *report, const PageContext *context)
{
    const Subject *subject = report->subject;
    return (Reader){
        .policy = report->policy,
        .plan = subject->plan,
        .organization = subject->organization,
        .zone = subject->zone ? subject->zone : report->policy->zone,
        .mount = context->mount ? context->mount : "",
        .anonymous = subject->anonymous,
        .suspended = subject->suspended,
        .now = report->as_of,
        .lines = report->lines,
        .line_count = report->line_count,
    };
}

Reader reader_of_answer(const Answer *answer, const PageContext *context)
{
    const char *zone = answer->deciding >= 0 ? answer->lines[answer->deciding].usage.zone : NULL;
    return (Reader){
        .policy = answer->policy,
        .plan = answer->plan,
        .organization = answer->organization,
        .zone = zone ? zone : answer->policy->zone,
        .mount = context->mount ? context->mount : "",
        .anonymous = answer->anonymous,
        .suspended = answer->reason == REASON_SUSPENDED,
        .now = answer->at,
    };
}
