/* Work that takes long, and that nobody who answers others is to wait for: one thread does it, one after the other. */
#ifndef WEBQUOTA_SLOW_H
#define WEBQUOTA_SLOW_H

#include "base/base.h"

typedef struct Slow Slow;

/* At most so many are in line. The thread is started when there is something to do. */
Slow *slow_new(int most);

/* Ends when what is in line is done. NULL: nothing. */
void slow_free(Slow *slow);

/* False: there are too many in line, or no thread can be had, and `work` will not be called. Thread-safe. */
bool slow_add(Slow *slow, void (*work)(void *data), void *data) MUST_CHECK;

#endif
