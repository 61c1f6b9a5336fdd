/* The rest of the store's double: sessions, accounts and requests. A token of 43 "S" is somebody's session, one that begins with "-"
 * meets a database that is away. */
#ifndef WEBQUOTA_TESTS_FUZZ_STORE_DOUBLE_PEOPLE_H
#define WEBQUOTA_TESTS_FUZZ_STORE_DOUBLE_PEOPLE_H

#include "store_double_admin.h"

#include "store/access.h"
#include "store/approvals.h"
#include "store/bulk.h"
#include "store/second_factor.h"
#include "store/once.h"
#include "store/audit.h"
#include "store/organizations.h"
#include "store/people.h"
#include "store/policy_store.h"
#include "store/requests.h"
#include "store/reports.h"
#include "store/session.h"
#include "store/simulate.h"

StoreResult reports_read(Store *store, const ReportAsk *ask, json_t **reports, StoreError *error)
{
    (void)store;
    HOLDS(ask->days >= 1 && ask->days <= 90 && ask->near_pct >= REPORT_NEAR_LEAST && ask->near_pct <= 100);
    if (ask->near_pct == 99)
        return double_result("-", error);
    if (ask->paid_plans) {
        *reports = json_pack("{s:{s:s}, s:[{s:s, s:i}], s:[{s:s, s:s, s:i}], s:[{s:i, s:s, s:i}], s:[{s:s, s:s, s:n, s:i}]}", "about", "timezone",
                             "UTC", "plans", "plan", "free", "active", 4, "use", "feature", "call", "plan", "free", "allowed", 7, "reached", "slot",
                             0, "plan", "free", "people", 1, "paying", "subject", "ada", "plan", "pro", "feature", "units", 0);
        return STORE_OK;
    }
    *reports = json_pack("{s:{s:i, s:s, s:s, s:s, s:s, s:b, s:i, s:i, s:b}, s:[{s:s, s:i, s:i, s:i}], s:[{s:s, s:s, s:i}], s:[{s:s, s:i, s:i}]}",
                         "about", "days", ask->days, "from", "2026-11-22", "to", "2026-11-22", "timezone", "UTC", "counted_to",
                         "2026-11-22T19:05:20Z", "replica", 1, "lag_s", 3, "near_people", 1, "near_more", 1, "days", "day", "2026-11-22",
                         "allowed", 5, "refused", 2, "stopped", 1, "use", "feature", "call", "plan", "free", "units", 7, "plans", "plan",
                         "free", "active", 4, "stopped", 1);
    return STORE_OK;
}

static StoreResult double_people(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error)
{
    (void)store;
    HOLDS(text);
    *more = after && *after == 'm';
    StoreResult result = double_result(text, error);
    if (result == STORE_OK)
        *list = json_pack("[{s:s, s:{s:s, s:s}, s:s?, s:s?, s:b}]", "subject", *text ? text : "somebody", "plan", "key", "free", "title",
                          "Free", "organization", after, "email", text, "suspended", 1);
    return result;
}

bool people_filter_find(const char *word, PeopleFilter *filter)
{
    *filter = strcmp(word, "plan") == 0 ? PEOPLE_ON_PLAN : PEOPLE_NEAR;
    return strcmp(word, "plan") == 0 || strcmp(word, "near") == 0;
}

StoreResult people_search(Store *store, const PeopleAsked *asked, json_t **list, char **next, StoreError *error)
{
    bool more = false;
    HOLDS(!asked->filtered || asked->filter != PEOPLE_ON_PLAN);
    StoreResult result = double_people(store, asked->text ? asked->text : "", asked->after, list, &more, error);
    *next = result == STORE_OK && more ? g_strdup("somebody") : NULL;
    return result;
}

StoreResult organizations_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error)
{
    (void)store;
    HOLDS(text);
    *more = after && *after == 'm';
    StoreResult result = double_result(text, error);
    if (result == STORE_OK)
        *list = json_pack("[{s:s, s:i, s:s}]", "organization", *text ? text : "gym", "members", 1001, "created_at", "2026-03-15T12:00:00Z");
    return result;
}

StoreResult organization_get(Store *store, const char *organization, json_t **json, StoreError *error)
{
    (void)store;
    StoreResult result = double_result(organization, error);
    if (result == STORE_OK)
        *json = json_pack("{s:s, s:s, s:s}", "organization", organization, "owner", organization, "created_at", "2026-03-15T12:00:00Z");
    return result;
}

StoreResult organization_own(Store *store, const char *organization, const char *owner, const char *seen, const char *reason,
                             const char *actor, json_t **json, StoreError *error)
{
    (void)seen;
    (void)reason;
    HOLDS(actor && (!owner || *owner));
    return organization_get(store, organization, json, error);
}

StoreResult organization_members(Store *store, const char *organization, int64_t after, int most, json_t **list, bool *more,
                                 StoreError *error)
{
    (void)store;
    HOLDS(most > 0 && after >= 0);
    *more = after > 1;
    StoreResult result = double_result(organization, error);
    if (result == STORE_OK)
        *list = json_pack("[{s:i, s:s, s:{s:s, s:s}, s:s, s:b, s:{s:i}, s:[{s:s, s:s, s:n, s:s}]}]", "member", 7, "subject", organization, "plan",
                          "key", "free", "title", "Free", "email", organization, "suspended", 1, "used", "message", 3, "caps", "feature",
                          "message", "limit", "gone", "amount", "source", "override");
    return result;
}

StoreResult organization_seen(Store *store, const char *organization, UsageRead **read, StoreError *error)
{
    json_t *list = NULL;
    bool more;
    StoreResult result = organization_members(store, organization, 0, 1, &list, &more, error);
    json_decref(list);
    return result == STORE_OK ? store_usage(store, organization, NULL, true, read, error) : result;
}

StoreResult organization_version(Store *store, const char *organization, int64_t *version, StoreError *error)
{
    (void)store;
    *version = 7;
    return double_result(organization, error);
}

void organization_clear(Organization *organization)
{
    json_decref(organization->about);
    json_decref(organization->members);
    json_decref(organization->overrides);
    json_decref(organization->grants);
    usage_read_free(organization->usage);
}

StoreResult organization_read(Store *store, const char *organization, int64_t after, Organization *read, StoreError *error)
{
    StoreResult result = organization_members(store, organization, after, MEMBERS_PAGE, &read->members, &read->more, error);
    if (result == STORE_OK)
        result = organization_get(store, organization, &read->about, error);
    if (result == STORE_OK)
        result = organization_seen(store, organization, &read->usage, error);
    if (result == STORE_OK)
        result = admin_override_list(store, NULL, organization, NULL, &read->overrides, error);
    return result == STORE_OK ? admin_grant_list(store, NULL, organization, NULL, &read->grants, error) : result;
}

void audit_origin_set(const char *origin)
{
    (void)origin;
}

StoreResult audit_list(Store *store, const AuditAsked *asked, int most, json_t **list, bool *more, StoreError *error)
{
    (void)store;
    HOLDS(most > 0 && asked->before >= 0);
    *more = asked->before > 1;
    StoreResult result = double_result(asked->subject ? asked->subject : "all", error);
    if (result == STORE_OK)
        *list = json_pack("[{s:i, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:{s:s?}, s:n, s:s?}]", "entry", 3, "at", "2026-03-15T12:00:00Z", "actor",
                          asked->actor ? asked->actor : "user:root", "origin", asked->action, "action", asked->action ? asked->action : "x.y",
                          "subject", asked->subject, "organization", asked->organization, "old", "a_b", asked->actor, "new", "reason",
                          asked->subject);
    return result;
}

StoreResult audit_head(Store *store, AuditHead *head, StoreError *error)
{
    (void)store, (void)error;
    *head = (AuditHead){.number = 3, .hash = "0f"};
    return STORE_OK;
}

StoreResult policy_versions(Store *store, json_t **list, StoreError *error)
{
    (void)store, (void)error;
    *list = json_pack("[{s:i, s:s, s:s, s:s, s:b, s:s, s:n, s:i}]", "version", 1, "author", "root", "reason", "<b>", "applied_at",
                      "2026-11-21T09:00:00Z", "active", 1, "state", "applied", "effective_at", "based_on", 0);
    return STORE_OK;
}

StoreResult policy_people(Store *store, const Policy *policy, json_t **people, StoreError *error)
{
    (void)store, (void)policy, (void)error;
    *people = json_pack("{s:i}", "free", 7);
    return STORE_OK;
}

StoreResult policy_plan_held(Store *store, const char *plan, GPtrArray *held, StoreError *error)
{
    (void)store;
    if (strcmp(plan, "free") == 0)
        g_ptr_array_add(held, g_strdup("7 people have it"));
    return double_result(plan, error);
}

/* The policy's last administrator stays. */
StoreResult policy_may_follow(Store *store, const char *author, const Policy *from, const Policy *to, bool keeps_plans, StoreError *error)
{
    (void)store, (void)author, (void)keeps_plans;
    bool named = from->administrators && from->administrators[0], names = to->administrators && to->administrators[0];
    if (!named || names)
        return STORE_OK;
    error->field = g_strdup("administrators");
    error->detail = g_strdup("nobody could");
    return STORE_INVALID;
}

StoreResult policy_change(Store *store, const Policy *policy, const PolicyChange *change, int *version, bool *changed, StoreError *error)
{
    (void)store, (void)policy;
    HOLDS(change->reason);
    *version = 2;
    *changed = true;
    return double_result(change->reason, error);
}

StoreResult policy_cancel(Store *store, int version, const PolicyChange *change, StoreError *error)
{
    (void)store, (void)version;
    HOLDS(change->reason);
    return double_result(change->reason, error);
}

StoreResult policy_version_read(Store *store, int version, Policy **policy, StoreError *error)
{
    return version == 1 ? store_policy(store, policy, error) : STORE_NONE;
}

void simulation_free(Simulation *simulation)
{
    if (!simulation)
        return;
    replay_free(simulation->replay);
    policy_unref(simulation->now);
    policy_unref(simulation->next);
    g_free(simulation);
}

/* Nothing was recorded; of 13 days the database is away. */
StoreResult store_simulate(Store *store, const SimulateAsk *ask, Simulation **simulation, StoreError *error)
{
    (void)store, (void)error;
    if (ask->days == 13)
        return STORE_DOWN;
    *simulation = g_new0(Simulation, 1);
    (*simulation)->now = policy_ref(ask->next);
    (*simulation)->next = policy_ref(ask->next);
    (*simulation)->replay = replay_new(0, NULL);
    replay_add_world((*simulation)->replay, ask->next);
    replay_add_world((*simulation)->replay, ask->next);
    return STORE_OK;
}

void session_clear(Session *session)
{
    g_free(session->account);
    g_free(session->subject);
    *session = (Session){0};
}

StoreResult session_find(Store *store, const char *token, Session *session, StoreError *error)
{
    (void)store, (void)error;
    if (*token == '-')
        return STORE_DOWN;
    if (strlen(token) != SESSION_TOKEN_CHARS || strspn(token, "S") != SESSION_TOKEN_CHARS)
        return STORE_NONE;
    *session = (Session){.id = 1, .account = g_strdup("root"), .subject = g_strdup("root"), .role = ROLE_ADMIN, .hash = "5e55"};
    return STORE_OK;
}

StoreResult session_end(Store *store, const char *token, StoreError *error)
{
    (void)store, (void)error;
    return *token == '-' ? STORE_DOWN : STORE_OK;
}

StoreResult store_form_secret(Store *store, const char **secret, StoreError *error)
{
    (void)store, (void)error;
    *secret = "the secret of all forms here";
    return STORE_OK;
}

static SignIn double_sign_in(const char *said)
{
    return strcmp(said, "right") == 0 ? SIGN_IN_DONE
           : strcmp(said, "half") == 0 ? SIGN_IN_HALF : strcmp(said, "many") == 0 ? SIGN_IN_TOO_MANY : SIGN_IN_WRONG;
}

StoreResult account_sign_in(Store *store, const SignInAsk *ask, SignIn *outcome, char **token, int64_t *wait_s, StoreError *error)
{
    (void)store;
    HOLDS(*ask->name && *ask->password && *ask->address);
    *outcome = double_sign_in(ask->password);
    *wait_s = 90;
    if (*outcome == SIGN_IN_DONE || *outcome == SIGN_IN_HALF)
        *token = g_strnfill(SESSION_TOKEN_CHARS, 'S');
    return *ask->name == '-' ? double_result(ask->name, error) : STORE_OK;
}

void factor_state_clear(FactorState *state)
{
    g_free(state->secret);
    *state = (FactorState){0};
}

/* Of root codes are on; of others they are about to be. */
StoreResult factor_state(Store *store, const char *account, FactorState *state, StoreError *error)
{
    (void)store, (void)error;
    bool on = strcmp(account, "root") == 0;
    *state = (FactorState){.on = on, .since = 1000000, .codes_left = 3, .secret = on ? NULL : g_strdup("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")};
    return STORE_OK;
}

json_t *factor_state_json(const FactorState *state)
{
    g_autofree char *since = state->on ? g_strdup("2026-11-22T19:00:00Z") : NULL;
    return json_pack("{s:b, s:s?, s:i}", "on", state->on, "since", since, "recovery_codes", state->codes_left);
}

StoreResult factor_begin(Store *store, const char *account, StoreError *error)
{
    (void)store;
    return double_result(account, error);
}

static GPtrArray *double_codes(void)
{
    GPtrArray *codes = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(codes, g_strdup("abcd-efgh-2345-wxyz"));
    return codes;
}

StoreResult factor_confirm(Store *store, const FactorProof *proof, SignIn *outcome, GPtrArray **codes, int64_t *wait_s, StoreError *error)
{
    (void)store;
    HOLDS(*proof->account && *proof->password && *proof->code && *proof->address && *proof->session);
    *outcome = double_sign_in(proof->code);
    *codes = double_codes();
    *wait_s = 600;
    return double_result(proof->password, error);
}

StoreResult factor_off(Store *store, const FactorProof *proof, SignIn *outcome, int64_t *wait_s, StoreError *error)
{
    (void)store;
    HOLDS(*proof->account && *proof->password && *proof->code && *proof->address && *proof->session);
    *outcome = double_sign_in(proof->code);
    *wait_s = 600;
    return double_result(proof->password, error);
}

StoreResult factor_reset(Store *store, const char *account, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    HOLDS(*reason && *actor);
    return double_result(account, error);
}

/* A token of 43 "H" waits for a code, one of 43 "E" for an enrolment. */
StoreResult sign_in_half(Store *store, const char *token, char **account, WaitsFor *waits_for, StoreError *error)
{
    (void)store, (void)error;
    if (*token == '-')
        return STORE_DOWN;
    if (*token != 'H' && *token != 'E')
        return STORE_NONE;
    *account = g_strdup("ada");
    *waits_for = *token == 'E' ? WAITS_FOR_ENROLMENT : WAITS_FOR_CODE;
    return STORE_OK;
}

StoreResult sign_in_code(Store *store, const char *token, const char *code, const char *address, SignIn *outcome, char **made,
                         GPtrArray **codes, int64_t *wait_s, StoreError *error)
{
    (void)store;
    HOLDS(*code && *address);
    *codes = NULL;
    *outcome = double_sign_in(code);
    *wait_s = 600;
    if (*token != 'H' && *token != 'E')
        return STORE_NONE;
    if (*outcome == SIGN_IN_DONE) {
        *made = g_strnfill(SESSION_TOKEN_CHARS, 'S');
        *codes = *token == 'E' ? double_codes() : NULL;
    }
    return double_result(code, error);
}

StoreResult access_refund(Store *store, const char *decision, int64_t units, const char *reason, const char *actor, LedgerDone *done,
                          StoreError *error)
{
    (void)store, (void)done;
    HOLDS(*reason && *actor && (units == -1 || units >= 1));
    return double_result(decision, error);
}

StoreResult access_sessions_end(Store *store, const char *subject, const char *reason, const char *actor, int *ended, StoreError *error)
{
    (void)store;
    HOLDS(*reason && *actor && !ended);
    return double_result(subject, error);
}

static json_t *double_session(const char *id)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "session", id, "account", "ada", "subject", "ada", "address", "anon:192.0.2.7", "created_at",
                     "2026-11-22T19:00:00Z", "last_seen_at", "never");
}

StoreResult access_sessions(Store *store, const char *account, const char *subject, json_t **list, StoreError *error)
{
    (void)store;
    HOLDS(!account != !subject && *(account ? account : subject));
    StoreResult result = double_result(account ? account : subject, error);
    if (result == STORE_OK)
        *list = json_pack("[o]", double_session("1"));
    return result;
}

StoreResult access_session_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    StoreResult result = double_result(id, error);
    if (result == STORE_OK)
        *json = double_session(id);
    return result;
}

StoreResult access_session_end(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    HOLDS(*reason && *actor);
    return double_result(id, error);
}

StoreResult access_account_suspend(Store *store, const char *name, bool suspended, const char *reason, const char *actor, StoreError *error)
{
    (void)store, (void)suspended;
    HOLDS(*reason && *actor);
    return double_result(name, error);
}

StoreResult access_account_sign_out(Store *store, const char *name, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    HOLDS(*reason && *actor);
    return double_result(name, error);
}

StoreResult access_view(Store *store, const char *subject, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    HOLDS(*reason && *actor);
    return double_result(subject, error);
}

StoreResult account_list(Store *store, json_t **list, StoreError *error)
{
    (void)store;
    return double_list("account", list, error);
}

StoreResult account_get(Store *store, const char *name, json_t **json, StoreError *error)
{
    (void)store;
    return double_json(name, NULL, json, error);
}

StoreResult account_add(Store *store, const char *name, const char *password, Role role, const char *subject, const char *reason,
                        const char *actor, json_t **json, StoreError *error)
{
    (void)store, (void)role;
    HOLDS(*name && *password && *reason && *actor && (!subject || *subject));
    return double_json(name, NULL, json, error);
}

StoreResult account_password(Store *store, const char *name, const char *password, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    HOLDS(*password && *reason && *actor);
    return double_result(name, error);
}

StoreResult account_role(Store *store, const char *name, Role role, const char *reason, const char *actor, StoreError *error)
{
    (void)store, (void)role;
    HOLDS(*reason && *actor);
    return double_result(name, error);
}

StoreResult account_remove(Store *store, const char *name, const char *reason, const char *actor, StoreError *error)
{
    (void)store;
    HOLDS(*reason && *actor);
    return double_result(name, error);
}

/* What a key that begins with "a" is for was made and answered before; "b" and "c": made, and not answered; "d" is for another request. */
StoreResult once_find(Store *store, const Once *once, int *status, json_t **answer, StoreError *error)
{
    static const char *const kept[] = {
        "{}", "{\"what\": \"bonus\", \"subject\": \"ada\", \"undo\": {}, \"once\": {\"id\": \"7\", \"units\": null}}",
        "{\"once\": {\"id\": \"7\", \"units\": null}}",
    };
    (void)store;
    HOLDS(*once->caller && strlen(once->key) <= 255 && *once->fingerprint);
    char letter = *once->key;
    *status = 200;
    *answer = letter >= 'a' && letter <= 'c' ? json_loads(kept[letter - 'a'], 0, NULL) : NULL;
    return letter == 'd' ? STORE_INVALID : *answer ? STORE_OK : double_result(once->key, error);
}

void once_set(const Once *once)
{
    HOLDS(!once || (*once->key && once->status >= 200 && json_is_object(once->answer)));
}

StoreResult once_answer(Store *store, const Once *once, int status, const json_t *answer, StoreError *error)
{
    (void)store, (void)once, (void)error;
    HOLDS((status == 200 || status == 202) && json_is_object(answer) && !json_object_get(answer, ONCE_MADE));
    return STORE_OK;
}

StoreResult account_sessions(Store *store, const char *name, const char *hash, json_t **list, StoreError *error)
{
    (void)store, (void)error;
    HOLDS(*name && *hash);
    *list = json_pack("[{s:s, s:s, s:s, s:s, s:b}]", "session", "1", "address", "anon:192.0.2.7", "created_at", "2026-11-22T19:00:00Z",
                      "last_seen_at", "never", "current", 1);
    return STORE_OK;
}

StoreResult account_sessions_end(Store *store, const char *name, const char *session, const char *hash, const char *actor, StoreError *error)
{
    (void)store;
    HOLDS(*name && *hash && *actor);
    return double_result(session ? session : name, error);
}

StoreResult account_password_change(Store *store, const char *name, const char *password, const char *wanted, const char *address,
                                    const char *hash, SignIn *outcome, int64_t *wait_s, StoreError *error)
{
    (void)store;
    HOLDS(*name && *password && *wanted && *address && *hash);
    *outcome = strcmp(password, "right") == 0 ? SIGN_IN_DONE : strcmp(password, "many") == 0 ? SIGN_IN_TOO_MANY : SIGN_IN_WRONG;
    *wait_s = 90;
    return double_result(wanted, error);
}

static json_t *double_approval(const char *id)
{
    return json_pack("{s:s, s:s, s:s, s:n, s:s, s:s, s:i, s:n, s:s, s:s, s:s, s:s, s:s, s:n, s:n}", "approval", id, "what",
                     *id == '2' ? "bonus" : "override", "subject", "somebody", "organization", "feature", "call", "limit", "day", "amount", 7,
                     "multiplier", "expires_at", "2027-03-15T12:00:00Z", "reason", id, "asked_by", "account:<b>", "asked_at",
                     "2026-03-15T12:00:00Z", "state", *id == '3' ? "denied" : "waiting", "decided_by", "decided_at");
}

static const char *const double_bulk_kinds[] = {"bonus", "override", "plan", "suspend", "restore", "reset"};

bool bulk_kind_find(const char *word, BulkKind *kind)
{
    for (int i = 0; word && i < BULK_KINDS; i++)
        if (strcmp(double_bulk_kinds[i], word) == 0) {
            *kind = (BulkKind)i;
            return true;
        }
    return false;
}

const char *bulk_kind_word(BulkKind kind)
{
    return double_bulk_kinds[kind];
}

void bulk_found_clear(BulkFound *found)
{
    g_clear_pointer(&found->subjects, g_ptr_array_unref);
    g_clear_pointer(&found->first, json_decref);
}

StoreResult bulk_look(Store *store, const BulkAsk *ask, BulkFound *found, StoreError *error)
{
    HOLDS(ask->reason && (!ask->who.filtered || ask->who.filter != PEOPLE_ON_PLAN) && !ask->who.after && (ask->kind != BULK_BONUS || (ask->feature && ask->amount >= 1)));
    HOLDS(ask->kind != BULK_PLAN || ask->plan);
    *found = (BulkFound){.subjects = g_ptr_array_new_with_free_func(g_free), .changed = ask->kind == BULK_RESET ? -1 : 1};
    bool more = false;
    StoreResult result = double_people(store, ask->who.text ? ask->who.text : "", NULL, &found->first, &more, error);
    if (result == STORE_OK && ask->amount != 3)
        g_ptr_array_add(found->subjects, g_strdup("somebody"));
    found->more = ask->amount == 4;
    return result;
}

json_t *bulk_found_json(const BulkAsk *ask, const BulkFound *found)
{
    return json_pack("{s:s, s:i, s:O}", "what", bulk_kind_word(ask->kind), "people", (int)found->subjects->len, "first", found->first);
}

static json_t *double_bulk(const char *id)
{
    return json_pack("{s:s, s:s, s:s, s:n, s:n, s:s, s:i, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:[{s:s, s:s}]}", "bulk", id, "what", "bonus", "q",
                     "<b>", "filter", "on_plan", "feature", "call", "amount", 5, "reason", "<i>", "actor", "account:sue", "created_at",
                     "2026-11-22T19:05:20Z", "state", *id == '2' ? "running" : "done", "people", 3, "done", 1, "failed", 1, "left", 1, "failures",
                     "subject", "<b>", "why", "there is no feature <b>");
}

StoreResult bulk_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    StoreResult result = double_result(id, error);
    if (result == STORE_OK)
        *json = double_bulk(id);
    return result;
}

StoreResult bulk_list(Store *store, const char *before, json_t **list, bool *more, StoreError *error)
{
    (void)store;
    StoreResult result = double_result(before ? before : "all", error);
    *more = before && *before == '1';
    if (result == STORE_OK)
        *list = json_pack("[o]", double_bulk("2"));
    return result;
}

StoreResult bulk_add(Store *store, const BulkAsk *ask, const BulkFound *found, const char *once, const char *actor, json_t **json,
                     StoreError *error)
{
    (void)once;
    HOLDS(actor && *actor && !found->more);
    return bulk_get(store, ask->reason, json, error);
}

StoreResult bulk_undo_look(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    StoreResult result = double_result(id, error);
    if (result == STORE_OK)
        *json = json_pack("{s:s, s:s, s:i, s:i, s:[{s:s, s:i}]}", "undoes", id, "what", *id == '2' ? "plan" : "bonus", "people", 3, "possible",
                          *id == '3' ? 0 : 2, "impossible", "why", "<b>", "people", 1);
    return result;
}

StoreResult bulk_undo(Store *store, const char *id, int64_t possible, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    HOLDS(*id && possible >= -1 && *reason && *actor);
    return bulk_get(store, reason, json, error);
}

StoreResult bulk_stop(Store *store, const char *id, const char *actor, json_t **json, StoreError *error)
{
    HOLDS(actor && *actor);
    return bulk_get(store, id, json, error);
}

StoreResult approval_add(Store *store, const OverrideAdd *override, const GrantAdd *grant, const char *actor, json_t **json, StoreError *error)
{
    (void)store;
    HOLDS((override != NULL) != (grant != NULL) && *actor);
    *json = double_approval("1");
    return double_result(override ? override->feature : grant->feature, error);
}

StoreResult approval_list(Store *store, const char *state, const char *before, json_t **list, StoreError *error)
{
    (void)store, (void)state;
    StoreResult result = double_result(before, error);
    if (result == STORE_OK)
        *list = json_pack("[o]", double_approval("2"));
    return result;
}

StoreResult approval_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    StoreResult result = double_result(id, error);
    if (result == STORE_OK)
        *json = double_approval(id);
    return result;
}

void approval_read(const json_t *approval, bool *is_grant, OverrideAdd *override, GrantAdd *grant)
{
    *is_grant = strcmp(json_string_value(json_object_get(approval, "what")), "bonus") == 0;
    *override = (OverrideAdd){.subject = "somebody", .feature = "call", .kind = OVERRIDE_AMOUNT, .amount = 7, .expires_at = INSTANT_MAX};
    *grant = (GrantAdd){.subject = "somebody", .feature = "call", .amount = 7, .effective_at = INSTANT_MIN, .expires_at = INSTANT_MAX};
}

StoreResult approval_approve(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    (void)reason;
    HOLDS(*actor);
    return approval_get(store, id, json, error);
}

StoreResult approval_deny(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    HOLDS(*reason && *actor);
    return approval_get(store, id, json, error);
}

bool request_kind_find(const char *word, RequestKind *kind)
{
    *kind = g_strcmp0(word, "upgrade") == 0 ? REQUEST_UPGRADE : REQUEST_INCREASE;
    return g_strcmp0(word, "upgrade") == 0 || g_strcmp0(word, "increase") == 0;
}

StoreResult request_add(Store *store, const RequestAdd *add, json_t **json, StoreError *error)
{
    (void)store;
    HOLDS(*add->subject && *add->reason && strlen(add->reason) <= REQUEST_REASON_MAX && add->amount >= 0);
    return double_json(add->feature, add->subject, json, error);
}

StoreResult request_list(Store *store, const char *subject, const char *state, const char *before, json_t **list, StoreError *error)
{
    (void)store, (void)state;
    if (before && *before == '-')
        return double_result(before, error);
    return double_list(subject ? subject : "all", list, error);
}

StoreResult request_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    (void)store;
    return double_json(id, NULL, json, error);
}

StoreResult request_approve(Store *store, const char *id, const RequestGift *gift, const char *actor, json_t **json, StoreError *error)
{
    (void)store;
    HOLDS(*actor && gift->amount >= 0 && gift->multiplier >= 0);
    return double_json(id, NULL, json, error);
}

StoreResult request_deny(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error)
{
    (void)store;
    HOLDS(*actor && *reason);
    return double_json(id, NULL, json, error);
}

#endif
