/* Figures, states and refusals in words. Who is spoken of comes from the limit's scope: a person's own
 * limit says "You", a shared one says whose it is. Moments and windows: words_time.c; offers of a
 * higher plan: words_offer.c. */
#include "view/words.h"

/* Whose limit it is, where that is known. */
typedef struct {
    const char *organization; /* NULL: not told */
    const Plan *plan;         /* NULL: not told */
} Owner;

/* " by Sunrise Gym", for a shared limit; "" for one's own. */
static char *used_by(const Limit *limit, const Owner *owner)
{
    switch (limit->scope) {
    case SCOPE_SUBJECT:
        break;
    case SCOPE_ORGANIZATION:
        return g_strdup_printf(" by %s", owner->organization ? owner->organization : "your organization");
    case SCOPE_PLAN:
        return g_strdup_printf(" by everybody on %s", owner->plan ? owner->plan->title : "this plan");
    case SCOPE_SITE:
        return g_strdup(" by everybody");
    }
    return g_strdup("");
}

/* The same after a noun: " of Sunrise Gym", " shared by everybody on Free". */
static char *units_of(const Limit *limit, const Owner *owner)
{
    g_autofree char *by = used_by(limit, owner);
    if (limit->scope == SCOPE_ORGANIZATION)
        return g_strdup_printf(" of %s", by + strlen(" by "));
    return *by ? g_strdup_printf(" shared%s", by) : g_strdup("");
}

const char *words_state(UsageState state)
{
    static const char *const words[] = {"Available", "Getting close", "High usage", "Used up", "Unlimited", "Not included"};
    return words[state];
}

/* ---- figures --------------------------------------------------------------------------- */

static char *used_words(const UsageLine *line, const Owner *owner)
{
    if (!line->limit)
        return g_strdup("Not included");
    g_autofree char *used = words_number(line->used);
    if (line->amount == AMOUNT_UNLIMITED)
        return g_strdup_printf("%s used · ∞ unlimited", used);
    g_autofree char *amount = words_number(line->amount);
    g_autofree char *window = words_window(&line->limit->window);
    g_autofree char *by = used_by(line->limit, owner);
    return g_strdup_printf("%s of %s %s used %s%s", used, amount, line->feature->units, window, by);
}

char *words_used(const UsageLine *line)
{
    return used_words(line, &(Owner){0});
}

static void append_part(GString *parts, const char *part)
{
    g_string_append_printf(parts, "%s%s", parts->len ? ", then " : "", part);
}

/* What is left, part by part in the order it is spent; "" when it is all of one kind, the limit's own. */
static char *left_parts(const UsageLine *line, Instant now)
{
    int64_t own = line->remaining - line->bonus;
    int64_t carried = MAX(line->carried - line->used - line->held, 0);
    if (carried == 0 && line->bonus == 0)
        return g_strdup("");
    GString *parts = g_string_new(NULL);
    if (carried > 0) {
        g_autofree char *number = words_number(carried);
        g_autofree char *part = g_strdup_printf("%s rolled over", number);
        append_part(parts, part);
    }
    if (own > carried) {
        g_autofree char *number = words_number(own - carried);
        g_autofree char *window = words_window(&line->limit->window);
        g_autofree char *part = g_strdup_printf("%s %s", number, window);
        append_part(parts, part);
    }
    if (line->bonus > 0) {
        g_autofree char *number = words_number(line->bonus);
        g_autofree char *day = words_day(line->bonus_expires, line->zone, now);
        g_autofree char *part = g_strdup_printf("%s bonus%s%s", number, *day ? " until " : "", day);
        append_part(parts, part);
    }
    return g_string_free(parts, FALSE);
}

char *words_left(const UsageLine *line, Instant now)
{
    if (!line->limit)
        return g_strdup("");
    if (line->amount == AMOUNT_UNLIMITED)
        return g_strdup("Not limited; still counted");
    g_autofree char *number = words_number(line->remaining);
    g_autofree char *parts = left_parts(line, now);
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%s left%s%s", number, *parts ? ": " : "", parts);
    if (line->held > 0) {
        g_autofree char *held = words_number(line->held);
        g_string_append_printf(out, ", %s held for work in progress", held);
    }
    return g_string_free(out, FALSE);
}

/* ---- the stop -------------------------------------------------------------------------- */

/* Less is left than was asked for. */
static char *stop_too_many(const UsageLine *line, int64_t asked, const char *of, const char *window)
{
    g_autofree char *left = words_number(line->remaining);
    g_autofree char *amount = words_number(line->amount);
    g_autofree char *wanted = words_number(asked);
    const char *verb = line->remaining == 1 ? "is" : "are";
    if (line->bonus > 0) {
        g_autofree char *units = words_units(line->feature, line->remaining);
        return g_strdup_printf("Only %s%s%s %s left, bonus included, and %s were asked for.", units, of, window, verb,
                               wanted);
    }
    return g_strdup_printf("Only %s of %s %s%s%s %s left, and %s were asked for.", left, amount, line->feature->units, of,
                           window, verb, wanted);
}

/* More was used than the amount is by now. */
static char *stop_past(const UsageLine *line, const char *of)
{
    g_autofree char *used = words_units(line->feature, line->used);
    g_autofree char *amount = words_number(line->amount);
    g_autofree char *when = words_window(&line->limit->window);
    if (!*of)
        return g_strdup_printf("You've used %s %s; the limit is %s.", used, when, amount);
    return g_strdup_printf("%s%s %s used %s; the limit is %s.", used, of, line->used == 1 ? "is" : "are", when, amount);
}

/* Some of it is only held. */
static char *stop_held(const UsageLine *line, const char *of, const char *window)
{
    g_autofree char *used = words_number(line->used);
    g_autofree char *amount = words_number(line->amount);
    g_autofree char *held = words_number(line->amount - line->used);
    const char *verb = line->amount - line->used == 1 ? "is" : "are";
    if (!*of)
        return g_strdup_printf("You've used %s of %s %s%s, and %s more %s held for work in progress.", used, amount,
                               line->feature->units, window, held, verb);
    return g_strdup_printf("%s of %s %s%s%s are used, and %s more %s held for work in progress.", used, amount,
                           line->feature->units, of, window, held, verb);
}

static char *stop_full(const UsageLine *line, const char *of, const char *window)
{
    g_autofree char *all = words_units(line->feature, line->amount);
    if (line->amount == 0)
        return g_strdup_printf("You've used all your bonus %s.", line->feature->units);
    if (line->amount == 1)
        return *of ? g_strdup_printf("The %s%s%s is used.", all, of, window)
                   : g_strdup_printf("You've used your %s%s.", all, window);
    return *of ? g_strdup_printf("All %s%s%s are used.", all, of, window)
               : g_strdup_printf("You've used all %s%s.", all, window);
}

static char *stop_reason(const UsageLine *line, int64_t asked, const Owner *owner)
{
    g_autofree char *of = units_of(line->limit, owner);
    g_autofree char *bare = words_window_for(&line->limit->window);
    g_autofree char *window = *bare ? g_strconcat(" ", bare, NULL) : g_strdup("");
    if (line->remaining > 0)
        return stop_too_many(line, asked, of, window);
    if (line->used > line->amount)
        return stop_past(line, of);
    if (line->used < line->amount)
        return stop_held(line, of, window);
    return stop_full(line, of, window);
}

static char *stop_words(const UsageLine *line, int64_t asked, const Owner *owner, Instant back_at, Instant now)
{
    g_autofree char *reason = stop_reason(line, asked, owner);
    bool held = line->remaining == 0 && line->used < line->amount;
    if (back_at == INSTANT_MAX) {
        bool lifetime = line->limit->window.unit == WINDOW_LIFETIME;
        const char *rest = held       ? " You can use it again when that work ends."
                           : lifetime ? " This limit never resets."
                                      : "";
        return g_strconcat(reason, rest, NULL);
    }
    g_autofree char *time = words_time(back_at, line->zone, now);
    return g_strdup_printf("%s You can use it again on %s%s.", reason, time, held ? ", or when that work ends" : "");
}

/* ---- messages -------------------------------------------------------------------------- */

static char *high_usage(const UsageLine *line)
{
    g_autofree char *window = words_window(&line->limit->window);
    g_autofree char *used = words_number(line->used);
    g_autofree char *amount = words_number(line->amount);
    g_autofree char *held = line->held > 0 ? words_number(line->held) : NULL;
    return g_strdup_printf("High usage %s: %s of %s%s%s%s", window, used, amount, held ? ", " : "", held ? held : "",
                           held ? " held" : "");
}

/* A limit that lets everything pass: no stop, only by how much it was passed. */
static char *overage(const UsageLine *line, const Owner *owner)
{
    g_autofree char *used = used_words(line, owner);
    if (line->used <= line->amount)
        return g_steal_pointer(&used);
    g_autofree char *over = words_number(line->used - line->amount);
    return g_strdup_printf("%s, %s over", used, over);
}

char *words_line(const UsageLine *line, const Plan *plan, Instant now)
{
    Owner owner = {.plan = plan};
    switch (line->state) {
    case USAGE_WARNING:
        return high_usage(line);
    case USAGE_EXHAUSTED:
        if (line->limit->mode != MODE_ENFORCE || line->limit->on_exceed == EXCEED_ALLOW)
            return overage(line, &owner);
        return stop_words(line, 1, &owner, line->resets_at, now);
    case USAGE_NOT_INCLUDED: {
        g_autofree char *units = words_capital(line->feature->units);
        return g_strdup_printf("%s are not part of %s.", units, plan->title);
    }
    case USAGE_OK:
    case USAGE_NOTICE:
    case USAGE_UNLIMITED:
        break;
    }
    return used_words(line, &owner);
}

static char *never_fits(const AnswerLine *line)
{
    g_autofree char *asked = words_units(line->usage.feature, line->asked);
    g_autofree char *amount = words_number(line->usage.amount);
    g_autofree char *per = words_per(&line->usage.limit->window);
    return g_strdup_printf("%s at once is more than the whole limit of %s %s.", asked, amount, per);
}

static char *allowed_words(const Answer *answer, const AnswerLine *line)
{
    if (answer->reason == REASON_UNAVAILABLE)
        return g_strdup("Allowed without being counted: usage is not available now");
    if (!line)
        return g_strdup("Allowed");
    g_autofree char *used = used_words(&line->usage, &(Owner){answer->organization, answer->plan});
    return line->approximate ? g_strdup_printf("About %s", used) : g_steal_pointer(&used);
}

char *words_answer(const Answer *answer)
{
    const AnswerLine *line = answer->deciding >= 0 ? &answer->lines[answer->deciding]
                             : answer->line_count > 0 ? &answer->lines[0]
                                                      : NULL;
    if (answer->outcome == OUTCOME_ALLOWED)
        return allowed_words(answer, line);
    if (answer->reason == REASON_SUSPENDED)
        return g_strdup_printf("Use of %s is suspended for this account. Contact support.", answer->feature->units);
    if (answer->outcome == OUTCOME_FORBIDDEN) {
        const Limit *limit = answer->deciding >= 0 ? line->usage.limit : NULL;
        const Feature *feature = limit ? line->usage.feature : answer->feature;
        return words_not_included(answer->policy, answer->plan, feature, limit, answer->anonymous);
    }
    if (!line)
        return g_strdup_printf("%s cannot be used now.", answer->feature->title);
    if (answer->reason == REASON_NEVER_FITS)
        return never_fits(line);
    return stop_words(&line->usage, line->asked, &(Owner){answer->organization, answer->plan}, line->frees_at, answer->at);
}
