/* A request as a value, read from what the web server says of it. */
#ifndef WEBQUOTA_REQUEST_H
#define WEBQUOTA_REQUEST_H

#include "web/accept.h"
#include "web/exchange.h"
#include "web/uri.h"

#define REQUEST_BODY_MAX (64 * 1024)

typedef struct {
    const Exchange *exchange;
    ParamIndex params;       /* of the exchange */
    const char *method;      /* "GET", "POST", ... as sent; not owned */
    char *mount;             /* SCRIPT_NAME as an address: "/quota", or "" at the root; no slash at the end */
    char *path;              /* decoded, within the mount: "/", "/limit/x"; no slash at the end but of "/" */
    Query query;
    AcceptWish wish;
    const char *remote_addr; /* NULL when the server does not say; not owned */
    bool authorizer;         /* asked before a request to another program: see authorizer.h */
} Request;

/* Reads everything but the body. False: the request is malformed (400) and *why (new string) says how. A request
 * to the authorizer is never malformed: what is odd in it is the application's business. */
bool request_read(const Exchange *exchange, Request *out, char **why) MUST_CHECK;
void request_clear(Request *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

/* A FastCGI parameter or request header; NULL when there is none. */
const char *request_param(const Request *request, const char *name);

/* Reads the body, once. Returns 0 and a new GString (empty when there is no body), or the status that
 * refuses it: 400 (Content-Length is none, or more than came), 413. */
int request_body(const Request *request, GString **body) MUST_CHECK;

/* Is the Content-Type that of JSON, the body not compressed? */
bool request_is_json(const Request *request);

/* The same of a form's fields (application/x-www-form-urlencoded). */
bool request_is_form(const Request *request);

/* Did the request come from a page of this site, as far as the browser says? True when it says nothing. */
bool request_is_same_origin(const Request *request);

/* The address of the page that the browser came from, when it is of this site: path and query only ("/a?b=1").
 * New string, or NULL. */
char *request_back(const Request *request);

#endif
