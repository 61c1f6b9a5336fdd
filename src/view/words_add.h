/* The words, each appended to a text: for the view room's own use. What they say is in words.h. */
#ifndef WEBQUOTA_WORDS_ADD_H
#define WEBQUOTA_WORDS_ADD_H

#include "base/text.h"
#include "domain/price.h"
#include "view/view.h"
#include "view/words.h"

/* The same as a new string: WORDS(words_add_units, feature, 2). */
#define WORDS(add, ...)                                                                                                     \
    ({                                                                                                                      \
        GString *words_ = g_string_sized_new(128);                                                                          \
        add(words_, __VA_ARGS__);                                                                                           \
        g_string_free(words_, FALSE);                                                                                       \
    })

void words_add_number(GString *out, int64_t number);
void words_add_units(GString *out, const Feature *feature, int64_t number);
void words_add_capital(GString *out, const char *text);
void words_add_span(GString *out, int64_t us);
void words_add_ago(GString *out, int64_t us);
/* Reports (words_report.c): "3.2 %"; "EUR 12.50"; what stands where nothing is known; and of a word of a report what people read. */
void words_add_percent(GString *out, double percent);
void words_add_money(GString *out, double amount, const char *currency);
void words_add_none(GString *out);
void words_add_length(GString *out, int64_t seconds); /* "40 s", "95 min", "3 h" */
void words_add_people(GString *out, int64_t count);   /* "1 person", "1,200 people" */
void words_add_report_word(GString *out, const char *word);
void words_add_window(GString *out, const WindowSpec *window);
void words_add_window_for(GString *out, const WindowSpec *window);
void words_add_per(GString *out, const WindowSpec *window);
void words_add_time(GString *out, Instant at, const char *zone, Instant now);
void words_add_date(GString *out, Instant at, const char *zone, Instant now); /* of words_add_time the date alone */
void words_add_stamp(GString *out, Instant at, const char *zone);
void words_add_stamp_bare(GString *out, Instant at, const char *zone);
void words_add_when(GString *out, const char *text, const char *zone); /* words_add_stamp_bare of an instant as JSON has it; nothing for NULL */
void words_add_clock(GString *out, Instant at, const char *zone, Instant now);
void words_add_second(GString *out, Instant at, const char *zone); /* "12:05:20" */
void words_add_offset(GString *out, Instant at, const char *zone); /* "-05:00"; nothing in UTC */
void words_add_day(GString *out, Instant at, const char *zone, Instant now);
void words_add_used(GString *out, const UsageLine *line);
void words_add_about_used(GString *out, const UsageLine *line); /* "About 5 of 15 ..." */
/* Beside a meter: the figures (of words_add_used), and what is held: "..., 1 held". */
void words_add_meter(GString *out, const UsageLine *line, const char *figures);
void words_add_left(GString *out, const UsageLine *line, Instant now);
void words_add_resets(GString *out, const UsageLine *line, Instant now);
void words_add_pace(GString *out, const Forecast *forecast, const char *zone, Instant now);
void words_add_line(GString *out, const UsageLine *line, const Plan *plan, Instant now);
void words_add_answer(GString *out, const Answer *answer);
void words_add_answer_of_other(GString *out, const Answer *answer);
void words_add_not_included(GString *out, const Policy *policy, const Plan *plan, const Feature *feature, const Limit *limit,
                            bool anonymous);
/* "You are number 12 of 40"; "About 3 minutes (2 to 4)", "We do not know yet how long it takes"; all of a ticket in one or two sentences. */
void words_add_position(GString *out, int64_t ahead, int64_t in_line);
void words_add_wait(GString *out, const QueueWait *wait, bool paused);
void words_add_queued(GString *out, const Answer *answer);
void words_add_ticket(GString *out, const TicketShown *shown);
void words_add_tries(GString *out, const TicketShown *shown); /* of what is sent */
/* "Number 12 of 40: Summary", for the title of the page. */
void words_add_queue_title(GString *out, const TicketShown *shown, const char *thing);
/* What a plan gives: "20 a month", "5 a week, up to 5 roll over", "100 a day, shared in the organization", "Unlimited"; and
 * "2 bonus every 28 days", "10 bonus once". */
void words_add_plan_limit(GString *out, const Limit *limit);
void words_add_plan_grant(GString *out, const PlanGrant *grant);
/* What was given to whoever asked for more, of a request's `given`: "3", "Unlimited", "1.5 times as much"; nothing for null. */
void words_add_given(GString *out, const json_t *given);
/* At which shares of a limit an alert is due: "80 %, 100 %", "no alert"; with a window, "80 %, 100 % a day". One after the other: "...; ...". */
void words_add_alert_at(GString *out, const int *warn_at, int count, const WindowSpec *window);
/* What one unit comes to, as the price is written: "₹0.066", "1.25 €"; nothing where it is too little to tell. */
void words_add_cost(GString *out, const Price *price, double cost);
/* History (words_history.c): "Menu generation: history"; "3.9", "12"; of a scale, "10k", "2M"; and the last line of a statement. */
void words_add_history(GString *out, const Feature *feature);
void words_add_average(GString *out, double number);
void words_add_a_day(GString *out, double number); /* the same, but "less than 1" of what would be 0 */
void words_add_compact(GString *out, int64_t number);
void words_add_statement(GString *out, const char *subject, const char *from, const char *to, const char *zone, const char *as_of);
/* The audit (words_audit.c): "Override added", for what has no words as it is; of what was and became, "amount: 5, plan: none". The action
 * at `i`, with its words; NULL behind the last. */
const char *words_audit_action_at(size_t i, const char **action);
void words_add_audit_action(GString *out, const char *action);
void words_add_audit_values(GString *out, const json_t *values);
/* What is to come (words_time.c, words_coming.c): "From Tue 1 Dec at 00:00 (UTC)"; "11 messages a day instead of 5". */
void words_add_from(GString *out, Instant at, const char *zone, Instant now);
void words_add_coming(GString *out, const ComingChange *change);
void words_add_whom(GString *out, const Policy *policy); /* "Contact support"; where the policy says nothing of one, whom else to ask */
void words_add_upgrade(GString *out, const Policy *policy, const Plan *plan, const UsageLine *line, bool anonymous);

#endif
