/* A decision as a document, and a refusal as a problem: the same fields, so that a program needs to
 * know only one of them. The headline speaks of the limit that refused, or of the tightest. */
#include "view/view_parts.h"

#include "view/words.h"

static const char *outcome_word(Outcome outcome)
{
    static const char *const words[] = {"allowed", "denied", "queued", "forbidden"};
    return words[outcome];
}

/* ---- the limits ------------------------------------------------------------------------ */

static char *line_message(const Answer *answer, const AnswerLine *line)
{
    const UsageLine *usage = &line->usage;
    if (usage->state == USAGE_NOT_INCLUDED)
        return words_not_included(answer->policy, answer->plan, usage->feature, usage->limit, answer->anonymous);
    if (!line->approximate)
        return words_line(usage, answer->plan, answer->at);
    g_autofree char *used = words_used(usage);
    return g_strdup_printf("About %s", used);
}

/* A sum that the ledger did not know exactly is not passed off as one. */
static void blur(json_t *object)
{
    static const char *const sums[] = {"used", "held", "remaining", "percent"};
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++)
        json_object_set_new(object, sums[i], json_null());
}

static json_t *line_json(const Answer *answer, int index)
{
    const AnswerLine *line = &answer->lines[index];
    const Limit *limit = line->usage.limit;
    json_t *object = json_object();
    json_object_set_new(object, "limit", json_text(limit->key));
    json_object_set_new(object, "feature", json_text(line->usage.feature->key));
    json_add_line(object, &line->usage, line_message(answer, line));
    if (line->approximate)
        blur(object);
    json_object_set_new(object, "charged", json_integer(line->charged));
    json_object_set_new(object, "refused", json_boolean(line->refused));
    json_object_set_new(object, "mode", json_text(mode_word(limit->mode)));
    json_object_set_new(object, "decided", json_boolean(index == answer->deciding));
    return object;
}

static json_t *lines_json(const Answer *answer)
{
    json_t *limits = json_array();
    for (int i = 0; i < answer->line_count; i++)
        json_array_append_new(limits, line_json(answer, i));
    return limits;
}

/* ---- the headline ---------------------------------------------------------------------- */

static void add_headline_of(json_t *object, const AnswerLine *line)
{
    const UsageLine *usage = &line->usage;
    bool limited = usage->amount != AMOUNT_UNLIMITED;
    Instant reset_at = !limited ? INSTANT_MAX : line->refused ? line->frees_at : usage->resets_at;
    json_object_set_new(object, "current_usage", line->approximate ? json_null() : json_integer(usage->used));
    json_object_set_new(object, "limit", json_amount(usage->amount));
    json_object_set_new(object, "remaining",
                        limited && !line->approximate ? json_integer(usage->remaining) : json_null());
    json_object_set_new(object, "reset_date", json_instant(reset_at));
    json_object_set_new(object, "window", json_text_take(window_text(&usage->limit->window)));
}

/* No limit decided: the plan does not list the feature, the account is suspended, or nothing was counted. */
static void add_headline_without(json_t *object, const Answer *answer)
{
    bool forbidden = answer->outcome == OUTCOME_FORBIDDEN;
    json_object_set_new(object, "current_usage", json_integer(0));
    json_object_set_new(object, "limit", answer->reason == REASON_NOT_LISTED ? json_integer(0) : json_null());
    json_object_set_new(object, "remaining", forbidden ? json_integer(0) : json_null());
    json_object_set_new(object, "reset_date", json_null());
    json_object_set_new(object, "window", json_null());
}

static void add_headline(json_t *object, const Answer *answer)
{
    int index = answer->deciding >= 0 ? answer->deciding : answer_allowed(answer) && answer->line_count > 0 ? 0 : -1;
    if (index >= 0)
        add_headline_of(object, &answer->lines[index]);
    else
        add_headline_without(object, answer);
}

static json_t *answer_upgrade(const Answer *answer)
{
    if (answer->reason == REASON_SUSPENDED)
        return json_null();
    if (answer->deciding >= 0) {
        const UsageLine *usage = &answer->lines[answer->deciding].usage;
        Amount amount = usage->amount == AMOUNT_UNLIMITED ? usage->amount : MAX(usage->amount - usage->carried, 0);
        return json_upgrade(answer->policy, answer->plan, usage->limit, usage->feature, amount, answer->anonymous);
    }
    if (answer->outcome != OUTCOME_FORBIDDEN)
        return json_null();
    return json_upgrade(answer->policy, answer->plan, NULL, answer->feature, 0, answer->anonymous);
}

/* ---- the documents --------------------------------------------------------------------- */

static void add_decision(json_t *object, const Answer *answer)
{
    json_object_set_new(object, "decision_id", json_text(answer->id));
    json_object_set_new(object, "allowed", json_boolean(answer_allowed(answer)));
    json_object_set_new(object, "outcome", json_text(outcome_word(answer->outcome)));
    json_object_set_new(object, "feature", json_text(answer->feature->key));
    if (answer->resource)
        json_object_set_new(object, "resource", json_text(answer->resource));
    json_object_set_new(object, "units", json_integer(answer->units));
    json_object_set_new(object, "subject", json_text(answer->subject));
    json_object_set_new(object, "subscription_tier", json_text(answer->plan->key));
    add_headline(object, answer);
    json_object_set_new(object, "message", json_text_take(words_answer(answer)));
    json_object_set_new(object, "limits", lines_json(answer));
    json_object_set_new(object, "upgrade", answer_upgrade(answer));
    if (answer->reservation) {
        json_object_set_new(object, "reservation", json_text(answer->reservation));
        json_object_set_new(object, "expires_at", json_instant(answer->expires_at));
    }
}

json_t *view_decision(const Answer *answer)
{
    json_t *decision = json_object();
    add_decision(decision, answer);
    return decision;
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

static json_t *violated_policies(const Answer *answer)
{
    json_t *names = json_array();
    for (int i = 0; i < answer->line_count; i++)
        if (answer->lines[i].refused)
            json_array_append_new(names, json_text(answer->lines[i].usage.limit->key));
    return names;
}

json_t *view_refusal(const Answer *answer, const char *mount)
{
    Problem problem = answer_problem(answer);
    json_t *refusal = json_object();
    json_object_set_new(refusal, "type", json_text(problem.type));
    json_object_set_new(refusal, "title", json_text(problem.title));
    json_object_set_new(refusal, "status", json_integer(answer_status(answer)));
    json_object_set_new(refusal, "detail", json_text_take(words_answer(answer)));
    if (answer->id) {
        g_autofree char *segment = g_uri_escape_string(answer->id, NULL, FALSE);
        g_autofree char *page = g_strconcat(mount ? mount : "", "/decisions/", segment, NULL);
        json_object_set_new(refusal, "instance", json_text(page));
    }
    json_object_set_new(refusal, "error", json_text(problem.title));
    add_decision(refusal, answer);
    json_object_set_new(refusal, "violated-policies", violated_policies(answer));
    return refusal;
}
