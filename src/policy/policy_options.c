/* The options of the policy file. Everything is read as text, also numbers: libConfuse takes 010
 * for 8 and 1e3 for 1, and the field readers do not.
 */
#include "policy/policy_options.h"

#define TEXT(name) CFG_STR(name, NULL, CFGF_NODEFAULT)
#define LIST(name) CFG_STR_LIST(name, NULL, CFGF_NODEFAULT)

static cfg_opt_t grace_options[] = {TEXT("days"), TEXT("multiplier"), TEXT("unlimited"), CFG_END()};

static cfg_opt_t ceiling_options[] = {TEXT("multiplier"), TEXT("days"), CFG_END()};

static cfg_opt_t feature_options[] = {
    TEXT("title"),  TEXT("unit"),      TEXT("units"),     TEXT("about"),
    TEXT("parent"), LIST("resources"), TEXT("unit_cost"), TEXT("one_place"), CFG_END(),
};

static cfg_opt_t limit_options[] = {
    TEXT("feature"), TEXT("amount"),   TEXT("unlimited"), TEXT("window"),      TEXT("align"),      TEXT("scope"), TEXT("mode"),
    TEXT("on_exceed"), TEXT("fail"),   LIST("warn_at"),   TEXT("rollover"),    TEXT("timezone"),   TEXT("week_starts"),
    TEXT("day_starts"), TEXT("claim_within"), TEXT("keep_place"), TEXT("queue_max"), TEXT("fair"), CFG_END(),
};

static cfg_opt_t grant_options[] = {TEXT("feature"), TEXT("amount"), TEXT("every"), TEXT("priority"), CFG_END()};

static cfg_opt_t plan_options[] = {
    TEXT("title"),
    TEXT("rank"),
    TEXT("price"),
    TEXT("upgrade"),
    TEXT("inherits"),
    TEXT("multiplier"),
    TEXT("unlimited"),
    TEXT("queue_weight"),
    CFG_SEC("limit", limit_options, CFGF_MULTI | CFGF_TITLE),
    CFG_SEC("grant", grant_options, CFGF_MULTI | CFGF_TITLE),
    CFG_SEC("grace", grace_options, CFGF_NODEFAULT),
    CFG_END(),
};

static cfg_opt_t route_options[] = {
    TEXT("method"),         TEXT("path"),             LIST("query"),  TEXT("feature"),
    TEXT("resource_query"), TEXT("resource_segment"), TEXT("units"),  TEXT("charge"), CFG_END(),
};

cfg_opt_t policy_options[] = {
    TEXT("title"),
    TEXT("timezone"),
    TEXT("default_plan"),
    TEXT("anonymous_plan"),
    TEXT("week_starts"),
    TEXT("day_starts"),
    TEXT("upgrade_url"),
    TEXT("support_url"),
    TEXT("sign_in_url"),
    LIST("administrators"),
    LIST("embedders"),
    TEXT("queue_answer"),
    TEXT("totp"),
    TEXT("currency"),
    CFG_SEC("grace", grace_options, CFGF_NODEFAULT),
    CFG_SEC("support_ceiling", ceiling_options, CFGF_NODEFAULT),
    CFG_SEC("feature", feature_options, CFGF_MULTI | CFGF_TITLE),
    CFG_SEC("plan", plan_options, CFGF_MULTI | CFGF_TITLE),
    CFG_SEC("route", route_options, CFGF_MULTI),
    CFG_END(),
};

const cfg_opt_t *option_find(const cfg_opt_t *options, const char *name)
{
    for (; options->name; options++)
        if (strcmp(options->name, name) == 0)
            return options;
    return NULL;
}

#define NEAR_MAX 32

/* How many letters must be put in, taken out or changed to make one of the other. */
static size_t distance(const char *from, const char *to)
{
    size_t from_len = strlen(from), to_len = strlen(to);
    if (from_len > NEAR_MAX || to_len > NEAR_MAX)
        return SIZE_MAX;
    size_t row[NEAR_MAX + 1];
    for (size_t j = 0; j <= to_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= from_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= to_len; j++) {
            size_t change = diagonal + (from[i - 1] != to[j - 1]);
            diagonal = row[j];
            row[j] = MIN(change, 1 + MIN(row[j], row[j - 1]));
        }
    }
    return row[to_len];
}

const char *nearest_name(const char *word, const char *const *names)
{
    const char *nearest = NULL;
    size_t best = 3;
    for (; *names; names++) {
        size_t d = distance(word, *names);
        if (d < best && d < strlen(*names)) {
            nearest = *names;
            best = d;
        }
    }
    return nearest;
}
