/* One request being answered: what handlers get, and the ways to answer. A handler answers once. */
#ifndef WEBQUOTA_CALL_H
#define WEBQUOTA_CALL_H

#include "store/admin.h"
#include "store/ledger.h"
#include "store/queue.h"
#include "view/view.h"
#include "web/identity.h"
#include "web/input.h"
#include "web/response.h"
#include "web/site.h"

typedef struct Call Call;

/* Goes on with a call when the ledger has decided what it asked (call_decide): answers it, once. `answer` is NULL unless the
 * result is STORE_OK. */
typedef void (*CallThen)(Call *call, StoreResult result, const Answer *answer, const StoreError *error);

/* The same when it has been read where somebody stands (call_usage). `read` is NULL unless the result is STORE_OK. */
typedef void (*CallRead)(Call *call, StoreResult result, UsageRead *read, const StoreError *error);

/* Goes on with a call, and answers it, where nobody waits for it but its own caller (call_slow). */
typedef void (*CallSlow)(Call *call);

/* The same when it has been read where a ticket stands (call_ticket). `read` is NULL unless the result is STORE_OK. */
typedef void (*CallPlaced)(Call *call, StoreResult result, const TicketRead *read, const StoreError *error);

struct Call {
    const Site *site;
    const Request *request;
    Response *response;
    Identity identity;
    char *viewer;       /* who looks at the pages of identity.subject (web/viewing.h); NULL: they do themselves */
    Instant viewing_until; /* not 0: there is such a person, though this page may be their own */
    Policy *policy;     /* NULL where the route needs none */
    char *segment;      /* what stood for the {name} in the route's path; NULL when it has none */
    GString *text;      /* the body as it came, after call_body */
    char *flat;         /* the same where it was read without making values of it; values point into it */
    json_t *body;       /* the values otherwise */
    char *allow;        /* of a 405: the methods that the address knows */
    Query form;         /* what a form sent, its token checked, where the route is for forms */
    char *form_token;   /* of the forms on the page that is answered; see call_form_token */
    bool is_api;        /* speaks JSON whatever Accept says */
    bool unsure;        /* of a problem: the request may have been counted all the same */
    bool is_json;       /* a form's fields came as JSON, and it is answered so */
    Surface surface;    /* for the metrics */
    const LedgerAsk *ask; /* what the ledger is asked when the handler has returned; NULL: nothing */
    CallThen then;
    CallRead read;        /* the subject's own usage is read, and handed to it, when the handler has returned; NULL: it is not */
    CallSlow slow;        /* takes long, and is done when the handler has returned; NULL: there is nothing such */
    bool slow_reads;      /* of that: it reads much, and those who sign in do not wait for it */
    const char *ticket;   /* a ticket is looked for when the handler has returned, and when it has changed or `ticket_wait_s` have
                           * passed handed to `placed`; NULL: none is */
    int64_t ticket_wait_s;
    CallPlaced placed;
    gpointer kept;      /* the handler's own, for `then`, with what the ask points to */
    GDestroyNotify kept_free;
};

/* Leaves the call to the ledger: the handler returns without an answer, and `then` gives it, perhaps in another thread. `kept`
 * is taken, and freed by `kept_free` with the call; the ask is part of it, or points into it and into the call. */
void call_decide(Call *call, const LedgerAsk *ask, CallThen then, gpointer kept, GDestroyNotify kept_free);

/* The same with where the caller stands, on all features, which is read meanwhile: `read` gives the answer. */
void call_usage(Call *call, CallRead read);

/* The same with where a ticket stands; `id` must stay. `wait_s`: the answer is held until something changes, for so long. */
void call_ticket(Call *call, const char *id, int64_t wait_s, CallPlaced placed);

/* Leaves the rest to a thread that is for what takes long; where too many are in line already, the answer is 503. */
void call_slow(Call *call, CallSlow work);

/* The same for what reads much of the database. `kept` is taken, as by call_decide. */
void call_slow_read(Call *call, CallSlow work, gpointer kept, GDestroyNotify kept_free);

/* Frees what the call owns: identity, policy, segment, allow, text, body, form, kept; not the request and response. */
void call_clear(Call *call);

/* --- answers --- */

/* JSON with headers for everything dynamic. Takes the value. */
void call_json(Call *call, int status, json_t *value);

/* The same where more headers are wanted: the caller has sent status, response_guard and them. Takes the value. */
void call_json_body(Call *call, const char *type, json_t *value);

/* The same two for a document that is text already (compact JSON). Take the text. */
void call_text(Call *call, int status, GString *json);
void call_text_body(Call *call, const char *type, GString *json);

/* A problem, as JSON or as a page. `field` may be NULL. */
void call_problem(Call *call, int status, const char *field, const char *format, ...) PRINTF_LIKE(4, 5);

/* The problem that a store's result other than STORE_OK is. */
void call_store_problem(Call *call, StoreResult result, const StoreError *error);

/* A page: `template` rendered with the value (a whole tree), which is taken. */
void call_page(Call *call, int status, const char *template, Value *value);

/* The same, which loads itself anew every so many seconds; 0: never. */
void call_page_refreshed(Call *call, int status, const char *template, Value *value, int64_t refresh_s);

/* The same, which says that it is no use to come again within so many seconds. */
void call_page_later(Call *call, int status, const char *template, Value *value, int64_t wait_s);

/* The same, with which the browser is given the token of a session that was begun. */
void call_page_signed_in(Call *call, const char *template, Value *value, const char *token);

/* A part of a page, for other pages to include or frame: never the layout, kept by browsers only as long as it is good. */
void call_fragment(Call *call, const char *template, Value *value);

/* Consent, without a body: 204. */
void call_done(Call *call);

/* After a form has done what it says: 303 to a page of ours, so that to load it again sends nothing twice. `path` is within the
 * mount ("/requests?done=1"). */
void call_see_other(Call *call, const char *path);

/* --- forms: see also web/form.h --- */

/* What each form on a page must carry (PageContext.form_token, templates/token.html): it is good for this reader only. NULL:
 * answered already (503). Owned by the call. */
const char *call_form_token(Call *call) MUST_CHECK;

/* Whose forms these are: of the session, or of the person or visitor where there is none, who may look at somebody else's pages. New
 * string; NULL: it is a program. */
char *call_reader(const Call *call);

/* Reads a form's fields into call->form and checks its token; for the router. False: answered already (400, 403, 413, 415). */
bool call_form(Call *call) MUST_CHECK;

/* The same where a program sends the fields as the members of a JSON object; it needs no token, as no page can send that for somebody
 * else. False: answered already (400, 413). */
bool call_form_json(Call *call) MUST_CHECK;

/* --- reading --- */

/* Reads the body by its declaration. False: answered already (400, 413, 415). `values` point into the call. */
bool call_body(Call *call, const InputField *fields, int count, InputValue *values) MUST_CHECK;

/* Reads query parameters by their declaration. False: answered already (400). */
bool call_query(Call *call, const InputField *fields, int count, InputValue *values) MUST_CHECK;

/* The same of any: call->form has its texts as they came, where call_filled tidies them. */
bool call_read(Call *call, const Query *from, const InputField *fields, int count, InputValue *values) MUST_CHECK;

/* form_read (web/form.h), with dates as days of the policy's time zone, and the moments that they are for the page. */
bool call_filled(const Call *call, const Query *form, const InputField *fields, int count, InputValue *values,
                 FormShown *shown) MUST_CHECK;

/* Whom the request is about, given the `subject` it names (may be NULL): a key must name one; everybody else
 * acts for themselves, an administrator who only reads for anybody. NULL: answered already. Not owned. */
const char *call_subject(Call *call, const char *named) MUST_CHECK;

/* What the caller may do beyond their own: ROLE_ADMIN for those whom the policy names, else what their session says. */
Role call_role(const Call *call);

/* Is this an administrator, by the policy or by their session? */
bool call_is_administrator(const Call *call);

/* May the call see what belongs to `subject`: it is its own, or it is a key, or somebody with a role? */
bool call_may_see(const Call *call, const char *subject);

/* GET and HEAD. */
bool call_only_reads(const Call *call);

/* Does the client rather want JSON than a page? An API always does. */
bool call_wants_json(const Call *call);

/* Where a page is shown, for views. `back` (may be NULL) must outlive the context. */
PageContext call_context(const Call *call, const char *back);

/* "/quota/api/v1/…" from "/api/v1/…": an address within the mount. New string. */
char *call_address(const Call *call, const char *path);

#endif
