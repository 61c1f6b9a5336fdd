/* One offer of more on a page: to a visitor what signing in gives, to a member of an organization whom to
 * ask, to everybody else what the next plan changes for the limit that is nearest to its end. */
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words.h"

/* How much a look asks for more. What a plan lacks is less urgent than what is running out. */
static int look_need(Look look)
{
    static const int needs[] = {
        [LOOK_UNLIMITED] = -1, [LOOK_OK] = 0,      [LOOK_NOT_INCLUDED] = 1,
        [LOOK_NOTICE] = 2,     [LOOK_WARNING] = 3, [LOOK_EXHAUSTED] = 4,
    };
    return needs[look];
}

#define NEED_MOST 4

static json_t *upgrade_value(const Reader *reader, const UsageLine *line, char *text)
{
    g_autofree char *owned = text;
    Amount amount = line->amount == AMOUNT_UNLIMITED ? line->amount : MAX(line->amount - line->carried, 0);
    Offer next;
    bool more = words_offer(reader->policy, reader->plan, line->feature, line->limit, amount, reader->anonymous, &next);
    const Plan *plan = more ? next.plan : NULL;
    g_autofree char *url = plan ? upgrade_address(reader->policy, plan, line->feature) : NULL;
    return json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "feature", line->feature->title, "text", owned, "title",
                     plan ? plan->title : NULL, "price", plan ? plan->price : NULL, "url", url);
}

/* The line that most needs more, and that there is something to say for; *text is what. */
static const UsageLine *neediest(const Reader *reader, char **text)
{
    for (int need = NEED_MOST; need >= 0; need--) {
        for (int i = 0; i < reader->line_count; i++) {
            const UsageLine *line = &reader->lines[i];
            if (look_need(line_look(line)) != need)
                continue;
            g_autofree char *words = words_upgrade(reader->policy, reader->plan, line, reader->anonymous);
            if (*words) {
                *text = g_steal_pointer(&words);
                return line;
            }
        }
    }
    return NULL;
}

static void offer_upgrade(json_t *offer, const Reader *reader)
{
    char *text = NULL;
    const UsageLine *line = neediest(reader, &text);
    if (!line)
        return;
    if (reader->plan->upgrade >= 0)
        json_object_set_new(offer, "upgrade", upgrade_value(reader, line, text));
    else
        json_object_set_new(offer, "support",
                            json_pack("{s:o, s:s?}", "text", text_or_null(text), "url", reader->policy->support_url));
}

/* "Summary: 10 a day instead of 3" for a visitor, or NULL where signing in changes nothing. */
static json_t *gain_value(const Reader *reader, const UsageLine *line)
{
    Offer offer;
    if (line->limit && line->amount == AMOUNT_UNLIMITED)
        return NULL;
    Amount amount = MAX(line->amount - line->carried, 0);
    if (!words_offer(reader->policy, reader->plan, line->feature, line->limit, amount, true, &offer) || !offer.by_signing_in)
        return NULL;
    bool unlimited = offer.amount == AMOUNT_UNLIMITED;
    g_autofree char *more = unlimited ? NULL : words_number(offer.amount);
    g_autofree char *per = unlimited ? NULL : words_per(&offer.limit->window);
    g_autofree char *now = line->limit && amount > 0 ? words_number(amount) : NULL;
    g_autofree char *now_per = now ? words_per(&line->limit->window) : NULL;
    bool same = per && g_strcmp0(per, now_per) == 0;
    return json_pack("{s:s, s:s?, s:s?, s:s?, s:s?}", "title", line->feature->title, "amount", more, "per", per, "now", now,
                     "now_per", same ? NULL : now_per);
}

static json_t *sign_in_value(const Reader *reader, int most)
{
    json_t *gains = json_array();
    const Feature *last = NULL;
    for (int i = 0; i < reader->line_count && (int)json_array_size(gains) < most; i++) {
        const UsageLine *line = &reader->lines[i];
        json_t *gain = line->feature != last ? gain_value(reader, line) : NULL;
        if (!gain)
            continue;
        last = line->feature;
        json_array_append_new(gains, gain);
    }
    return json_pack("{s:b, s:o}", "has_gains", json_array_size(gains) > 0, "gains", gains);
}

json_t *offer_value(const Reader *reader, int most)
{
    json_t *offer = json_pack("{s:n, s:n, s:n, s:n}", "upgrade", "support", "ask", "sign_in");
    const Policy *policy = reader->policy;
    bool can_sign_in = reader->anonymous && policy->default_plan >= 0 && policy->default_plan != reader->plan->index;
    if (can_sign_in)
        json_object_set_new(offer, "sign_in", sign_in_value(reader, most));
    else if (reader->organization)
        json_object_set_new(offer, "ask", json_pack("{s:o, s:s?}", "organization", json_text(reader->organization), "url",
                                                    policy->support_url));
    else
        offer_upgrade(offer, reader);

    bool any = false;
    const char *name;
    json_t *value;
    json_object_foreach(offer, name, value)
        any = any || !json_is_null(value);
    if (any)
        return offer;
    json_decref(offer);
    return json_null();
}
