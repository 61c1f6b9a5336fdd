/* What programs make of one request: each reading of its path and of its query that some of them are known to have. Pure, but that it asks
 * the request. */
#ifndef WEBQUOTA_READINGS_H
#define WEBQUOTA_READINGS_H

#include "web/request.h"
#include "web/uri.h"

#define READINGS_PATHS 2

typedef struct {
    char *paths[READINGS_PATHS]; /* the second may be NULL */
    GPtrArray *queries;          /* of Query *, one at least */
} Readings;

/* False: the query cannot be read. */
bool readings_of(const Request *request, Readings *out) MUST_CHECK;
void readings_clear(Readings *readings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Readings, readings_clear)

#endif
