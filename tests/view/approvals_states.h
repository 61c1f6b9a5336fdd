/* The pages about what waits for a second person, in their states. */
#ifndef WEBQUOTA_APPROVALS_STATES_H
#define WEBQUOTA_APPROVALS_STATES_H

#include "view/admin_states.h"
#include "view/view_approvals.h"

static inline json_t *sample_approval(const char *what, const char *state)
{
    bool waiting = strcmp(state, "waiting") == 0, bonus = strcmp(what, "bonus") == 0;
    json_t *approval = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "approval", "7", "what", what, bonus ? "organization" : "subject",
                                 HOSTILE_NAME, "feature", "menu_generation", "expires_at", "2027-01-31T00:00:00Z", "reason", SAMPLE_WHY,
                                 "asked_by", "account:sue", "asked_at", "2026-11-22T18:00:05Z", "state", state);
    json_object_set_new(approval, bonus ? "every" : "limit", json_string(bonus ? "28 day" : "daily"));
    json_object_set_new(approval, bonus ? "amount" : "multiplier", bonus ? json_integer(500) : json_real(1.5));
    json_object_set_new(approval, "decided_by", waiting ? json_null() : json_string("user:root"));
    json_object_set_new(approval, "decided_at", waiting ? json_null() : json_string("2026-11-22T19:00:00Z"));
    json_object_set_new(approval, "answer", strcmp(state, "denied") == 0 ? json_string(HOSTILE_NAME) : json_null());
    return approval;
}

static inline Value *sample_approvals(json_t *list, const char *state, const char *done)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/approvals");
    const Granted granted = {.organization = HOSTILE_NAME, .undo = {.possible = true, .kind = CHANGE_BONUS_REMOVE, .was = (char *)"6"}};
    const ApprovalsShown shown = {.list = sample_kept(list), .more = json_array_size(list) > 0, .state = state, .done = done,
                                  .granted = done ? &granted : NULL};
    Value *page = view_approvals(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *approvals_some(void)
{
    return sample_approvals(json_pack("[o, o, o]", sample_approval("override", "waiting"), sample_approval("bonus", "approved"),
                                      sample_approval("override", "denied")), "all", "asked");
}

static Value *approvals_none(void) { return sample_approvals(json_array(), "waiting", "approved"); }

static inline Value *sample_one_approval(const char *what, const char *state, bool own, bool wrong)
{
    static FormShown shown[2][1] = {{{.name = "reason"}}, {{.name = "reason", .mistake = FORM_MISSING}}};
    Sample sample;
    sample_admin_init(&sample, "/admin/approval");
    UsageLine lines[SAMPLE_LINES];
    memcpy(lines, sample.lines, sizeof lines);
    lines[0].amount = 40;
    usage_line_finish(&lines[0]);
    UsageReport after = sample.report;
    after.lines = lines;
    bool waiting = strcmp(state, "waiting") == 0;
    const ApprovalShown one = {.approval = sample_kept(sample_approval(what, state)), .before = &sample.report, .after = waiting ? &after : NULL,
                               .may_decide = true, .own = own, .late = !waiting, .shown = shown[wrong], .shown_count = 1};
    Value *page = view_approval(&one, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *approval_open(void) { return sample_one_approval("override", "waiting", false, true); }
static Value *approval_own(void) { return sample_one_approval("bonus", "waiting", true, false); }
static Value *approval_late(void) { return sample_one_approval("override", "denied", false, false); }

#endif
