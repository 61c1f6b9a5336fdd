/* One limit as people see it: its figures in words, the same as a meter, and what there is to know about it
 * (shared, changed, rolled over, on trial). */
#include "view/meter.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words.h"

#define LONG_NUMBER 9 /* characters beyond which it is shown smaller, to stay in one piece on a small screen */

/* A limit that nobody is stopped by: it counts on past its amount, or is only being tried. */
static bool stops_nobody(const Limit *limit)
{
    return limit->mode == MODE_SHADOW || limit->on_exceed == EXCEED_ALLOW;
}

Look line_look(const UsageLine *line)
{
    static const Look looks[] = {
        [USAGE_OK] = LOOK_OK,
        [USAGE_NOTICE] = LOOK_NOTICE,
        [USAGE_WARNING] = LOOK_WARNING,
        [USAGE_EXHAUSTED] = LOOK_EXHAUSTED,
        [USAGE_UNLIMITED] = LOOK_UNLIMITED,
        [USAGE_NOT_INCLUDED] = LOOK_NOT_INCLUDED,
    };
    Look look = looks[line->state];
    if (!line->limit || !stops_nobody(line->limit))
        return look;
    if (line->limit->mode == MODE_SHADOW)
        return MIN(look, LOOK_OK);
    return MIN(look, LOOK_WARNING);
}

UsageState look_state(Look look)
{
    static const UsageState states[] = {
        [LOOK_UNLIMITED] = USAGE_UNLIMITED, [LOOK_OK] = USAGE_OK,
        [LOOK_NOTICE] = USAGE_NOTICE,       [LOOK_WARNING] = USAGE_WARNING,
        [LOOK_EXHAUSTED] = USAGE_EXHAUSTED, [LOOK_NOT_INCLUDED] = USAGE_NOT_INCLUDED,
    };
    return states[look];
}

json_t *look_value(Look look)
{
    UsageState state = look_state(look);
    json_t *icon = json_object();
    for (int i = LOOK_UNLIMITED; i <= LOOK_NOT_INCLUDED; i++)
        json_object_set_new(icon, usage_state_word(look_state((Look)i)), json_boolean(i == (int)look));
    json_t *value = json_pack("{s:s, s:s}", "state", usage_state_word(state), "state_word", words_state(state));
    json_object_set_new(value, "icon", icon);
    return value;
}

static json_t *count_or_null(int64_t number)
{
    return number > 0 ? text_or_null(words_number(number)) : json_null();
}

static bool has_room(const UsageLine *line)
{
    return line->amount == AMOUNT_UNLIMITED || line->used < line->amount;
}

/* The person's own limit over the same window counts their own units in the pool, as long as no bonus
 * was spent beside it and the pool is as the ledger knows it. */
static const UsageLine *own_share(const UsageLine *pool, const Reader *reader)
{
    for (int i = 0; i < reader->line_count; i++) {
        const UsageLine *line = &reader->lines[i];
        if (!line->limit || line->feature != pool->feature || line->limit->scope != SCOPE_SUBJECT)
            continue;
        if (line->window.start == pool->window.start && line->window.end == pool->window.end && has_room(line) &&
            line->used <= pool->used)
            return line;
    }
    return NULL;
}

static json_t *pool_value(const UsageLine *pool, const Reader *reader)
{
    if (pool->limit->scope != SCOPE_ORGANIZATION)
        return json_null();
    const UsageLine *own = own_share(pool, reader);
    g_autofree char *yours = own ? words_number(own->used) : NULL;
    g_autofree char *others = own ? words_number(pool->used - own->used) : NULL;
    return json_pack("{s:s?, s:s?, s:s?}", "organization", reader->organization, "yours", yours, "others", others);
}

static json_t *override_value(const UsageLine *line, Instant now)
{
    if (!(line->source & SOURCE_OVERRIDE))
        return json_null();
    g_autofree char *was = line->limit->plan_amount == AMOUNT_UNLIMITED ? NULL : words_number(line->limit->plan_amount);
    g_autofree char *until = words_time(line->override_expires, line->zone, now);
    /* What is carried is this window's luck, not what the override gives. */
    g_autofree char *amount = line->amount == AMOUNT_UNLIMITED ? NULL : words_number(line->amount - line->carried);
    bool shared = line->limit->scope == SCOPE_ORGANIZATION;
    return json_pack("{s:b, s:s?, s:s?, s:s?}", "organization", shared, "amount", amount, "was", was, "until",
                     *until ? until : NULL);
}

/* "claude-*, o1": which requests find the feature; said once, beside the first of its limits. */
static json_t *resources_value(const UsageLine *line, const Reader *reader)
{
    int first = 0;
    while (first < reader->line_count && reader->lines[first].feature != line->feature)
        first++;
    char **resources = line->feature->resources;
    if (!resources || !resources[0] || (first < reader->line_count && reader->lines[first].limit != line->limit))
        return json_null();
    return text_or_null(g_strjoinv(", ", resources));
}

static json_t *meter_value(const UsageLine *line, const char *figures)
{
    Meter meter;
    if (!meter_of(line, &meter) || line->amount <= 0)
        return json_null();
    g_autofree char *window = words_window(&line->limit->window);
    g_autofree char *held = words_number(line->held);
    g_autofree char *held_length = meter_length(meter.held), *held_at = meter_length(meter.used);
    g_autofree char *used_length = meter_length(meter.used), *bonus_length = meter_length(meter.bonus);
    g_autofree char *bonus_at = meter_length(1000 - meter.bonus);
    json_t *value = json_object();
    json_object_set_new(value, "name", text_or_null(g_strdup_printf("%s, %s", line->feature->title, window)));
    json_object_set_new(value, "max", json_integer(line->amount));
    json_object_set_new(value, "now", json_integer(CLAMP(line->used, 0, line->amount)));
    json_object_set_new(value, "text", text_or_null(line->held > 0 ? g_strdup_printf("%s, %s held", figures, held)
                                                                   : g_strdup(figures)));
    json_object_set_new(value, "used", meter.used ? json_string(used_length) : json_null());
    json_object_set_new(value, "held", meter.held ? json_string(held_length) : json_null());
    json_object_set_new(value, "held_at", json_string(held_at));
    json_object_set_new(value, "bonus", meter.bonus ? json_string(bonus_length) : json_null());
    json_object_set_new(value, "bonus_at", json_string(bonus_at));
    return value;
}

/* What stands beside the figures where there is something to say. */
static void add_facts(json_t *shown, const UsageLine *line, const Reader *reader)
{
    const Limit *limit = line->limit;
    int64_t past = limit->on_exceed == EXCEED_ALLOW && line->amount != AMOUNT_UNLIMITED ? line->used - line->amount : 0;
    const struct {
        const char *name;
        json_t *value;
    } facts[] = {
        { "pool", pool_value(line, reader) },
        { "overage", count_or_null(past) },
        { "override", override_value(line, reader->now) },
        { "carried", count_or_null(line->carried) },
        { "grace", line->source & SOURCE_GRACE ? json_true() : json_null() },
        { "on_trial", limit->mode == MODE_SHADOW ? json_true() : json_null() },
        { "resources", resources_value(line, reader) },
    };
    int count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
        count += !json_is_null(facts[i].value);
        json_object_set_new(shown, facts[i].name, facts[i].value);
    }
    json_object_set_new(shown, "facts", json_integer(count));
    json_object_set_new(shown, "has_facts", json_boolean(count > 0));
}

/* The figure is shown large, apart from its words: "12" and " of 15 menu generations used today". */
static void add_figure(json_t *shown, const UsageLine *line, const char *figures)
{
    g_autofree char *number = words_number(line->used);
    const char *rest = g_str_has_prefix(figures, number) ? figures + strlen(number) : NULL;
    json_object_set_new(shown, "number", rest ? json_string(number) : json_null());
    json_object_set_new(shown, "long", json_boolean(strlen(number) > LONG_NUMBER));
    json_object_set_new(shown, "figure_rest", json_string(rest ? rest : figures));
}

/* Words for a figure name the window and the units, unless there is no limit: then the label does. */
static json_t *label_value(const UsageLine *line, const Feature *under)
{
    if (line->amount != AMOUNT_UNLIMITED)
        return json_null();
    g_autofree char *window = words_window(&line->limit->window);
    bool child = line->feature != under;
    return json_pack("{s:s?, s:o}", "feature", child ? line->feature->title : NULL, "window",
                     child ? json_string(window) : text_or_null(words_capital(window)));
}

static json_t *shown_value(const UsageLine *line, const Feature *under, const Reader *reader)
{
    Look look = line_look(line);
    bool included = look != LOOK_NOT_INCLUDED;
    json_t *shown = look_value(look);
    g_autofree char *figures = included ? words_used(line) : NULL;
    json_object_set_new(shown, "counted", json_boolean(included));
    json_object_set_new(shown, "approximate", json_false());
    json_object_set_new(shown, "marked", json_boolean(look >= LOOK_NOTICE && included));
    json_object_set_new(shown, "explained",
                        included ? json_null()
                                 : text_or_null(words_not_included(reader->policy, reader->plan, line->feature, line->limit,
                                                                   reader->anonymous)));
    if (!included)
        return shown;
    add_figure(shown, line, figures);
    json_object_set_new(shown, "label", label_value(line, under));
    json_object_set_new(shown, "left", text_or_null(words_left(line, reader->now)));
    json_object_set_new(shown, "resets", text_or_null(words_resets(line, reader->now)));
    json_object_set_new(shown, "meter", meter_value(line, figures));
    add_facts(shown, line, reader);
    return shown;
}

json_t *line_value(const UsageLine *line, const Feature *under, const Reader *reader)
{
    json_t *value = json_object();
    json_object_set_new(value, "limit", json_text(line->limit ? line->limit->key : NULL));
    json_object_set_new(value, "feature", json_text(line->feature->key));
    json_object_set_new(value, "title", json_text(line->feature->title));
    json_object_set_new(value, "shown", shown_value(line, under, reader));
    return value;
}
