/* The pages about who may sign in, and what programs may ask. As in view.h. */
#ifndef WEBQUOTA_VIEW_ACCESS_H
#define WEBQUOTA_VIEW_ACCESS_H

#include "view/view.h"

typedef struct {
    const json_t *accounts; /* as account_list gives them */
    const json_t *keys;     /* as admin_key_list gives them */
    bool more_keys;         /* there are older ones */
    const char *done;       /* what was changed a moment ago (access_change_word); NULL: nothing */
} AccessShown;
Value *view_access(const AccessShown *shown, const PageContext *context);

/* Where an account, or all who are metered as somebody, are signed in. */
typedef struct {
    const char *account, *subject; /* one of them */
    const json_t *list;            /* as access_sessions gives them */
    bool more;                     /* there may be older ones */
    bool done;                     /* one was ended a moment ago */
} SessionsShown;
Value *view_sessions(const SessionsShown *shown, const PageContext *context);

/* What may be changed. The word stands in addresses ("account-suspend"). */
typedef enum {
    ACCESS_ACCOUNT_ADD,
    ACCESS_ACCOUNT_ROLE,
    ACCESS_ACCOUNT_PASSWORD,
    ACCESS_ACCOUNT_REMOVE,
    ACCESS_SUSPEND,
    ACCESS_RESUME,
    ACCESS_SIGN_OUT,
    ACCESS_CODES_RESET,
    ACCESS_KEY_CREATE,
    ACCESS_KEY_REVOKE,
    ACCESS_SESSION_END,
    ACCESS_CHANGE_KINDS
} AccessChangeKind;
bool access_change_find(const char *word, AccessChangeKind *kind) MUST_CHECK;
const char *access_change_word(AccessChangeKind kind);

typedef struct {
    AccessChangeKind kind;
    const json_t *target;   /* the account, key or session; NULL: an account or key that is made */
    const FormShown *shown;
    int shown_count;
    const char *key;        /* that was made, this once; NULL: none was */
} AccessChangeShown;
Value *view_access_change(const AccessChangeShown *shown, const PageContext *context);

/* The form to look at the pages of `subject`. */
Value *view_view_as(const char *subject, const FormShown *shown, int shown_count, const PageContext *context);

#endif
