/* Strict parsing of small things: what neither libc nor GLib has. Nothing here guesses:
 * leading blanks, signs, leading zeros and trailing text are refused. */
#ifndef WEBQUOTA_PARSE_H
#define WEBQUOTA_PARSE_H

#include "base/base.h"

/* A whole number from min to max in plain decimal digits. "007", "+1", " 1" and "1 " are not. */
bool parse_whole(const char *text, int64_t min, int64_t max, int64_t *out) MUST_CHECK;

/* Is this 1 to max_bytes bytes of valid UTF-8 without control characters (C0, DEL, C1),
 * line or paragraph separators, bidirectional controls? `len` is in bytes. */
bool text_is_plain(const char *text, size_t len, size_t max_bytes);

/* The text as text_is_plain would take it, cut at max_bytes: what may not be in it is replaced by a mark, never
 * dropped. May be empty. New string. */
char *text_made_plain(const char *text, size_t max_bytes);

/* Is this a key: 1 to 64 of [a-z0-9_-], beginning with a letter? */
bool text_is_key(const char *text);

/* Does `text` match `pattern`, in which * stands for any run of characters (none too) and
 * ? for one? Everything else stands for itself; case counts. At worst as many steps as
 * the product of both lengths, never exponential. */
bool pattern_match(const char *pattern, const char *text);

#endif
