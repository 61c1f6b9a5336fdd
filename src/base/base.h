/* What every file includes first: attributes, and the calls nobody may use.
 *
 * Dangerous calls are poisoned here, so that a slip is a compile error. System headers
 * that mention them must come before this one; it therefore includes those itself.
 */
#ifndef WEBQUOTA_BASE_H
#define WEBQUOTA_BASE_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <glib.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text_at, first) __attribute__((format(printf, text_at, first)))

/* The largest amount or number of units: 2^53 - 1, the largest whole number that
 * JSON readers in every language keep exact (RFC 8259, section 6). */
#define UNITS_MAX INT64_C(9007199254740991)

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atof gets system popen

#endif
