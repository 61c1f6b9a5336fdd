/* At which shares of a limit somebody is told: where the policy says, or where they said themselves. */
#include "domain/decide.h"

const Thresholds *subject_thresholds(const Subject *subject, int feature)
{
    for (int i = 0; subject && i < subject->threshold_count; i++)
        if (subject->thresholds[i].feature == feature)
            return &subject->thresholds[i];
    return NULL;
}

const int *limit_warn_at(const Limit *limit, const Subject *subject, int *count)
{
    const Thresholds *own = limit->scope == SCOPE_SUBJECT ? subject_thresholds(subject, limit->feature) : NULL;
    *count = own ? THRESHOLDS : limit->warn_count;
    return own ? own->warn_at : limit->warn_at;
}

int counter_thresholds_crossed(Counter *counter, const Limit *limit, const Subject *subject, Amount amount, int *pcts)
{
    int crossed = 0, count;
    const int *warn_at = limit_warn_at(limit, subject, &count);
    if (amount <= 0)
        return 0;
    for (int i = 0; i < count; i++) {
        int64_t reached_at = (amount * warn_at[i] + 99) / 100;
        if (counter->used < reached_at || (counter->fired & (INT64_C(1) << i)))
            continue;
        counter->fired |= INT64_C(1) << i;
        pcts[crossed++] = warn_at[i];
    }
    return crossed;
}
