/* Request targets: percent-decoding, query parameters, and the one form of a path that routes are
 * matched on. Pure. */
#ifndef WEBQUOTA_URI_H
#define WEBQUOTA_URI_H

#include "domain/model.h"

/* Query parameters in their order, duplicates kept. Owns its texts. */
typedef struct {
    QueryPair *pairs;
    int count;
} Query;
void query_clear(Query *query);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Query, query_clear)

/* Reads "a=1&b=two+words". Strict: false when an escape is broken, or a decoded text is not UTF-8 or
 * holds a NUL. Lenient never fails: it keeps broken escapes as they are and ends a text at a NUL, as the
 * programs behind an authorizer do. `text` may be NULL. */
bool query_parse(const char *text, bool strict, Query *out) MUST_CHECK;

/* The first value of a parameter, or NULL. */
const char *query_get(const Query *query, const char *name);
int query_times(const Query *query, const char *name);

/* The path of a request target as web servers resolve it: without query and authority, decoded once,
 * with "//", "/./" and "/../" resolved; "/" when there is nothing. So "/a//%73ave" and "/a/save" are one.
 * New string; may hold any bytes but NUL. */
char *uri_path(const char *target);

/* The same for a path that was decoded already. */
char *uri_path_collapse(const char *path);

/* A path as an address: all but unreserved characters and slashes percent-encoded. New string. */
char *uri_escape(const char *path);

/* The query of a target: what follows the first '?'; "" when none. Not owned. */
const char *uri_query(const char *target);

/* Is this an address on the same host, whatever browsers make of it: "/app?x=1", and not "//elsewhere" or "/\\elsewhere"? At most
 * 2048 bytes of plain text. */
bool uri_is_local(const char *address);

/* Does `address` ("http://host:port/x") have the host and port `host`, which is a Host header? Schemes
 * other than http and https never do; default ports may be left out on either side. */
bool uri_is_of_host(const char *address, const char *host);

#endif
