/* The few files that pages need, read once at start: for plain CGI, and where the web server does not
 * serve them itself. Also the API's description. Immutable after that. */
#ifndef WEBQUOTA_STATICS_H
#define WEBQUOTA_STATICS_H

#include "base/base.h"

typedef struct {
    const char *name; /* "style.css" */
    const char *type;
    char *bytes;
    size_t len;
    char *etag;       /* quoted */
} StaticFile;

typedef struct Statics Statics;

/* Reads what there is of them in the folder, or in `theme` (may be NULL), which comes first; what is missing is logged and
 * answers 404. */
Statics *statics_read(const char *folder, const char *theme);
void statics_free(Statics *statics);

/* NULL when there is no such file. */
const StaticFile *statics_find(const Statics *statics, const char *name);

#endif
