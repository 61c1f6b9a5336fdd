/* The route table, and what must be so before a handler runs. */
#ifndef WEBQUOTA_ROUTER_H
#define WEBQUOTA_ROUTER_H

#include "web/handlers.h"

typedef enum {
    ACCESS_OPEN,     /* no identity, no policy, no database */
    ACCESS_PAGE,     /* people: signed in, or visitors where the policy serves them */
    ACCESS_SELF,     /* the API: a key with one of the scopes; or anybody for themselves */
    ACCESS_ANYBODY,  /* people, visitors too where the policy does not serve them: to sign in */
    ACCESS_VIEWER,   /* a key with one of the scopes, or somebody with this role or a higher one */
    ACCESS_SUPPORT,  /* the same */
    ACCESS_PROGRAM   /* the same for administrators */
} Access;

typedef struct {
    const char *method;   /* "GET" answers HEAD too */
    const char *pattern;  /* within the mount; "{name}" stands for one whole segment */
    void (*handler)(Call *call);
    Access access;
    unsigned scopes;      /* KEY_…: an API key needs one of them; 0: keys are not for this */
} WebRoute;

/* A POST to a page is that of a form: its fields are read and its token is checked before the handler runs (call->form). */
bool route_is_form(const WebRoute *route);

const WebRoute *router_table(int *count);

/* Does the path fit the pattern? *segment (new string, or NULL when the pattern has no {name}). Pure. */
bool router_match(const char *pattern, const char *path, char **segment) MUST_CHECK;

/* Finds the route, checks what it needs, runs it; or answers 400, 401, 403, 404, 405, 415, 503. */
void router_answer(Call *call);

/* Finds out who is asking, checks an API key, loads the policy; false: answered already. */
bool router_identify(Call *call) MUST_CHECK;

#endif
