/* Every address of the program, and who may go there. */
#include "web/router.h"

#include "say/say.h"
#include "store/audit.h"
#include "web/session_cookie.h"
#include "web/viewing.h"

#define API "/api/v1"
#define READING (KEY_READ | KEY_ENFORCE | KEY_ADMIN)

/* The busiest first. */
static const WebRoute routes[] = {
    {"POST", API "/consume", api_consume, ACCESS_SELF, KEY_ENFORCE},
    {"GET", "/", page_dashboard, ACCESS_PAGE, 0},
    {"GET", "/limit/{feature}", page_limit, ACCESS_PAGE, 0},
    {"GET", "/decisions/{id}", page_decision, ACCESS_SELF, READING},
    {"GET", "/plans", page_plans, ACCESS_PAGE, 0},
    {"GET", "/features/{feature}", page_feature, ACCESS_PAGE, 0},
    {"GET", "/alerts", page_alerts, ACCESS_PAGE, 0},
    {"GET", "/alerts/change", page_thresholds, ACCESS_PAGE, 0},
    {"POST", "/alerts/change", page_thresholds_send, ACCESS_PAGE, 0},
    {"GET", "/history", page_history, ACCESS_SELF, READING},
    {"GET", "/history.csv", page_history_csv, ACCESS_SELF, READING},
    {"GET", "/widget/{feature}", page_widget, ACCESS_PAGE, 0},
    {"GET", "/requests", page_requests, ACCESS_PAGE, 0},
    {"GET", "/requests/new", page_request_new, ACCESS_PAGE, 0},
    {"POST", "/requests/new", page_request_send, ACCESS_PAGE, 0},
    {"GET", "/login", page_login, ACCESS_ANYBODY, 0},
    {"POST", "/login", page_login_send, ACCESS_ANYBODY, 0},
    {"GET", "/login/code", page_login_code, ACCESS_ANYBODY, 0},
    {"POST", "/login/code", page_login_code_send, ACCESS_ANYBODY, 0},
    {"GET", "/account/code", page_account_code, ACCESS_ANYBODY, 0},
    {"POST", "/account/code", page_account_code_send, ACCESS_ANYBODY, 0},
    {"GET", "/account", page_account, ACCESS_ANYBODY, 0},
    {"POST", "/account", page_account_send, ACCESS_ANYBODY, 0},
    {"GET", "/logout", page_logout, ACCESS_ANYBODY, 0},
    {"POST", "/logout", page_logout_send, ACCESS_ANYBODY, 0},
    {"GET", "/queue/{ticket}", page_queue, ACCESS_ANYBODY, 0},
    {"POST", "/queue/{ticket}/leave", page_queue_leave, ACCESS_ANYBODY, 0},
    {"GET", "/admin", page_overview, ACCESS_VIEWER, 0},
    {"GET", "/admin/reports/{report}", page_report_csv, ACCESS_VIEWER, 0},
    {"GET", "/admin/people", page_people, ACCESS_VIEWER, 0},
    {"GET", "/admin/person", page_person, ACCESS_VIEWER, 0},
    {"GET", "/admin/plans", page_policy, ACCESS_VIEWER, 0},
    {"GET", "/admin/limit", page_limit_edit, ACCESS_PROGRAM, 0},
    {"POST", "/admin/limit", page_limit_edit_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/plan", page_plan_edit, ACCESS_PROGRAM, 0},
    {"POST", "/admin/plan", page_plan_edit_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/feature", page_feature_edit, ACCESS_PROGRAM, 0},
    {"POST", "/admin/feature", page_feature_edit_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/route", page_route_edit, ACCESS_PROGRAM, 0},
    {"POST", "/admin/route", page_route_edit_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/plan-grant", page_plan_grant, ACCESS_PROGRAM, 0},
    {"POST", "/admin/plan-grant", page_plan_grant_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/settings", page_policy_settings, ACCESS_PROGRAM, 0},
    {"POST", "/admin/settings", page_policy_settings_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/version", page_version, ACCESS_VIEWER, 0},
    {"POST", "/admin/version", page_version_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/what-if", page_what_if, ACCESS_VIEWER, 0},
    {"GET", "/admin/recommendations", page_recommendations, ACCESS_VIEWER, 0},
    {"GET", "/admin/change", page_change, ACCESS_SUPPORT, KEY_ADMIN},
    {"POST", "/admin/change", page_change_send, ACCESS_SUPPORT, KEY_ADMIN},
    {"GET", "/admin/bulk/new", page_bulk_new, ACCESS_PROGRAM, 0},
    {"POST", "/admin/bulk/new", page_bulk_new_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/bulks", page_bulks, ACCESS_PROGRAM, 0},
    {"GET", "/admin/bulk", page_bulk, ACCESS_PROGRAM, 0},
    {"POST", "/admin/bulk", page_bulk_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/bulk/undo", page_bulk_undo, ACCESS_PROGRAM, 0},
    {"POST", "/admin/bulk/undo", page_bulk_undo_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/view", page_view, ACCESS_VIEWER, 0},
    {"POST", "/admin/view", page_view_send, ACCESS_VIEWER, 0},
    {"GET", "/admin/view/end", page_view_end, ACCESS_VIEWER, 0},
    {"GET", "/admin/access", page_access, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", "/admin/sessions", page_sessions, ACCESS_PROGRAM, 0},
    {"GET", "/admin/access/change", page_access_change, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", "/admin/access/change", page_access_change_send, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", "/admin/organizations", page_organizations, ACCESS_VIEWER, 0},
    {"GET", "/admin/organization", page_organization, ACCESS_VIEWER, 0},
    {"GET", "/admin/organization/change", page_pool, ACCESS_PROGRAM, 0},
    {"POST", "/admin/organization/change", page_pool_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/requests", page_asked, ACCESS_VIEWER, 0},
    {"GET", "/admin/request", page_answer, ACCESS_VIEWER, 0},
    {"POST", "/admin/request", page_answer_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/queues", page_queues, ACCESS_VIEWER, 0},
    {"GET", "/admin/queue", page_line, ACCESS_VIEWER, 0},
    {"GET", "/admin/queue/change", page_line_change, ACCESS_PROGRAM, 0},
    {"POST", "/admin/queue/change", page_line_change_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/approvals", page_approvals, ACCESS_VIEWER, 0},
    {"GET", "/admin/approval", page_approval, ACCESS_VIEWER, 0},
    {"POST", "/admin/approval", page_approval_send, ACCESS_PROGRAM, 0},
    {"GET", "/admin/audit", page_audit, ACCESS_VIEWER, 0},
    {"GET", "/admin/audit.csv", page_audit_csv, ACCESS_VIEWER, 0},
    {"GET", "/static/{file}", page_static, ACCESS_OPEN, 0},
    {"GET", "/healthz", ops_health, ACCESS_OPEN, 0},
    {"GET", "/readyz", ops_ready, ACCESS_OPEN, 0},
    {"GET", "/metrics", ops_metrics, ACCESS_OPEN, 0},
    {"GET", API "/usage", api_usage, ACCESS_SELF, READING},
    {"DELETE", API "/usage", api_usage_reset, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/check", api_check, ACCESS_SELF, READING},
    {"POST", API "/reservations", api_reserve, ACCESS_SELF, KEY_ENFORCE},
    {"POST", API "/reservations/{id}/commit", api_commit, ACCESS_SELF, KEY_ENFORCE},
    {"POST", API "/reservations/{id}/release", api_release, ACCESS_SELF, KEY_ENFORCE},
    {"GET", API "/decisions", api_decision_list, ACCESS_SELF, READING},
    {"GET", API "/decisions/{id}", api_decision, ACCESS_SELF, READING},
    {"POST", API "/decisions/{id}/refund", api_refund, ACCESS_PROGRAM, KEY_ENFORCE},
    {"POST", API "/tickets", api_ticket_add, ACCESS_SELF, KEY_ENFORCE},
    {"GET", API "/tickets/{id}", api_ticket_get, ACCESS_ANYBODY, READING},
    {"DELETE", API "/tickets/{id}", api_ticket_leave, ACCESS_ANYBODY, KEY_ENFORCE},
    {"GET", API "/requests", api_request_list, ACCESS_SELF, READING},
    {"POST", API "/requests", api_request_add, ACCESS_SELF, KEY_ENFORCE},
    {"GET", API "/thresholds", api_thresholds, ACCESS_SELF, READING},
    {"POST", API "/thresholds", api_thresholds_set, ACCESS_SELF, KEY_ENFORCE},
    {"GET", API "/features", api_features, ACCESS_SELF, READING},
    {"GET", API "/plans", api_plans, ACCESS_SELF, READING},
    {"GET", API "/openapi.json", api_openapi, ACCESS_OPEN, 0},
    {"GET", API "/admin/reports", api_reports, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/reports/{report}", api_report, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/subjects", api_subject_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/subjects", api_subject_list, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/subjects/{subject}", api_subject_get, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/organizations", api_organization_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/organizations", api_organization_list, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/organizations/{organization}", api_organization_get, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/overrides", api_override_add, ACCESS_SUPPORT, KEY_ADMIN},
    {"GET", API "/admin/overrides", api_override_list, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/overrides/{id}", api_override_get, ACCESS_VIEWER, KEY_ADMIN},
    {"DELETE", API "/admin/overrides/{id}", api_override_remove, ACCESS_SUPPORT, KEY_ADMIN},
    {"POST", API "/admin/grants", api_grant_add, ACCESS_SUPPORT, KEY_ADMIN},
    {"GET", API "/admin/grants", api_grant_list, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/grants/{id}", api_grant_get, ACCESS_VIEWER, KEY_ADMIN},
    {"DELETE", API "/admin/grants/{id}", api_grant_remove, ACCESS_SUPPORT, KEY_ADMIN},
    {"GET", API "/admin/requests", api_requests_all, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/requests/{id}", api_request_get, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/requests/{id}/approve", api_request_approve, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/requests/{id}/deny", api_request_deny, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/approvals", api_approval_list, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/approvals/{id}", api_approval_get, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/approvals/{id}/approve", api_approval_approve, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/approvals/{id}/deny", api_approval_deny, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/bulk", api_bulk_run, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/bulk", api_bulk_list, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/bulk/{id}", api_bulk_get, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/bulk/{id}/stop", api_bulk_stop, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/bulk/{id}/undo", api_bulk_undo, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/audit", page_audit, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/queues", api_queue_list, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/queues", api_queue_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/tickets", api_line, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/tickets/{id}/move-up", api_ticket_move_up, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/tickets/{id}/move-back", api_ticket_move_back, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/tickets/{id}/admit", api_ticket_admit, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/tickets/{id}/drop", api_ticket_drop, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/limits", api_limit_list, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/limits", api_limit_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/plans", api_plan_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/features", api_feature_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/routes", api_route_list, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/routes", api_route_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/plan-grants", api_plan_grant_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/settings", api_policy_settings, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/settings", api_policy_settings_set, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/policies", api_policy_list, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/policies", api_policy_apply, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/policies/{version}", api_policy_get, ACCESS_VIEWER, KEY_ADMIN},
    {"POST", API "/admin/policies/{version}/rollback", api_policy_rollback, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/policies/{version}/cancel", api_policy_cancel, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/what-if", page_what_if, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/recommendations", page_recommendations, ACCESS_VIEWER, KEY_ADMIN},
    {"GET", API "/admin/sessions", page_sessions, ACCESS_PROGRAM, KEY_ADMIN},
    {"DELETE", API "/admin/sessions/{id}", api_session_end, ACCESS_PROGRAM, KEY_ADMIN},
    {"POST", API "/admin/keys", api_key_create, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/keys", api_key_list, ACCESS_PROGRAM, KEY_ADMIN},
    {"GET", API "/admin/keys/{id}", api_key_get, ACCESS_PROGRAM, KEY_ADMIN},
    {"DELETE", API "/admin/keys/{id}", api_key_revoke, ACCESS_PROGRAM, KEY_ADMIN},
};

const WebRoute *router_table(int *count)
{
    *count = G_N_ELEMENTS(routes);
    return routes;
}

bool route_is_form(const WebRoute *route)
{
    return strcmp(route->method, "POST") == 0 && !g_str_has_prefix(route->pattern, API "/");
}

/* Forms that programs may send, too. */
static bool is_json_form(const Call *call, const WebRoute *route)
{
    return route_is_form(route) && route->scopes != 0 && request_is_json(call->request);
}

static bool read_form(Call *call, const WebRoute *route)
{
    if (!route_is_form(route))
        return true;
    return is_json_form(call, route) ? call_form_json(call) : call_form(call);
}

bool router_match(const char *pattern, const char *path, char **segment)
{
    g_autofree char *found = NULL;
    while (*pattern && *path) {
        if (*pattern == '{') {
            size_t len = strcspn(path, "/");
            if (len == 0)
                return false;
            g_free(found);
            found = g_strndup(path, len);
            pattern += strcspn(pattern, "}") + 1;
            path += len;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    if (*pattern || *path)
        return false;
    *segment = g_steal_pointer(&found);
    return true;
}

static bool method_fits(const WebRoute *route, const char *method)
{
    return strcmp(route->method, method) == 0 || (strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static bool check_key(Call *call)
{
    g_auto(StoreError) error = {0};
    StoreResult result =
        admin_key_check(call->site->store, call->identity.key, &call->identity.key_id, &call->identity.scopes, &error);
    if (result == STORE_OK)
        return true;
    if (result == STORE_DOWN)
        call_store_problem(call, result, &error);
    else
        call_problem(call, 401, NULL, SAY_KEY_UNKNOWN);
    return false;
}

/* A session says who it is where nobody else does, and adds its rights in any case; before an application, only who it is counts. */
static StoreResult session_apply(Call *call, StoreError *error)
{
    Identity *identity = &call->identity;
    bool unknown = identity->kind == IDENTITY_VISITOR;
    g_auto(Session) session = {0};
    g_autofree char *token = unknown || !call->request->authorizer ? session_cookie_get(call->request) : NULL;
    if (!token)
        return STORE_OK;
    StoreResult result = session_find(call->site->store, token, &session, error);
    if (result != STORE_OK)
        return result == STORE_DOWN && unknown ? result : STORE_OK;
    /* One that was begun before a second factor was required is no longer enough for a role: the next sign-in asks for it. */
    bool has_role = session.role != ROLE_USER || policy_names_administrator(call->policy, session.subject);
    if (call->policy->totp_required && has_role && !session.factor)
        return STORE_OK;
    identity->account = g_steal_pointer(&session.account);
    identity->session = g_strdup(session.hash);
    identity->role = session.role;
    if (unknown) {
        identity->kind = IDENTITY_PERSON;
        g_free(identity->subject);
        identity->subject = g_steal_pointer(&session.subject);
    }
    return STORE_OK;
}

static bool check_session(Call *call)
{
    g_auto(StoreError) error = {0};
    StoreResult result = session_apply(call, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

/* Before the answer. What comes to nothing here, the answer will tell. */
static void let_in(const Site *site)
{
    g_auto(StoreError) error = {0};
    QueueAssisted done;
    if (queue_assist(site->store, &done, &error) != STORE_OK)
        store_error_clear(&error);
}

bool router_identify(Call *call)
{
    const char *why = NULL;
    g_auto(StoreError) error = {0};
    if (call->site->passing)
        let_in(call->site);
    StoreResult result = store_policy(call->site->store, &call->policy, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return false;
    }
    int status = identity_read(call->request, call->site->secret, store_now(call->site->store), &call->identity, &why);
    if (status != 0) {
        call_problem(call, status, NULL, "%s", why);
        return false;
    }
    return call->identity.kind == IDENTITY_KEY ? check_key(call) : check_session(call);
}

/* So that the page of an error shows who is signed in. Nothing depends on it. */
static void identify_for_show(Call *call)
{
    const char *why;
    g_auto(StoreError) error = {0};
    if (store_policy(call->site->store, &call->policy, &error) != STORE_OK ||
        identity_read(call->request, call->site->secret, store_now(call->site->store), &call->identity, &why) != 0)
        return;
    if (call->identity.kind != IDENTITY_KEY && session_apply(call, &error) != STORE_OK)
        return;
}

/* Answers 404, or 405 when the address is there for other methods. */
static void answer_no_route(Call *call)
{
    if (!call_wants_json(call))
        identify_for_show(call);
    g_autoptr(GString) allowed = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(routes); i++) {
        g_autofree char *segment = NULL;
        if (router_match(routes[i].pattern, call->request->path, &segment))
            g_string_append_printf(allowed, "%s%s%s", allowed->len ? ", " : "", routes[i].method,
                                   strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
    }
    if (allowed->len == 0) {
        call_problem(call, 404, NULL, SAY_NOTHING_HERE);
        return;
    }
    call->allow = g_strdup(allowed->str);
    call_problem(call, 405, NULL, SAY_NO_SUCH_METHOD, allowed->str);
}

/* A form on another site could be sent with what the browser adds by itself; JSON and the browser's own word
 * for where a request comes from could not. */
static bool check_cross_site(Call *call, const WebRoute *route)
{
    if (!call->identity.ambient || call_only_reads(call))
        return true;
    if (!route_is_form(route) && strcmp(route->method, "POST") == 0 && !request_is_json(call->request)) {
        call_problem(call, 415, NULL, SAY_BODY_JSON);
        return false;
    }
    if (!request_is_same_origin(call->request)) {
        call_problem(call, 403, NULL, SAY_OTHER_SITE);
        return false;
    }
    return true;
}

/* The least role that a person needs. */
static Role role_needed(Access access)
{
    return access == ACCESS_PROGRAM ? ROLE_ADMIN : access == ACCESS_SUPPORT ? ROLE_SUPPORT : access == ACCESS_VIEWER ? ROLE_VIEWER
                                                                                                                     : ROLE_USER;
}

static bool check_access(Call *call, const WebRoute *route)
{
    Role needed = role_needed(route->access);
    switch (call->identity.kind) {
    case IDENTITY_KEY:
        if (call->identity.scopes & route->scopes)
            return true;
        call_problem(call, 403, NULL, route->scopes ? SAY_KEY_SCOPE : SAY_FOR_PEOPLE);
        return false;
    case IDENTITY_VISITOR:
        if (route->access == ACCESS_ANYBODY || (needed == ROLE_USER && call->policy->anonymous_plan >= 0))
            return true;
        call_problem(call, 401, NULL, SAY_SIGN_IN);
        return false;
    case IDENTITY_PERSON:
        if (call_role(call) >= needed)
            return true;
        call_problem(call, 403, NULL, call_role(call) == ROLE_USER ? SAY_FOR_ADMINISTRATORS : SAY_NOT_YOUR_ROLE);
        return false;
    }
    return false;
}

void router_answer(Call *call)
{
    call->is_api = g_str_has_prefix(call->request->path, API "/") || strcmp(call->request->path, API) == 0;
    call->surface = call->is_api ? SURFACE_API : SURFACE_PAGE;
    for (size_t i = 0; i < G_N_ELEMENTS(routes); i++) {
        const WebRoute *route = &routes[i];
        if (!method_fits(route, call->request->method) || !router_match(route->pattern, call->request->path, &call->segment))
            continue;
        if (route->access == ACCESS_OPEN)
            call->surface = SURFACE_OPEN;
        if (i > 0 && !call_only_reads(call)) /* the first changes nothing of what administrators keep */
            audit_origin_set(call->request->remote_addr);
        if (route->access == ACCESS_OPEN ||
            (router_identify(call) && viewing_apply(call) && check_access(call, route) && check_cross_site(call, route) &&
             read_form(call, route)))
            route->handler(call);
        return;
    }
    answer_no_route(call);
}
