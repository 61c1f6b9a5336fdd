/* Mustache, specification 1.4: comments, delimiters, interpolation, inverted sections, partials,
 * sections. Templates are parsed once and rendered often; values are escaped for HTML by default.
 * Pure: partials come from a function that the caller gives. A parsed template is immutable and may
 * be rendered by several threads at once. */
#ifndef WEBQUOTA_MUSTACHE_H
#define WEBQUOTA_MUSTACHE_H

#include <jansson.h>
#include "base/base.h"

typedef struct Mustache Mustache;

/* Parses `text`. On failure returns NULL and *error is "line 3: section "x" is not closed" (new string). */
Mustache *mustache_parse(const char *text, char **error) MUST_CHECK;
void mustache_free(Mustache *mustache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mustache, mustache_free)

/* Finds the partial `name`; NULL renders as nothing. The result stays owned by the finder, which must
 * keep it for as long as the rendering runs. */
typedef const Mustache *(*MustachePartial)(const char *name, void *data);

/* Appends the rendering of `value` to `out`. Nesting of partials is bounded (a partial that includes
 * itself for ever ends with false and *error). `partial` may be NULL. */
bool mustache_render(const Mustache *mustache, const json_t *value, MustachePartial partial, void *data, GString *out,
                     char **error) MUST_CHECK;

#endif
