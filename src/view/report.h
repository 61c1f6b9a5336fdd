/* Reports for administrators: what the store reads of everybody (store/reports.h), with what the policy adds to it (costs, shares, titles),
 * as the API gives it, and each report as rows of cells for pages, CSV and the command. Pure. */
#ifndef WEBQUOTA_REPORT_H
#define WEBQUOTA_REPORT_H

#include <jansson.h>
#include "domain/model.h"

/* Less than so much of all who were active should have been stopped by a limit: is it? Exactly so much is not. */
#define REPORT_TARGET_PCT 5
bool report_on_target(int64_t stopped, int64_t active);

/* Was something recorded REPORT_OLD_S or longer ago that is not in the sums yet, by the member "about"? Those who look are told. */
#define REPORT_OLD_S 300
bool report_stale(const json_t *about);

typedef enum {
    CELL_TEXT,
    CELL_WORD,    /* a word of the API, which people read as another */
    CELL_PERSON,  /* a subject */
    CELL_FEATURE, /* a key, shown as its title; */
    CELL_PLAN,    /* the same of a plan */
    CELL_DAY,     /* "2026-11-22" */
    CELL_NUMBER,
    CELL_PERCENT, /* to one decimal */
    CELL_MONEY,   /* in the policy's currency */
    CELL_SPAN,    /* seconds */
    CELL_TIME
} CellKind;

typedef struct {
    const char *name;  /* the member of a row; NULL ends the columns */
    const char *title; /* as people read it */
    CellKind kind;
} ReportColumn;

/* One report: the member of that name is a list of rows. The words are in words_report.c. */
typedef struct {
    const char *name, *title;
    const char *none; /* said where there is no row */
    ReportColumn columns[14];
} ReportShape;

extern const ReportShape report_shapes[];
extern const int report_count;

/* What limits and people's plans might better be (report_recommend.c): apart from the others, as it is made from other lists. */
extern const ReportShape report_recommendations;

/* NULL: there is none of that name. */
const ReportShape *report_find(const char *name);

/* Percent to one decimal, as JSON; null of nothing. New. */
json_t *report_share(int64_t part, int64_t whole);

/* Adds what the store does not know: costs, shares, and the report "summary". */
void report_finish(json_t *reports, const Policy *policy);

/* For ReportAsk.paid_plans: the keys of plans that have a price and others below them. New; of borrowed texts. */
GPtrArray *report_paid_plans(const Policy *policy);

/* Adds the list "recommendations" to what was read for them, by the rules of domain/recommend.h, the most pressing of each kind first: {kind
 * "raise", "lower", "upgrade" or "downgrade", plan, feature, limit, subject, amount, active, reached, reached_pct, refused, units,
 * to_amount, to_plan}; what a kind does not have is null. At most REPORT_PEOPLE people of a kind. */
#define REPORT_PEOPLE 25
void report_recommend(json_t *reports, const Policy *policy);

/* GET /api/v1/admin/reports/{report}: {about, report, rows}. New. */
json_t *report_json(const json_t *reports, const ReportShape *shape);

/* The same as CSV, with the members' names above. New. */
GString *report_csv(const json_t *reports, const ReportShape *shape);

/* For set_words, and the command. A cell as people read it: "1,234", "3.2 %", "EUR 12.50", "–" for null. */
void report_add_cell(GString *out, const json_t *row, const ReportColumn *column, const Policy *policy);

#endif
