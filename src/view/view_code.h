/* The pages about the codes that are asked for at sign-in. As in view.h. */
#ifndef WEBQUOTA_VIEW_CODE_H
#define WEBQUOTA_VIEW_CODE_H

#include "view/view.h"

typedef enum {
    CODE_ASK,    /* the second half of signing in */
    CODE_ENROL,  /* the same, for somebody who must set codes up first */
    CODE_SET_UP, /* one's own, from the page of the account */
    CODE_OFF,    /* the same, to be without them */
    CODE_MADE    /* set up a moment ago */
} CodePage;

typedef enum { CODE_OPEN, CODE_MISSING, CODE_WRONG, CODE_TOO_MANY } CodeState;

typedef struct {
    CodePage page;
    CodeState state;        /* what is wrong with what was sent */
    const char *account;
    const char *secret;     /* in base32, of CODE_ENROL and CODE_SET_UP */
    const GPtrArray *codes; /* of CODE_MADE: recovery codes */
    const char *next;       /* where to go then, of this site; NULL: to the dashboard, or the account */
    int64_t wait_s;         /* of CODE_TOO_MANY */
} CodeShown;
Value *view_code(const CodeShown *shown, const PageContext *context);

#endif
