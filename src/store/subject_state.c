/* A subject as the database knows it, turned into what the decision needs. */
#include "store/subject_state.h"

#include "base/log.h"

const Plan *subject_plan_now(const Policy *policy, bool anonymous, const char *plan, Instant plan_until, const char *plan_after,
                             Instant now)
{
    const char *key = plan_until <= now ? plan_after : plan;
    const Plan *own = key ? policy_plan(policy, key) : NULL;
    if (own)
        return own;
    int index = anonymous ? policy->anonymous_plan : policy->default_plan;
    return index >= 0 ? &policy->plans[index] : NULL;
}

/* Counters of a row, of which most have few. */
#define FEW_NUMBERS 96

static bool read_many_counters(CounterSet *set, const PGresult *rows, int row, int column)
{
    g_autoptr(GArray) state = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) rolling = g_array_new(FALSE, FALSE, sizeof(int64_t));
    result_numbers(rows, row, column, state);
    result_numbers(rows, row, column + 1, rolling);
    return counter_set_read(set, (int64_t *)(void *)state->data, (int)state->len, (int64_t *)(void *)rolling->data,
                            (int)rolling->len);
}

bool result_counters(CounterSet *set, const PGresult *rows, int row, int column)
{
    int64_t state[FEW_NUMBERS];
    int count = result_null(rows, row, column + 1) ? result_numbers_some(rows, row, column, state, FEW_NUMBERS) : FEW_NUMBERS;
    return count < FEW_NUMBERS ? counter_set_read(set, state, count, NULL, 0) : read_many_counters(set, rows, row, column);
}

static SubjectState *subject_state_empty(void)
{
    SubjectState *state = g_new0(SubjectState, 1);
    state->overrides = g_array_new(FALSE, TRUE, sizeof(Override));
    state->grants = g_array_new(FALSE, TRUE, sizeof(Grant));
    state->texts = g_ptr_array_new_with_free_func(g_free);
    state->plan_until = INSTANT_MAX;
    return state;
}

static void subject_state_link(SubjectState *state)
{
    state->subject.key = state->key;
    state->subject.organization = state->organization;
    state->subject.zone = state->timezone;
    state->subject.anonymous = g_str_has_prefix(state->key, "anon:");
}

SubjectState *subject_state_new(const PGresult *result, int row)
{
    SubjectState *state = subject_state_empty();
    state->account_id = result_number(result, row, 0);
    state->id = result_number(result, row, 1);
    state->key = g_strdup(result_text(result, row, 2));
    state->plan_key = g_strdup(result_text(result, row, 3));
    if (!result_null(result, row, 4))
        state->plan_until = result_number(result, row, 4);
    state->plan_after = g_strdup(result_text(result, row, 5));
    state->timezone = g_strdup(result_text(result, row, 6));
    state->subject.anchor = result_number(result, row, 7);
    state->subject.first_met = result_number(result, row, 8);
    state->subject.suspended = result_bool(result, row, 9);
    state->organization = g_strdup(result_text(result, row, 10));
    state->email = g_strdup(result_text(result, row, 11));
    state->own_thresholds = g_strdup(result_text(result, row, 12));
    state->version = result_number(result, row, 13);
    if (PQnfields(result) > 16)
        state->epoch = result_number(result, row, 16);
    subject_state_link(state);
    if (!result_counters(&state->own, result, row, 14)) {
        log_line(LOG_LEVEL_ERROR, "counters of subject %" PRId64 " cannot be read", state->id);
        g_clear_pointer(&state, subject_state_free);
    }
    return state;
}

SubjectState *subject_state_remembered(const char *key, char **texts, const int64_t *numbers, int count)
{
    SubjectState *state = subject_state_empty();
    state->key = g_strdup(key);
    state->organization = texts[0];
    state->timezone = texts[1];
    state->plan_key = texts[2];
    state->plan_after = texts[3];
    subject_state_link(state);
    if (!counter_set_read(&state->own, numbers, count, NULL, 0))
        log_line(LOG_LEVEL_ERROR, "counters of subject %s are not as they were kept", key);
    return state;
}

SubjectState *subject_state_unmet(const char *key, const Policy *policy, Instant now)
{
    SubjectState *state = subject_state_empty();
    state->key = g_strdup(key);
    const WindowSpec day = { .unit = WINDOW_DAY, .count = 1, .align = ALIGN_CALENDAR, .week_starts = 1 };
    state->subject.first_met = now;
    state->subject.anchor = window_at(&day, zone_find(policy->zone), 0, now).start;
    subject_state_link(state);
    return state;
}

void subject_state_free(SubjectState *state)
{
    if (!state)
        return;
    counter_set_clear(&state->own);
    g_array_unref(state->overrides);
    g_array_unref(state->grants);
    g_ptr_array_unref(state->texts);
    g_free(state->key);
    g_free(state->organization);
    g_free(state->timezone);
    g_free(state->plan_key);
    g_free(state->plan_after);
    g_free(state->email);
    g_free(state->own_thresholds);
    g_free(state->thresholds);
    g_free(state);
}

/* Is this row of overrides_of or grants_of the subject's, or its organization's? */
static bool row_concerns(const SubjectState *state, const PGresult *rows, int row)
{
    if (result_number(rows, row, 0) != state->account_id)
        return false;
    return result_null(rows, row, 2) ? state->organization != NULL : result_number(rows, row, 2) == state->id;
}

bool override_read(const Policy *policy, const PGresult *rows, int row, Override *override)
{
    const Feature *feature = policy_feature(policy, result_text(rows, row, 3));
    if (!feature)
        return false;
    const char *kind = result_text(rows, row, 5);
    *override = (Override){
        .id = result_number(rows, row, 1),
        .of_organization = result_null(rows, row, 2),
        .feature = feature->index,
        .limit = result_text(rows, row, 4),
        .kind = kind[0] == 'a' ? OVERRIDE_AMOUNT : kind[0] == 'u' ? OVERRIDE_UNLIMITED : OVERRIDE_MULTIPLIER,
        .amount = result_number(rows, row, 6),
        .multiplier = result_real(rows, row, 7),
        .expires_at = result_number(rows, row, 8),
        .created_at = result_number(rows, row, 9),
    };
    return true;
}

static void add_override(SubjectState *state, const Policy *policy, const PGresult *rows, int row)
{
    Override override;
    if (!override_read(policy, rows, row, &override))
        return;
    override.limit = g_strdup(override.limit);
    g_ptr_array_add(state->texts, (char *)override.limit);
    g_array_append_val(state->overrides, override);
}

static void add_grant(SubjectState *state, const Policy *policy, const PGresult *rows, int row)
{
    const Feature *feature = policy_feature(policy, result_text(rows, row, 3));
    if (!feature)
        return;
    Grant grant = {
        .slot = -result_number(rows, row, 1),
        .of_organization = result_null(rows, row, 2),
        .feature = feature->index,
        .amount = result_number(rows, row, 4),
        .priority = (int)result_number(rows, row, 5),
        .effective_at = result_number(rows, row, 6),
        .expires_at = result_number(rows, row, 7),
        .created_at = result_number(rows, row, 9),
    };
    const char *every = result_text(rows, row, 8), *why = NULL;
    if (every && window_parse(every, &grant.every, &why))
        grant.every.align = ALIGN_ANCHOR;
    g_array_append_val(state->grants, grant);
}

void subject_state_rows(SubjectState *state, const Policy *policy, const PGresult *overrides, const PGresult *grants)
{
    for (int row = 0; row < PQntuples(overrides); row++)
        if (row_concerns(state, overrides, row))
            add_override(state, policy, overrides, row);
    for (int row = 0; row < PQntuples(grants); row++)
        if (row_concerns(state, grants, row))
            add_grant(state, policy, grants, row);
    state->granted = state->grants->len;
}

/* {"message": [60, 85]}: of the features that the policy knows. Most have none. */
static void settle_thresholds(SubjectState *state, const Policy *policy)
{
    json_t *all = state->own_thresholds ? json_loads(state->own_thresholds, 0, NULL) : NULL, *pair;
    const char *key;
    g_clear_pointer(&state->thresholds, g_free);
    state->subject.threshold_count = 0;
    if (json_object_size(all))
        state->thresholds = g_new(Thresholds, json_object_size(all));
    json_object_foreach(all, key, pair) {
        const Feature *feature = policy_feature(policy, key);
        if (feature)
            state->thresholds[state->subject.threshold_count++] =
                (Thresholds){feature->index, {(int)json_integer_value(json_array_get(pair, 0)), (int)json_integer_value(json_array_get(pair, 1))}};
    }
    json_decref(all);
    state->subject.thresholds = state->thresholds;
}

void subject_state_settle(SubjectState *state, const Policy *policy, Instant now)
{
    settle_thresholds(state, policy);
    state->policy = policy;
    state->now = now;
    state->subject.plan = subject_plan_now(policy, state->subject.anonymous, state->plan_key, state->plan_until,
                                           state->plan_after, now);
    g_array_set_size(state->grants, state->granted);
    if (state->subject.plan)
        decide_plan_grants(&state->subject, state->grants);
}

Situation subject_state_situation(const SubjectState *state)
{
    return (Situation){
        .policy = state->policy,
        .subject = &state->subject,
        .overrides = (const Override *)(const void *)state->overrides->data,
        .override_count = (int)state->overrides->len,
        .grants = (const Grant *)(const void *)state->grants->data,
        .grant_count = (int)state->grants->len,
        .now = state->now,
    };
}
