/* The pages about what waits for a second person. As in view_admin.h. */
#ifndef WEBQUOTA_VIEW_APPROVALS_H
#define WEBQUOTA_VIEW_APPROVALS_H

#include "view/view.h"

struct Granted;
typedef struct {
    const json_t *list;   /* as approval_list gives it */
    bool more;            /* there are older ones */
    const char *state;    /* which: "waiting", "approved", "denied" or "all" */
    const char *done;     /* what became of one a moment ago: "asked", "approved", "denied"; NULL: nothing */
    const struct Granted *granted; /* what was made by that (view_granted.h); NULL: nothing that may be undone here */
} ApprovalsShown;
Value *view_approvals(const ApprovalsShown *shown, const PageContext *context);

/* One of them. */
typedef struct {
    const json_t *approval;
    const UsageReport *before, *after; /* of the person, on everything, and as it would be; NULL: nothing can be said */
    bool may_decide;                   /* the reader's role does */
    bool own;                          /* but they asked for it themselves */
    bool late;                         /* somebody else has decided meanwhile */
    const FormShown *shown;            /* approval, verdict, reason */
    int shown_count;
} ApprovalShown;
Value *view_approval(const ApprovalShown *shown, const PageContext *context);

#endif
