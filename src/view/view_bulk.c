/* GET and POST /admin/bulk/new: one change to many people at once, before it is made; GET /admin/bulk: how far it is. */
#include "view/view_bulk.h"

#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

/* The flag of its name tells the templates what it is; NULL: nothing that is known here. */
static void set_what(Value *page, const char *what)
{
    static const char *const kinds[] = {"bonus", "override", "suspend", "restore", "reset"};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        value_set_flag(page, value_key(kinds[i]), g_strcmp0(what, kinds[i]) == 0);
    set_flag(page, "plan_change", g_strcmp0(what, "plan") == 0);
    set_flag(page, "undo", g_strcmp0(what, "undo") == 0);
    set_flag(page, "unknown", !what);
}

/* --- whom it is about, for bulk_who.html --- */

/* One thing that is so of them; `more`: others were said before it. Each has all names, as they are looked for further out otherwise. */
static void add_part(Value *parts, bool *more, const char *name, const char *text)
{
    static const char *const texts[] = {"begins", "on_plan", "member_of", "by_key"};
    static const char *const flags[] = {"near", "stopped", "overridden", "is_suspended"};
    Value *part = add_object(parts);
    set_flag(part, "more", *more);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        value_set_text(part, value_key(texts[i]), strcmp(name, texts[i]) == 0 ? text : NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        value_set_flag(part, value_key(flags[i]), strcmp(name, flags[i]) == 0);
    *more = true;
}

/* Its word, as the flag of a part. */
static const char *flag_of(const char *filter)
{
    return strcmp(filter, "override") == 0 ? "overridden" : strcmp(filter, "suspended") == 0 ? "is_suspended" : filter;
}

static void set_who(Value *page, const PeopleSought *sought, const PageContext *context)
{
    const Plan *plan = sought->plan ? policy_plan(context->policy, sought->plan) : NULL;
    Value *who = set_object(page, "who"), *parts = set_list(who, "parts");
    bool more = false;
    if (sought->q && *sought->q)
        add_part(parts, &more, "begins", sought->q);
    if (sought->filter)
        add_part(parts, &more, flag_of(sought->filter), NULL);
    if (sought->plan)
        add_part(parts, &more, "on_plan", plan ? plan->title : sought->plan);
    if (sought->organization)
        add_part(parts, &more, "member_of", sought->organization);
    if (sought->key)
        add_part(parts, &more, "by_key", sought->key);
    set_text(who, "near_from", sought->near);
    set_flag(who, "everybody", !more);
    set_flag(who, "by_text", sought->q && *sought->q);
}

/* The same as the form carries it, as it was written. */
static void set_carried(Value *page, const PeopleSought *sought)
{
    Value *carried = set_object(page, "sought");
    set_text(carried, "q", sought->q);
    set_text(carried, "filter", sought->filter);
    set_text(carried, "near", sought->near);
    set_text(carried, "on_plan", sought->plan);
    set_text(carried, "organization", sought->organization);
    set_text(carried, "key", sought->key);
}

static void add_list_address(GString *out, const BulkNewShown *shown, const char *mount)
{
    char mark = '?';
    add_address(out, mount, "/admin/people", NULL);
    sought_add(out, &shown->sought, &mark, "plan");
}

static void set_choices(Value *page, const BulkNewShown *shown, const Policy *policy)
{
    const char *feature = form_shown_of(shown->shown, shown->shown_count, "feature");
    const char *plan = form_shown_of(shown->shown, shown->shown_count, "plan");
    Value *features = set_list(page, "features"), *plans = set_list(page, "plans");
    for (int i = 0; i < policy->feature_count; i++) {
        Value *one = add_object(features);
        set_text(one, "key", policy->features[i].key);
        set_text(one, "title", policy->features[i].title);
        set_flag(one, "chosen", g_strcmp0(feature, policy->features[i].key) == 0);
    }
    form_add_typed(features, "key", "title", feature);
    for (int i = 0; i < policy->plan_count; i++) {
        Value *one = add_object(plans);
        set_text(one, "key", policy->plans[i].key);
        set_text(one, "title", policy->plans[i].title);
        set_flag(one, "chosen", g_strcmp0(plan, policy->plans[i].key) == 0);
    }
    form_add_typed(plans, "key", "title", plan);
}

/* What is to be made of each, by the titles that people know. */
static void set_said(Value *page, const char *feature_key, const char *plan_key, const Policy *policy)
{
    const Feature *feature = feature_key ? policy_feature(policy, feature_key) : NULL;
    const Plan *plan = plan_key ? policy_plan(policy, plan_key) : NULL;
    set_text(page, "feature", feature ? feature->title : feature_key);
    set_text(page, "plan", plan ? plan->title : plan_key);
}

static void set_first(Value *page, const BulkNewShown *shown, const PageContext *context)
{
    Value *list = set_list(page, "first");
    size_t i;
    json_t *person;
    json_array_foreach((json_t *) shown->first, i, person) {
        Value *row = add_object(list);
        set_text(row, "subject", text_of(person, "subject"));
        set_words(row, "url", add_address, context->mount, "/admin/person?subject=", text_of(person, "subject"));
        set_text(row, "plan", text_of(json_object_get(person, "plan"), "title"));
        set_text(row, "organization", text_of(person, "organization"));
        set_flag(row, "suspended", json_is_true(json_object_get(person, "suspended")));
    }
    if (shown->people > (int) i)
        set_words(page, "others", words_add_people, shown->people - (int64_t) i);
    else
        set_null(page, "others");
}

Value *view_bulk_new(const BulkNewShown *shown, const PageContext *context)
{
    static const char *const hidden[] = {"what", "limit", "then", "people", "seen", "once", "confirm", NULL};
    Value *page = value_new();
    const char *kind = form_shown_of(shown->shown, shown->shown_count, "kind");
    form_set_hidden(page, shown->shown, shown->shown_count, hidden);
    bool ends = strcmp(shown->what, "bonus") == 0 || strcmp(shown->what, "override") == 0 || strcmp(shown->what, "plan") == 0;
    set_value(page, "page", page_value(page, context, NULL, NULL, false));
    set_text(page, "what", shown->what);
    set_what(page, shown->what);
    set_who(page, &shown->sought, context);
    set_carried(page, &shown->sought);
    set_words(page, "list_url", add_list_address, shown, context->mount);
    set_words(page, "action", add_address, context->mount, "/admin/bulk/new", NULL);
    set_flag(page, "preview", shown->preview);
    set_flag(page, "stale", shown->stale);
    set_words(page, "people", words_add_people, (int64_t) shown->people);
    set_flag(page, "any", shown->people > 0);
    set_flag(page, "counts", shown->changed >= 0);
    if (shown->changed >= 0)
        set_words(page, "changed", words_add_number, shown->changed);
    else
        set_null(page, "changed");
    set_flag(page, "featured", strcmp(shown->what, "bonus") == 0 || strcmp(shown->what, "override") == 0 || strcmp(shown->what, "reset") == 0);
    set_flag(page, "counted", strcmp(shown->what, "bonus") == 0 || strcmp(shown->what, "override") == 0);
    set_flag(page, "dated", ends);
    set_flag(page, "by_multiplier", g_strcmp0(kind, "multiplier") == 0);
    set_flag(page, "by_unlimited", g_strcmp0(kind, "unlimited") == 0);
    set_flag(page, "by_amount", !kind || (strcmp(kind, "multiplier") != 0 && strcmp(kind, "unlimited") != 0));
    set_choices(page, shown, context->policy);
    set_said(page, form_shown_of(shown->shown, shown->shown_count, "feature"), form_shown_of(shown->shown, shown->shown_count, "plan"),
             context->policy);
    set_first(page, shown, context);
    set_flag(page, "many", true);
    set_flag(page, "move", false);
    set_flag(page, "refund", false);
    set_flag(page, "helps", false);
    set_null(page, "units");
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    set_value(page, "ends", form_field_value(page, shown->shown, shown->shown_count, "expires_at"));
    return page;
}

/* --- how far it is --- */

static int64_t number_of(const json_t *bulk, const char *name)
{
    return json_integer_value(json_object_get(bulk, name));
}

/* "20", "× 1.5"; nothing: unlimited. */
static void add_amount(GString *out, const json_t *bulk)
{
    const json_t *amount = json_object_get(bulk, "amount"), *multiplier = json_object_get(bulk, "multiplier");
    if (json_is_integer(amount))
        words_add_number(out, json_integer_value(amount));
    else if (json_is_number(multiplier))
        g_string_append_printf(out, "× %g", json_number_value(multiplier));
}

static void set_failures(Value *page, const json_t *bulk, const PageContext *context)
{
    Value *list = set_list(page, "failures");
    size_t i;
    json_t *failure;
    json_array_foreach(json_object_get(bulk, "failures"), i, failure) {
        Value *row = add_object(list);
        set_text(row, "subject", text_of(failure, "subject"));
        set_words(row, "url", add_address, context->mount, "/admin/person?subject=", text_of(failure, "subject"));
        set_text(row, "why", text_of(failure, "why"));
    }
    set_flag(page, "any_failure", i > 0);
    set_flag(page, "more_failures", number_of(bulk, "failed") > (int64_t) i);
}

static void set_sought(Value *page, const json_t *bulk, const PageContext *context)
{
    const char *filter = text_of(bulk, "filter");
    const json_t *near = json_object_get(bulk, "near");
    const PeopleSought sought = {
        .q = text_of(bulk, "q"),
        .filter = g_strcmp0(filter, "plan") == 0 ? NULL : filter,
        .plan = text_of(bulk, "on_plan"),
        .organization = text_of(bulk, "organization"),
        .key = text_of(bulk, "key"),
        .near = json_is_integer(near) ? words_of(page, words_add_number, json_integer_value(near)) : NULL,
    };
    set_who(page, &sought, context);
}

/* Nothing where there is none. */
static void add_bulk(GString *out, const char *mount, const char *path, const char *id)
{
    if (id)
        add_address(out, mount, path, id);
}

/* What its own page and the list say of one. */
static void set_bulk(Value *page, const json_t *bulk, const PageContext *context)
{
    const char *zone = context->policy->zone, *state = text_of(bulk, "state");
    bool known = !json_is_false(json_object_get(bulk, "known"));
    set_what(page, known ? text_of(bulk, "what") : NULL);
    set_text(page, "word", known ? NULL : text_of(bulk, "what"));
    set_sought(page, bulk, context);
    set_words(page, "people", words_add_people, number_of(bulk, "people"));
    set_words(page, "done", words_add_number, number_of(bulk, "done"));
    set_words(page, "failed", words_add_number, number_of(bulk, "failed"));
    set_flag(page, "any_failed", number_of(bulk, "failed") > 0);
    set_words(page, "left", words_add_number, number_of(bulk, "left"));
    set_flag(page, "any_left", number_of(bulk, "left") > 0);
    set_flag(page, "running", g_strcmp0(state, "running") == 0);
    set_flag(page, "passed_over", g_strcmp0(state, "running") == 0 && !known);
    set_flag(page, "stopped", g_strcmp0(state, "stopped") == 0);
    set_text(page, "why", text_of(bulk, "reason"));
    set_text(page, "actor", text_of(bulk, "actor"));
    set_words(page, "created", words_add_when, text_of(bulk, "created_at"), zone);
    set_words(page, "url", add_address, context->mount, "/admin/bulk?id=", text_of(bulk, "bulk"));
    set_text(page, "undoes", text_of(bulk, "undoes"));
    set_words(page, "undoes_url", add_bulk, context->mount, "/admin/bulk?id=", text_of(bulk, "undoes"));
    set_words(page, "undone_url", add_bulk, context->mount, "/admin/bulk?id=", text_of(bulk, "undone_by"));
}

/* Is there something of it that could be? */
static bool may_be_undone(const json_t *bulk)
{
    static const char *const kinds[] = {"bonus", "override", "plan", "suspend", "restore", "reset"};
    bool undoable = false;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        undoable |= g_strcmp0(text_of(bulk, "what"), kinds[i]) == 0;
    return undoable && g_strcmp0(text_of(bulk, "state"), "running") != 0 && number_of(bulk, "done") > 0;
}

Value *view_bulk(const BulkShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const json_t *bulk = shown->bulk;
    const char *zone = context->policy->zone;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_text(page, "id", text_of(bulk, "bulk"));
    set_bulk(page, bulk, context);
    set_said(page, text_of(bulk, "feature"), text_of(bulk, "plan"), context->policy);
    set_words(page, "amount", add_amount, bulk);
    set_words(page, "until", words_add_when, text_of(bulk, "expires_at"), zone);
    set_number(page, "all", number_of(bulk, "people"));
    set_number(page, "over", number_of(bulk, "people") - number_of(bulk, "left"));
    set_text(page, "stopped_by", text_of(bulk, "stopped_by"));
    set_words(page, "ended", words_add_when, text_of(bulk, "ended_at"), zone);
    set_text(page, "zone", zone);
    set_failures(page, bulk, context);
    set_words(page, "list_url", add_address, context->mount, "/admin/bulks", NULL);
    set_words(page, "action", add_address, context->mount, "/admin/bulk", NULL);
    set_words(page, "undo_url", add_bulk, context->mount, "/admin/bulk/undo?id=", may_be_undone(bulk) ? text_of(bulk, "bulk") : NULL);
    return page;
}

/* --- before it is undone --- */

static void set_impossible(Value *page, const json_t *looked)
{
    Value *list = set_list(page, "impossible");
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(looked, "impossible"), i, one) {
        Value *row = add_object(list);
        set_words(row, "people", words_add_people, number_of(one, "people"));
        set_text(row, "why", text_of(one, "why"));
    }
    set_flag(page, "any_impossible", i > 0);
}

Value *view_bulk_undo(const BulkUndoShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const json_t *looked = shown->looked;
    const char *id = text_of(looked, "undoes");
    set_value(page, "page", page_value(page, context, NULL, NULL, false));
    set_what(page, text_of(looked, "what"));
    set_text(page, "id", id);
    set_words(page, "bulk_url", add_address, context->mount, "/admin/bulk?id=", id);
    set_words(page, "action", add_address, context->mount, "/admin/bulk/undo", NULL);
    set_words(page, "people", words_add_people, number_of(looked, "people"));
    set_words(page, "possible", words_add_people, number_of(looked, "possible"));
    set_number(page, "count", number_of(looked, "possible"));
    set_flag(page, "any", number_of(looked, "possible") > 0);
    set_impossible(page, looked);
    set_flag(page, "stale", shown->stale);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    return page;
}

/* --- all of them --- */

static void add_older(GString *out, const BulksShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->list);
    if (shown->more && count)
        add_address(out, mount, "/admin/bulks?before=", text_of(json_array_get(shown->list, count - 1), "bulk"));
}

Value *view_bulks(const BulksShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone;
    size_t i;
    json_t *bulk;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_text(page, "zone", zone);
    set_words(page, "people_url", add_address, context->mount, "/admin/people", NULL);
    Value *list = set_list(page, "bulks");
    json_array_foreach((json_t *) shown->list, i, bulk)
        set_bulk(add_object(list), bulk, context);
    set_flag(page, "any", i > 0);
    set_words(page, "older", add_older, shown, context->mount);
    return page;
}
