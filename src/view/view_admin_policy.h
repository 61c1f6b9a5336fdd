/* Administrators' pages about plans and limits. As in view_admin.h. Pure. */
#ifndef WEBQUOTA_VIEW_ADMIN_POLICY_H
#define WEBQUOTA_VIEW_ADMIN_POLICY_H

#include "domain/replay.h"
#include "view/view.h"

typedef struct {
    const Policy *policy;
    const Replay *replay;      /* world 0 now, world 1 with the change; NULL: nothing was tried */
    bool sampled;              /* these are the records of some accounts */
    bool cut;                  /* or of one, and the newest only */
    int64_t most;              /* so many records are read */
    Instant from, until;
    const Plan *plan;          /* the limit that is changed; NULL: none is chosen */
    const Limit *limit;
    const Plan *to, *from_plan; /* instead of a limit: who has another plan; `to` NULL: nobody, `from_plan` NULL: whatever they had */
    const char *subject;       /* only this person; NULL: everybody */
    const char *home;          /* the plan that defines it, where that is another */
    const char *const *wrong;  /* all that is wrong with the policy that would come of it; NULL: nothing */
    int days;
    const FormShown *shown;
    int shown_count;
    bool may_change;
} WhatIfShown;
Value *view_what_if(const WhatIfShown *shown, const PageContext *context);
json_t *view_what_if_json(const WhatIfShown *shown);

/* Each as {mistake} in the list `wrong`, and `is_wrong`. */
void set_wrong(Value *page, const char *const *wrong);

/* The words that a limit's fields may have, as lists `aligns`, `scopes` and `modes` of {value, chosen}; `is_new`: nothing is chosen
 * before somebody does. */
void set_limit_choices(Value *page, const FormShown *shown, int count, bool is_new);

/* {value, chosen} for each word that a field may have; what was typed is chosen. */
void set_words_of(Value *page, ValueKey key, const char *typed, const char *const *all, int count);

/* --- plans and limits, and their versions --- */

typedef struct {
    const Policy *policy;
    const json_t *versions;    /* as policy_versions gives them */
    const json_t *people;      /* as policy_people gives them */
    int done;                  /* the version that was made a moment ago; 0: none */
    bool may_change;
} PolicyShown;
Value *view_policy(const PolicyShown *shown, const PageContext *context);
json_t *view_policy_json(const PolicyShown *shown);

/* {"version", "plans"}: every limit and grant of every plan with its options, and how many people are on the plan. */
json_t *view_limits_json(const Policy *policy, const json_t *people);

/* {"version", "routes"}: every route with its number, which is its place, and its options. */
json_t *view_routes_json(const Policy *policy);

/* What a change would come to: policy_diff, each change with how many people it concerns. */
typedef struct {
    const json_t *changes;     /* NULL: not looked at yet */
    char *(*line)(const json_t *change); /* policy_change_text: the rooms do not meet */
} DiffShown;

/* `changes`, each with whom it concerns, `concerned`, `has_changes` and `preview`. */
void set_diff(Value *page, const DiffShown *diff);

typedef struct {
    const Policy *policy;
    const char *what;          /* "add", "remove"; NULL: its options are changed */
    const Plan *plan;
    const Limit *limit;        /* NULL of a new one */
    const char *home;          /* the plan that defines it, where that is another */
    bool quick;                /* only the mode changes, by one click: asked for are the reason and yes */
    bool conflict;             /* somebody else has changed the policy meanwhile */
    const char *const *wrong;  /* as above */
    DiffShown diff;
    const FormShown *shown;
    int shown_count;
} LimitEditShown;
Value *view_limit_edit(const LimitEditShown *shown, const PageContext *context);

typedef struct {
    const Policy *policy;
    const Plan *plan;          /* NULL: a new one */
    bool removes;              /* it goes */
    bool conflict;
    const char *const *wrong;
    DiffShown diff;
    const FormShown *shown;
    int shown_count;
} PlanEditShown;
Value *view_plan_edit(const PlanEditShown *shown, const PageContext *context);

typedef struct {
    const Policy *policy;
    const char *what;          /* as of a limit */
    const Plan *plan;
    const PlanGrant *grant;    /* NULL of a new one */
    const char *home;          /* the plan that defines it, where that is another */
    bool conflict;
    const char *const *wrong;
    DiffShown diff;
    const FormShown *shown;
    int shown_count;
} PlanGrantShown;
Value *view_plan_grant(const PlanGrantShown *shown, const PageContext *context);

typedef struct {
    const Policy *policy;
    const Feature *feature;    /* NULL: a new one */
    bool removes;              /* it goes */
    bool conflict;
    const char *const *wrong;
    DiffShown diff;
    const FormShown *shown;
    int shown_count;
} FeatureEditShown;
Value *view_feature_edit(const FeatureEditShown *shown, const PageContext *context);

typedef struct {
    const Policy *policy;
    int route;                 /* its number; 0: a new one */
    bool removes;              /* it goes */
    bool conflict;
    const char *const *wrong;
    DiffShown diff;
    const FormShown *shown;
    int shown_count;
} RouteEditShown;
Value *view_route_edit(const RouteEditShown *shown, const PageContext *context);

typedef struct {
    const Policy *policy;
    bool conflict;
    const char *const *wrong;
    DiffShown diff;
    const FormShown *shown;
    int shown_count;
} SettingsShown;
Value *view_settings_edit(const SettingsShown *shown, const PageContext *context);

typedef struct {
    const Policy *policy, *version; /* in force, and the one that is looked at */
    const json_t *facts;       /* its entry in the list of versions; NULL: it is too old for that */
    DiffShown diff;            /* from what is in force to this one */
    bool may_change, conflict;
    const FormShown *shown;
    int shown_count;
} VersionShown;
Value *view_version(const VersionShown *shown, const PageContext *context);

#endif
