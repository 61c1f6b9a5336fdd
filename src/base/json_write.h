/* JSON as text. Pure. */
#ifndef WEBQUOTA_JSON_WRITE_H
#define WEBQUOTA_JSON_WRITE_H

#include "base/base.h"
#include <jansson.h>

/* As json_dumps, but of a number that is not whole no more digits than tell it from others: 1.1, not 1.1000000000000001. New string, or NULL. */
char *json_write(const json_t *json, size_t flags) MUST_CHECK;

#endif
