/* The dashboard: what is left, and when it comes back. One card a feature, children on their parent's card
 * where the plan has the parent; first the answer in one line, then what is used up, then everything. */
#include "view/view_page.h"
#include "view/words_add.h"

#define NAMES_MOST 3 /* in the first line; the rest is counted */
#define GAINS_MOST 4

/* The card that a feature stands on: the topmost ancestor that the plan treats alike. What is part of the plan
 * does not stand under something that is not. */
static int card_of(const Reader *reader, int feature)
{
    const Feature *features = reader->policy->features;
    const bool *lists = reader->plan->lists;
    int card = feature;
    while (features[card].parent >= 0 && (lists[features[card].parent] || !lists[card]))
        card = features[card].parent;
    return card;
}

/* What a feature's own limits come to: the one that asks for most attention. */
static Look feature_look(const Reader *reader, int feature)
{
    int look = -1;
    for (int i = 0; i < reader->line_count; i++)
        if (reader->lines[i].feature->index == feature)
            look = MAX(look, (int)line_look(&reader->lines[i]));
    return look < 0 ? LOOK_OK : (Look)look;
}

/* The line that the card shows large: the tightest that has its look. */
static const UsageLine *main_line(const Reader *reader, int feature, Look look)
{
    for (int i = 0; i < reader->line_count; i++)
        if (reader->lines[i].feature->index == feature && line_look(&reader->lines[i]) == look)
            return &reader->lines[i];
    return NULL;
}

/* The other limits. */
static Value *more_values(const Value *tree, const Reader *reader, const Feature *feature, const UsageLine *shown_large)
{
    Value *more = value_list(tree);
    for (int i = 0; i < reader->line_count; i++) {
        const UsageLine *line = &reader->lines[i];
        if (line != shown_large && card_of(reader, line->feature->index) == feature->index)
            value_add(more, line_value(tree, line, feature, reader, false));
    }
    return more;
}

static void set_name(Value *value, const Reader *reader, const Feature *feature)
{
    set_text(value, "feature", feature->key);
    set_text(value, "title", feature->title);
    set_words(value, "url", add_address, reader->mount, "/features/", feature->key);
}

static Value *card_value(const Value *tree, const Reader *reader, const Feature *feature)
{
    Look look = feature_look(reader, feature->index);
    const UsageLine *large = main_line(reader, feature->index, look);
    Value *card = look_value(tree, look), *more = more_values(tree, reader, feature, large);
    set_name(card, reader, feature);
    set_text(card, "about", feature->about);
    set_value(card, "main", large ? line_value(tree, large, feature, reader, false) : NULL);
    set_flag(card, "has_more", more->first);
    set_value(card, "more", more);
    return card;
}

static bool feature_has_lines(const Reader *reader, int feature)
{
    for (int i = 0; i < reader->line_count; i++)
        if (reader->lines[i].feature->index == feature)
            return true;
    return false;
}

static bool card_has_lines(const Reader *reader, int feature)
{
    for (int i = 0; i < reader->line_count; i++)
        if (card_of(reader, reader->lines[i].feature->index) == feature)
            return true;
    return false;
}

/* In the file's order, so that each keeps its place. What the plan lacks has no card. */
static void add_cards(Value *cards, const Reader *reader)
{
    for (int i = 0; i < reader->policy->feature_count; i++)
        if (card_has_lines(reader, i) && feature_look(reader, i) != LOOK_NOT_INCLUDED)
            value_add(cards, card_value(cards, reader, &reader->policy->features[i]));
}

/* What the plan lacks, a sentence each. A feature that stands under one that the plan lacks is lacking too:
 * whatever it would charge its parent refuses. */
static Value *lacking_values(const Value *tree, const Reader *reader)
{
    Value *lacking = value_list(tree);
    for (int i = 0; i < reader->policy->feature_count; i++) {
        int card = card_of(reader, i);
        const UsageLine *own = main_line(reader, i, LOOK_NOT_INCLUDED);
        const UsageLine *line = own ? own : main_line(reader, card, LOOK_NOT_INCLUDED);
        if (!line || !feature_has_lines(reader, i) || feature_look(reader, card) != LOOK_NOT_INCLUDED)
            continue;
        Value *value = add_object(lacking);
        set_name(value, reader, &reader->policy->features[i]);
        set_words(value, "explained", words_add_not_included, reader->policy, reader->plan, line->feature, line->limit,
                  reader->anonymous);
    }
    return lacking;
}

/* --- the first line --- */

/* The features that look so, up to NAMES_MOST of them: {name, comma} each. Returns how many there are. */
static int add_names(Value *names, const Reader *reader, Look worst)
{
    int count = 0;
    for (int i = 0; i < reader->policy->feature_count; i++)
        count += main_line(reader, i, worst) && feature_look(reader, i) == worst;
    int shown = MIN(count, NAMES_MOST);
    for (int i = 0; shown > 0; i++) {
        if (!main_line(reader, i, worst) || feature_look(reader, i) != worst)
            continue;
        Value *name = add_object(names);
        set_text(name, "name", reader->policy->features[i].title);
        set_flag(name, "comma", --shown > 0);
    }
    return count;
}

static Look worst_look(const Reader *reader, bool *included, bool *used)
{
    int worst = LOOK_UNLIMITED;
    *included = *used = false;
    for (int i = 0; i < reader->line_count; i++) {
        Look look = feature_look(reader, reader->lines[i].feature->index);
        *used = *used || reader->lines[i].used + reader->lines[i].held > 0;
        if (look == LOOK_NOT_INCLUDED)
            continue;
        *included = true;
        worst = MAX(worst, (int)look);
    }
    return (Look)worst;
}

static Value *worst_value(const Value *tree, const Reader *reader, Look look)
{
    Value *worst = look_value(tree, look);
    int others = add_names(set_list(worst, "names"), reader, look) - NAMES_MOST;
    if (others > 0)
        set_words(worst, "others", words_add_number, others);
    else
        set_null(worst, "others");
    return worst;
}

static Value *answer_value(const Value *tree, const Reader *reader)
{
    bool included, used;
    Look look = worst_look(reader, &included, &used);
    bool worst = included && look >= LOOK_NOTICE && !reader->suspended;
    bool calm = included && !worst && !reader->suspended;
    Value *answer = value_object(tree);
    set_flag(answer, "suspended", reader->suspended);
    set_value(answer, "worst", worst ? worst_value(tree, reader, look) : NULL);
    set_flag(answer, "unused", calm && !used);
    set_flag(answer, "fine", calm && used);
    set_flag(answer, "empty", !included && !reader->suspended);
    return answer;
}

/* --- what is used up --- */

/* Of a feature's full limits the one that frees last: that is when it can be used again. */
static const UsageLine *stopping_line(const Reader *reader, int feature)
{
    const UsageLine *last = NULL;
    for (int i = 0; i < reader->line_count; i++) {
        const UsageLine *line = &reader->lines[i];
        if (line->feature->index == feature && line_look(line) == LOOK_EXHAUSTED &&
            (!last || line->resets_at > last->resets_at))
            last = line;
    }
    return last;
}

static Value *stop_values(const Value *tree, const Reader *reader)
{
    Value *stops = value_list(tree);
    for (int i = 0; i < reader->policy->feature_count && !reader->suspended; i++) {
        const UsageLine *line = feature_look(reader, i) == LOOK_EXHAUSTED ? stopping_line(reader, i) : NULL;
        if (!line)
            continue;
        Value *stop = add_object(stops);
        const UsageLine seen = reader_line(reader, line);
        set_text(stop, "feature", line->feature->key);
        set_text(stop, "title", line->feature->title);
        set_words(stop, "url", add_address, reader->mount, "/limit/", line->feature->key);
        set_words(stop, "message", words_add_line, &seen, reader->plan, reader->now);
    }
    return stops;
}

Value *view_dashboard(const UsageReport *report, const PageContext *context)
{
    Reader reader = reader_of_report(report, context);
    Value *dashboard = value_new();
    Value *stops = stop_values(dashboard, &reader), *lacking = lacking_values(dashboard, &reader);
    set_value(dashboard, "page", page_value(dashboard, context, NULL, reader.zone, true));
    set_text(dashboard, "subject", report->subject->key);
    set_value(dashboard, "plan", plan_value(dashboard, reader.plan));
    set_text(dashboard, "organization", reader.organization);
    set_flag(dashboard, "suspended", reader.suspended);
    set_text(dashboard, "support_url", reader.policy->support_url);
    set_value(dashboard, "answer", answer_value(dashboard, &reader));
    set_value(dashboard, "coming", coming_value(dashboard, &reader, report));
    set_flag(dashboard, "has_stops", stops->first);
    set_value(dashboard, "stops", stops);
    add_cards(set_list(dashboard, "cards"), &reader);
    set_flag(dashboard, "has_lacking", lacking->first);
    set_value(dashboard, "lacking", lacking);
    set_value(dashboard, "offer", reader.suspended ? NULL : offer_value(dashboard, &reader, GAINS_MOST));
    return dashboard;
}
