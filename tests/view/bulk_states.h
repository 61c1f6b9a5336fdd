/* The pages about one change to many people at once, in their states. */
#ifndef WEBQUOTA_BULK_STATES_H
#define WEBQUOTA_BULK_STATES_H

#include "view/admin_states.h"
#include "view/view_bulk.h"

static inline Value *sample_bulk_new(BulkNewShown shown, const FormShown *fields, int count)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/bulk/new");
    shown.shown = fields;
    shown.shown_count = count;
    if (shown.preview)
        shown.first = sample_kept(shown.people ? json_pack("[{s:s, s:{s:s, s:s}, s:s, s:b}, {s:s, s:n, s:n, s:b}]", "subject", HOSTILE_NAME, "plan",
                                                           "key", "free", "title", "Free", "organization", LONG_NAME, "suspended", 1, "subject",
                                                           "bob", "plan", "organization", "suspended", 0)
                                               : json_array());
    Value *page = view_bulk_new(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *bulk_form(void)
{
    static FormShown fields[] = {{.name = "feature"}, {.name = "limit"}, {.name = "kind", .mistake = FORM_CHOICE},
                                 {.name = "amount", .typed = (char *)"many", .mistake = FORM_NUMBER, .min = 0, .max = 100},
                                 {.name = "multiplier"}, {.name = "expires_at"}, {.name = "reason", .mistake = FORM_MISSING}};
    return sample_bulk_new((BulkNewShown){.what = "override", .sought = {.q = HOSTILE_NAME}}, fields, G_N_ELEMENTS(fields));
}

static Value *bulk_plan_form(void)
{
    static FormShown fields[] = {{.name = "plan"}, {.name = "then"}, {.name = "expires_at"}, {.name = "reason"}};
    return sample_bulk_new((BulkNewShown){.what = "plan", .sought = {.plan = "free"}}, fields, G_N_ELEMENTS(fields));
}

static Value *bulk_preview(void)
{
    static FormShown fields[] = {{.name = "feature", .typed = (char *)"message"},
                                 {.name = "amount", .typed = (char *)"20"}, {.name = "expires_at", .typed = (char *)"2027-01-31",
                                  .zone = "America/New_York", .when = INT64_C(1801458000) * US_PER_S},
                                 {.name = "reason", .typed = (char *)SAMPLE_WHY}, {.name = "people", .typed = (char *)"1234"},
                                 {.name = "seen", .typed = (char *)"5ee9"}, {.name = "once", .typed = (char *)"a-b"}};
    return sample_bulk_new((BulkNewShown){.what = "bonus", .people = 1234, .changed = 1200, .preview = true, .stale = true,
                                            .sought = {"an", "near", "free", HOSTILE_NAME, HOSTILE_NAME, "90"}},
                           fields, G_N_ELEMENTS(fields));
}

static Value *bulk_nobody(void)
{
    static FormShown fields[] = {{.name = "reason", .typed = (char *)SAMPLE_WHY}};
    return sample_bulk_new((BulkNewShown){.what = "reset", .changed = -1, .preview = true}, fields, G_N_ELEMENTS(fields));
}

static inline Value *sample_bulk(const char *state, int left, json_t *failures)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/bulk");
    bool over = strcmp(state, "running") != 0, stopped = strcmp(state, "stopped") == 0;
    size_t failed = json_array_size(failures);
    json_t *bulk = json_pack("{s:s, s:s, s:n, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?}", "bulk", "7", "what", "override", "q", "filter",
                             "plan", "on_plan", "free", "feature", "message", "amount", 20, "expires_at", "2027-01-31T00:00:00Z", "reason",
                             SAMPLE_WHY, "actor", "account:sue", "created_at", "2026-11-22T18:00:05Z", "state", state, "ended_at",
                             over ? "2026-11-22T19:00:00Z" : NULL, "stopped_by", stopped ? HOSTILE_NAME : NULL);
    json_object_update_new(bulk, json_pack("{s:i, s:i, s:i, s:i, s:o}", "people", 1234, "done", 1234 - left - (int)failed, "failed",
                                           failed ? (int)failed + 1 : 0, "left", left, "failures", failures));
    Value *page = view_bulk(&(BulkShown){.bulk = sample_kept(bulk)}, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *bulk_running(void) { return sample_bulk("running", 1000, json_array()); }
static Value *bulk_done(void) { return sample_bulk("done", 0, json_array()); }

static Value *bulk_stopped(void)
{
    return sample_bulk("stopped", 900, json_pack("[{s:s, s:s}]", "subject", HOSTILE_NAME, "why", "there is no plan <b>"));
}

static Value *bulk_passed_over(void)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/bulk");
    json_t *bulk = json_pack("{s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:[]}", "bulk", "8", "what", "<b>merge", "known", 0, "q", "",
                             "reason", SAMPLE_WHY, "actor", "account:sue", "created_at", "2026-11-22T18:00:05Z", "state", "running", "people", 3,
                             "done", 1, "failed", 0, "left", 2, "failures");
    Value *page = view_bulk(&(BulkShown){.bulk = sample_kept(bulk)}, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *bulk_of_undo(void)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/bulk");
    json_t *bulk = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:[{s:s, s:s}]}", "bulk", "9", "what", "undo", "undoes", "7",
                             "reason", SAMPLE_WHY, "actor", "account:sue", "created_at", "2026-11-22T18:00:05Z", "state", "done", "ended_at",
                             "2026-11-22T18:00:09Z", "people", 3, "done", 2, "failed", 1, "left", 0, "failures", "subject", HOSTILE_NAME, "why",
                             "something else was set since");
    Value *page = view_bulk(&(BulkShown){.bulk = sample_kept(bulk)}, &sample.context);
    sample_clear(&sample);
    return page;
}

static inline Value *sample_bulk_undo(const char *what, int possible, bool wrong)
{
    static FormShown fields[2][3] = {{{.name = "id"}, {.name = "reason"}, {.name = "possible"}},
                                     {{.name = "id"}, {.name = "reason", .mistake = FORM_MISSING}, {.name = "possible"}}};
    Sample sample;
    sample_admin_init(&sample, "/admin/bulk/undo");
    json_t *looked = json_pack("{s:s, s:s, s:i, s:i, s:[]}", "undoes", "7", "what", what, "people", 1234, "possible", possible, "impossible");
    if (possible < 1234)
        json_array_append_new(json_object_get(looked, "impossible"),
                              json_pack("{s:s, s:i}", "why", "it has ended by itself", "people", 1234 - possible));
    const BulkUndoShown shown = {.looked = sample_kept(looked), .stale = wrong, .shown = fields[wrong], .shown_count = 3};
    Value *page = view_bulk_undo(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *bulk_undo_some(void) { return sample_bulk_undo("plan", 1200, true); }
static Value *bulk_undo_all(void) { return sample_bulk_undo("bonus", 1234, false); }
static Value *bulk_undo_reset(void) { return sample_bulk_undo("reset", 1233, false); }
static Value *bulk_undo_nobody(void) { return sample_bulk_undo("suspend", 0, false); }

static inline json_t *sample_listed(const char *what, const char *state, const char *organization, const char *filter, int failed, int left)
{
    return json_pack("{s:s, s:s, s:b, s:s, s:s?, s:s?, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i}", "bulk", "7", "what", what, "known",
                     strcmp(what, "merge") != 0, "q", organization ? HOSTILE_NAME : "", "filter", filter, "organization", organization, "reason",
                     SAMPLE_WHY, "actor", "account:sue", "created_at", "2026-11-22T18:00:05Z", "state", state, "people", 1234, "done",
                     1234 - failed - left, "failed", failed, "left", left);
}

static inline Value *sample_bulks(json_t *list, bool more)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/bulks");
    Value *page = view_bulks(&(BulksShown){.list = sample_kept(list), .more = more}, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *bulks_some(void)
{
    json_t *list = json_pack("[o, o, o, o]", sample_listed("merge", "running", NULL, NULL, 0, 1200), sample_listed("bonus", "running", LONG_NAME, "near", 0, 1000),
                             sample_listed("override", "stopped", NULL, "override", 4, 900), sample_listed("reset", "done", NULL, NULL, 0, 0));
    return sample_bulks(list, true);
}

static Value *bulks_none(void) { return sample_bulks(json_array(), false); }

#endif
