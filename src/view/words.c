/* Figures, states and refusals in words. Who is spoken of comes from the limit's scope: a person's own
 * limit says "You", a shared one says whose it is. Moments and windows: words_time.c; offers of a
 * higher plan: words_offer.c. */
#include "view/words_add.h"

/* Whose limit it is, where that is known. */
typedef struct {
    const char *organization; /* NULL: not told */
    const Plan *plan;         /* NULL: not told */
    bool other;               /* somebody else reads: nobody is spoken to as "you" */
} Owner;

/* " by Sunrise Gym", for a shared limit; nothing for one's own. */
static void add_used_by(GString *out, const Limit *limit, const Owner *owner)
{
    switch (limit->scope) {
    case SCOPE_SUBJECT:
        break;
    case SCOPE_ORGANIZATION:
        text_add(out, " by ");
        text_add(out, owner->organization ? owner->organization : "your organization");
        break;
    case SCOPE_PLAN:
        text_adds(out, " by everybody on ", owner->plan ? owner->plan->title : "this plan");
        break;
    case SCOPE_SITE:
        text_add(out, " by everybody");
        break;
    }
}

static bool is_shared(const Limit *limit)
{
    return limit->scope != SCOPE_SUBJECT;
}

/* Is the reader not the one whose use it is, or not alone? */
static bool is_not_yours(const Limit *limit, const Owner *owner)
{
    return owner->other || is_shared(limit);
}

/* The same after a noun: " of Sunrise Gym", " shared by everybody on Free". */
static void add_owner(GString *out, const Limit *limit, const Owner *owner)
{
    if (limit->scope == SCOPE_ORGANIZATION) {
        text_adds(out, " of ", owner->organization ? owner->organization : "your organization");
        return;
    }
    text_add(out, is_shared(limit) ? " shared" : "");
    add_used_by(out, limit, owner);
}

const char *words_state(UsageState state)
{
    static const char *const words[] = {"Available", "Getting close", "High usage", "Used up", "Unlimited", "Not included"};
    return words[state];
}

const char *words_status(int status, bool guarded)
{
    static const struct {
        int status;
        const char *words;
    } meanings[] = {
        {400, "This request cannot be understood"},
        {401, "Please sign in first"},
        {403, "This is not open to you"},
        {404, "There is nothing here"},
        {405, "This address cannot be used that way"},
        {409, "This cannot be done now"},
        {413, "That was more than can be taken"},
        {415, "This cannot be read"},
        {422, "This cannot be done as it was asked"},
        {429, "That was too much for now"},
        {500, "Something went wrong here"},
        {503, "Usage cannot be shown now"},
    };
    if (guarded && status == 503)
        return "This cannot be done just now";
    for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (meanings[i].status == status)
            return meanings[i].words;
    return NULL;
}

/* ---- figures --------------------------------------------------------------------------- */

/* "95 of 100" */
static void add_part_of(GString *out, int64_t part, int64_t whole)
{
    words_add_number(out, part);
    text_add(out, " of ");
    words_add_number(out, whole);
}

/* Was the limit's own amount used up, so that bonuses paid for more? */
static bool paid_by_bonus(const UsageLine *line)
{
    return line->spent.units > 0 && line->used >= line->amount;
}

/* "1 bonus upload", "2 bonus uploads" */
static void add_bonus_units(GString *out, const Feature *feature, int64_t number)
{
    words_add_number(out, number);
    text_adds(out, " bonus ", number == 1 ? feature->unit : feature->units);
}

/* ", and 1 of 2 bonus uploads" */
static void add_and_bonus(GString *out, const UsageLine *line)
{
    if (!paid_by_bonus(line))
        return;
    text_add(out, ", and ");
    add_part_of(out, line->spent.units, line->spent.given);
    text_adds(out, " bonus ", line->feature->units);
}

static void add_used(GString *out, const UsageLine *line, const Owner *owner)
{
    if (!line->limit) {
        text_add(out, "Not included");
        return;
    }
    if (line->amount == AMOUNT_UNLIMITED) {
        words_add_number(out, line->used);
        text_add(out, " used · ∞ unlimited");
        return;
    }
    add_part_of(out, line->used, line->amount);
    text_add(out, " ");
    text_add(out, line->feature->units);
    text_add(out, " used ");
    words_add_window(out, &line->limit->window);
    add_used_by(out, line->limit, owner);
    add_and_bonus(out, line);
}

void words_add_used(GString *out, const UsageLine *line)
{
    add_used(out, line, &(Owner){0});
}

void words_add_about_used(GString *out, const UsageLine *line)
{
    text_add(out, "About ");
    words_add_used(out, line);
}

static void add_and_held(GString *out, const UsageLine *line)
{
    if (line->held <= 0)
        return;
    text_add(out, ", ");
    words_add_number(out, line->held);
    text_add(out, " held");
}

void words_add_meter(GString *out, const UsageLine *line, const char *figures)
{
    text_add(out, figures);
    add_and_held(out, line);
}

char *words_used(const UsageLine *line)
{
    return WORDS(words_add_used, line);
}

/* What is left, part by part in the order it is spent; nothing when it is all of one kind, the limit's own. */
static void add_left_parts(GString *out, const UsageLine *line, Instant now)
{
    int64_t own = line->remaining - line->bonus;
    int64_t carried = MAX(line->carried - line->used - line->held, 0);
    const char *before = ": ", *then = ", then ";
    if (carried == 0 && line->bonus == 0)
        return;
    if (carried > 0) {
        text_add(out, before);
        words_add_number(out, carried);
        text_add(out, " rolled over");
        before = then;
    }
    if (own > carried) {
        text_add(out, before);
        words_add_number(out, own - carried);
        text_add(out, " ");
        words_add_window(out, &line->limit->window);
        before = then;
    }
    if (line->bonus > 0) {
        text_add(out, before);
        words_add_number(out, line->bonus);
        text_add(out, " bonus");
        g_autofree char *day = words_day(line->bonus_expires, line->zone, now);
        text_adds(out, *day ? " until " : "", day);
    }
}

/* ", 2 bonus again on 9 Dec", where nothing is left. */
static void add_left_again(GString *out, const UsageLine *line, Instant now)
{
    if (line->remaining > 0 || line->spent.again_units == 0)
        return;
    text_add(out, ", ");
    words_add_number(out, line->spent.again_units);
    text_add(out, " bonus again on ");
    words_add_day(out, line->spent.again, line->zone, now);
}

void words_add_left(GString *out, const UsageLine *line, Instant now)
{
    if (!line->limit)
        return;
    if (line->amount == AMOUNT_UNLIMITED) {
        text_add(out, "Not limited; still counted");
        return;
    }
    words_add_number(out, line->remaining);
    text_add(out, " left");
    add_left_parts(out, line, now);
    add_left_again(out, line, now);
    if (line->held > 0) {
        text_add(out, ", ");
        words_add_number(out, line->held);
        text_add(out, " held for work in progress");
    }
}

char *words_left(const UsageLine *line, Instant now)
{
    return WORDS(words_add_left, line, now);
}

/* ---- the stop -------------------------------------------------------------------------- */

typedef struct {
    const UsageLine *line;
    const Owner *owner;
    int64_t asked;
    Instant back_at, now;
} Stop;

/* " of Sunrise Gym for today": whose it is and when, after the noun. */
static void add_whose_and_when(GString *out, const Stop *stop)
{
    add_owner(out, stop->line->limit, stop->owner);
    if (stop->line->limit->window.unit == WINDOW_LIFETIME)
        return;
    text_add(out, " ");
    words_add_window_for(out, &stop->line->limit->window);
}

/* " is", " are" */
static void add_verb(GString *out, int64_t number)
{
    text_add(out, number == 1 ? " is" : " are");
}

/* Less is left than was asked for. */
static void add_too_many(GString *out, const Stop *stop)
{
    const UsageLine *line = stop->line;
    bool bonus = line->bonus > 0;
    text_add(out, "Only ");
    if (bonus) {
        words_add_units(out, line->feature, line->remaining);
    } else {
        add_part_of(out, line->remaining, line->amount);
        text_adds(out, " ", line->feature->units);
    }
    add_whose_and_when(out, stop);
    add_verb(out, line->remaining);
    text_add(out, bonus ? " left, bonus included, and " : " left, and ");
    words_add_number(out, stop->asked);
    text_add(out, " were asked for.");
}

/* More was used than the amount is by now. */
static void add_past(GString *out, const Stop *stop)
{
    const UsageLine *line = stop->line;
    bool neutral = is_not_yours(line->limit, stop->owner);
    text_add(out, neutral ? "" : "You've used ");
    words_add_units(out, line->feature, line->used);
    if (neutral) {
        add_owner(out, line->limit, stop->owner);
        add_verb(out, line->used);
        text_add(out, " used");
    }
    text_add(out, " ");
    words_add_window(out, &line->limit->window);
    text_add(out, "; the limit is ");
    words_add_number(out, line->amount);
    text_add(out, ".");
}

/* Some of it is only held. */
static void add_held(GString *out, const Stop *stop)
{
    const UsageLine *line = stop->line;
    bool neutral = is_not_yours(line->limit, stop->owner);
    text_add(out, neutral ? "" : "You've used ");
    add_part_of(out, line->used, line->amount);
    text_adds(out, " ", line->feature->units);
    add_whose_and_when(out, stop);
    text_add(out, neutral ? " are used, and " : ", and ");
    words_add_number(out, line->amount - line->used);
    text_add(out, " more");
    add_verb(out, line->amount - line->used);
    text_add(out, " held for work in progress.");
}

static void add_full(GString *out, const Stop *stop)
{
    const UsageLine *line = stop->line;
    bool neutral = is_not_yours(line->limit, stop->owner);
    if (line->amount == 0) {
        text_adds(out, stop->owner->other ? "All bonus " : "You've used all your bonus ", line->feature->units,
                  stop->owner->other ? " are used." : ".");
        return;
    }
    int64_t spent = paid_by_bonus(line) ? line->spent.units : 0;
    if (line->amount == 1)
        text_add(out, neutral ? "The " : "You've used your ");
    else
        text_add(out, neutral ? "All " : "You've used all ");
    words_add_units(out, line->feature, line->amount);
    add_whose_and_when(out, stop);
    if (spent > 0) {
        text_add(out, " and ");
        add_bonus_units(out, line->feature, spent);
    }
    if (neutral) {
        add_verb(out, spent > 0 ? 2 : line->amount);
        text_add(out, " used");
    }
    text_add(out, ".");
}

static void add_reason(GString *out, const Stop *stop)
{
    const UsageLine *line = stop->line;
    if (line->remaining > 0)
        add_too_many(out, stop);
    else if (line->used > line->amount)
        add_past(out, stop);
    else if (line->used < line->amount)
        add_held(out, stop);
    else
        add_full(out, stop);
}

/* " 2 bonus uploads again on 2025-12-29 at 00:00 (UTC)." */
static void add_bonus_again(GString *out, const Stop *stop)
{
    const UsageLine *line = stop->line;
    if (line->remaining > 0 || line->spent.again_units == 0)
        return;
    text_add(out, " ");
    add_bonus_units(out, line->feature, line->spent.again_units);
    text_add(out, " again on ");
    words_add_time(out, line->spent.again, line->zone, stop->now);
    text_add(out, ".");
}

static void add_stop(GString *out, const Stop *stop)
{
    const UsageLine *line = stop->line;
    bool held = line->remaining == 0 && line->used < line->amount;
    add_reason(out, stop);
    if (stop->back_at != INSTANT_MAX) {
        text_add(out, stop->owner->other ? " It can be used again on " : " You can use it again on ");
        words_add_time(out, stop->back_at, line->zone, stop->now);
        text_add(out, held ? ", or when that work ends." : ".");
    } else if (held) {
        text_add(out, stop->owner->other ? " It can be used again when that work ends." : " You can use it again when that work ends.");
    } else if (line->limit->window.unit == WINDOW_LIFETIME) {
        text_add(out, " This limit never resets.");
    }
    add_bonus_again(out, stop);
}

/* ---- messages -------------------------------------------------------------------------- */

static void add_high_usage(GString *out, const UsageLine *line)
{
    text_add(out, "High usage ");
    words_add_window(out, &line->limit->window);
    text_add(out, ": ");
    add_part_of(out, line->used, line->amount);
    add_and_held(out, line);
    add_and_bonus(out, line);
}

/* A limit that lets everything pass: no stop, only by how much it was passed. */
static void add_overage(GString *out, const UsageLine *line, const Owner *owner)
{
    add_used(out, line, owner);
    if (line->used <= line->amount)
        return;
    text_add(out, ", ");
    words_add_number(out, line->used - line->amount);
    text_add(out, " over");
}

void words_add_line(GString *out, const UsageLine *line, const Plan *plan, Instant now)
{
    Owner owner = {.plan = plan};
    switch (line->state) {
    case USAGE_WARNING:
        add_high_usage(out, line);
        return;
    case USAGE_EXHAUSTED:
        if (line->limit->mode != MODE_ENFORCE || line->limit->on_exceed == EXCEED_ALLOW)
            add_overage(out, line, &owner);
        else
            add_stop(out, &(Stop){line, &owner, 1, line->resets_at, now});
        return;
    case USAGE_NOT_INCLUDED:
        words_add_capital(out, line->feature->units);
        text_adds(out, " are not part of ", plan->title, ".");
        return;
    case USAGE_OK:
    case USAGE_NOTICE:
    case USAGE_UNLIMITED:
        break;
    }
    add_used(out, line, &owner);
}

char *words_line(const UsageLine *line, const Plan *plan, Instant now)
{
    return WORDS(words_add_line, line, plan, now);
}

static void add_never_fits(GString *out, const AnswerLine *line)
{
    words_add_units(out, line->usage.feature, line->asked);
    text_add(out, " at once is more than the whole limit of ");
    words_add_number(out, line->usage.amount);
    text_add(out, " ");
    words_add_per(out, &line->usage.limit->window);
    text_add(out, ".");
}

static void add_allowed(GString *out, const Answer *answer, const AnswerLine *line)
{
    if (answer->reason == REASON_UNAVAILABLE) {
        text_add(out, "Allowed without being counted: usage is not available now");
    } else if (!line) {
        text_add(out, "Allowed");
    } else {
        text_add(out, line->approximate ? "About " : "");
        add_used(out, &line->usage, &(Owner){answer->organization, answer->plan, false});
    }
}

static void add_forbidden(GString *out, const Answer *answer)
{
    const UsageLine *line = answer->deciding >= 0 ? &answer->lines[answer->deciding].usage : NULL;
    words_add_not_included(out, answer->policy, answer->plan, line && line->limit ? line->feature : answer->feature,
                           line ? line->limit : NULL, answer->anonymous);
}

/* In the subject's own zone, where one is known. */
static void add_refused(GString *out, const Answer *answer, const AnswerLine *line, const Owner *owner)
{
    UsageLine seen = line->usage;
    if (answer->zone)
        seen.zone = answer->zone;
    add_stop(out, &(Stop){&seen, owner, line->asked, line->frees_at, answer->at});
}

static void add_suspended(GString *out, const Answer *answer)
{
    text_adds(out, "Use of ", answer->feature->units, " is suspended for this account. ");
    words_add_whom(out, answer->policy);
    text_add(out, ".");
}

static void add_answer(GString *out, const Answer *answer, bool other)
{
    const Owner owner = {answer->organization, answer->plan, other};
    const AnswerLine *line = answer->deciding >= 0 ? &answer->lines[answer->deciding]
                             : answer->line_count > 0 ? &answer->lines[0]
                                                      : NULL;
    if (answer->outcome == OUTCOME_ALLOWED)
        add_allowed(out, answer, line);
    else if (answer->reason == REASON_SUSPENDED)
        add_suspended(out, answer);
    else if (answer->outcome == OUTCOME_FORBIDDEN)
        add_forbidden(out, answer);
    else if (!line)
        text_adds(out, answer->feature->title, " cannot be used now.");
    else if (answer->reason == REASON_QUEUE_FULL)
        text_adds(out, "Too many people wait for ", answer->feature->units, " at the moment. Try again in a few minutes.");
    else if (answer->ticket)
        words_add_queued(out, answer);
    else if (answer->reason == REASON_NEVER_FITS)
        add_never_fits(out, line);
    else
        add_refused(out, answer, line, &owner);
}

void words_add_answer(GString *out, const Answer *answer)
{
    add_answer(out, answer, false);
}

void words_add_answer_of_other(GString *out, const Answer *answer)
{
    add_answer(out, answer, true);
}

char *words_answer_of_other(const Answer *answer)
{
    return WORDS(words_add_answer_of_other, answer);
}

char *words_answer(const Answer *answer)
{
    return WORDS(words_add_answer, answer);
}
