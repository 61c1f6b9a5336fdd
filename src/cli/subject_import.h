/* The part of `webquota subject` that reads files. */
#ifndef WEBQUOTA_SUBJECT_IMPORT_H
#define WEBQUOTA_SUBJECT_IMPORT_H

#include "cli/open.h"

/* `subject import FILE`: returns an exit code. */
int subject_import(Store *store, const char *path, bool pretend, bool json, const char *actor);

#endif
