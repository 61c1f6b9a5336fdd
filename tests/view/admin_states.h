/* The pages of administrators in their states. */
#ifndef WEBQUOTA_ADMIN_STATES_H
#define WEBQUOTA_ADMIN_STATES_H

#include "view/form_states.h"
#include "view/report.h"
#include "view/view_admin.h"

static inline void sample_admin_init(Sample *sample, const char *path)
{
    sample_init(sample, FREE);
    sample->context.path = path;
    sample->context.is_admin = true;
    sample->context.role = ROLE_ADMIN;
    sample->context.form_token = SAMPLE_TOKEN;
    sample->subject.key = HOSTILE_NAME;
    sample_line(sample, MENU_GENERATION, "daily", 15);
    sample_line(sample, MESSAGE, "monthly", 40);
    sample_line(sample, EXPORT, NULL, 0);
    sample_finish(sample);
}

/* Reports as the store reads them. */
static inline json_t *sample_reports_read(int days, bool some)
{
    json_t *reports = json_pack("{s:{s:i, s:s, s:s, s:s, s:s, s:s?, s:b, s:i?, s:i, s:b, s:i, s:s}}", "about", "days", days, "from",
                                days == 1 ? "2026-11-22" : "2026-10-24", "to", "2026-11-22", "timezone", SAMPLE_ZONE, "as_of", SAMPLE_NOW,
                                "counted_to", some ? SAMPLE_NOW : NULL, "replica", some, "lag_s", 3, "near_people", some ? 100001 : 0,
                                "near_more", some, "near_pct", 80, "top", days == 1 ? "2026-11-22" : "2026-11");
    static const char *const names[] = {"days", "near", "plans", "use", "spread", "people", "organizations", "queues", "requests"};
    for (size_t i = 0; !some && i < G_N_ELEMENTS(names); i++)
        json_object_set_new(reports, names[i], json_array());
    return reports;
}

static inline json_t *sample_days(int days)
{
    json_t *list = json_array();
    for (int i = days == 1 ? 29 : 0; i < 30; i++) {
        g_autofree char *day = g_strdup_printf("2026-%s-%02d", i < 8 ? "10" : "11", i < 8 ? 24 + i : i - 7);
        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:i}", "day", day, "allowed", 4000 + i * 37 % 11 * 300, "refused", i * 13 % 90,
                                              "stopped", i * 13 % 80));
    }
    return list;
}

static inline json_t *sample_reports(int days)
{
    json_t *reports = sample_reports_read(days, true);
    json_object_set_new(reports, "days", sample_days(days));
    json_object_update_new(reports, json_pack(
        "{s:[{s:s, s:n, s:s, s:s, s:i, s:i, s:i, s:s}, {s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:n}],"
        " s:[{s:s, s:i, s:i, s:i, s:i}, {s:s, s:i, s:i, s:i, s:i}],"
        " s:[{s:s, s:s, s:i, s:i, s:i, s:i}, {s:s, s:s, s:i, s:i, s:i, s:i}], s:[{s:s, s:s, s:i, s:i, s:i, s:i}]}",
        "near", "subject", HOSTILE_NAME, "organization", "feature", "message", "limit", "monthly", "used", 100, "amount", 100, "percent", 100,
        "until", "2026-12-01T05:00:00Z", "subject", "bob", "organization", LONG_NAME, "feature", "gone", "limit", "today", "used", 9, "amount",
        10, "percent", 90, "until", "plans", "plan", "free", "active", 1200, "stopped", 40, "active_today", 300, "stopped_today", 21, "plan",
        "gone", "active", 0, "stopped", 0, "active_today", 0, "stopped_today", 0, "use", "feature", "message", "plan", "free", "allowed", 3000,
        "refused", 80, "stopped", 60, "units", 4500, "feature", "hostile", "plan", "pro", "allowed", 1, "refused", 0, "stopped", 0, "units", 1,
        "spread", "feature", "message", "limit", "monthly", "to_20", 900, "to_50", 200, "to_80", 60, "above_80", 40));
    json_object_update_new(reports, json_pack(
        "{s:[{s:s, s:n, s:s, s:i, s:i}], s:[{s:s, s:i, s:i}], s:[{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i}],"
        " s:[{s:s, s:i, s:i, s:i, s:i, s:i}, {s:s, s:i, s:i, s:i, s:i, s:i}]}",
        "people", "subject", HOSTILE_NAME, "organization", "plan", "free", "requests", 512, "refused", 12, "organizations", "organization",
        HOSTILE_NAME, "requests", 9000, "refused", 1, "queues", "feature", "message", "limit", "shared", "state", "paused", "waiting", 12,
        "longest_wait_s", 95, "let_in", 300, "median_wait_s", 42, "promised", 300, "kept", 297, "requests", "kind", "upgrade", "asked", 9,
        "after_refusal", 7, "granted", 4, "denied", 1, "pending", 2, "kind", "increase", "asked", 0, "after_refusal", 0, "granted", 0,
        "denied", 0, "pending", 0));
    return reports;
}

static inline Value *sample_overview(json_t *reports, int days, bool priced)
{
    Sample sample;
    sample_admin_init(&sample, "/admin");
    if (priced) {
        sample.policy->features[MESSAGE].unit_cost_micros = 4000;
        sample.policy->currency = g_strdup("EUR");
    }
    report_finish(reports, sample.policy);
    Value *page = view_overview(&(OverviewShown){.reports = sample_kept(reports), .days = days, .near_pct = 80}, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *overview_month(void) { return sample_overview(sample_reports(30), 30, true); }
static Value *overview_today(void) { return sample_overview(sample_reports(1), 1, false); }
static Value *overview_empty(void) { return sample_overview(sample_reports_read(30, false), 30, false); }

static inline Value *sample_people(json_t *list, bool more, const char *q)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/people");
    Value *page = view_people(&(PeopleShown){.list = sample_kept(list), .more = more, .q = q}, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *people_some(void)
{
    return sample_people(json_pack("[{s:s, s:{s:s, s:s}, s:s, s:s, s:b}, {s:s, s:n, s:n, s:n, s:b}]", "subject", HOSTILE_NAME, "plan", "key",
                                   "free", "title", "Free", "organization", LONG_NAME, "email", "ada@example.org", "suspended", 1, "subject",
                                   "bob", "plan", "organization", "email", "suspended", 0), true, HOSTILE_NAME);
}

static Value *people_filtered(void)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/people");
    PeopleShown shown = {.list = sample_kept(json_array()), .q = "", .filter = "plan", .plan = "pro"};
    Value *page = view_people(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *people_none(void) { return sample_people(json_array(), false, "zoe"); }

static inline json_t *sample_made(const char *id, const char *reason)
{
    return json_pack("[{s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:n}]", "id", id, "subject", HOSTILE_NAME, "feature", "message", "amount", 250,
                     "remaining", 20, "reason", reason, "author", "user:root", "created_at", "2026-11-21T09:00:00Z", "expires_at");
}

static inline Value *sample_person(bool may_change, bool suspended, const char *done)
{
    Sample sample;
    g_autoptr(Activity) activity = activity_new(1, 0);
    sample_admin_init(&sample, "/admin/person");
    sample.subject.suspended = suspended;
    sample.lines[1].amount = 250;
    sample.lines[1].source = SOURCE_OVERRIDE;
    activity->lines[0] = (ActivityLine){.id = g_strdup("d-1"), .at = sample.context.now, .outcome = OUTCOME_DENIED,
                                        .feature = g_strdup("message"), .units = 2};
    PersonShown shown = {
        .person = sample_kept(json_pack("{s:s}", "email", "ada@example.org")), .report = &sample.report,
        .overrides = sample_kept(sample_made("4", HOSTILE_NAME)), .shared_overrides = sample_kept(sample_made("5", "A fair")),
        .grants = sample_kept(sample_made("6", "Sorry")), .activity = activity, .may_change = may_change, .done = done,
        .requests = sample_kept(json_pack("[o]", sample_request("increase", "pending", SAMPLE_WHY, NULL))),
    };
    Value *page = view_person(&shown, &sample.context);
    static GPtrArray *kept;
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, g_steal_pointer(&activity)); /* pages point to it */
    sample_clear(&sample);
    return page;
}

static Value *person_changed(void) { return sample_person(true, false, "override"); }
static Value *person_looked_at(void) { return sample_person(false, true, NULL); }

enum { C_FEATURE, C_LIMIT, C_ID, C_KIND, C_AMOUNT, C_MULTIPLIER, C_EXPIRES, C_PLAN, C_THEN, C_ORGANIZATION, C_REASON, C_SEEN, C_FIELDS };

static inline Value *sample_change(ChangeKind kind, bool wrong, bool preview)
{
    static FormShown shown[C_FIELDS];
    static const FormShown empty[C_FIELDS] = {{.name = "feature"}, {.name = "limit"}, {.name = "id"}, {.name = "kind"}, {.name = "amount"},
                                              {.name = "multiplier"}, {.name = "expires"}, {.name = "plan"}, {.name = "then"}, {.name = "organization"},
                                              {.name = "reason"}, {.name = "seen"}};
    memcpy(shown, empty, sizeof shown);
    Sample sample;
    sample_admin_init(&sample, "/admin/change");
    UsageLine lines[SAMPLE_LINES];
    memcpy(lines, sample.lines, sizeof lines);
    UsageReport after = sample.report;
    after.lines = lines;
    if (wrong) {
        shown[C_AMOUNT] = (FormShown){.name = "amount", .typed = (char *)"<many>", .mistake = FORM_NUMBER, .min = 0, .max = UNITS_MAX};
        shown[C_EXPIRES] = (FormShown){.name = "expires", .typed = (char *)"2001-01-01", .mistake = FORM_PAST};
    }
    if (preview) {
        lines[0].amount = 40;
        usage_line_finish(&lines[0]);
        shown[C_AMOUNT].typed = (char *)"40";
        shown[C_REASON].typed = (char *)HOSTILE_NAME;
    }
    bool about = kind == CHANGE_OVERRIDE || kind == CHANGE_BONUS;
    ChangeShown change = {.kind = kind, .before = &sample.report, .after = preview ? &after : NULL,
                          .feature = about ? &sample.policy->features[MENU_GENERATION] : NULL, .shown = shown, .shown_count = C_FIELDS};
    Value *page = view_change(&change, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *change_override(void) { return sample_change(CHANGE_OVERRIDE, false, false); }
static Value *change_wrong(void) { return sample_change(CHANGE_OVERRIDE, true, false); }
static Value *change_preview(void) { return sample_change(CHANGE_OVERRIDE, false, true); }
static Value *change_plan(void) { return sample_change(CHANGE_PLAN, false, false); }
static Value *change_suspend(void) { return sample_change(CHANGE_SUSPEND, false, false); }

#endif
