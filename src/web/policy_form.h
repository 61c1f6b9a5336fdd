/* Forms that change the policy: opened, looked at, and made as a new version, in the order that all of them have. What each is about
 * is its kind's to say. */
#ifndef WEBQUOTA_POLICY_FORM_H
#define WEBQUOTA_POLICY_FORM_H

#include "policy/policy_grant.h"
#include "policy/policy_limit.h"
#include "view/view_admin_policy.h"
#include "web/call.h"
#include "web/form.h"

/* The fields that all have, first in their lists. */
enum { POLICY_WHAT, POLICY_VERSION, POLICY_EFFECTIVE, POLICY_REASON, POLICY_CONFIRM, POLICY_COMMON };
#define POLICY_COMMON_FIELDS \
    [POLICY_WHAT] = {"what", INPUT_TEXT, false, 1, 16}, [POLICY_VERSION] = {"version", INPUT_WHOLE, false, 1, INT32_MAX}, \
    [POLICY_EFFECTIVE] = {"effective", INPUT_TIME, false, 0, 0}, [POLICY_REASON] = {"reason", INPUT_TEXT, true, 1, 500}, \
    [POLICY_CONFIRM] = {"confirm", INPUT_FLAG, false, 0, 0}

#define POLICY_FIELDS_MOST 32

typedef struct PolicyForm PolicyForm;

typedef struct {
    const InputField *fields; /* at most POLICY_FIELDS_MOST */
    int count;
    const char *page;         /* its template */

    /* Finds in the call's policy what it is about. False: answered already. */
    bool (*choose)(Call *call, PolicyForm *form);

    /* Fills in what is written of it, where nothing was sent and nothing is wrong. False: what must be written was sent empty, and is marked. */
    bool (*fill)(const Call *call, PolicyForm *form);

    /* The policy that it makes of the present one; NULL: none, and `mistakes` has why. */
    Policy *(*next)(const Policy *policy, const PolicyForm *form, GPtrArray *mistakes);

    /* Where in the policy it is ("plan free: limit daily"), so that mistakes are put to its fields. New string. */
    char *(*where)(const Call *call, const PolicyForm *form);

    /* The page's value. */
    Value *(*view)(const Call *call, const PolicyForm *form, const PageContext *context);
} PolicyFormKind;

struct PolicyForm {
    const PolicyFormKind *kind;
    const Query *sent;
    FormShown shown[POLICY_FIELDS_MOST];
    InputValue values[POLICY_FIELDS_MOST];
    LimitChosen chosen;      /* of a form about a limit that there is */
    GrantChosen grant;       /* of one about a grant of a plan */
    const Plan *plan;        /* of one about a plan that there is */
    const Feature *feature;  /* of one about a feature that there is */
    int route;               /* the number of a route that there is; 0: it is about none */
    GPtrArray *held;         /* what holds the plan that it takes away (policy_plan_held); NULL: not read */
    const char *own;         /* who may do it only for being named in the policy; NULL: nobody */
    bool shows_at_once;      /* nothing is to be filled in: what it comes to is shown as it is opened */
    bool good;               /* what was sent is what its fields may be */
    bool conflict;           /* somebody else has changed the policy meanwhile */
    char **wrong;            /* all that is wrong with the policy that would come of it; NULL: nothing */
    json_t *diff;            /* what it would change; NULL: not looked at */
};

/* GET and POST of a form's address. */
void policy_form_open(Call *call, const PolicyFormKind *kind);
void policy_form_send(Call *call, const PolicyFormKind *kind);

/* There must be a thing that is named as the field says. False: answered already, with one of the two sentences. */
bool policy_form_found(Call *call, const FormShown *field, bool found, const char *none, const char *missing) MUST_CHECK;

/* What was typed into a field; NULL: nothing. */
const char *policy_form_typed(const PolicyForm *form, const char *name);

/* What is wished of an option by its field: NULL: it was not sent; "": it was emptied. */
const char *policy_form_wish(const FormShown *shown, int count, const Query *sent, const char *name);

/* What is written (taken) or, where nothing is, the word that holds then, into a field that was not sent. */
void policy_form_fill(FormShown *shown, int count, const Query *sent, const char *name, char *written, const char *otherwise);

/* "plan free: limit daily: window: …", a line each; and each that is about a field of the form is put to it. New strings. */
char **policy_form_wrong(const GPtrArray *mistakes, const char *where, FormShown *shown, int count);

#endif
