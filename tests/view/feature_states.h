/* The page of one feature in its states. */
#ifndef WEBQUOTA_FEATURE_STATES_H
#define WEBQUOTA_FEATURE_STATES_H

#include "view/page_samples.h"

/* What was done, newest first, a quarter of an hour apart: `count` requests of every kind. */
static inline Activity *sample_activity(const char *feature, int count)
{
    static const char *const states[] = { NULL, "held", "committed", "released", "expired" };
    Activity *activity = activity_new(count, 0);
    for (int i = 0; i < count; i++)
        activity->lines[i] = (ActivityLine){
            .id = g_strdup_printf("dec_AQEABkQZ0a%02d", i),
            .at = sample_instant(SAMPLE_NOW) - i * 900 * US_PER_S,
            .outcome = i % 6 == 1 ? OUTCOME_DENIED : i % 6 == 5 ? OUTCOME_FORBIDDEN : OUTCOME_ALLOWED,
            .state = g_strdup(states[i % 5]),
            .feature = g_strdup(feature),
            .resource = i % 3 == 0 ? g_strdup("breakfast") : NULL,
            .on_behalf_of = i % 4 == 2 ? g_strdup("Client 17") : NULL,
            .units = i % 7 == 3 ? 1200 : 1,
            .given_back = i % 7 == 3 ? 3 : 0,
        };
    return activity;
}

static inline void sample_clients(Activity *activity, const char *const *names, int count)
{
    activity->clients = g_renew(ActivityClient, activity->clients, (gsize)count);
    activity->client_count = count;
    for (int i = 0; i < count; i++)
        activity->clients[i] = (ActivityClient){ .client = g_strdup(names[i]), .allowed = 1200 / (i + 1), .refused = i,
                                                 .units = 12345 / (i + 1), .last = sample_instant(SAMPLE_NOW) };
}

/* Pages point into what was done: it stays until the program ends. */
static inline Value *sample_feature_page(Sample *sample, int feature, Activity *activity)
{
    static GPtrArray *kept;
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, activity);
    FeatureShown shown = { .feature = &sample->policy->features[feature], .report = &sample->report, .activity = activity };
    sample->context.path = "/features/x";
    sample_finish(sample);
    Value *page = view_feature_page(&shown, &sample->context);
    sample_clear(sample);
    return page;
}

static Value *feature_used(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.policy->features[MENU_GENERATION].about = g_strdup("A week of menus, made from what you like.");
    sample_line(&sample, MENU_GENERATION, "daily", 12)->held = 1;
    sample_line(&sample, MENU_GENERATION, "monthly", 118);
    return sample_feature_page(&sample, MENU_GENERATION, sample_activity("menu_generation", 12));
}

/* A child: found by what it is used on, counts for its parent too, whose limit is the tighter one. */
static Value *feature_child(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 12);
    sample_line(&sample, MESSAGE, "monthly", 96);
    return sample_feature_page(&sample, PREMIUM_MESSAGE, sample_activity("premium_message", 2));
}

static Value *feature_parent(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MESSAGE, "monthly", 100);
    return sample_feature_page(&sample, MESSAGE, sample_activity("gone_since", 3));
}

/* First use, without a limit. */
static Value *feature_unused(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, SOLUTION, "daily", 0);
    return sample_feature_page(&sample, SOLUTION, activity_new(0, 0));
}

static Value *feature_not_included(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, EXPORT, NULL, 0);
    return sample_feature_page(&sample, EXPORT, activity_new(0, 0));
}

static Value *feature_suspended(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.suspended = true;
    sample_line(&sample, MENU_UPLOAD, "weekly", 0);
    return sample_feature_page(&sample, MENU_UPLOAD, activity_new(0, 0));
}

/* Somebody who acts for others. */
static Value *feature_clients(void)
{
    static const char *const names[] = { "Client 17", "Sunrise Gym and Wellness Centre, Springfield", NULL };
    Sample sample;
    sample_init(&sample, FREE);
    Activity *activity = sample_activity("menu_generation", 5);
    sample_clients(activity, names, 3);
    activity->clients_cut = true;
    sample_line(&sample, MENU_GENERATION, "daily", 12);
    return sample_feature_page(&sample, MENU_GENERATION, activity);
}

static Value *feature_hostile(void)
{
    static const char *const names[] = { HOSTILE_NAME, LONG_NAME };
    Sample sample;
    sample_init(&sample, FREE);
    Activity *activity = sample_activity("hostile", 3);
    sample_clients(activity, names, 2);
    g_free(activity->lines[0].resource);
    activity->lines[0].resource = g_strdup(HOSTILE_NAME);
    activity->lines[0].on_behalf_of = g_strdup(LONG_NAME);
    activity->lines[0].units = 9007199254740991;
    sample.policy->features[HOSTILE].about = g_strdup(HOSTILE_NAME);
    sample.policy->features[HOSTILE].resources = g_strsplit(HOSTILE_NAME "," LONG_NAME, ",", -1);
    sample.context.back = "/\"><script>alert(1)</script>";
    sample_line(&sample, HOSTILE, "daily", 1000000);
    sample_line(&sample, HOSTILE, "rolling", 123456789);
    return sample_feature_page(&sample, HOSTILE, activity);
}

/* --- in little --- */

static inline Value *sample_widget(Sample *sample, int feature, WidgetStyle style, bool frame)
{
    FeatureShown shown = { .feature = &sample->policy->features[feature], .report = &sample->report };
    sample_finish(sample);
    Value *widget = view_widget(&shown, style, frame, &sample->context);
    sample_clear(sample);
    return widget;
}

static inline Value *sample_widget_used(WidgetStyle style, bool frame)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_GENERATION, "daily", 12)->held = 1;
    sample_line(&sample, MENU_GENERATION, "monthly", 118);
    return sample_widget(&sample, MENU_GENERATION, style, frame);
}

static Value *widget_card(void)
{
    return sample_widget_used(WIDGET_CARD, true);
}

static Value *widget_bar(void)
{
    return sample_widget_used(WIDGET_BAR, true);
}

static Value *widget_line(void)
{
    return sample_widget_used(WIDGET_LINE, true);
}

static Value *widget_exhausted(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    return sample_widget(&sample, MENU_UPLOAD, WIDGET_CARD, true);
}

static Value *widget_unlimited(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, SOLUTION, "daily", 12);
    return sample_widget(&sample, SOLUTION, WIDGET_CARD, true);
}

static Value *widget_not_included(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, EXPORT, NULL, 0);
    return sample_widget(&sample, EXPORT, WIDGET_BAR, true);
}

static Value *widget_suspended(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.suspended = true;
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    return sample_widget(&sample, MENU_UPLOAD, WIDGET_CARD, true);
}

static Value *widget_hostile(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, HOSTILE, "daily", 910000);
    return sample_widget(&sample, HOSTILE, WIDGET_CARD, true);
}

#endif
