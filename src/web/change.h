/* A change by an administrator to one person, as a form or JSON says it: read and checked, seen before it is made, and made. Shared by
 * the files of /admin/change. */
#ifndef WEBQUOTA_CHANGE_H
#define WEBQUOTA_CHANGE_H

#include "view/view_admin.h"
#include "web/call.h"
#include "web/form.h"

enum { CHANGE_F_WHAT, CHANGE_F_SUBJECT, CHANGE_F_FEATURE, CHANGE_F_LIMIT, CHANGE_F_ID, CHANGE_F_KIND, CHANGE_F_AMOUNT,
       CHANGE_F_MULTIPLIER, CHANGE_F_EXPIRES, CHANGE_F_PLAN, CHANGE_F_THEN, CHANGE_F_ORGANIZATION, CHANGE_F_REASON, CHANGE_F_SEEN, CHANGE_F_CONFIRM,
       CHANGE_FIELDS };
extern const InputField change_fields[CHANGE_FIELDS];

typedef struct {
    ChangeKind kind;
    UsageRead *read;            /* where the person stands */
    const Feature *feature;     /* NULL: none, or all */
    json_t *target;             /* the override or grant that it is about, or what the person was before; NULL: none */
    DecisionRead *decision;     /* that is refunded; NULL: none is */
    FormShown shown[CHANGE_FIELDS];
    InputValue values[CHANGE_FIELDS];
    OverrideKind override_kind;
    double multiplier;
    Instant expires_at;         /* INSTANT_MAX: no end */
    bool waits;                 /* it is above what the caller may give alone */
} Change;
void change_clear(Change *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

/* Whom and what it is about, from what is shown. False: answered already. */
bool change_read(Call *call, Change *change) MUST_CHECK;

/* Is what was filled in good? What is wrong is marked in `shown`. */
bool change_is_good(Change *change) MUST_CHECK;

/* Where the person would stand; `subject` is filled, and the report points to it and to the change. NULL: as now. */
UsageReport *change_supposed(const Change *change, Subject *subject);

/* The override or bonus that it is; the other is nothing. They point into the change. */
OverrideAdd change_override(const Change *change);
GrantAdd change_grant(const Change *change);

/* What undoes it, but for the id of what it adds or records. To be cleared. */
Undo change_undo(const Change *change);

/* Makes it. STORE_CONFLICT with the field "seen": somebody else was first. *undo: what undoes it, to be cleared. */
StoreResult change_make(Store *store, const Change *change, const char *actor, Undo *undo, StoreError *error) MUST_CHECK;

#endif
