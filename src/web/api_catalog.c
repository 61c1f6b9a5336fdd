/* What there is: features and plans. */
#include "web/handlers.h"

void api_features(Call *call)
{
    call_json(call, 200, view_features(call->policy));
}

/* A program is told of all plans; whoever asks for themselves, of what concerns them. */
void api_plans(Call *call)
{
    Instant at;
    if (call->identity.kind != IDENTITY_KEY) {
        page_plans(call);
        return;
    }
    g_autoptr(Policy) next = store_coming(call->site->store, call->policy, &at);
    call_json(call, 200, view_plans(call->policy, next, at, store_now(call->site->store)));
}
