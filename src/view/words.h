/* The words that people read, in one place: figures, resets, states, refusals. Everything else
 * that people read stands in templates/. Pure; English; new strings unless said.
 *
 * The forms are those of the project's wording rules: a number carries its unit, a time its zone,
 * a relative time stands beside the absolute one. Numbers have thousands separators ("1,000").
 */
#ifndef WEBQUOTA_WORDS_H
#define WEBQUOTA_WORDS_H

#include <jansson.h>
#include "domain/answer.h"
#include "domain/forecast.h"

char *words_number(int64_t number);                       /* "12,345" */
char *words_units(const Feature *feature, int64_t number); /* "1 menu upload", "2 menu uploads" */
char *words_capital(const char *text);                    /* with a capital letter: "Menu uploads" */

/* "in 3 h 12 min", "in 9 days", "in 20 s": at most two parts, rounded up; "now" when not in the future. */
char *words_span(int64_t us);
/* The same of what is over: "3 h 12 min ago", rounded down; "just now" when it is less than a second. */
char *words_ago(int64_t us);

/* "today", "this week", "in these 28 days", "in the last 24 hours", "in all"; the same as in "used all 3 for today" ("" for
 * lifetime); and "a day", "an hour", "every 28 days", "in any 24 hours", "in all". */
char *words_window(const WindowSpec *window);
char *words_window_for(const WindowSpec *window);
char *words_per(const WindowSpec *window);

/* Moments in the zone of that name (NULL, or unknown: UTC). Never earlier than the moment itself: the minute is
 * rounded up; seconds are shown when it is less than an hour off. INSTANT_MIN and INSTANT_MAX give "". */
char *words_time(Instant at, const char *zone, Instant now); /* "2025-12-29 at 00:00 (UTC)" */
/* What happened, to the second, rounded down: "2025-12-29 at 00:00:05 (UTC)". */
char *words_stamp(Instant at, const char *zone);
/* The same where the zone is named elsewhere: "2025-12-29 00:00:05". */
char *words_stamp_bare(Instant at, const char *zone);
char *words_clock(Instant at, const char *zone, Instant now); /* "00:00" */
char *words_day(Instant at, const char *zone, Instant now);  /* "9 Dec"; "9 Jan 2027" in another year than now's */

/* "5 of 15 menu generations used today"; "12 used · ∞ unlimited"; "0 of 1 uploads used this week"; a shared
 * limit says whose: "… used today by your organization". The true figure, also past the amount. */
char *words_used(const UsageLine *line);
/* "10 left"; "3 left: 1 this week, then 2 bonus until 9 Dec"; unlimited: "Not limited; still counted" */
char *words_left(const UsageLine *line, Instant now);
/* "Resets at 00:00 (America/New_York), in 3 h 12 min"; "" when it never does */
char *words_resets(const UsageLine *line, Instant now);
/* "At this rate it runs out on Thursday about 14:00 (UTC)"; without the hour when that is more than two days off, "about Thu 3
 * Dec" when more than six; "At this rate it lasts until it resets"; "" where nothing is forecast. */
char *words_pace(const Forecast *forecast, const char *zone, Instant now);
/* The line's whole message for the API: used, or "High usage today: 95 of 100", or the stop; not included: its
 * first sentence (words_not_included has both). */
char *words_line(const UsageLine *line, const Plan *plan, Instant now);

/* Allowed: the tightest line's words_used. Refused: "You've used all 100 Get Solution requests for
 * today. You can use it again on 2025-12-29 at 00:00 (UTC)."; not included: "Premium models are not
 * part of Anonymous. Sign in to get 20 a month."; suspended; never fits; queue. */
char *words_answer(const Answer *answer);
/* The same for somebody who looks at what another did: "All 100 Get Solution requests for today are used. ..." */
char *words_answer_of_other(const Answer *answer);

/* "Premium models are not part of Anonymous. Sign in to get 20 a month.", "... of Free. Pro has 50 a day."
 * `limit`: the one of amount 0; NULL when the plan does not list the feature. */
char *words_not_included(const Policy *policy, const Plan *plan, const Feature *feature, const Limit *limit, bool anonymous);

/* What a person would get on a higher plan: the first plan up the line of `upgrade` (for a visitor: from the default
 * plan on) that gives more than `amount` of the limit's feature. */
typedef struct {
    const Plan *plan;
    const Limit *limit;       /* NULL: unlimited without being counted by a limit of its own */
    Amount amount;
    bool by_signing_in;       /* plan is the default plan, offered to a visitor */
} Offer;
bool words_offer(const Policy *policy, const Plan *plan, const Feature *feature, const Limit *limit, Amount amount,
                 bool anonymous, Offer *offer);

/* "Pro: 100 a day instead of 2"; a visitor: "Sign in to get 10 a day instead of 3"; for the highest plan
 * "Contact support if you need more" ("Ask whoever administers the site if ..." where the policy names no support); "" when
 * there is nothing to say. `line` is the limit in question (its limit may be NULL). */
char *words_upgrade(const Policy *policy, const Plan *plan, const UsageLine *line, bool anonymous);

/* What an HTTP status means to a person: "There is nothing here"; `guarded`: of a request to another program. Static; NULL for one that
 * no page is about. */
const char *words_status(int status, bool guarded);

const char *words_state(UsageState state); /* "Available", "Getting close", "High usage", "Used up", ... static */

#endif
