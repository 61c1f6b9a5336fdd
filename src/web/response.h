/* A response is a state machine: status, then headers, then one body, then it is rendered. Misuse (a
 * header after the body, a second status, a line break in a header) is logged and turns the whole into a 500. */
#ifndef WEBQUOTA_RESPONSE_H
#define WEBQUOTA_RESPONSE_H

#include "base/base.h"

typedef struct Response Response;

Response *response_new(void);
void response_free(Response *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Response, response_free)

/* Sets the status line: 200 to 599. */
void response_status(Response *response, int status);

/* Adds a header, in the order given. A NULL value adds none. */
void response_header(Response *response, const char *name, const char *value);
void response_header_number(Response *response, const char *name, int64_t value);

/* A header whose value is appended piece by piece to what the first returns. Nothing else may be done with the response
 * between the two. `keep`: or it is taken back. */
GString *response_header_begin(Response *response, const char *name);
void response_header_end(Response *response, bool keep);

/* The headers that go with every answer to a client but not with an authorizer's consent, whose headers
 * some servers hand on to the application's own answer: security headers, and no-store. */
void response_guard(Response *response);
void response_guard_cached(Response *response, const char *cache_control);

/* The same for what the pages of these origins (NULL-terminated; NULL: none) may show in a frame. */
void response_guard_framed(Response *response, const char *cache_control, const char *const *embedders);

/* Ends the headers with Content-Type and Content-Length. Takes the body. Without a call: no body. */
void response_body(Response *response, const char *type, GString *body);

int response_status_of(const Response *response); /* 0 when none was set */

/* Hands the whole to `write`, as CGI and FastCGI want it: "Status: 200 OK", headers, a blank line; then the body unless
 * `head_only`. A response without a status is a 500. Once. False: `write` said so. */
typedef bool (*ResponseWrite)(void *data, const char *bytes, size_t len);
bool response_send(Response *response, bool head_only, ResponseWrite write, void *data) MUST_CHECK;

/* The same as a text. New GString. */
GString *response_render(Response *response, bool head_only);

/* "Too Many Requests" for 429; "Unknown" for what is not in the list. Static. */
const char *response_phrase(int status);

#endif
