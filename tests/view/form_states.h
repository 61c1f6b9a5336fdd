/* The pages with forms, and of requests, in their states. */
#ifndef WEBQUOTA_FORM_STATES_H
#define WEBQUOTA_FORM_STATES_H

#include "view/page_samples.h"
#include "view/view_code.h"
#include "view/view_thresholds.h"

#define SAMPLE_TOKEN "472222.c2FtcGxlIHRva2VuIG9mIGEgZm9ybSBmb3IgdGVzdHM"
#define SAMPLE_WHY "We cook for a wedding on Saturday, and the menus must be done by then."

/* --- signing in and out --- */

static inline Value *sample_login(const LoginShown *shown, const char *account)
{
    Sample sample;
    sample_init(&sample, account ? FREE : ANONYMOUS);
    sample.context.path = "/login";
    sample.context.account = account;
    sample.context.form_token = SAMPLE_TOKEN;
    sample_finish(&sample);
    Value *page = view_login(shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *login_form(void) { return sample_login(&(LoginShown){.next = "/app/"}, NULL); }
static Value *login_wrong(void) { return sample_login(&(LoginShown){.state = LOGIN_WRONG, .name = HOSTILE_NAME, .next = HOSTILE_NAME}, NULL); }
static Value *login_missing(void) { return sample_login(&(LoginShown){.state = LOGIN_MISSING}, NULL); }
static Value *login_too_many(void) { return sample_login(&(LoginShown){.state = LOGIN_TOO_MANY, .name = "ada", .wait_s = 88}, NULL); }
static Value *login_out(void) { return sample_login(&(LoginShown){.state = LOGIN_OUT}, NULL); }
static Value *login_not_kept(void) { return sample_login(&(LoginShown){.state = LOGIN_NOT_KEPT, .next = "/app/"}, NULL); }
static Value *login_late(void) { return sample_login(&(LoginShown){.state = LOGIN_LATE, .next = "/app/"}, NULL); }
static Value *login_again(void) { return sample_login(&(LoginShown){.state = LOGIN_FORM}, "ada"); }

static inline Value *sample_logout(int plan, const char *account)
{
    Sample sample;
    sample_init(&sample, plan);
    sample.context.path = "/logout";
    sample.context.account = account;
    sample.context.form_token = SAMPLE_TOKEN;
    sample_finish(&sample);
    Value *page = view_logout(&sample.context);
    sample_clear(&sample);
    return page;
}

static Value *logout_form(void) { return sample_logout(FREE, HOSTILE_NAME); }
static Value *logout_elsewhere(void) { return sample_logout(FREE, NULL); }
static Value *logout_nobody(void) { return sample_logout(ANONYMOUS, NULL); }

/* What a page points to stays until the program ends. */
static inline json_t *sample_kept(json_t *json)
{
    static GPtrArray *kept;
    if (!json)
        g_error("a sample could not be made: see what it is packed of");
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, json);
    return json;
}

/* --- one's own account --- */

static inline Value *sample_account(AccountState state, const char *account, int sessions)
{
    static json_t *list;
    Sample sample;
    sample_init(&sample, account ? FREE : ANONYMOUS);
    sample.context.path = "/account";
    sample.context.account = account;
    sample.context.form_token = SAMPLE_TOKEN;
    sample_finish(&sample);
    if (!list)
        list = json_pack("[{s:s, s:s, s:s, s:s, s:b}, {s:s, s:s, s:s, s:s, s:b}, {s:s, s:n, s:s, s:s, s:b}]", "session", "12", "address",
                         "anon:192.0.2.7", "created_at", "2026-11-22T18:00:05Z", "last_seen_at", "2026-11-22T19:04:00Z", "current", 1,
                         "session", "11", "address", "anon:2001:db8:1:2::/64", "created_at", "2026-11-22T09:30:00Z", "last_seen_at",
                         "2026-11-22T18:59:59Z", "current", 0, "session", "10", "address", "created_at", "2026-11-22T08:00:00Z",
                         "last_seen_at", "2026-11-22T18:40:00Z", "current", 0);
    json_t *some = json_array();
    for (int i = 0; i < sessions; i++)
        json_array_append(some, json_array_get(list, (size_t)i));
    Value *page = view_account(&(AccountShown){.state = state, .sessions = account ? sample_kept(some) : NULL, .wait_s = 88, .codes_on = sessions == 1,
                                               .codes_since = sample.context.now, .codes_left = state == ACCOUNT_ENDED ? 1 : 10}, &sample.context);
    if (!account)
        json_decref(some);
    sample_clear(&sample);
    return page;
}

static Value *account_open(void) { return sample_account(ACCOUNT_OPEN, "ada", 3); }
static Value *account_alone(void) { return sample_account(ACCOUNT_CHANGED, HOSTILE_NAME, 1); }
static Value *account_ended(void) { return sample_account(ACCOUNT_ENDED, "ada", 1); }
static Value *account_wrong(void) { return sample_account(ACCOUNT_WRONG, "ada", 1); }
static Value *account_weak(void) { return sample_account(ACCOUNT_WEAK, "ada", 1); }
static Value *account_missing(void) { return sample_account(ACCOUNT_MISSING, "ada", 1); }
static Value *account_different(void) { return sample_account(ACCOUNT_DIFFERENT, "ada", 1); }
static Value *account_too_many(void) { return sample_account(ACCOUNT_TOO_MANY, "ada", 1); }
static Value *account_codes_off(void) { return sample_account(ACCOUNT_CODES_OFF, "ada", 3); }
static Value *account_nobody(void) { return sample_account(ACCOUNT_OPEN, NULL, 0); }

/* --- codes to sign in --- */

static inline Value *sample_code(CodeShown shown, const char *path)
{
    Sample sample;
    bool own = strcmp(path, "/account/code") == 0;
    sample_init(&sample, own ? FREE : ANONYMOUS);
    sample.context.path = path;
    sample.context.account = own ? shown.account : NULL;
    sample.context.form_token = SAMPLE_TOKEN;
    sample_finish(&sample);
    Value *page = view_code(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

#define SAMPLE_SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
static Value *code_ask(void) { return sample_code((CodeShown){.account = "ada", .next = "/app/"}, "/login/code"); }
static Value *code_wrong(void) { return sample_code((CodeShown){.state = CODE_WRONG, .account = HOSTILE_NAME, .next = HOSTILE_NAME}, "/login/code"); }
static Value *code_too_many(void) { return sample_code((CodeShown){.state = CODE_TOO_MANY, .account = "ada", .wait_s = 590}, "/login/code"); }
static Value *code_enrol(void) { return sample_code((CodeShown){.page = CODE_ENROL, .account = HOSTILE_NAME, .secret = SAMPLE_SECRET}, "/login/code"); }
static Value *code_set_up(void)
{
    return sample_code((CodeShown){.page = CODE_SET_UP, .state = CODE_MISSING, .account = "ada", .secret = SAMPLE_SECRET}, "/account/code");
}
static Value *code_off(void) { return sample_code((CodeShown){.page = CODE_OFF, .state = CODE_WRONG, .account = "ada"}, "/account/code"); }
static Value *code_made(void)
{
    static const char *const texts[] = {"abcd-efgh-2345-wxyz", "zzzz-7777-aaaa-2222"};
    g_autoptr(GPtrArray) codes = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(codes, (gpointer) texts[i]);
    return sample_code((CodeShown){.page = CODE_MADE, .account = "ada", .codes = codes, .next = "/quota/account"}, "/account/code");
}

/* --- requests --- */

static inline json_t *sample_request(const char *kind, const char *state, const char *reason, const char *answer)
{
    bool upgrade = strcmp(kind, "upgrade") == 0, pending = strcmp(state, "pending") == 0;
    json_t *request = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s}", "request", "7", "subject", "ada", "feature", "message", "kind", kind,
                                "reason", reason, "state", state, "answer", answer, "created_at", "2026-11-21T09:00:00Z");
    json_object_set_new(request, "plan", upgrade ? json_string("pro") : json_null());
    json_object_set_new(request, "limit", upgrade ? json_null() : json_string("monthly"));
    json_object_set_new(request, "amount", upgrade ? json_null() : json_integer(2500));
    json_object_set_new(request, "decided_by", pending ? json_null() : json_string("user:root"));
    json_object_set_new(request, "decided_at", pending ? json_null() : json_string("2026-11-22T10:30:00Z"));
    return request;
}

static inline Value *sample_requests(int plan, json_t *list, bool sent)
{
    Sample sample;
    sample_init(&sample, plan);
    sample.context.path = "/requests";
    sample_finish(&sample);
    Value *page = view_requests(&(RequestsShown){.list = sample_kept(list), .sent = sent}, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *requests_some(void)
{
    json_t *list = json_array();
    json_array_append_new(list, sample_request("increase", "pending", SAMPLE_WHY, NULL));
    json_array_append_new(list, sample_request("upgrade", "approved", HOSTILE_NAME, HOSTILE_NAME));
    json_array_append_new(list, sample_request("increase", "denied", LONG_NAME, "Not this month."));
    json_t *less = sample_request("increase", "approved", SAMPLE_WHY, "For a start.");
    json_object_set_new(less, "given", json_pack("{s:i, s:b, s:n, s:s, s:n}", "amount", 300, "unlimited", 0, "multiplier", "expires_at",
                                                 "2026-12-07T05:00:00Z", "removed_at"));
    json_array_append_new(list, less);
    json_t *taken = sample_request("increase", "approved", SAMPLE_WHY, NULL);
    json_object_set_new(taken, "given", json_pack("{s:n, s:b, s:f, s:n, s:s}", "amount", "unlimited", 0, "multiplier", 1.5, "expires_at",
                                                  "removed_at", "2026-11-22T11:00:00Z"));
    json_array_append_new(list, taken);
    return sample_requests(FREE, list, true);
}

static Value *requests_none(void) { return sample_requests(FREE, json_array(), false); }
static Value *requests_visitor(void) { return sample_requests(ANONYMOUS, json_array(), false); }

enum { SHOWN_FEATURE, SHOWN_KIND, SHOWN_LIMIT, SHOWN_AMOUNT, SHOWN_REASON, SHOWN };

/* `lines`: how many limits there are on the feature. */
static inline Value *sample_request_form(int plan, int lines, bool wrong, json_t *waiting)
{
    static FormShown shown[SHOWN];
    Sample sample;
    sample_init(&sample, plan);
    sample.context.path = "/requests/new";
    sample.context.form_token = SAMPLE_TOKEN;
    if (lines > 0)
        sample_line(&sample, MENU_GENERATION, "daily", 3);
    if (lines > 1)
        sample_line(&sample, MENU_GENERATION, "monthly", 30);
    if (lines == 0)
        sample_line(&sample, EXPORT, NULL, 0);
    sample_finish(&sample);
    static const FormShown empty[SHOWN] = {{.name = "feature"}, {.name = "kind"}, {.name = "limit"}, {.name = "amount"}, {.name = "reason"}};
    memcpy(shown, empty, sizeof shown);
    if (wrong) {
        shown[SHOWN_KIND] = (FormShown){.name = "kind", .typed = (char *)"upgrade", .mistake = FORM_CHOICE};
        shown[SHOWN_LIMIT] = (FormShown){.name = "limit", .typed = (char *)"monthly", .mistake = FORM_CHOICE};
        shown[SHOWN_AMOUNT] = (FormShown){.name = "amount", .typed = (char *)"very <many>", .mistake = FORM_NUMBER, .min = 1, .max = UNITS_MAX};
        shown[SHOWN_REASON] = (FormShown){.name = "reason", .typed = (char *)HOSTILE_NAME, .mistake = FORM_LONG, .max = 500};
    }
    RequestForm form = {.feature = &sample.policy->features[lines ? MENU_GENERATION : EXPORT], .report = &sample.report,
                        .waiting = waiting ? sample_kept(waiting) : NULL, .shown = shown, .shown_count = SHOWN};
    Value *page = view_request_form(&form, &sample.context);
    sample_clear(&sample);
    return page;
}

/* --- when to be told --- */

static inline Value *sample_thresholds(int plan, int feature, const char *limit, bool wrong)
{
    enum { OF_FEATURE, NOTICE, WARNING, FIELDS };
    static FormShown shown[FIELDS];
    Sample sample;
    sample_init(&sample, plan);
    sample.context.path = "/alerts/change";
    sample.context.form_token = SAMPLE_TOKEN;
    sample_line(&sample, feature, limit, 3);
    sample_finish(&sample);
    static const FormShown empty[FIELDS] = {{.name = "feature"}, {.name = "notice"}, {.name = "warning"}};
    memcpy(shown, empty, sizeof shown);
    if (wrong) {
        shown[NOTICE] = (FormShown){.name = "notice", .typed = (char *)"<half>", .mistake = FORM_NUMBER, .min = 1, .max = 99};
        shown[WARNING] = (FormShown){.name = "warning", .typed = (char *)"40", .mistake = FORM_ORDER};
    }
    ThresholdForm form = {.feature = &sample.policy->features[feature], .report = &sample.report, .shown = shown, .shown_count = FIELDS};
    Value *page = view_threshold_form(&form, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *thresholds_open(void) { return sample_thresholds(FREE, MESSAGE, "monthly", false); }
static Value *thresholds_wrong(void) { return sample_thresholds(FREE, MESSAGE, "monthly", true); }
static Value *thresholds_nothing(void) { return sample_thresholds(FREE, EXPORT, NULL, false); }
static Value *thresholds_visitor(void) { return sample_thresholds(ANONYMOUS, MESSAGE, "monthly", false); }

static Value *request_new(void) { return sample_request_form(FREE, 2, false, NULL); }
static Value *request_wrong(void) { return sample_request_form(FREE, 2, true, NULL); }
static Value *request_one_limit(void) { return sample_request_form(FREE, 1, false, NULL); }
static Value *request_upgrade(void) { return sample_request_form(FREE, 0, false, NULL); }
static Value *request_nothing(void) { return sample_request_form(PRO, 0, false, NULL); }
static Value *request_visitor(void) { return sample_request_form(ANONYMOUS, 1, false, NULL); }
static Value *request_waiting(void)
{
    return sample_request_form(FREE, 2, false, sample_request("increase", "pending", SAMPLE_WHY, NULL));
}

#endif
