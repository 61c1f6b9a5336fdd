/* GET /history and /history.csv: what somebody used of a feature on each of the last days. */
#include "base/parse.h"
#include "say/say.h"
#include "web/handlers.h"

#define DAYS 30

enum { FEATURE, DAYS_BACK, SUBJECT, FIELDS };
static const InputField fields[] = {
    [FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},
    [DAYS_BACK] = {"days", INPUT_WHOLE, false, 1, 9999},
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
};

typedef struct {
    const char *feature; /* NULL: whichever was used most */
    const char *subject;
    int days;
} Asked;

static bool asked_read(Call *call, Asked *asked)
{
    InputValue values[FIELDS];
    if (!call_query(call, fields, FIELDS, values))
        return false;
    *asked = (Asked){.feature = values[FEATURE].text, .days = values[DAYS_BACK].given ? (int) values[DAYS_BACK].whole : DAYS};
    if (asked->days != 7 && asked->days != 30 && asked->days != 90) {
        call_problem(call, 400, "days", SAY_DAYS_OF_HISTORY);
        return false;
    }
    if (asked->feature && !policy_feature(call->policy, asked->feature)) {
        call_problem(call, 404, "feature", SAY_NO_FEATURE, asked->feature);
        return false;
    }
    asked->subject = call_subject(call, values[SUBJECT].text);
    return asked->subject != NULL;
}

/* Of which there were most requests; the first that the plan has where there were none. */
static const Feature *feature_most_used(const UsageReport *report, const History *history)
{
    const Policy *policy = report->policy;
    g_autofree int64_t *requests = g_new0(int64_t, policy->feature_count);
    int most = -1;
    for (int i = 0; i < history->row_count; i++) {
        const Feature *feature = policy_feature(policy, history->rows[i].feature);
        if (feature)
            requests[feature->index] += history->rows[i].allowed + history->rows[i].refused;
    }
    for (int i = 0; i < policy->feature_count; i++)
        if (requests[i] > 0 && (most < 0 || requests[i] > requests[most]))
            most = i;
    for (int i = 0; most < 0 && report->subject->plan && i < policy->feature_count; i++)
        if (report->subject->plan->lists[i])
            most = i;
    return &policy->features[MAX(most, 0)];
}

static void answer_csv(Call *call, const HistoryShown *shown)
{
    const char *name = text_is_key(shown->feature->key) ? shown->feature->key : "feature";
    g_autofree char *disposition = g_strdup_printf("attachment; filename=\"usage-%s.csv\"", name);
    response_status(call->response, 200);
    response_guard(call->response);
    response_header(call->response, "Content-Disposition", disposition);
    response_body(call->response, "text/csv; charset=utf-8", view_history_csv(shown));
}

static void answer(Call *call, const HistoryShown *shown, bool csv)
{
    if (csv) {
        answer_csv(call, shown);
    } else if (call->identity.kind == IDENTITY_KEY || call_wants_json(call)) {
        call_json(call, 200, view_history(shown));
    } else {
        PageContext context = call_context(call, NULL);
        call_page(call, 200, "history", view_history_page(shown, &context));
    }
}

static void page(Call *call, bool csv)
{
    g_auto(StoreError) error = {0};
    g_autoptr(UsageRead) read = NULL;
    g_autoptr(History) history = NULL;
    Asked asked;
    if (!asked_read(call, &asked))
        return;
    StoreResult result = store_usage(call->site->store, asked.subject, NULL, true, &read, &error);
    if (result == STORE_OK)
        result = store_history(call->site->store, asked.subject, NULL, asked.days, csv, &history, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    const Feature *feature = asked.feature ? policy_feature(read->report->policy, asked.feature)
                                           : feature_most_used(read->report, history);
    if (!feature) {
        call_problem(call, 404, "feature", SAY_NO_FEATURE, asked.feature);
        return;
    }
    HistoryShown shown = {.feature = feature, .report = read->report, .history = history};
    if (g_strcmp0(asked.subject, call->identity.subject) != 0)
        shown.subject = asked.subject;
    answer(call, &shown, csv);
}

void page_history(Call *call)
{
    page(call, false);
}

void page_history_csv(Call *call)
{
    page(call, true);
}
