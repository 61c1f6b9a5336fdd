/* At which shares of their limits people are told, and how they change that. Pure. */
#ifndef WEBQUOTA_VIEW_THRESHOLDS_H
#define WEBQUOTA_VIEW_THRESHOLDS_H

#include "view/view.h"

/* Has the subject limits of its own use on the feature that may be used up? Only then there is something to be told. */
bool thresholds_apply(const UsageReport *report, const Feature *feature);

/* `thresholds`, a row for each such feature: {feature, title, alert_at, notice, warning, own, url}; has_thresholds. */
void set_thresholds(Value *page, const UsageReport *report, const PageContext *context);

/* The same for programs: [{feature, notice, warning, warn_at, own}]: from where on the pages call it a notice and a warning, and at
 * what alerts are recorded. */
json_t *view_threshold_list(const UsageReport *report);

/* The form to change those of one feature. Not owned. */
typedef struct {
    const Feature *feature;
    const UsageReport *report;
    const FormShown *shown; /* notice, warning */
    int shown_count;
} ThresholdForm;
Value *view_threshold_form(const ThresholdForm *form, const PageContext *context);

#endif
