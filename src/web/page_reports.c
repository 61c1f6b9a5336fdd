/* GET /admin, its reports as CSV, recommendations, and the same for programs. */
#include "domain/recommend.h"
#include "say/say.h"
#include "store/reports.h"
#include "view/report.h"
#include "view/view_admin.h"
#include "web/handlers.h"

#define DAYS 30
#define NEAR_PCT 80

enum { DAYS_BACK, NEAR, FIELDS };
static const InputField fields[] = {
    [DAYS_BACK] = {"days", INPUT_WHOLE, false, 1, 9999},
    [NEAR] = {"near", INPUT_WHOLE, false, REPORT_NEAR_LEAST, 100},
};

/* What was asked for, read and finished; `only`: for that report alone (NULL: all). NULL: answered already. */
static json_t *read_reports(Call *call, ReportAsk *ask, const ReportShape *only)
{
    InputValue values[FIELDS];
    g_auto(StoreError) error = {0};
    json_t *reports = NULL;
    if (!call_query(call, fields, FIELDS, values))
        return NULL;
    *ask = (ReportAsk){.days = values[DAYS_BACK].given ? (int) values[DAYS_BACK].whole : DAYS,
                       .near_pct = values[NEAR].given ? (int) values[NEAR].whole : NEAR_PCT,
                       .only = only ? only->name : NULL};
    if (ask->days != 1 && ask->days != 7 && ask->days != 30 && ask->days != 90) {
        call_problem(call, 400, "days", SAY_DAYS_OF_REPORT);
        return NULL;
    }
    StoreResult result = reports_read(call->site->store, ask, &reports, &error);
    if (result == STORE_OK)
        report_finish(reports, call->policy);
    else
        call_store_problem(call, result, &error);
    return reports;
}

/* The report that the address names, in front of `end`. NULL: there is none, and 404 was answered. */
static const ReportShape *report_named(Call *call, const char *end)
{
    bool fits = g_str_has_suffix(call->segment, end);
    g_autofree char *name = g_strndup(call->segment, strlen(call->segment) - (fits ? strlen(end) : 0));
    const ReportShape *shape = fits ? report_find(name) : NULL;
    if (!shape)
        call_problem(call, 404, NULL, SAY_NO_SUCH("report"));
    return shape;
}

void page_overview(Call *call)
{
    ReportAsk ask;
    json_t *reports = read_reports(call, &ask, NULL);
    if (!reports)
        return;
    if (call_wants_json(call)) {
        call_json(call, 200, json_incref(reports));
    } else {
        OverviewShown shown = {.reports = reports, .days = ask.days, .near_pct = ask.near_pct};
        PageContext context = call_context(call, NULL);
        call_page(call, 200, "overview", view_overview(&shown, &context));
    }
    json_decref(reports);
}

/* What recommendations are made from, and they. NULL: answered already. */
static json_t *read_recommendations(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(GPtrArray) paid = report_paid_plans(call->policy);
    const ReportAsk ask = {.days = RECOMMEND_DAYS, .near_pct = NEAR_PCT, .paid_plans = paid};
    json_t *reports = NULL;
    StoreResult result = reports_read(call->site->store, &ask, &reports, &error);
    if (result == STORE_OK)
        report_recommend(reports, call->policy);
    else
        call_store_problem(call, result, &error);
    return reports;
}

void page_recommendations(Call *call)
{
    json_t *reports = read_recommendations(call);
    if (!reports)
        return;
    if (call_wants_json(call)) {
        call_json(call, 200, report_json(reports, &report_recommendations));
    } else {
        RecommendationsShown shown = {.reports = reports, .looked_at = REPORT_LOOKED_AT};
        PageContext context = call_context(call, NULL);
        call_page(call, 200, "recommendations", view_recommendations(&shown, &context));
    }
    json_decref(reports);
}

void page_report_csv(Call *call)
{
    ReportAsk ask;
    bool recommends = strcmp(call->segment, "recommendations.csv") == 0;
    const ReportShape *shape = recommends ? &report_recommendations : report_named(call, ".csv");
    json_t *reports = recommends ? read_recommendations(call) : shape ? read_reports(call, &ask, shape) : NULL;
    if (!reports)
        return;
    g_autofree char *disposition = g_strdup_printf("attachment; filename=\"report-%s.csv\"", shape->name);
    response_status(call->response, 200);
    response_guard(call->response);
    response_header(call->response, "Content-Disposition", disposition);
    response_body(call->response, "text/csv; charset=utf-8", report_csv(reports, shape));
    json_decref(reports);
}

void api_reports(Call *call)
{
    ReportAsk ask;
    json_t *reports = read_reports(call, &ask, NULL);
    if (reports)
        call_json(call, 200, reports);
}

void api_report(Call *call)
{
    ReportAsk ask;
    const ReportShape *shape = report_named(call, "");
    json_t *reports = shape ? read_reports(call, &ask, shape) : NULL;
    if (!reports)
        return;
    call_json(call, 200, report_json(reports, shape));
    json_decref(reports);
}
