/* Secrets that an operator types, or hands over by a pipe: never in arguments, which every process of the machine can read. */
#ifndef WEBQUOTA_SECRET_INPUT_H
#define WEBQUOTA_SECRET_INPUT_H

#include "base/base.h"

/* The first line of standard input, without its end. At a terminal it is asked for twice and not shown. NULL: complained already.
 * New string; wipe it with secret_free. */
char *secret_read(const char *command, const char *what) MUST_CHECK;
void secret_free(char *secret);

#endif
