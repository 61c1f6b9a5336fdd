/* The page of plans in its states. */
#ifndef WEBQUOTA_PLANS_STATES_H
#define WEBQUOTA_PLANS_STATES_H

#include "view/page_samples.h"

static inline Value *sample_plans_page(Sample *sample)
{
    sample->context.path = "/plans";
    sample_finish(sample);
    Value *page = view_plans_page(&sample->report, &sample->context);
    sample_clear(sample);
    return page;
}

static inline void use_of_a_member(Sample *sample)
{
    sample_line(sample, MENU_UPLOAD, "weekly", 1);
    sample_line(sample, MESSAGE, "monthly", 95);
    sample_line(sample, PREMIUM_MESSAGE, "monthly_premium", 12);
    sample_line(sample, MENU_GENERATION, "daily", 12);
    sample_line(sample, EXPORT, NULL, 0);
}

static Value *plans_free(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    Plan *pro = &sample.policy->plans[PRO];
    pro->limits[0].rollover = 5;
    pro->limits[1].on_exceed = EXCEED_ALLOW;
    pro->grants = g_new0(PlanGrant, 1);
    pro->grant_count = 1;
    pro->grants[0] = (PlanGrant){ .key = g_strdup("gift"), .feature = INVOICE_UPLOAD, .amount = 2,
                                  .every = { .unit = WINDOW_DAY, .count = 28, .align = ALIGN_ANCHOR } };
    use_of_a_member(&sample);
    return sample_plans_page(&sample);
}

/* No plan is above it. */
static Value *plans_highest(void)
{
    Sample sample;
    sample_init(&sample, PRO);
    use_of_a_member(&sample);
    return sample_plans_page(&sample);
}

static Value *plans_without_support(void)
{
    Sample sample;
    sample_init(&sample, PRO);
    sample_without_support(&sample);
    use_of_a_member(&sample);
    return sample_plans_page(&sample);
}

/* A smaller plan is to come. */
static Value *plans_coming(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    use_of_a_member(&sample);
    Policy *next = sample_policy();
    sample_limit_of(next, FREE, MESSAGE)->plan_amount = 50;
    sample_coming(&sample, next);
    return sample_plans_page(&sample);
}

static Value *plans_visitor(void)
{
    Sample sample;
    sample_init(&sample, ANONYMOUS);
    sample_line(&sample, MENU_GENERATION, "daily", 3);
    sample_line(&sample, MENU_UPLOAD, NULL, 0);
    return sample_plans_page(&sample);
}

/* A member asks their administrator; the policy has no address to go up at. */
static Value *plans_organization(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.organization = "Sunrise Gym and Wellness Centre, Springfield";
    g_clear_pointer(&sample.policy->upgrade_url, g_free);
    use_of_a_member(&sample);
    return sample_plans_page(&sample);
}

static Value *plans_suspended(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.suspended = true;
    use_of_a_member(&sample);
    return sample_plans_page(&sample);
}

/* Nine plans, as many as a site has that knows roles; and names that mean harm. */
static Value *plans_many(void)
{
    static const char *const titles[] = { "Individual", "Client", "Owner", "Premium", HOSTILE_NAME, "Administrator" };
    Sample sample;
    sample_init(&sample, FREE);
    sample.policy->plans = g_renew(Plan, sample.policy->plans, PLAN_COUNT + G_N_ELEMENTS(titles));
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++) {
        g_autofree char *key = g_strdup_printf("more_%zu", i);
        int index = sample.policy->plan_count++;
        Plan *plan = sample_plan(sample.policy, index, key, titles[i], i == 4 ? HOSTILE_NAME : NULL, -1);
        sample_limit(plan, MENU_GENERATION, "daily", "day", 15 * (Amount)i);
        sample_limit(plan, HOSTILE, "daily", "day", 9007199254740991);
        plan->lists[PREMIUM_MESSAGE] = plan->lists[MESSAGE] = i > 2;
    }
    sample.subject.plan = &sample.policy->plans[FREE];
    sample.policy->plans[FREE].upgrade = PRO;
    use_of_a_member(&sample);
    return sample_plans_page(&sample);
}

#endif
