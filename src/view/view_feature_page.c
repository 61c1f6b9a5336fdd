/* The page of one feature: how much is left, every limit on it, what counts and what does not, what was done lately, and for
 * whom. The JSON twin says the same. */
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

/* --- the answer --- */

const UsageLine *reader_tightest(const Reader *reader)
{
    const UsageLine *found = NULL;
    for (int i = 0; i < reader->line_count; i++) {
        const UsageLine *line = &reader->lines[i];
        bool stops = line->limit && line->limit->mode == MODE_ENFORCE && line->limit->on_exceed != EXCEED_ALLOW;
        if ((stops || !line->limit) && (!found || line_look(line) > line_look(found)))
            found = line;
    }
    return found;
}

static void set_answer(Value *page, const Reader *reader)
{
    const UsageLine *line = reader_tightest(reader);
    Look look = line ? line_look(line) : LOOK_OK;
    bool lacking = look == LOOK_NOT_INCLUDED;
    set_flag(page, "suspended", reader->suspended);
    if (line && !lacking)
        set_words(page, "left", words_add_left, line, reader->now);
    else
        set_null(page, "left");
    if (line && lacking)
        set_words(page, "explained", words_add_not_included, reader->policy, reader->plan, line->feature, line->limit,
                  reader->anonymous);
    else
        set_null(page, "explained");
}

static void set_limits(Value *page, const Reader *reader, const Feature *feature)
{
    Value *lines = value_list(page);
    for (int i = 0; i < reader->line_count; i++)
        if (reader->lines[i].limit)
            value_add(lines, line_value(page, &reader->lines[i], feature, reader, false));
    set_flag(page, "has_lines", lines->first);
    set_value(page, "lines", lines);
}

/* --- what counts --- */

static void add_link(Value *links, const Feature *feature, const Reader *reader)
{
    Value *link = add_object(links);
    set_text(link, "title", feature->title);
    set_words(link, "url", add_address, reader->mount, "/features/", feature->key);
}

static void add_patterns(GString *out, const Feature *feature)
{
    for (char **pattern = feature->resources; pattern && *pattern; pattern++)
        text_adds(out, out->len ? ", " : "", *pattern);
}

static void set_counts(Value *page, const Reader *reader, const Feature *feature)
{
    const Policy *policy = reader->policy;
    Value *children = value_list(page), *parents = value_list(page);
    for (int i = 0; i < policy->feature_count; i++)
        if (i != feature->index && feature_is_within(policy, i, feature->index))
            add_link(children, &policy->features[i], reader);
    for (int parent = feature->parent; parent >= 0; parent = policy->features[parent].parent)
        add_link(parents, &policy->features[parent], reader);
    set_flag(page, "has_children", children->first);
    set_value(page, "children", children);
    set_flag(page, "has_parents", parents->first);
    set_value(page, "parents", parents);
    set_words(page, "patterns", add_patterns, feature);
}

/* --- what was done --- */

static void set_outcome(Value *row, const ActivityLine *line)
{
    static const char *const states[] = { "held", "committed", "released", "expired" };
    bool allowed = line->outcome == OUTCOME_ALLOWED;
    set_flag(row, "allowed", allowed && !line->state);
    set_flag(row, "stopped", line->outcome == OUTCOME_DENIED || line->outcome == OUTCOME_QUEUED);
    set_flag(row, "forbidden", line->outcome == OUTCOME_FORBIDDEN);
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        value_set_flag(row, value_key(states[i]), allowed && g_strcmp0(line->state, states[i]) == 0);
    if (line->given_back > 0)
        set_words(row, "given_back", words_add_number, line->given_back);
    else
        set_null(row, "given_back");
}

static void add_done(Value *rows, const ActivityLine *line, const FeatureShown *shown, const Reader *reader)
{
    const Feature *feature = policy_feature(reader->policy, line->feature);
    Value *row = add_object(rows);
    set_text(row, "id", line->id);
    set_words(row, "url", add_address, reader->mount, "/decisions/", line->id);
    set_instant(row, "at", line->at);
    set_words(row, "when", words_add_stamp_bare, line->at, reader->zone);
    set_words(row, "units", words_add_units, feature ? feature : shown->feature, line->units);
    set_text(row, "resource", line->resource);
    set_text(row, "client", line->on_behalf_of);
    set_outcome(row, line);
}

static void add_client(Value *rows, const ActivityClient *client, const FeatureShown *shown)
{
    Value *row = add_object(rows);
    set_text(row, "client", client->client);
    set_words(row, "units", words_add_units, shown->feature, client->units);
    set_words(row, "allowed", words_add_number, client->allowed);
    set_words(row, "refused", words_add_number, client->refused);
}

/* Is anything of it for somebody? Else there is nothing to break down. */
static bool acts_for_others(const Activity *activity)
{
    for (int i = 0; i < activity->client_count; i++)
        if (activity->clients[i].client)
            return true;
    return false;
}

static void set_activity(Value *page, const FeatureShown *shown, const Reader *reader)
{
    const Activity *activity = shown->activity;
    bool others = acts_for_others(activity);
    Value *done = set_list(page, "done");
    for (int i = 0; i < activity->line_count; i++)
        add_done(done, &activity->lines[i], shown, reader);
    set_flag(page, "has_done", done->first);
    Value *clients = set_list(page, "clients");
    for (int i = 0; others && i < activity->client_count; i++)
        add_client(clients, &activity->clients[i], shown);
    set_flag(page, "has_clients", others);
    set_flag(page, "clients_cut", activity->clients_cut);
}

Value *view_feature_page(const FeatureShown *shown, const PageContext *context)
{
    const Feature *feature = shown->feature;
    Reader reader = reader_of_report(shown->report, context);
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, feature->title, reader.zone, false));
    set_text(page, "feature", feature->key);
    set_text(page, "title", feature->title);
    set_text(page, "about", feature->about);
    set_value(page, "plan", plan_value(page, reader.plan));
    set_text(page, "zone", reader.zone);
    set_answer(page, &reader);
    set_value(page, "coming", coming_value(page, &reader, shown->report));
    set_limits(page, &reader, feature);
    set_counts(page, &reader, feature);
    set_activity(page, shown, &reader);
    set_value(page, "offer", reader.suspended ? NULL : offer_value(page, &reader, 1));
    set_words(page, "back", add_back, context->back);
    set_words(page, "usage_url", add_address, context->mount, "/", NULL);
    set_words(page, "history_url", add_address, context->mount, "/history?feature=", feature->key);
    set_words(page, "request_url", add_request, context, reader.suspended ? NULL : shown->feature);
    return page;
}

/* --- the twin --- */

static const char *outcome_word(Outcome outcome)
{
    static const char *const words[] = { "allowed", "denied", "queued", "forbidden" };
    return words[outcome];
}

static json_t *done_json(const ActivityLine *line, const char *mount)
{
    json_t *object = json_object();
    json_object_set_new(object, "decision_id", json_text(line->id));
    json_object_set_new(object, "instance", json_text_take(g_strconcat(mount ? mount : "", "/decisions/", line->id, NULL)));
    json_object_set_new(object, "at", json_text_take(instant_text(line->at)));
    json_object_set_new(object, "outcome", json_text(outcome_word(line->outcome)));
    json_object_set_new(object, "feature", json_text(line->feature));
    json_object_set_new(object, "resource", json_text(line->resource));
    json_object_set_new(object, "on_behalf_of", json_text(line->on_behalf_of));
    json_object_set_new(object, "units", json_integer(line->units));
    json_object_set_new(object, "refunded", json_integer(line->given_back));
    json_object_set_new(object, "reservation_state", json_text(line->state));
    return object;
}

static json_t *client_json(const ActivityClient *client)
{
    json_t *object = json_object();
    json_object_set_new(object, "on_behalf_of", json_text(client->client));
    json_object_set_new(object, "allowed", json_integer(client->allowed));
    json_object_set_new(object, "refused", json_integer(client->refused));
    json_object_set_new(object, "units", json_integer(client->units));
    json_object_set_new(object, "last", json_text_take(instant_text(client->last)));
    return object;
}

json_t *view_decisions(const Activity *activity, const char *mount)
{
    json_t *decisions = json_array();
    for (int i = 0; i < activity->line_count; i++)
        json_array_append_new(decisions, done_json(&activity->lines[i], mount));
    return decisions;
}

json_t *view_feature(const FeatureShown *shown, const char *mount)
{
    const Activity *activity = shown->activity;
    json_t *document = view_value(view_usage(shown->report)), *decisions = view_decisions(activity, mount), *clients = json_array();
    for (int i = 0; i < activity->client_count; i++)
        json_array_append_new(clients, client_json(&activity->clients[i]));
    json_object_set_new(document, "feature", feature_json(shown->report->policy, shown->feature));
    json_object_set_new(document, "decisions", decisions);
    json_object_set_new(document, "clients", clients);
    return document;
}
