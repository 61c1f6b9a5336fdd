/* Fuzzes the policy reader. Whatever the file is: a policy or mistakes, each on a line that the file has and in
 * UTF-8; a policy differs in nothing from itself, and finds routes and features for odd requests.
 */
#include "policy/policy_diff.h"
#include "policy/policy_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(bool true_of_all)
{
    if (!true_of_all)
        abort();
}

static void check_mistakes(const GPtrArray *mistakes, const char *text)
{
    int lines = 1;
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    for (guint i = 0; i < mistakes->len; i++) {
        const Mistake *mistake = g_ptr_array_index(mistakes, i);
        g_autofree char *line = mistake_text(mistake);
        expect(mistake->line >= 1 && mistake->line <= lines);
        expect(g_utf8_validate(line, -1, NULL) && !strchr(line, '\n'));
    }
}

static void check_policy(const Policy *policy, const char *text)
{
    g_autofree char *resource = NULL;
    const QueryPair query[] = {{"model", text}, {"id", "1"}};
    json_t *diff = policy_diff(policy, policy);
    expect(json_array_size(json_object_get(diff, "changes")) == 0);
    json_decref(diff);
    expect(strcmp(policy->text, text) == 0);
    expect(policy->default_plan >= 0 && policy->default_plan < policy->plan_count);
    for (int i = 0; i < policy->feature_count; i++)
        expect(feature_is_within(policy, policy_feature_for(policy, policy->features[i].key, text)->index, i));
    (void) policy_route(policy, "POST", text, query, 2, &resource);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *) bytes, size);
    g_autoptr(GPtrArray) mistakes = mistakes_new(), warnings = mistakes_new();
    g_autoptr(Policy) policy = policy_read_strictly(text, "p", mistakes, warnings);
    expect((policy != NULL) == (mistakes->len == 0));
    check_mistakes(mistakes, text);
    check_mistakes(warnings, text);
    if (policy)
        check_policy(policy, text);
    return 0;
}
