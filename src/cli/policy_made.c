/* A version of the policy as commands tell of it. */
#include "cli/policy_made.h"

#include "cli/open.h"
#include "cli/table.h"
#include "policy/policy_diff.h"

StoreResult policy_made_diff(Store *store, const Policy *from, const Policy *to, json_t **diff, StoreError *error)
{
    json_t *people = NULL;
    StoreResult result = from->plan_count ? policy_people(store, from, &people, error) : STORE_OK; /* none is in force yet */
    *diff = policy_diff(from, to);
    policy_diff_people(*diff, people);
    json_decref(people);
    return result;
}

/* Who has a plan that is not there is on the default one, as subject_plan_now has it. */
static char *gone_text(const Policy *from, const Policy *to, const Plan *plan, json_int_t people)
{
    bool visitors = plan - from->plans == from->anonymous_plan;
    int next = visitors ? to->anonymous_plan : to->default_plan;
    g_autofree char *on = next < 0 ? g_strdup("no plan")
                                   : g_strdup_printf("the %splan %s", visitors ? "visitors' " : "default ", to->plans[next].key);
    return people == 1 ? g_strdup_printf("plan %s is gone: 1 person has it, and is on %s now", plan->key, on)
                       : g_strdup_printf("plan %s is gone: %" JSON_INTEGER_FORMAT " people have it, and are on %s now", plan->key, people, on);
}

StoreResult policy_made_gone(Store *store, const Policy *from, const Policy *to, GPtrArray *sentences, StoreError *error)
{
    json_auto_t *people = NULL;
    StoreResult result = policy_people(store, from, &people, error);
    for (int i = 0; result == STORE_OK && i < from->plan_count; i++) {
        const Plan *plan = &from->plans[i];
        json_int_t count = json_integer_value(json_object_get(people, plan->key));
        g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func(g_free);
        if (policy_plan(to, plan->key))
            continue;
        result = policy_plan_held(store, plan->key, held, error);
        if (count > 0)
            g_ptr_array_add(sentences, gone_text(from, to, plan, count));
        else if (held->len)
            g_ptr_array_add(sentences, g_strdup_printf("plan %s is gone, though somebody is to have it or asks for it", plan->key));
    }
    return result;
}

void policy_made_print(const json_t *diff)
{
    size_t i;
    json_t *change;
    json_t *changes = json_object_get(diff, "changes");
    if (!json_array_size(changes))
        puts("nothing would change");
    json_array_foreach(changes, i, change) {
        g_autofree char *line = policy_change_text(change);
        json_int_t people = json_integer_value(json_object_get(change, "people"));
        if (people)
            printf("%s (%" JSON_INTEGER_FORMAT " %s)\n", line, people, people_word(people));
        else
            puts(line);
    }
}

void policy_made_say(int version, bool changed, const PolicyChange *change, const json_t *diff, bool json)
{
    g_autofree char *when = instant_text(change->effective_at);
    if (json) {
        json_t *document = json_pack("{s:i, s:b, s:s?}", "version", version, "changed", changed, "effective_at", when);
        if (diff)
            json_object_set(document, "changes", json_object_get(diff, "changes"));
        cli_print_json(document);
        return;
    }
    if (diff)
        policy_made_print(diff);
    if (changed && when)
        printf("version %d will be in force from %s\n", version, when);
    else
        printf(changed ? "version %d is in force\n" : "version %d is in force already; nothing changed\n", version);
}
