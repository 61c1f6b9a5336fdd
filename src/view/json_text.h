/* The texts of the documents that the store gives, for views and for what makes them. Pure. */
#ifndef WEBQUOTA_JSON_TEXT_H
#define WEBQUOTA_JSON_TEXT_H

#include <jansson.h>

/* The member of that name; NULL where it is no text. Borrowed. */
const char *text_of(const json_t *object, const char *name);

#endif
