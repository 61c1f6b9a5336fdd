/* GET and POST /admin/change: one change to one person. The form is sent twice: first to see what it comes to, by the code that decides,
 * and then, confirmed, to make it. Programs send the same fields as JSON. A form that was opened before somebody else changed the limits
 * of the same person is shown again, with that said. */
#include "base/parse.h"
#include "say/say.h"
#include "store/approvals.h"
#include "web/ceiling.h"
#include "web/change.h"
#include "web/change_once.h"
#include "web/form_json.h"
#include "web/handlers.h"

/* The form carries what was seen as it was opened. */
static void seen_put(Change *change)
{
    FormShown *seen = &change->shown[CHANGE_F_SEEN];
    g_free(seen->typed);
    seen->typed = g_strdup_printf("%" PRId64, change->read->seen);
}

static bool is_stale(const Change *change)
{
    const InputValue *seen = &change->values[CHANGE_F_SEEN];
    return seen->given && seen->whole != change->read->seen;
}

static ChangeShown shown_of(const Call *call, const Change *change, const UsageReport *after)
{
    bool refund = change->decision != NULL;
    int64_t left = refund ? change->decision->answer->units - change->decision->refunded : 0;
    return (ChangeShown){
        .kind = change->kind, .before = change->read->report, .after = after, .feature = change->feature, .target = change->target,
        .refund_units = refund && change->values[CHANGE_F_AMOUNT].given ? change->values[CHANGE_F_AMOUNT].whole : left,
        .helps = ceiling_holds(call), .waits = change->waits, .stale = is_stale(change), .shown = change->shown, .shown_count = CHANGE_FIELDS,
    };
}

static bool removes(ChangeKind kind)
{
    return kind == CHANGE_OVERRIDE_REMOVE || kind == CHANGE_BONUS_REMOVE;
}

/* Those who support people give overrides and bonuses, take back their own, and nothing else. False: answered already. */
static bool may_make(Call *call, const Change *change)
{
    ChangeKind kind;
    if (!ceiling_holds(call) || !change_find(change->shown[CHANGE_F_WHAT].typed, &kind) || kind == CHANGE_OVERRIDE || kind == CHANGE_BONUS ||
        removes(kind))
        return true;
    call_problem(call, 403, NULL, SAY_NOT_YOUR_ROLE);
    return false;
}

static bool read_whose(Call *call, Change *change)
{
    return may_make(call, change) && change_read(call, change) && (!removes(change->kind) || ceiling_may_remove(call, change->target));
}

/* Is it above what the caller may give alone? What they must say for it is marked. False: answered already. */
static bool ceiling_read(Call *call, Change *change, bool *good)
{
    if (!ceiling_holds(call) || !*good || removes(change->kind))
        return true;
    if (change->expires_at == INSTANT_MAX) {
        change->shown[CHANGE_F_EXPIRES].mistake = FORM_MISSING;
        *good = false;
        return true;
    }
    bool is_override = change->kind == CHANGE_OVERRIDE;
    OverrideAdd override = {0};
    GrantAdd grant = {0};
    if (is_override)
        override = change_override(change);
    else
        grant = change_grant(change);
    CeilingVerdict verdict =
        ceiling_look(call, change->read->report->subject->plan, is_override ? &override : NULL, is_override ? NULL : &grant, NULL);
    if (!change->values[CHANGE_F_SEEN].given)
        change->values[CHANGE_F_SEEN].whole = change->read->seen; /* what was looked at must still be so */
    change->waits = verdict == CEILING_ABOVE;
    return verdict != CEILING_ANSWERED;
}

/* --- as a page --- */

static void show(Call *call, int status, Change *change, const UsageReport *after)
{
    if (!call_form_token(call))
        return;
    ChangeShown shown = shown_of(call, change, after);
    PageContext context = call_context(call, NULL);
    seen_put(change);
    call_page(call, status, "change", view_change(&shown, &context));
}

/* What it is about, or would come to, for programs. */
static void tell(Call *call, int status, const Change *change, const UsageReport *after)
{
    ChangeShown shown = shown_of(call, change, after);
    call_json(call, status, view_change_json(&shown, NULL));
}

void page_change(Call *call)
{
    g_auto(Change) change = {0};
    form_open(&call->request->query, change_fields, CHANGE_FIELDS, change.shown);
    if (!read_whose(call, &change))
        return;
    if (call_wants_json(call))
        tell(call, 200, &change, NULL);
    else
        show(call, 200, &change, NULL);
}

static void preview(Call *call, Change *change, int status)
{
    Subject subject;
    g_autoptr(UsageReport) after = change_supposed(change, &subject);
    if (call_wants_json(call))
        tell(call, status, change, after);
    else
        show(call, status, change, after);
}

/* --- making it --- */

/* Somebody else was first: what is so now, and what the change would make of it. */
static void conflict(Call *call, Change *change)
{
    g_auto(StoreError) error = {0};
    UsageRead *now = NULL;
    if (call_wants_json(call)) {
        call_problem(call, 409, "seen", SAY_PERSON_CHANGED);
        return;
    }
    StoreResult result = store_usage(call->site->store, change->values[CHANGE_F_SUBJECT].text, NULL, true, &now, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    const Feature *feature = change->feature ? policy_feature(now->report->policy, change->feature->key) : NULL;
    bool gone = change->feature && !feature;
    usage_read_free(change->read);
    change->read = now;
    change->feature = feature; /* of the policy by now */
    if (gone)
        call_problem(call, 404, "feature", SAY_NO_SUCH("feature"));
    else
        preview(call, change, 409);
}

static void made(Call *call, const Change *change, const Undo *undo)
{
    g_autoptr(GString) then = g_string_new("/admin/person?subject=");
    g_string_append_uri_escaped(then, change->values[CHANGE_F_SUBJECT].text, NULL, FALSE);
    g_string_append_printf(then, "&done=%s", change_word(change->kind));
    const char *const said[][2] = {{"&was=", undo->was}, {"&until=", undo->until}, {"&then=", undo->then}};
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
        if (said[i][1]) {
            g_string_append(then, said[i][0]);
            g_string_append_uri_escaped(then, said[i][1], NULL, FALSE);
        }
    call_see_other(call, then->str);
}

/* What it is answered with, as far as that is known before it is made. */
static json_t *answer_begun(Call *call, const Change *change)
{
    g_auto(Undo) undo = change_undo(change);
    ChangeShown shown = shown_of(call, change, NULL);
    return change->waits ? json_object() : view_change_json(&shown, &undo);
}

static void made_json(Call *call, const Change *change, const Undo *undo, const Once *once)
{
    g_auto(StoreError) error = {0};
    UsageRead *now = NULL;
    StoreResult result = store_usage(call->site->store, change->values[CHANGE_F_SUBJECT].text, NULL, true, &now, &error);
    if (result != STORE_OK) {
        error.made = STORE_MADE;
        call_store_problem(call, result, &error);
        return;
    }
    ChangeShown shown = shown_of(call, change, now->report);
    json_t *json = view_change_json(&shown, undo);
    usage_read_free(now);
    change_once_keep(call, once, 200, json);
    call_json(call, 200, json);
}

/* What waits for a second person instead of being made. */
static StoreResult ask(Call *call, const Change *change, const char *actor, json_t **approval, StoreError *error)
{
    if (change->kind == CHANGE_OVERRIDE) {
        const OverrideAdd override = change_override(change);
        return approval_add(call->site->store, &override, NULL, actor, approval, error);
    }
    const GrantAdd grant = change_grant(change);
    return approval_add(call->site->store, NULL, &grant, actor, approval, error);
}

static void asked(Call *call, json_t *approval, const Once *once)
{
    if (!call_wants_json(call)) {
        json_decref(approval);
        call_see_other(call, "/admin/approvals?done=asked");
        return;
    }
    change_once_keep(call, once, 202, approval);
    call_json(call, 202, approval);
}

static StoreResult make_it(Call *call, const Change *change, const Once *once, json_t **approval, Undo *undo, StoreError *error)
{
    g_autofree char *actor = identity_actor(&call->identity);
    if (is_stale(change))
        return STORE_CONFLICT;
    once_set(once->key ? once : NULL);
    StoreResult result = change->waits ? ask(call, change, actor, approval, error) : change_make(call->site->store, change, actor, undo, error);
    once_set(NULL);
    return result;
}

static void make(Call *call, Change *change, Once *once)
{
    json_t *approval = NULL;
    g_auto(StoreError) error = {0};
    g_auto(Undo) undo = {0};
    json_auto_t *begun = once->key ? answer_begun(call, change) : NULL;
    once->status = change->waits ? 202 : 200;
    once->answer = begun;
    StoreResult result = make_it(call, change, once, &approval, &undo, &error);
    bool stale = result == STORE_CONFLICT && (is_stale(change) || g_strcmp0(error.field, "seen") == 0);
    if (result != STORE_OK && result != STORE_DOWN && change_once_again(call, once))
        return; /* by somebody with the same key, a moment ago */
    if (stale)
        conflict(call, change);
    else if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (approval)
        asked(call, approval, once);
    else if (call_wants_json(call))
        made_json(call, change, &undo, once);
    else
        made(call, change, &undo);
}

/* Whoever was answered before is answered again, whatever has become of what it was about. */
static void read_and_make(Call *call, Change *change, bool good, Once *once)
{
    if (change_once_again(call, once) || !read_whose(call, change))
        return;
    good = good && change_is_good(change);
    if (!ceiling_read(call, change, &good))
        return;
    if (!good && call_wants_json(call))
        form_problem(call, change->shown, CHANGE_FIELDS);
    else if (!good)
        show(call, 400, change, NULL);
    else if (change->values[CHANGE_F_CONFIRM].flag)
        make(call, change, once);
    else
        preview(call, change, 200);
}

void page_change_send(Call *call)
{
    g_auto(Change) change = {0};
    bool good = call_filled(call, &call->form, change_fields, CHANGE_FIELDS, change.values, change.shown);
    if (!form_members_are_known(call, change_fields, CHANGE_FIELDS))
        return;
    bool by_key = call_wants_json(call) && change.values[CHANGE_F_CONFIRM].flag;
    g_autofree char *caller = identity_caller(&call->identity), *fingerprint = change_once_fingerprint(call);
    Once once = {.caller = caller, .key = by_key ? request_param(call->request, "HTTP_IDEMPOTENCY_KEY") : NULL, .fingerprint = fingerprint};
    if (once.key && !text_is_plain(once.key, strlen(once.key), 255))
        call_problem(call, 400, "Idempotency-Key", SAY_KEY_TEXT);
    else
        read_and_make(call, &change, good, &once);
}
