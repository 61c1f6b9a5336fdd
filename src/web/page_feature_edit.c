/* /admin/feature: a feature of the policy in a form. ?what=add: one more feature; remove: it goes. */
#include "policy/policy_diff.h"
#include "policy/policy_feature.h"
#include "policy/policy_list.h"
#include "say/say.h"
#include "web/handlers.h"
#include "web/policy_form.h"

enum { FEATURE = POLICY_COMMON, KEY, OPTIONS, FIELDS = OPTIONS + FEATURE_OPTIONS };
#define OPTION(option, name, max) [OPTIONS + (option)] = {name, INPUT_TEXT, false, 1, max}
static const InputField fields[FIELDS] = {
    POLICY_COMMON_FIELDS,
    [FEATURE] = {"feature", INPUT_TEXT, false, 1, 64},
    [KEY] = {"key", INPUT_TEXT, false, 1, 64},
    OPTION(FEATURE_TITLE, "title", 200),
    OPTION(FEATURE_UNIT, "unit", 200),
    OPTION(FEATURE_UNITS, "units", 200),
    OPTION(FEATURE_ABOUT, "about", 2000),
    OPTION(FEATURE_PARENT, "parent", 64),
    [OPTIONS + FEATURE_RESOURCES] = {"resources", INPUT_LINES, false, 1, 4000},
    OPTION(FEATURE_UNIT_COST, "unit_cost", 20),
    OPTION(FEATURE_ONE_PLACE, "one_place", 16),
};

static bool is(const PolicyForm *form, const char *what)
{
    return g_strcmp0(form->shown[POLICY_WHAT].typed, what) == 0;
}

static bool choose(Call *call, PolicyForm *form)
{
    const FormShown *what = &form->shown[POLICY_WHAT], *feature = &form->shown[FEATURE];
    form->shows_at_once = is(form, "remove");
    if (what->mistake != FORM_GOOD || (what->typed && !is(form, "add") && !is(form, "remove"))) {
        call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
        return false;
    }
    form->feature = NULL;
    if (is(form, "add"))
        return true;
    form->feature = feature->typed && feature->mistake == FORM_GOOD ? policy_feature(call->policy, feature->typed) : NULL;
    return policy_form_found(call, feature, form->feature, SAY_NO_SUCH("feature"), SAY_MISSING("feature"));
}

/* As the form shows it: of a list a line for each. */
static char *written(const Policy *policy, const Feature *feature, FeatureOption option)
{
    g_autofree char *text = feature_written(policy, feature->key, option);
    return text && feature_option_is_list(option) ? policy_list_lines(text) : g_steal_pointer(&text);
}

static bool fill(const Call *call, PolicyForm *form)
{
    for (FeatureOption option = 0; form->feature && !form->shows_at_once && option < FEATURE_OPTIONS; option++)
        policy_form_fill(form->shown, FIELDS, form->sent, feature_option_name(option), written(call->policy, form->feature, option),
                         feature_option_default(option));
    return true;
}

static const char *key_of(const PolicyForm *form)
{
    const char *key = form->shown[KEY].typed;
    return key ? key : "";
}

static Policy *next(const Policy *policy, const PolicyForm *form, GPtrArray *mistakes)
{
    FeatureWish wish;
    g_autofree char *resources = NULL;
    if (is(form, "remove"))
        return policy_without_feature(policy, form->feature, mistakes);
    for (FeatureOption option = 0; option < FEATURE_OPTIONS; option++)
        wish.of[option] = policy_form_wish(form->shown, FIELDS, form->sent, feature_option_name(option));
    const char *lines = wish.of[FEATURE_RESOURCES];
    if (lines && *lines)
        wish.of[FEATURE_RESOURCES] = resources = policy_list_of_lines(lines);
    return is(form, "add") ? policy_with_new_feature(policy, key_of(form), &wish, mistakes)
                           : policy_with_feature(policy, form->feature, &wish, mistakes);
}

static char *where(const Call *call, const PolicyForm *form)
{
    (void) call;
    return g_strdup_printf("feature %s", is(form, "add") ? key_of(form) : form->feature->key);
}

static Value *view(const Call *call, const PolicyForm *form, const PageContext *context)
{
    const FeatureEditShown shown = {.policy = call->policy, .feature = form->feature, .removes = form->shows_at_once, .conflict = form->conflict,
                                    .wrong = (const char *const *) form->wrong, .diff = {form->diff, policy_change_text},
                                    .shown = form->shown, .shown_count = FIELDS};
    return view_feature_edit(&shown, context);
}

static const PolicyFormKind kind = {.fields = fields, .count = FIELDS, .page = "feature_edit", .choose = choose, .fill = fill, .next = next,
                                    .where = where, .view = view};

void page_feature_edit(Call *call)
{
    policy_form_open(call, &kind);
}

void page_feature_edit_send(Call *call)
{
    policy_form_send(call, &kind);
}
