/* The project's templates: every DIR/NAME.html, parsed once at start, partials by name. */
#ifndef WEBQUOTA_TEMPLATES_H
#define WEBQUOTA_TEMPLATES_H

#include "view/mustache.h"

typedef struct Templates Templates;

/* Takes texts, not files (the view room does no I/O): names and texts of equal count. On a syntax error
 * returns NULL and *error names the template and the line. Thread-safe to render from afterwards. */
Templates *templates_new(const char *const *names, const char *const *texts, int count, char **error) MUST_CHECK;
void templates_free(Templates *templates);

/* Renders template `name` with `value` as a whole page: "layout" with the page in it when value has
 * "page", else the template alone. NULL and *error when it cannot. New GString. */
GString *templates_render(const Templates *templates, const char *name, const Value *value, char **error) MUST_CHECK;

#endif
