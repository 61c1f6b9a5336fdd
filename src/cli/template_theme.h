/* `webquota template check` for a theme: a folder whose files stand in the place of the program's own. */
#ifndef WEBQUOTA_TEMPLATE_THEME_H
#define WEBQUOTA_TEMPLATE_THEME_H

#include "base/base.h"

/* Checks every template of `theme` (NULL: none, the program's own alone) with those of `templates`: can each be parsed, and does
 * what it is given have every name that it uses? What is wrong goes to standard error, a line each. Returns whether nothing is. */
bool theme_check(const char *templates, const char *theme);

#endif
