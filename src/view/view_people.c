/* GET /admin/people: those that were looked for. */
#include "view/view_admin.h"
#include "view/view_page.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* "/admin/people?q=a&after=b" */
static void add_next(GString *out, const PeopleShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->list);
    if (!shown->more || !count)
        return;
    add_address(out, mount, "/admin/people?q=", shown->q);
    add_address(out, "", "&after=", text_of(json_array_get(shown->list, count - 1), "subject"));
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
    set_words(page, "next", add_next, shown, context->mount);
    return page;
}
