/* What a higher plan would give, in words: one prompt, with what it would change. */
#include "view/words_add.h"

/* The limit that stands for a feature on a plan: on the feature itself, else on its nearest ancestor. */
static const Limit *plan_limit_on(const Policy *policy, const Plan *plan, const Feature *feature)
{
    for (int f = feature->index; f >= 0; f = policy->features[f].parent)
        for (int i = 0; i < plan->limit_count; i++)
            if (plan->limits[i].feature == f && plan->limits[i].mode == MODE_ENFORCE)
                return &plan->limits[i];
    return NULL;
}

/* In units a second, since 10 a day may be more than 100 a month. */
static double amount_rate(const Limit *limit, Amount amount)
{
    if (limit->window.unit == WINDOW_LIFETIME)
        return 0;
    return (double)amount / (double)window_longest_us(&limit->window);
}

static bool same_window(const Limit *a, const Limit *b)
{
    return a->window.unit == b->window.unit && a->window.count == b->window.count && a->window.align == b->window.align;
}

static bool gives_more(const Offer *offer, const Limit *limit, Amount amount)
{
    if (amount == AMOUNT_UNLIMITED || offer->amount == 0)
        return false;
    if (offer->amount == AMOUNT_UNLIMITED || !limit || amount == 0)
        return true;
    if (same_window(offer->limit, limit))
        return offer->amount > amount;
    return amount_rate(offer->limit, offer->amount) > amount_rate(limit, amount);
}

static bool plan_offers(const Policy *policy, const Plan *plan, const Feature *feature, const Limit *limit, Offer *offer)
{
    if (!plan->lists[feature->index])
        return false;
    const Limit *found = limit ? usage_same_limit(plan, limit) : NULL;
    if (!found)
        found = plan_limit_on(policy, plan, feature);
    offer->plan = plan;
    offer->limit = found;
    offer->amount = found && found->mode == MODE_ENFORCE ? found->plan_amount : AMOUNT_UNLIMITED;
    return true;
}

bool words_offer(const Policy *policy, const Plan *plan, const Feature *feature, const Limit *limit, Amount amount,
                 bool anonymous, Offer *offer)
{
    bool signing_in = anonymous && policy->default_plan >= 0 && policy->default_plan != plan->index;
    int next = signing_in ? policy->default_plan : plan->upgrade;
    /* As many steps as there are plans: upgrades that lead in a circle end here. */
    for (int steps = 0; next >= 0 && steps < policy->plan_count; steps++) {
        const Plan *higher = &policy->plans[next];
        *offer = (Offer){.by_signing_in = signing_in && steps == 0};
        if (higher != plan && plan_offers(policy, higher, feature, limit, offer) && gives_more(offer, limit, amount))
            return true;
        next = higher->upgrade;
    }
    return false;
}

/* "20 a month" */
static void add_figure(GString *out, const Offer *offer)
{
    words_add_number(out, offer->amount);
    text_add(out, " ");
    words_add_per(out, &offer->limit->window);
}

static void add_sentence(GString *out, const Offer *offer, bool anonymous)
{
    bool unlimited = offer->amount == AMOUNT_UNLIMITED;
    if (offer->by_signing_in)
        text_add(out, unlimited ? "Sign in to get them" : "Sign in to get ");
    else
        text_adds(out, anonymous ? "Sign in first; " : "", offer->plan->title, unlimited ? " has them" : " has ");
    if (unlimited)
        text_add(out, " without a limit");
    else
        add_figure(out, offer);
    text_add(out, ".");
}

void words_add_whom(GString *out, const Policy *policy)
{
    text_add(out, policy->support_url ? "Contact support" : "Ask whoever administers the site");
}

void words_add_not_included(GString *out, const Policy *policy, const Plan *plan, const Feature *feature, const Limit *limit,
                            bool anonymous)
{
    Offer offer;
    words_add_capital(out, feature->units);
    text_adds(out, " are not part of ", plan->title, ".");
    if (words_offer(policy, plan, feature, limit, 0, anonymous, &offer)) {
        text_add(out, " ");
        add_sentence(out, &offer, anonymous);
    } else if (!anonymous) {
        text_add(out, " ");
        words_add_whom(out, policy);
        text_add(out, " if you need them.");
    }
}

char *words_not_included(const Policy *policy, const Plan *plan, const Feature *feature, const Limit *limit, bool anonymous)
{
    return WORDS(words_add_not_included, policy, plan, feature, limit, anonymous);
}

/* " instead of 2", " instead of 2 a week" where the windows differ; nothing where there was nothing. */
static void add_instead(GString *out, const Offer *offer, const Limit *limit, Amount amount)
{
    if (!limit || amount <= 0)
        return;
    text_add(out, " instead of ");
    words_add_number(out, amount);
    if (offer->amount != AMOUNT_UNLIMITED && same_window(offer->limit, limit))
        return;
    text_add(out, " ");
    words_add_per(out, &limit->window);
}

void words_add_upgrade(GString *out, const Policy *policy, const Plan *plan, const UsageLine *line, bool anonymous)
{
    /* What rolled over is this window's luck, not what the plan gives. */
    Amount amount = line->amount == AMOUNT_UNLIMITED ? AMOUNT_UNLIMITED : MAX(line->amount - line->carried, 0);
    Offer offer;
    if (line->limit && amount == AMOUNT_UNLIMITED)
        return;
    if (!words_offer(policy, plan, line->feature, line->limit, amount, anonymous, &offer)) {
        if (anonymous || plan->upgrade >= 0)
            return;
        words_add_whom(out, policy);
        text_add(out, " if you need more");
        return;
    }
    if (offer.by_signing_in)
        text_add(out, "Sign in to get ");
    else
        text_adds(out, anonymous ? "Sign in, then " : "", offer.plan->title, ": ");
    if (offer.amount == AMOUNT_UNLIMITED)
        text_add(out, "unlimited");
    else
        add_figure(out, &offer);
    add_instead(out, &offer, line->limit, amount);
}

char *words_upgrade(const Policy *policy, const Plan *plan, const UsageLine *line, bool anonymous)
{
    return WORDS(words_add_upgrade, policy, plan, line, anonymous);
}
