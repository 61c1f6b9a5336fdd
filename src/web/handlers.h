/* The handlers: one for each line of the route table. By the time one is called, the method, identity and
 * scopes are as the table says. Each answers once. */
#ifndef WEBQUOTA_HANDLERS_H
#define WEBQUOTA_HANDLERS_H

#include "web/call.h"

/* pages */
void page_dashboard(Call *call);
void page_limit(Call *call);
void page_decision(Call *call);
void page_plans(Call *call);
void page_feature(Call *call);
void page_alerts(Call *call);
void page_thresholds(Call *call);
void page_thresholds_send(Call *call);
void page_history(Call *call);
void page_history_csv(Call *call);
void page_widget(Call *call);
void page_queue(Call *call);
void page_queue_leave(Call *call);
void page_static(Call *call);
void page_requests(Call *call);
void page_request_new(Call *call);
void page_request_send(Call *call);
void page_login(Call *call);
void page_login_send(Call *call);
void page_login_code(Call *call);
void page_login_code_send(Call *call);
void page_account_code(Call *call);
void page_account_code_send(Call *call);
void page_account(Call *call);
void page_account_send(Call *call);
void page_logout(Call *call);
void page_logout_send(Call *call);

/* pages of administrators */
void page_overview(Call *call);
void page_report_csv(Call *call);
void page_recommendations(Call *call);
void page_people(Call *call);
void page_person(Call *call);
void page_change(Call *call);
void page_policy(Call *call);
void page_limit_edit(Call *call);
void page_limit_edit_send(Call *call);
void page_version(Call *call);
void page_version_send(Call *call);
void page_what_if(Call *call);
void page_change_send(Call *call);
void page_view(Call *call);
void page_view_send(Call *call);
void page_view_end(Call *call);
void page_access(Call *call);
void page_access_change(Call *call);
void page_access_change_send(Call *call);
void page_approvals(Call *call);
void page_approval(Call *call);
void page_approval_send(Call *call);
void page_bulk_new(Call *call);
void page_bulk_new_send(Call *call);
void page_bulk(Call *call);
void page_bulk_send(Call *call);
void page_audit(Call *call);
void page_organizations(Call *call);
void page_organization(Call *call);
void page_pool(Call *call);
void page_pool_send(Call *call);
void page_asked(Call *call);
void page_answer(Call *call);
void page_answer_send(Call *call);
void page_audit_csv(Call *call);
void page_queues(Call *call);
void page_line(Call *call);
void page_line_change(Call *call);
void page_line_change_send(Call *call);

/* API */
void api_usage(Call *call);
void api_usage_reset(Call *call);
void api_check(Call *call);
void api_consume(Call *call);
void api_reserve(Call *call);
void api_commit(Call *call);
void api_release(Call *call);
void api_decision(Call *call);
void api_refund(Call *call);
void api_ticket_add(Call *call);
void api_ticket_get(Call *call);
void api_ticket_leave(Call *call);
void api_thresholds(Call *call);
void api_thresholds_set(Call *call);
void api_features(Call *call);
void api_plans(Call *call);
void api_openapi(Call *call);
void api_subject_set(Call *call);
void api_subject_get(Call *call);
void api_override_add(Call *call);
void api_override_list(Call *call);
void api_override_get(Call *call);
void api_override_remove(Call *call);
void api_grant_add(Call *call);
void api_grant_list(Call *call);
void api_grant_get(Call *call);
void api_grant_remove(Call *call);
void api_request_add(Call *call);
void api_request_list(Call *call);
void api_requests_all(Call *call);
void api_request_get(Call *call);
void api_bulk_run(Call *call);
void api_bulk_get(Call *call);
void api_bulk_stop(Call *call);
void api_approval_list(Call *call);
void api_approval_get(Call *call);
void api_approval_approve(Call *call);
void api_approval_deny(Call *call);
void api_request_approve(Call *call);
void api_request_deny(Call *call);
void api_reports(Call *call);
void api_report(Call *call);
void api_key_create(Call *call);
void api_key_list(Call *call);
void api_key_get(Call *call);
void api_key_revoke(Call *call);
void api_queue_list(Call *call);
void api_queue_set(Call *call);
void api_line(Call *call);
void api_ticket_move_up(Call *call);
void api_ticket_move_back(Call *call);
void api_ticket_admit(Call *call);
void api_ticket_drop(Call *call);

/* operations */
void ops_health(Call *call);
void ops_ready(Call *call);
void ops_metrics(Call *call);

#endif
