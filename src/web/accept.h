/* What a client would rather read (RFC 9110, section 12.5.1). Pure. */
#ifndef WEBQUOTA_ACCEPT_H
#define WEBQUOTA_ACCEPT_H

#include "base/base.h"

typedef enum {
    ACCEPT_EITHER, /* nothing said, or both alike */
    ACCEPT_HTML,
    ACCEPT_JSON
} AcceptWish;

/* Compares text/html with application/json and application/problem+json: the higher quality wins; of
 * equal ones that which is named more exactly. `accept` may be NULL. Unreadable parts are passed over. */
AcceptWish accept_wish(const char *accept);

#endif
