/* The pages of administrators in their states. */
#ifndef WEBQUOTA_ADMIN_STATES_H
#define WEBQUOTA_ADMIN_STATES_H

#include "view/form_states.h"
#include "view/report.h"
#include "view/view_admin.h"
#include "view/view_admin_policy.h"
#include "view/view_granted.h"

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
    json_t *reports = json_pack("{s:{s:i, s:s, s:s, s:s, s:s, s:s?, s:b, s:i, s:i, s:b, s:i}}", "about", "days", days, "from",
                                days == 1 ? "2026-11-22" : "2026-10-24", "to", "2026-11-22", "timezone", SAMPLE_ZONE, "as_of", SAMPLE_NOW,
                                "counted_to", some ? SAMPLE_NOW : NULL, "replica", some, "lag_s", 3, "near_people", some ? 100001 : 0,
                                "near_more", some, "near_pct", 80);
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
        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:i, s:i, s:i}", "day", day, "allowed", 4000 + i * 37 % 11 * 300,
                                              "refused", i * 13 % 90, "stopped", i * 13 % 80, "active",
                                              i == 28 ? 0 : 1200 + i * 31 % 7 * 50, "hit", i == 28 ? 0 : i * 17 % 80));
    }
    return list;
}

/* What the days cost: of a feature that has a price, and of one that is no more. */
static inline json_t *sample_units(const json_t *days)
{
    json_t *list = json_array(), *day;
    size_t i;
    json_array_foreach((json_t *)days, i, day)
        for (int gone = 0; gone < 2; gone++)
            json_array_append_new(list, json_pack("{s:O, s:s, s:i}", "day", json_object_get(day, "day"), "feature", gone ? "gone" : "message",
                                                  "units", (int)(100 + i * 53 % 17 * 9)));
    return list;
}

static inline json_t *sample_reports(int days)
{
    json_t *reports = sample_reports_read(days, true);
    json_object_set_new(reports, "days", sample_days(days));
    json_object_set_new(reports, "units", sample_units(json_object_get(reports, "days")));
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
static Value *overview_stale(void)
{
    json_t *reports = sample_reports(30), *about = json_object_get(reports, "about");
    json_object_set_new(about, "counted_to", json_string("2026-11-22T18:50:00Z"));
    json_object_set_new(about, "uncounted_since", json_string("2026-11-22T18:50:20Z"));
    return sample_overview(reports, 30, true);
}
static Value *overview_empty(void) { return sample_overview(sample_reports_read(30, false), 30, false); }

/* As the store reads them; limits have no slots here, so that each has what is said of 0. */
static inline Value *sample_recommendations(bool some)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/recommendations");
    json_t *reports = json_pack("{s:{s:s, s:s?}}", "about", "timezone", SAMPLE_ZONE, "counted_to", some ? SAMPLE_NOW : NULL);
    g_free(sample.policy->plans[PRO].price);
    sample.policy->plans[PRO].price = g_strdup("$9 a month");
    if (some)
        json_object_update_new(reports, json_pack(
            "{s:[{s:s, s:i}, {s:s, s:i}], s:[{s:s, s:s, s:i}, {s:s, s:s, s:i}], s:[{s:i, s:s, s:i}],"
            " s:[{s:s, s:s, s:s, s:i, s:i}, {s:s, s:s, s:s, s:i, s:i}], s:[{s:s, s:s, s:n, s:i, s:i, s:i}]}",
            "plans", "plan", "free", "active", 1200, "plan", "pro", "active", 40, "use", "feature", "message", "plan", "free", "allowed", 3000,
            "feature", "message", "plan", "pro", "allowed", 10, "reached", "slot", 0, "plan", "free", "people", 140, "stopped", "subject",
            HOSTILE_NAME, "plan", "free", "feature", "message", "refused", 1300, "stopped_days", 9, "subject", "bob", "plan", "gone", "feature",
            "message", "refused", 3, "stopped_days", 3, "paying", "subject", LONG_NAME, "plan", "pro", "feature", "units", 0, "most", 0,
            "refused", 0));
    report_recommend(reports, sample.policy);
    const RecommendationsShown shown = {.reports = sample_kept(reports), .looked_at = 500};
    Value *page = view_recommendations(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *recommendations_some(void) { return sample_recommendations(true); }
static Value *recommendations_none(void) { return sample_recommendations(false); }

static inline Value *sample_people(json_t *list, bool more, const char *q)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/people");
    Value *page = view_people(&(PeopleShown){.list = sample_kept(list), .next = more ? "bob" : NULL, .sought = {.q = q}, .may_change = true}, &sample.context);
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
    PeopleShown shown = {.list = sample_kept(json_array()), .next = HOSTILE_NAME, .may_change = true,
                         .sought = {.q = HOSTILE_NAME, .filter = "near", .plan = "pro", .organization = HOSTILE_NAME, .key = HOSTILE_NAME}};
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

static inline json_t *sample_ticket(const char *id, const char *subject, int number, bool moved)
{
    return json_pack("{s:s, s:s, s:{s:s, s:s}, s:s, s:s?, s:i, s:s, s:o, s:s, s:s, s:o, s:b}", "ticket", id, "subject", subject, "queue",
                     "feature", "get_solution", "limit", "shared", "feature", "get_solution", "resource", moved ? HOSTILE_NAME : NULL, "units",
                     1, "state", number ? "waiting" : "admitted", "number", number ? json_integer(number) : json_null(), "joined_at",
                     "2026-11-22T11:00:00Z", "seen_at", "2026-11-22T11:59:00Z", "claim_until",
                     number ? json_null() : json_string("2026-11-22T12:02:00Z"), "moved", moved);
}

static inline json_t *sample_audited(void)
{
    return json_pack("[{s:i, s:s, s:s, s:s, s:s, s:s, s:n, s:{s:i}, s:{s:i, s:s}, s:s}]", "entry", 1234, "at", "2026-11-22T11:00:00Z", "actor",
                     HOSTILE_NAME, "origin", "2001:db8::7", "action", "override.add", "subject", HOSTILE_NAME, "organization", "old", "amount",
                     15, "new", "amount", 40, "feature", HOSTILE_NAME, "reason", HOSTILE_NAME);
}

static inline Value *sample_person(bool may_change, bool may_give, bool suspended, const char *done)
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
        .grants = sample_kept(sample_made("6", "Sorry")), .activity = activity, .may_change = may_change,
        .may_give = may_give, .actor = "somebody", .done = done,
        .requests = sample_kept(json_pack("[o]", sample_request("increase", "pending", SAMPLE_WHY, NULL))),
        .tickets = sample_kept(suspended ? json_array() : json_pack("[o, o]", sample_ticket("tkt_a", HOSTILE_NAME, 7, false),
                                                                    sample_ticket("tkt_b", HOSTILE_NAME, 0, false))),
        .audit = sample_kept(suspended ? json_array() : sample_audited()), .more_audit = !suspended,
    };
    Value *page = view_person(&shown, &sample.context);
    static GPtrArray *kept;
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, g_steal_pointer(&activity)); /* pages point to it */
    sample_clear(&sample);
    return page;
}

static Value *person_changed(void) { return sample_person(true, true, false, "override"); }
static Value *person_helped(void) { return sample_person(false, true, false, "override"); }
static Value *person_looked_at(void) { return sample_person(false, false, true, NULL); }

enum { C_FEATURE, C_LIMIT, C_ID, C_KIND, C_AMOUNT, C_MULTIPLIER, C_EXPIRES, C_PLAN, C_THEN, C_ORGANIZATION, C_REASON, C_SEEN, C_FIELDS };

static inline Value *sample_change_of(ChangeKind kind, bool wrong, bool preview, bool waits)
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
        shown[C_EXPIRES].typed = (char *)"2027-01-31";
        shown[C_EXPIRES].zone = "America/New_York";
        if (!instant_parse("2027-02-01T05:00:00Z", &shown[C_EXPIRES].when))
            abort();
    }
    bool about = kind == CHANGE_OVERRIDE || kind == CHANGE_BONUS;
    ChangeShown change = {.kind = kind, .before = &sample.report, .after = preview ? &after : NULL,
                          .feature = about ? &sample.policy->features[MENU_GENERATION] : NULL, .helps = waits, .waits = waits, .shown = shown, .shown_count = C_FIELDS};
    Value *page = view_change(&change, &sample.context);
    sample_clear(&sample);
    return page;
}

static inline Value *sample_change(ChangeKind kind, bool wrong, bool preview)
{
    return sample_change_of(kind, wrong, preview, false);
}

static Value *change_waits(void) { return sample_change_of(CHANGE_OVERRIDE, false, true, true); }
static Value *change_override(void) { return sample_change(CHANGE_OVERRIDE, false, false); }
static Value *change_wrong(void) { return sample_change(CHANGE_OVERRIDE, true, false); }
static Value *change_preview(void) { return sample_change(CHANGE_OVERRIDE, false, true); }
static Value *change_plan(void) { return sample_change(CHANGE_PLAN, false, false); }
static Value *change_suspend(void) { return sample_change(CHANGE_SUSPEND, false, false); }

enum { A_SUBJECT, A_ORGANIZATION, A_ACTOR, A_ACTION, A_FROM, A_TO, A_BEFORE, A_FIELDS };

static inline Value *sample_audit(json_t *list, bool asked, bool wrong)
{
    static const FormShown empty[A_FIELDS] = {{.name = "subject"}, {.name = "organization"}, {.name = "actor"}, {.name = "action"},
                                              {.name = "from"}, {.name = "to"}, {.name = "before"}};
    static FormShown shown[A_FIELDS];
    memcpy(shown, empty, sizeof shown);
    Sample sample;
    sample_admin_init(&sample, "/admin/audit");
    if (asked) {
        shown[A_SUBJECT].typed = (char *)HOSTILE_NAME;
        shown[A_ACTION].typed = (char *)"override.add";
    }
    if (wrong)
        shown[A_FROM] = (FormShown){.name = "from", .typed = (char *)"<soon", .mistake = FORM_TIME};
    AuditShown audit = {.list = list ? sample_kept(list) : NULL, .more = asked, .head = list ? 1234 : 0,
                        .hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", .shown = shown, .shown_count = A_FIELDS};
    Value *page = view_audit(&audit, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *audit_some(void)
{
    json_t *list = json_pack(
        "[{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:i, s:n}, s:{s:i, s:s, s:b}, s:s}, {s:i, s:s, s:s, s:n, s:s, s:n, s:n, s:{s:i}, s:{s:i}, s:n},"
        " {s:i, s:s, s:s, s:n, s:s, s:n, s:n, s:n, s:{s:s, s:i}, s:n}]",
        "entry", 1234, "at", "2026-11-22T11:00:00Z", "actor", HOSTILE_NAME, "origin", "2001:db8::7", "action", "override.add", "subject",
        HOSTILE_NAME, "organization", LONG_NAME, "old", "amount", 15, "expires_at", "new", "amount", 40, "feature", HOSTILE_NAME, "unlimited",
        0, "reason", HOSTILE_NAME, "entry", 1233, "at", "2026-11-21T09:00:00Z", "actor", "cli:root", "origin", "action", "policy.apply",
        "subject", "organization", "old", "version", 2, "new", "version", 3, "reason", "entry", 1232, "at", "2026-11-21T08:00:00Z",
        "actor", "cli:root", "origin", "action", "key.create", "subject", "organization", "old", "new", "name", HOSTILE_NAME, "scopes", 5, "reason");
    return sample_audit(list, true, false);
}

static Value *audit_none(void) { return sample_audit(json_array(), false, false); }
static Value *audit_wrong(void) { return sample_audit(NULL, false, true); }

static inline Value *sample_asked(json_t *list, const char *state, const char *done)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/requests");
    const Granted granted = {.subject = HOSTILE_NAME, .undo = {.possible = true, .kind = CHANGE_PLAN, .was = (char *)"free"}};
    Value *page = view_asked(&(AskedShown){.list = sample_kept(list), .more = done != NULL, .state = state, .done = done,
                                           .granted = done ? &granted : NULL, .may_answer = true}, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *asked_some(void)
{
    return sample_asked(json_pack("[o, o, o]", sample_request("increase", "pending", HOSTILE_NAME, NULL),
                                  sample_request("upgrade", "approved", SAMPLE_WHY, "Welcome"),
                                  sample_request("increase", "denied", SAMPLE_WHY, HOSTILE_NAME)), "all", "denied");
}

static Value *asked_none(void) { return sample_asked(json_array(), "pending", NULL); }

enum { R_VERDICT, R_PLAN, R_LIMIT, R_AMOUNT, R_EXPIRES, R_REASON, R_FIELDS };

static inline Value *sample_answer(json_t *request, const char *verdict, bool wrong, bool late)
{
    static const FormShown empty[R_FIELDS] = {{.name = "verdict"}, {.name = "plan"}, {.name = "limit"}, {.name = "amount"},
                                              {.name = "expires"}, {.name = "reason"}};
    static FormShown shown[R_FIELDS];
    memcpy(shown, empty, sizeof shown);
    Sample sample;
    sample_admin_init(&sample, "/admin/request");
    UsageLine lines[SAMPLE_LINES];
    memcpy(lines, sample.lines, sizeof lines);
    lines[1].amount = 400;
    usage_line_finish(&lines[1]);
    UsageReport after = sample.report;
    after.lines = lines;
    bool approves = g_strcmp0(verdict, "approve") == 0;
    shown[R_VERDICT].typed = (char *)verdict;
    if (verdict)
        shown[R_REASON].typed = (char *)HOSTILE_NAME;
    if (wrong)
        shown[R_AMOUNT] = (FormShown){.name = "amount", .mistake = FORM_MISSING};
    AnswerShown answer = {.request = sample_kept(request), .before = &sample.report, .after = approves && !wrong ? &after : NULL,
                          .preview = verdict && !wrong, .late = late, .may_answer = true, .shown = shown, .shown_count = R_FIELDS};
    Value *page = view_answer(&answer, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *answer_open(void) { return sample_answer(sample_request("increase", "pending", SAMPLE_WHY, NULL), NULL, false, false); }
static Value *answer_upgrade(void) { return sample_answer(sample_request("upgrade", "pending", HOSTILE_NAME, NULL), NULL, false, false); }
static Value *answer_wrong(void) { return sample_answer(sample_request("increase", "pending", SAMPLE_WHY, NULL), "approve", true, false); }
static Value *answer_preview(void) { return sample_answer(sample_request("increase", "pending", SAMPLE_WHY, NULL), "approve", false, false); }
static Value *answer_deny(void) { return sample_answer(sample_request("increase", "pending", SAMPLE_WHY, NULL), "deny", false, false); }
static Value *answer_late(void) { return sample_answer(sample_request("increase", "denied", SAMPLE_WHY, "No room"), NULL, false, true); }

static Value *organizations_some(void)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/organizations");
    json_t *list = json_pack("[{s:s, s:i, s:s}, {s:s, s:i, s:s}]", "organization", HOSTILE_NAME, "members", 1001, "created_at",
                             "2026-11-21T09:00:00Z", "organization", LONG_NAME, "members", 0, "created_at", "2026-11-21T09:00:00Z");
    Value *page = view_organizations(&(OrganizationsShown){.list = sample_kept(list), .more = true, .q = HOSTILE_NAME, .counted = 1000},
                                     &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *organizations_none(void)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/organizations");
    Value *page = view_organizations(&(OrganizationsShown){.list = sample_kept(json_array()), .q = "zoo", .counted = 1000}, &sample.context);
    sample_clear(&sample);
    return page;
}

static inline Value *sample_organization(bool may_change, bool members)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/organization");
    json_t *list = members ? json_pack("[{s:i, s:s, s:{s:s, s:s}, s:s, s:b, s:{s:i, s:i}, s:[{s:s, s:i, s:s}, {s:s, s:n, s:s}, {s:s, s:i, s:s}]},"
                                       " {s:i, s:s, s:n, s:n, s:b, s:{}, s:[]}]", "member", 7,
                                       "subject", HOSTILE_NAME, "plan", "key", "free", "title", "Free", "email", "ada@example.org",
                                       "suspended", 1, "used", "message", 120, "menu_generation", 3, "caps", "limit", sample.policy->plans[FREE].limits[0].key,
                                       "amount", 40, "source", "override", "limit", sample.policy->plans[FREE].limits[1].key, "amount",
                                       "source", "grace", "limit", "gone", "amount", 1, "source", "plan", "member", 8, "subject", "bob", "plan",
                                       "email", "suspended", 0, "used", "caps")
                           : json_array();
    OrganizationShown shown = {
        .organization = HOSTILE_NAME, .owner = members ? HOSTILE_NAME : NULL, .report = members ? &sample.report : NULL, .members = sample_kept(list), .more = members,
        .overrides = sample_kept(members ? sample_made("4", HOSTILE_NAME) : json_array()),
        .grants = sample_kept(members ? sample_made("6", "Sorry") : json_array()), .may_change = may_change, .done = may_change ? "bonus" : NULL,
        .was = may_change ? "6" : NULL,
    };
    Value *page = view_organization(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *organization_changed(void) { return sample_organization(true, true); }
static Value *organization_looked_at(void) { return sample_organization(false, true); }
static Value *organization_empty(void) { return sample_organization(false, false); }

enum { O_FEATURE, O_LIMIT, O_ID, O_AMOUNT, O_EXPIRES, O_OWNER, O_SEEN, O_REASON, O_FIELDS };

static inline Value *sample_organization_change(const char *what, bool wrong, bool preview, bool stale)
{
    static const FormShown empty[O_FIELDS] = {{.name = "feature"}, {.name = "limit"}, {.name = "id"}, {.name = "amount"}, {.name = "expires"},
                                              {.name = "owner"}, {.name = "seen"}, {.name = "reason"}};
    static FormShown shown[O_FIELDS];
    bool of_owner = strcmp(what, "owner") == 0;
    memcpy(shown, empty, sizeof shown);
    Sample sample;
    sample_admin_init(&sample, "/admin/organization/change");
    UsageLine lines[SAMPLE_LINES];
    memcpy(lines, sample.lines, sizeof lines);
    lines[0].amount = 40;
    usage_line_finish(&lines[0]);
    UsageReport after = sample.report;
    after.lines = lines;
    shown[O_LIMIT].typed = (char *)"team";
    shown[O_SEEN].typed = (char *)(of_owner ? HOSTILE_NAME : "42");
    if (of_owner) {
        shown[O_OWNER] = (FormShown){.name = "owner", .typed = (char *)LONG_NAME, .mistake = wrong ? FORM_CHOICE : FORM_GOOD};
    } else if (wrong)
        shown[O_AMOUNT] = (FormShown){.name = "amount", .typed = (char *)"<many>", .mistake = FORM_NUMBER, .min = 0, .max = UNITS_MAX};
    if (preview)
        shown[O_REASON].typed = (char *)HOSTILE_NAME;
    OrganizationChangeShown change = {.organization = HOSTILE_NAME, .what = what, .owner = of_owner ? HOSTILE_NAME : NULL,
                                      .feature = of_owner ? NULL : &sample.policy->features[MENU_GENERATION],
                                      .before = of_owner ? NULL : &sample.report, .after = preview && !of_owner ? &after : NULL, .preview = preview, .stale = stale, .shown = shown,
                                      .shown_count = O_FIELDS};
    Value *page = view_organization_change(&change, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *pool_wrong(void) { return sample_organization_change("override", true, false, false); }
static Value *pool_preview(void) { return sample_organization_change("bonus", false, true, true); }
static Value *pool_owner_wrong(void) { return sample_organization_change("owner", true, false, false); }
static Value *pool_owner_preview(void) { return sample_organization_change("owner", false, true, false); }
static Value *pool_remove(void) { return sample_organization_change("override-remove", false, false, false); }
static Value *pool_restore(void) { return sample_organization_change("bonus-restore", false, true, false); }

/* --- what if --- */

enum { W_LIMIT, W_AMOUNT, W_WINDOW, W_ALIGN, W_SCOPE, W_MODE, W_DAYS, W_FIELDS };

/* Two people, of whom one would be stopped; made by hand. */
static inline Replay *sample_replay(const Sample *sample)
{
    static Replay *replay;
    if (replay)
        return replay;
    replay = replay_new(0, zone_find("UTC"));
    replay_add_world(replay, policy_ref(sample->policy));
    replay_add_world(replay, sample->policy);
    for (int64_t id = 1; id <= 2; id++) {
        replay_meet(replay, &(ReplayFacts){.subject_id = id, .key = id == 1 ? HOSTILE_NAME : LONG_NAME});
        ReplayPerson *person = g_hash_table_lookup(replay->people, &id);
        person->requests = 40 * id;
        person->tally[0].stopped = id - 1;
        person->tally[1] = (ReplayTally){.stopped = 12, .newly = id == 1 ? 12 : 0, .relieved = id - 1, .first = INSTANT_MAX, .last = INSTANT_MAX};
        if (id == 1)
            person->tally[1].first = person->tally[1].last = sample->context.now - 3600 * US_PER_S;
    }
    ReplayDay day = {.start = sample->context.now - 86400 * US_PER_S, .requests = 1200, .stopped = {1, 24}};
    g_array_append_val(replay->days, day);
    replay->requests = 1200;
    replay->told = 1200;
    replay->agreed = 1199;
    return replay;
}

static inline Value *sample_what_if(bool chosen, bool tried, const char *const *wrong)
{
    static FormShown shown[W_FIELDS] = {{.name = "limit", .typed = (char *)"free/daily"}, {.name = "amount", .typed = (char *)"2"},
                                        {.name = "window", .typed = (char *)"day"}, {.name = "align", .typed = (char *)"calendar"},
                                        {.name = "scope", .typed = (char *)"subject"}, {.name = "mode", .typed = (char *)"enforce"},
                                        {.name = "days", .typed = (char *)"7"}};
    shown[W_DAYS].mistake = wrong ? FORM_CHOICE : FORM_GOOD;
    Sample sample;
    sample_admin_init(&sample, "/admin/what-if");
    const Plan *plan = &sample.policy->plans[FREE];
    WhatIfShown what = {.policy = sample.policy, .replay = tried ? sample_replay(&sample) : NULL, .sampled = true, .most = 20000,
                        .from = sample.context.now - 7 * 86400 * US_PER_S, .until = sample.context.now, .days = 7,
                        .plan = chosen ? plan : NULL, .limit = chosen ? &plan->limits[0] : NULL, .home = chosen && wrong ? "free" : NULL,
                        .wrong = wrong, .shown = shown, .shown_count = W_FIELDS, .may_change = true};
    Value *page = view_what_if(&what, &sample.context);
    sample_clear(&sample);
    return page;
}

/* Another plan, for one person or for all who have one. */
static inline Value *sample_what_if_move(bool alone, bool wrong)
{
    static FormShown shown[] = {{.name = "on_plan"}, {.name = "subject"}, {.name = "days", .typed = (char *)"7"}};
    Sample sample;
    sample_admin_init(&sample, "/admin/what-if");
    shown[0].mistake = wrong ? FORM_MISSING : FORM_GOOD;
    shown[1].typed = alone ? (char *)HOSTILE_NAME : NULL;
    WhatIfShown what = {.policy = sample.policy, .replay = wrong ? NULL : sample_replay(&sample), .sampled = !alone, .cut = alone, .most = 20000,
                        .from = sample.context.now - 7 * 86400 * US_PER_S, .until = sample.context.now, .days = 7,
                        .to = &sample.policy->plans[PRO], .from_plan = alone || wrong ? NULL : &sample.policy->plans[FREE],
                        .subject = shown[1].typed, .shown = shown, .shown_count = G_N_ELEMENTS(shown), .may_change = true};
    Value *page = view_what_if(&what, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *what_if_plan(void) { return sample_what_if_move(false, false); }
static Value *what_if_person(void) { return sample_what_if_move(true, false); }
static Value *what_if_nobody(void) { return sample_what_if_move(false, true); }

/* A policy whose first plan has no limits: there is nothing to begin with. */
static Value *what_if_bare(void)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/what-if");
    Plan *first = &sample.policy->plans[0], whole = *first;
    first->limits = NULL;
    first->limit_count = 0;
    WhatIfShown what = {.policy = sample.policy, .days = 7};
    Value *page = view_what_if(&what, &sample.context);
    *first = whole;
    sample_clear(&sample);
    return page;
}

static Value *what_if_choose(void) { return sample_what_if(false, false, NULL); }
static Value *what_if_wrong(void)
{
    static const char *const mistakes[] = {"plan free: limit daily: amount: must not be negative", "plan free: limit daily: window: <b> is none", NULL};
    return sample_what_if(true, false, mistakes);
}
static Value *what_if_tried(void) { return sample_what_if(true, true, NULL); }

/* --- plans and limits --- */

static inline json_t *sample_versions(void)
{
    return sample_kept(json_pack("[{s:i, s:s, s:s, s:s, s:b, s:s, s:s}, {s:i, s:s, s:s, s:s, s:b, s:s, s:n}, {s:i, s:s, s:n, s:s, s:b, s:s, s:s},"
                                 " {s:i, s:s, s:n, s:s, s:b, s:s, s:s, s:s}]",
        "version", 3, "author", "account:root", "reason", HOSTILE_NAME, "applied_at", "2026-11-22T09:00:00Z", "active", 0, "state", "scheduled",
        "effective_at", "2027-01-01T00:00:00Z", "version", 2, "author", "account:root", "reason", "A fair", "applied_at", "2026-11-21T09:00:00Z",
        "active", 1, "state", "applied", "effective_at", "version", 1, "author", HOSTILE_NAME, "reason", "applied_at", "2026-11-20T09:00:00Z",
        "active", 0, "state", "overtaken", "effective_at", "2026-11-20T10:00:00Z", "version", 0, "author", "account:root", "reason", "applied_at",
        "2026-11-19T09:00:00Z", "active", 0, "state", "failed", "effective_at", "2026-11-19T09:00:00Z", "why", "plan <b> is held"));
}

static inline Value *sample_policy_page(bool may_change, int done)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/plans");
    PlanGrant grants[] = {{.key = (char *)"welcome", .feature = 1, .amount = 1500, .priority = 100},
                          {.key = (char *)"monthly", .feature = 1, .amount = 2, .every = {.unit = WINDOW_DAY, .count = 28}, .priority = 7}};
    Plan *free_plan = &sample.policy->plans[FREE];
    free_plan->grants = grants;
    free_plan->grant_count = 2;
    PolicyShown shown = {.policy = sample.policy, .versions = sample_versions(), .people = sample_kept(json_pack("{s:i, s:i}", "free", 1200, "pro", 1)),
                         .done = done, .may_change = may_change};
    Value *page = view_policy(&shown, &sample.context);
    free_plan->grants = NULL;
    free_plan->grant_count = 0;
    sample_clear(&sample);
    return page;
}

static Value *policy_changed(void) { return sample_policy_page(true, 2); }
static Value *policy_looked_at(void) { return sample_policy_page(false, 0); }

static char *sample_line_text(const json_t *change)
{
    return g_strdup(json_string_value(json_object_get(change, "text")));
}

static inline const json_t *sample_diff(void)
{
    return sample_kept(json_pack("{s:i, s:[{s:s, s:i, s:b}, {s:s, s:i, s:b}]}", "people", 1200, "changes", "text", "plan free: limit weekly: amount: 1 <b> 2", "people", 1200,
                                 "restarts", 0, "text", "plan free: limit weekly: window: week to day", "people", 1, "restarts", 1));
}

enum { L_WHAT, L_KEY, L_FEATURE, L_AMOUNT, L_WINDOW, L_ALIGN, L_SCOPE, L_MODE, L_ON_EXCEED, L_FAIL, L_WARN_AT, L_ROLLOVER, L_TIMEZONE, L_WEEK_STARTS,
       L_DAY_STARTS, L_CLAIM_WITHIN, L_KEEP_PLACE, L_QUEUE_MAX, L_FAIR, L_EFFECTIVE, L_REASON, L_CONFIRM, L_FIELDS };

static inline Value *sample_limit_edit(const char *what, bool quick, bool preview, bool wrong)
{
    static const char *const mistakes[] = {"plan free: <b>", "plan free: limit weekly: window: ?", NULL};
    static FormShown shown[L_FIELDS] = {{.name = "what"}, {.name = "key", .typed = (char *)"monthly"}, {.name = "feature", .typed = (char *)"message"},
                                        {.name = "amount", .typed = (char *)"2"}, {.name = "window", .typed = (char *)"week"},
                                        {.name = "align", .typed = (char *)"calendar"}, {.name = "scope", .typed = (char *)"subject"},
                                        {.name = "mode", .typed = (char *)"off"}, {.name = "on_exceed", .typed = (char *)"queue"},
                                        {.name = "fail", .typed = (char *)"open"}, {.name = "warn_at", .typed = (char *)"80, 95"},
                                        {.name = "rollover", .typed = (char *)"3"}, {.name = "timezone", .typed = (char *)"<b>/&"},
                                        {.name = "week_starts", .typed = (char *)"sunday"}, {.name = "day_starts"}, {.name = "claim_within"},
                                        {.name = "keep_place"}, {.name = "queue_max", .typed = (char *)"20"},
                                        {.name = "fair", .typed = (char *)"account"}, {.name = "effective", .typed = (char *)"2001-01-01",
                                         .zone = "Asia/Tokyo", .when = INT64_C(978274800) * US_PER_S},
                                        {.name = "reason", .typed = (char *)HOSTILE_NAME}, {.name = "confirm"}};
    bool is_add = g_strcmp0(what, "add") == 0;
    shown[L_WHAT].typed = (char *)what;
    shown[L_EFFECTIVE].mistake = wrong ? FORM_PAST : FORM_GOOD;
    shown[L_TIMEZONE].mistake = wrong ? FORM_SAID : FORM_GOOD;
    shown[L_TIMEZONE].said = (char *)"there is no time zone <b>/&";
    shown[L_CONFIRM].mistake = wrong ? FORM_CHOICE : FORM_GOOD;
    Sample sample;
    sample_admin_init(&sample, "/admin/limit");
    const Plan *plan = &sample.policy->plans[FREE];
    LimitEditShown edit = {.policy = sample.policy, .what = what, .plan = plan, .limit = is_add ? NULL : &plan->limits[0],
                           .home = wrong ? "free" : NULL, .quick = quick,
                           .conflict = wrong, .wrong = wrong ? mistakes : NULL, .diff = {preview ? sample_diff() : NULL, sample_line_text},
                           .shown = shown, .shown_count = L_FIELDS};
    Value *page = view_limit_edit(&edit, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *limit_edit_form(void) { return sample_limit_edit(NULL, false, false, false); }
static Value *limit_edit_wrong(void) { return sample_limit_edit(NULL, false, false, true); }
static Value *limit_edit_preview(void) { return sample_limit_edit(NULL, false, true, false); }
static Value *limit_edit_off(void) { return sample_limit_edit(NULL, true, false, false); }
static Value *limit_add_form(void) { return sample_limit_edit("add", false, false, false); }
static Value *limit_add_preview(void) { return sample_limit_edit("add", false, true, false); }
static Value *limit_remove(void) { return sample_limit_edit("remove", false, true, false); }

enum { E_KEY, E_TITLE, E_PRICE, E_RANK, E_UPGRADE, E_INHERITS, E_MULTIPLIER, E_UNLIMITED, E_QUEUE_WEIGHT, E_GRACE_DAYS, E_GRACE_MULTIPLIER, E_GRACE_UNLIMITED,
       E_EFFECTIVE, E_REASON, E_CONFIRM, E_FIELDS };

static inline Value *sample_plan_edit(bool is_add, bool is_remove, bool preview, bool wrong)
{
    static const char *const mistakes[] = {"plan free: rank: must be a whole number in plain digits: “<b>”", NULL};
    static FormShown shown[E_FIELDS] = {{.name = "key", .typed = (char *)"team"}, {.name = "title", .typed = (char *)HOSTILE_NAME},
                                        {.name = "price", .typed = (char *)"9 € <b>"}, {.name = "rank", .typed = (char *)"<b>"},
                                        {.name = "upgrade", .typed = (char *)"pro"}, {.name = "inherits"}, {.name = "multiplier", .typed = (char *)"1.5"},
                                        {.name = "unlimited", .typed = (char *)"yes"}, {.name = "queue_weight"}, {.name = "grace_days", .typed = (char *)"7"},
                                        {.name = "grace_multiplier"}, {.name = "grace_unlimited", .typed = (char *)"yes"}, {.name = "effective"},
                                        {.name = "reason", .typed = (char *)LONG_NAME}, {.name = "confirm"}};
    shown[E_RANK].mistake = wrong ? FORM_SAID : FORM_GOOD;
    shown[E_RANK].said = (char *)"must be a whole number in plain digits: “<b>”";
    Sample sample;
    sample_admin_init(&sample, "/admin/plan");
    PlanEditShown edit = {.policy = sample.policy, .plan = is_add ? NULL : &sample.policy->plans[FREE], .removes = is_remove,
                          .conflict = wrong,
                          .wrong = wrong ? mistakes : NULL, .diff = {preview ? sample_diff() : NULL, sample_line_text}, .shown = shown,
                          .shown_count = E_FIELDS};
    Value *page = view_plan_edit(&edit, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *plan_edit_form(void) { return sample_plan_edit(false, false, false, false); }
static Value *plan_edit_wrong(void) { return sample_plan_edit(false, false, false, true); }
static Value *plan_edit_preview(void) { return sample_plan_edit(false, false, true, false); }
static Value *plan_add_form(void) { return sample_plan_edit(true, false, false, false); }
static Value *plan_add_preview(void) { return sample_plan_edit(true, false, true, false); }
static Value *plan_remove(void) { return sample_plan_edit(false, true, true, false); }
static Value *plan_remove_refused(void) { return sample_plan_edit(false, true, false, true); }

enum { F_KEY, F_TITLE, F_UNIT, F_UNITS, F_ABOUT, F_PARENT, F_RESOURCES, F_UNIT_COST, F_ONE_PLACE, F_EFFECTIVE, F_REASON, F_CONFIRM, F_FIELDS };

static inline Value *sample_feature_edit(bool is_add, bool is_remove, bool preview, bool wrong)
{
    static const char *const mistakes[] = {"feature message: unit_cost: <b>", NULL};
    static FormShown shown[F_FIELDS] = {{.name = "key", .typed = (char *)"team"}, {.name = "title", .typed = (char *)HOSTILE_NAME}, {.name = "unit"},
                                        {.name = "units", .typed = (char *)"messages"}, {.name = "about", .typed = (char *)LONG_NAME},
                                        {.name = "parent"}, {.name = "resources", .typed = (char *)"claude-*\n<b>, &"},
                                        {.name = "unit_cost", .typed = (char *)"<b>"}, {.name = "one_place", .typed = (char *)"resource"},
                                        {.name = "effective"}, {.name = "reason", .typed = (char *)LONG_NAME}, {.name = "confirm"}};
    shown[F_PARENT].typed = (char *)(wrong ? "<none>" : NULL);
    shown[F_PARENT].mistake = shown[F_UNIT_COST].mistake = wrong ? FORM_SAID : FORM_GOOD;
    shown[F_PARENT].said = (char *)"there is no feature “<none>”";
    shown[F_UNIT_COST].said = (char *)"must be a decimal";
    Sample sample;
    sample_admin_init(&sample, "/admin/feature");
    FeatureEditShown edit = {.policy = sample.policy, .feature = is_add ? NULL : &sample.policy->features[1], .removes = is_remove, .conflict = wrong,
                             .wrong = wrong ? mistakes : NULL, .diff = {preview ? sample_diff() : NULL, sample_line_text}, .shown = shown,
                             .shown_count = F_FIELDS};
    Value *page = view_feature_edit(&edit, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *feature_edit_form(void) { return sample_feature_edit(false, false, false, false); }
static Value *feature_edit_wrong(void) { return sample_feature_edit(false, false, false, true); }
static Value *feature_edit_preview(void) { return sample_feature_edit(false, false, true, false); }
static Value *feature_add_form(void) { return sample_feature_edit(true, false, false, false); }
static Value *feature_add_preview(void) { return sample_feature_edit(true, false, true, false); }
static Value *feature_remove(void) { return sample_feature_edit(false, true, true, false); }
static Value *feature_remove_refused(void) { return sample_feature_edit(false, true, false, true); }

enum { RT_POSITION, RT_METHOD, RT_PATH, RT_QUERY, RT_FEATURE, RT_RESOURCE_QUERY, RT_RESOURCE_SEGMENT, RT_UNITS, RT_CHARGE, RT_EFFECTIVE, RT_REASON, RT_CONFIRM,
       RT_FIELDS };

static inline Value *sample_route_edit(bool is_add, bool is_remove, bool preview, bool wrong)
{
    static const char *const mistakes[] = {"route 1: path: must begin with /", NULL};
    static Route routes[] = {{.method = (char *)"POST", .path = (char *)"/a/<b>/{id}*", .units = 1}};
    static FormShown shown[RT_FIELDS] = {{.name = "position", .typed = (char *)"1"}, {.name = "method"}, {.name = "path", .typed = (char *)"<b>"},
                                        {.name = "query", .typed = (char *)"do=<b>\n!x"}, {.name = "feature", .typed = (char *)"message"},
                                        {.name = "resource_query"}, {.name = "resource_segment", .typed = (char *)"id"}, {.name = "units", .typed = (char *)"2"},
                                        {.name = "charge", .typed = (char *)"commit"}, {.name = "effective"}, {.name = "reason", .typed = (char *)LONG_NAME},
                                        {.name = "confirm"}};
    shown[RT_PATH].mistake = wrong ? FORM_SAID : FORM_GOOD;
    shown[RT_PATH].said = (char *)"must begin with /";
    Sample sample;
    sample_admin_init(&sample, "/admin/route");
    Policy policy = *sample.policy;
    policy.routes = routes;
    policy.route_count = 1;
    RouteEditShown edit = {.policy = &policy, .route = is_add ? 0 : 1, .removes = is_remove, .conflict = wrong, .wrong = wrong ? mistakes : NULL,
                           .diff = {preview ? sample_diff() : NULL, sample_line_text}, .shown = shown, .shown_count = RT_FIELDS};
    Value *page = view_route_edit(&edit, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *route_edit_form(void) { return sample_route_edit(false, false, false, false); }
static Value *route_edit_wrong(void) { return sample_route_edit(false, false, false, true); }
static Value *route_add_form(void) { return sample_route_edit(true, false, false, false); }
static Value *route_add_preview(void) { return sample_route_edit(true, false, true, false); }
static Value *route_remove(void) { return sample_route_edit(false, true, true, false); }

enum { G_WHAT, G_KEY, G_FEATURE, G_AMOUNT, G_EVERY, G_PRIORITY, G_EFFECTIVE, G_REASON, G_CONFIRM, G_FIELDS };

static inline Value *sample_plan_grant(const char *what, bool preview, bool wrong)
{
    static const char *const mistakes[] = {"plan free: grant welcome: every: <b>", NULL};
    static const PlanGrant grant = {.key = (char *)"welcome", .feature = 1, .amount = 1500, .every = {.unit = WINDOW_DAY, .count = 28}, .priority = 50};
    static FormShown shown[G_FIELDS] = {{.name = "what"}, {.name = "key", .typed = (char *)"welcome"}, {.name = "feature"},
                                        {.name = "amount", .typed = (char *)"1500"}, {.name = "every", .typed = (char *)"<b>"}, {.name = "priority"},
                                        {.name = "effective"}, {.name = "reason", .typed = (char *)HOSTILE_NAME}, {.name = "confirm"}};
    shown[G_WHAT].typed = (char *)what;
    shown[G_FEATURE].typed = (char *)(wrong ? "<none>" : "message");
    shown[G_FEATURE].mistake = shown[G_EVERY].mistake = wrong ? FORM_SAID : FORM_GOOD;
    shown[G_FEATURE].said = (char *)"there is no feature “<none>”";
    shown[G_EVERY].said = (char *)"must be a unit";
    Sample sample;
    sample_admin_init(&sample, "/admin/plan-grant");
    bool is_add = g_strcmp0(what, "add") == 0;
    PlanGrantShown edit = {.policy = sample.policy, .what = what, .plan = &sample.policy->plans[FREE], .grant = is_add ? NULL : &grant,
                           .home = wrong ? "anonymous" : NULL, .conflict = wrong, .wrong = wrong ? mistakes : NULL,
                           .diff = {preview ? sample_diff() : NULL, sample_line_text}, .shown = shown, .shown_count = G_FIELDS};
    Value *page = view_plan_grant(&edit, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *plan_grant_form(void) { return sample_plan_grant(NULL, false, false); }
static Value *plan_grant_wrong(void) { return sample_plan_grant(NULL, false, true); }
static Value *plan_grant_add(void) { return sample_plan_grant("add", false, false); }
static Value *plan_grant_preview(void) { return sample_plan_grant("add", true, false); }
static Value *plan_grant_remove(void) { return sample_plan_grant("remove", true, false); }

static inline Value *sample_settings(bool preview, bool wrong)
{
    static const char *const mistakes[] = {"support_url: must begin with https://, http://, mailto: or /", "default_plan: there is no plan “<b>”", NULL};
    static FormShown shown[] = {{.name = "default_plan"}, {.name = "title", .typed = (char *)HOSTILE_NAME}, {.name = "timezone", .typed = (char *)"Europe/Berlin"},
                                {.name = "week_starts", .typed = (char *)"sunday"}, {.name = "day_starts", .typed = (char *)"00:00"}, {.name = "anonymous_plan"},
                                {.name = "upgrade_url", .typed = (char *)"https://www.example.org/buy?plan={plan}"}, {.name = "support_url"}, {.name = "sign_in_url"},
                                {.name = "currency", .typed = (char *)"₹"}, {.name = "queue_answer", .typed = (char *)"page"}, {.name = "totp", .typed = (char *)"required"},
                                {.name = "administrators", .typed = (char *)"root\nDoe, <b>"}, {.name = "embedders"}, {.name = "grace_days"}, {.name = "grace_multiplier"},
                                {.name = "grace_unlimited", .typed = (char *)"yes"}, {.name = "support_ceiling_multiplier", .typed = (char *)"1.5"},
                                {.name = "support_ceiling_days"}, {.name = "effective"}, {.name = "reason", .typed = (char *)LONG_NAME}, {.name = "confirm"}};
    FormShown *plan = &shown[0], *support = form_shown_find(shown, G_N_ELEMENTS(shown), "support_url");
    plan->typed = (char *)(wrong ? "<b>" : "free");
    support->typed = (char *)(wrong ? "javascript:<b>" : "mailto:help@example.org");
    plan->mistake = support->mistake = wrong ? FORM_SAID : FORM_GOOD;
    plan->said = (char *)"there is no plan “<b>”";
    support->said = (char *)"must begin with https://, http://, mailto: or /";
    Sample sample;
    sample_admin_init(&sample, "/admin/settings");
    SettingsShown edit = {.policy = sample.policy, .conflict = wrong, .wrong = wrong ? mistakes : NULL,
                          .diff = {preview ? sample_diff() : NULL, sample_line_text}, .shown = shown, .shown_count = G_N_ELEMENTS(shown)};
    Value *page = view_settings_edit(&edit, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *settings_form(void) { return sample_settings(false, false); }
static Value *settings_wrong(void) { return sample_settings(false, true); }
static Value *settings_preview(void) { return sample_settings(true, false); }

static inline Value *sample_version(size_t which, bool may_change, bool conflict)
{
    static FormShown shown[] = {{.name = "reason"}};
    Sample sample;
    sample_admin_init(&sample, "/admin/version");
    g_free(sample.policy->text);
    sample.policy->text = g_strdup("# as it is written\ntitle = \"<b>\"\n");
    VersionShown version = {.policy = sample.policy, .version = sample.policy, .facts = json_array_get(sample_versions(), which),
                            .diff = {sample_diff(), sample_line_text}, .may_change = may_change, .conflict = conflict, .shown = shown,
                            .shown_count = 1};
    Value *page = view_version(&version, &sample.context);
    static GPtrArray *kept;
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, policy_ref(sample.policy)); /* the page points to its text */
    sample_clear(&sample);
    return page;
}

static Value *version_to_come(void) { return sample_version(0, true, false); }
static Value *version_in_force(void) { return sample_version(1, false, false); }
static Value *version_before(void) { return sample_version(2, true, true); }

#endif
