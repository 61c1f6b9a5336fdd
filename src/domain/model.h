/* The policy as values: plans, features, limits, routes and settings. Built and checked by
 * src/policy, read by everyone, changed by no one: a Policy is immutable and shared by
 * reference count between threads. All strings are owned by it, UTF-8, never NULL unless said.
 */
#ifndef WEBQUOTA_MODEL_H
#define WEBQUOTA_MODEL_H

#include "domain/window.h"

typedef int64_t Amount; /* 0 to UNITS_MAX, or AMOUNT_UNLIMITED */
#define AMOUNT_UNLIMITED INT64_C(-1)

typedef enum { SCOPE_SUBJECT, SCOPE_ORGANIZATION, SCOPE_PLAN, SCOPE_SITE } Scope;
typedef enum { MODE_ENFORCE, MODE_SHADOW, MODE_OFF } LimitMode;
typedef enum { EXCEED_BLOCK, EXCEED_QUEUE, EXCEED_ALLOW } OnExceed;
typedef enum { CHARGE_ADMIT, CHARGE_SUCCESS, CHARGE_COMMIT, CHARGE_CHECK } ChargeWhen;

typedef struct {
    int index;        /* its place in Policy.features */
    char *key;
    char *title;      /* "Menu upload" */
    char *unit;       /* one of it: "menu upload" */
    char *units;      /* several of it: "menu uploads" */
    char *about;      /* a sentence for people; NULL when not given */
    int parent;       /* index of the parent, or -1 */
    int depth;        /* 0 without a parent */
    char **resources; /* NULL-terminated patterns (pattern_match) by which a request finds this child; NULL when none */
    bool place_per_resource;  /* somebody has a place in line for each resource; else one for the feature */
    int64_t unit_cost_micros; /* what one unit costs the operator, in millionths of the policy's currency; 0 unknown */
} Feature;

#define WARN_AT_MAX 8

#define QUEUE_CLAIM_WITHIN_S 60
#define QUEUE_KEEP_PLACE_S 300
#define QUEUE_MAX 10000

/* How those wait whom a limit with `on_exceed = queue` stops. */
typedef struct {
    int64_t claim_within_s; /* units are held for who was let in for so long */
    int64_t keep_place_s;   /* a place is kept for so long after its holder was last seen */
    int64_t queue_max;      /* so many may wait */
    bool fair;              /* accounts take turns */
} QueueRules;

typedef struct {
    char *key;
    int feature;            /* index */
    WindowSpec window;
    char *zone;             /* name; NULL: the subject's zone, else the policy's (`timezone = subject`) */
    Amount plan_amount;     /* as the plan says, multiplier applied, rounded down */
    Scope scope;
    LimitMode mode;
    OnExceed on_exceed;
    bool fail_open;
    int warn_at[WARN_AT_MAX]; /* percent, ascending, 1 to 100 */
    int warn_count;
    int64_t rollover;       /* at most this many unused units carry into the next window; 0: none */
    QueueRules queue;
    int slot;               /* the store's number for (key, feature, scope, window, zone); 0 until the store has set it */
    bool counts_only;       /* made by `unlimited = true` on a plan for a feature without limits of its own */
} Limit;

typedef struct {
    char *key;
    int feature;            /* index */
    int64_t amount;
    WindowSpec every;       /* recurring: anchored window; count 0: once, at first meeting */
    int priority;           /* lower is spent first; default 100 */
    int slot;               /* the store's number, like a limit's; 0 until set */
} PlanGrant;

typedef struct {
    int days;               /* from the instant the subject was first met; 0: no grace */
    double multiplier;      /* of the amount, > 1 (1 when unlimited) */
    bool unlimited;
} Grace;

/* What those of the role support may give alone (domain/ceiling.h). */
typedef struct {
    double multiplier;      /* of what the plan gives, from 1 */
    int days;               /* for so long at most; 0: nothing alone */
} Ceiling;

typedef struct {
    int index;
    char *key;
    char *title;
    char *price;            /* label such as "$9 a month"; NULL when none */
    int rank;
    int upgrade;            /* index of the plan to upgrade to, or -1 */
    bool unlimited;
    bool *lists;            /* one for each feature: does the plan list it (limit on it or an ancestor, or unlimited)? */
    Limit *limits;          /* inherited ones too, resolved */
    int limit_count;
    PlanGrant *grants;      /* inherited ones too */
    int grant_count;
    Grace grace;            /* the plan's, else the policy's */
    int queue_weight;       /* its share of a line, from 1 */
} Plan;

typedef struct {
    char *name;             /* query parameter */
    char *pattern;          /* pattern_match on its value; NULL: must be absent */
} RouteCondition;

typedef struct {
    char *method;           /* "POST"; NULL: any */
    char *path;             /* pattern_match on the decoded path; "{name}" segments match one segment */
    RouteCondition *conditions;
    int condition_count;
    int feature;            /* index */
    char *resource_query;   /* the query parameter that names the resource; NULL when none */
    char *resource_segment; /* the {name} in the path that names it; NULL when none */
    int64_t units;
    ChargeWhen charge;
} Route;

typedef struct {
    int version;            /* 0: not from the store */
    char *text;             /* the policy file as written */
    char *title;            /* of the site, for pages */
    char *zone;             /* "timezone" */
    int week_starts, day_starts_min;
    int default_plan, anonymous_plan; /* indexes; anonymous -1: visitors are not served (401) */
    char *upgrade_url;      /* NULL when none; may hold {plan} and {feature} */
    char *support_url;      /* NULL when none */
    char *sign_in_url;      /* where people sign in; NULL: pages do not say */
    char **administrators;  /* NULL-terminated */
    char **embedders;       /* origins that may frame the fragments; NULL-terminated */
    Feature *features;
    int feature_count;
    Plan *plans;
    int plan_count;
    Route *routes;          /* the first that matches counts */
    int route_count;
    bool queue_page;        /* an authorizer shows the page of a place in line itself, instead of a way to it */
    Ceiling support;
    bool totp_required;     /* local accounts with a role beyond their own need a second factor */
    char *currency;         /* of unit_cost: "EUR"; NULL when none */
    int refs;               /* atomic; use policy_ref, policy_unref */
} Policy;

/* Reference counting (thread-safe). policy_new gives an empty one with count 1;
 * the last unref frees everything it points to. */
Policy *policy_new(void);
Policy *policy_ref(Policy *policy);
void policy_unref(Policy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_unref)

/* The feature or plan of this key, or NULL. */
const Feature *policy_feature(const Policy *policy, const char *key);

/* Is the subject (NULL: nobody) one of those whom the policy names as administrators? */
bool policy_names_administrator(const Policy *policy, const char *subject);
const Plan *policy_plan(const Policy *policy, const char *key);

/* The feature that a request for (key, resource) is about: the deepest descendant of `key`
 * (itself included) that has a pattern matching the resource; `key` itself when none does or
 * resource is NULL. NULL when the key is unknown. Of several equally deep, the first in the file. */
const Feature *policy_feature_for(const Policy *policy, const char *key, const char *resource);

/* Is `feature` the feature `of`, or a descendant of it? */
bool feature_is_within(const Policy *policy, int feature, int of);

/* The first route that matches; NULL when none. `query` is decoded name-value pairs.
 * *resource (out, new string or NULL) is what the route says names the resource. */
typedef struct {
    const char *name, *value;
} QueryPair;
const Route *policy_route(const Policy *policy, const char *method, const char *path, const QueryPair *query,
                          int query_count, char **resource);

/* Words of the file for the enums: "subject", "block", "shadow" and so on. */
const char *scope_word(Scope scope);
const char *mode_word(LimitMode mode);
const char *exceed_word(OnExceed on_exceed);
const char *align_word(WindowAlign align);
const char *charge_word(ChargeWhen charge);

#endif
