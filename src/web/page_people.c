/* GET /admin/people: looking for people; GET /admin/person: one of them. For administrators, who may change what they see where their
 * role says so. */
#include "store/audit.h"
#include "store/requests.h"
#include "view/view_admin.h"
#include "web/ceiling.h"
#include "web/handlers.h"
#include "web/people_asked.h"

#define PERSON_AUDIT 10

static const InputField find_fields[] = {{"after", INPUT_TEXT, false, 1, 255}};

void page_people(Call *call)
{
    InputValue after;
    g_auto(StoreError) error = {0};
    g_autofree char *next = NULL;
    json_t *list = NULL;
    PeopleSought sought;
    PeopleAsked asked;
    const Query *query = &call->request->query;
    if (!call_read(call, query, find_fields, 1, &after) || !people_asked_read(call, query, "plan", &sought, &asked))
        return;
    asked.after = after.text;
    StoreResult result = people_search(call->site->store, &asked, &list, &next, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    if (call_wants_json(call)) {
        call_json(call, 200, json_pack("{s:O, s:b, s:s?}", "people", list, "more", next != NULL, "after", next));
    } else if (call_form_token(call)) { /* it has a form, and its style */
        PageContext context = call_context(call, NULL);
        PeopleShown shown = {.list = list, .next = next, .sought = sought, .may_change = call_is_administrator(call)};
        call_page(call, 200, "people", view_people(&shown, &context));
    }
    json_decref(list);
}

/* All that the page of a person shows. */
typedef struct {
    json_t *person, *overrides, *shared, *grants, *requests, *tickets, *audit;
    bool more_audit;
    UsageRead *usage;
    Activity *activity;
} Person;

static void person_clear(Person *person)
{
    json_decref(person->person);
    json_decref(person->overrides);
    json_decref(person->shared);
    json_decref(person->grants);
    json_decref(person->requests);
    json_decref(person->tickets);
    json_decref(person->audit);
    usage_read_free(person->usage);
    activity_free(person->activity);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Person, person_clear)

static StoreResult activity_of(Store *store, const char *subject, const UsageReport *report, Activity **activity, StoreError *error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    for (int i = 0; i < report->policy->feature_count; i++)
        g_ptr_array_add(keys, report->policy->features[i].key);
    return store_activity(store, subject, keys, report->as_of, activity, error);
}

static StoreResult person_read(Store *store, const char *subject, Person *person, StoreError *error)
{
    StoreResult result = admin_subject_get(store, subject, &person->person, error);
    if (result == STORE_OK)
        result = store_usage(store, subject, NULL, true, &person->usage, error);
    if (result == STORE_OK)
        result = activity_of(store, subject, person->usage->report, &person->activity, error);
    if (result == STORE_OK)
        result = admin_override_list(store, subject, NULL, NULL, &person->overrides, error);
    if (result == STORE_OK && person->usage->report->subject->organization)
        result = admin_override_list(store, NULL, person->usage->report->subject->organization, NULL, &person->shared, error);
    if (result == STORE_OK)
        result = admin_grant_list(store, subject, NULL, NULL, &person->grants, error);
    if (result == STORE_OK)
        result = request_list(store, subject, NULL, NULL, &person->requests, error);
    if (result == STORE_OK)
        result = queue_of_subject(store, subject, &person->tickets, error);
    const AuditAsked asked = {.subject = subject, .from = INSTANT_MIN, .to = INSTANT_MAX};
    return result == STORE_OK ? audit_list(store, &asked, PERSON_AUDIT, &person->audit, &person->more_audit, error) : result;
}

enum { SUBJECT, DONE, WAS, UNTIL, THEN };
static const InputField person_fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, true, 1, 255}, [DONE] = {"done", INPUT_TEXT, false, 1, 20}, [WAS] = {"was", INPUT_TEXT, false, 1, 255},
    [UNTIL] = {"until", INPUT_TEXT, false, 1, 64},     [THEN] = {"then", INPUT_TEXT, false, 1, 64},
};

/* What undoes what was done a moment ago, as the address says it; whoever follows it sees it before it is made. */
static Undo undo_of(const InputValue *values)
{
    static const ChangeKind undoes[CHANGE_KINDS] = {
        [CHANGE_OVERRIDE] = CHANGE_OVERRIDE_REMOVE, [CHANGE_OVERRIDE_REMOVE] = CHANGE_OVERRIDE_RESTORE,
        [CHANGE_OVERRIDE_RESTORE] = CHANGE_OVERRIDE_REMOVE, [CHANGE_BONUS] = CHANGE_BONUS_REMOVE,
        [CHANGE_BONUS_REMOVE] = CHANGE_BONUS_RESTORE, [CHANGE_BONUS_RESTORE] = CHANGE_BONUS_REMOVE,
        [CHANGE_RESET] = CHANGE_RESET_UNDO, [CHANGE_PLAN] = CHANGE_PLAN,
        [CHANGE_ORGANIZATION] = CHANGE_ORGANIZATION, [CHANGE_SUSPEND] = CHANGE_RESTORE, [CHANGE_RESTORE] = CHANGE_SUSPEND,
    };
    ChangeKind done;
    if (!values[DONE].given || !change_find(values[DONE].text, &done) || !undoes[done] || (done == CHANGE_RESET && !values[WAS].given))
        return (Undo){0};
    return (Undo){.possible = true, .kind = undoes[done], .was = g_strdup(values[WAS].text), .until = g_strdup(values[UNTIL].text),
                  .then = g_strdup(values[THEN].text)};
}

void page_person(Call *call)
{
    InputValue values[G_N_ELEMENTS(person_fields)];
    g_auto(StoreError) error = {0};
    g_auto(Person) person = {0};
    if (!call_query(call, person_fields, G_N_ELEMENTS(person_fields), values))
        return;
    StoreResult result = person_read(call->site->store, values[SUBJECT].text, &person, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    g_auto(Undo) undo = undo_of(values);
    g_autofree char *actor = identity_actor(&call->identity);
    PersonShown shown = {
        .undo = &undo,
        .person = person.person,
        .report = person.usage->report,
        .overrides = person.overrides,
        .shared_overrides = person.shared,
        .grants = person.grants,
        .requests = person.requests,
        .tickets = person.tickets,
        .audit = person.audit,
        .more_audit = person.more_audit,
        .activity = person.activity,
        .may_change = call_is_administrator(call),
        .may_give = call_is_administrator(call) || ceiling_holds(call),
        .actor = actor,
        .done = values[DONE].text,
    };
    PageContext context = call_context(call, NULL);
    if (call_wants_json(call))
        call_json(call, 200, view_person_json(&shown));
    else
        call_page(call, 200, "person", view_person(&shown, &context));
}
