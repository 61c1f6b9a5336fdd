/* What is known in, documents out: the API's as JSON, which are the pages' JSON twins as well, and the values that templates
 * are rendered from. Pure. All results are new. */
#ifndef WEBQUOTA_VIEW_H
#define WEBQUOTA_VIEW_H

#include <jansson.h>
#include "domain/activity.h"
#include "domain/answer.h"
#include "domain/callback.h"
#include "domain/history.h"
#include "domain/session.h"
#include "view/value.h"
#include "view/view_form.h"

/* What every page needs to know about where it is shown. Strings not owned. */
typedef struct {
    const char *mount;    /* SCRIPT_NAME: "/quota"; "" at the root */
    const char *path;     /* within the mount: "/", "/limit/x"; marks the navigation */
    const char *who;      /* the name shown; an address for a visitor */
    bool signed_in;
    bool is_admin;        /* sees pages of administrators, */
    Role role;            /* and what there is for this role */
    const char *form_token; /* of the forms on the page; NULL where it has none */
    const char *account;  /* the name that the viewer has signed in with here; NULL: did not */
    const char *here;     /* the address that the viewer asked for, already checked to be of this site; NULL: not known */
    const char *back;     /* address to go back to, already checked to be of this site; NULL when none */
    const Policy *policy;
    Instant now;
    const char *viewer;   /* who looks at the pages of `who`; NULL: they do themselves */
    Instant viewing_until;
    bool sent_form;       /* the request that was refused was no look (a POST): what it carried was not saved */
    bool guarded;         /* the page stands in the place of another program's answer, */
    bool unsure;          /* and whether the request was counted is not known */
} PageContext;

/* What programs are told by the thousand is written as text at once (compact JSON): view_value reads it back. */

/* GET /api/v1/usage. */
GString *view_usage(const UsageReport *report);

/* A decision: the fields of the API, in order.
 * With reservation: those two fields as well. `mount` NULL: where the pages are is not known, and nothing links there. */
GString *view_decision(const Answer *answer, const char *mount);

/* The same as an RFC 9457 problem for a refusal: type, title, status, detail, instance, error, ... */
GString *view_refusal(const Answer *answer, const char *mount);

/* The document of a refusal, kept for the same one given again (view_refusal_again.c). Immutable. */
typedef struct RefusalText RefusalText;
/* Keeps what view_refusal made. NULL: it is not worth keeping, or would not be the same again. */
RefusalText *view_refusal_keep(const Answer *answer, const char *mount, const GString *document);
void view_refusal_text_free(RefusalText *text);
/* What view_refusal would make of `answer`, another one of the same remembered refusal. NULL: it reads otherwise by now. */
GString *view_refusal_again(const RefusalText *text, const Answer *answer, const char *mount);

/* Its detail alone, where there is no room for more. New string. */
char *view_refusal_detail(const Answer *answer);

/* Such a text as a value, for those who add to it or show it in another form. Takes the text. */
json_t *view_value(GString *text);

/* An RFC 9457 problem for everything else. `field` (may be NULL) names what was wrong. */
json_t *view_problem(int status, const char *title, const char *detail, const char *field);

/* GET /api/v1/features and /plans. */
json_t *view_features(const Policy *policy);
/* With what `next` (NULL: nothing is to come) changes of which plan from `at` on. */
json_t *view_plans(const Policy *policy, const Policy *next, Instant at, Instant now);
/* For one person: with their plan as `current`, and what is to come for them. */
json_t *view_plans_own(const UsageReport *report);

/* The pages: `page` (the layout's values), and the page's own, as a new tree. Rendered by the template of the same name. What
 * they are made from must outlive them. */
Value *view_dashboard(const UsageReport *report, const PageContext *context);
Value *view_limit(const UsageReport *report, const Answer *refusal, const PageContext *context); /* refusal may be NULL */

/* A recorded decision as its page shows it. Not owned. */
typedef struct {
    const Answer *answer;
    const char *kind;              /* "consume", "hold", "commit", ...: of the record */
    const char *on_behalf_of;      /* NULL when none */
    const char *reservation_state; /* NULL when it was no hold */
    int64_t refunded;
    const UsageReport *usage;      /* where its subject stands now, on everything; NULL: not known */
} DecisionShown;
Value *view_decision_page(const DecisionShown *shown, const PageContext *context);

/* A place in line. Not owned. */
typedef struct {
    const char *id;
    TicketState state;
    const Feature *feature;        /* NULL: the policy has it no more */
    const char *feature_key, *resource, *why;
    int64_t units, ahead, in_line, ahead_at_first;
    QueueWait wait;
    bool paused, by_form;
    Instant joined_at, now, kept_until, claim_until, ended_at;
    int64_t keep_s;                /* so much longer each visit keeps it; 0: not known */
    int64_t poll_s;                /* so soon it is worth asking again */
    const char *go;                /* where one goes on when it is one's turn; NULL: nowhere by itself */
    const char *back;              /* where one came from, or what was asked for; NULL: not known */
    const char *zone;
    CallbackState callback;        /* CALLBACK_NONE: the rest is nothing */
    int64_t tries, last_status;    /* last_status 0: nothing was answered */
    const char *trouble;           /* of the last try; NULL: none */
    Instant next_at, tried_at, delivered_at; /* INSTANT_MAX: none */
} TicketShown;
GString *view_ticket(const TicketShown *shown, const char *mount);
Value *view_queue(const TicketShown *shown, const PageContext *context);

/* Where somebody stands on one feature, and what they did with it. Not owned. */
typedef struct {
    const Feature *feature;
    const UsageReport *report; /* on this feature, with_unlisted */
    const Activity *activity;
} FeatureShown;
Value *view_feature_page(const FeatureShown *shown, const PageContext *context);
json_t *view_decisions(const Activity *activity, const char *mount); /* its newest requests, as an array */
json_t *view_feature(const FeatureShown *shown, const char *mount); /* its twin: view_usage, and more */

/* What was used of a feature on each day. Not owned. */
typedef struct {
    const Feature *feature;
    const UsageReport *report; /* on everything, of whoever used it */
    const History *history;    /* of all features, or of those within this one */
    const char *subject;       /* whose it is where that is not the reader; NULL: the reader's */
} HistoryShown;
Value *view_history_page(const HistoryShown *shown, const PageContext *context);
json_t *view_history(const HistoryShown *shown);      /* its twin: every day of the time */
GString *view_history_csv(const HistoryShown *shown); /* days with something, and the statement that they add up to */

/* One feature in little, for other pages: without `page`, so without the layout. `frame`: a document of its own. */
typedef enum { WIDGET_CARD, WIDGET_BAR, WIDGET_LINE } WidgetStyle;
Value *view_widget(const FeatureShown *shown, WidgetStyle style, bool frame, const PageContext *context); /* activity: none */
/* `changed`: a moment ago, when to be told of. */
Value *view_alerts_page(const UsageReport *report, const Alerts *alerts, bool changed, const PageContext *context);
json_t *view_alerts(const UsageReport *report, const Alerts *alerts); /* its twin */
Value *view_plans_page(const UsageReport *report, const PageContext *context);

/* What somebody has asked for, as the API lists it. Not owned. */
typedef struct {
    const json_t *list;
    bool sent; /* one of them a moment ago */
    const char *zone; /* the reader's; NULL: the policy's */
} RequestsShown;
Value *view_requests(const RequestsShown *shown, const PageContext *context);

/* The form to ask for more of a feature. Not owned. */
typedef struct {
    const Feature *feature;
    const UsageReport *report;  /* on this feature, with_unlisted */
    const json_t *waiting;      /* the request on it that waits for an answer: there is no form then; NULL: none does */
    const FormShown *shown;     /* kind, limit, amount, reason */
    int shown_count;
} RequestForm;
Value *view_request_form(const RequestForm *form, const PageContext *context);
/* Its twin: {feature, kinds, plan, limits, waiting}: what may be asked for; nothing for visitors, and while one waits. */
json_t *view_request_offers(const RequestForm *form);

/* May they ask for a larger limit of their own on the feature? *upgrade: the plan that they may ask for; NULL: none. */
bool request_form_offers(const UsageReport *report, const Feature *feature, const Plan **upgrade);

/* The pages to sign in and out. Not owned. */
typedef enum { LOGIN_FORM, LOGIN_MISSING, LOGIN_WRONG, LOGIN_TOO_MANY, LOGIN_OUT, LOGIN_NOT_KEPT, LOGIN_LATE } LoginState;
typedef struct {
    LoginState state;   /* LOGIN_OUT: signed out a moment ago; LOGIN_NOT_KEPT: signed in a moment ago, and the browser did not keep it;
                         * LOGIN_LATE: the code took too long */
    const char *name;   /* as typed; NULL: nothing */
    const char *next;   /* where to go then, already checked to be of this site; NULL: to the dashboard */
    int64_t wait_s;     /* of LOGIN_TOO_MANY */
} LoginShown;
Value *view_login(const LoginShown *shown, const PageContext *context);
Value *view_logout(const PageContext *context);

/* The page of one's own account. Not owned. */
typedef enum {
    ACCOUNT_OPEN,
    ACCOUNT_ENDED,
    ACCOUNT_CHANGED,
    ACCOUNT_CODES_OFF,
    ACCOUNT_MISSING,
    ACCOUNT_WRONG,
    ACCOUNT_WEAK,
    ACCOUNT_DIFFERENT,
    ACCOUNT_TOO_MANY
} AccountState;
typedef struct {
    AccountState state;     /* what was done a moment ago, or what is wrong with what was sent */
    const json_t *sessions; /* account_sessions; NULL: the reader has no account here */
    int64_t wait_s;         /* of ACCOUNT_TOO_MANY */
    bool codes_on;          /* codes are asked for at sign-in, */
    Instant codes_since;    /* since then, */
    int codes_left;         /* and so many recovery codes are left */
    const char *zone;       /* the reader's; NULL: the policy's */
} AccountShown;
Value *view_account(const AccountShown *shown, const PageContext *context);

/* `title`: the status' phrase, where there are no better words for it. */
Value *view_error(int status, const char *title, const char *detail, const PageContext *context);

#endif
