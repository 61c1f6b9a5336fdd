/* GET and POST /admin/view: the form to look at somebody's pages as they see them; GET /admin/view/end: back to one's own. */
#include "store/access.h"
#include "say/say.h"
#include "view/view_access.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/session_cookie.h"
#include "web/viewing.h"

enum { SUBJECT, REASON, FIELDS };
static const InputField fields[FIELDS] = {[SUBJECT] = {"subject", INPUT_TEXT, true, 1, 255}, [REASON] = {"reason", INPUT_TEXT, true, 1, 500}};

/* Somebody who is known. False: answered already. */
static bool subject_is_known(Call *call, const FormShown *shown)
{
    g_auto(StoreError) error = {0};
    json_t *subject = NULL;
    if (!shown[SUBJECT].typed || shown[SUBJECT].mistake != FORM_GOOD) {
        call_problem(call, 400, "subject", SAY_MISSING("subject"));
        return false;
    }
    StoreResult result = admin_subject_get(call->site->store, shown[SUBJECT].typed, &subject, &error);
    json_decref(subject);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

static void show(Call *call, int status, const FormShown *shown)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    call_page(call, status, "view_as", view_view_as(shown[SUBJECT].typed, shown, FIELDS, &context));
}

/* A browser on its way to somebody's pages, which may not have kept whose. */
static void kept(Call *call)
{
    if (call->viewing_until)
        call_see_other(call, "/");
    else
        call_problem(call, 403, NULL, SAY_VIEW_NOT_KEPT);
}

void page_view(Call *call)
{
    FormShown shown[FIELDS];
    if (query_get(&call->request->query, "kept")) {
        kept(call);
        return;
    }
    form_open(&call->request->query, fields, FIELDS, shown);
    if (subject_is_known(call, shown))
        show(call, 200, shown);
    form_shown_clear(shown, FIELDS);
}

static void go(Call *call, const char *path, const char *cookie)
{
    call_see_other(call, path);
    response_header(call->response, "Set-Cookie", cookie);
}

/* Where the browser may not keep the cookie, that is looked to first; a session shows that it keeps such. */
static const char *path_after(const Call *call)
{
    return call->identity.session || session_cookie_is_kept(call->request) ? "/" : "/admin/view?kept=1";
}

static void begin(Call *call, const char *subject, const char *reason)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity), *cookie = NULL;
    if (!viewing_begin(call, subject, &cookie))
        return;
    StoreResult result = access_view(call->site->store, subject, reason, actor, &error);
    if (result == STORE_OK)
        go(call, path_after(call), cookie);
    else
        call_store_problem(call, result, &error);
}

void page_view_send(Call *call)
{
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    bool good = call_filled(call, &call->form, fields, FIELDS, values, shown);
    if (subject_is_known(call, shown)) {
        if (good)
            begin(call, values[SUBJECT].text, values[REASON].text);
        else
            show(call, 400, shown);
    }
    form_shown_clear(shown, FIELDS);
}

void page_view_end(Call *call)
{
    g_autofree char *cookie = NULL;
    if (viewing_begin(call, NULL, &cookie))
        go(call, "/admin/people", cookie);
}
