/* Values to and from JSON: for data that templates are tried with, and for documents. Pure. */
#ifndef WEBQUOTA_VALUE_JSON_H
#define WEBQUOTA_VALUE_JSON_H

#include <jansson.h>
#include "view/value.h"

/* The value as JSON; NULL (nothing is known) is null. New reference. */
json_t *value_to_json(const Value *value);

/* A new tree with all of `json` in it, whatever its kind; to be freed with value_free. */
Value *value_of_json(const json_t *json);

#endif
