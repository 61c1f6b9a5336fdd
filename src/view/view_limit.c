/* The limit page: for somebody who was just stopped. What, which limit, when it comes back, what to do, and
 * the way back. One web server cuts a refusal at 8192 bytes with its headers, so the page counts what it
 * shows: limits beyond the budget are only counted. */
#include "view/view_page.h"
#include "view/words_add.h"

#define PAGE_BYTES 7300   /* leaves room for the headers */
#define FRAME_BYTES 2230  /* layout and template, with every section in it */
#define ROW_BYTES 520     /* the same for one limit */
#define FACT_BYTES 60     /* and for what stands beside it */
#define BACK_BYTES_MOST 1200

typedef struct {
    Reader reader;
    const Answer *refusal;    /* NULL when nothing was refused */
    const Feature *feature;   /* NULL when the report has no line */
    const UsageLine *stopper; /* the limit that stops; NULL when none does, or no limit is the reason */
    Instant back_at;          /* INSTANT_MAX: no such time */
    bool stopped;
} Stop;

/* --- which limits, in which order --- */

/* The one that decided first, then those that refused too, then the others. Where no limit was looked at, a
 * line without one: the plan does not list the feature. Never empty; *count is how many. */
static UsageLine *refusal_lines(const Answer *refusal, int *count)
{
    UsageLine *lines = g_new0(UsageLine, MAX(refusal->line_count, 1));
    *count = 0;
    if (refusal->line_count == 0)
        lines[(*count)++] = (UsageLine){ .feature = refusal->feature,
                                         .state = USAGE_NOT_INCLUDED,
                                         .resets_at = INSTANT_MAX,
                                         .override_expires = INSTANT_MAX,
                                         .bonus_expires = INSTANT_MAX };
    for (int rank = 0; rank < 3; rank++)
        for (int i = 0; i < refusal->line_count; i++) {
            int its_rank = i == refusal->deciding ? 0 : refusal->lines[i].refused ? 1 : 2;
            if (its_rank == rank)
                lines[(*count)++] = refusal->lines[i].usage;
        }
    return lines;
}

static bool is_approximate(const Answer *refusal, const UsageLine *line)
{
    for (int i = 0; refusal && i < refusal->line_count; i++)
        if (refusal->lines[i].usage.limit == line->limit)
            return refusal->lines[i].approximate;
    return false;
}

/* Without a refusal: of the full limits the one that frees last; what the plan lacks comes before all. */
static const UsageLine *stopper_of(const Reader *reader)
{
    const UsageLine *stopper = NULL;
    for (int i = 0; i < reader->line_count; i++) {
        const UsageLine *line = &reader->lines[i];
        Look look = line_look(line);
        if (look == LOOK_NOT_INCLUDED)
            return line;
        if (look == LOOK_EXHAUSTED && (!stopper || line->resets_at > stopper->resets_at))
            stopper = line;
    }
    return stopper;
}

static void stop_of_refusal(Stop *stop, const Answer *refusal)
{
    bool by_limit = refusal->outcome == OUTCOME_DENIED || refusal->outcome == OUTCOME_QUEUED;
    stop->refusal = refusal;
    stop->feature = refusal->feature;
    stop->stopped = !answer_allowed(refusal);
    stop->back_at = INSTANT_MAX;
    if (stop->stopped && refusal->deciding >= 0) {
        stop->stopper = &stop->reader.lines[0];
        if (by_limit && refusal->reason == REASON_LIMIT)
            stop->back_at = refusal->lines[refusal->deciding].frees_at;
    }
}

static void stop_of_report(Stop *stop, const UsageReport *report)
{
    stop->feature = report->line_count > 0 ? report->lines[0].feature : NULL;
    stop->stopper = stopper_of(&stop->reader);
    stop->stopped = stop->stopper || report->subject->suspended;
    bool comes_back = stop->stopper && line_look(stop->stopper) == LOOK_EXHAUSTED && !report->subject->suspended;
    stop->back_at = comes_back ? stop->stopper->resets_at : INSTANT_MAX;
}

/* --- what is said --- */

static void add_stopper(GString *out, const Reader *reader, const UsageLine *stopper)
{
    const UsageLine seen = reader_line(reader, stopper);
    words_add_line(out, &seen, reader->plan, reader->now);
}

static void add_message(GString *out, const Stop *stop)
{
    const Reader *reader = &stop->reader;
    const UsageLine *stopper = stop->stopper;
    if (stop->refusal && stop->stopped)
        words_add_answer(out, stop->refusal);
    else if (!stopper || reader->suspended)
        return;
    else if (line_look(stopper) == LOOK_NOT_INCLUDED)
        words_add_not_included(out, reader->policy, reader->plan, stopper->feature, stopper->limit, reader->anonymous);
    else
        add_stopper(out, reader, stopper);
}

/* "10 left", of the tightest limit; nothing when there is none, or when that is not the question. */
static void add_left(GString *out, const Stop *stop)
{
    for (int i = 0; i < stop->reader.line_count && !stop->stopped; i++) {
        const UsageLine *line = &stop->reader.lines[i];
        Look look = line_look(line);
        if (look >= LOOK_OK && look <= LOOK_WARNING && line->limit->mode == MODE_ENFORCE && line->remaining > 0) {
            words_add_left(out, line, stop->reader.now);
            return;
        }
    }
}

/* Nothing where there is no such time. */
static void add_back_in(GString *out, const Stop *stop)
{
    if (stop->back_at != INSTANT_MAX)
        words_add_span(out, stop->back_at - stop->reader.now);
}

/* The date of that, where the message tells another one too; else nothing. */
static void add_back_on(GString *out, const Stop *stop)
{
    if (stop->back_at == INSTANT_MAX || !stop->stopper || stop->stopper->remaining > 0 || stop->stopper->spent.again_units == 0)
        return;
    const UsageLine seen = reader_line(&stop->reader, stop->stopper);
    words_add_date(out, stop->back_at, stop->refusal && stop->refusal->zone ? stop->refusal->zone : seen.zone, stop->reader.now);
}

/* There is room for some, though not for as many as were asked for. */
static bool fewer_helps(const Stop *stop)
{
    const Answer *refusal = stop->refusal;
    if (!stop->stopped || !refusal || refusal->deciding < 0)
        return false;
    const AnswerLine *line = &refusal->lines[refusal->deciding];
    return line->asked > 1 && line->usage.remaining > 0;
}

static void set_answer(Value *page, const Stop *stop)
{
    Look look = stop->stopper ? line_look(stop->stopper) : stop->stopped ? LOOK_EXHAUSTED : LOOK_OK;
    set_text(page, "state", usage_state_word(look_state(look)));
    set_flag(page, "stopped", stop->stopped);
    set_flag(page, "suspended", stop->reader.suspended);
    set_words(page, "message", add_message, stop);
    set_words(page, "left", add_left, stop);
    set_flag(page, "waits", stop->back_at != INSTANT_MAX);
    set_instant(page, "back_at", stop->back_at);
    set_words(page, "back_in", add_back_in, stop);
    set_words(page, "back_on", add_back_on, stop);
    set_flag(page, "fewer", fewer_helps(stop));
    set_text(page, "reference", stop->stopped && stop->refusal ? stop->refusal->id : NULL);
}

/* --- what it weighs --- */

static size_t escaped_bytes(const char *text)
{
    size_t bytes = 0;
    for (; *text; text++)
        bytes += strchr("&<>\"'", *text) ? strlen("&quot;") : 1;
    return bytes;
}

/* Every text in a value as it is when it stands in HTML once. */
static size_t text_bytes(const Value *value)
{
    size_t bytes = 0;
    if (value->kind == VALUE_TEXT)
        return escaped_bytes(value->text);
    if (value->kind >= VALUE_LIST)
        for (const Value *part = value->first; part; part = part->next)
            bytes += text_bytes(part);
    return bytes;
}

/* The frame names the site and the thing more than once, and every address begins with the mount. */
static size_t frame_bytes(const Value *page, const char *thing, const PageContext *context)
{
    size_t mount = context->mount ? strlen(context->mount) : 0;
    size_t site = context->policy ? escaped_bytes(context->policy->title) : 0;
    return FRAME_BYTES + text_bytes(page) + 2 * escaped_bytes(thing) + site + 6 * mount;
}

/* `lines` of the page, and how many did not fit: {limit, ...} each. */
static void set_lines(Value *page, const Stop *stop, size_t bytes)
{
    Value *lines = value_list(page);
    int hidden = 0;
    for (int i = 0; i < stop->reader.line_count; i++) {
        const UsageLine *line = &stop->reader.lines[i];
        if (!line->limit)
            continue;
        Value *value = line_value(page, line, stop->feature, &stop->reader, is_approximate(stop->refusal, line));
        const Value *shown = value_get(value, "shown");
        bytes += ROW_BYTES + FACT_BYTES * (size_t)value_integer(value_get(shown, "facts")) + text_bytes(shown);
        if (hidden > 0 || bytes > PAGE_BYTES)
            hidden++;
        else
            value_add(lines, value);
    }
    set_flag(page, "has_lines", lines->first);
    set_value(page, "lines", lines);
    if (hidden > 0)
        set_words(page, "hidden", words_add_number, hidden);
    else
        set_null(page, "hidden");
}

static Value *limit_value(const Stop *stop, const PageContext *context)
{
    const Reader *reader = &stop->reader;
    const char *title = stop->feature ? stop->feature->title : "";
    bool back = context->back && escaped_bytes(context->back) <= BACK_BYTES_MOST;
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, title, reader->zone, false));
    set_text(page, "feature", stop->feature ? stop->feature->key : NULL);
    set_text(page, "title", title);
    if (stop->feature)
        set_words(page, "feature_url", add_address, reader->mount, "/features/", stop->feature->key);
    else
        set_null(page, "feature_url");
    set_value(page, "plan", plan_value(page, reader->plan));
    set_answer(page, stop);
    set_flag(page, "form", context->sent_form && stop->refusal && stop->stopped);
    set_value(page, "offer", stop->stopped && !reader->suspended ? offer_value(page, reader, 1) : NULL);
    set_text(page, "support_url", reader->policy->support_url);
    set_words(page, "request_url", add_request, context, stop->stopped && !reader->suspended ? stop->feature : NULL);
    if (stop->stopped && stop->refusal && stop->refusal->id)
        set_words(page, "decision_url", add_address, reader->mount, "/decisions/", stop->refusal->id);
    else
        set_null(page, "decision_url");
    set_words(page, "back", add_back, back ? context->back : NULL);
    set_words(page, "usage_url", add_address, reader->mount, "/", NULL);
    set_lines(page, stop, frame_bytes(page, title, context));
    set_value(page, "message_parts", dated_value(page, value_string(value_get(page, "message"))));
    return page;
}

Value *view_limit(const UsageReport *report, const Answer *refusal, const PageContext *context)
{
    Stop stop = { 0 };
    if (refusal) {
        int count;
        g_autofree UsageLine *lines = refusal_lines(refusal, &count);
        stop.reader = reader_of_answer(refusal, context);
        stop.reader.lines = lines;
        stop.reader.line_count = count;
        stop_of_refusal(&stop, refusal);
        return limit_value(&stop, context);
    }
    stop.reader = reader_of_report(report, context);
    stop_of_report(&stop, report);
    return limit_value(&stop, context);
}
