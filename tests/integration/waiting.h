/* Waiting in lines, and whether they are what their counters say. */
#ifndef WEBQUOTA_TEST_WAITING_H
#define WEBQUOTA_TEST_WAITING_H

#include "asking.h"

#include "store/queue.h"

static inline void clock_at(const char *time)
{
    g_autofree char *sql = g_strdup_printf("create or replace function webquota.clock() returns timestamptz language sql volatile as"
                                           " 'select timestamptz ''2026-03-15 %sZ'''", time);
    g_free(database_value(sql));
}

static inline Answer *consume(Store *store, const char *subject, const char *feature, int64_t units)
{
    StoreResult result;
    Answer *answer = ask(store, ASK_CONSUME, subject, feature, NULL, units, &result);
    ck_assert_int_eq(result, STORE_OK);
    return answer;
}

/* The first of all lines. */
static inline GPtrArray *heads_now(Store *store)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(GPtrArray) lines = NULL;
    GPtrArray *heads = NULL;
    ck_assert_int_eq(queue_lines(store, NULL, NULL, 1000, &lines, &error), STORE_OK);
    for (guint i = 0; i < lines->len; i++)
        ((QueueLine *)lines->pdata[i])->most = 50;
    ck_assert_int_eq(queue_heads(store, lines, &heads, &error), STORE_OK);
    return heads;
}

/* Lets in whoever can be; how many. */
static inline int let_in(Store *store, const char *holder)
{
    g_auto(StoreError) error = { 0 };
    bool mine, late;
    ck_assert_int_eq(queue_lease(store, holder, &mine, &late, &error), STORE_OK);
    g_autoptr(GPtrArray) heads = heads_now(store);
    queue_admit(store, holder, heads);
    int in = 0;
    for (guint i = 0; i < heads->len; i++)
        in += ((const QueueHead *)heads->pdata[i])->result == ADMISSION_IN;
    return in;
}

static inline void assert_lines_are_counted(void)
{
    int64_t wrong = database_number(
        "with told as (select slot, owner, account_id, sum(n) n from ("
        "  select state[1] slot, owner, account_id, state[6] / 256 n from webquota.shared_counters where cardinality(state) = 6"
        "  union all select state[i], '#' || subject_id, account_id, state[i + 5] / 256 from webquota.counters"
        "    cross join lateral generate_series(1, cardinality(state), 6) i) x group by 1, 2, 3),"
        " waits as (select line_slot slot, line_owner owner, line_account account_id, count(*) n from webquota.tickets"
        "   where state = 'waiting' group by 1, 2, 3)"
        " select count(*) from told full join waits using (slot, owner, account_id) where coalesce(told.n, 0) <> coalesce(waits.n, 0)");
    ck_assert_msg(wrong == 0, "%" PRId64 " lines are not as long as their counters say", wrong);
}

/* The subjects in the line of a limit, in their order: "a b c". */
static inline char *line_of(Store *store, const char *feature, const char *limit)
{
    g_auto(StoreError) error = { 0 };
    GString *names = g_string_new(NULL);
    json_t *list = NULL, *one;
    bool more;
    size_t i;
    ck_assert_int_eq(queue_line(store, feature, limit, NULL, 50, &list, &more, &error), STORE_OK);
    json_array_foreach(list, i, one) {
        ck_assert_int_eq(json_integer_value(json_object_get(one, "number")), i + 1);
        g_string_append_printf(names, "%s%s", i ? " " : "", json_string_value(json_object_get(one, "subject")));
    }
    json_decref(list);
    return g_string_free(names, FALSE);
}

static inline void assert_line(Store *store, const char *feature, const char *limit, const char *names)
{
    g_autofree char *now = line_of(store, feature, limit);
    ck_assert_str_eq(now, names);
}

#endif
