/* Ways to answer, and to read what was asked. The one table from the store's results to statuses is here. */
#include "web/call.h"

#include <stdarg.h>
#include <stdatomic.h>

#include "base/json_write.h"
#include "base/log.h"
#include "base/text.h"
#include "say/say.h"
#include "store/session.h"
#include "web/flat.h"
#include "web/form.h"
#include "web/form_token.h"
#include "web/session_cookie.h"

#define JSON_TYPE "application/json"
#define PROBLEM_TYPE "application/problem+json"
#define HTML_TYPE "text/html; charset=utf-8"
#define TEXT_TYPE "text/plain; charset=utf-8"
/* Apache cuts an authorizer's refusal at 8192 bytes, headers included. */
#define APACHE_PAGE_MAX 7000

void call_clear(Call *call)
{
    identity_clear(&call->identity);
    g_free(call->viewer);
    policy_unref(call->policy);
    g_free(call->segment);
    g_free(call->allow);
    g_free(call->form_token);
    query_clear(&call->form);
    if (call->text)
        g_string_free(call->text, TRUE);
    g_free(call->flat);
    json_decref(call->body);
    if (call->kept)
        call->kept_free(call->kept);
}

void call_decide(Call *call, const LedgerAsk *ask, CallThen then, gpointer kept, GDestroyNotify kept_free)
{
    call->ask = ask;
    call->then = then;
    call->kept = kept;
    call->kept_free = kept_free;
}

void call_ticket(Call *call, const char *id, int64_t wait_s, CallPlaced placed)
{
    call->ticket = id;
    call->ticket_wait_s = wait_s;
    call->placed = placed;
}

void call_usage(Call *call, CallRead read)
{
    call->read = read;
}

void call_slow(Call *call, CallSlow work)
{
    call->slow = work;
}

void call_slow_read(Call *call, CallSlow work, gpointer kept, GDestroyNotify kept_free)
{
    call->slow = work;
    call->slow_reads = true;
    call->kept = kept;
    call->kept_free = kept_free;
}

bool call_only_reads(const Call *call)
{
    return strcmp(call->request->method, "GET") == 0 || strcmp(call->request->method, "HEAD") == 0;
}

bool call_wants_json(const Call *call)
{
    return call->is_api || call->is_json || call->request->wish == ACCEPT_JSON;
}

char *call_address(const Call *call, const char *path)
{
    return g_strconcat(call->request->mount ? call->request->mount : "", path, NULL);
}

Role call_role(const Call *call)
{
    const Identity *identity = &call->identity;
    if (call->viewer)
        return ROLE_USER;
    if (identity->kind == IDENTITY_PERSON && call->policy && policy_names_administrator(call->policy, identity->subject))
        return ROLE_ADMIN;
    return identity->role;
}

bool call_is_administrator(const Call *call)
{
    return call_role(call) == ROLE_ADMIN;
}

bool call_may_see(const Call *call, const char *subject)
{
    return call->identity.kind == IDENTITY_KEY || call_role(call) >= ROLE_VIEWER ||
           g_strcmp0(subject, call->identity.subject) == 0;
}

/* Where a visitor who signs in comes back to: what they asked for, unless that was to do something. */
static const char *here_of(const Call *call)
{
    const char *target = request_param(call->request, "REQUEST_URI");
    return target && call_only_reads(call) && uri_is_local(target) ? target : NULL;
}

PageContext call_context(const Call *call, const char *back)
{
    const char *who = call->identity.subject ? call->identity.subject : "";
    bool signed_in = call->identity.kind == IDENTITY_PERSON;
    if (!signed_in && g_str_has_prefix(who, "anon:"))
        who += strlen("anon:");
    return (PageContext){
        .mount = call->request->mount ? call->request->mount : "",
        .path = call->request->path ? call->request->path : "",
        .who = who,
        .signed_in = signed_in,
        .is_admin = call_role(call) >= ROLE_VIEWER,
        .role = call_role(call),
        .form_token = call->form_token,
        .account = call->identity.account,
        .here = here_of(call),
        .back = back,
        .policy = call->policy,
        .now = store_now(call->site->store),
        .viewer = call->viewer,
        .viewing_until = call->viewing_until,
    };
}

/* --- answers --- */

void call_text_body(Call *call, const char *type, GString *json)
{
    text_add_char(json, '\n');
    response_body(call->response, type, json);
}

void call_text(Call *call, int status, GString *json)
{
    response_status(call->response, status);
    response_guard(call->response);
    call_text_body(call, JSON_TYPE, json);
}

void call_json_body(Call *call, const char *type, json_t *value)
{
    char *text = json_write(value, JSON_COMPACT);
    call_text_body(call, type, g_string_new(text ? text : "{}"));
    free(text);
    json_decref(value);
}

void call_json(Call *call, int status, json_t *value)
{
    response_status(call->response, status);
    response_guard(call->response);
    call_json_body(call, JSON_TYPE, value);
}

void call_done(Call *call)
{
    response_status(call->response, 204);
    response_guard(call->response);
}

/* Renders a page; NULL where it cannot be. Takes the value. */
static GString *render(Call *call, const char *template, Value *value)
{
    g_autofree char *error = NULL;
    GString *page = templates_render(call->site->templates, template, value, &error);
    value_free(value);
    if (!page)
        log_line(LOG_LEVEL_ERROR, "template %s: %s", template, error ? error : "cannot be rendered");
    return page;
}

/* The same, or the page that says so: it is answered then, and this gives NULL. */
static GString *render_or_500(Call *call, const char *template, Value *value)
{
    GString *page = render(call, template, value);
    if (!page)
        call_problem(call, 500, NULL, SAY_NO_PAGE);
    return page;
}

/* With one more header, where its number is not 0. */
static void answer_page(Call *call, int status, const char *template, Value *value, const char *header, int64_t seconds)
{
    GString *page = render_or_500(call, template, value);
    if (!page)
        return;
    response_status(call->response, status);
    response_guard(call->response);
    response_header(call->response, "Vary", "Accept");
    if (seconds > 0)
        response_header_number(call->response, header, seconds);
    response_body(call->response, HTML_TYPE, page);
}

void call_page_signed_in(Call *call, const char *template, Value *value, const char *token)
{
    GString *page = render_or_500(call, template, value);
    if (!page)
        return;
    response_status(call->response, 200);
    response_guard(call->response);
    session_cookie_set(call->response, call->request, token);
    response_body(call->response, HTML_TYPE, page);
}

void call_page_refreshed(Call *call, int status, const char *template, Value *value, int64_t refresh_s)
{
    answer_page(call, status, template, value, "Refresh", refresh_s);
}

void call_page_later(Call *call, int status, const char *template, Value *value, int64_t wait_s)
{
    answer_page(call, status, template, value, "Retry-After", wait_s);
}

void call_page(Call *call, int status, const char *template, Value *value)
{
    call_page_refreshed(call, status, template, value, 0);
}

void call_fragment(Call *call, const char *template, Value *value)
{
    GString *part = render_or_500(call, template, value);
    if (!part)
        return;
    response_status(call->response, 200);
    response_guard_framed(call->response, "private", (const char *const *) call->policy->embedders);
    response_header(call->response, "Vary", "Accept");
    response_body(call->response, HTML_TYPE, part);
}

/* `retry`: it may be tried again as it is. */
static void problem(Call *call, int status, const char *field, const char *detail, bool retry)
{
    const char *type = PROBLEM_TYPE;
    const char *title = response_phrase(status);
    bool json = call_wants_json(call) || (call->request->authorizer && call->request->wish != ACCEPT_HTML);
    GString *page = NULL;
    if (!json) {
        g_autofree char *back = request_back(call->request);
        PageContext context = call_context(call, back);
        context.sent_form = !call_only_reads(call);
        context.guarded = call->request->authorizer;
        context.unsure = call->unsure;
        page = render(call, "error", view_error(status, title, detail, &context));
        type = HTML_TYPE;
        if (!page || (page->len > APACHE_PAGE_MAX && request_param(call->request, "FCGI_APACHE_ROLE"))) {
            type = TEXT_TYPE;
            page = page ? page : g_string_new(NULL);
            g_string_printf(page, "%s\n", detail);
        }
    }
    response_status(call->response, status);
    response_guard(call->response);
    if (retry)
        response_header(call->response, "Retry-After", "1");
    if (status == 401)
        response_header(call->response, "WWW-Authenticate", "Bearer realm=\"webquota\"");
    response_header(call->response, "Allow", call->allow);
    response_header(call->response, "X-Webquota-Type", call->request->authorizer ? type : NULL);
    if (page)
        response_body(call->response, type, page);
    else
        call_json_body(call, type, view_problem(status, title, detail, field));
}

void call_problem(Call *call, int status, const char *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    problem(call, status, field, detail, status == 503);
}

/* Once a second at most: while the database is away, every request would say so. */
static void log_down(const char *detail)
{
    static atomic_llong last_s = -1;
    long long now_s = g_get_monotonic_time() / G_USEC_PER_SEC;
    if (atomic_exchange(&last_s, now_s) != now_s)
        log_line(LOG_LEVEL_WARNING, "answering 503: %s", detail);
}

void call_store_problem(Call *call, StoreResult result, const StoreError *error)
{
    static const struct {
        int status;
        const char *detail;
    } meanings[] = {
        [STORE_OK] = {500, SAY_NOTHING_SAID},
        [STORE_NONE] = {404, SAY_NO_SUCH("thing")},
        [STORE_INVALID] = {422, SAY_REFERS_TO_NOTHING},
        [STORE_CONFLICT] = {409, SAY_NOT_NOW},
        [STORE_DOWN] = {503, SAY_TRY_LATER},
    };
    static const char *const of_changes[] = {
        [STORE_NO_CHANGE] = SAY_TRY_LATER,
        [STORE_NOT_MADE] = SAY_NOT_MADE,
        [STORE_MAYBE_MADE] = SAY_MAYBE_MADE,
        [STORE_MADE] = SAY_MADE_UNSEEN,
    };
    const char *detail = error->detail ? error->detail : meanings[result].detail;
    bool down = result == STORE_DOWN;
    if (down) {
        log_down(detail);
        detail = of_changes[error->made]; /* what is wrong with the database is not a client's business */
    }
    call->unsure = error->unsure;
    bool running = result == STORE_CONFLICT && g_strcmp0(error->field, "Idempotency-Key") == 0;
    problem(call, meanings[result].status, error->field, detail, running || (down && error->made < STORE_MAYBE_MADE));
}

void call_see_other(Call *call, const char *path)
{
    g_autofree char *address = call_address(call, path);
    response_status(call->response, 303);
    response_guard(call->response);
    response_header(call->response, "Location", address);
}

/* --- reading --- */

static bool input_problem(Call *call, const InputError *error)
{
    if (error->field)
        call_problem(call, 400, error->field, "%s %s", error->field, error->detail);
    else
        call_problem(call, 400, NULL, "%s", error->detail);
    return false;
}

/* A date that somebody gives is a day where the policy's days are. */
static void days_read(const Call *call, const InputField *fields, int count, InputValue *values)
{
    input_days(fields, count, values, call->policy ? zone_find(call->policy->zone) : NULL);
}

/* Takes the body into call->text. */
static bool body_take(Call *call, size_t most)
{
    int status = request_body(call->request, &call->text);
    if (status == 0 && call->text->len > most)
        status = 413;
    if (status == 413)
        call_problem(call, 413, NULL, SAY_BODY_LARGE, most);
    else if (status != 0)
        call_problem(call, status, NULL, SAY_BODY_LENGTH);
    return status == 0;
}

bool call_body(Call *call, const InputField *fields, int count, InputValue *values)
{
    g_auto(InputError) error = {0};
    if (!body_take(call, REQUEST_BODY_MAX))
        return false;
    if (call->text->len > 0 && !request_is_json(call->request)) {
        call_problem(call, 415, NULL, SAY_BODY_JSON);
        return false;
    }
    /* A call with nothing to say needs no body, where nothing is required. */
    if (call->text->len == 0)
        g_string_assign(call->text, "{}");
    const GString *text = call->text;
    call->flat = g_memdup2(text->str, text->len + 1);
    if (flat_read(call->flat, text->len, fields, count, values))
        return true;
    call->body = input_parse(text->str, text->len, fields, count, &error);
    if (!call->body || !input_read(call->body, fields, count, "", values, &error))
        return input_problem(call, &error);
    days_read(call, fields, count, values);
    return true;
}

bool call_read(Call *call, const Query *from, const InputField *fields, int count, InputValue *values)
{
    g_auto(InputError) error = {0};
    if (!input_read_query(from, fields, count, values, &error))
        return input_problem(call, &error);
    days_read(call, fields, count, values);
    return true;
}

bool call_filled(const Call *call, const Query *form, const InputField *fields, int count, InputValue *values, FormShown *shown)
{
    bool good = form_read(form, fields, count, values, shown);
    days_read(call, fields, count, values);
    for (int i = 0; i < count && call->policy; i++)
        if (input_is_time(&fields[i]) && values[i].given && shown[i].mistake == FORM_GOOD) {
            shown[i].zone = call->policy->zone;
            shown[i].when = values[i].time;
        }
    return good;
}

bool call_query(Call *call, const InputField *fields, int count, InputValue *values)
{
    return call_read(call, &call->request->query, fields, count, values);
}

char *call_reader(const Call *call)
{
    static const char *const kinds[] = {[IDENTITY_VISITOR] = "visitor ", [IDENTITY_PERSON] = "person "};
    const Identity *identity = &call->identity;
    if (identity->kind == IDENTITY_KEY)
        return NULL;
    return identity->session ? g_strconcat("session ", identity->session, NULL)
                             : g_strconcat(kinds[identity->kind], call->viewer ? call->viewer : identity->subject, NULL);
}

const char *call_form_token(Call *call)
{
    g_auto(StoreError) error = {0};
    const char *secret;
    g_autofree char *reader = call_reader(call);
    StoreResult result = store_form_secret(call->site->store, &secret, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return NULL;
    }
    if (!call->form_token)
        call->form_token = form_token_make(secret, reader ? reader : "", store_now(call->site->store));
    return call->form_token;
}

static bool form_token_check(Call *call)
{
    g_auto(StoreError) error = {0};
    const char *secret, *token = query_get(&call->form, FORM_TOKEN_FIELD);
    g_autofree char *reader = call_reader(call);
    StoreResult result = store_form_secret(call->site->store, &secret, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (!reader || query_times(&call->form, FORM_TOKEN_FIELD) != 1 ||
             !form_token_is_good(token, secret, reader, store_now(call->site->store)))
        call_problem(call, 403, FORM_TOKEN_FIELD,
                     SAY_FORM_OLD);
    else
        return true;
    return false;
}

/* A program's members as the fields of the form: texts, whole numbers, and what is true; what is null or false is not there. */
static bool form_of_json(Call *call)
{
    g_auto(InputError) error = {0};
    g_autoptr(GString) text = g_string_new(NULL);
    const char *name, *why;
    json_t *value;
    call->body = input_parse(call->text->str, call->text->len, NULL, 0, &error);
    if (!call->body)
        return input_problem(call, &error);
    json_object_foreach(call->body, name, value) {
        g_autofree char *whole = json_is_integer(value) ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value)) : NULL;
        char real[G_ASCII_DTOSTR_BUF_SIZE];
        const char *field = json_is_string(value) ? json_string_value(value) : json_is_true(value) ? "1" : whole;
        if (json_is_real(value))
            field = g_ascii_formatd(real, sizeof real, "%.9g", json_real_value(value));
        if (!field && !json_is_null(value) && !json_is_false(value)) {
            call_problem(call, 400, name, SAY_PLAIN("%s"), name);
            return false;
        }
        if (!field)
            continue;
        g_string_append_uri_escaped(text, name, NULL, TRUE);
        g_string_append_c(text, '=');
        g_string_append_uri_escaped(text, field, NULL, TRUE);
        g_string_append_c(text, '&');
    }
    g_string_truncate(text, text->len ? text->len - 1 : 0);
    if (form_parse(text->str, &call->form, &why))
        return true;
    call_problem(call, 400, NULL, "%s", why);
    return false;
}

bool call_form_json(Call *call)
{
    call->is_json = true;
    return body_take(call, FORM_BYTES_MAX) && form_of_json(call);
}

bool call_form(Call *call)
{
    const char *why;
    if (!request_is_form(call->request)) {
        call_problem(call, 415, NULL, SAY_FORM_TYPE);
        return false;
    }
    if (!body_take(call, FORM_BYTES_MAX))
        return false;
    if (strlen(call->text->str) != call->text->len || !form_parse(call->text->str, &call->form, &why)) {
        call_problem(call, 400, NULL, "%s", strlen(call->text->str) != call->text->len ? SAY_FORM_NUL : why);
        return false;
    }
    return form_token_check(call);
}

const char *call_subject(Call *call, const char *named)
{
    const Identity *identity = &call->identity;
    if (identity->kind == IDENTITY_KEY) {
        if (!named)
            call_problem(call, 400, "subject", SAY_NO_SUBJECT_OF_KEY);
        return named;
    }
    if (!named || strcmp(named, identity->subject) == 0)
        return identity->subject;
    if (call_only_reads(call) && call_role(call) >= ROLE_VIEWER)
        return named;
    if (identity->kind == IDENTITY_VISITOR)
        call_problem(call, 401, "subject", SAY_MAY_NOT_NAME);
    else
        call_problem(call, 403, "subject", SAY_YOURSELF_ONLY);
    return NULL;
}
