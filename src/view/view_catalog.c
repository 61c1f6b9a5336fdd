/* GET /api/v1/features and /plans: what the policy says, for programs. */
#include "view/put.h"
#include "view/view_parts.h"

json_t *feature_json(const Policy *policy, const Feature *feature)
{
    json_t *resources = json_array();
    for (char **pattern = feature->resources; pattern && *pattern; pattern++)
        json_array_append_new(resources, json_text(*pattern));
    json_t *object = json_object();
    json_object_set_new(object, "feature", json_text(feature->key));
    json_object_set_new(object, "title", json_text(feature->title));
    json_object_set_new(object, "unit", json_text(feature->unit));
    json_object_set_new(object, "parent", json_text(feature->parent >= 0 ? policy->features[feature->parent].key : NULL));
    json_object_set_new(object, "resources", resources);
    return object;
}

json_t *view_features(const Policy *policy)
{
    json_t *features = json_array();
    for (int i = 0; i < policy->feature_count; i++)
        json_array_append_new(features, feature_json(policy, &policy->features[i]));
    json_t *document = json_object();
    json_object_set_new(document, "features", features);
    return document;
}

static json_t *limit_json(const Policy *policy, const Limit *limit)
{
    json_t *object = json_object();
    json_object_set_new(object, "limit", json_text(limit->key));
    json_object_set_new(object, "feature", json_text(policy->features[limit->feature].key));
    json_object_set_new(object, "window", json_text_take(window_text(&limit->window)));
    json_object_set_new(object, "amount", json_amount(limit->plan_amount));
    json_object_set_new(object, "scope", json_text(scope_word(limit->scope)));
    json_object_set_new(object, "align", json_text(align_word(limit->window.align)));
    json_object_set_new(object, "timezone", json_text(limit->zone ? limit->zone : "subject"));
    json_object_set_new(object, "mode", json_text(mode_word(limit->mode)));
    json_object_set_new(object, "on_exceed", json_text(exceed_word(limit->on_exceed)));
    return object;
}

static json_t *grant_json(const Policy *policy, const PlanGrant *grant)
{
    bool recurring = grant->every.count > 0;
    json_t *object = json_object();
    json_object_set_new(object, "grant", json_text(grant->key));
    json_object_set_new(object, "feature", json_text(policy->features[grant->feature].key));
    json_object_set_new(object, "amount", json_integer(grant->amount));
    json_object_set_new(object, "every", json_text_take(recurring ? window_text(&grant->every) : NULL));
    json_object_set_new(object, "priority", json_integer(grant->priority));
    return object;
}

static json_t *plan_json(const Policy *policy, const Plan *plan)
{
    json_t *limits = json_array();
    for (int i = 0; i < plan->limit_count; i++)
        json_array_append_new(limits, limit_json(policy, &plan->limits[i]));
    json_t *grants = json_array();
    for (int i = 0; i < plan->grant_count; i++)
        json_array_append_new(grants, grant_json(policy, &plan->grants[i]));
    json_t *object = json_object();
    json_object_set_new(object, "plan", json_text(plan->key));
    json_object_set_new(object, "title", json_text(plan->title));
    json_object_set_new(object, "rank", json_integer(plan->rank));
    json_object_set_new(object, "price", json_text(plan->price));
    json_object_set_new(object, "upgrade", json_text(plan->upgrade >= 0 ? policy->plans[plan->upgrade].key : NULL));
    json_object_set_new(object, "limits", limits);
    json_object_set_new(object, "grants", grants);
    return object;
}

/* The list of `changes`, in an object. */
static json_t *changes_json(const GArray *changes, const Coming *coming)
{
    GString *out = g_string_new(NULL);
    put_begin_object(out);
    put_coming(out, changes, coming);
    put_end(out, '}');
    put_finish(out);
    return view_value(out);
}

static json_t *plans_json(const Policy *policy, const GArray *changes, const Coming *coming)
{
    json_t *plans = json_array();
    for (int i = 0; i < policy->plan_count; i++)
        json_array_append_new(plans, plan_json(policy, &policy->plans[i]));
    json_t *document = changes_json(changes, coming), *all = json_pack("{s:o}", "plans", plans);
    json_object_update(all, document);
    json_decref(document);
    return all;
}

json_t *view_plans(const Policy *policy, const Policy *next, Instant at, Instant now)
{
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(ComingChange));
    if (next)
        coming_of_plans(policy, next, at, changes);
    return plans_json(policy, changes, &(Coming){at, now, policy->zone});
}

json_t *view_plans_own(const UsageReport *report)
{
    const Subject *subject = report->subject;
    const char *zone = subject->zone ? subject->zone : report->policy->zone;
    json_t *plans = plans_json(report->policy, report->coming, &(Coming){report->coming_at, report->as_of, zone});
    json_object_set_new(plans, "current", json_text(subject->plan->key));
    return plans;
}
