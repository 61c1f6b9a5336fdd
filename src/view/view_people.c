/* GET /admin/people: those that were looked for. */
#include "view/view_admin.h"
#include "view/view_page.h"
#include "view/view_parts.h"

static void add_parameter(GString *out, char *mark, const char *name, const char *value)
{
    if (!value)
        return;
    g_string_append_printf(out, "%c%s=", *mark, name);
    g_string_append_uri_escaped(out, value, NULL, FALSE);
    *mark = '&';
}

void sought_add(GString *out, const PeopleSought *sought, char *mark, const char *plan_name)
{
    add_parameter(out, mark, "q", sought->q);
    add_parameter(out, mark, "filter", sought->filter);
    add_parameter(out, mark, "near", sought->near);
    add_parameter(out, mark, plan_name, sought->plan);
    add_parameter(out, mark, "organization", sought->organization);
    add_parameter(out, mark, "key", sought->key);
}

/* "/admin/people?filter=near&plan=free": those, from `after` on; NULL: from the first. */
static void add_sought(GString *out, const PeopleSought *sought, const char *mount, const char *after)
{
    char mark = '?';
    add_address(out, mount, "/admin/people", NULL);
    sought_add(out, sought, &mark, "plan");
    add_parameter(out, &mark, "after", after);
}

/* A filter to choose, beside what is asked for already: the flag of its name tells the template which it is. */
static void add_filter(Value *list, const PeopleShown *shown, const PageContext *context, const char *filter)
{
    Value *choice = add_object(list);
    PeopleSought sought = shown->sought;
    sought.filter = filter;
    sought.near = g_strcmp0(filter, "near") == 0 ? shown->sought.near : NULL;
    set_words(choice, "url", add_sought, &sought, context->mount, NULL);
    set_flag(choice, "current", g_strcmp0(shown->sought.filter, filter) == 0);
    set_flag(choice, "all", !filter);
    set_flag(choice, "near", g_strcmp0(filter, "near") == 0);
    set_flag(choice, "stopped", g_strcmp0(filter, "stopped") == 0);
    set_flag(choice, "override", g_strcmp0(filter, "override") == 0);
    set_flag(choice, "suspended", g_strcmp0(filter, "suspended") == 0);
}

/* NULL: any plan. */
static void add_plan(Value *list, const PeopleShown *shown, const PageContext *context, const Plan *plan)
{
    Value *choice = add_object(list);
    PeopleSought sought = shown->sought;
    sought.plan = plan ? plan->key : NULL;
    set_words(choice, "url", add_sought, &sought, context->mount, NULL);
    set_flag(choice, "current", g_strcmp0(shown->sought.plan, sought.plan) == 0);
    set_text(choice, "title", plan ? plan->title : NULL);
}

static void set_choices(Value *page, const PeopleShown *shown, const PageContext *context)
{
    static const char *const filters[] = {NULL, "near", "stopped", "override", "suspended"};
    Value *list = set_list(page, "filters"), *plans;
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
        add_filter(list, shown, context, filters[i]);
    plans = set_list(page, "plans");
    add_plan(plans, shown, context, NULL);
    for (int i = 0; i < context->policy->plan_count; i++)
        add_plan(plans, shown, context, &context->policy->plans[i]);
}

static void add_next(GString *out, const PeopleShown *shown, const char *mount)
{
    if (shown->next)
        add_sought(out, &shown->sought, mount, shown->next);
}

/* "/admin/bulk/new?what=bonus&filter=near" */
static void add_bulk(GString *out, const PeopleShown *shown, const char *mount, const char *what)
{
    char mark = '&';
    add_address(out, mount, "/admin/bulk/new?what=", what);
    sought_add(out, &shown->sought, &mark, "on_plan");
}

static void set_bulk(Value *page, const PeopleShown *shown, const char *mount)
{
    static const char *const kinds[] = {"bonus", "override", "plan", "reset", "suspend", "restore"};
    if (!shown->may_change || (!json_array_size(shown->list) && !shown->next)) {
        set_null(page, "bulk");
        return;
    }
    Value *bulk = set_object(page, "bulk");
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        add_bulk(value_words(bulk), shown, mount, kinds[i]);
        value_set_words(bulk, value_key(kinds[i]));
    }
}

Value *view_people(const PeopleShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const PeopleSought *sought = &shown->sought;
    size_t i;
    json_t *person;
    set_value(page, "page", page_value(page, context, NULL, NULL, false));
    set_words(page, "action", add_address, context->mount, "/admin/people", NULL);
    set_text(page, "q", sought->q);
    set_text(page, "filter", sought->filter);
    set_text(page, "near_from", sought->near);
    set_text(page, "of_plan", sought->plan);
    set_text(page, "in_organization", sought->organization);
    set_text(page, "api_key", sought->key);
    set_flag(page, "narrowed", sought->organization || sought->key);
    Value *list = set_list(page, "people");
    json_array_foreach((json_t *) shown->list, i, person) {
        Value *row = add_object(list);
        set_text(row, "subject", text_of(person, "subject"));
        set_words(row, "url", add_address, context->mount, "/admin/person?subject=", text_of(person, "subject"));
        set_text(row, "plan", text_of(json_object_get(person, "plan"), "title"));
        set_text(row, "organization", text_of(person, "organization"));
        set_text(row, "email", text_of(person, "email"));
        set_flag(row, "suspended", json_is_true(json_object_get(person, "suspended")));
    }
    set_flag(page, "any", i > 0);
    set_flag(page, "filtered", sought->filter || sought->plan || sought->organization || sought->key);
    set_choices(page, shown, context);
    set_bulk(page, shown, context->mount);
    set_flag(page, "may_change", shown->may_change);
    set_words(page, "bulks", add_address, context->mount, "/admin/bulks", NULL);
    set_words(page, "next", add_next, shown, context->mount);
    return page;
}
