/* Waits go by the clock that nobody sets. */
#include "worker/turns.h"

#include <pthread.h>
#include "base/instant.h"
#include "base/log.h"

struct Turns {
    TurnsTake take;
    void *data;
    int64_t first_us;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
};

/* False: it is time to end. */
static bool wait_for(Turns *turns, int64_t us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + us % US_PER_S * 1000;
    until.tv_sec += us / US_PER_S + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    int waited = 0;
    pthread_mutex_lock(&turns->lock);
    while (!turns->stop && us > 0 && waited == 0)
        waited = pthread_cond_timedwait(&turns->wake, &turns->lock, &until);
    bool go_on = !turns->stop;
    pthread_mutex_unlock(&turns->lock);
    return go_on;
}

static void *turns_main(void *data)
{
    Turns *turns = data;
    int64_t us = turns->first_us;
    while (wait_for(turns, us))
        us = turns->take(turns->data);
    return NULL;
}

static void turns_free(Turns *turns)
{
    pthread_mutex_destroy(&turns->lock);
    pthread_cond_destroy(&turns->wake);
    g_free(turns);
}

Turns *turns_start(const char *what, TurnsTake take, void *data, int64_t first_us)
{
    Turns *turns = g_new(Turns, 1);
    pthread_condattr_t monotonic;
    *turns = (Turns){ .take = take, .data = data, .first_us = first_us };
    pthread_mutex_init(&turns->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&turns->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&turns->thread, NULL, turns_main, turns) == 0)
        return turns;
    log_line(LOG_LEVEL_ERROR, "%s: the thread cannot be started", what);
    turns_free(turns);
    return NULL;
}

void turns_stop(Turns *turns)
{
    if (!turns)
        return;
    pthread_mutex_lock(&turns->lock);
    turns->stop = true;
    pthread_cond_signal(&turns->wake);
    pthread_mutex_unlock(&turns->lock);
    pthread_join(turns->thread, NULL);
    turns_free(turns);
}
