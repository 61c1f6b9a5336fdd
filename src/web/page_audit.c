/* GET /admin/audit, /admin/audit.csv and /api/v1/admin/audit: what was changed, by whom, where from and why. */
#include "store/audit.h"
#include "say/say.h"
#include "view/view_admin.h"
#include "web/form.h"
#include "web/handlers.h"

#define ENTRIES_PAGE 50
#define ENTRIES_CSV 2000       /* are read at a time, */
#define ENTRIES_CSV_MOST 50000 /* and no more than so many are given as one file */

enum { SUBJECT, ORGANIZATION, ACTOR, ACTION, FROM, TO, BEFORE, FIELDS };
static const InputField fields[FIELDS] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255}, [ORGANIZATION] = {"organization", INPUT_TEXT, false, 1, 255},
    [ACTOR] = {"actor", INPUT_TEXT, false, 1, 300},     [ACTION] = {"action", INPUT_TEXT, false, 1, 64},
    [FROM] = {"from", INPUT_TIME, false, 0, 0},         [TO] = {"to", INPUT_UNTIL, false, 0, 0},
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
    bool good = call_filled(call, &call->request->query, fields, FIELDS, values, audit->shown);
    for (int i = 0; !good && !page && i < FIELDS; i++)
        if (audit->shown[i].mistake != FORM_GOOD) {
            call_problem(call, 400, fields[i].name, SAY_AUDIT_FIELD("%s"), fields[i].name);
            return false;
        }
    if (!good) {
        show(call, 400, audit);
        return false;
    }
    *asked = (AuditAsked){
        .subject = values[SUBJECT].text, .organization = values[ORGANIZATION].text, .actor = values[ACTOR].text,
        .action = values[ACTION].text, .from = values[FROM].given ? values[FROM].time : INSTANT_MIN,
        .to = values[TO].given ? values[TO].time : INSTANT_MAX, .before = values[BEFORE].whole,
    };
    return true;
}

void page_audit(Call *call)
{
    g_auto(Audit) audit = {0};
    g_auto(StoreError) error = {0};
    AuditAsked asked;
    bool json = call_wants_json(call);
    if (!asked_read(call, !json, &audit, &asked))
        return;
    StoreResult result = audit_list(call->site->store, &asked, ENTRIES_PAGE, &audit.list, &audit.more, &error);
    if (result == STORE_OK)
        result = audit_head(call->site->store, &audit.head, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (json)
        call_json(call, 200, json_pack("{s:O, s:b, s:{s:I, s:s}}", "audit", audit.list, "more", audit.more, "head", "entry",
                                       (json_int_t) audit.head.number, "hash", audit.head.hash));
    else
        show(call, 200, &audit);
}

/* --- as CSV: all of it, or none --- */

/* The next of them, the newest first, go to `csv`, and `asked` is about those behind them. */
static StoreResult csv_next(Store *store, AuditAsked *asked, GString *csv, int *count, bool *more, StoreError *error)
{
    json_auto_t *list = NULL;
    StoreResult result = audit_list(store, asked, ENTRIES_CSV, &list, more, error);
    if (result != STORE_OK)
        return result;
    size_t size = json_array_size(list);
    view_audit_csv(csv, list);
    asked->before = json_integer_value(json_object_get(json_array_get(list, size ? size - 1 : 0), "entry"));
    *count += (int) size;
    return STORE_OK;
}

static void answer_csv(Call *call, GString *csv)
{
    response_status(call->response, 200);
    response_guard(call->response);
    response_header(call->response, "Content-Disposition", "attachment; filename=\"audit.csv\"");
    response_body(call->response, "text/csv; charset=utf-8", csv);
}

void page_audit_csv(Call *call)
{
    g_auto(Audit) audit = {0};
    g_auto(StoreError) error = {0};
    AuditAsked asked;
    StoreResult result = STORE_OK;
    bool more = true;
    int count = 0;
    if (!asked_read(call, false, &audit, &asked))
        return;
    g_autoptr(GString) csv = g_string_new(NULL);
    while (more && result == STORE_OK && count < ENTRIES_CSV_MOST)
        result = csv_next(call->site->store, &asked, csv, &count, &more, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (more)
        call_problem(call, 400, "from", SAY_ENTRIES_TOO_MANY, ENTRIES_CSV_MOST);
    else
        answer_csv(call, g_steal_pointer(&csv));
}
