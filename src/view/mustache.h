/* Mustache, specification 1.4: comments, delimiters, interpolation, inverted sections, partials,
 * sections. Templates are parsed once and rendered often; values are escaped for HTML by default.
 * Pure: partials come from a function that the caller gives. A parsed template is immutable and may
 * be rendered by several threads at once.
 *
 * Where the specification leaves room:
 * - Falsy are what is missing, null, false, the empty list and the empty string. 0 is truthy: a count
 *   of nothing is something to show. So is the empty object.
 * - Numbers appear as JavaScript writes them: 85, 1.21, 1e+21; a real that is whole has no fraction.
 *   true and false appear as such; a list or an object as compact JSON; null as nothing.
 * - A key that is there hides the same key further out, even when its value is null.
 * - The indentation of a standalone partial is put before each of its lines that is not empty.
 * - Blanks may stand before the sign of a tag: {{ #x }}. A name has no blanks in it, and a dotted name
 *   no empty part; both are errors. */
#ifndef WEBQUOTA_MUSTACHE_H
#define WEBQUOTA_MUSTACHE_H

#include "view/value.h"

/* Bounds, so that a template that runs wild ends with an error. */
#define MUSTACHE_SECTION_DEPTH_MAX 100            /* sections open at once in one template */
#define MUSTACHE_PARTIAL_DEPTH_MAX 64             /* partials open at once in a rendering */
#define MUSTACHE_OUTPUT_MAX ((size_t)16 << 20)    /* bytes that one rendering may append */

typedef struct Mustache Mustache;

/* Parses `text`. On failure returns NULL and *error is "line 3: section "x" is not closed" (new string). */
Mustache *mustache_parse(const char *text, char **error) MUST_CHECK;
void mustache_free(Mustache *mustache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mustache, mustache_free)

/* Calls `visit` for each partial tag, in order, until it returns false. Returns whether it never did. */
typedef bool (*MustacheVisit)(const char *name, int line, void *data);
bool mustache_visit_partials(const Mustache *mustache, MustacheVisit visit, void *data);

/* Finds the partial `name`; NULL renders as nothing. The result stays owned by the finder, which must
 * keep it for as long as the rendering runs. */
typedef const Mustache *(*MustachePartial)(const char *name, void *data);

/* Appends the rendering of `value` (NULL: nothing is known) to `out`. Nesting of partials is bounded (a
 * partial that includes itself for ever ends with false and *error), as are size and work. On failure
 * `out` is as it was. `partial` may be NULL. */
bool mustache_render(const Mustache *mustache, const Value *value, MustachePartial partial, void *data, GString *out,
                     char **error) MUST_CHECK;

#endif
