/* Signs of life for whoever supervises this process, as systemd wants them (sd_notify, Type=notify, WatchdogSec): one that
 * stands still is replaced by another, since nobody else can answer those who wait for it. */
#ifndef WEBQUOTA_WATCHDOG_H
#define WEBQUOTA_WATCHDOG_H

#include "base/base.h"

typedef struct {
    int fd;             /* -1: nobody wants to hear */
    int64_t every_us;   /* how often to say that one is alive; 0: not at all */
} Watchdog;

/* Says that the process is ready. From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID; a third of the time allowed
 * passes between two signs. */
Watchdog watchdog_ready(void) MUST_CHECK;

/* Never waits: a supervisor that does not listen is its own misfortune. */
void watchdog_alive(const Watchdog *watchdog);

void watchdog_close(Watchdog *watchdog);

#endif
