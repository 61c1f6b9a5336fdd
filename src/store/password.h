/* Passwords as they are kept: argon2id. Each call takes 64 MB and a good part of a second, on purpose: only one of a process is at
 * work at any time, the others wait. */
#ifndef WEBQUOTA_PASSWORD_H
#define WEBQUOTA_PASSWORD_H

#include "base/base.h"

#define PASSWORD_CHARS_MIN 10
#define PASSWORD_BYTES_MAX 1024

/* Can it be somebody's: UTF-8, long enough, not too long? What is wrong (static), or NULL. */
const char *password_complaint(const char *password);

/* New string; NULL where there is not enough memory. */
char *password_hash(const char *password) MUST_CHECK;

/* `hash` NULL: takes as long, and is not right. False: there is not enough memory to tell. */
bool password_look(const char *password, const char *hash, bool *right) MUST_CHECK;

#endif
