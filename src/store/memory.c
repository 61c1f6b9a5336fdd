/* Two shelves of plain values: nothing here owns anything, so keeping is copying. */
#include "store/memory.h"

#include "base/shelf.h"

#define SUBJECTS 16384
#define SHARED 8192
#define NUMBERS_MAX 36 /* six counters */
#define TEXTS_MAX 96
#define TEXTS 4        /* organization, time zone, plan, plan after */
#define OWNER_MAX 40

typedef struct {
    const char *plan_seen;
    bool whole;        /* all that decides is here; otherwise the plan only */
    bool suspended;
    uint8_t numbers;
    uint8_t given;     /* bits: which texts there are */
    int64_t account_id, id, version, epoch;
    Instant plan_until, anchor, first_met;
    char texts[TEXTS_MAX];
    int64_t state[NUMBERS_MAX];
} KnownSubject;

typedef struct {
    int64_t version, state[6];
    uint8_t numbers;
} KnownShared;

typedef struct {
    int64_t account_id, slot;
    char owner[OWNER_MAX];
} SharedKey;

struct Memory {
    pthread_mutex_t lock;
    Shelf *subjects, *shared;
};

Memory *memory_new(void)
{
    Memory *memory = g_new0(Memory, 1);
    pthread_mutex_init(&memory->lock, NULL);
    memory->subjects = shelf_new(SUBJECTS, sizeof(KnownSubject));
    memory->shared = shelf_new(SHARED, sizeof(KnownShared));
    return memory;
}

void memory_free(Memory *memory)
{
    if (!memory)
        return;
    shelf_free(memory->subjects);
    shelf_free(memory->shared);
    pthread_mutex_destroy(&memory->lock);
    g_free(memory);
}

void memory_forget(Memory *memory)
{
    pthread_mutex_lock(&memory->lock);
    shelf_clear(memory->subjects);
    shelf_clear(memory->shared);
    pthread_mutex_unlock(&memory->lock);
}

/* --- subjects --- */

static bool texts_write(KnownSubject *known, const SubjectState *state)
{
    const char *texts[TEXTS] = { state->organization, state->timezone, state->plan_key, state->plan_after };
    size_t at = 0;
    known->given = 0;
    for (int i = 0; i < TEXTS; i++) {
        size_t length = texts[i] ? strlen(texts[i]) + 1 : 0;
        if (at + length > TEXTS_MAX)
            return false;
        memcpy(known->texts + at, texts[i] ? texts[i] : "", length);
        known->given |= (uint8_t)((texts[i] != NULL) << i);
        at += length;
    }
    return true;
}

static bool numbers_write(KnownSubject *known, const SubjectState *state)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) rolling = g_array_new(FALSE, FALSE, sizeof(int64_t));
    counter_set_write(&state->own, numbers, rolling);
    if (rolling->len || numbers->len > NUMBERS_MAX)
        return false;
    for (guint i = 0; i < numbers->len; i++)
        known->state[i] = g_array_index(numbers, int64_t, i);
    known->numbers = (uint8_t)numbers->len;
    return true;
}

void memory_keep_subject(Memory *memory, const SubjectState *state)
{
    pthread_mutex_lock(&memory->lock);
    KnownSubject *known = shelf_put(memory->subjects, state->key, strlen(state->key));
    if (known) {
        known->plan_seen = state->subject.plan ? g_intern_string(state->subject.plan->key) : NULL;
        known->account_id = state->account_id;
        known->id = state->id;
        known->version = state->version;
        known->epoch = state->epoch;
        known->plan_until = state->plan_until;
        known->anchor = state->subject.anchor;
        known->first_met = state->subject.first_met;
        known->suspended = state->subject.suspended;
        known->whole = !state->overrides->len && !state->granted && !state->own_thresholds && texts_write(known, state) &&
                       numbers_write(known, state);
    }
    pthread_mutex_unlock(&memory->lock);
}

SubjectState *memory_subject(Memory *memory, const char *key)
{
    SubjectState *state = NULL;
    pthread_mutex_lock(&memory->lock);
    const KnownSubject *known = shelf_find(memory->subjects, key, strlen(key));
    if (known && known->whole) {
        char *texts[TEXTS] = { NULL };
        const char *at = known->texts;
        for (int i = 0; i < TEXTS; i++)
            if (known->given & (1 << i)) {
                texts[i] = g_strdup(at);
                at += strlen(at) + 1;
            }
        state = subject_state_remembered(key, texts, known->state, known->numbers);
        state->account_id = known->account_id;
        state->id = known->id;
        state->version = known->version;
        state->epoch = known->epoch;
        state->plan_until = known->plan_until;
        state->subject.anchor = known->anchor;
        state->subject.first_met = known->first_met;
        state->subject.suspended = known->suspended;
    }
    pthread_mutex_unlock(&memory->lock);
    return state;
}

bool memory_address(Memory *memory, const char *key, int64_t *account_id, int64_t *id)
{
    pthread_mutex_lock(&memory->lock);
    const KnownSubject *known = shelf_find(memory->subjects, key, strlen(key));
    bool whole = known && known->whole;
    if (whole) {
        *account_id = known->account_id;
        *id = known->id;
    }
    pthread_mutex_unlock(&memory->lock);
    return whole;
}

const char *memory_plan(Memory *memory, const char *key)
{
    pthread_mutex_lock(&memory->lock);
    const KnownSubject *known = shelf_find(memory->subjects, key, strlen(key));
    const char *plan = known ? known->plan_seen : NULL;
    pthread_mutex_unlock(&memory->lock);
    return plan;
}

void memory_drop_subject(Memory *memory, const char *key)
{
    pthread_mutex_lock(&memory->lock);
    KnownSubject *known = shelf_find(memory->subjects, key, strlen(key));
    if (known)
        known->whole = false;
    pthread_mutex_unlock(&memory->lock);
}

/* --- shared counters --- */

static bool shared_key(SharedKey *key, const SharedCounter *counter)
{
    *key = (SharedKey){ .account_id = counter->account_id, .slot = counter->slot };
    return g_strlcpy(key->owner, counter->owner, sizeof key->owner) < sizeof key->owner;
}

bool memory_shared(Memory *memory, SharedCounter *counter)
{
    SharedKey key;
    if (!shared_key(&key, counter))
        return false;
    pthread_mutex_lock(&memory->lock);
    KnownShared *known = shelf_find(memory->shared, &key, sizeof key);
    if (known) {
        counter->version = known->version;
        counter_set_clear(&counter->set);
        counter->found = counter_set_read(&counter->set, known->state, known->numbers, NULL, 0);
    }
    pthread_mutex_unlock(&memory->lock);
    return known != NULL;
}

void memory_keep_shared(Memory *memory, const SharedCounter *counter)
{
    SharedKey key;
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) rolling = g_array_new(FALSE, FALSE, sizeof(int64_t));
    counter_set_write(&counter->set, numbers, rolling);
    if (!shared_key(&key, counter))
        return;
    pthread_mutex_lock(&memory->lock);
    KnownShared *known = rolling->len || numbers->len > G_N_ELEMENTS(known->state) ? NULL
                                                                                  : shelf_put(memory->shared, &key, sizeof key);
    if (known) {
        known->version = counter->version;
        known->numbers = (uint8_t)numbers->len;
        for (guint i = 0; i < numbers->len; i++)
            known->state[i] = g_array_index(numbers, int64_t, i);
    } else {
        shelf_drop(memory->shared, &key, sizeof key);
    }
    pthread_mutex_unlock(&memory->lock);
}

void memory_drop_shared(Memory *memory, const SharedCounter *counter)
{
    SharedKey key;
    if (!shared_key(&key, counter))
        return;
    pthread_mutex_lock(&memory->lock);
    shelf_drop(memory->shared, &key, sizeof key);
    pthread_mutex_unlock(&memory->lock);
}
