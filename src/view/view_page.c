/* The layout's values: site, which page of the navigation it is, who reads, and when the page was made. */
#include "view/view_page.h"

#include "base/text.h"
#include "view/words_add.h"

#define LOGIN_PATH "/login"

static bool is_for_admins(const PageContext *context)
{
    return context->path && g_str_has_prefix(context->path, "/admin");
}

void add_address(GString *out, const char *mount, const char *path, const char *argument)
{
    text_adds(out, mount ? mount : "", path);
    if (argument)
        g_string_append_uri_escaped(out, argument, NULL, FALSE);
}

void add_back(GString *out, const char *back)
{
    if (back)
        g_string_append_uri_escaped(out, back, "!#$&'()*+,/:;=?@[]%", FALSE);
}

void add_request(GString *out, const PageContext *context, const Feature *feature)
{
    if (context->signed_in && feature)
        add_address(out, context->mount, "/requests/new?feature=", feature->key);
}

void add_sign_in(GString *out, const PageContext *context)
{
    const char *mount = context->mount ? context->mount : "", *said = context->policy ? context->policy->sign_in_url : NULL;
    /* Whoever the web server signed in may need an account of ours all the same, on administrators' pages. */
    bool admins = is_for_admins(context);
    if (admins ? context->account != NULL : context->signed_in)
        return;
    bool ours = admins || (said && g_str_has_prefix(said, mount) && strcmp(said + strlen(mount), LOGIN_PATH) == 0);
    if (ours)
        add_address(out, mount, LOGIN_PATH, NULL);
    else if (said)
        text_add(out, said);
    if (ours && context->here) {
        text_add(out, "?next=");
        g_string_append_uri_escaped(out, context->here, "/", FALSE);
    }
}

#define DATE_LEN 10

/* "2026-12-07"? */
static bool begins_with_date(const char *text)
{
    static const char shape[] = "0000-00-00";
    for (size_t i = 0; i < DATE_LEN; i++)
        if (shape[i] == '-' ? text[i] != '-' : !g_ascii_isdigit(text[i]))
            return false;
    return true;
}

Value *dated_value(const Value *tree, const char *text)
{
    Value *parts = value_list(tree);
    const char *rest = text ? text : "";
    while (*rest) {
        size_t len = 0;
        while (rest[len] && !begins_with_date(rest + len))
            len++;
        bool date = rest[len] != '\0';
        Value *part = add_object(parts);
        set_text(part, "text", value_copy(tree, rest, len));
        set_text(part, "date", date ? value_copy(tree, rest + len, DATE_LEN) : NULL);
        rest += len + (date ? DATE_LEN : 0);
    }
    return parts;
}

Value *plan_value(const Value *tree, const Plan *plan)
{
    if (!plan)
        return value_blank(tree);
    Value *value = value_object(tree);
    set_text(value, "key", plan->key);
    set_text(value, "title", plan->title);
    set_text(value, "price", plan->price);
    return value;
}

/* "12:05:20" and "-05:00" in the zone; the offset is left out where the name says it. */
static void set_clock(Value *page, Instant now, const char *zone_name)
{
    bool known = zone_name && zone_find(zone_name);
    const Value *updated = known ? set_words(page, "updated", words_add_second, now, zone_name) : set_null(page, "updated");
    bool is_shown = !value_is_null(updated);
    set_text(page, "zone", is_shown ? zone_name : NULL);
    if (is_shown)
        set_words(page, "offset", words_add_offset, now, zone_name);
    else
        set_null(page, "offset");
    set_instant(page, "updated_at", now);
}

/* The page of administrators that the path belongs to; NULL: none of those that are listed. */
static const AdminPage *admin_page_of(const PageContext *context)
{
    const AdminPage *found = NULL;
    for (int i = 0; i < admin_page_count && context->path; i++) {
        size_t length = strlen(admin_pages[i].path);
        char next = strncmp(context->path, admin_pages[i].path, length) == 0 ? context->path[length] : 'x';
        if (next == '\0' || (next == '/' && i > 0 && (!found || length > strlen(found->path))))
            found = &admin_pages[i];
    }
    while (found && !found->name)
        found--;
    return found;
}

/* The way to administrators' pages; on these, to each of them that the reader may see. */
static void set_admin(Value *page, const PageContext *context)
{
    set_flag(page, "admin", true);
    if (!is_for_admins(context))
        return;
    const AdminPage *current = admin_page_of(context);
    Value *areas = set_object(page, "areas"), *list = set_list(areas, "pages");
    for (int i = 0; i < admin_page_count; i++) {
        const AdminPage *one = &admin_pages[i];
        if (!one->name || context->role < one->role)
            continue;
        Value *entry = add_object(list);
        set_text(entry, "path", one->path);
        set_text(entry, "name", one->name);
        set_flag(entry, "current", one == current);
    }
}

/* The page's own title, or that of its place in the navigation of administrators. */
static const char *title_of(const PageContext *context, const char *title)
{
    const AdminPage *admin = !title && is_for_admins(context) ? admin_page_of(context) : NULL;
    return admin ? admin->name : title;
}

Value *page_value(const Value *tree, const PageContext *context, const char *title, const char *zone, bool live)
{
    Value *page = value_object(tree);
    set_text(page, "mount", context->mount ? context->mount : "");
    set_text(page, "title", title_of(context, title));
    set_text(page, "site", context->policy ? context->policy->title : NULL);
    set_text(page, "version", WEBQUOTA_VERSION);
    /* Pages about no one thing have a title of the layout's, and are marked in its navigation. */
    set_flag(page, "usage", !title && g_strcmp0(context->path, "/") == 0);
    set_flag(page, "plans", !title && g_strcmp0(context->path, "/plans") == 0);
    set_flag(page, "history", g_strcmp0(context->path, "/history") == 0);
    set_flag(page, "alerts", !title && g_strcmp0(context->path, "/alerts") == 0);
    set_flag(page, "login", !title && g_strcmp0(context->path, LOGIN_PATH) == 0);
    set_flag(page, "code", !title && context->path && g_str_has_suffix(context->path, "/code"));
    set_flag(page, "logout", !title && g_strcmp0(context->path, "/logout") == 0);
    set_flag(page, "own_account", !title && g_strcmp0(context->path, "/account") == 0);
    set_flag(page, "requests", !title && g_strcmp0(context->path, "/requests") == 0);
    if (context->is_admin)
        set_admin(page, context);
    set_flag(page, "live", live);
    set_text(page, "support_url", context->policy ? context->policy->support_url : NULL);
    set_text(page, "who", context->who);
    set_flag(page, "signed_in", context->signed_in);
    set_words(page, "sign_in_url", add_sign_in, context);
    if (context->account)
        set_words(page, "sign_out_url", add_address, context->mount, "/logout", NULL);
    else
        set_null(page, "sign_out_url");
    if (context->account)
        set_words(page, "account_url", add_address, context->mount, "/account", NULL);
    else
        set_null(page, "account_url");
    if (context->form_token)
        set_text(page, "form_token", context->form_token);
    if (context->viewer) {
        set_flag(page, "viewed", true);
        set_words(page, "viewed_until", words_add_stamp_bare, context->viewing_until, context->policy->zone);
        set_text(page, "viewed_zone", context->policy->zone);
    }
    set_clock(page, context->now, zone);
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
        .own_zone = subject->zone,
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
        .zone = answer->zone ? answer->zone : zone ? zone : answer->policy->zone,
        .own_zone = answer->zone,
        .mount = context->mount ? context->mount : "",
        .anonymous = answer->anonymous,
        .suspended = answer->reason == REASON_SUSPENDED,
        .now = answer->at,
    };
}
