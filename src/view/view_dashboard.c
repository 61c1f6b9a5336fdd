/* The dashboard: what is left, and when it comes back. One card a feature, children on their parent's card
 * where the plan has the parent; first the answer in one line, then what is used up, then everything. */
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words.h"

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
static json_t *more_values(const Reader *reader, const Feature *feature, const UsageLine *shown_large)
{
    json_t *more = json_array();
    for (int i = 0; i < reader->line_count; i++) {
        const UsageLine *line = &reader->lines[i];
        if (line != shown_large && card_of(reader, line->feature->index) == feature->index)
            json_array_append_new(more, line_value(line, feature, reader));
    }
    return more;
}

static void add_name(json_t *value, const Reader *reader, const Feature *feature)
{
    json_object_set_new(value, "feature", json_string(feature->key));
    json_object_set_new(value, "title", json_string(feature->title));
    json_object_set_new(value, "url", text_or_null(page_address(reader->mount, "/limit/", feature->key)));
}

static json_t *card_value(const Reader *reader, const Feature *feature)
{
    Look look = feature_look(reader, feature->index);
    const UsageLine *large = main_line(reader, feature->index, look);
    json_t *card = look_value(look);
    json_t *more = more_values(reader, feature, large);
    add_name(card, reader, feature);
    json_object_set_new(card, "about", json_text(feature->about));
    json_object_set_new(card, "main", large ? line_value(large, feature, reader) : json_null());
    json_object_set_new(card, "has_more", json_boolean(json_array_size(more) > 0));
    json_object_set_new(card, "more", more);
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
static json_t *card_values(const Reader *reader)
{
    json_t *cards = json_array();
    for (int i = 0; i < reader->policy->feature_count; i++)
        if (card_has_lines(reader, i) && feature_look(reader, i) != LOOK_NOT_INCLUDED)
            json_array_append_new(cards, card_value(reader, &reader->policy->features[i]));
    return cards;
}

/* What the plan lacks, a sentence each. A feature that stands under one that the plan lacks is lacking too:
 * whatever it would charge its parent refuses. */
static json_t *lacking_values(const Reader *reader)
{
    json_t *lacking = json_array();
    for (int i = 0; i < reader->policy->feature_count; i++) {
        int card = card_of(reader, i);
        const UsageLine *own = main_line(reader, i, LOOK_NOT_INCLUDED);
        const UsageLine *line = own ? own : main_line(reader, card, LOOK_NOT_INCLUDED);
        if (!line || !feature_has_lines(reader, i) || feature_look(reader, card) != LOOK_NOT_INCLUDED)
            continue;
        json_t *value = json_object();
        add_name(value, reader, &reader->policy->features[i]);
        json_object_set_new(value, "explained", text_or_null(words_not_included(reader->policy, reader->plan, line->feature,
                                                                                line->limit, reader->anonymous)));
        json_array_append_new(lacking, value);
    }
    return lacking;
}

/* --- the first line --- */

static json_t *names_value(const Reader *reader, Look worst, int *others)
{
    json_t *names = json_array();
    *others = 0;
    for (int i = 0; i < reader->policy->feature_count; i++) {
        if (!main_line(reader, i, worst) || feature_look(reader, i) != worst)
            continue;
        if (json_array_size(names) == NAMES_MOST)
            ++*others;
        else
            json_array_append_new(names, json_pack("{s:s, s:b}", "name", reader->policy->features[i].title, "comma", true));
    }
    if (json_array_size(names) > 0)
        json_object_set_new(json_array_get(names, json_array_size(names) - 1), "comma", json_false());
    return names;
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

static json_t *answer_value(const Reader *reader)
{
    bool included, used;
    Look look = worst_look(reader, &included, &used);
    json_t *worst = json_null();
    if (included && look >= LOOK_NOTICE && !reader->suspended) {
        int others;
        worst = look_value(look);
        json_object_set_new(worst, "names", names_value(reader, look, &others));
        json_object_set_new(worst, "others", others > 0 ? text_or_null(words_number(others)) : json_null());
    }
    bool calm = included && json_is_null(worst) && !reader->suspended;
    return json_pack("{s:b, s:o, s:b, s:b, s:b}", "suspended", reader->suspended, "worst", worst, "unused", calm && !used,
                     "fine", calm && used, "empty", !included && !reader->suspended);
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

static json_t *stop_value(const Reader *reader, const UsageLine *line)
{
    json_t *stop = json_object();
    json_object_set_new(stop, "feature", json_string(line->feature->key));
    json_object_set_new(stop, "title", json_string(line->feature->title));
    json_object_set_new(stop, "message", text_or_null(words_line(line, reader->plan, reader->now)));
    json_object_set_new(stop, "url", text_or_null(page_address(reader->mount, "/limit/", line->feature->key)));
    return stop;
}

static json_t *stop_values(const Reader *reader)
{
    json_t *stops = json_array();
    for (int i = 0; i < reader->policy->feature_count && !reader->suspended; i++) {
        const UsageLine *line = feature_look(reader, i) == LOOK_EXHAUSTED ? stopping_line(reader, i) : NULL;
        if (line)
            json_array_append_new(stops, stop_value(reader, line));
    }
    return stops;
}

json_t *view_dashboard(const UsageReport *report, const PageContext *context)
{
    Reader reader = reader_of_report(report, context);
    json_t *stops = stop_values(&reader), *lacking = lacking_values(&reader);
    json_t *dashboard = json_object();
    json_object_set_new(dashboard, "page", page_value(context, NULL, reader.zone, true));
    json_object_set_new(dashboard, "subject", json_text(report->subject->key));
    json_object_set_new(dashboard, "plan", plan_value(reader.plan));
    json_object_set_new(dashboard, "organization", json_text(reader.organization));
    json_object_set_new(dashboard, "suspended", json_boolean(reader.suspended));
    json_object_set_new(dashboard, "support_url", json_text(reader.policy->support_url));
    json_object_set_new(dashboard, "answer", answer_value(&reader));
    json_object_set_new(dashboard, "has_stops", json_boolean(json_array_size(stops) > 0));
    json_object_set_new(dashboard, "stops", stops);
    json_object_set_new(dashboard, "cards", card_values(&reader));
    json_object_set_new(dashboard, "has_lacking", json_boolean(json_array_size(lacking) > 0));
    json_object_set_new(dashboard, "lacking", lacking);
    json_object_set_new(dashboard, "offer", reader.suspended ? json_null() : offer_value(&reader, GAINS_MOST));
    return dashboard;
}
