/* The page of alerts in its states. */
#ifndef WEBQUOTA_ALERTS_STATES_H
#define WEBQUOTA_ALERTS_STATES_H

#include "view/page_samples.h"

static inline void sample_alert(Alerts *alerts, const char *at, const char *feature, const char *limit, int64_t threshold_pct,
                                int64_t used, int64_t amount)
{
    alerts->lines[alerts->count++] = (AlertLine){ .at = sample_instant(at), .feature = g_strdup(feature), .limit = g_strdup(limit),
                                                  .threshold_pct = threshold_pct, .used = used, .amount = amount };
}

/* The alerts are kept with the sample's policy: the page points to their texts. */
static inline Value *sample_alerts_page(Sample *sample, Alerts *alerts, bool changed)
{
    static GPtrArray *kept;
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, alerts);
    sample->context.path = "/alerts";
    Value *page = view_alerts_page(&sample->report, alerts, changed, &sample->context);
    sample_clear(sample);
    return page;
}

/* The policy's own, as `warn_at` says them. */
static inline void sample_warn_at(Sample *sample, int feature, const char *key, int first, int second)
{
    Plan *plan = &sample->policy->plans[FREE];
    for (int i = 0; i < plan->limit_count; i++)
        if (plan->limits[i].feature == feature && strcmp(plan->limits[i].key, key) == 0) {
            plan->limits[i].warn_at[0] = first;
            plan->limits[i].warn_at[1] = second;
            plan->limits[i].warn_count = 2;
        }
}

static const Thresholds sample_own[] = {{MESSAGE, {60, 85}}};

static Value *alerts_some(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.organization = "Sunrise Gym";
    sample.subject.thresholds = sample_own;
    sample.subject.threshold_count = 1;
    sample_warn_at(&sample, MENU_UPLOAD, "weekly", 80, 100);
    sample_warn_at(&sample, MENU_GENERATION, "daily", 80, 100);
    sample_warn_at(&sample, MENU_GENERATION, "monthly", 75, 90);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    sample_line(&sample, MESSAGE, "monthly", 70);
    sample_line(&sample, MENU_GENERATION, "daily", 3);
    sample_line(&sample, MENU_GENERATION, "monthly", 60);
    sample_line(&sample, INVOICE_UPLOAD, "weekly", 0);
    Alerts *alerts = alerts_new(4);
    alerts->count = 0;
    sample_alert(alerts, "2026-11-22T19:01:07Z", "menu_generation", "team_daily", 90, 92, 100);
    alerts->lines[0].shared = true;
    sample_alert(alerts, "2026-11-20T08:30:00Z", "menu_upload", "weekly", 100, 1, 1);
    sample_alert(alerts, "2026-11-01T00:00:00Z", "message", "monthly", 80, 1234567, 1500000);
    sample_alert(alerts, "2026-09-30T00:00:00Z", "gone_since", "gone", 80, 8, 10);
    return sample_alerts_page(&sample, alerts, false);
}

static Value *alerts_none(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    return sample_alerts_page(&sample, alerts_new(0), true);
}

static Value *alerts_hostile(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.organization = HOSTILE_NAME;
    Alerts *alerts = alerts_new(2);
    alerts->count = 0;
    sample_alert(alerts, "2026-11-22T19:01:07Z", "hostile", "daily", 90, 999999, 1000000);
    sample_alert(alerts, "2026-11-22T19:01:07Z", "<script>alert(1)</script>", "\"><b>", 90, 9, 10);
    alerts->lines[1].shared = true;
    return sample_alerts_page(&sample, alerts, false);
}

#endif
