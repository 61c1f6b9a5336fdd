/* Checks that need the whole policy, and warnings. */
#include "policy/policy_parts.h"

static bool windows_agree(const WindowSpec *a, const WindowSpec *b)
{
    return a->unit == b->unit && a->count == b->count && a->align == b->align && a->week_starts == b->week_starts &&
           a->day_starts_min == b->day_starts_min;
}

static void check_agreement(const LimitDraft *first, const LimitDraft *other)
{
    const Limit *a = &first->limit, *b = &other->limit;
    const char *differs = NULL;
    if (a->feature != b->feature)
        differs = "feature";
    else if (!windows_agree(&a->window, &b->window))
        differs = "window";
    else if (g_strcmp0(a->zone, b->zone) != 0)
        differs = "timezone";
    if (differs)
        field_mistake(&other->section, differs, "must be as in %s on line %d: %s limits of one key share one counter",
                      first->section.entry->path, first->section.entry->line, scope_word(a->scope));
}

void check_shared_limits(const PlanDraft *drafts, int count)
{
    g_autoptr(GHashTable) firsts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < count; i++) {
        for (guint j = 0; j < drafts[i].limits->len; j++) {
            const LimitDraft *draft = &g_array_index(drafts[i].limits, LimitDraft, j);
            if (draft->inherited || draft->limit.scope == SCOPE_SUBJECT || draft->limit.feature < 0)
                continue;
            g_autofree char *name = g_strdup_printf("%s %s", scope_word(draft->limit.scope), draft->limit.key);
            const LimitDraft *first = g_hash_table_lookup(firsts, name);
            if (first)
                check_agreement(first, draft);
            else
                g_hash_table_insert(firsts, g_steal_pointer(&name), (void *) draft);
        }
    }
}

static void warn_of_features(const Section *file, const Policy *policy)
{
    Section section;
    for (int i = 0; i < policy->feature_count && section_child(file, "feature", (unsigned) i, &section); i++) {
        bool listed = false;
        for (int j = 0; j < policy->plan_count; j++)
            listed |= policy->plans[j].lists[i];
        if (!listed)
            field_warning(&section, NULL, "no plan lists this feature: everybody is refused");
    }
}

static void warn_of_grants(const Section *file, const Policy *policy)
{
    Section plan, grant;
    for (int i = 0; i < policy->plan_count && section_child(file, "plan", (unsigned) i, &plan); i++)
        for (unsigned j = 0; section_child(&plan, "grant", j, &grant); j++) {
            int feature = field_feature(&grant, "feature");
            if (feature >= 0 && !policy->plans[i].lists[feature])
                field_warning(&grant, "feature", "the plan has no limit that this grant could widen");
        }
}

/* Web servers run a script for addresses below its name too, and hand it the rest. */
static bool ends_in_script(const char *path)
{
    return path && (g_str_has_suffix(path, ".php") || g_str_has_suffix(path, ".cgi") || g_str_has_suffix(path, ".pl"));
}

static void warn_of_routes(const Section *file, const Policy *policy)
{
    Section section;
    for (int i = 0; i < policy->route_count && section_child(file, "route", (unsigned) i, &section); i++) {
        const Route *route = &policy->routes[i];
        if (route->charge == CHARGE_SUCCESS)
            field_warning(&section, "charge", "behind an authorizer, success is not known and is charged at admission; "
                                              "the gate charges it on success");
        if (!ends_in_script(route->path))
            continue;
        g_autofree char *display = shown(route->path);
        field_warning(&section, "path", "a script answers below its name too (%s/x), which this does not count: "
                                        "a * behind it does", display);
    }
}

void warn_of_oddities(const Section *file)
{
    const Policy *policy = file->reading->policy;
    warn_of_features(file, policy);
    warn_of_grants(file, policy);
    warn_of_routes(file, policy);
}
