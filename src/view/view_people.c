/* GET /admin/people: those that were looked for. */
#include "view/view_admin.h"
#include "view/view_page.h"
#include "view/view_parts.h"

/* "/admin/people?filter=plan&plan=free"; without a filter, all. */
static void add_filter(GString *out, const char *mount, const char *filter, const char *plan)
{
    add_address(out, mount, "/admin/people", NULL);
    if (filter)
        add_address(out, "", "?filter=", filter);
    if (plan)
        add_address(out, "", "&plan=", plan);
}

/* A filter to choose: the flag of its name tells the template which it is. */
static void add_choice(Value *list, const PeopleShown *shown, const PageContext *context, const char *filter, const Plan *plan)
{
    Value *choice = add_object(list);
    const char *key = plan ? plan->key : NULL;
    set_words(choice, "url", add_filter, context->mount, filter, key);
    set_flag(choice, "current", g_strcmp0(shown->filter, filter) == 0 && g_strcmp0(shown->plan, key) == 0);
    set_text(choice, "title", plan ? plan->title : NULL);
    set_flag(choice, "all", !filter);
    set_flag(choice, "near", g_strcmp0(filter, "near") == 0);
    set_flag(choice, "stopped", g_strcmp0(filter, "stopped") == 0);
    set_flag(choice, "override", g_strcmp0(filter, "override") == 0);
    set_flag(choice, "suspended", g_strcmp0(filter, "suspended") == 0);
}

static void set_choices(Value *page, const PeopleShown *shown, const PageContext *context)
{
    static const char *const filters[] = {NULL, "near", "stopped", "override", "suspended"};
    Value *list = set_list(page, "filters");
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
        add_choice(list, shown, context, filters[i], NULL);
    for (int i = 0; i < context->policy->plan_count; i++)
        add_choice(list, shown, context, "plan", &context->policy->plans[i]);
}

/* "/admin/people?q=a&after=b" */
static void add_next(GString *out, const PeopleShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->list);
    if (!shown->more || !count)
        return;
    if (shown->filter)
        add_filter(out, mount, shown->filter, shown->plan);
    else
        add_address(out, mount, "/admin/people?q=", shown->q);
    add_address(out, "", "&after=", text_of(json_array_get(shown->list, count - 1), "subject"));
}

/* "/admin/bulk/new?what=bonus&filter=near" */
static void add_bulk(GString *out, const PeopleShown *shown, const char *mount, const char *what)
{
    add_address(out, mount, "/admin/bulk/new?what=", what);
    if (shown->filter)
        add_address(out, "", "&filter=", shown->filter);
    else if (*shown->q)
        add_address(out, "", "&q=", shown->q);
    if (shown->plan)
        add_address(out, "", "&on_plan=", shown->plan);
}

static void set_bulk(Value *page, const PeopleShown *shown, const char *mount)
{
    static const char *const kinds[] = {"bonus", "override", "plan", "reset", "suspend", "restore"};
    if (!shown->may_change) {
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
    size_t i;
    json_t *person;
    set_value(page, "page", page_value(page, context, NULL, NULL, false));
    set_words(page, "action", add_address, context->mount, "/admin/people", NULL);
    set_text(page, "q", *shown->q ? shown->q : NULL);
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
    set_flag(page, "filtered", shown->filter != NULL);
    set_choices(page, shown, context);
    set_bulk(page, shown, context->mount);
    set_words(page, "next", add_next, shown, context->mount);
    return page;
}
