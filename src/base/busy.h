/* How busy the machine's processors are. */
#ifndef WEBQUOTA_BUSY_H
#define WEBQUOTA_BUSY_H

#include "base/base.h"

/* What the processors have done since the machine was started, in ticks of all of them together. Work that is nice to others
 * counts as idling. */
typedef struct {
    int64_t idle, all;
} BusyTicks;

/* Reads the first line of Linux's /proc/stat (proc(5)). False, and *ticks is zero, where it does not look like that. */
bool busy_parse(const char *line, BusyTicks *ticks);

/* The present ticks. False where the system does not tell. */
bool busy_read(BusyTicks *ticks);

/* The idle share of the time between two readings, 0 to 1; 1 where there was none. */
double busy_idle_share(BusyTicks before, BusyTicks after);

#endif
