/* The pages of administrators in their states. */
#ifndef WEBQUOTA_ADMIN_STATES_H
#define WEBQUOTA_ADMIN_STATES_H

#include "view/form_states.h"
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
