/* A thread that takes turns until it is told to stop: what all workers have in common. */
#ifndef WEBQUOTA_TURNS_H
#define WEBQUOTA_TURNS_H

#include "base/base.h"

typedef struct Turns Turns;

/* One turn; returns how long to wait for the next, in microseconds. 0: go on at once. */
typedef int64_t (*TurnsTake)(void *data);

/* Begins after `first_us`. `what` is for the log; `data` must outlive it. NULL: no thread is to be had, which is in the log. */
Turns *turns_start(const char *what, TurnsTake take, void *data, int64_t first_us);

/* Lets the turn under way end, and waits for that. NULL is fine. */
void turns_stop(Turns *turns);

#endif
