/* What a higher plan would give, in words: one prompt, with what it would change. */
#include "view/words.h"

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
static char *offer_figure(const Offer *offer)
{
    g_autofree char *number = words_number(offer->amount);
    g_autofree char *per = words_per(&offer->limit->window);
    return g_strdup_printf("%s %s", number, per);
}

static char *offer_sentence(const Offer *offer, bool anonymous)
{
    const char *title = offer->plan->title;
    if (offer->amount == AMOUNT_UNLIMITED) {
        if (offer->by_signing_in)
            return g_strdup("Sign in to get them without a limit.");
        return g_strdup_printf("%s%s has them without a limit.", anonymous ? "Sign in first; " : "", title);
    }
    g_autofree char *figure = offer_figure(offer);
    if (offer->by_signing_in)
        return g_strdup_printf("Sign in to get %s.", figure);
    return g_strdup_printf("%s%s has %s.", anonymous ? "Sign in first; " : "", title, figure);
}

char *words_not_included(const Policy *policy, const Plan *plan, const Feature *feature, const Limit *limit, bool anonymous)
{
    g_autofree char *units = words_capital(feature->units);
    g_autofree char *sentence = NULL;
    Offer offer;
    if (words_offer(policy, plan, feature, limit, 0, anonymous, &offer))
        sentence = offer_sentence(&offer, anonymous);
    else if (!anonymous)
        sentence = g_strdup("Contact support if you need them.");
    return g_strdup_printf("%s are not part of %s.%s%s", units, plan->title, sentence ? " " : "", sentence ? sentence : "");
}

/* " instead of 2", " instead of 2 a week" where the windows differ; "" where there was nothing. */
static char *instead_of(const Offer *offer, const Limit *limit, Amount amount)
{
    if (!limit || amount <= 0)
        return g_strdup("");
    g_autofree char *number = words_number(amount);
    if (offer->amount != AMOUNT_UNLIMITED && same_window(offer->limit, limit))
        return g_strdup_printf(" instead of %s", number);
    g_autofree char *per = words_per(&limit->window);
    return g_strdup_printf(" instead of %s %s", number, per);
}

char *words_upgrade(const Policy *policy, const Plan *plan, const UsageLine *line, bool anonymous)
{
    /* What rolled over is this window's luck, not what the plan gives. */
    Amount amount = line->amount == AMOUNT_UNLIMITED ? AMOUNT_UNLIMITED : MAX(line->amount - line->carried, 0);
    if (line->limit && amount == AMOUNT_UNLIMITED)
        return g_strdup("");
    Offer offer;
    if (!words_offer(policy, plan, line->feature, line->limit, amount, anonymous, &offer))
        return g_strdup(!anonymous && plan->upgrade < 0 ? "Contact support if you need more" : "");
    g_autofree char *figure = offer.amount == AMOUNT_UNLIMITED ? g_strdup("unlimited") : offer_figure(&offer);
    g_autofree char *instead = instead_of(&offer, line->limit, amount);
    if (offer.by_signing_in)
        return g_strdup_printf("Sign in to get %s%s", figure, instead);
    return g_strdup_printf("%s%s: %s%s", anonymous ? "Sign in, then " : "", offer.plan->title, figure, instead);
}
