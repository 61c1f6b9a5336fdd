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
    /* NULL: the answer is complete when whoever is asked for it returns. Otherwise it may come later and by another thread,
     * which calls this last, once; the exchange and its parameters stay until then. */
    void (*done)(void *data);
    void *data;
} Exchange;

/* The value of a parameter, the first of several; NULL when there is none. Not owned. */
const char *exchange_param(const Exchange *exchange, const char *name);

/* The same for those who ask for many: made once, of an exchange whose parameters then stay as they are. */
#define PARAM_SLOTS 64
#define PARAMS_INDEXED 128 /* those beyond are looked through one by one */

typedef struct {
    const Exchange *exchange;
    uint8_t first[PARAM_SLOTS];   /* by what the name looks like: a parameter, counted from 1; 0: none */
    uint8_t next[PARAMS_INDEXED]; /* the next that looks alike */
    int count;
} ParamIndex;

void param_index_make(ParamIndex *index, const Exchange *exchange);
const char *param_index_get(const ParamIndex *index, const char *name);

#endif
