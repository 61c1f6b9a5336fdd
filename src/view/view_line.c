/* One limit as people see it: its figures in words, the same as a meter, and what there is to know about it
 * (shared, changed, rolled over, on trial). */
#include "domain/forecast.h"
#include "view/meter.h"
#include "view/view_page.h"
#include "view/words_add.h"

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

UsageLine reader_line(const Reader *reader, const UsageLine *line)
{
    UsageLine seen = *line;
    if (reader->own_zone)
        seen.zone = reader->own_zone;
    return seen;
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

Value *look_value(const Value *tree, Look look)
{
    UsageState state = look_state(look);
    Value *value = value_object(tree);
    set_text(value, "state", usage_state_word(state));
    set_text(value, "state_word", words_state(state));
    Value *icon = set_object(value, "icon");
    for (int i = LOOK_UNLIMITED; i <= LOOK_NOT_INCLUDED; i++)
        value_set_flag(icon, value_key(usage_state_word(look_state((Look)i))), i == (int)look);
    return value;
}

/* For set_words: nothing for none. */
static void add_count(GString *out, int64_t number)
{
    if (number > 0)
        words_add_number(out, number);
}

/* The same, where 0 is a number as well. */
static void add_amount(GString *out, Amount amount)
{
    if (amount != AMOUNT_UNLIMITED)
        words_add_number(out, amount);
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

static Value *pool_value(const Value *tree, const UsageLine *pool, const Reader *reader)
{
    if (pool->limit->scope != SCOPE_ORGANIZATION)
        return NULL;
    const UsageLine *own = own_share(pool, reader);
    Value *value = value_object(tree);
    set_text(value, "organization", reader->organization);
    if (own) {
        set_words(value, "yours", words_add_number, own->used);
        set_words(value, "others", words_add_number, pool->used - own->used);
    } else {
        set_null(value, "yours");
        set_null(value, "others");
    }
    return value;
}

static Value *override_value(const Value *tree, const UsageLine *line, Instant now)
{
    if (!(line->source & SOURCE_OVERRIDE))
        return NULL;
    Value *value = value_object(tree);
    /* What is carried is this window's luck, not what the override gives. */
    Amount amount = line->amount == AMOUNT_UNLIMITED ? line->amount : line->amount - line->carried;
    set_flag(value, "organization", line->limit->scope == SCOPE_ORGANIZATION);
    set_words(value, "amount", add_amount, amount);
    set_words(value, "was", add_amount, line->limit->plan_amount);
    set_words(value, "until", words_add_time, line->override_expires, line->zone, now);
    return value;
}

/* "claude-*, o1": which requests find the feature; said once, beside the first of its limits. */
static void add_resources(GString *out, const UsageLine *line, const Reader *reader)
{
    int first = 0;
    while (first < reader->line_count && reader->lines[first].feature != line->feature)
        first++;
    char **resources = line->feature->resources;
    if (!resources || !resources[0] || (first < reader->line_count && reader->lines[first].limit != line->limit))
        return;
    for (char **resource = resources; *resource; resource++)
        text_adds(out, resource == resources ? "" : ", ", *resource);
}

static void add_meter_name(GString *out, const UsageLine *line)
{
    text_adds(out, line->feature->title, ", ");
    words_add_window(out, &line->limit->window);
}

/* Nothing where there is nothing of it. */
static void add_part(GString *out, int thousandths)
{
    if (thousandths > 0)
        meter_add_length(out, thousandths);
}

static Value *meter_value(const Value *tree, const UsageLine *line, const char *figures)
{
    Meter meter;
    if (!meter_of(line, &meter) || line->amount <= 0)
        return NULL;
    Value *value = value_object(tree);
    set_words(value, "name", add_meter_name, line);
    set_number(value, "max", line->amount);
    set_number(value, "now", CLAMP(line->used, 0, line->amount));
    set_words(value, "text", words_add_meter, line, figures);
    set_words(value, "used", add_part, meter.used);
    set_words(value, "held", add_part, meter.held);
    set_words(value, "held_at", meter_add_length, meter.used);
    set_words(value, "bonus", add_part, meter.bonus);
    set_words(value, "bonus_at", meter_add_length, 1000 - meter.bonus);
    return value;
}

/* What stands beside the figures where there is something to say; null else. */
static void set_facts(Value *shown, const UsageLine *line, const Reader *reader)
{
    const Limit *limit = line->limit;
    int64_t past = limit->on_exceed == EXCEED_ALLOW && line->amount != AMOUNT_UNLIMITED ? line->used - line->amount : 0;
    const Value *facts[] = {
        set_value(shown, "pool", pool_value(shown, line, reader)),
        set_words(shown, "overage", add_count, past),
        set_value(shown, "override", override_value(shown, line, reader->now)),
        set_words(shown, "carried", add_count, line->carried),
        line->source & SOURCE_GRACE ? set_flag(shown, "grace", true) : set_null(shown, "grace"),
        limit->mode == MODE_SHADOW ? set_flag(shown, "on_trial", true) : set_null(shown, "on_trial"),
        set_words(shown, "resources", add_resources, line, reader),
    };
    int count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        count += !value_is_null(facts[i]);
    set_number(shown, "facts", count);
    set_flag(shown, "has_facts", count > 0);
}

/* The figure is shown large, apart from its words: "12" and " of 15 menu generations used today". */
static void set_figure(Value *shown, const UsageLine *line, const char *figures)
{
    const char *number = words_of(shown, words_add_number, line->used);
    const char *rest = g_str_has_prefix(figures, number) ? figures + strlen(number) : NULL;
    set_text(shown, "number", rest ? number : NULL);
    set_flag(shown, "long", strlen(number) > LONG_NUMBER);
    set_text(shown, "figure_rest", rest ? rest : figures);
}

static void add_window_label(GString *out, const WindowSpec *window, bool child)
{
    if (child) {
        words_add_window(out, window);
        return;
    }
    g_autofree char *words = words_window(window);
    words_add_capital(out, words);
}

/* Words for a figure name the window and the units, unless there is no limit: then the label does. */
static Value *label_value(const Value *tree, const UsageLine *line, const Feature *under)
{
    if (line->amount != AMOUNT_UNLIMITED)
        return NULL;
    bool child = line->feature != under;
    Value *label = value_object(tree);
    set_text(label, "feature", child ? line->feature->title : NULL);
    set_words(label, "window", add_window_label, &line->limit->window, child);
    return label;
}

/* {number, rolled | own | bonus, until}: what is left of one kind. */
static void add_part_left(Value *parts, int64_t number, const char *kind, const UsageLine *line, Instant now)
{
    static const char *const kinds[] = {"rolled", "own", "bonus"};
    if (number <= 0)
        return;
    Value *part = add_object(parts);
    set_words(part, "number", words_add_number, number);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        value_set_flag(part, value_key(kinds[i]), strcmp(kinds[i], kind) == 0);
    set_words(part, "window", words_add_window, &line->limit->window);
    set_words(part, "until", words_add_day, strcmp(kind, "bonus") == 0 ? line->bonus_expires : INSTANT_MAX, line->zone, now);
}

/* What is left, part by part in the order it is spent, where it is of more than one kind; null else. */
static Value *parts_value(const Value *tree, const UsageLine *line, Instant now)
{
    int64_t own = line->remaining - line->bonus, carried = MIN(MAX(line->carried - line->used - line->held, 0), own);
    if (line->amount == AMOUNT_UNLIMITED || (carried > 0) + (own > carried) + (line->bonus > 0) < 2)
        return NULL;
    Value *value = value_object(tree), *parts = set_list(value, "parts");
    add_part_left(parts, carried, "rolled", line, now);
    add_part_left(parts, own - carried, "own", line, now);
    add_part_left(parts, line->bonus, "bonus", line, now);
    set_words(value, "total", words_add_number, line->remaining);
    set_words(value, "held", add_count, line->held);
    return value;
}

static void set_pace(Value *shown, const UsageLine *line, Instant now)
{
    Forecast forecast = forecast_pace(line, now);
    if (forecast.kind == FORECAST_NONE)
        set_null(shown, "pace");
    else
        set_words(shown, "pace", words_add_pace, &forecast, line->zone, now);
}

/* What is shown of a limit that is counted. */
static void set_counted(Value *shown, const UsageLine *line, const Feature *under, const Reader *reader)
{
    const char *figures = words_of(shown, words_add_used, line);
    set_figure(shown, line, figures);
    set_value(shown, "label", label_value(shown, line, under));
    set_words(shown, "left", words_add_left, line, reader->now);
    set_value(shown, "by_kind", line->bonus > 0 || line->carried > 0 ? parts_value(shown, line, reader->now) : NULL);
    set_pace(shown, line, reader->now);
    set_words(shown, "resets", words_add_resets, line, reader->now);
    set_value(shown, "meter", meter_value(shown, line, figures));
    set_facts(shown, line, reader);
}

Value *line_value(const Value *tree, const UsageLine *line, const Feature *under, const Reader *reader, bool approximate)
{
    const UsageLine seen = reader_line(reader, line);
    Look look = line_look(line);
    bool included = look != LOOK_NOT_INCLUDED;
    Value *value = value_object(tree), *shown = look_value(tree, look);
    set_text(value, "limit", line->limit ? line->limit->key : NULL);
    set_text(value, "feature", line->feature->key);
    set_text(value, "title", line->feature->title);
    set_value(value, "shown", shown);

    set_flag(shown, "counted", included);
    set_flag(shown, "approximate", approximate);
    set_flag(shown, "marked", look >= LOOK_NOTICE && included);
    if (included)
        set_null(shown, "explained");
    else
        set_words(shown, "explained", words_add_not_included, reader->policy, reader->plan, line->feature, line->limit,
                  reader->anonymous);
    if (included)
        set_counted(shown, &seen, under, reader);
    return value;
}
