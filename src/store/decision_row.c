/* Recorded decisions: rows to values, and to the answers they were. */
#include "store/ledger_job.h"

DecisionRow *decision_row_new(const PGresult *rows, int row)
{
    DecisionRow *out = g_new0(DecisionRow, 1);
    out->key = (DecisionKey){ result_number(rows, row, 0), result_number(rows, row, 1), result_number(rows, row, 2),
                              result_number(rows, row, 3) };
    out->kind = g_strdup(result_text(rows, row, 4));
    out->outcome = g_strdup(result_text(rows, row, 5));
    out->reason = (int)result_number(rows, row, 6);
    out->policy_version = (int)result_number(rows, row, 7);
    out->plan = g_strdup(result_text(rows, row, 8));
    out->organization = g_strdup(result_text(rows, row, 9));
    out->feature = g_strdup(result_text(rows, row, 10));
    out->resource = g_strdup(result_text(rows, row, 11));
    out->units = result_number(rows, row, 12);
    out->items = g_strdup(result_text(rows, row, 13));
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    result_numbers(rows, row, 14, numbers);
    out->trace = g_array_new(FALSE, FALSE, sizeof(TraceLine));
    G_STATIC_ASSERT(sizeof(TraceLine) == TRACE_STRIDE * sizeof(int64_t));
    g_array_append_vals(out->trace, numbers->data, numbers->len / TRACE_STRIDE);
    out->on_behalf_of = g_strdup(result_text(rows, row, 15));
    out->metadata = g_strdup(result_text(rows, row, 16));
    out->given_back = result_number(rows, row, 17);
    out->subject = g_strdup(result_text(rows, row, 18));
    out->expires_at = result_null(rows, row, 19) ? INSTANT_MAX : result_number(rows, row, 19);
    out->state = g_strdup(result_text(rows, row, 20));
    out->own = result_bool(rows, row, 24);
    out->committed = result_number(rows, row, 21);
    out->held = result_number(rows, row, 22);
    out->timezone = g_strdup(result_text(rows, row, 23));
    return out;
}

DecisionRow *decision_row_find(const PGresult *rows, const DecisionKey *key)
{
    for (int row = 0; rows && row < PQntuples(rows); row++)
        if (result_number(rows, row, 3) == key->id && result_number(rows, row, 2) == key->at &&
            result_number(rows, row, 1) == key->subject_id && result_number(rows, row, 0) == key->account_id)
            return decision_row_new(rows, row);
    return NULL;
}

void decision_row_free(DecisionRow *row)
{
    if (!row)
        return;
    char *texts[] = { row->kind, row->outcome, row->plan, row->organization, row->feature, row->resource,
                      row->items, row->on_behalf_of, row->metadata, row->subject, row->state, row->timezone };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_array_unref(row->trace);
    g_free(row);
}

void decision_keys_params(Params *params, const GArray *keys)
{
    GArray *columns[4];
    for (int c = 0; c < 4; c++)
        columns[c] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < keys->len; i++) {
        const DecisionKey *key = &g_array_index(keys, DecisionKey, i);
        g_array_append_val(columns[0], key->account_id);
        g_array_append_val(columns[1], key->subject_id);
        g_array_append_val(columns[2], key->at);
        g_array_append_val(columns[3], key->id);
    }
    for (int c = 0; c < 4; c++) {
        params_numbers(params, columns[c]);
        g_array_unref(columns[c]);
    }
}

/* Of a rolling counter: by its sub-windows. */
static void add_parts(GArray *all, int64_t slot, const json_t *parts)
{
    size_t i;
    json_t *part;
    json_array_foreach(parts, i, part) {
        const Taken taken = { slot, json_integer_value(json_array_get(part, 0)), json_integer_value(json_array_get(part, 1)), true };
        g_array_append_val(all, taken);
    }
}

GArray *decision_row_taken(const DecisionRow *row)
{
    if (strcmp(row->kind, "reset") != 0 || row->given_back > 0 || row->units == 0)
        return NULL;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Taken));
    json_auto_t *metadata = row->metadata ? json_loads(row->metadata, 0, NULL) : NULL;
    bool takes = true;
    for (guint i = 0; i < row->trace->len; i++) {
        const TraceLine *line = &g_array_index(row->trace, TraceLine, i);
        g_autofree char *slot = g_strdup_printf("%" PRId64, line->slot);
        const json_t *parts = json_object_get(json_object_get(metadata, "parts"), slot);
        const Taken taken = { line->slot, line->counted_at, -line->used_delta, false };
        takes &= line->used_delta < 0;
        if (parts)
            add_parts(all, line->slot, parts);
        else
            g_array_append_val(all, taken);
    }
    if (takes && all->len > 0)
        return all;
    g_array_unref(all); /* this one took another back */
    return NULL;
}

/* The limit a line was about: of the plan if it has it, else of any. */
static const Limit *line_limit(const Policy *policy, const Plan *plan, int64_t slot)
{
    for (int i = 0; plan && i < plan->limit_count; i++)
        if (plan->limits[i].slot == slot)
            return &plan->limits[i];
    return policy_limit_by_slot(policy, slot);
}

/* A limit in the subject's own zone is read in the one that it has now. */
static const char *line_zone(const DecisionRow *row, const Policy *policy, const Limit *limit)
{
    if (limit->zone)
        return limit->zone;
    return row->timezone && zone_find(row->timezone) ? g_intern_string(row->timezone) : policy->zone;
}

static void answer_line(AnswerLine *out, const DecisionRow *row, const Policy *policy, const Limit *limit, const TraceLine *line)
{
    int64_t charged = line->used_delta + line->held_delta;
    *out = (AnswerLine){
        .charged = charged,
        .asked = line->asked,
        .refused = (line->flags & TRACE_REFUSED) != 0,
        .shadow_refused = (line->flags & TRACE_SHADOW) != 0,
        .frees_at = line->gives_at,
        .usage = {
            .feature = &policy->features[limit->feature],
            .limit = limit,
            .window = { line->window_start, line->window_end },
            .zone = line_zone(row, policy, limit),
            .amount = line->amount,
            .used = line->used + line->used_delta,
            .held = line->held + line->held_delta,
            .carried = line->carried,
            .bonus = line->bonus,
            .source = (unsigned)(line->flags & 255),
            .resets_at = limit->window.align == ALIGN_ROLLING ? line->gives_at : line->window_end,
            .override_expires = INSTANT_MAX,
            .bonus_expires = INSTANT_MAX,
        },
    };
    usage_line_finish(&out->usage);
}

/* As bonus_spent_add has it of a draw, but for when it comes anew, which nobody is told who was allowed. */
static void spent_line(BonusSpent *spent, const TraceLine *line)
{
    int64_t units = MIN(line->used + line->used_delta, UNITS_MAX);
    if (units <= 0 || line->flags & TRACE_ORGANIZATION)
        return;
    spent->units = MIN(spent->units + units, UNITS_MAX);
    spent->given = MIN(spent->given + MAX(line->amount, units), UNITS_MAX);
}

static Outcome outcome_of(const char *word)
{
    return strcmp(word, "allowed") == 0 ? OUTCOME_ALLOWED : strcmp(word, "denied") == 0 ? OUTCOME_DENIED
         : strcmp(word, "queued") == 0 ? OUTCOME_QUEUED : OUTCOME_FORBIDDEN;
}

Answer *decision_row_answer(const DecisionRow *row, const Policy *policy)
{
    Answer *answer = g_new0(Answer, 1);
    answer->refs = 1;
    answer->policy = policy_ref((Policy *)policy);
    answer->id = public_id_decision(&row->key);
    answer->kind = strcmp(row->kind, "hold") == 0 ? ASK_HOLD : ASK_CONSUME;
    answer->outcome = outcome_of(row->outcome);
    answer->reason = (Reason)row->reason;
    answer->subject = g_strdup(row->subject ? row->subject : "");
    answer->anonymous = g_str_has_prefix(answer->subject, "anon:");
    answer->plan = policy_plan(policy, row->plan);
    if (!answer->plan)
        answer->plan = &policy->plans[policy->default_plan];
    answer->organization = g_strdup(row->organization);
    answer->zone = row->timezone && zone_find(row->timezone) ? g_strdup(row->timezone) : NULL;
    answer->feature = policy_feature(policy, row->feature);
    if (!answer->feature)
        answer->feature = &policy->features[0];
    answer->resource = g_strdup(row->resource);
    answer->units = row->units;
    answer->at = row->key.at;
    answer->deciding = -1;
    answer->lines = g_new0(AnswerLine, row->trace->len);
    int64_t drawn = 0;
    BonusSpent spent = { 0 };
    for (guint i = 0; i < row->trace->len; i++) {
        const TraceLine *line = &g_array_index(row->trace, TraceLine, i);
        const Limit *limit = line->flags & TRACE_IS_GRANT ? NULL : line_limit(policy, answer->plan, line->slot);
        if (line->flags & TRACE_IS_GRANT) {
            drawn += line->used_delta + line->held_delta;
            spent_line(&spent, line);
        }
        if (!limit)
            continue;
        if (line->flags & TRACE_DECIDED)
            answer->deciding = answer->line_count;
        answer->shadow_refused |= (line->flags & TRACE_SHADOW) != 0;
        answer_line(&answer->lines[answer->line_count++], row, policy, limit, line);
    }
    for (int i = 0; drawn && i < answer->line_count; i++) {
        UsageLine *usage = &answer->lines[i].usage;
        usage->bonus = MAX(0, usage->bonus - drawn);
        if (usage->source & SOURCE_GRANT)
            usage->spent = spent;
        usage_line_finish(usage);
    }
    answer->expires_at = row->expires_at;
    if (row->state)
        answer->reservation = public_id_reservation(&row->key);
    return answer;
}
