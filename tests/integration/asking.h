/* Asking a ledger, and whether its books agree. */
#ifndef WEBQUOTA_TEST_ASKING_H
#define WEBQUOTA_TEST_ASKING_H

#include "database.h"

static inline Answer *ask(Store *store, AskKind kind, const char *subject, const char *feature, const char *resource, int64_t units,
                   StoreResult *result)
{
    LedgerAsk request = { .kind = kind, .subject = subject, .item_count = 1, .items = { { feature, resource, units } },
                          .ttl_s = 300, .caller = "test" };
    g_auto(StoreError) error = { 0 };
    Answer *answer = NULL;
    *result = ledger_decide(store, &request, &answer, &error);
    return answer;
}

/* Every counter that the journal speaks of holds what the journal adds up to. */
static inline void assert_journal_is_whole(void)
{
    static const char sum_up[] =
        "with told as (select subject_id, flags, slot, counted_at, sum(used_delta) used, sum(held_delta) held, account_id, plan"
        "  from webquota.decision_lines group by subject_id, flags, slot, counted_at, account_id, plan),"
        " own as (select subject_id, slot, counted_at, sum(used) used, sum(held) held from told where flags & 28672 = 0 group by 1, 2, 3),"
        " ours as (select case when flags & 4096 > 0 then account_id else 0 end account_id, slot,"
        "    case when flags & 8192 > 0 then plan else '' end as owner, counted_at, sum(used) used, sum(held) held"
        "    from told where flags & 28672 > 0 group by 1, 2, 3, 4)"
        " select (select count(*) from webquota.counter_values v left join own o on o.subject_id = v.subject_id and o.slot = v.slot"
        "           and o.counted_at = v.window_start"
        "          where v.subject_id > 0 and (v.used <> coalesce(o.used, 0) or v.held <> coalesce(o.held, 0)))"
        "      + (select count(*) from webquota.counter_values v left join ours o on o.account_id = v.account_id and o.slot = v.slot"
        "           and o.owner = v.owner and o.counted_at = v.window_start"
        "          where v.subject_id = 0 and (v.used <> coalesce(o.used, 0) or v.held <> coalesce(o.held, 0)))";
    int64_t wrong = database_number(sum_up);
    ck_assert_msg(wrong == 0, "%" PRId64 " counters are not what the journal adds up to", wrong);
}

#endif
