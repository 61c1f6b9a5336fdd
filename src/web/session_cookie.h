/* The cookie of a session. Under HTTPS its name begins with "__Host-": no other host of the domain, and nothing on the way, can
 * set one that this service would take. */
#ifndef WEBQUOTA_SESSION_COOKIE_H
#define WEBQUOTA_SESSION_COOKIE_H

#include "store/session.h"
#include "web/request.h"
#include "web/response.h"

/* Did the web server say that the request came over HTTPS? */
bool request_is_https(const Request *request);

/* Will the browser keep what session_cookie_set gives it: did the request come over HTTPS, or is it from the browser's own machine? False:
 * it is not known. */
bool session_cookie_is_kept(const Request *request);

/* The token in the request's cookie, good or bad; NULL: none. New string. */
char *session_cookie_get(const Request *request);

/* Has the browser keep the token for as long as it is open; NULL: has it forget the one that it has. */
void session_cookie_set(Response *response, const Request *request, const char *token);

#endif
