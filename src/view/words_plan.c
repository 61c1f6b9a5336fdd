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

#define COST_DECIMALS_MOST 6

void words_add_cost(GString *out, const Price *price, double cost)
{
    int decimals = 2;
    int64_t scale = 100;
    for (double least = 0.1; cost < least && decimals < COST_DECIMALS_MOST; least /= 10, decimals++)
        scale *= 10;
    int64_t scaled = (int64_t)(MIN(cost, 1e9) * (double)scale + 0.5);
    if (scaled == 0)
        return;
    text_add(out, price->before);
    words_add_number(out, scaled / scale);
    g_string_append_printf(out, ".%0*d", decimals, (int)(scaled % scale));
    text_add(out, price->after);
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

void words_add_alert_at(GString *out, const int *warn_at, int count, const WindowSpec *window)
{
    text_add(out, out->len ? "; " : "");
    text_add(out, count ? "" : "no alert");
    for (int i = 0; i < count; i++) {
        text_add(out, i ? ", " : "");
        words_add_number(out, warn_at[i]);
        text_add(out, " %");
    }
    if (!window)
        return;
    text_add(out, " ");
    words_add_per(out, window);
}

void words_add_given(GString *out, const json_t *given)
{
    const json_t *amount = json_object_get(given, "amount"), *multiplier = json_object_get(given, "multiplier");
    if (json_is_true(json_object_get(given, "unlimited")))
        text_add(out, "Unlimited");
    else if (json_is_integer(amount))
        words_add_number(out, json_integer_value(amount));
    else if (json_is_number(multiplier))
        g_string_append_printf(out, "%g times as much", json_number_value(multiplier));
}
