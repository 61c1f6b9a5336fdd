/* The words that people read, in one file: figures, resets, states, refusals. Everything else
 * that people read stands in templates/. Pure; English; new strings unless said.
 *
 * The forms are those of the project's wording rules: a number carries its unit, a time its zone,
 * a relative time stands beside the absolute one. Numbers have thousands separators ("1,000").
 */
#ifndef WEBQUOTA_WORDS_H
#define WEBQUOTA_WORDS_H

#include <jansson.h>
#include "domain/answer.h"

char *words_number(int64_t number);                       /* "12,345" */
char *words_units(const Feature *feature, int64_t number); /* "1 menu upload", "2 menu uploads" */
char *words_span(int64_t us);                             /* "in 3 h 12 min", "in 9 days", "in 20 s": at most two parts */
char *words_time(Instant at, const char *zone, Instant now); /* "2025-12-29 at 00:00 (UTC)"; today: "00:00 (UTC)" only when said by the caller */
char *words_window(const WindowSpec *window);             /* "today", "this week", "this month", "in the last 28 days", "in all" */
char *words_per(const WindowSpec *window);                /* "a day", "every 28 days", "in all" */

/* "5 of 15 menu generations used today"; "12 used today · ∞ unlimited"; "0 of 1 uploads used this week" */
char *words_used(const UsageLine *line);
/* "10 left"; "3 left: 1 this week, then 2 bonus until 9 Dec"; "about" where approximate */
char *words_left(const UsageLine *line, Instant now);
/* "Resets at 00:00 (America/New_York), in 3 h 12 min"; "" when it never does */
char *words_resets(const UsageLine *line, Instant now);
/* The line's whole message for the API: used, or "High usage today: 95 of 100", or the stop. */
char *words_line(const UsageLine *line, const Plan *plan, Instant now);

/* Allowed: the tightest line's words_used. Refused: "You've used all 100 Get Solution requests for
 * today. You can use it again on 2025-12-29 at 00:00 (UTC)."; not included: "Premium models are not
 * part of Anonymous. Sign in to get 20 a month."; suspended; never fits; queue. */
char *words_answer(const Answer *answer);

/* "Pro: 100 a day instead of 2"; for the highest plan "Contact support if you need more"; "" when there is
 * nothing to say. `line` is the limit in question (its limit may be NULL). */
char *words_upgrade(const Policy *policy, const Plan *plan, const UsageLine *line, bool anonymous);

const char *words_state(UsageState state);                /* "Available", "Getting close", "High usage", "Used up", ... static */

#endif
