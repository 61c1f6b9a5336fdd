/* GET /features/{feature}: the viewer's limits on it, what counts, what was done with it lately, and for whom. */
#include "web/handlers.h"

/* A request on a child counts for its parents, so it belongs to their pages. */
static GPtrArray *keys_within(const Policy *policy, const Feature *feature)
{
    GPtrArray *keys = g_ptr_array_new();
    for (int i = 0; i < policy->feature_count; i++)
        if (feature_is_within(policy, i, feature->index))
            g_ptr_array_add(keys, policy->features[i].key);
    return keys;
}

static void show(Call *call, const FeatureShown *shown)
{
    if (call_wants_json(call)) {
        call_json(call, 200, view_feature(shown, call->request->mount));
        return;
    }
    g_autofree char *back = request_back(call->request);
    PageContext context = call_context(call, back);
    call_page(call, 200, "feature", view_feature_page(shown, &context));
}

void page_feature(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(UsageRead) read = NULL;
    g_autoptr(Activity) activity = NULL;
    StoreResult result = store_usage(call->site->store, call->identity.subject, call->segment, true, &read, &error);
    if (result == STORE_OK) {
        const UsageReport *report = read->report;
        const Feature *feature = policy_feature(report->policy, call->segment);
        g_autoptr(GPtrArray) keys = keys_within(report->policy, feature);
        result = store_activity(call->site->store, call->identity.subject, keys, report->as_of, &activity, &error);
        if (result == STORE_OK)
            show(call, &(FeatureShown){.feature = feature, .report = report, .activity = activity});
    }
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
}
