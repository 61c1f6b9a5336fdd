/* One route of a policy changed, made or taken away. Routes have no keys: each is known by its number, from 1 on, as the first that matches a
 * request counts. As policy_limit.h. Pure. */
#ifndef WEBQUOTA_POLICY_ROUTE_H
#define WEBQUOTA_POLICY_ROUTE_H

#include "policy/policy_read.h"

/* The options of a route, in the order in which they are written. */
typedef enum {
    ROUTE_METHOD, ROUTE_PATH, ROUTE_QUERY, ROUTE_FEATURE, ROUTE_RESOURCE_QUERY, ROUTE_RESOURCE_SEGMENT, ROUTE_UNITS, ROUTE_CHARGE, ROUTE_OPTIONS
} RouteOption;

/* "method", "path", …: as the policy file has it. Static. */
const char *route_option_name(RouteOption option);

/* Is it a list? Written as policy_list.h has it then. */
bool route_option_is_list(RouteOption option);

/* The word that holds where nothing is written; NULL: there is none. Static. */
const char *route_option_default(RouteOption option);

/* What is to be, as it is written in a policy. NULL: as it is; "": not written any more. Not owned. */
typedef struct {
    const char *of[ROUTE_OPTIONS];
} RouteWish;

/* What a route says of an option; NULL: nothing is written. New string. */
char *route_written(const Policy *policy, int number, RouteOption option) MUST_CHECK;

/* The policy that it makes of the present one, of the same text otherwise. NULL where it would be none: `mistakes` has all that is
 * wrong with it, as policy_read tells. */
Policy *policy_with_route(const Policy *policy, int number, const RouteWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same with one more route, which has that number then; 0, or a number beyond the last: behind all others. */
Policy *policy_with_new_route(const Policy *policy, int number, const RouteWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same without one. */
Policy *policy_without_route(const Policy *policy, int number, GPtrArray *mistakes) MUST_CHECK;

#endif
