/* The pages about one change to many people at once. As in view_admin.h. */
#ifndef WEBQUOTA_VIEW_BULK_H
#define WEBQUOTA_VIEW_BULK_H

#include "view/view_admin.h"

/* Before it is made. */
typedef struct {
    const char *what;               /* "bonus", "override", "plan", "suspend", "restore", "reset" */
    PeopleSought sought;
    int people;                     /* how many they are; of the preview, as the next two */
    int64_t changed;                /* how many of them something changes for; -1: not known */
    const json_t *first;            /* as people_search gives them */
    bool preview;                   /* it is filled in, and to be confirmed */
    bool stale;                     /* they were others when it was confirmed */
    const FormShown *shown;
    int shown_count;
} BulkNewShown;
Value *view_bulk_new(const BulkNewShown *shown, const PageContext *context);

/* Before it is undone. */
typedef struct {
    const json_t *looked;           /* as bulk_undo_look gives it */
    bool stale;                     /* they were others when it was confirmed */
    const FormShown *shown;
    int shown_count;
} BulkUndoShown;
Value *view_bulk_undo(const BulkUndoShown *shown, const PageContext *context);

/* All of them. */
typedef struct {
    const json_t *list;             /* as bulk_list gives it */
    bool more;                      /* there are older ones */
} BulksShown;
Value *view_bulks(const BulksShown *shown, const PageContext *context);

/* How far it is. */
typedef struct {
    const json_t *bulk; /* as bulk_get gives it */
} BulkShown;
Value *view_bulk(const BulkShown *shown, const PageContext *context);

#endif
