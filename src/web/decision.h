/* A decision as an HTTP answer: status, headers, body. */
#ifndef WEBQUOTA_DECISION_H
#define WEBQUOTA_DECISION_H

#include "web/call.h"

/* Adds RateLimit and RateLimit-Policy, and for a refusal Retry-After. Between status and body. */
void decision_headers(Response *response, const Answer *answer);

/* Answers with the decision, or with the problem that its refusal is. Counts it. */
void decision_answer(Call *call, const Answer *answer);

#endif
