/* GET /admin/requests: what people ask for; GET and POST /admin/request: one of them, and its answer. The form is sent twice: first to
 * see what it comes to, and then, confirmed, to give the answer. */
#include "store/requests.h"
#include "say/say.h"
#include "view/view_admin.h"
#include "web/form.h"
#include "web/granted.h"
#include "web/handlers.h"

#define REQUESTS_PAGE 100 /* as many as request_list gives */

enum { STATE, BEFORE, DONE };
static const InputField list_fields[] = {[STATE] = {"state", INPUT_TEXT, false, 1, 16}, [BEFORE] = {"before", INPUT_TEXT, false, 1, 18},
                                         [DONE] = {"done", INPUT_TEXT, false, 1, 16}};

void page_asked(Call *call)
{
    static const char *const states[] = {"pending", "approved", "denied", "all", NULL};
    InputValue values[G_N_ELEMENTS(list_fields)];
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    Granted granted;
    if (!call_query(call, list_fields, G_N_ELEMENTS(list_fields), values) || !granted_read(call, &granted))
        return;
    g_auto(Undo) undo = granted.undo; /* to be cleared */
    const char *state = values[STATE].given ? values[STATE].text : states[0];
    if (!g_strv_contains(states, state)) {
        call_problem(call, 400, "state", SAY_STATE_OF_REQUESTS);
        return;
    }
    StoreResult result = request_list(call->site->store, NULL, strcmp(state, "all") == 0 ? NULL : state, values[BEFORE].text, &list, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    bool more = json_array_size(list) == REQUESTS_PAGE;
    if (call_wants_json(call)) {
        call_json(call, 200, json_pack("{s:O, s:b}", "requests", list, "more", more));
    } else {
        PageContext context = call_context(call, NULL);
        call_page(call, 200, "asked", view_asked(&(AskedShown){.list = list, .more = more, .state = state, .done = values[DONE].text,
                                                               .granted = call_is_administrator(call) ? &granted : NULL,
                                                               .may_answer = call_is_administrator(call)}, &context));
    }
    json_decref(list);
}

/* --- one, and its answer --- */

enum { REQUEST, VERDICT, PLAN, LIMIT, AMOUNT, EXPIRES, REASON, CONFIRM, FIELDS };
static const InputField fields[FIELDS] = {
    [REQUEST] = {"request", INPUT_TEXT, true, 1, 18}, [VERDICT] = {"verdict", INPUT_TEXT, true, 1, 16},
    [PLAN] = {"plan", INPUT_TEXT, false, 1, 64},      [LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [AMOUNT] = {"amount", INPUT_WHOLE, false, 1, UNITS_MAX}, [EXPIRES] = {"expires", INPUT_UNTIL, false, 0, 0},
    [REASON] = {"reason", INPUT_TEXT, true, 1, REQUEST_REASON_MAX}, [CONFIRM] = {"confirm", INPUT_FLAG, false, 0, 0},
};

/* An answer as it is known so far. */
typedef struct {
    json_t *request;
    UsageRead *read;
    const Feature *feature;  /* NULL: the policy has it no more */
    const char *limit;       /* that is raised; NULL: all of their own */
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    Instant expires_at;
} Reply;

static void reply_clear(Reply *reply)
{
    json_decref(reply->request);
    usage_read_free(reply->read);
    form_shown_clear(reply->shown, FIELDS);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reply, reply_clear)

static const char *text_of(const Reply *reply, const char *name)
{
    return json_string_value(json_object_get(reply->request, name));
}

static bool is_upgrade(const Reply *reply)
{
    return g_strcmp0(text_of(reply, "kind"), "upgrade") == 0;
}

static bool is_pending(const Reply *reply)
{
    return g_strcmp0(text_of(reply, "state"), "pending") == 0;
}

/* The request, and where its person stands. False: answered already. */
static bool reply_read(Call *call, Reply *reply)
{
    g_auto(StoreError) error = {0};
    const char *id = reply->shown[REQUEST].typed;
    if (!id || reply->shown[REQUEST].mistake != FORM_GOOD) {
        call_problem(call, 400, "request", SAY_MISSING("request"));
        return false;
    }
    g_clear_pointer(&reply->request, json_decref);
    g_clear_pointer(&reply->read, usage_read_free);
    StoreResult result = request_get(call->site->store, id, &reply->request, &error);
    if (result == STORE_OK)
        result = store_usage(call->site->store, text_of(reply, "subject"), NULL, true, &reply->read, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return false;
    }
    reply->feature = policy_feature(reply->read->report->policy, text_of(reply, "feature"));
    return true;
}

static void show(Call *call, int status, const Reply *reply, const UsageReport *after, bool preview)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    AnswerShown shown = {.request = reply->request, .before = reply->read->report, .after = after, .preview = preview,
                         .late = status == 409, .may_answer = call_is_administrator(call), .shown = reply->shown, .shown_count = FIELDS};
    call_page(call, status, "answer", view_answer(&shown, &context));
}

/* The plan that was asked for; where none was named, the one above theirs, or else their own. */
static const char *plan_proposed(const Reply *reply)
{
    const UsageReport *report = reply->read->report;
    const Plan *plan = report->subject->plan;
    const char *asked = text_of(reply, "plan");
    return asked || !plan ? asked : plan->upgrade >= 0 ? report->policy->plans[plan->upgrade].key : plan->key;
}

/* What was asked for stands in the fields that are not filled in yet. */
static void propose(Reply *reply)
{
    int64_t amount = json_integer_value(json_object_get(reply->request, "amount"));
    if (!reply->shown[AMOUNT].typed && amount)
        reply->shown[AMOUNT].typed = g_strdup_printf("%" PRId64, amount);
    if (!reply->shown[PLAN].typed)
        reply->shown[PLAN].typed = g_strdup(plan_proposed(reply));
    if (!reply->shown[LIMIT].typed)
        reply->shown[LIMIT].typed = g_strdup(text_of(reply, "limit"));
}

void page_answer(Call *call)
{
    g_auto(Reply) reply = {0};
    form_open(&call->request->query, fields, FIELDS, reply.shown);
    if (!reply_read(call, &reply))
        return;
    if (call_wants_json(call)) {
        call_json(call, 200, json_pack("{s:O, s:o}", "request", reply.request, "usage", view_value(view_usage(reply.read->report))));
        return;
    }
    propose(&reply);
    show(call, 200, &reply, NULL, false);
}

static bool mistake(Reply *reply, int field, FormMistake what)
{
    reply->shown[field].mistake = what;
    return false;
}

/* Of several limits of their own one must be named; it must be one of them. The only one is named, so that what is given comes before
 * what was given on it earlier. */
static bool limit_is_good(Reply *reply)
{
    const UsageReport *report = reply->read->report;
    int count = 0;
    bool found = false;
    const char *only = NULL;
    reply->limit = reply->values[LIMIT].text;
    for (int i = 0; i < report->line_count; i++) {
        const UsageLine *line = &report->lines[i];
        if (line->feature != reply->feature || !line->limit || line->limit->scope != SCOPE_SUBJECT)
            continue;
        count++;
        only = line->limit->key;
        found = found || (reply->limit && strcmp(line->limit->key, reply->limit) == 0);
    }
    if (reply->limit ? !found : count > 1)
        return mistake(reply, LIMIT, FORM_CHOICE);
    if (!reply->limit)
        reply->limit = only;
    return true;
}

static bool reply_is_good(Reply *reply)
{
    const InputValue *expires = &reply->values[EXPIRES];
    reply->expires_at = expires->given ? expires->time : INSTANT_MAX;
    if (g_strcmp0(reply->values[VERDICT].text, "deny") == 0)
        return true;
    if (g_strcmp0(reply->values[VERDICT].text, "approve") != 0)
        return mistake(reply, VERDICT, FORM_CHOICE);
    if (expires->given && expires->time <= reply->read->report->as_of)
        return mistake(reply, EXPIRES, FORM_PAST);
    if (is_upgrade(reply))
        return (reply->values[PLAN].given && policy_plan(reply->read->report->policy, reply->values[PLAN].text)) ||
               mistake(reply, PLAN, FORM_CHOICE);
    if (!reply->values[AMOUNT].given)
        return mistake(reply, AMOUNT, FORM_MISSING);
    return limit_is_good(reply);
}

static void preview(Call *call, const Reply *reply)
{
    const UsageReport *before = reply->read->report;
    bool approves = strcmp(reply->values[VERDICT].text, "approve") == 0;
    Subject subject;
    const Override override = {
        .id = INT64_MAX, .feature = reply->feature ? reply->feature->index : -1, .limit = reply->limit, .kind = OVERRIDE_AMOUNT,
        .amount = reply->values[AMOUNT].whole, .multiplier = 1, .expires_at = reply->expires_at, .created_at = before->as_of,
    };
    const Supposed supposed = {
        .override = is_upgrade(reply) ? NULL : &override,
        .plan = is_upgrade(reply) && approves ? policy_plan(before->policy, reply->values[PLAN].text) : NULL,
        .reset_feature = -1,
    };
    g_autoptr(UsageReport) after = approves ? usage_read_supposed(reply->read, &supposed, &subject) : NULL;
    show(call, 200, reply, after, true);
}

/* The request as it was answered, and whatever undoes it. `was`: the person as they were before. */
static void approved(Call *call, const Reply *reply, const json_t *request, const json_t *was)
{
    g_auto(Undo) undo = {.possible = true, .kind = CHANGE_OVERRIDE_REMOVE};
    g_autoptr(GString) then = g_string_new("/admin/requests?done=approved");
    if (is_upgrade(reply))
        undo = undo_of_plan(reply->read->report, was);
    else
        undo.was = g_strdup(json_string_value(json_object_get(request, "override")));
    granted_put(then, &(Granted){.subject = text_of(reply, "subject"), .undo = undo});
    call_see_other(call, then->str);
}

static void give(Call *call, Reply *reply)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    bool approves = strcmp(reply->values[VERDICT].text, "approve") == 0, upgrade = is_upgrade(reply);
    const char *id = reply->values[REQUEST].text, *reason = reply->values[REASON].text;
    const RequestGift gift = {.plan = upgrade ? reply->values[PLAN].text : NULL, .limit = upgrade ? NULL : reply->limit,
                              .amount = upgrade ? 0 : reply->values[AMOUNT].whole, .expires_at = reply->expires_at, .reason = reason};
    json_t *request = NULL, *was = NULL;
    StoreResult result = approves && upgrade ? admin_subject_get(call->site->store, text_of(reply, "subject"), &was, &error) : STORE_OK;
    if (result == STORE_NONE) /* who asked was not met: there is nothing before */
        store_error_clear(&error);
    if (result == STORE_OK || result == STORE_NONE)
        result = approves ? request_approve(call->site->store, id, &gift, actor, &request, &error)
                          : request_deny(call->site->store, id, reason, actor, &request, &error);
    if (result == STORE_OK && approves)
        approved(call, reply, request, was);
    else if (result == STORE_OK)
        call_see_other(call, "/admin/requests?done=denied");
    else if (result != STORE_CONFLICT)
        call_store_problem(call, result, &error);
    else if (reply_read(call, reply) && is_pending(reply))
        call_store_problem(call, result, &error);
    else if (reply->read)
        show(call, 409, reply, NULL, false);
    json_decref(request);
    json_decref(was);
}

void page_answer_send(Call *call)
{
    g_auto(Reply) reply = {0};
    bool good = call_filled(call, &call->form, fields, FIELDS, reply.values, reply.shown);
    if (!reply_read(call, &reply))
        return;
    if (!is_pending(&reply))
        show(call, 409, &reply, NULL, false);
    else if (!good || !reply_is_good(&reply))
        show(call, 400, &reply, NULL, false);
    else if (reply.values[CONFIRM].flag)
        give(call, &reply);
    else
        preview(call, &reply);
}
