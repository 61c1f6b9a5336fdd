/* The amounts come from what decides. */
#include "store/organization_caps.h"

static Override override_of(const json_t *row, const Feature *feature)
{
    const char *kind = json_string_value(json_object_get(row, "kind"));
    return (Override){
        .id = json_integer_value(json_object_get(row, "id")),
        .feature = feature->index,
        .limit = json_string_value(json_object_get(row, "limit")),
        .kind = *kind == 'a' ? OVERRIDE_AMOUNT : *kind == 'u' ? OVERRIDE_UNLIMITED : OVERRIDE_MULTIPLIER,
        .amount = json_integer_value(json_object_get(row, "amount")),
        .multiplier = json_number_value(json_object_get(row, "multiplier")),
        .expires_at = INSTANT_MAX,
        .created_at = json_integer_value(json_object_get(row, "created_at")),
    };
}

static const char *source_of(unsigned source)
{
    return source & SOURCE_OVERRIDE ? "override" : source & SOURCE_GRACE ? "grace" : "plan";
}

json_t *organization_caps(const Policy *policy, const Subject *subject, const json_t *overrides, Instant now)
{
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(Override));
    json_t *caps = json_array();
    size_t i;
    json_t *row;
    json_array_foreach(overrides, i, row) {
        const Feature *feature = policy_feature(policy, json_string_value(json_object_get(row, "feature")));
        Override one = feature ? override_of(row, feature) : (Override){0};
        if (feature)
            g_array_append_val(own, one);
    }
    const Situation situation = {.policy = policy, .subject = subject, .overrides = (const Override *)(const void *)own->data,
                                 .override_count = (int)own->len, .now = now};
    for (int l = 0; subject->plan && l < subject->plan->limit_count; l++) {
        const Limit *limit = &subject->plan->limits[l];
        if (limit->scope != SCOPE_SUBJECT || limit->counts_only || limit->mode == MODE_OFF)
            continue;
        unsigned source = 0;
        Amount amount = decide_amount(&situation, limit, &source, NULL);
        json_array_append_new(caps, json_pack("{s:s, s:s, s:o, s:s}", "feature", policy->features[limit->feature].key, "limit", limit->key,
                                              "amount", amount < 0 ? json_null() : json_integer(amount), "source", source_of(source)));
    }
    return caps;
}
