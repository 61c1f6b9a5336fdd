/* POST /api/v1/consume: may this happen once more? If so, it is counted. */
#include "web/ask.h"
#include "web/handlers.h"

void api_consume(Call *call)
{
    ask_answer(call, ASK_CONSUME);
}
