/* GET /admin/organizations, /admin/organization and /admin/organization/change: who shares what. */
#include "view/view_admin.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

static void add_next(GString *out, const OrganizationsShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->list);
    if (!shown->more || !count)
        return;
    add_address(out, mount, "/admin/organizations?q=", shown->q);
    add_address(out, "", "&after=", text_of(json_array_get(shown->list, count - 1), "organization"));
}

Value *view_organizations(const OrganizationsShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone;
    size_t i;
    json_t *organization;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/organizations", NULL);
    set_text(page, "q", *shown->q ? shown->q : NULL);
    set_text(page, "zone", zone);
    Value *list = set_list(page, "organizations");
    json_array_foreach((json_t *) shown->list, i, organization) {
        Value *row = add_object(list);
        int64_t members = json_integer_value(json_object_get(organization, "members"));
        set_text(row, "organization", text_of(organization, "organization"));
        set_words(row, "url", add_address, context->mount, "/admin/organization?organization=", text_of(organization, "organization"));
        set_words(row, "members", words_add_number, MIN(members, shown->counted));
        set_flag(row, "many", members > shown->counted);
        set_words(row, "since", words_add_when, text_of(organization, "created_at"), zone);
    }
    set_flag(page, "any", i > 0);
    set_words(page, "next", add_next, shown, context->mount);
    return page;
}

/* --- one of them --- */

/* "/admin/organization/change?what=override&organization=gym", then &feature=, &limit= and &id=, where given; nothing for those who may
 * not. */
static void add_change(GString *out, const OrganizationShown *shown, const char *mount, const char *what, const char *feature,
                       const char *limit, const char *id)
{
    if (!shown->may_change)
        return;
    add_address(out, mount, "/admin/organization/change?what=", what);
    add_address(out, "", "&organization=", shown->organization);
    if (feature)
        add_address(out, "", "&feature=", feature);
    if (limit)
        add_address(out, "", "&limit=", limit);
    if (id)
        add_address(out, "", "&id=", id);
}

static bool is_pool(const UsageLine *line)
{
    return line->limit && line->limit->scope == SCOPE_ORGANIZATION;
}

static void set_pool(Value *page, const OrganizationShown *shown, const PageContext *context)
{
    Value *pool = set_list(page, "pool");
    for (int i = 0; shown->report && i < shown->report->line_count; i++) {
        const UsageLine *line = &shown->report->lines[i];
        if (!is_pool(line))
            continue;
        Value *row = add_object(pool);
        set_text(row, "feature", line->feature->title);
        set_text(row, "limit", line->limit->key);
        set_words(row, "used", words_add_used, line);
        set_words(row, "left", words_add_left, line, shown->report->as_of);
        set_words(row, "resets", words_add_resets, line, shown->report->as_of);
        set_flag(row, "overridden", line->source & SOURCE_OVERRIDE);
        set_words(row, "override_url", add_change, shown, context->mount, "override", line->feature->key, line->limit->key, NULL);
        set_words(row, "bonus_url", add_change, shown, context->mount, "bonus", line->feature->key, NULL, NULL);
    }
    set_flag(page, "has_pool", pool->first);
}

static const char *title_of(const PageContext *context, const char *key)
{
    const Feature *feature = key ? policy_feature(context->policy, key) : NULL;
    return feature ? feature->title : key;
}

static void add_amount(GString *out, const json_t *object)
{
    json_t *amount = json_object_get(object, "amount"), *multiplier = json_object_get(object, "multiplier");
    if (json_is_integer(amount))
        words_add_number(out, json_integer_value(amount));
    else if (json_is_number(multiplier))
        g_string_append_printf(out, "× %.9g", json_number_value(multiplier));
}

static void add_made(Value *rows, const json_t *list, const OrganizationShown *shown, const PageContext *context, const char *undo)
{
    size_t i;
    json_t *made;
    json_array_foreach((json_t *) list, i, made) {
        Value *row = add_object(rows);
        set_flag(row, "bonus", strcmp(undo, "bonus-remove") == 0);
        set_text(row, "feature", title_of(context, text_of(made, "feature")));
        set_text(row, "limit", text_of(made, "limit"));
        set_words(row, "amount", add_amount, made);
        set_words(row, "until", words_add_when, text_of(made, "expires_at"), context->policy->zone);
        set_words(row, "since", words_add_when, text_of(made, "created_at"), context->policy->zone);
        set_text(row, "author", text_of(made, "author"));
        set_text(row, "reason", text_of(made, "reason"));
        set_words(row, "remove_url", add_change, shown, context->mount, undo, text_of(made, "feature"), NULL, text_of(made, "id"));
    }
}

/* "12 calls, 3 uploads": what somebody used, the most first. */
static void add_used(GString *out, const json_t *used, const Policy *policy)
{
    const char *key;
    json_t *units;
    json_object_foreach((json_t *) used, key, units) {
        const Feature *feature = policy_feature(policy, key);
        if (!feature)
            continue;
        if (out->len)
            text_add(out, ", ");
        words_add_units(out, feature, (int64_t) json_number_value(units));
    }
}

/* What a member may use of their own: {feature, gives, overridden, grace}; limits that the policy does not have any more are passed over. */
static void set_caps(Value *row, const json_t *member, const Policy *policy)
{
    const char *key = text_of(json_object_get(member, "plan"), "key");
    const Plan *plan = key ? policy_plan(policy, key) : NULL;
    Value *caps = set_list(row, "caps");
    size_t i;
    json_t *cap;
    json_array_foreach(json_object_get(member, "caps"), i, cap) {
        const Limit *limit = NULL;
        for (int l = 0; plan && l < plan->limit_count; l++)
            if (strcmp(plan->limits[l].key, text_of(cap, "limit")) == 0)
                limit = &plan->limits[l];
        if (!limit)
            continue;
        Limit own = *limit;
        own.plan_amount = json_is_null(json_object_get(cap, "amount")) ? AMOUNT_UNLIMITED : json_integer_value(json_object_get(cap, "amount"));
        Value *one = add_object(caps);
        set_text(one, "feature", policy->features[limit->feature].title);
        set_words(one, "gives", words_add_plan_limit, &own);
        set_flag(one, "overridden", strcmp(text_of(cap, "source"), "override") == 0);
        set_flag(one, "grace", strcmp(text_of(cap, "source"), "grace") == 0);
    }
    set_flag(row, "has_caps", caps->first);
}

static void set_members(Value *page, const OrganizationShown *shown, const PageContext *context)
{
    size_t i;
    json_t *member;
    Value *members = set_list(page, "members");
    json_array_foreach((json_t *) shown->members, i, member) {
        Value *row = add_object(members);
        set_text(row, "subject", text_of(member, "subject"));
        set_words(row, "url", add_address, context->mount, "/admin/person?subject=", text_of(member, "subject"));
        set_text(row, "plan", text_of(json_object_get(member, "plan"), "title"));
        set_text(row, "email", text_of(member, "email"));
        set_flag(row, "suspended", json_is_true(json_object_get(member, "suspended")));
        set_words(row, "used", add_used, json_object_get(member, "used"), context->policy);
        set_caps(row, member, context->policy);
    }
    set_flag(page, "has_members", i > 0);
}

static void add_members_next(GString *out, const OrganizationShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->members);
    if (!shown->more || !count)
        return;
    add_address(out, mount, "/admin/organization?organization=", shown->organization);
    g_string_append_printf(out, "&after=%" JSON_INTEGER_FORMAT,
                           json_integer_value(json_object_get(json_array_get(shown->members, count - 1), "member")));
}

/* NULL: nothing is filled in. */
static void add_owner_change(GString *out, const OrganizationShown *shown, const char *mount, const char *owner)
{
    add_address(out, mount, "/admin/organization/change?what=owner&organization=", shown->organization);
    if (owner)
        add_address(out, "", "&owner=", owner);
}

static void set_owner(Value *page, const OrganizationShown *shown, const PageContext *context)
{
    set_text(page, "owner", shown->owner);
    if (shown->owner)
        set_words(page, "owner_url", add_address, context->mount, "/admin/person?subject=", shown->owner);
    else
        set_null(page, "owner_url");
    set_words(page, "owner_change_url", add_owner_change, shown, context->mount, NULL);
}

/* What undoes what was done a moment ago: a change like any other, which is seen before it is made. */
static void add_undo(GString *out, const OrganizationShown *shown, const char *mount)
{
    static const char *const undoes[][2] = {{"override", "override-remove"}, {"override-remove", "override-restore"},
        {"override-restore", "override-remove"}, {"bonus", "bonus-remove"}, {"bonus-remove", "bonus-restore"}, {"bonus-restore", "bonus-remove"}};
    if (!shown->may_change || !shown->done)
        return;
    if (strcmp(shown->done, "owner") == 0)
        add_owner_change(out, shown, mount, shown->was ? shown->was : "");
    for (size_t i = 0; shown->was && i < G_N_ELEMENTS(undoes); i++)
        if (strcmp(shown->done, undoes[i][0]) == 0)
            add_change(out, shown, mount, undoes[i][1], NULL, NULL, shown->was);
}

Value *view_organization(const OrganizationShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone;
    set_value(page, "page", page_value(page, context, shown->organization, zone, false));
    set_text(page, "organization", shown->organization);
    set_text(page, "zone", zone);
    set_words(page, "list_url", add_address, context->mount, "/admin/organizations", NULL);
    set_words(page, "audit_url", add_address, context->mount, "/admin/audit?organization=", shown->organization);
    set_text(page, "done", shown->done);
    set_owner(page, shown, context);
    set_words(page, "undo_url", add_undo, shown, context->mount);
    set_text(page, "seen_by_plan", shown->report && shown->report->subject->plan ? shown->report->subject->plan->title : NULL);
    set_pool(page, shown, context);
    Value *made = set_list(page, "made");
    add_made(made, shown->overrides, shown, context, "override-remove");
    add_made(made, shown->grants, shown, context, "bonus-remove");
    set_flag(page, "has_made", made->first);
    set_members(page, shown, context);
    set_words(page, "next", add_members_next, shown, context->mount);
    set_flag(page, "may_change", shown->may_change);
    return page;
}

json_t *view_organization_json(const OrganizationShown *shown)
{
    return json_pack("{s:s, s:s?, s:s?, s:o, s:O, s:O, s:O, s:b}", "organization", shown->organization, "owner", shown->owner, "created_at",
                     shown->created_at, "usage",
                     shown->report ? view_value(view_usage(shown->report)) : json_null(), "overrides", shown->overrides, "grants",
                     shown->grants, "members", shown->members, "more", shown->more);
}

/* --- a change to it --- */

Value *view_organization_change(const OrganizationChangeShown *shown, const PageContext *context)
{
    static const char *const hidden[] = {"what", "organization", "feature", "limit", "id", "seen", "confirm", NULL};
    Value *page = value_new();
    form_set_hidden(page, shown->shown, shown->shown_count, hidden);
    set_value(page, "page", page_value(page, context, shown->organization, context->policy->zone, false));
    set_text(page, "organization", shown->organization);
    set_text(page, "what", shown->what);
    set_flag(page, "override", strcmp(shown->what, "override") == 0);
    set_flag(page, "override-remove", strcmp(shown->what, "override-remove") == 0);
    set_flag(page, "override-restore", strcmp(shown->what, "override-restore") == 0);
    set_flag(page, "bonus", strcmp(shown->what, "bonus") == 0);
    set_flag(page, "bonus-restore", strcmp(shown->what, "bonus-restore") == 0);
    set_flag(page, "bonus-remove", strcmp(shown->what, "bonus-remove") == 0);
    set_flag(page, "of_owner", strcmp(shown->what, "owner") == 0);
    set_text(page, "owner_now", shown->owner);
    const char *next = form_shown_of(shown->shown, shown->shown_count, "owner");
    set_text(page, "owner_next", next && *next ? next : NULL);
    set_flag(page, "removes", g_str_has_suffix(shown->what, "-remove") || g_str_has_suffix(shown->what, "-restore"));
    set_text(page, "feature", shown->feature ? shown->feature->title : NULL);
    set_text(page, "units", shown->feature ? shown->feature->units : NULL);
    set_text(page, "limit", form_shown_of(shown->shown, shown->shown_count, "limit"));
    set_words(page, "action", add_address, context->mount, "/admin/organization/change", NULL);
    set_words(page, "back_url", add_address, context->mount, "/admin/organization?organization=", shown->organization);
    set_flag(page, "preview", shown->preview);
    set_flag(page, "stale", shown->stale);
    if (shown->before)
        set_compared(page, shown->before, shown->after);
    else
        set_flag(page, "has_rows", false);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    return page;
}
