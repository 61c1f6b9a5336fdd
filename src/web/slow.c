/* Work that takes long. */
#include "web/slow.h"

#include <pthread.h>

typedef struct {
    void (*work)(void *data);
    void *data;
} Job;

struct Slow {
    pthread_mutex_t lock;
    pthread_cond_t more;
    GQueue jobs;
    int most;
    bool started, ends;
    pthread_t thread;
};

Slow *slow_new(int most)
{
    Slow *slow = g_new0(Slow, 1);
    pthread_mutex_init(&slow->lock, NULL);
    pthread_cond_init(&slow->more, NULL);
    g_queue_init(&slow->jobs);
    slow->most = most;
    return slow;
}

/* The next job, which stays in line while it is done; NULL: there will be none. */
static Job *next(Slow *slow)
{
    pthread_mutex_lock(&slow->lock);
    while (g_queue_is_empty(&slow->jobs) && !slow->ends)
        pthread_cond_wait(&slow->more, &slow->lock);
    Job *job = g_queue_peek_head(&slow->jobs);
    pthread_mutex_unlock(&slow->lock);
    return job;
}

static void *slow_main(void *data)
{
    Slow *slow = data;
    for (Job *job; (job = next(slow));) {
        job->work(job->data);
        pthread_mutex_lock(&slow->lock);
        g_queue_pop_head(&slow->jobs);
        pthread_mutex_unlock(&slow->lock);
        g_free(job);
    }
    return NULL;
}

void slow_free(Slow *slow)
{
    if (!slow)
        return;
    pthread_mutex_lock(&slow->lock);
    slow->ends = true;
    pthread_cond_signal(&slow->more);
    pthread_mutex_unlock(&slow->lock);
    if (slow->started)
        pthread_join(slow->thread, NULL);
    pthread_cond_destroy(&slow->more);
    pthread_mutex_destroy(&slow->lock);
    g_free(slow);
}

bool slow_add(Slow *slow, void (*work)(void *data), void *data)
{
    pthread_mutex_lock(&slow->lock);
    if (!slow->started)
        slow->started = pthread_create(&slow->thread, NULL, slow_main, slow) == 0;
    bool room = slow->started && !slow->ends && (int) g_queue_get_length(&slow->jobs) < slow->most;
    if (room) {
        Job *job = g_new0(Job, 1);
        *job = (Job){work, data};
        g_queue_push_tail(&slow->jobs, job);
        pthread_cond_signal(&slow->more);
    }
    pthread_mutex_unlock(&slow->lock);
    return room;
}
