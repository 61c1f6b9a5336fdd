/* What was made for somebody who asked, and what undoes it: for the page after that. */
#ifndef WEBQUOTA_VIEW_GRANTED_H
#define WEBQUOTA_VIEW_GRANTED_H

#include "view/view_admin.h"

typedef struct Granted {
    const char *subject, *organization; /* whose it is, one of them */
    Undo undo;
} Granted;

/* "/admin/change?what=override-remove&subject=ada&id=4", or the same of an organization; nothing where it is not possible. */
void granted_add_undo(GString *out, const Granted *granted, const char *mount);

#endif
