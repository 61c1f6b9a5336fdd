/* Counters that several subjects share, and the book that a decision is made from. */
#include "store/subject_state.h"

#include "base/log.h"

static guint shared_hash(gconstpointer key)
{
    const SharedCounter *counter = key;
    return (guint)(counter->account_id * 31 + counter->slot) ^ g_str_hash(counter->owner);
}

static gboolean shared_equal(gconstpointer a, gconstpointer b)
{
    const SharedCounter *x = a, *y = b;
    return x->account_id == y->account_id && x->slot == y->slot && strcmp(x->owner, y->owner) == 0;
}

static void shared_free(gpointer data)
{
    SharedCounter *counter = data;
    counter_set_clear(&counter->set);
    g_free(counter->owner);
    g_free(counter);
}

SharedSet *shared_set_new(void)
{
    SharedSet *set = g_new0(SharedSet, 1);
    set->by_key = g_hash_table_new_full(shared_hash, shared_equal, NULL, shared_free);
    return set;
}

void shared_set_free(SharedSet *set)
{
    if (!set)
        return;
    g_hash_table_unref(set->by_key);
    g_free(set);
}

SharedCounter *shared_set_get(SharedSet *set, int64_t account_id, int64_t slot, const char *owner)
{
    SharedCounter wanted = { .account_id = account_id, .slot = slot, .owner = (char *)owner };
    return g_hash_table_lookup(set->by_key, &wanted);
}

SharedCounter *shared_set_want(SharedSet *set, int64_t account_id, int64_t slot, const char *owner)
{
    SharedCounter *counter = shared_set_get(set, account_id, slot, owner);
    if (counter)
        return counter;
    counter = g_new0(SharedCounter, 1);
    counter->account_id = account_id;
    counter->slot = slot;
    counter->owner = g_strdup(owner);
    g_hash_table_insert(set->by_key, counter, counter);
    return counter;
}

static gint shared_order(gconstpointer a, gconstpointer b)
{
    const SharedCounter *x = *(SharedCounter *const *)a, *y = *(SharedCounter *const *)b;
    if (x->account_id != y->account_id)
        return x->account_id < y->account_id ? -1 : 1;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return strcmp(x->owner, y->owner);
}

GPtrArray *shared_set_sorted(SharedSet *set)
{
    GPtrArray *all = g_ptr_array_new();
    GHashTableIter iter;
    gpointer counter;
    g_hash_table_iter_init(&iter, set->by_key);
    while (g_hash_table_iter_next(&iter, &counter, NULL))
        g_ptr_array_add(all, counter);
    g_ptr_array_sort(all, shared_order);
    return all;
}

void shared_params(Params *params, const GPtrArray *sorted, bool (*only)(const SharedCounter *))
{
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GPtrArray) owners = g_ptr_array_new();
    for (guint i = 0; i < sorted->len; i++) {
        const SharedCounter *counter = sorted->pdata[i];
        if (only && !only(counter))
            continue;
        g_array_append_val(accounts, counter->account_id);
        g_array_append_val(slots, counter->slot);
        g_ptr_array_add(owners, counter->owner);
    }
    params_numbers(params, accounts);
    params_numbers(params, slots);
    params_texts(params, owners);
}

void shared_set_read_row(SharedSet *set, const PGresult *rows, int row, int column)
{
    SharedCounter *counter = shared_set_get(set, result_number(rows, row, column), result_number(rows, row, column + 1),
                                            result_text(rows, row, column + 2));
    if (!counter)
        return;
    counter->version = result_number(rows, row, column + 3);
    counter->found = result_counters(&counter->set, rows, row, column + 4);
    counter->broken = !counter->found;
    if (counter->broken)
        log_line(LOG_LEVEL_ERROR, "shared counter %" PRId64 " of account %" PRId64 " cannot be read", counter->slot,
                 counter->account_id);
}

void shared_set_read(SharedSet *set, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++)
        shared_set_read_row(set, rows, row, 0);
}

/* Which row a limit's shared counter is in. */
static SharedCounter *shared_of_limit(SharedSet *set, const SubjectState *state, const Limit *limit, bool want)
{
    int64_t account = limit->scope == SCOPE_ORGANIZATION ? state->account_id : 0;
    const char *owner = limit->scope == SCOPE_PLAN ? state->subject.plan->key : "";
    return want ? shared_set_want(set, account, limit->slot, owner) : shared_set_get(set, account, limit->slot, owner);
}

void shared_set_want_for(SharedSet *set, const SubjectState *state, int feature)
{
    const Plan *plan = state->subject.plan;
    for (int i = 0; plan && i < plan->limit_count; i++) {
        const Limit *limit = &plan->limits[i];
        if (limit->scope == SCOPE_SUBJECT || !limit_applies(limit, &state->subject) ||
            (feature >= 0 && !feature_is_within(state->policy, feature, limit->feature)))
            continue;
        shared_of_limit(set, state, limit, true);
    }
    for (guint i = 0; i < state->grants->len; i++) {
        const Grant *grant = &g_array_index(state->grants, Grant, i);
        if (grant->of_organization)
            shared_set_want(set, state->account_id, grant->slot, "");
    }
}

/* --- the book --- */

void counter_book_init(CounterBook *book, SubjectState *state, SharedSet *shared)
{
    *book = (CounterBook){ .state = state, .shared = shared, };
}

static Counter *book_fresh(CounterBook *book, int64_t slot, SharedCounter *home)
{
    for (guint i = 0; book->fresh && i < book->fresh->len; i++) {
        Counter *counter = book->fresh->pdata[i];
        if (counter->slot == slot && book->homes->pdata[i] == home)
            return counter;
    }
    return NULL;
}

static Counter *book_make(CounterBook *book, int64_t slot, SharedCounter *home)
{
    if (!book->fresh) {
        book->fresh = g_ptr_array_new();
        book->homes = g_ptr_array_new();
    }
    Counter *counter = g_new0(Counter, 1);
    counter->slot = slot;
    counter->window_start = INSTANT_MIN;
    g_ptr_array_add(book->fresh, counter);
    g_ptr_array_add(book->homes, home);
    return counter;
}

static Counter *book_limit_counter(void *data, const Limit *limit)
{
    CounterBook *book = data;
    SubjectState *state = book->state;
    SharedCounter *home = limit->scope == SCOPE_SUBJECT ? NULL : shared_of_limit(book->shared, state, limit, true);
    Counter *counter = counter_set_find(home ? &home->set : &state->own, limit->slot);
    if (!counter)
        counter = book_fresh(book, limit->slot, home);
    if (!counter) {
        counter = book_make(book, limit->slot, home);
        const char *zone_name = NULL;
        GTimeZone *zone = decide_zone(state->policy, &state->subject, limit, &zone_name);
        counter_start(counter, limit, zone, state->subject.anchor, state->now);
        counter->slot = limit->slot;
    }
    return counter;
}

static Counter *book_grant_counter(void *data, const Grant *grant)
{
    CounterBook *book = data;
    SharedCounter *home = grant->of_organization ? shared_set_want(book->shared, book->state->account_id, grant->slot, "") : NULL;
    Counter *counter = counter_set_find(home ? &home->set : &book->state->own, grant->slot);
    if (!counter)
        counter = book_fresh(book, grant->slot, home);
    return counter ? counter : book_make(book, grant->slot, home);
}

Book counter_book(CounterBook *book)
{
    return (Book){ book_limit_counter, book_grant_counter, book };
}

static void book_mark(CounterBook *book, SharedCounter *home)
{
    if (home)
        home->changed = true;
    else
        book->state->changed = true;
}

/* Whose counter a look or draw charged. */
static SharedCounter *book_home(CounterBook *book, const Counter *counter, const Limit *limit, const Grant *grant)
{
    for (guint i = 0; book->fresh && i < book->fresh->len; i++)
        if (book->fresh->pdata[i] == counter)
            return book->homes->pdata[i];
    if (limit)
        return limit->scope == SCOPE_SUBJECT ? NULL : shared_of_limit(book->shared, book->state, limit, false);
    return grant->of_organization ? shared_set_get(book->shared, book->state->account_id, grant->slot, "") : NULL;
}

static void book_adopt(CounterBook *book, const Counter *counter)
{
    for (guint i = 0; book->fresh && i < book->fresh->len; i++) {
        if (book->fresh->pdata[i] != counter)
            continue;
        SharedCounter *home = book->homes->pdata[i];
        Counter *kept = counter_set_add(home ? &home->set : &book->state->own, counter->slot);
        int64_t *unused = kept->buckets;
        *kept = *counter;
        g_free(unused);
        g_free(book->fresh->pdata[i]);
        g_ptr_array_remove_index(book->fresh, i);
        g_ptr_array_remove_index(book->homes, i);
        return;
    }
}

void counter_book_keep(CounterBook *book, const Decision *decision)
{
    for (int i = 0; i < decision->look_count; i++)
        if (decision->looks[i].charged)
            book_mark(book, book_home(book, decision->looks[i].counter, decision->looks[i].limit, NULL));
    for (int i = 0; i < decision->draw_count; i++)
        book_mark(book, book_home(book, decision->draws[i].counter, NULL, decision->draws[i].grant));
    /* Adopting moves counters, so all marks come first. */
    for (int i = 0; i < decision->look_count; i++)
        if (decision->looks[i].charged)
            book_adopt(book, decision->looks[i].counter);
    for (int i = 0; i < decision->draw_count; i++)
        book_adopt(book, decision->draws[i].counter);
}

void counter_book_touch(CounterBook *book, const Counter *counter, const Limit *limit)
{
    book_mark(book, book_home(book, counter, limit, NULL));
    book_adopt(book, counter);
}

void counter_book_clear(CounterBook *book)
{
    for (guint i = 0; book->fresh && i < book->fresh->len; i++) {
        counter_clear(book->fresh->pdata[i]);
        g_free(book->fresh->pdata[i]);
    }
    g_clear_pointer(&book->fresh, g_ptr_array_unref);
    g_clear_pointer(&book->homes, g_ptr_array_unref);
}
