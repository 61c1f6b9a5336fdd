/* What the calls of administrators share: whom a thing is for, times to come, lists. */
#ifndef WEBQUOTA_ADMIN_INPUT_H
#define WEBQUOTA_ADMIN_INPUT_H

#include "web/call.h"

/* Exactly one of `subject` and `organization` must be given. False: answered already. */
bool admin_input_owner(Call *call, const InputValue *subject, const InputValue *organization) MUST_CHECK;

/* A time that is given must lie in the future. False: answered already. */
bool admin_input_future(Call *call, const char *name, const InputValue *time) MUST_CHECK;

/* Answers with `json` (taken), or with the problem that the result is. */
void admin_answer(Call *call, int status, StoreResult result, json_t *json, const StoreError *error);

/* The same with {name: list}. */
void admin_answer_list(Call *call, const char *name, StoreResult result, json_t *list, const StoreError *error);

/* 204, or the problem. */
void admin_answer_removed(Call *call, StoreResult result, const StoreError *error);

/* ?reason= of what is taken back; *reason NULL: none was given. False: answered already. */
bool admin_input_reason(Call *call, const char **reason) MUST_CHECK;

/* ?subject= or ?organization= of a list, and ?before=; false: answered already. Each may be NULL. */
bool admin_list_owner(Call *call, const char **subject, const char **organization, const char **before) MUST_CHECK;

/* All lines, as queue_report_json gives each; and one of them, STORE_NONE where there is no such. New references. (page_queues.c) */
StoreResult admin_lines(Call *call, json_t **lines, StoreError *error) MUST_CHECK;
StoreResult admin_line(Call *call, const char *feature, const char *limit, json_t **line, StoreError *error) MUST_CHECK;

#endif
