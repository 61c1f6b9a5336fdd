/* One request and its answer as bytes, whatever carries them: FastCGI, plain CGI, a test. */
#ifndef WEBQUOTA_EXCHANGE_H
#define WEBQUOTA_EXCHANGE_H

#include "base/base.h"

typedef struct {
    char **params;     /* "NAME=value", ends with NULL; not owned. What the web server says, never the client alone */
    bool authorizer;   /* FastCGI role 2: there is no body, and reading one would wait for ever */
    const char *shared_secret; /* every request must carry it in WEBQUOTA_SHARED_SECRET; NULL: none asked for */
    long (*read)(void *data, char *bytes, size_t room);              /* bytes read; 0 at the end; -1 broken */
    bool (*write)(void *data, const char *bytes, size_t len);
    void *data;
} Exchange;

/* The value of a parameter, the first of several; NULL when there is none. Not owned. */
const char *exchange_param(const Exchange *exchange, const char *name);

#endif
