/* What there is: features and plans. */
#include "web/handlers.h"

void api_features(Call *call)
{
    call_json(call, 200, view_features(call->policy));
}

json_t *plans_json(const Call *call, const Policy *policy)
{
    Instant at;
    g_autoptr(Policy) next = store_coming(call->site->store, policy, &at);
    return view_plans(policy, next, at, store_now(call->site->store));
}

void api_plans(Call *call)
{
    call_json(call, 200, plans_json(call, call->policy));
}
