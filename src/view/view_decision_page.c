/* The decision page: why one request was allowed or stopped. First the answer as it was given, then what was asked, then
 * every limit that was looked at: its numbers then, where its amount came from, and where it stands now. */
#include "view/view_page.h"
#include "view/words_add.h"

typedef struct {
    const DecisionShown *shown;
    const Answer *answer;
    Reader then, now; /* now.plan NULL: where its subject stands is not known */
    const char *zone; /* of the subject; NULL: each limit's own */
    bool request;     /* somebody asked for something: no commit, refund, ... */
    Instant at;       /* when the page is made */
} Why;

static const char *zone_of(const Why *why, const UsageLine *line)
{
    return why->zone ? why->zone : line->zone;
}

/* The same limit as it is now; NULL where there is none any more. The two may be of different policies. */
static const UsageLine *line_now(const Why *why, const UsageLine *then)
{
    for (int i = 0; i < why->now.line_count; i++) {
        const UsageLine *line = &why->now.lines[i];
        if (line->limit && strcmp(line->limit->key, then->limit->key) == 0 && strcmp(line->feature->key, then->feature->key) == 0)
            return line;
    }
    return NULL;
}

/* --- the answer --- */

static void set_kind(Value *page, const char *kind)
{
    static const char *const kinds[] = { "consume", "hold", "commit", "release", "expire", "refund", "reset", "restore" };
    Value *is = set_object(page, "is");
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        value_set_flag(is, value_key(kinds[i]), strcmp(kinds[i], kind) == 0);
}

static const AnswerLine *deciding(const Why *why)
{
    return why->answer->deciding >= 0 ? &why->answer->lines[why->answer->deciding] : NULL;
}

/* What has become of a refusal: it frees later, or there is room by now, or it is used up once more. */
static void set_since(Value *page, const Why *why)
{
    const AnswerLine *line = deciding(why);
    bool stopped = why->request && !answer_allowed(why->answer) && why->answer->outcome != OUTCOME_FORBIDDEN && line;
    const UsageLine *now = stopped ? line_now(why, &line->usage) : NULL;
    bool room = now && (now->amount == AMOUNT_UNLIMITED || now->remaining >= line->asked);
    bool waits = stopped && !room && line->frees_at != INSTANT_MAX && line->frees_at > why->at;
    if (waits) {
        set_words(page, "frees_in", words_add_span, line->frees_at - why->at);
        set_instant(page, "frees_at", line->frees_at);
    } else {
        set_null(page, "frees_in");
        set_null(page, "frees_at");
    }
    if (room)
        set_words(page, "room", words_add_left, now, why->at);
    else
        set_null(page, "room");
    set_flag(page, "full_again", now && !room && line->frees_at <= why->at);
}

static void set_answer(Value *page, const Why *why, bool theirs)
{
    const Answer *answer = why->answer;
    bool allowed = answer_allowed(answer);
    set_kind(page, why->shown->kind);
    set_flag(page, "allowed", why->request && allowed);
    set_words(page, "units", words_add_units, answer->feature, answer->units);
    if (allowed || !why->request)
        set_null(page, "message");
    else if (theirs)
        set_words(page, "message", words_add_answer_of_other, answer);
    else
        set_words(page, "message", words_add_answer, answer);
    set_value(page, "message_parts", dated_value(page, value_string(value_get(page, "message"))));
    set_since(page, why);
}

/* --- what was asked --- */

/* Whose it is, where that is not the reader. */
static const char *whose(const Why *why, const PageContext *context)
{
    const char *key = why->answer->subject;
    const char *shown = !context->signed_in && g_str_has_prefix(key, "anon:") ? key + strlen("anon:") : key;
    return g_strcmp0(shown, context->who) == 0 ? NULL : key;
}

static void set_reservation(Value *page, const Why *why)
{
    static const char *const states[] = { "held", "committed", "released", "expired" };
    const char *state = why->shown->reservation_state;
    if (!state) {
        set_null(page, "reservation");
        return;
    }
    Value *reservation = set_object(page, "reservation");
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        value_set_flag(reservation, value_key(states[i]), strcmp(states[i], state) == 0);
    set_words(reservation, "until", words_add_time, why->answer->expires_at, why->now.zone, why->at);
}

static void set_asked(Value *page, const Why *why, const PageContext *context)
{
    const Answer *answer = why->answer;
    set_text(page, "id", answer->id);
    set_text(page, "feature", answer->feature->key);
    set_text(page, "title", answer->feature->title);
    set_text(page, "resource", answer->resource);
    set_text(page, "whose", whose(why, context));
    set_text(page, "on_behalf_of", why->shown->on_behalf_of);
    set_value(page, "plan", plan_value(page, answer->plan));
    set_text(page, "organization", answer->organization);
    set_instant(page, "at", answer->at);
    set_words(page, "asked_at", words_add_stamp, answer->at, why->now.zone);
    set_words(page, "ago", words_add_ago, why->at - answer->at);
    if (why->shown->refunded > 0)
        set_words(page, "refunded", words_add_number, why->shown->refunded);
    else
        set_null(page, "refunded");
    set_reservation(page, why);
}

/* --- the limits --- */

/* "15 a day"; nothing for unlimited. */
static void add_amount(GString *out, Amount amount, const WindowSpec *window)
{
    if (amount == AMOUNT_UNLIMITED)
        return;
    words_add_number(out, amount);
    text_add(out, " ");
    words_add_per(out, window);
}

/* Where the amount came from: the plan, or what stood instead of it, and what was added. */
static void set_source(Value *row, const UsageLine *line, const Plan *plan)
{
    bool bonus = line->source & SOURCE_GRANT;
    bool limited = line->amount != AMOUNT_UNLIMITED;
    Value *source = set_object(row, "source");
    set_words(source, "amount", add_amount, line->amount, &line->limit->window);
    set_text(source, "plan", plan->title);
    set_flag(source, "override", line->source & SOURCE_OVERRIDE);
    set_flag(source, "grace", line->source & SOURCE_GRACE);
    set_words(source, "listed", add_amount, line->limit->plan_amount, &line->limit->window);
    if (limited && line->carried > 0)
        set_words(source, "rolled", words_add_number, line->carried);
    else
        set_null(source, "rolled");
    set_flag(source, "bonus", bonus);
    if (bonus && line->bonus > 0)
        set_words(source, "bonus_left", words_add_number, line->bonus);
    else
        set_null(source, "bonus_left");
}

static void set_verdict(Value *row, const Why *why, int index)
{
    const AnswerLine *line = &why->answer->lines[index];
    bool refused = why->request && line->refused;
    bool trial = line->usage.limit->mode == MODE_SHADOW;
    set_flag(row, "refused", refused && !trial);
    set_flag(row, "fits", why->request && !refused && !trial && !line->shadow_refused);
    set_flag(row, "trial", why->request && trial);
    set_flag(row, "trial_refused", line->shadow_refused);
    set_flag(row, "decided", why->request && index == why->answer->deciding);
    set_flag(row, "held", why->answer->kind == ASK_HOLD);
    if (why->request) {
        set_words(row, "asked", words_add_number, line->asked);
        set_words(row, "charged", words_add_number, line->charged);
    } else {
        set_null(row, "asked");
        set_null(row, "charged");
    }
}

/* When it would have room; only of a limit that had none. */
static void set_frees(Value *row, const Why *why, const AnswerLine *line)
{
    bool refused = why->request && line->refused;
    bool frees = refused && line->frees_at != INSTANT_MAX;
    set_flag(row, "never_frees", refused && !frees);
    if (frees)
        set_words(row, "frees", words_add_time, line->frees_at, zone_of(why, &line->usage), why->at);
    else
        set_null(row, "frees");
    set_flag(row, "freed", frees && line->frees_at <= why->at);
}

/* "today" was another day, where the page is looked at later. A rolling window has moved on, a lifetime has no end. */
static void set_period(Value *row, const Why *why, const UsageLine *line)
{
    bool bounded = line->limit->window.align != ALIGN_ROLLING && line->limit->window.unit != WINDOW_LIFETIME;
    set_words(row, "from", words_add_time, bounded ? line->window.start : INSTANT_MIN, zone_of(why, line), why->at);
    set_words(row, "until", words_add_time, bounded ? line->window.end : INSTANT_MAX, zone_of(why, line), why->at);
}

/* The window that was counted in is over: what is there now is another's. */
static bool is_over(const Why *why, const UsageLine *line)
{
    return line->limit->window.align != ALIGN_ROLLING && line->window.end <= why->at;
}

static void set_now(Value *row, const Why *why, const UsageLine *then)
{
    const UsageLine *line = line_now(why, then);
    set_flag(row, "gone", why->now.plan && !line);
    if (!line) {
        set_null(row, "now");
        return;
    }
    const UsageLine seen = reader_line(&why->now, line);
    Value *now = set_object(row, "now");
    set_flag(now, "later", is_over(why, then));
    set_words(now, "figures", words_add_used, line);
    set_words(now, "left", words_add_left, &seen, why->at);
    set_words(now, "resets", words_add_resets, &seen, why->at);
}

static void add_line(Value *lines, const Why *why, int index)
{
    const AnswerLine *line = &why->answer->lines[index];
    Value *row = value_add(lines, line_value(lines, &line->usage, why->answer->feature, &why->then, line->approximate));
    set_words(row, "window", words_add_per, &line->usage.limit->window);
    set_period(row, why, &line->usage);
    set_verdict(row, why, index);
    set_source(row, &line->usage, why->answer->plan);
    set_frees(row, why, line);
    set_now(row, why, &line->usage);
}

/* The one that decided first, then those that refused too, then the others. */
static void add_lines(Value *lines, const Why *why)
{
    const Answer *answer = why->answer;
    for (int rank = 0; rank < 3; rank++)
        for (int i = 0; i < answer->line_count; i++)
            if (rank == (i == answer->deciding ? 0 : answer->lines[i].refused ? 1 : 2))
                add_line(lines, why, i);
}

static Why why_of(const DecisionShown *shown, const PageContext *context)
{
    Why why = {
        .shown = shown,
        .answer = shown->answer,
        .then = reader_of_answer(shown->answer, context),
        .request = strcmp(shown->kind, "consume") == 0 || strcmp(shown->kind, "hold") == 0,
        .at = MAX(context->now, shown->answer->at),
    };
    if (shown->usage) {
        why.now = reader_of_report(shown->usage, context);
        why.zone = shown->usage->subject->zone;
        why.at = MAX(why.at, shown->usage->as_of);
    } else {
        why.now.zone = why.then.zone;
    }
    return why;
}

Value *view_decision_page(const DecisionShown *shown, const PageContext *context)
{
    Why why = why_of(shown, context);
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, shown->answer->feature->title, why.now.zone, false));
    set_asked(page, &why, context);
    set_answer(page, &why, whose(&why, context) != NULL);
    set_flag(page, "has_lines", shown->answer->line_count > 0);
    add_lines(set_list(page, "lines"), &why);
    set_words(page, "back", add_back, context->back);
    set_words(page, "usage_url", add_address, context->mount, "/", NULL);
    set_words(page, "feature_url", add_address, context->mount, "/features/", shown->answer->feature->key);
    set_words(page, "limit_url", add_address, context->mount, "/limit/", shown->answer->feature->key);
    return page;
}
