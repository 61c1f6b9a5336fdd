/* The parts of a policy file, each read into Reading.policy; in this order, since each names the ones before. */
#ifndef WEBQUOTA_POLICY_PARTS_H
#define WEBQUOTA_POLICY_PARTS_H

#include "policy/policy_field.h"

#define FEATURES_MAX 1000
#define PLANS_MAX 100
#define LIMITS_MAX 1000
#define GRANTS_MAX 1000
#define ROUTES_MAX 1000
#define FEATURE_DEPTH_MAX 16

/* The settings at the top, except the plans they name. `file` is the whole file. */
void read_settings(const Section *file);

void read_features(const Section *file);

/* "Menu upload" of "menu_upload": the title of what was given none. New string. */
char *key_title(const char *key);

/* A plan while it is read: what its own section says. */
typedef struct {
    Section section;
    int inherits;              /* index, or -1 */
    int64_t multiplier_micros;
    bool multiplied;
    GArray *limits, *grants;   /* of LimitDraft, GrantDraft: its own, then all of them */
    Grace grace;
    bool has_grace;            /* its own, then an inherited one */
    enum { PLAN_UNTOUCHED, PLAN_BEGUN, PLAN_DONE } inheriting;
} PlanDraft;

typedef struct {
    Limit limit;               /* strings owned by the draft */
    Section section;
    __int128 amount_micros;    /* multiplied, not yet rounded; negative: unlimited */
    bool inherited;            /* a copy of another plan's */
} LimitDraft;

typedef struct {
    PlanGrant grant;
    Section section;
} GrantDraft;

/* Plans with everything in them, and the plans that settings name. */
void read_plans(const Section *file);

/* A plan's own limits and grants, appended to its draft. */
void read_limits(PlanDraft *draft, bool unlimited);
void read_grants(PlanDraft *draft);

/* Does the window depend on the day on which weeks begin, or the time at which days do? */
bool window_has_week_start(const WindowSpec *window);
bool window_has_day_start(const WindowSpec *window);

void read_grace(const Section *owner, Grace *grace, bool *given);

/* Takes over what the draft inherits from its parent (NULL: nothing), which is finished, and multiplies. */
void draft_inherit(PlanDraft *draft, const PlanDraft *parent, bool unlimited);

/* Adds a counting limit for each feature that has none, as an unlimited plan does. */
void draft_count_all(PlanDraft *draft);

/* Fills the plan's limits, grants and lists from its finished draft. */
void plan_fill(Plan *plan, const PlanDraft *draft);

void limit_draft_clear(void *limit_draft);
void grant_draft_clear(void *grant_draft);

/* What the limits of several plans must agree on. */
void check_shared_limits(const PlanDraft *drafts, int count);

void read_routes(const Section *file);

/* What is legal and may still not be meant. */
void warn_of_oddities(const Section *file);

#endif
