/* /admin/route: a route of the policy in a form, by its number. ?what=add: one more, behind all others or before one of them; remove: it goes. */
#include "base/parse.h"
#include "policy/policy_diff.h"
#include "policy/policy_list.h"
#include "policy/policy_route.h"
#include "say/say.h"
#include "web/handlers.h"
#include "web/policy_form.h"

#define NUMBER_MAX 1000

enum { ROUTE = POLICY_COMMON, POSITION, OPTIONS, FIELDS = OPTIONS + ROUTE_OPTIONS };
#define OPTION(option, name, max) [OPTIONS + (option)] = {name, INPUT_TEXT, false, 1, max}
static const InputField fields[FIELDS] = {
    POLICY_COMMON_FIELDS,
    [ROUTE] = {"route", INPUT_WHOLE, false, 1, NUMBER_MAX},
    [POSITION] = {"position", INPUT_WHOLE, false, 1, NUMBER_MAX},
    OPTION(ROUTE_METHOD, "method", 32),
    OPTION(ROUTE_PATH, "path", 1000),
    [OPTIONS + ROUTE_QUERY] = {"query", INPUT_LINES, false, 1, 4000},
    OPTION(ROUTE_FEATURE, "feature", 64),
    OPTION(ROUTE_RESOURCE_QUERY, "resource_query", 255),
    OPTION(ROUTE_RESOURCE_SEGMENT, "resource_segment", 255),
    OPTION(ROUTE_UNITS, "units", 20),
    OPTION(ROUTE_CHARGE, "charge", 16),
};

static bool is(const PolicyForm *form, const char *what)
{
    return g_strcmp0(form->shown[POLICY_WHAT].typed, what) == 0;
}

/* The number that a field has; 0: none. */
static int number_of(const FormShown *field)
{
    int64_t number = 0;
    return field->typed && parse_whole(field->typed, 1, NUMBER_MAX, &number) ? (int) number : 0;
}

static bool choose(Call *call, PolicyForm *form)
{
    const FormShown *what = &form->shown[POLICY_WHAT], *route = &form->shown[ROUTE];
    form->shows_at_once = is(form, "remove");
    if (what->mistake != FORM_GOOD || (what->typed && !is(form, "add") && !is(form, "remove"))) {
        call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
        return false;
    }
    if (is(form, "add"))
        return true;
    form->route = number_of(route);
    bool found = route->mistake == FORM_GOOD && form->route >= 1 && form->route <= call->policy->route_count;
    return policy_form_found(call, route, found, SAY_NO_SUCH("route"), SAY_MISSING("route"));
}

/* As the form shows it: of a list a line for each. */
static char *written(const Policy *policy, int route, RouteOption option)
{
    g_autofree char *text = route_written(policy, route, option);
    return text && route_option_is_list(option) ? policy_list_lines(text) : g_steal_pointer(&text);
}

static bool fill(const Call *call, PolicyForm *form)
{
    for (RouteOption option = 0; form->route && !form->shows_at_once && option < ROUTE_OPTIONS; option++)
        policy_form_fill(form->shown, FIELDS, form->sent, route_option_name(option), written(call->policy, form->route, option),
                         route_option_default(option));
    return true;
}

static Policy *next(const Policy *policy, const PolicyForm *form, GPtrArray *mistakes)
{
    RouteWish wish;
    g_autofree char *query = NULL;
    if (is(form, "remove"))
        return policy_without_route(policy, form->route, mistakes);
    for (RouteOption option = 0; option < ROUTE_OPTIONS; option++)
        wish.of[option] = policy_form_wish(form->shown, FIELDS, form->sent, route_option_name(option));
    const char *lines = wish.of[ROUTE_QUERY];
    if (lines && *lines)
        wish.of[ROUTE_QUERY] = query = policy_list_of_lines(lines);
    return is(form, "add") ? policy_with_new_route(policy, number_of(&form->shown[POSITION]), &wish, mistakes)
                           : policy_with_route(policy, form->route, &wish, mistakes);
}

/* A new one that comes behind all others has mistakes at the number that it would get. */
static char *where(const Call *call, const PolicyForm *form)
{
    int last = call->policy->route_count + 1, position = number_of(&form->shown[POSITION]);
    return g_strdup_printf("route %d", !is(form, "add") ? form->route : position ? MIN(position, last) : last);
}

static Value *view(const Call *call, const PolicyForm *form, const PageContext *context)
{
    const RouteEditShown shown = {.policy = call->policy, .route = form->route, .removes = form->shows_at_once, .conflict = form->conflict,
                                  .wrong = (const char *const *) form->wrong, .diff = {form->diff, policy_change_text},
                                  .shown = form->shown, .shown_count = FIELDS};
    return view_route_edit(&shown, context);
}

static const PolicyFormKind kind = {.fields = fields, .count = FIELDS, .page = "route_edit", .choose = choose, .fill = fill, .next = next,
                                    .where = where, .view = view};

void page_route_edit(Call *call)
{
    policy_form_open(call, &kind);
}

void page_route_edit_send(Call *call)
{
    policy_form_send(call, &kind);
}
