/* What the JSON documents have in common. */
#include "view/view_parts.h"

#include "view/put.h"
#include "view/words.h"

const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

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

/* As window_text writes it, which makes a new string of it. */
void put_window(GString *out, const WindowSpec *window)
{
    static const char *const units[] = {"minute", "hour", "day", "week", "month", "year", "lifetime"};
    PUT_NAME(out, "window");
    if (window->count == 1) {
        put_word_value(out, units[window->unit]);
        return;
    }
    size_t began = put_words_value(out);
    text_add_number(out, window->count);
    text_adds(out, " ", units[window->unit]);
    put_words_end(out, began);
}

static void put_period(GString *out, const UsageLine *line)
{
    if (!line->limit) {
        PUT_LITERAL(out, "\"scope\":null,\"window\":null,\"timezone\":null,\"period_start\":null,\"period_end\":null,");
        return;
    }
    put_word(out, "scope", scope_word(line->limit->scope));
    put_window(out, &line->limit->window);
    put_text(out, "timezone", line->zone);
    put_instant(out, "period_start", line->window.start);
    put_instant(out, "period_end", line->window.end);
}

void put_line(GString *out, const UsageLine *line, bool approximate)
{
    bool limited = !line->limit || line->amount != AMOUNT_UNLIMITED;
    put_period(out, line);
    put_number_if(out, "amount", limited, line->amount);
    put_number_if(out, "used", !approximate, line->used);
    put_number_if(out, "held", !approximate, line->held);
    put_number(out, "bonus", line->bonus);
    put_number_if(out, "remaining", limited && !approximate, line->remaining);
    put_number_if(out, "percent", !approximate, line->percent);
    put_word(out, "state", usage_state_word(line->state));
    put_instant(out, "resets_at", line->limit ? line->resets_at : INSTANT_MAX);
}

/* ---- the upgrade prompt ---------------------------------------------------------------- */

char *upgrade_address(const Policy *policy, const Plan *plan, const Feature *feature, const char *mount)
{
    if (!policy->upgrade_url)
        return mount ? g_strconcat(mount, "/plans", NULL) : NULL;
    g_autofree char *plan_argument = g_uri_escape_string(plan->key, NULL, FALSE);
    g_autofree char *feature_argument = g_uri_escape_string(feature ? feature->key : "", NULL, FALSE);
    GString *address = g_string_new(policy->upgrade_url);
    g_string_replace(address, "{plan}", plan_argument, 0);
    g_string_replace(address, "{feature}", feature_argument, 0);
    return g_string_free(address, FALSE);
}

void put_upgrade(GString *out, const Policy *policy, const Plan *plan, const Limit *limit, const Feature *feature,
                 Amount amount, bool anonymous, const char *mount)
{
    Offer offer;
    if (!words_offer(policy, plan, feature, limit, amount, anonymous, &offer)) {
        put_null_value(out);
        return;
    }
    g_autofree char *address = upgrade_address(policy, offer.plan, feature, mount);
    put_begin_object(out);
    put_text(out, "plan", offer.plan->key);
    put_text(out, "title", offer.plan->title);
    put_amount(out, "amount", offer.amount);
    put_text(out, "url", address);
    put_end(out, '}');
}
