/* Collecting mistakes. */
#ifndef WEBQUOTA_POLICY_MISTAKE_H
#define WEBQUOTA_POLICY_MISTAKE_H

#include "policy/policy_read.h"

/* After this many, one more says that there are more. */
#define MISTAKES_MAX 1000

/* Appends one. `where` is the section ("plan free: limit monthly", "" at the top), `field` the
 * option or NULL. */
void mistake_add(GPtrArray *mistakes, const char *file, int line, const char *where, const char *field,
                 const char *format, ...) PRINTF_LIKE(6, 7);
void mistake_add_list(GPtrArray *mistakes, const char *file, int line, const char *where, const char *field,
                      const char *format, va_list arguments);

/* By line; those of one line stay in their order. */
void mistakes_sort(GPtrArray *mistakes);

/* What of a value can be shown in a message: at most 40 characters, none of them hidden. New string. */
char *shown(const char *text);

#endif
