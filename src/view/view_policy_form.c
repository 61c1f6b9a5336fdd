/* The forms that change the policy: one limit, one plan, one grant of a plan, its settings. */
#include "view/view_admin_policy.h"
#include "view/view_page.h"
#include "view/words_add.h"

/* Every field as it was sent, but for what each sending has anew: `kept`, of {name, value}. */
static void set_kept(Value *page, const FormShown *shown, int count)
{
    static const char *const anew[] = {"version", "confirm", NULL};
    Value *list = set_list(page, "kept");
    for (int i = 0; i < count; i++) {
        if (g_strv_contains(anew, shown[i].name))
            continue;
        Value *one = add_object(list);
        set_text(one, "name", shown[i].name);
        set_text(one, "value", shown[i].typed);
    }
}

/* What all of them have. */
static void set_form(Value *page, const Policy *policy, const DiffShown *diff, const FormShown *shown, int count)
{
    set_number(page, "version", policy->version);
    set_diff(page, diff);
    set_kept(page, shown, count);
    set_value(page, "form", form_value(page, shown, count));
}

static bool has_changes(const DiffShown *diff)
{
    return json_array_size(json_object_get(diff->changes, "changes")) > 0;
}

/* {value, title, chosen} for each feature but one (NULL: for all), and for what was typed. */
static void set_features(Value *page, const Policy *policy, const Feature *but, const char *typed)
{
    Value *list = set_list(page, "features");
    for (int i = 0; i < policy->feature_count; i++) {
        if (&policy->features[i] == but)
            continue;
        Value *one = add_object(list);
        set_text(one, "value", policy->features[i].key);
        set_text(one, "title", policy->features[i].title);
        set_flag(one, "chosen", g_strcmp0(typed, policy->features[i].key) == 0);
    }
    form_add_typed(list, "value", "title", typed);
}

static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

static void set_limit_more(Value *page, const LimitEditShown *shown)
{
    static const char *const exceeds[] = {"block", "queue", "allow"};
    static const char *const fails[] = {"closed", "open"};
    static const char *const fairs[] = {"none", "account"};
    const FormShown *fields = shown->shown;
    int count = shown->shown_count;
    set_features(page, shown->policy, NULL, form_shown_of(fields, count, "feature"));
    set_words_of(page, KEY("exceeds"), form_shown_of(fields, count, "on_exceed"), exceeds, G_N_ELEMENTS(exceeds));
    set_words_of(page, KEY("fails"), form_shown_of(fields, count, "fail"), fails, G_N_ELEMENTS(fails));
    set_words_of(page, KEY("fairs"), form_shown_of(fields, count, "fair"), fairs, G_N_ELEMENTS(fairs));
    set_words_of(page, KEY("week_days"), form_shown_of(fields, count, "week_starts"), days, G_N_ELEMENTS(days));
}

Value *view_limit_edit(const LimitEditShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const Limit *limit = shown->limit;
    bool is_new = g_strcmp0(shown->what, "add") == 0, is_remove = g_strcmp0(shown->what, "remove") == 0;
    const char *mode = form_shown_of(shown->shown, shown->shown_count, "mode");
    const char *key = limit ? limit->key : form_shown_of(shown->shown, shown->shown_count, "key");
    set_value(page, "page", page_value(page, context, key, shown->policy->zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/limit", NULL);
    set_words(page, "back_url", add_address, context->mount, "/admin/plans", NULL);
    set_words(page, "what_if_url", add_address, context->mount, "/admin/what-if", NULL);
    set_text(page, "what", shown->what);
    set_taken(page, "which", limit ? g_strconcat(shown->plan->key, "/", limit->key, NULL) : NULL);
    set_text(page, "plan", shown->plan->title);
    set_text(page, "plan_key", shown->plan->key);
    set_text(page, "limit", key);
    set_text(page, "feature", limit ? shown->policy->features[limit->feature].title : NULL);
    if (limit)
        set_words(page, "gives", words_add_plan_limit, limit);
    else
        set_null(page, "gives");
    set_text(page, "home", shown->home);
    set_flag(page, "is_remove", is_remove);
    set_flag(page, "quick", shown->quick);
    set_flag(page, "to_off", g_strcmp0(mode, "off") == 0);
    set_flag(page, "to_shadow", g_strcmp0(mode, "shadow") == 0);
    set_flag(page, "to_enforce", g_strcmp0(mode, "enforce") == 0);
    set_flag(page, "conflict", shown->conflict);
    set_wrong(page, shown->wrong);
    set_limit_choices(page, shown->shown, shown->shown_count, is_new);
    set_limit_more(page, shown);
    set_form(page, shown->policy, &shown->diff, shown->shown, shown->shown_count);
    bool confirms = !is_remove && !shown->quick && has_changes(&shown->diff);
    set_flag(page, "confirms", confirms);
    set_flag(page, "asks", !confirms && !is_remove && !shown->quick);
    return page;
}

/* {value, title, chosen} for each plan but one (NULL: for all), and for what was typed. */
static void set_plans(Value *page, ValueKey key, const Policy *policy, const Plan *but, const char *typed)
{
    Value *list = value_set(page, key, value_list(page));
    for (int i = 0; i < policy->plan_count; i++) {
        const Plan *plan = &policy->plans[i];
        if (plan == but)
            continue;
        Value *one = add_object(list);
        set_text(one, "value", plan->key);
        set_text(one, "title", plan->title);
        set_flag(one, "chosen", g_strcmp0(typed, plan->key) == 0);
    }
    form_add_typed(list, "value", "title", typed);
}

/* The same for a flag, which is "no" where nothing is written. */
static void set_yes_no(Value *page, ValueKey key, const char *typed)
{
    Value *list = value_set(page, key, value_list(page)), *no = add_object(list), *yes = add_object(list);
    set_text(no, "value", "");
    set_text(no, "title", "no");
    set_flag(no, "chosen", false);
    set_text(yes, "value", "yes");
    set_text(yes, "title", "yes");
    set_flag(yes, "chosen", g_strcmp0(typed, "yes") == 0);
    form_add_typed(list, "value", "title", g_strcmp0(typed, "no") == 0 ? NULL : typed);
}

Value *view_plan_edit(const PlanEditShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const Plan *plan = shown->plan;
    const FormShown *fields = shown->shown;
    int count = shown->shown_count;
    const char *key = plan ? plan->key : form_shown_of(fields, count, "key");
    set_value(page, "page", page_value(page, context, key, shown->policy->zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/plan", NULL);
    set_words(page, "back_url", add_address, context->mount, "/admin/plans", NULL);
    set_flag(page, "is_new", !plan);
    set_text(page, "plan_key", key);
    set_text(page, "plan", plan ? plan->title : key);
    set_flag(page, "conflict", shown->conflict);
    set_wrong(page, shown->wrong);
    set_plans(page, KEY("upgrades"), shown->policy, plan, form_shown_of(fields, count, "upgrade"));
    set_plans(page, KEY("parents"), shown->policy, plan, form_shown_of(fields, count, "inherits"));
    set_yes_no(page, KEY("unlimiteds"), form_shown_of(fields, count, "unlimited"));
    set_yes_no(page, KEY("grace_unlimiteds"), form_shown_of(fields, count, "grace_unlimited"));
    set_form(page, shown->policy, &shown->diff, fields, count);
    bool confirms = !shown->removes && has_changes(&shown->diff);
    set_flag(page, "is_remove", shown->removes);
    set_flag(page, "refused", shown->removes && shown->wrong);
    set_flag(page, "confirms", confirms);
    set_flag(page, "asks", !confirms && !shown->removes);
    return page;
}

Value *view_plan_grant(const PlanGrantShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const PlanGrant *grant = shown->grant;
    const FormShown *fields = shown->shown;
    int count = shown->shown_count;
    bool is_remove = g_strcmp0(shown->what, "remove") == 0;
    const char *key = grant ? grant->key : form_shown_of(fields, count, "key");
    set_value(page, "page", page_value(page, context, key, shown->policy->zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/plan-grant", NULL);
    set_words(page, "back_url", add_address, context->mount, "/admin/plans", NULL);
    set_text(page, "what", shown->what);
    set_taken(page, "which", grant ? g_strconcat(shown->plan->key, "/", grant->key, NULL) : NULL);
    set_text(page, "plan", shown->plan->title);
    set_text(page, "plan_key", shown->plan->key);
    set_text(page, "grant", key);
    set_text(page, "feature", grant ? shown->policy->features[grant->feature].title : NULL);
    if (grant)
        set_words(page, "gives", words_add_plan_grant, grant);
    else
        set_null(page, "gives");
    set_text(page, "home", shown->home);
    set_flag(page, "is_new", !grant);
    set_flag(page, "is_remove", is_remove);
    set_flag(page, "conflict", shown->conflict);
    set_wrong(page, shown->wrong);
    set_features(page, shown->policy, NULL, form_shown_of(fields, count, "feature"));
    set_form(page, shown->policy, &shown->diff, fields, count);
    bool confirms = !is_remove && has_changes(&shown->diff);
    set_flag(page, "confirms", confirms);
    set_flag(page, "asks", !confirms && !is_remove);
    return page;
}

Value *view_feature_edit(const FeatureEditShown *shown, const PageContext *context)
{
    static const char *const places[] = {"feature", "resource"};
    Value *page = value_new();
    const Feature *feature = shown->feature;
    const FormShown *fields = shown->shown;
    int count = shown->shown_count;
    const char *key = feature ? feature->key : form_shown_of(fields, count, "key");
    set_value(page, "page", page_value(page, context, key, shown->policy->zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/feature", NULL);
    set_words(page, "back_url", add_address, context->mount, "/admin/plans", NULL);
    set_flag(page, "is_new", !feature);
    set_text(page, "feature_key", key);
    set_text(page, "feature", feature ? feature->title : key);
    set_text(page, "currency", shown->policy->currency);
    set_flag(page, "conflict", shown->conflict);
    set_wrong(page, shown->wrong);
    set_features(page, shown->policy, feature, form_shown_of(fields, count, "parent"));
    set_words_of(page, KEY("one_places"), form_shown_of(fields, count, "one_place"), places, G_N_ELEMENTS(places));
    set_form(page, shown->policy, &shown->diff, fields, count);
    bool confirms = !shown->removes && has_changes(&shown->diff);
    set_flag(page, "is_remove", shown->removes);
    set_flag(page, "refused", shown->removes && shown->wrong);
    set_flag(page, "confirms", confirms);
    set_flag(page, "asks", !confirms && !shown->removes);
    return page;
}

Value *view_route_edit(const RouteEditShown *shown, const PageContext *context)
{
    static const char *const charges[] = {"admit", "success", "commit", "check"};
    Value *page = value_new();
    const Route *route = shown->route ? &shown->policy->routes[shown->route - 1] : NULL;
    const FormShown *fields = shown->shown;
    int count = shown->shown_count;
    const char *path = route ? route->path : form_shown_of(fields, count, "path");
    set_value(page, "page", page_value(page, context, path, shown->policy->zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/route", NULL);
    set_words(page, "back_url", add_address, context->mount, "/admin/plans", NULL);
    set_flag(page, "is_new", !route);
    set_number(page, "number", shown->route);
    set_number(page, "last", shown->policy->route_count);
    set_text(page, "method", route ? route->method : NULL);
    set_text(page, "path", path);
    set_flag(page, "conflict", shown->conflict);
    set_wrong(page, shown->wrong);
    set_features(page, shown->policy, NULL, form_shown_of(fields, count, "feature"));
    set_words_of(page, KEY("charges"), form_shown_of(fields, count, "charge"), charges, G_N_ELEMENTS(charges));
    set_form(page, shown->policy, &shown->diff, fields, count);
    bool confirms = !shown->removes && has_changes(&shown->diff);
    set_flag(page, "is_remove", shown->removes);
    set_flag(page, "refused", shown->removes && shown->wrong);
    set_flag(page, "confirms", confirms);
    set_flag(page, "asks", !confirms && !shown->removes);
    return page;
}

Value *view_settings_edit(const SettingsShown *shown, const PageContext *context)
{
    static const char *const answers[] = {"redirect", "page"};
    static const char *const totps[] = {"optional", "required"};
    Value *page = value_new();
    const FormShown *fields = shown->shown;
    int count = shown->shown_count;
    set_value(page, "page", page_value(page, context, NULL, shown->policy->zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/settings", NULL);
    set_words(page, "back_url", add_address, context->mount, "/admin/plans", NULL);
    set_flag(page, "conflict", shown->conflict);
    set_wrong(page, shown->wrong);
    set_plans(page, KEY("plans"), shown->policy, NULL, form_shown_of(fields, count, "default_plan"));
    set_plans(page, KEY("visitors"), shown->policy, NULL, form_shown_of(fields, count, "anonymous_plan"));
    set_words_of(page, KEY("week_days"), form_shown_of(fields, count, "week_starts"), days, G_N_ELEMENTS(days));
    set_words_of(page, KEY("queue_answers"), form_shown_of(fields, count, "queue_answer"), answers, G_N_ELEMENTS(answers));
    set_words_of(page, KEY("totps"), form_shown_of(fields, count, "totp"), totps, G_N_ELEMENTS(totps));
    set_yes_no(page, KEY("grace_unlimiteds"), form_shown_of(fields, count, "grace_unlimited"));
    set_form(page, shown->policy, &shown->diff, fields, count);
    set_flag(page, "confirms", has_changes(&shown->diff));
    return page;
}
