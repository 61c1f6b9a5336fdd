/* What the JSON documents have in common. */
#include "view/view_parts.h"

#include "view/words.h"

json_t *json_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *value = json_string(text);
    if (value)
        return value;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return json_string(valid);
}

json_t *json_text_take(char *text)
{
    json_t *value = json_text(text);
    g_free(text);
    return value;
}

json_t *json_instant(Instant instant)
{
    return json_text_take(instant_text(instant));
}

json_t *json_amount(Amount amount)
{
    return amount == AMOUNT_UNLIMITED ? json_null() : json_integer(amount);
}

const char *source_word(unsigned source)
{
    return source & SOURCE_OVERRIDE   ? "override"
           : source & SOURCE_GRACE    ? "grace"
           : source & SOURCE_GRANT    ? "grant"
           : source & SOURCE_ROLLOVER ? "rollover"
                                      : "plan";
}

static void add_window(json_t *object, const UsageLine *line)
{
    const Limit *limit = line->limit;
    json_object_set_new(object, "scope", limit ? json_text(scope_word(limit->scope)) : json_null());
    json_object_set_new(object, "window", limit ? json_text_take(window_text(&limit->window)) : json_null());
    json_object_set_new(object, "timezone", limit ? json_text(line->zone) : json_null());
    json_object_set_new(object, "period_start", limit ? json_instant(line->window.start) : json_null());
    json_object_set_new(object, "period_end", limit ? json_instant(line->window.end) : json_null());
}

void json_add_line(json_t *object, const UsageLine *line, char *message)
{
    bool limited = !line->limit || line->amount != AMOUNT_UNLIMITED;
    add_window(object, line);
    json_object_set_new(object, "amount", limited ? json_integer(line->amount) : json_null());
    json_object_set_new(object, "used", json_integer(line->used));
    json_object_set_new(object, "held", json_integer(line->held));
    json_object_set_new(object, "bonus", json_integer(line->bonus));
    json_object_set_new(object, "remaining", limited ? json_integer(line->remaining) : json_null());
    json_object_set_new(object, "percent", json_integer(line->percent));
    json_object_set_new(object, "state", json_text(usage_state_word(line->state)));
    json_object_set_new(object, "resets_at", line->limit ? json_instant(line->resets_at) : json_null());
    json_object_set_new(object, "message", json_text_take(message));
    json_object_set_new(object, "source", json_text(source_word(line->source)));
}

/* ---- the upgrade prompt ---------------------------------------------------------------- */

/* The policy's address with {plan} and {feature} put in, as arguments of a URL. */
static char *upgrade_address(const char *pattern, const char *plan, const char *feature)
{
    g_autofree char *plan_argument = g_uri_escape_string(plan, NULL, FALSE);
    g_autofree char *feature_argument = g_uri_escape_string(feature, NULL, FALSE);
    GString *address = g_string_new(pattern);
    g_string_replace(address, "{plan}", plan_argument, 0);
    g_string_replace(address, "{feature}", feature_argument, 0);
    return g_string_free(address, FALSE);
}

json_t *json_upgrade(const Policy *policy, const Plan *plan, const Limit *limit, const Feature *feature, Amount amount,
                     bool anonymous)
{
    Offer offer;
    if (!words_offer(policy, plan, feature, limit, amount, anonymous, &offer))
        return json_null();
    char *address = policy->upgrade_url ? upgrade_address(policy->upgrade_url, offer.plan->key, feature->key) : NULL;
    json_t *upgrade = json_object();
    json_object_set_new(upgrade, "plan", json_text(offer.plan->key));
    json_object_set_new(upgrade, "title", json_text(offer.plan->title));
    json_object_set_new(upgrade, "amount", json_amount(offer.amount));
    json_object_set_new(upgrade, "url", json_text_take(address));
    return upgrade;
}

json_t *view_upgrade(const Policy *policy, const Plan *plan, const Limit *limit, const Feature *feature)
{
    bool anonymous = plan->index == policy->anonymous_plan;
    return json_upgrade(policy, plan, limit, feature, limit ? limit->plan_amount : 0, anonymous);
}
