/* `webquota report [NAME]`: what administrators are told about everybody together, as tables, CSV or JSON. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/table.h"
#include "domain/recommend.h"
#include "store/reports.h"
#include "view/report.h"
#include "view/words_add.h"

#define NEAR_PCT 80

static void print_table(const json_t *reports, const ReportShape *shape, const Policy *policy)
{
    const char *titles[G_N_ELEMENTS(shape->columns) + 1] = {0};
    size_t i;
    json_t *row;
    for (i = 0; shape->columns[i].name; i++)
        titles[i] = shape->columns[i].title;
    g_autoptr(Table) table = table_new(titles);
    json_array_foreach(json_object_get(reports, shape->name), i, row)
        for (const ReportColumn *column = shape->columns; column->name; column++) {
            g_autofree char *text = WORDS(report_add_cell, row, column, policy);
            table_cell(table, text);
        }
    printf("%s\n", shape->title);
    table_print(table, shape->none ? shape->none : "");
    puts("");
}

static void print_about(const json_t *reports)
{
    json_t *about = json_object_get(reports, "about");
    static const char *const facts[] = {"from", "to", "timezone", "counted_to", "lag_s", "near_people"};
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
        g_autofree char *text = json_shown(json_object_get(about, facts[i]));
        print_fact(facts[i], text);
    }
    puts("");
}

typedef struct {
    const ReportShape *shape; /* NULL: all */
    bool csv, json;
} Wanted;

static void print_reports(json_t *reports, const Wanted *wanted, const Policy *policy)
{
    if (wanted->csv) {
        g_autoptr(GString) csv = report_csv(reports, wanted->shape);
        fputs(csv->str, stdout);
    } else if (wanted->json) {
        cli_print_json(wanted->shape ? report_json(reports, wanted->shape) : json_incref(reports));
    } else {
        print_about(reports);
        for (int i = 0; !wanted->shape && i < report_count; i++)
            print_table(reports, &report_shapes[i], policy);
        if (wanted->shape)
            print_table(reports, wanted->shape, policy);
    }
}

/* All, or one of them; recommendations are read for themselves. */
static StoreResult read_wanted(Store *store, ReportAsk ask, const Wanted *wanted, const Policy *policy, json_t **reports, StoreError *error)
{
    bool recommends = wanted->shape == &report_recommendations;
    g_autoptr(GPtrArray) paid = recommends ? report_paid_plans(policy) : NULL;
    ask.paid_plans = paid;
    ask.only = wanted->shape && !recommends ? wanted->shape->name : NULL;
    ask.days = recommends ? RECOMMEND_DAYS : ask.days;
    StoreResult result = reports_read(store, &ask, reports, error);
    if (result == STORE_OK && recommends)
        report_recommend(*reports, policy);
    else if (result == STORE_OK)
        report_finish(*reports, policy);
    return result;
}

static int report(Store *store, const ReportAsk *ask, const Wanted *wanted)
{
    g_auto(StoreError) error = {0};
    g_autoptr(Policy) policy = NULL;
    json_auto_t *reports = NULL;
    StoreResult result = store_policy(store, &policy, &error);
    if (result == STORE_OK)
        result = read_wanted(store, *ask, wanted, policy, &reports, &error);
    if (result != STORE_OK)
        return cli_fail("report", result, &error);
    print_reports(reports, wanted, policy);
    return CMD_OK;
}

static int run(int argc, char **argv, const ReportAsk *ask, Wanted *wanted)
{
    if (argc > 2)
        return cli_usage("report", "it takes one NAME");
    wanted->shape = argc != 2 ? NULL : strcmp(argv[1], report_recommendations.name) == 0 ? &report_recommendations : report_find(argv[1]);
    if (argc == 2 && !wanted->shape)
        return cli_usage("report", "there is no report \"%s\"", argv[1]);
    if (wanted->csv && !wanted->shape)
        return cli_usage("report", "--csv is of one report: say its NAME");
    if (ask->days != 1 && ask->days != 7 && ask->days != 30 && ask->days != 90)
        return cli_usage("report", "--days must be 1, 7, 30 or 90");
    if (ask->near_pct < REPORT_NEAR_LEAST || ask->near_pct > 100)
        return cli_usage("report", "--near must be from %d to 100", REPORT_NEAR_LEAST);
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = report(store, ask, wanted);
    store_close(store);
    return code;
}

int cmd_report(int argc, char **argv)
{
    ReportAsk ask = {.days = 30, .near_pct = NEAR_PCT};
    gboolean csv = FALSE, json = FALSE;
    const GOptionEntry entries[] = {
        {"days", 0, 0, G_OPTION_ARG_INT, &ask.days, "So many days up to today: 1, 7, 30 (the default) or 90", "N"},
        {"near", 0, 0, G_OPTION_ARG_INT, &ask.near_pct, "Who has used so much of a limit is near it: 80, or 50 to 100", "PERCENT"},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &csv, "Print the report NAME as CSV", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON, as GET /api/v1/admin/reports does", NULL},
        {NULL},
    };
    int parsed = cli_options("report", "[NAME]",
                             "Shows how everybody does together. NAME is one of summary, days, near, plans, use, spread, people,\n"
                             "organizations, queues and requests; without it all are shown. Or it is recommendations: limits that\n"
                             "might better be higher or lower, and people who might do better on another plan, by the last 30 days.",
                             entries, &argc, &argv);
    Wanted wanted = {.csv = csv, .json = json};
    return parsed == CMD_OK ? run(argc, argv, &ask, &wanted) : MAX(parsed, 0);
}
