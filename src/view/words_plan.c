/* What a plan gives, in the words of a price list. */
#include "view/words_add.h"

void words_add_plan_limit(GString *out, const Limit *limit)
{
    static const char *const shared[] = {
        [SCOPE_SUBJECT] = "",
        [SCOPE_ORGANIZATION] = ", shared in the organization",
        [SCOPE_PLAN] = ", shared by all on the plan",
        [SCOPE_SITE] = ", shared by everybody",
    };
    if (limit->plan_amount == AMOUNT_UNLIMITED) {
        text_add(out, "Unlimited");
        return;
    }
    words_add_number(out, limit->plan_amount);
    text_add(out, " ");
    words_add_per(out, &limit->window);
    text_add(out, shared[limit->scope]);
    if (limit->rollover > 0) {
        text_add(out, ", up to ");
        words_add_number(out, limit->rollover);
        text_add(out, " roll over");
    }
    if (limit->on_exceed == EXCEED_ALLOW)
        text_add(out, ", more is counted");
}

void words_add_plan_grant(GString *out, const PlanGrant *grant)
{
    words_add_number(out, grant->amount);
    text_add(out, " bonus ");
    if (grant->every.count > 0)
        words_add_per(out, &grant->every);
    else
        text_add(out, "once");
}
