/* One line a message on standard error, as systemd and every log shipper read it:
 * "webquota: text", with "<level>" before it under systemd. Never log secrets: keys, assertions, passwords, cookies. */
#ifndef WEBQUOTA_LOG_H
#define WEBQUOTA_LOG_H

#include "base/base.h"

typedef enum { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_NOTICE = 5, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 } LogLevel;

/* Writes one line; control characters in it become '?'. `threshold` messages and graver
 * are written; set once at start (default LOG_LEVEL_NOTICE). Thread-safe. */
void log_line(LogLevel level, const char *format, ...) PRINTF_LIKE(2, 3);
void log_threshold(LogLevel threshold);

#endif
