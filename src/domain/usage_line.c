/* One line of usage: what its figures come to. Reports and answers share it, so that the page,
 * the API and the refusal never disagree about the same counter. */
#include "domain/usage.h"

/* Step by step: overage can bring `used` near the end of the numbers. */
static int64_t line_room(const UsageLine *line)
{
    int64_t room = MAX(line->amount - MAX(line->used, 0), 0);
    return MAX(room - MAX(line->held, 0), 0);
}

static int line_percent(const UsageLine *line)
{
    if (line->amount == AMOUNT_UNLIMITED)
        return 0;
    int64_t room = line_room(line);
    return room == 0 ? 100 : (int)((line->amount - room) * 100 / line->amount);
}

static UsageState line_state(const UsageLine *line)
{
    if (!line->limit)
        return USAGE_NOT_INCLUDED;
    if (line->amount == AMOUNT_UNLIMITED)
        return USAGE_UNLIMITED;
    bool granted = line->bonus > 0 || (line->source & SOURCE_GRANT);
    if (line->amount == 0 && !granted)
        return USAGE_NOT_INCLUDED;
    if (line->remaining == 0)
        return USAGE_EXHAUSTED;
    if (line->amount == 0)
        return USAGE_OK;
    return line->percent >= (line->warning_pct ? line->warning_pct : WARNING_FROM_PERCENT) ? USAGE_WARNING
           : line->percent >= (line->notice_pct ? line->notice_pct : NOTICE_FROM_PERCENT)  ? USAGE_NOTICE
                                                                                          : USAGE_OK;
}

void usage_line_thresholds(UsageLine *line, const Subject *subject)
{
    bool is_own = line->limit && line->limit->scope == SCOPE_SUBJECT;
    const Thresholds *own = is_own ? subject_thresholds(subject, line->limit->feature) : NULL;
    line->notice_pct = own ? own->warn_at[0] : 0;
    line->warning_pct = own ? own->warn_at[1] : 0;
}

void usage_line_finish(UsageLine *line)
{
    if (line->limit && line->amount == AMOUNT_UNLIMITED)
        line->remaining = UNITS_MAX;
    else
        line->remaining = MIN(line_room(line) + line->bonus, UNITS_MAX);
    line->percent = line_percent(line);
    line->state = line_state(line);
}

Instant usage_resets_at(const Limit *limit, const Counter *counter, GTimeZone *zone, Window window, Amount amount,
                        int64_t units, Instant now)
{
    if (limit->window.align != ALIGN_ROLLING)
        return window.end;
    if (!counter || amount == AMOUNT_UNLIMITED)
        return INSTANT_MAX;
    Instant fits = counter_rolling_frees_at(counter, limit, zone, amount, units, now);
    if (fits > now)
        return fits;
    if (counter->used <= 0)
        return INSTANT_MAX;
    /* One unit more than fits now has room as soon as the oldest use leaves. */
    int64_t one_too_many = MAX(amount - counter->used - counter->held, 0) + 1;
    return counter_rolling_frees_at(counter, limit, zone, amount, one_too_many, now);
}
