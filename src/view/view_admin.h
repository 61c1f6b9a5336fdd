/* The pages of administrators: people, one person, and a change before it is made. As in view.h: what they are made from must outlive
 * the values. Pure. */
#ifndef WEBQUOTA_VIEW_ADMIN_H
#define WEBQUOTA_VIEW_ADMIN_H

#include "view/view.h"

/* Reports, finished (report.h); the policy is the context's. */
typedef struct {
    const json_t *reports;
    int days, near_pct;
} OverviewShown;
Value *view_overview(const OverviewShown *shown, const PageContext *context);

/* What people were looked for by, all of it; NULL: not by that. `filter` is its word, never "plan"; `near` the
 * percentage of "near", as it was written. */
typedef struct {
    const char *q, *filter, *plan, *organization, *key, *near;
} PeopleSought;
/* "?q=ada&filter=near&plan=free", with the plan by that name; *mark is what comes first, '?' or '&'. */
void sought_add(GString *out, const PeopleSought *sought, char *mark, const char *plan_name);

typedef struct {
    const json_t *list;  /* as people_search gives it */
    const char *next;    /* from where on there are further ones; NULL: there are none */
    PeopleSought sought;
    bool may_change;     /* all of them at once */
} PeopleShown;
Value *view_people(const PeopleShown *shown, const PageContext *context);

/* What may be changed. The word stands in addresses ("override"). */
typedef enum { CHANGE_OVERRIDE, CHANGE_OVERRIDE_REMOVE, CHANGE_OVERRIDE_RESTORE, CHANGE_BONUS, CHANGE_BONUS_REMOVE, CHANGE_BONUS_RESTORE,
               CHANGE_RESET, CHANGE_RESET_UNDO, CHANGE_PLAN, CHANGE_ORGANIZATION, CHANGE_SUSPEND, CHANGE_RESTORE, CHANGE_REFUND, CHANGE_SESSIONS_END,
               CHANGE_KINDS } ChangeKind;
bool change_find(const char *word, ChangeKind *kind) MUST_CHECK;
const char *change_word(ChangeKind kind);

/* The change that undoes another: to be looked at, and made, as any. */
typedef struct {
    bool possible;
    ChangeKind kind;
    char *was;                  /* the id of what is removed or brought back, the plan, the organization; NULL: none */
    char *until, *then;         /* of a plan; NULL: none */
} Undo;
void undo_clear(Undo *undo);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Undo, undo_clear)
/* "/admin/change?what=override-remove&subject=ada&id=4"; nothing where it is not possible. */
void undo_add_address(GString *out, const Undo *undo, const char *mount, const char *subject);
/* Of another plan: the one that the person has had. `was`: the person as admin_subject_get gave them; NULL: they were not met. */
Undo undo_of_plan(const UsageReport *before, const json_t *was);
json_t *undo_json(const Undo *undo, const char *subject); /* what to send for it; null where it is not possible */

typedef struct {
    const json_t *person;       /* as admin_subject_get gives it */
    const UsageReport *report;  /* on everything */
    const json_t *overrides, *shared_overrides, *grants; /* their own, their organization's (NULL: none), their own */
    const json_t *requests;
    const json_t *tickets;      /* as queue_of_subject gives them */
    const json_t *audit;        /* the last entries about them, as audit_list gives them */
    bool more_audit;            /* there are older ones */
    const Activity *activity;
    bool may_change;
    bool may_give;              /* overrides and bonuses; and take back what `actor` gave */
    const char *actor;          /* who looks, as the audit names them */
    const char *done;           /* what was changed a moment ago (change_words); NULL: nothing */
    const Undo *undo;           /* what undoes that; NULL: nothing was changed */
} PersonShown;
Value *view_person(const PersonShown *shown, const PageContext *context);
json_t *view_person_json(const PersonShown *shown);

typedef struct {
    ChangeKind kind;
    const UsageReport *before;  /* on everything, with unlisted features */
    const UsageReport *after;   /* the same if it were made; NULL: not filled in yet */
    const Feature *feature;     /* NULL: none, or all */
    const json_t *target;       /* the override or grant that is taken away or given back; NULL: none is */
    int64_t refund_units;       /* of a refund: how many are given back */
    bool helps;                 /* the reader may give up to a ceiling only */
    bool waits;                 /* it is above that, and waits for a second person */
    bool stale;                 /* somebody else changed the limits of the person since the form was opened */
    const FormShown *shown;
    int shown_count;
} ChangeShown;
Value *view_change(const ChangeShown *shown, const PageContext *context);
/* Its twin. {what, subject, feature, made, stale, before, after, undo}: usages, `after` null where nothing is filled in yet. `undo`: what
 * undoes it; NULL: it is not made. */
json_t *view_change_json(const ChangeShown *shown, const Undo *undo);
/* The same that was kept as one was made, before it was known what it came to: `after`, and the id (NULL: none) by which it is undone. */
void view_change_json_end(json_t *json, const UsageReport *after, const char *id);

/* What was changed, by whom. */
typedef struct {
    const json_t *list;       /* as audit_list gives it */
    bool more;                /* there are older ones */
    int64_t head;             /* the number of the last entry of all; 0: there is none */
    const char *hash;         /* its hash */
    const FormShown *shown;   /* what is asked for: subject, organization, actor, action, from, to, before */
    int shown_count;
} AuditShown;
Value *view_audit(const AuditShown *shown, const PageContext *context);
/* A line for each entry, appended; the names of the columns before the first. */
void view_audit_csv(GString *out, const json_t *list);

/* What limits and plans might better be. */
typedef struct {
    const json_t *reports; /* with the list of report_recommend */
    int looked_at;         /* so many people at most */
} RecommendationsShown;
Value *view_recommendations(const RecommendationsShown *shown, const PageContext *context);

/* What people ask for. */
struct Granted; /* view_granted.h */
typedef struct {
    const json_t *list;   /* as request_list gives it */
    bool more;            /* there are older ones */
    const char *state;    /* which: "pending", "approved", "denied" or "all" */
    const char *done;     /* what one of them was a moment ago: "approved", "denied"; NULL: nothing */
    const struct Granted *granted; /* what was made by that; NULL: nothing */
    bool may_answer;
} AskedShown;
Value *view_asked(const AskedShown *shown, const PageContext *context);

/* One of them, and its answer. */
typedef struct {
    const json_t *request;
    const UsageReport *before;  /* of the person, on everything, with unlisted features */
    const UsageReport *after;   /* the same if it were approved; NULL: not filled in yet, or denied */
    bool preview;               /* it is filled in, and to be confirmed */
    bool late;                  /* somebody else has answered it meanwhile */
    bool may_answer;
    const FormShown *shown;     /* verdict, plan, limit, amount, expires, reason */
    int shown_count;
} AnswerShown;
Value *view_answer(const AnswerShown *shown, const PageContext *context);

typedef struct {
    const json_t *list;   /* as organizations_find gives it */
    bool more;
    const char *q;        /* how they begin; "": all */
    int64_t counted;      /* members are counted so far */
} OrganizationsShown;
Value *view_organizations(const OrganizationsShown *shown, const PageContext *context);

typedef struct {
    const char *organization;
    const UsageReport *report;              /* of a member, on everything: it has the pool; NULL: there is no member */
    const json_t *overrides, *grants, *members;
    bool more;                              /* members behind these */
    const char *owner;                      /* NULL: nobody */
    const char *created_at;                 /* for programs */
    bool may_change;
    const char *done, *was;                 /* what was changed a moment ago, and its id, or the owner before that; NULL: nothing */
} OrganizationShown;
Value *view_organization(const OrganizationShown *shown, const PageContext *context);
json_t *view_organization_json(const OrganizationShown *shown);

typedef struct {
    const char *organization, *what;        /* "override", "override-remove", "override-restore", the same of "bonus", or "owner" */
    const char *owner;                      /* who it is now; NULL: nobody */
    const Feature *feature;
    const UsageReport *before, *after;      /* as a member sees it; NULL: there is none, or it is not filled in yet */
    bool preview;                           /* it is filled in, and to be confirmed */
    bool stale;                             /* somebody else changed what it has since the form was opened */
    const FormShown *shown;                 /* feature, limit, id, amount, expires, owner, seen, reason */
    int shown_count;
} OrganizationChangeShown;
Value *view_organization_change(const OrganizationChangeShown *shown, const PageContext *context);

#endif
