/* The memory of certain refusals. */
#include "store/refusals.h"

#define REFUSALS_MAX 20000 /* of a few thousand bytes each */

/* Counted, since the notes of those who were refused again outlive it here. */
struct Refusal {
    Answer *answer;
    AnswerKeep *keep;      /* for what is made of it when it is given again */
    Record *record;
    Instant until;
    int64_t until_us;      /* monotonic; INT64_MAX: no bound but `until` */
};

struct Refusals {
    pthread_mutex_t lock;
    GHashTable *by_ask;
    uint64_t generation;
};

static void refusal_clear(gpointer data)
{
    Refusal *refusal = data;
    answer_unref(refusal->answer);
    answer_keep_unref(refusal->keep);
    record_free(refusal->record);
}

static void refusal_unref(gpointer data)
{
    g_atomic_rc_box_release_full(data, refusal_clear);
}

const Record *note_first(const Note *note)
{
    return note->of->record;
}

void note_free(Note *note)
{
    if (!note)
        return;
    refusal_unref(note->of);
    g_free(note->metadata);
    g_free(note->on_behalf_of);
    g_free(note);
}

Refusals *refusals_new(void)
{
    Refusals *refusals = g_new0(Refusals, 1);
    pthread_mutex_init(&refusals->lock, NULL);
    refusals->by_ask = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, refusal_unref);
    return refusals;
}

void refusals_free(Refusals *refusals)
{
    g_hash_table_unref(refusals->by_ask);
    pthread_mutex_destroy(&refusals->lock);
    g_free(refusals);
}

uint64_t refusals_generation(Refusals *refusals)
{
    pthread_mutex_lock(&refusals->lock);
    uint64_t generation = refusals->generation;
    pthread_mutex_unlock(&refusals->lock);
    return generation;
}

void refusals_forget(Refusals *refusals)
{
    pthread_mutex_lock(&refusals->lock);
    refusals->generation++;
    g_hash_table_remove_all(refusals->by_ask);
    pthread_mutex_unlock(&refusals->lock);
}

/* Has the subject any grant that could help now or later? */
static bool has_grant(const SubjectState *state, int feature)
{
    for (guint i = 0; i < state->grants->len; i++)
        if (feature_is_within(state->policy, feature, g_array_index(state->grants, Grant, i).feature))
            return true;
    return false;
}

Instant refusal_certain_until(const SubjectState *state, const Decision *decision, const AskItem *item)
{
    if (decision->outcome != OUTCOME_DENIED || decision->reason != REASON_LIMIT || decision->deciding < 0)
        return INSTANT_MIN;
    const LimitLook *look = &decision->looks[decision->deciding];
    if (look->amount == AMOUNT_UNLIMITED || look->used < look->amount || look->limit->window.align == ALIGN_ROLLING ||
        look->bonus > 0 || has_grant(state, item->feature))
        return INSTANT_MIN;
    return MIN(MIN(look->window.end, look->override_expires), state->plan_until);
}

static char *ask_key(const LedgerAsk *ask)
{
    const LedgerItem *item = &ask->items[0];
    return g_strconcat(ask->subject, "\n", item->feature, "\n", item->resource, NULL);
}

void refusals_remember(Refusals *refusals, const Job *job, const Record *record, uint64_t generation, int64_t memory_us)
{
    Refusal *refusal = g_atomic_rc_box_new0(Refusal);
    refusal->answer = answer_ref(job->answer);
    refusal->keep = answer_keep_new();
    refusal->record = record_copy(record);
    g_array_set_size(refusal->record->trace, 0);
    g_clear_pointer(&refusal->record->metadata, g_free);
    g_clear_pointer(&refusal->record->on_behalf_of, g_free);
    refusal->until = job->certain_until;
    refusal->until_us = memory_us ? g_get_monotonic_time() + memory_us : INT64_MAX;
    char *key = ask_key(job->ask);
    pthread_mutex_lock(&refusals->lock);
    if (g_hash_table_size(refusals->by_ask) >= REFUSALS_MAX)
        g_hash_table_remove_all(refusals->by_ask);
    if (refusals->generation == generation) {
        g_hash_table_replace(refusals->by_ask, key, refusal);
        key = NULL;
        refusal = NULL;
    }
    pthread_mutex_unlock(&refusals->lock);
    g_free(key);
    if (refusal)
        refusal_unref(refusal);
}

static Refusal *recall(Refusals *refusals, const LedgerAsk *ask, Instant now)
{
    g_autofree char *key = ask_key(ask);
    pthread_mutex_lock(&refusals->lock);
    Refusal *refusal = g_hash_table_lookup(refusals->by_ask, key);
    if (refusal && now < refusal->until && now >= refusal->answer->at && g_get_monotonic_time() < refusal->until_us)
        g_atomic_rc_box_acquire(refusal);
    else
        refusal = NULL;
    pthread_mutex_unlock(&refusals->lock);
    return refusal;
}

/* Takes over `of`. */
static Note *note_new(Refusal *of, const LedgerAsk *ask, Instant now)
{
    Note *note = g_new(Note, 1);
    *note = (Note){ .of = of, .key = of->record->key, .units = ask->items[0].units,
                    .kind = ask->kind == ASK_HOLD ? "hold" : "consume", .metadata = g_strdup(ask->metadata),
                    .on_behalf_of = g_strdup(ask->on_behalf_of) };
    note->key.at = now;
    note->key.id = record_id_new();
    return note;
}

Answer *refusals_recall(Refusals *refusals, const LedgerAsk *ask, Instant now, Note **note)
{
    if (ask->item_count != 1 || ask->idempotency_key)
        return NULL;
    Refusal *refusal = recall(refusals, ask, now);
    if (!refusal)
        return NULL;
    const Answer *answer = refusal->answer;
    /* More units than the first ask may not fit at all, which is another answer. */
    if (ask->items[0].units > answer->lines[answer->deciding].usage.amount) {
        refusal_unref(refusal);
        return NULL;
    }
    *note = note_new(refusal, ask, now);
    g_autofree char *id = public_id_decision(&(*note)->key);
    Answer *again = answer_again(answer, id, now);
    again->keep = g_atomic_rc_box_acquire(refusal->keep);
    again->kind = ask->kind;
    again->units = ask->items[0].units;
    return again;
}
