/* The pages of administrators: people, one person, and a change before it is made. As in view.h: what they are made from must outlive
 * the values. Pure. */
#ifndef WEBQUOTA_VIEW_ADMIN_H
#define WEBQUOTA_VIEW_ADMIN_H

#include "view/view.h"

typedef struct {
    const json_t *list;  /* as people_find gives it */
    bool more;           /* there are further ones behind these */
    const char *q;       /* what is looked for; "": all */
} PeopleShown;
Value *view_people(const PeopleShown *shown, const PageContext *context);

typedef struct {
    const json_t *person;       /* as admin_subject_get gives it */
    const UsageReport *report;  /* on everything */
    const json_t *overrides, *shared_overrides, *grants; /* their own, their organization's (NULL: none), their own */
    const json_t *requests;
    const Activity *activity;
    bool may_change;
    const char *done;           /* what was changed a moment ago (change_words); NULL: nothing */
} PersonShown;
Value *view_person(const PersonShown *shown, const PageContext *context);
json_t *view_person_json(const PersonShown *shown);

/* What may be changed. The word stands in addresses ("override"). */
typedef enum { CHANGE_OVERRIDE, CHANGE_OVERRIDE_REMOVE, CHANGE_BONUS, CHANGE_BONUS_REMOVE, CHANGE_RESET, CHANGE_PLAN, CHANGE_SUSPEND,
               CHANGE_RESTORE, CHANGE_KINDS } ChangeKind;
bool change_find(const char *word, ChangeKind *kind) MUST_CHECK;
const char *change_word(ChangeKind kind);

typedef struct {
    ChangeKind kind;
    const UsageReport *before;  /* on everything, with unlisted features */
    const UsageReport *after;   /* the same if it were made; NULL: not filled in yet */
    const Feature *feature;     /* NULL: none, or all */
    const json_t *target;       /* the override or grant that is taken away; NULL: none is */
    const FormShown *shown;
    int shown_count;
} ChangeShown;
Value *view_change(const ChangeShown *shown, const PageContext *context);

#endif
