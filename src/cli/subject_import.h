/* The part of `webquota subject` that reads files. */
#ifndef WEBQUOTA_SUBJECT_IMPORT_H
#define WEBQUOTA_SUBJECT_IMPORT_H

#include "cli/open.h"

/* `subject import FILE`: returns an exit code. `reason`: for the audit entry of each; NULL: none. */
int subject_import(Store *store, const char *path, const char *reason, bool pretend, bool json, const char *actor);

#endif
