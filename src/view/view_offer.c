/* One offer of more on a page: to a visitor what signing in gives, to a member of an organization whom to
 * ask, to everybody else what the next plan changes for the limit that is nearest to its end. */
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

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

static void set_upgrade(Value *offer, const Reader *reader, const UsageLine *line)
{
    Amount amount = line->amount == AMOUNT_UNLIMITED ? line->amount : MAX(line->amount - line->carried, 0);
    Offer next;
    bool more = words_offer(reader->policy, reader->plan, line->feature, line->limit, amount, reader->anonymous, &next);
    const Plan *plan = more ? next.plan : NULL;
    Value *upgrade = set_object(offer, "upgrade");
    set_text(upgrade, "feature", line->feature->title);
    set_words(upgrade, "text", words_add_upgrade, reader->policy, reader->plan, line, reader->anonymous);
    set_text(upgrade, "title", plan ? plan->title : NULL);
    set_text(upgrade, "price", plan ? plan->price : NULL);
    set_taken(upgrade, "url", plan ? upgrade_address(reader->policy, plan, line->feature, reader->mount) : NULL);
}

static void set_support(Value *offer, const Reader *reader, const UsageLine *line)
{
    Value *support = set_object(offer, "support");
    set_words(support, "text", words_add_upgrade, reader->policy, reader->plan, line, reader->anonymous);
    set_text(support, "url", reader->policy->support_url);
}

static bool has_words(const Reader *reader, const UsageLine *line, GString *scratch)
{
    g_string_truncate(scratch, 0);
    words_add_upgrade(scratch, reader->policy, reader->plan, line, reader->anonymous);
    return scratch->len > 0;
}

/* The line that most needs more, and that there is something to say for. */
static const UsageLine *neediest(const Value *tree, const Reader *reader)
{
    for (int need = NEED_MOST; need >= 0; need--)
        for (int i = 0; i < reader->line_count; i++) {
            const UsageLine *line = &reader->lines[i];
            if (look_need(line_look(line)) == need && has_words(reader, line, value_words(tree)))
                return line;
        }
    return NULL;
}

/* "Summary: 10 a day instead of 3" */
static void add_gain(Value *gains, const UsageLine *line, const Offer *offer, Amount amount)
{
    bool unlimited = offer->amount == AMOUNT_UNLIMITED, has_some = line->limit && amount > 0;
    g_autofree char *per = unlimited ? NULL : words_per(&offer->limit->window);
    g_autofree char *now_per = has_some ? words_per(&line->limit->window) : NULL;
    bool same = per && g_strcmp0(per, now_per) == 0;
    Value *gain = add_object(gains);
    set_text(gain, "title", line->feature->title);
    set_taken(gain, "amount", unlimited ? NULL : words_number(offer->amount));
    set_copy(gain, "per", per);
    set_taken(gain, "now", has_some ? words_number(amount) : NULL);
    set_copy(gain, "now_per", same ? NULL : now_per);
}

/* False where signing in changes nothing. */
static bool gains_by_signing_in(const Reader *reader, const UsageLine *line, Amount amount, Offer *offer)
{
    return !(line->limit && line->amount == AMOUNT_UNLIMITED) &&
           words_offer(reader->policy, reader->plan, line->feature, line->limit, amount, true, offer) &&
           offer->by_signing_in;
}

static void set_sign_in(Value *offer, const Reader *reader, int most)
{
    Value *gains = value_list(offer);
    const Feature *last = NULL;
    for (int i = 0, count = 0; i < reader->line_count && count < most; i++) {
        const UsageLine *line = &reader->lines[i];
        Amount amount = MAX(line->amount - line->carried, 0);
        Offer gain;
        if (line->feature == last || !gains_by_signing_in(reader, line, amount, &gain))
            continue;
        last = line->feature;
        add_gain(gains, line, &gain, amount);
        count++;
    }
    Value *sign_in = set_object(offer, "sign_in");
    set_flag(sign_in, "has_gains", gains->first);
    set_value(sign_in, "gains", gains);
}

int add_plan_gains(Value *gains, const Reader *reader, const Plan *to, int most)
{
    const Feature *last = NULL;
    int count = 0;
    for (int i = 0; i < reader->line_count; i++) {
        const UsageLine *line = &reader->lines[i];
        Amount amount = line->amount == AMOUNT_UNLIMITED ? line->amount : MAX(line->amount - line->carried, 0);
        Offer offer;
        if (line->feature == last || (line->limit && line->amount == AMOUNT_UNLIMITED) ||
            !words_offer(reader->policy, reader->plan, line->feature, line->limit, amount, reader->anonymous, &offer) ||
            offer.plan != to)
            continue;
        last = line->feature;
        if (count++ < most)
            add_gain(gains, line, &offer, amount);
    }
    return count;
}

static void set_ask(Value *offer, const Reader *reader)
{
    Value *ask = set_object(offer, "ask");
    set_text(ask, "organization", reader->organization);
    set_text(ask, "url", reader->policy->support_url);
}

Value *offer_value(const Value *tree, const Reader *reader, int most)
{
    const Policy *policy = reader->policy;
    bool signs_in = reader->anonymous && policy->default_plan >= 0 && policy->default_plan != reader->plan->index;
    bool asks = !signs_in && reader->organization;
    const UsageLine *line = signs_in || asks ? NULL : neediest(tree, reader);
    if (!signs_in && !asks && !line)
        return value_blank(tree);

    Value *offer = value_object(tree);
    if (line && reader->plan->upgrade >= 0)
        set_upgrade(offer, reader, line);
    else
        set_null(offer, "upgrade");
    if (line && reader->plan->upgrade < 0)
        set_support(offer, reader, line);
    else
        set_null(offer, "support");
    if (asks)
        set_ask(offer, reader);
    else
        set_null(offer, "ask");
    if (signs_in)
        set_sign_in(offer, reader, most);
    else
        set_null(offer, "sign_in");
    return offer;
}
