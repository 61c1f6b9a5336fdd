/* What there is: features and plans. */
#include "web/handlers.h"

void api_features(Call *call)
{
    call_json(call, 200, view_features(call->policy));
}

void api_plans(Call *call)
{
    call_json(call, 200, view_plans(call->policy));
}
