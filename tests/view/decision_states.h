/* The decision page in its states. */
#ifndef WEBQUOTA_DECISION_STATES_H
#define WEBQUOTA_DECISION_STATES_H

#include "view/page_samples.h"

/* The decision stays as it was; the subject's use goes on until `now`. `use` (NULL: nothing is known of it) fills the report. */
static inline Value *sample_decision_page(Sample *sample, DecisionShown shown, const char *now, void (*use)(Sample *sample))
{
    Sample later;
    shown.answer = &sample->answer;
    shown.kind = shown.kind ? shown.kind : "consume";
    sample->context.path = "/decisions/x";
    if (!g_str_equal(sample->subject.key, HOSTILE_NAME))
        sample->context.who = sample->subject.key;
    sample->context.now = sample_instant(now);
    sample_init(&later, sample->subject.plan->index);
    later.subject.organization = sample->subject.organization;
    later.report.as_of = sample->context.now;
    if (use) {
        use(&later);
        sample_finish(&later);
        shown.usage = &later.report;
    }
    Value *page = view_decision_page(&shown, &sample->context);
    sample_clear(&later);
    sample_clear(sample);
    return page;
}

static inline void use_of_uploads(Sample *sample)
{
    sample_line(sample, MENU_UPLOAD, "weekly", 1);
}

/* Stopped a moment ago, and stopped still. */
static Value *decision_stopped(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1);
    return sample_decision_page(&sample, (DecisionShown){ 0 }, "2026-11-22T19:09:20Z", use_of_uploads);
}

static inline void use_next_day(Sample *sample)
{
    sample_line(sample, MENU_GENERATION, "daily", 2);
    sample_line(sample, MENU_GENERATION, "team_daily", 12);
}

/* Several limits, of which two refused; a day later there is room. One of them is gone. */
static Value *decision_freed(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.organization = "Sunrise Gym and Wellness Centre, Springfield";
    UsageLine *day = sample_line(&sample, MENU_GENERATION, "daily", 25);
    day->amount = 25;
    day->carried = 10;
    day->source |= SOURCE_ROLLOVER | SOURCE_GRACE;
    sample_line(&sample, MENU_GENERATION, "team_daily", 100);
    sample_line(&sample, MENU_GENERATION, "monthly", 118)->source |= SOURCE_GRANT;
    sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 2);
    sample.answer_lines[1].refused = true;
    sample.answer_lines[1].approximate = true;
    sample.answer_lines[2].usage.bonus = 4;
    sample.answer.resource = (char *)"breakfast";
    return sample_decision_page(&sample, (DecisionShown){ .on_behalf_of = "Client 17" }, "2026-11-23T14:00:00Z", use_next_day);
}

/* Held, then committed, then partly given back; one limit was changed for the person, one is on trial. */
static Value *decision_allowed(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    UsageLine *raised = sample_line(&sample, MENU_GENERATION, "daily", 12);
    raised->amount = 50;
    raised->held = 3;
    raised->source |= SOURCE_OVERRIDE;
    UsageLine *trial = sample_line(&sample, MENU_GENERATION, "monthly", 303);
    sample_line(&sample, MENU_GENERATION, "shared_minute", 2);
    ((Limit *)trial->limit)->mode = MODE_SHADOW;
    sample_refusal(&sample, -1, OUTCOME_ALLOWED, REASON_NONE, 3);
    sample.answer.deciding = 0;
    sample.answer.kind = ASK_HOLD;
    sample.answer.expires_at = sample.answer.at + 300 * US_PER_S;
    sample.answer_lines[1].shadow_refused = true;
    sample.answer_lines[2].approximate = true;
    for (int i = 0; i < 3; i++)
        sample.answer_lines[i].charged = 3;
    DecisionShown shown = { .kind = "hold", .reservation_state = "committed", .refunded = 1 };
    return sample_decision_page(&sample, shown, "2026-11-22T19:20:00Z", use_next_day);
}

static inline void use_again(Sample *sample)
{
    sample_line(sample, MENU_UPLOAD, "weekly", 1);
}

/* The week is over, and the next one's is used up as well. */
static Value *decision_full_again(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1);
    return sample_decision_page(&sample, (DecisionShown){ 0 }, "2026-11-25T09:00:00Z", use_again);
}

/* No limit was looked at, and where the person stands is not known. */
static Value *decision_not_listed(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, EXPORT, NULL, 0);
    sample_refusal(&sample, -1, OUTCOME_FORBIDDEN, REASON_NOT_LISTED, 1);
    sample.answer.line_count = 0;
    return sample_decision_page(&sample, (DecisionShown){ 0 }, "2026-11-22T19:09:20Z", NULL);
}

static Value *decision_refund(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, SOLUTION, "daily", 9);
    sample_refusal(&sample, -1, OUTCOME_ALLOWED, REASON_NONE, 3);
    return sample_decision_page(&sample, (DecisionShown){ .kind = "refund" }, "2026-11-22T19:05:20Z", NULL);
}

/* An administrator looks at somebody else's, with names that mean harm. */
static Value *decision_hostile(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.key = HOSTILE_NAME;
    sample.subject.organization = HOSTILE_NAME;
    sample.context.back = "/\"><script>alert(1)</script>";
    sample_line(&sample, HOSTILE, "daily", 1000000);
    sample_line(&sample, HOSTILE, "rolling", 123456789);
    sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1000);
    sample.answer.resource = (char *)HOSTILE_NAME;
    return sample_decision_page(&sample, (DecisionShown){ .on_behalf_of = HOSTILE_NAME }, "2026-11-22T19:09:20Z", NULL);
}

#endif
