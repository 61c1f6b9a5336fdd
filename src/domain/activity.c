/* Values that the store fills and the pages show. */
#include "domain/activity.h"

Activity *activity_new(int line_count, int client_count)
{
    Activity *activity = g_new0(Activity, 1);
    activity->lines = g_new0(ActivityLine, MAX(line_count, 1));
    activity->line_count = line_count;
    activity->clients = g_new0(ActivityClient, MAX(client_count, 1));
    activity->client_count = client_count;
    return activity;
}

void activity_free(Activity *activity)
{
    if (!activity)
        return;
    for (int i = 0; i < activity->line_count; i++) {
        ActivityLine *line = &activity->lines[i];
        char *texts[] = { line->id, line->state, line->feature, line->resource, line->on_behalf_of };
        for (size_t t = 0; t < G_N_ELEMENTS(texts); t++)
            g_free(texts[t]);
    }
    for (int i = 0; i < activity->client_count; i++)
        g_free(activity->clients[i].client);
    g_free(activity->lines);
    g_free(activity->clients);
    g_free(activity);
}

Alerts *alerts_new(int count)
{
    Alerts *alerts = g_new0(Alerts, 1);
    alerts->lines = g_new0(AlertLine, MAX(count, 1));
    alerts->count = count;
    return alerts;
}

void alerts_free(Alerts *alerts)
{
    if (!alerts)
        return;
    for (int i = 0; i < alerts->count; i++) {
        g_free(alerts->lines[i].feature);
        g_free(alerts->lines[i].limit);
    }
    g_free(alerts->lines);
    g_free(alerts);
}
