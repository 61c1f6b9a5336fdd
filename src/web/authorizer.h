/* The authorizer: the web server asks it before it lets a request through to the application. */
#ifndef WEBQUOTA_AUTHORIZER_H
#define WEBQUOTA_AUTHORIZER_H

#include "web/call.h"

/* Consents with 200 and Variable-* headers, which the server turns into the application's environment, or
 * refuses with the page or problem that the client is to see. */
void authorizer_answer(Call *call);

#endif
