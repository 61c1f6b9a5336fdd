/* GET /requests: what one has asked for; GET and POST /requests/new?feature=: the form to ask. */
#include "store/requests.h"
#include "say/say.h"
#include "web/form.h"
#include "web/handlers.h"

void page_requests(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    if (call_wants_json(call)) {
        api_request_list(call);
        return;
    }
    g_autoptr(UsageRead) read = NULL; /* for the reader's zone */
    StoreResult result = store_usage(call->site->store, call->identity.subject, NULL, false, &read, &error);
    if (result == STORE_OK)
        result = request_list(call->site->store, call->identity.subject, NULL, NULL, &list, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    PageContext context = call_context(call, NULL);
    RequestsShown shown = {.list = list, .sent = query_get(&call->request->query, "sent") != NULL,
                           .zone = read->report->subject->zone};
    call_page(call, 200, "requests", view_requests(&shown, &context));
    json_decref(list);
}

enum { FEATURE, KIND, LIMIT, AMOUNT, REASON, FIELDS };
static const InputField fields[FIELDS] = {
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},   [KIND] = {"kind", INPUT_TEXT, true, 1, 16},
    [LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},       [AMOUNT] = {"amount", INPUT_WHOLE, false, 1, UNITS_MAX},
    [REASON] = {"reason", INPUT_TEXT, true, 1, REQUEST_REASON_MAX},
};

/* What the form offers, for programs. */
static void offers_json(Call *call, const UsageReport *report, const char *feature, json_t *waiting)
{
    RequestForm form = {.feature = policy_feature(report->policy, feature), .report = report, .waiting = waiting};
    json_object_del(waiting, "decided_by");
    call_json(call, 200, view_request_offers(&form));
}

/* Takes the texts of `shown`, and frees them. */
static void show(Call *call, int status, const UsageReport *report, const json_t *waiting, FormShown *shown)
{
    if (call_form_token(call)) {
        PageContext context = call_context(call, NULL);
        RequestForm form = {.feature = policy_feature(report->policy, shown[FEATURE].typed), .report = report, .waiting = waiting,
                            .shown = shown, .shown_count = FIELDS};
        call_page(call, status, "request_new", view_request_form(&form, &context));
    }
    form_shown_clear(shown, FIELDS);
}

/* The request of the viewer on the feature that waits for an answer (new reference), or NULL. */
static StoreResult waiting_find(Call *call, const char *feature, json_t **waiting, StoreError *error)
{
    json_t *list = NULL, *request;
    size_t i;
    *waiting = NULL;
    StoreResult result = request_list(call->site->store, call->identity.subject, "pending", NULL, &list, error);
    json_array_foreach(list, i, request)
        if (!*waiting && g_strcmp0(json_string_value(json_object_get(request, "feature")), feature) == 0)
            *waiting = json_incref(request);
    json_decref(list);
    return result;
}

/* Where the viewer stands on the feature that the form is about. NULL: answered already. */
static UsageRead *read_usage(Call *call, const char *feature)
{
    g_auto(StoreError) error = {0};
    UsageRead *read = NULL;
    if (!feature) {
        call_problem(call, 400, "feature", SAY_MISSING("feature"));
        return NULL;
    }
    StoreResult result = store_usage(call->site->store, call->identity.subject, feature, true, &read, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK ? read : NULL;
}

void page_request_new(Call *call)
{
    FormShown shown[FIELDS];
    g_auto(StoreError) error = {0};
    json_t *waiting = NULL;
    form_open(&call->request->query, fields, FIELDS, shown);
    g_autoptr(UsageRead) read = read_usage(call, shown[FEATURE].typed);
    StoreResult result = read ? waiting_find(call, shown[FEATURE].typed, &waiting, &error) : STORE_NONE;
    if (read && result != STORE_OK)
        call_store_problem(call, result, &error);
    bool json = result == STORE_OK && call_wants_json(call);
    if (json)
        offers_json(call, read->report, shown[FEATURE].typed, waiting);
    if (result == STORE_OK && !json)
        show(call, 200, read->report, waiting, shown);
    else
        form_shown_clear(shown, FIELDS);
    json_decref(waiting);
}

/* Is the kind one that is offered, and the limit one that there is? */
static bool is_offered(const UsageReport *report, const Feature *feature, InputValue *values, FormShown *shown, RequestAdd *add)
{
    const Plan *upgrade;
    bool increase = request_form_offers(report, feature, &upgrade);
    bool good = request_kind_find(values[KIND].text, &add->kind) && (add->kind == REQUEST_UPGRADE ? upgrade != NULL : increase);
    if (!good)
        form_mistake(shown, FIELDS, "kind", FORM_CHOICE);
    add->plan = good && add->kind == REQUEST_UPGRADE ? upgrade->key : NULL;
    return good;
}

static void send(Call *call, const UsageReport *report, InputValue *values, FormShown *shown)
{
    g_auto(StoreError) error = {0};
    const Feature *feature = policy_feature(report->policy, values[FEATURE].text);
    RequestAdd add = {.subject = call->identity.subject, .feature = feature->key, .limit = values[LIMIT].text,
                      .amount = values[AMOUNT].whole, .reason = values[REASON].text};
    json_t *request = NULL;
    if (!is_offered(report, feature, values, shown, &add)) {
        show(call, 400, report, NULL, shown);
        return;
    }
    StoreResult result = request_add(call->site->store, &add, &request, &error);
    if (result == STORE_INVALID) {
        form_mistake(shown, FIELDS, error.field, FORM_CHOICE);
        show(call, 400, report, NULL, shown);
        return;
    }
    if (result == STORE_OK || result == STORE_CONFLICT)
        call_see_other(call, result == STORE_OK ? "/requests?sent=1" : "/requests"); /* sent twice: there it is */
    else
        call_store_problem(call, result, &error);
    form_shown_clear(shown, FIELDS);
    json_decref(request);
}

void page_request_send(Call *call)
{
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    bool good = call_filled(call, &call->form, fields, FIELDS, values, shown);
    if (call->identity.kind == IDENTITY_VISITOR) {
        form_shown_clear(shown, FIELDS);
        call_problem(call, 401, NULL, SAY_SIGN_IN_ANSWER);
        return;
    }
    g_autoptr(UsageRead) read = read_usage(call, shown[FEATURE].mistake == FORM_GOOD ? shown[FEATURE].typed : NULL);
    if (!read)
        form_shown_clear(shown, FIELDS);
    else if (!good)
        show(call, 400, read->report, NULL, shown);
    else
        send(call, read->report, values, shown);
}
