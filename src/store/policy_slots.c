/* Slots: the numbers under which counters are kept. A limit keeps its number for as long as what it
 * counts (key, feature, scope, window, zone) stays the same; amount, plan and mode do not matter. */
#include "store/simulate_internal.h"

enum { KIND, KEY, FEATURE, SCOPE, WINDOW, ALIGN, ZONE, STARTS, IDENTITY_PARTS };

/* Where the window begins matters to calendar windows only. */
static char *identity_starts(const WindowSpec *window)
{
    if (window->align != ALIGN_CALENDAR || window->unit < WINDOW_DAY || window->unit == WINDOW_LIFETIME)
        return g_strdup("");
    char clock[16];
    g_snprintf(clock, sizeof clock, "%02d:%02d", window->day_starts_min / 60, window->day_starts_min % 60);
    return window->unit == WINDOW_WEEK ? g_strdup_printf("%d %s", window->week_starts, clock) : g_strdup(clock);
}

static char **limit_identity(const Policy *policy, const Limit *limit)
{
    char **parts = g_new0(char *, IDENTITY_PARTS + 1);
    parts[KIND] = g_strdup("limit");
    parts[KEY] = g_strdup(limit->key);
    parts[FEATURE] = g_strdup(policy->features[limit->feature].key);
    parts[SCOPE] = g_strdup(scope_word(limit->scope));
    parts[WINDOW] = window_text(&limit->window);
    parts[ALIGN] = g_strdup(align_word(limit->window.align));
    parts[ZONE] = g_strdup(limit->zone ? limit->zone : "");
    parts[STARTS] = identity_starts(&limit->window);
    return parts;
}

static char **grant_identity(const Policy *policy, const PlanGrant *grant)
{
    char **parts = g_new0(char *, IDENTITY_PARTS + 1);
    parts[KIND] = g_strdup("grant");
    parts[KEY] = g_strdup(grant->key);
    parts[FEATURE] = g_strdup(policy->features[grant->feature].key);
    parts[SCOPE] = g_strdup("subject");
    parts[WINDOW] = grant->every.count ? window_text(&grant->every) : g_strdup("once");
    parts[ALIGN] = g_strdup("anchor");
    parts[ZONE] = g_strdup("");
    parts[STARTS] = g_strdup("");
    return parts;
}

static char *joined(char **parts)
{
    return g_strjoinv("\t", parts);
}

/* Calls `use` for the identity of every limit and grant of the policy. */
static void each_identity(const Policy *policy, void (*use)(char **parts, int *slot, void *data), void *data)
{
    for (int p = 0; p < policy->plan_count; p++) {
        Plan *plan = &policy->plans[p];
        for (int i = 0; i < plan->limit_count; i++) {
            g_auto(GStrv) parts = limit_identity(policy, &plan->limits[i]);
            use(parts, &plan->limits[i].slot, data);
        }
        for (int i = 0; i < plan->grant_count; i++) {
            g_auto(GStrv) parts = grant_identity(policy, &plan->grants[i]);
            use(parts, &plan->grants[i].slot, data);
        }
    }
}

typedef struct {
    GHashTable *slots;
    bool complete;
} SlotFill;

static void fill_one(char **parts, int *slot, void *data)
{
    SlotFill *fill = data;
    g_autofree char *key = joined(parts);
    *slot = GPOINTER_TO_INT(g_hash_table_lookup(fill->slots, key));
    fill->complete &= *slot > 0;
}

bool policy_slots_fill(Policy *policy, const PGresult *registry)
{
    SlotFill fill = { g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), true };
    for (int row = 0; row < PQntuples(registry); row++) {
        char *parts[IDENTITY_PARTS + 1] = { NULL };
        for (int i = 0; i < IDENTITY_PARTS; i++)
            parts[i] = PQgetvalue(registry, row, i + 1);
        g_hash_table_insert(fill.slots, joined(parts), GINT_TO_POINTER((int)result_number(registry, row, 0)));
    }
    each_identity(policy, fill_one, &fill);
    g_hash_table_unref(fill.slots);
    return fill.complete;
}

/* Numbers that no registry comes to. */
#define SUPPOSED_FROM (INT32_MAX / 2)

static void suppose_one(char **parts, int *slot, void *data)
{
    GHashTable *supposed = data;
    if (*slot > 0)
        return;
    char *key = joined(parts);
    int number = GPOINTER_TO_INT(g_hash_table_lookup(supposed, key));
    if (!number)
        number = SUPPOSED_FROM + (int)g_hash_table_size(supposed);
    *slot = number;
    g_hash_table_insert(supposed, key, GINT_TO_POINTER(number));
}

void policy_slots_suppose(Policy *policy, const PGresult *registry)
{
    if (policy_slots_fill(policy, registry))
        return;
    g_autoptr(GHashTable) supposed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    each_identity(policy, suppose_one, supposed);
}

static void register_one(char **parts, int *slot, void *data)
{
    (void)slot;
    GPtrArray **columns = data;
    for (int i = 0; i < IDENTITY_PARTS; i++)
        g_ptr_array_add(columns[i], g_strdup(parts[i]));
}

DbResult policy_slots_register(Db *db, const Policy *policy)
{
    GPtrArray *columns[IDENTITY_PARTS];
    for (int i = 0; i < IDENTITY_PARTS; i++)
        columns[i] = g_ptr_array_new_with_free_func(g_free);
    each_identity(policy, register_one, columns);
    g_auto(Params) params = params_new();
    for (int i = 0; i < IDENTITY_PARTS; i++) {
        params_texts(&params, columns[i]);
        g_ptr_array_unref(columns[i]);
    }
    return db_run(db, QUERY_LIMITS_REGISTER, &params, NULL);
}

const Limit *policy_limit_by_slot(const Policy *policy, int64_t slot)
{
    for (int p = 0; p < policy->plan_count; p++)
        for (int i = 0; i < policy->plans[p].limit_count; i++)
            if (policy->plans[p].limits[i].slot == slot)
                return &policy->plans[p].limits[i];
    return NULL;
}
