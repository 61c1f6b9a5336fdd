/* Reports of a situation that is made up: overrides, grants, plan and counters are put together anew, and usage_report does the rest. */
#include "domain/suppose.h"

/* A book in which what is reset is empty, and what was is not. */
typedef struct {
    const Book *book;
    const Supposed *supposed;
    GPtrArray *made; /* of Counter, owned */
} SupposedBook;

static void counter_free(gpointer data)
{
    counter_clear(data);
    g_free(data);
}

static Counter *supposed_limit_counter(void *data, const Limit *limit)
{
    const SupposedBook *book = data;
    const Supposed *supposed = book->supposed;
    Counter *counter = book->book->limit_counter(book->book->data, limit);
    bool resets = supposed->reset && (supposed->reset_feature < 0 || supposed->reset_feature == limit->feature);
    if (limit->scope != SCOPE_SUBJECT || (!resets && !supposed->taken))
        return counter;
    Counter *fresh = g_new0(Counter, 1);
    *fresh = *counter;
    if (resets)
        fresh->used = fresh->fired = 0;
    fresh->buckets = !counter->buckets ? NULL
                     : resets ? g_new0(int64_t, ROLLING_BUCKETS)
                              : g_memdup2(counter->buckets, ROLLING_BUCKETS * sizeof *counter->buckets);
    g_ptr_array_add(book->made, fresh);
    for (guint i = 0; supposed->taken && i < supposed->taken->len; i++) {
        const Taken *taken = &g_array_index(supposed->taken, Taken, i);
        if (taken->slot == limit->slot)
            (void)counter_settle(fresh, limit, taken->counted_at, taken->units, 0);
    }
    return fresh;
}

static Counter *supposed_grant_counter(void *data, const Grant *grant)
{
    const SupposedBook *book = data;
    return book->book->grant_counter(book->book->data, grant);
}

static GArray *overrides_supposed(const Situation *situation, const Supposed *supposed)
{
    GArray *overrides = g_array_new(FALSE, FALSE, sizeof(Override));
    for (int i = 0; i < situation->override_count; i++)
        if (situation->overrides[i].id != supposed->no_override)
            g_array_append_val(overrides, situation->overrides[i]);
    if (supposed->override)
        g_array_append_vals(overrides, supposed->override, 1);
    return overrides;
}

/* Granted ones stay (their slots are negative); the plan's come from the plan. */
static GArray *grants_supposed(const Situation *situation, const Supposed *supposed, const Subject *subject)
{
    GArray *grants = g_array_new(FALSE, FALSE, sizeof(Grant));
    for (int i = 0; i < situation->grant_count; i++)
        if (situation->grants[i].slot < 0 && situation->grants[i].slot != supposed->no_grant)
            g_array_append_val(grants, situation->grants[i]);
    if (supposed->grant)
        g_array_append_vals(grants, supposed->grant, 1);
    decide_plan_grants(subject, grants);
    return grants;
}

UsageReport *usage_report_supposed(const Situation *situation, const Book *book, const Supposed *supposed, int feature,
                                   Subject *subject)
{
    *subject = *situation->subject;
    if (supposed->plan)
        subject->plan = supposed->plan;
    g_autoptr(GArray) overrides = overrides_supposed(situation, supposed);
    g_autoptr(GArray) grants = grants_supposed(situation, supposed, subject);
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(counter_free);
    SupposedBook made_up = {book, supposed, made};
    const Book with = {supposed_limit_counter, supposed_grant_counter, &made_up};
    const Situation other = {
        .policy = situation->policy,
        .subject = subject,
        .overrides = (const Override *)(const void *)overrides->data,
        .override_count = (int)overrides->len,
        .grants = (const Grant *)(const void *)grants->data,
        .grant_count = (int)grants->len,
        .now = situation->now,
    };
    return usage_report(&other, &with, feature, true);
}
