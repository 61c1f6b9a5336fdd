/* Fuzzes changes of a policy's text: the text, a line "----", then plan, limit, option and value, a line each. A change stands where it
 * was put, is read as it was said, and leaves the rest as it was. */
#include "fuzz.h"

#include "base/parse.h"
#include "policy/policy_diff.h"
#include "policy/policy_edit.h"
#include "policy/policy_list.h"
#include "policy/policy_load.h"

#define BETWEEN "\n----\n"

static Policy *read_policy(const char *text)
{
    g_autofree char *why = NULL;
    Policy *policy = policy_load(text, "p", &why);
    HOLDS((policy != NULL) == (why == NULL));
    return policy;
}

static void check_same(const Policy *policy, const char *text)
{
    g_autoptr(Policy) again = read_policy(text);
    HOLDS(again);
    json_t *diff = policy_diff(policy, again);
    HOLDS(json_array_size(json_object_get(diff, "changes")) == 0);
    json_decref(diff);
}

/* What is written already is the same when it is written again. */
static void check_again(const Policy *policy, const PolicyPlace *place, const char *name)
{
    bool is_list = strcmp(name, "warn_at") == 0 || strcmp(name, "resources") == 0 || strcmp(name, "administrators") == 0;
    g_autofree char *value = policy_written(policy->text, place, name);
    if (!value)
        return;
    g_autofree char *text = policy_edit(policy->text, place, &(PolicyEdit){name, value, is_list}, 1);
    HOLDS(text);
    check_same(policy, text);
}

static void check_edit(const Policy *policy, const PolicyPlace *place, const PolicyEdit *edit)
{
    g_autofree char *before = policy_written(policy->text, place, edit->name);
    g_autofree char *text = policy_edit(policy->text, place, edit, 1);
    HOLDS((text != NULL) == policy_has(policy->text, place));
    if (!text)
        return;
    g_autofree char *after = policy_written(text, place, edit->name);
    HOLDS(edit->is_list || g_strcmp0(after, edit->value) == 0);
    g_autofree char *back = policy_edit(text, place, &(PolicyEdit){edit->name, before, edit->is_list}, 1);
    HOLDS(back);
    check_same(policy, back);
    g_autoptr(Policy) edited = read_policy(text);
    HOLDS(!edited || edited->plan_count == policy->plan_count);
}

/* A section that is added is there, and nothing else is different when it is gone again. */
static void check_section(const Policy *policy, const PolicyPlace *place, const PolicyEdit *edit)
{
    if (policy_has(policy->text, place))
        return;
    g_autofree char *text = policy_add(policy->text, place, edit, 1);
    HOLDS((text != NULL) == (!place->kind || policy_plan(policy, place->plan)));
    g_autoptr(Policy) edited = text ? read_policy(text) : NULL;
    if (!edited)
        return;
    HOLDS(edited->plan_count == policy->plan_count + !place->kind);
    HOLDS(policy_has(text, place));
    g_autofree char *back = policy_remove(text, place);
    HOLDS(back);
    check_same(policy, back);
}

/* What a text lists is listed by the text that is made of it, and by its lines. */
static void check_list(const char *text)
{
    g_auto(GStrv) values = policy_list_read(text);
    g_autofree char *told = policy_list_text(values);
    g_auto(GStrv) again = policy_list_read(told);
    HOLDS(g_strv_equal((const char *const *) values, (const char *const *) again));
    bool any_blank = false;
    for (char **value = values; *value; value++)
        any_blank |= !**value || g_ascii_isspace(**value) || g_ascii_isspace((*value)[strlen(*value) - 1]);
    g_autofree char *lines = policy_list_lines(told), *back = policy_list_of_lines(lines);
    HOLDS(any_blank || strcmp(back, told) == 0);
}

static void check_policy(const Policy *policy, Rest *rest)
{
    static const char *const names[] = {"amount", "unlimited", "window", "align", "scope", "mode", "warn_at", "rollover"};
    g_autofree char *plan = rest_line(rest), *limit = rest_line(rest), *value = rest_line(rest);
    const char *name = names[rest_byte(rest) % G_N_ELEMENTS(names)];
    const PolicyPlace place = {plan, "limit", limit}, top = {.plan = plan};
    bool is_list = strcmp(name, "warn_at") == 0;
    for (int p = 0; p < policy->plan_count; p++)
        for (int i = 0; i < policy->plans[p].limit_count; i++) {
            const char *key = policy->plans[p].limits[i].key;
            g_autofree char *home = policy_home(policy->text, policy->plans[p].key, "limit", key);
            HOLDS(policy->plans[p].limits[i].counts_only || (home && policy_plan(policy, home)));
            check_again(policy, &(PolicyPlace){policy->plans[p].key, "limit", key}, name);
        }
    for (int f = 0; f < policy->feature_count; f++)
        check_again(policy, &(PolicyPlace){NULL, "feature", policy->features[f].key}, "resources");
    check_again(policy, &(PolicyPlace){0}, "administrators");
    check_list(value);
    check_edit(policy, &place, &(PolicyEdit){name, NULL, is_list});
    if (!text_is_plain(value, strlen(value), 255)) /* as forms give it */
        return;
    check_edit(policy, &place, &(PolicyEdit){name, value, is_list});
    check_section(policy, &place, &(PolicyEdit){name, value, is_list});
    check_section(policy, &top, &(PolicyEdit){"title", value, false});
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size);
    char *between = strstr(text, BETWEEN);
    if (!between)
        return 0;
    *between = '\0';
    g_autoptr(Policy) policy = read_policy(text);
    const char *behind = between + strlen(BETWEEN);
    Rest rest = {(const uint8_t *)behind, (const uint8_t *)behind + strlen(behind)};
    if (policy)
        check_policy(policy, &rest);
    return 0;
}
