/* Answers: a decision made to stand alone, and what HTTP says about it.
 *
 * Strings that a decision borrows (subject, organization, zone) belong to requests that end before
 * the answer does, so they are copied; limits, plan and feature stay with the policy, which the
 * answer keeps alive.
 */
#include "domain/answer.h"

#include "base/text.h"
#include "domain/decide_parts.h"

/* RFC 9651, section 3.3.1: no whole number in a header has more than fifteen digits. */
#define HEADER_INTEGER_MAX INT64_C(999999999999999)

static int64_t seconds_up(int64_t us)
{
    return us <= 0 ? 0 : (us - 1) / US_PER_S + 1;
}

/* ---- making ---------------------------------------------------------------------------- */

static int64_t units_sum(int64_t units, int64_t more)
{
    return more > INT64_MAX - units ? INT64_MAX : units + more;
}

static Instant line_resets_at(const LimitLook *look, bool refused, Instant now)
{
    if (refused && look->limit->window.align == ALIGN_ROLLING)
        return look->frees_at;
    return usage_resets_at(look->limit, look->counter, zone_find(look->zone), look->window, look->amount,
                           MAX(look->asked, 1), now);
}

/* Of the grants that an allowed request drew from for the limit, itself included. When they come anew stands in no record, so nobody
 * who was allowed is told. */
static BonusSpent drawn_spent(const Policy *policy, const Decision *decision, const LimitLook *look)
{
    BonusSpent spent = {0};
    for (int i = 0; i < decision->draw_count && look_takes_grants(look); i++) {
        const GrantDraw *draw = &decision->draws[i];
        if (feature_is_within(policy, draw->grant->feature, look->limit->feature))
            bonus_spent_add(&spent, draw->grant, units_sum(draw->used, decision->kind == ASK_CONSUME ? draw->units : 0), draw->window.end);
    }
    spent.again_units = 0;
    return spent;
}

/* The figures after the decision. */
static void usage_fill(UsageLine *usage, const Decision *decision, const LimitLook *look, int64_t charged)
{
    usage->limit = look->limit;
    usage->window = look->window;
    usage->zone = g_intern_string(look->zone);
    usage->amount = look->amount;
    usage->used = units_sum(look->used, decision->kind == ASK_CONSUME ? charged : 0);
    usage->held = units_sum(look->held, decision->kind == ASK_HOLD ? charged : 0);
    usage->carried = look->carried;
    usage->source = look->source;
    usage->override_expires = look->override_expires;
    usage->bonus_expires = INSTANT_MAX;
    if (look->amount != AMOUNT_UNLIMITED) {
        int64_t own = MAX(MAX(usage->amount - usage->used, 0) - usage->held, 0);
        usage->bonus = MAX(look_remaining(look, decision) - own, 0);
    }
}

static void line_fill(AnswerLine *line, const Situation *situation, const Decision *decision, int index)
{
    const LimitLook *look = &decision->looks[index];
    const Limit *limit = look->limit;
    bool enforced = limit->mode == MODE_ENFORCE && limit->on_exceed != EXCEED_ALLOW;
    line->asked = look->asked;
    line->charged = look->charged;
    line->refused = decision->outcome != OUTCOME_ALLOWED && ((!look->holds && enforced) || index == decision->deciding);
    line->shadow_refused = look->shadow_refused;
    line->frees_at = look->frees_at;

    UsageLine *usage = &line->usage;
    usage->feature = &situation->policy->features[limit->feature];
    usage_fill(usage, decision, look, line->charged);
    bool charged = decision->outcome == OUTCOME_ALLOWED && decision->kind != ASK_CHECK;
    usage->spent = charged ? drawn_spent(situation->policy, decision, look) : look->spent;
    usage->resets_at = line_resets_at(look, line->refused, situation->now);
    usage_line_thresholds(usage, situation->subject);
    usage_line_finish(usage);
}

/* A copy at the end of a block. */
static char *block_text(char **end, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*end, text, size);
    *end += size;
    return copy;
}

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Moves the texts into one block, behind room for the lines. */
static void answer_fill_block(Answer *answer)
{
    size_t lines = sizeof *answer->lines * (size_t)answer->line_count;
    answer->block = g_malloc(lines + text_size(answer->id) + text_size(answer->subject) + text_size(answer->organization) +
                             text_size(answer->zone) + text_size(answer->resource) + 1);
    char *end = (char *)answer->block + lines;
    answer->lines = answer->block;
    answer->id = block_text(&end, answer->id);
    answer->subject = block_text(&end, answer->subject);
    answer->organization = block_text(&end, answer->organization);
    answer->zone = block_text(&end, answer->zone);
    answer->resource = block_text(&end, answer->resource);
}

Answer *answer_new(const Situation *situation, const Decision *decision, const Feature *feature, const char *resource,
                   const char *id)
{
    const Subject *subject = situation->subject;
    Answer *answer = g_new(Answer, 1);
    *answer = (Answer){
        .refs = 1,
        .policy = policy_ref((Policy *)situation->policy),
        .id = (char *)id,
        .kind = decision->kind,
        .outcome = decision->outcome,
        .reason = decision->reason,
        .shadow_refused = decision->shadow_refused,
        .subject = (char *)subject->key,
        .anonymous = subject->anonymous,
        .plan = subject->plan,
        .organization = (char *)subject->organization,
        .zone = (char *)subject->zone,
        .feature = feature,
        .resource = (char *)resource,
        .units = decision->units,
        .at = situation->now,
        .line_count = decision->look_count,
        .deciding = decision->deciding,
        .expires_at = INSTANT_MAX,
        .ahead = -1,
        .in_line = -1,
    };
    answer_fill_block(answer);
    for (int i = 0; i < decision->look_count; i++) {
        answer->lines[i] = (AnswerLine){0};
        line_fill(&answer->lines[i], situation, decision, i);
    }
    return answer;
}

AnswerKeep *answer_keep_new(void)
{
    AnswerKeep *keep = g_atomic_rc_box_new0(AnswerKeep);
    pthread_mutex_init(&keep->lock, NULL);
    return keep;
}

static void keep_clear(gpointer data)
{
    AnswerKeep *keep = data;
    if (keep->kept)
        keep->free_kept(keep->kept);
    pthread_mutex_destroy(&keep->lock);
}

void answer_keep_unref(AnswerKeep *keep)
{
    if (keep)
        g_atomic_rc_box_release_full(keep, keep_clear);
}

Answer *answer_ref(Answer *answer)
{
    g_atomic_int_inc(&answer->refs);
    return answer;
}

void answer_unref(Answer *answer)
{
    if (!answer || !g_atomic_int_dec_and_test(&answer->refs))
        return;
    policy_unref(answer->policy);
    answer_keep_unref(answer->keep);
    if (!answer->block) {
        g_free(answer->id);
        g_free(answer->subject);
        g_free(answer->organization);
        g_free(answer->zone);
        g_free(answer->resource);
        g_free(answer->lines);
    }
    g_free(answer->block);
    g_free(answer->ticket);
    g_free(answer->reservation);
    g_free(answer);
}

Answer *answer_again(const Answer *answer, const char *id, Instant at)
{
    Answer *again = g_new(Answer, 1);
    *again = (Answer){.refs = 1};
    /* All but the count of references, which other threads change meanwhile. */
    const size_t copied = G_STRUCT_OFFSET(Answer, policy);
    memcpy((char *)again + copied, (const char *)answer + copied, sizeof *answer - copied);
    policy_ref(again->policy);
    again->id = (char *)id;
    again->reservation = g_strdup(answer->reservation);
    again->ticket = g_strdup(answer->ticket);
    again->at = at;
    answer_fill_block(again);
    memcpy(again->lines, answer->lines, sizeof *answer->lines * (size_t)answer->line_count);
    for (int i = 0; i < again->line_count; i++) {
        UsageLine *usage = &again->lines[i].usage;
        if (usage->limit->window.align == ALIGN_ROLLING)
            usage->window = window_at(&usage->limit->window, zone_find(usage->zone), 0, at);
    }
    return again;
}

/* ---- asking ---------------------------------------------------------------------------- */

bool answer_allowed(const Answer *answer)
{
    return answer->outcome == OUTCOME_ALLOWED;
}

int answer_status(const Answer *answer)
{
    switch (answer->outcome) {
    case OUTCOME_ALLOWED:
        return 200;
    case OUTCOME_FORBIDDEN:
        return 403;
    case OUTCOME_QUEUED:
        return answer->ticket ? 202 : 429;
    case OUTCOME_DENIED:
        break;
    }
    return answer->reason == REASON_QUEUE_FULL ? 503 : 429;
}

static bool line_restricts(const AnswerLine *line)
{
    const Limit *limit = line->usage.limit;
    return limit->mode == MODE_ENFORCE && limit->on_exceed != EXCEED_ALLOW && line->usage.amount != AMOUNT_UNLIMITED;
}

static double line_share_left(const AnswerLine *line)
{
    return (double)line->usage.remaining / (double)MAX(line->usage.amount, 1);
}

/* The line that headers speak of: the deciding one, unless that one never refuses anybody. */
static const AnswerLine *answer_header_line(const Answer *answer)
{
    if (answer->outcome == OUTCOME_FORBIDDEN)
        return NULL;
    if (answer->deciding >= 0 && line_restricts(&answer->lines[answer->deciding]))
        return &answer->lines[answer->deciding];
    const AnswerLine *tightest = NULL;
    for (int i = 0; i < answer->line_count; i++) {
        const AnswerLine *line = &answer->lines[i];
        if (line_restricts(line) && (!tightest || line_share_left(line) < line_share_left(tightest)))
            tightest = line;
    }
    return tightest;
}

/* -1 when the limit gives nothing back, ever. A grant may help before the window ends; so what Retry-After
 * says is never earlier than this (the draft, section 6). */
static int64_t line_reset_s(const AnswerLine *line, Instant at)
{
    Instant gives = line->refused ? MIN(line->usage.resets_at, line->frees_at) : line->usage.resets_at;
    return gives == INSTANT_MAX ? -1 : seconds_up(gives - at);
}

int64_t answer_retry_after_s(const Answer *answer)
{
    if (answer->outcome != OUTCOME_DENIED && answer->outcome != OUTCOME_QUEUED)
        return 0;
    if (answer->ticket)
        return queue_poll_s(&answer->wait, MAX(answer->ahead, 0), (uint32_t)answer->at);
    int64_t wait_s = 0;
    for (int i = 0; i < answer->line_count; i++) {
        const AnswerLine *line = &answer->lines[i];
        if (!line->refused)
            continue;
        if (line->frees_at == INSTANT_MAX)
            return 0;
        wait_s = MAX(wait_s, seconds_up(line->frees_at - answer->at));
    }
    return MAX(wait_s, 1);
}

/* ---- headers --------------------------------------------------------------------------- */

/* RFC 9651, section 3.3.3: quoted, with \ and " escaped; a key is printable ASCII already. */
static void add_header_string(GString *out, const char *text)
{
    text_add_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            text_add_char(out, '\\');
        text_add_char(out, *text);
    }
    text_add_char(out, '"');
}

static inline void add_header_integer(GString *out, const char *name, int64_t value)
{
    text_add(out, name);
    text_add_number(out, CLAMP(value, 0, HEADER_INTEGER_MAX));
}

bool answer_add_ratelimit(const Answer *answer, GString *out)
{
    const AnswerLine *line = answer_header_line(answer);
    if (!line)
        return false;
    add_header_string(out, line->usage.limit->key);
    add_header_integer(out, ";r=", line->usage.remaining);
    int64_t reset_s = line_reset_s(line, answer->at);
    if (reset_s >= 0)
        add_header_integer(out, ";t=", reset_s);
    return true;
}

/* 0: none. Up to weeks the nominal length, since a policy should read the same on the day the clocks
 * change; a month or a year is as long as the one it is. */
static int64_t window_length_s(const WindowSpec *spec, Window window)
{
    static const int64_t unit_s[] = {60, 3600, 86400, 7 * 86400};
    switch (spec->unit) {
    case WINDOW_LIFETIME:
        return 0;
    case WINDOW_MONTH:
    case WINDOW_YEAR:
        return (window.end - window.start) / US_PER_S;
    default:
        return unit_s[spec->unit] * spec->count;
    }
}

bool answer_add_ratelimit_policy(const Answer *answer, GString *out)
{
    bool any = false;
    for (int i = 0; i < answer->line_count && answer->outcome != OUTCOME_FORBIDDEN; i++) {
        const AnswerLine *line = &answer->lines[i];
        if (!line_restricts(line))
            continue;
        if (any)
            text_add(out, ", ");
        add_header_string(out, line->usage.limit->key);
        add_header_integer(out, ";q=", line->usage.amount);
        int64_t length_s = window_length_s(&line->usage.limit->window, line->usage.window);
        if (length_s > 0)
            add_header_integer(out, ";w=", length_s);
        any = true;
    }
    return any;
}

static char *text_or_null(const Answer *answer, bool (*add)(const Answer *answer, GString *out))
{
    GString *out = g_string_new(NULL);
    return g_string_free(out, !add(answer, out));
}

char *answer_ratelimit(const Answer *answer)
{
    return text_or_null(answer, answer_add_ratelimit);
}

char *answer_ratelimit_policy(const Answer *answer)
{
    return text_or_null(answer, answer_add_ratelimit_policy);
}
