/* A decision as a document, and a refusal as a problem: the same fields, so that a program needs to
 * know only one of them. The headline speaks of the limit that refused, or of the tightest. */
#include "view/put.h"
#include "view/view_parts.h"
#include "view/words_add.h"

/* About; the text grows when it is more. */
#define HEAD_BYTES 768
#define LINE_BYTES 512

static const char *outcome_word(Outcome outcome)
{
    static const char *const words[] = {"allowed", "denied", "queued", "forbidden"};
    return words[outcome];
}

static GString *document_new(const Answer *answer)
{
    return g_string_sized_new(HEAD_BYTES + LINE_BYTES * (gsize)answer->line_count);
}

/* ---- the limits ------------------------------------------------------------------------ */

static void put_line_message(GString *out, const Answer *answer, const AnswerLine *line)
{
    const UsageLine *usage = &line->usage;
    size_t began = put_words(out, "message");
    if (usage->state == USAGE_NOT_INCLUDED) {
        words_add_not_included(out, answer->policy, answer->plan, usage->feature, usage->limit, answer->anonymous);
    } else if (line->approximate) {
        words_add_about_used(out, usage);
    } else {
        words_add_line(out, usage, answer->plan, answer->at);
    }
    put_words_end(out, began);
}

static void put_answer_line(GString *out, const Answer *answer, int index)
{
    const AnswerLine *line = &answer->lines[index];
    const Limit *limit = line->usage.limit;
    put_begin_object(out);
    put_text(out, "limit", limit->key);
    put_text(out, "feature", line->usage.feature->key);
    put_line(out, &line->usage, line->approximate);
    put_line_message(out, answer, line);
    put_word(out, "source", source_word(line->usage.source));
    put_number(out, "charged", line->charged);
    put_flag(out, "refused", line->refused);
    put_word(out, "mode", mode_word(limit->mode));
    put_flag(out, "decided", index == answer->deciding);
    put_end(out, '}');
}

static void put_lines(GString *out, const Answer *answer)
{
    put_list(out, "limits");
    for (int i = 0; i < answer->line_count; i++)
        put_answer_line(out, answer, i);
    put_end(out, ']');
}

/* ---- the headline ---------------------------------------------------------------------- */

static void put_headline_of(GString *out, const AnswerLine *line)
{
    const UsageLine *usage = &line->usage;
    bool limited = usage->amount != AMOUNT_UNLIMITED;
    put_number_if(out, "current_usage", !line->approximate, usage->used);
    put_amount(out, "limit", usage->amount);
    put_number_if(out, "remaining", limited && !line->approximate, usage->remaining);
    put_instant(out, "reset_date", !limited ? INSTANT_MAX : line->refused ? line->frees_at : usage->resets_at);
    put_window(out, &usage->limit->window);
}

/* No limit decided: the plan does not list the feature, the account is suspended, or nothing was counted. */
static void put_headline_without(GString *out, const Answer *answer)
{
    put_number(out, "current_usage", 0);
    put_number_if(out, "limit", answer->reason == REASON_NOT_LISTED, 0);
    put_number_if(out, "remaining", answer->outcome == OUTCOME_FORBIDDEN, 0);
    put_null(out, "reset_date");
    put_null(out, "window");
}

static void put_headline(GString *out, const Answer *answer)
{
    int index = answer->deciding >= 0 ? answer->deciding : answer_allowed(answer) && answer->line_count > 0 ? 0 : -1;
    if (index >= 0)
        put_headline_of(out, &answer->lines[index]);
    else
        put_headline_without(out, answer);
}

static void put_answer_upgrade(GString *out, const Answer *answer, const char *mount)
{
    bool forbidden = answer->outcome == OUTCOME_FORBIDDEN;
    const UsageLine *usage = answer->deciding >= 0 ? &answer->lines[answer->deciding].usage : NULL;
    if (answer->reason == REASON_SUSPENDED || (!usage && !forbidden)) {
        put_null(out, "upgrade");
        return;
    }
    Amount amount = !usage                               ? 0
                    : usage->amount == AMOUNT_UNLIMITED ? usage->amount
                                                         : MAX(usage->amount - usage->carried, 0);
    PUT_NAME(out, "upgrade");
    put_upgrade(out, answer->policy, answer->plan, usage ? usage->limit : NULL,
                usage ? usage->feature : answer->feature, amount, answer->anonymous, mount);
}

/* ---- the documents --------------------------------------------------------------------- */

static void put_answer_words(GString *out, const Answer *answer)
{
    size_t began = put_words_value(out);
    words_add_answer(out, answer);
    put_words_end(out, began);
}

/* The place in line, with the same fields as the ticket has of its own (view_ticket.c). */
static void put_place(GString *out, const Answer *answer)
{
    bool known = answer->ahead >= 0;
    put_text(out, "ticket", answer->ticket);
    put_word(out, "state", ticket_state_word(answer->ticket_state));
    put_number_if(out, "position", known, answer->ahead + 1);
    put_number_if(out, "ahead", known, answer->ahead);
    put_number_if(out, "in_line", known, answer->in_line);
    PUT_NAME(out, "wait");
    put_wait_value(out, &answer->wait);
    put_instant(out, "claim_until", answer->ticket_state == TICKET_ADMITTED ? answer->expires_at : INSTANT_MAX);
}

static void put_decision(GString *out, const Answer *answer, const char *mount)
{
    put_text(out, "decision_id", answer->id);
    put_flag(out, "allowed", answer_allowed(answer));
    put_word(out, "outcome", outcome_word(answer->outcome));
    put_text(out, "feature", answer->feature->key);
    if (answer->resource)
        put_text(out, "resource", answer->resource);
    put_number(out, "units", answer->units);
    put_text(out, "subject", answer->subject);
    put_text(out, "subscription_tier", answer->plan->key);
    put_headline(out, answer);
    PUT_NAME(out, "message");
    put_answer_words(out, answer);
    put_lines(out, answer);
    put_answer_upgrade(out, answer, mount);
    if (answer->ticket)
        put_place(out, answer);
    if (answer->reservation) {
        put_text(out, "reservation", answer->reservation);
        put_instant(out, "expires_at", answer->expires_at);
    }
}

GString *view_decision(const Answer *answer, const char *mount)
{
    GString *out = document_new(answer);
    put_begin_object(out);
    put_decision(out, answer, mount);
    put_end(out, '}');
    put_finish(out);
    return out;
}

typedef struct {
    const char *type, *title;
} Problem;

static Problem answer_problem(const Answer *answer)
{
    if (answer->reason == REASON_SUSPENDED)
        return (Problem){"urn:webquota:problem:suspended", "Use is suspended"};
    if (answer->outcome == OUTCOME_FORBIDDEN)
        return (Problem){"urn:webquota:problem:not-included", "Not included in the plan"};
    return (Problem){"https://iana.org/assignments/http-problem-types#quota-exceeded", "Usage limit exceeded"};
}

static void put_violated_policies(GString *out, const Answer *answer)
{
    put_list(out, "violated-policies");
    for (int i = 0; i < answer->line_count; i++)
        if (answer->lines[i].refused)
            put_text_value(out, answer->lines[i].usage.limit->key);
    put_end(out, ']');
}

static void put_instance(GString *out, const Answer *answer, const char *mount)
{
    g_autofree char *segment = g_uri_escape_string(answer->id, NULL, FALSE);
    size_t began = put_words(out, "instance");
    text_adds(out, mount ? mount : "", "/decisions/", segment);
    put_words_end(out, began);
}

GString *view_refusal(const Answer *answer, const char *mount)
{
    Problem problem = answer_problem(answer);
    GString *out = document_new(answer);
    put_begin_object(out);
    put_word(out, "type", problem.type);
    put_word(out, "title", problem.title);
    put_number(out, "status", answer->ticket ? 429 : answer_status(answer)); /* a problem is no success */
    PUT_NAME(out, "detail");
    put_answer_words(out, answer);
    if (answer->id)
        put_instance(out, answer, mount);
    put_word(out, "error", problem.title);
    put_decision(out, answer, mount);
    put_violated_policies(out, answer);
    put_end(out, '}');
    put_finish(out);
    return out;
}

char *view_refusal_detail(const Answer *answer)
{
    g_autofree char *words = words_answer(answer);
    return g_utf8_make_valid(words, -1);
}

json_t *view_value(GString *text)
{
    json_t *value = json_loadb(text->str, text->len, JSON_DECODE_ANY, NULL);
    g_string_free(text, TRUE);
    return value;
}
