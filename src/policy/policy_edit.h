/* Changing a policy's text in place: what stands around a change stays as it was written, comments and all. Pure. */
#ifndef WEBQUOTA_POLICY_EDIT_H
#define WEBQUOTA_POLICY_EDIT_H

#include "base/base.h"

typedef struct {
    const char *name;  /* of an option of a limit */
    const char *value; /* NULL: the option goes away */
} PolicyEdit;

/* The text with options of a plan's own limit changed: those that are there where they stand, others behind the last one. The text must
 * be one that policy_read accepts; what comes out is to be read again. NULL: the plan has no such limit of its own. New string. */
char *policy_edit_limit(const char *text, const char *plan, const char *limit, const PolicyEdit *edits, int count) MUST_CHECK;

/* What an option of a plan's own limit is set to; NULL: it is not there. New string. */
char *policy_written(const char *text, const char *plan, const char *limit, const char *name) MUST_CHECK;

/* The plan that defines a limit which `plan` has: itself, or the nearest of those that it inherits from; NULL: none. New string. */
char *policy_limit_home(const char *text, const char *plan, const char *limit) MUST_CHECK;

/* Does the plan define the limit itself (and does not inherit it)? */
bool policy_writes_limit(const char *text, const char *plan, const char *limit);

#endif
