/* The page of history in its states. */
#ifndef WEBQUOTA_HISTORY_STATES_H
#define WEBQUOTA_HISTORY_STATES_H

#include "view/page_samples.h"

#define SAMPLE_TODAY INT64_C(20779) /* 2026-11-22 */

static inline History *sample_history_new(int days, int row_count)
{
    History *history = history_new(row_count);
    history->last = SAMPLE_TODAY;
    history->first = SAMPLE_TODAY - days + 1;
    history->zone = g_strdup(SAMPLE_ZONE);
    history->as_of = sample_instant(SAMPLE_NOW);
    return history;
}

/* Some use on most days, by a rule without chance: up to `most` units, less at the weekend. */
static inline History *sample_history(const char *feature, int days, int64_t most)
{
    History *history = sample_history_new(days, days);
    for (int i = 0; i < days; i++) {
        int64_t day = history->first + i, weekday = day % 7;
        int64_t units = weekday == 2 || weekday == 3 ? (day % 3 == 0 ? most / 8 : 0) : most * (40 + (day * 37) % 61) / 100;
        history->rows[i] = (HistoryRow){ .day = day, .feature = g_strdup(feature), .allowed = units, .refused = units == most ? 7 : day % 11 == 0,
                                         .units = units };
    }
    return history;
}

/* Pages point into the history: it stays until the program ends. */
static inline Value *sample_history_page(Sample *sample, int feature, History *history, const char *subject)
{
    static GPtrArray *kept;
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, history);
    HistoryShown shown = { .feature = &sample->policy->features[feature], .report = &sample->report, .history = history, .subject = subject };
    sample->context.path = "/history";
    sample_finish(sample);
    Value *page = view_history_page(&shown, &sample->context);
    sample_clear(sample);
    return page;
}

static Value *history_month(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_GENERATION, "daily", 12);
    sample_line(&sample, MENU_GENERATION, "monthly", 118);
    return sample_history_page(&sample, MENU_GENERATION, sample_history("menu_generation", 30, 15), NULL);
}

static Value *history_week(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    static const int units[] = { 1, 0, 0, 0, 2, 0, 0 };
    History *history = sample_history("menu_upload", 7, 1);
    for (int i = 0; i < 7; i++)
        history->rows[i].units = history->rows[i].allowed = units[i];
    return sample_history_page(&sample, MENU_UPLOAD, history, NULL);
}

/* Once in all that time. */
static Value *history_once(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 0);
    History *history = sample_history_new(30, 1);
    history->rows[0] = (HistoryRow){ .day = SAMPLE_TODAY - 12, .feature = g_strdup("menu_upload"), .units = 1, .allowed = 1 };
    return sample_history_page(&sample, MENU_UPLOAD, history, NULL);
}

/* A parent with what its children add, and a limit that is spread over its days; a limit far above what is used. */
static Value *history_quarter(void)
{
    Sample sample;
    sample_init(&sample, PRO);
    sample_line(&sample, MESSAGE, "monthly", 640);
    History *history = sample_history("message", 90, 60);
    for (int i = 0; i < 90; i += 2) {
        g_free(history->rows[i].feature);
        history->rows[i].feature = g_strdup("premium_message");
    }
    return sample_history_page(&sample, MESSAGE, history, NULL);
}

static Value *history_limit_above(void)
{
    Sample sample;
    sample_init(&sample, PRO);
    sample_line(&sample, MENU_GENERATION, "daily", 2);
    return sample_history_page(&sample, MENU_GENERATION, sample_history("menu_generation", 30, 2), NULL);
}

static Value *history_empty(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 0);
    return sample_history_page(&sample, MENU_UPLOAD, sample_history_new(30, 0), NULL);
}

/* Somebody else's, as an administrator sees it: refused only. */
static Value *history_whose(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.context.is_admin = true;
    sample_line(&sample, EXPORT, NULL, 0);
    History *history = sample_history_new(7, 1);
    history->rows[0] = (HistoryRow){ .day = SAMPLE_TODAY - 3, .feature = g_strdup("priority_export"), .refused = 1 };
    return sample_history_page(&sample, EXPORT, history, "grace & co");
}

static Value *history_hostile(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, HOSTILE, "daily", 1000000);
    History *history = sample_history("hostile", 90, 100);
    history->rows[50].units = UNITS_MAX;
    history->rows[51].refused = 123456789;
    return sample_history_page(&sample, HOSTILE, history, HOSTILE_NAME);
}

#endif
