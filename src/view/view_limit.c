/* The limit page: for somebody who was just stopped. What, which limit, when it comes back, what to do, and
 * the way back. One web server cuts a refusal at 8192 bytes with its headers, so the page counts what it
 * shows: limits beyond the budget are only counted. */
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words.h"

#define PAGE_BYTES 7400   /* leaves room for the headers */
#define FRAME_BYTES 1750  /* layout and template, with every section in it */
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

static char *stop_message(const Stop *stop)
{
    const Reader *reader = &stop->reader;
    const UsageLine *stopper = stop->stopper;
    if (stop->refusal && stop->stopped)
        return words_answer(stop->refusal);
    if (!stopper || reader->suspended)
        return NULL;
    if (line_look(stopper) == LOOK_NOT_INCLUDED)
        return words_not_included(reader->policy, reader->plan, stopper->feature, stopper->limit, reader->anonymous);
    return words_line(stopper, reader->plan, reader->now);
}

/* "10 left", of the tightest limit; null when there is none. */
static json_t *left_value(const Stop *stop)
{
    for (int i = 0; i < stop->reader.line_count; i++) {
        const UsageLine *line = &stop->reader.lines[i];
        Look look = line_look(line);
        if (look >= LOOK_OK && look <= LOOK_WARNING && line->limit->mode == MODE_ENFORCE && line->remaining > 0)
            return text_or_null(words_left(line, stop->reader.now));
    }
    return json_null();
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

static void add_answer(json_t *page, const Stop *stop)
{
    bool waits = stop->back_at != INSTANT_MAX;
    Look look = stop->stopper ? line_look(stop->stopper) : stop->stopped ? LOOK_EXHAUSTED : LOOK_OK;
    json_object_set_new(page, "state", json_string(usage_state_word(look_state(look))));
    json_object_set_new(page, "stopped", json_boolean(stop->stopped));
    json_object_set_new(page, "suspended", json_boolean(stop->reader.suspended));
    json_object_set_new(page, "message", text_or_null(stop_message(stop)));
    json_object_set_new(page, "left", stop->stopped ? json_null() : left_value(stop));
    json_object_set_new(page, "waits", json_boolean(waits));
    json_object_set_new(page, "back_at", json_instant(stop->back_at));
    json_object_set_new(page, "back_in", waits ? text_or_null(words_span(stop->back_at - stop->reader.now)) : json_null());
    json_object_set_new(page, "fewer", json_boolean(fewer_helps(stop)));
    json_object_set_new(page, "reference", json_text(stop->stopped && stop->refusal ? stop->refusal->id : NULL));
}

/* --- what it weighs --- */

static size_t escaped_bytes(const char *text)
{
    size_t bytes = 0;
    for (; *text; text++)
        bytes += strchr("&<>\"'", *text) ? strlen("&quot;") : 1;
    return bytes;
}

/* Every string in a value as it is when it stands in HTML once. */
static size_t text_bytes(const json_t *value)
{
    size_t bytes = 0, i;
    const char *name;
    json_t *member;
    if (json_is_string(value))
        return escaped_bytes(json_string_value(value));
    if (json_is_array(value))
        json_array_foreach(value, i, member)
            bytes += text_bytes(member);
    else
        json_object_foreach((json_t *)value, name, member)
            bytes += text_bytes(member);
    return bytes;
}

/* The frame names the site and the thing more than once, and every address begins with the mount. */
static size_t frame_bytes(const json_t *page, const PageContext *context)
{
    size_t mount = context->mount ? strlen(context->mount) : 0;
    size_t title = text_bytes(json_object_get(page, "title"));
    size_t site = context->policy ? escaped_bytes(context->policy->title) : 0;
    return FRAME_BYTES + text_bytes(page) + 2 * title + site + 4 * mount;
}

/* `lines` of the page, and how many did not fit: {limit, ...} each. */
static void add_lines(json_t *page, const Stop *stop, const PageContext *context)
{
    json_t *lines = json_array();
    size_t bytes = frame_bytes(page, context);
    int hidden = 0;
    for (int i = 0; i < stop->reader.line_count; i++) {
        const UsageLine *line = &stop->reader.lines[i];
        if (!line->limit)
            continue;
        json_t *value = line_value(line, stop->feature, &stop->reader);
        json_t *shown = json_object_get(value, "shown");
        json_object_set_new(shown, "approximate", json_boolean(is_approximate(stop->refusal, line)));
        bytes += ROW_BYTES + FACT_BYTES * (size_t)json_integer_value(json_object_get(shown, "facts")) + text_bytes(shown);
        if (hidden > 0 || bytes > PAGE_BYTES) {
            hidden++;
            json_decref(value);
        } else {
            json_array_append_new(lines, value);
        }
    }
    json_object_set_new(page, "has_lines", json_boolean(json_array_size(lines) > 0));
    json_object_set_new(page, "lines", lines);
    json_object_set_new(page, "hidden", hidden > 0 ? text_or_null(words_number(hidden)) : json_null());
}

static json_t *limit_value(const Stop *stop, const PageContext *context)
{
    const Reader *reader = &stop->reader;
    const char *title = stop->feature ? stop->feature->title : "";
    bool back = context->back && escaped_bytes(context->back) <= BACK_BYTES_MOST;
    json_t *page = json_object();
    json_object_set_new(page, "page", page_value(context, title, reader->zone, false));
    json_object_set_new(page, "feature", json_text(stop->feature ? stop->feature->key : NULL));
    json_object_set_new(page, "title", json_string(title));
    json_object_set_new(page, "plan", plan_value(reader->plan));
    add_answer(page, stop);
    json_object_set_new(page, "form", json_boolean(context->sent_form && stop->refusal && stop->stopped));
    json_object_set_new(page, "offer", stop->stopped && !reader->suspended ? offer_value(reader, 1) : json_null());
    json_object_set_new(page, "support_url", json_text(reader->policy->support_url));
    json_object_set_new(page, "back", back_value(back ? context->back : NULL));
    json_object_set_new(page, "usage_url", text_or_null(page_address(reader->mount, "/", NULL)));
    add_lines(page, stop, context);
    return page;
}

json_t *view_limit(const UsageReport *report, const Answer *refusal, const PageContext *context)
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
