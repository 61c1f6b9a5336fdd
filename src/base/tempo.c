/* A larger batch costs less for each decision, and a batch that waits costs nothing for as long as the processors have other
 * work: whoever is to be answered by that work would have waited anyway. So where they are busy all the time, batches wait a
 * little longer, and where they idle, half as long, down to not at all. An idle system never waits. */
#include "base/tempo.h"

#define BUSY_BELOW 0.10
#define IDLE_ABOVE 0.16
#define STEP_US 100
#define LEAST_US 50

int64_t tempo_next(int64_t wait_us, double idle)
{
    if (idle < BUSY_BELOW)
        return MIN(wait_us + wait_us / 4 + STEP_US, TEMPO_MOST_US);
    if (idle <= IDLE_ABOVE)
        return wait_us;
    return wait_us / 2 < LEAST_US ? 0 : wait_us / 2;
}

int64_t tempo_wait_us(Tempo *tempo, int64_t now_us)
{
    if (tempo->looked_us && now_us - tempo->looked_us < TEMPO_LOOK_US)
        return tempo->wait_us;
    bool lately = tempo->looked_us && now_us - tempo->looked_us < 4 * TEMPO_LOOK_US;
    BusyTicks ticks;
    bool known = busy_read(&ticks);
    tempo->wait_us = known && lately ? tempo_next(tempo->wait_us, busy_idle_share(tempo->ticks, ticks)) : 0;
    tempo->ticks = ticks;
    tempo->looked_us = now_us;
    return tempo->wait_us;
}
