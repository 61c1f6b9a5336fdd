/* GET /admin/audit, /admin/audit.csv and /api/v1/admin/audit: what was changed, by whom, where from and why. */
#include "store/audit.h"
#include "view/view_admin.h"
#include "web/form.h"
#include "web/handlers.h"

#define ENTRIES_PAGE 50
#define ENTRIES_CSV 5000
#define DATE_CHARS 10

enum { SUBJECT, ORGANIZATION, ACTOR, ACTION, FROM, TO, BEFORE, FIELDS };
static const InputField fields[FIELDS] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255}, [ORGANIZATION] = {"organization", INPUT_TEXT, false, 1, 255},
    [ACTOR] = {"actor", INPUT_TEXT, false, 1, 300},     [ACTION] = {"action", INPUT_TEXT, false, 1, 64},
    [FROM] = {"from", INPUT_TIME, false, 0, 0},         [TO] = {"to", INPUT_TIME, false, 0, 0},
    [BEFORE] = {"before", INPUT_WHOLE, false, 1, UNITS_MAX},
};

typedef struct {
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    json_t *list;
    AuditHead head;
    bool more;
} Audit;

static void audit_clear(Audit *audit)
{
    json_decref(audit->list);
    form_shown_clear(audit->shown, FIELDS);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Audit, audit_clear)

static void show(Call *call, int status, const Audit *audit)
{
    if (!call_form_token(call)) /* it has a form, and its style */
        return;
    PageContext context = call_context(call, NULL);
    AuditShown shown = {.list = audit->list, .more = audit->more, .head = audit->head.number, .hash = audit->head.hash,
                        .shown = audit->shown, .shown_count = FIELDS};
    call_page(call, status, "audit", view_audit(&shown, &context));
}

/* What is asked for. False: answered already. An empty field is one that was not filled in. */
static bool asked_read(Call *call, bool page, Audit *audit, AuditAsked *asked)
{
    InputValue *values = audit->values;
    bool good = form_read(&call->request->query, fields, FIELDS, values, audit->shown);
    for (int i = 0; !good && !page && i < FIELDS; i++)
        if (audit->shown[i].mistake != FORM_GOOD) {
            call_problem(call, 400, fields[i].name, "%s is not what it must be", fields[i].name);
            return false;
        }
    if (!good) {
        show(call, 400, audit);
        return false;
    }
    bool whole_day = values[TO].given && strlen(audit->shown[TO].typed) == DATE_CHARS;
    *asked = (AuditAsked){
        .subject = values[SUBJECT].text, .organization = values[ORGANIZATION].text, .actor = values[ACTOR].text,
        .action = values[ACTION].text, .from = values[FROM].given ? values[FROM].time : INSTANT_MIN,
        .to = values[TO].given ? values[TO].time + (whole_day ? 86400 * US_PER_S : 0) : INSTANT_MAX, .before = values[BEFORE].whole,
    };
    return true;
}

static bool audit_read(Call *call, bool page, int most, Audit *audit)
{
    g_auto(StoreError) error = {0};
    AuditAsked asked;
    if (!asked_read(call, page, audit, &asked))
        return false;
    StoreResult result = audit_list(call->site->store, &asked, most, &audit->list, &audit->more, &error);
    if (result == STORE_OK)
        result = audit_head(call->site->store, &audit->head, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

void page_audit(Call *call)
{
    g_auto(Audit) audit = {0};
    bool json = call_wants_json(call);
    if (!audit_read(call, !json, ENTRIES_PAGE, &audit))
        return;
    if (json)
        call_json(call, 200, json_pack("{s:O, s:b, s:{s:I, s:s}}", "audit", audit.list, "more", audit.more, "head", "entry",
                                       (json_int_t) audit.head.number, "hash", audit.head.hash));
    else
        show(call, 200, &audit);
}

void page_audit_csv(Call *call)
{
    g_auto(Audit) audit = {0};
    if (!audit_read(call, false, ENTRIES_CSV, &audit))
        return;
    response_status(call->response, 200);
    response_guard(call->response);
    response_header(call->response, "Content-Disposition", "attachment; filename=\"audit.csv\"");
    response_body(call->response, "text/csv; charset=utf-8", view_audit_csv(audit.list));
}
