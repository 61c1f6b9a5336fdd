/* How long a batch of the ledger waits for company. */
#ifndef WEBQUOTA_TEMPO_H
#define WEBQUOTA_TEMPO_H

#include "base/busy.h"

#define TEMPO_LOOK_US 100000 /* how often it looks */
#define TEMPO_MOST_US 3000

/* One thread's own. Start with zeros. */
typedef struct {
    int64_t wait_us;   /* what a batch waits for at present */
    int64_t looked_us; /* monotonic; 0: never */
    BusyTicks ticks;
} Tempo;

/* The wait that follows `wait_us` when the processors were idle for `idle` of the time, 0 to 1. */
int64_t tempo_next(int64_t wait_us, double idle);

/* Looks at the processors where it is time to, and gives what a batch is to wait, in microseconds. */
int64_t tempo_wait_us(Tempo *tempo, int64_t now_us);

#endif
