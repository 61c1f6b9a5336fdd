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
