/* The parts of a policy as flat objects of text, field by field: what two policies are compared by. */
#ifndef WEBQUOTA_POLICY_DESCRIBE_H
#define WEBQUOTA_POLICY_DESCRIBE_H

#include <jansson.h>

#include "domain/model.h"

/* New objects of strings and nulls, main fields first. */
json_t *describe_settings(const Policy *policy);
json_t *describe_feature(const Policy *policy, const Feature *feature);
json_t *describe_plan(const Policy *policy, const Plan *plan);
json_t *describe_limit(const Policy *policy, const Limit *limit);
json_t *describe_grant(const Policy *policy, const PlanGrant *grant);
json_t *describe_route(const Policy *policy, const Route *route);

/* What tells a route from others: "POST /app/x ?do=edit !id". New string. */
char *route_name(const Route *route);

#endif
