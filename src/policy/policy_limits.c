/* What a plan's own section says: limits, grants, grace. */
#include "policy/policy_parts.h"

static const char *const scope_words[] = {"subject", "organization", "plan", "site", NULL};
static const char *const mode_words[] = {"enforce", "shadow", "off", NULL};
static const char *const exceed_words[] = {"block", "queue", "allow", NULL};
static const char *const align_words[] = {"calendar", "anchor", "rolling", NULL};
static const char *const fair_words[] = {"none", "account", NULL};
static const char *const fail_words[] = {"closed", "open", NULL};

static void read_align(const Section *section, Limit *limit)
{
    WindowSpec *window = &limit->window;
    bool fits = window_fits_calendar(window->unit, window->count);
    window->align = field_choice(section, "align", align_words, fits ? ALIGN_CALENDAR : ALIGN_ANCHOR);
    if (window->unit == WINDOW_LIFETIME) {
        if (window->align != ALIGN_CALENDAR)
            field_mistake(section, "align", "a lifetime has nothing to align");
        window->align = ALIGN_CALENDAR;
    } else if (window->align == ALIGN_CALENDAR && !fits) {
        field_mistake(section, "align", "calendar windows of several must divide 60 minutes, 24 hours or 12 months; "
                                        "others are anchor or rolling");
    } else if (window->align == ALIGN_ANCHOR && limit->scope != SCOPE_SUBJECT) {
        field_mistake(section, field_given(section, "align") ? "align" : "window",
                      "an anchor is one subject's, and %s is shared: choose a calendar window or align = rolling",
                      scope_word(limit->scope));
    }
}

bool window_has_week_start(const WindowSpec *window)
{
    return window->align == ALIGN_CALENDAR && window->unit == WINDOW_WEEK;
}

bool window_has_day_start(const WindowSpec *window)
{
    return window->align == ALIGN_CALENDAR && window->unit >= WINDOW_DAY && window->unit != WINDOW_LIFETIME;
}

/* What a window does not depend on is always the same, so that it makes no other counter. */
static void read_starts(const Section *section, WindowSpec *window)
{
    const Policy *policy = section->reading->policy;
    int week_starts = field_week_starts(section, "week_starts", policy->week_starts);
    int day_starts_min = field_day_starts(section, "day_starts", policy->day_starts_min);
    window->week_starts = window_has_week_start(window) ? week_starts : 1;
    window->day_starts_min = window_has_day_start(window) ? day_starts_min : 0;
    if (field_given(section, "week_starts") && !window_has_week_start(window))
        field_warning(section, "week_starts", "has no meaning for this window");
    if (field_given(section, "day_starts") && !window_has_day_start(window))
        field_warning(section, "day_starts", "has no meaning for this window");
}

static void read_window(const Section *section, Limit *limit)
{
    limit->window = (WindowSpec){.unit = WINDOW_DAY, .count = 1};
    field_needed(section, "window");
    if (field_window(section, "window", &limit->window))
        read_align(section, limit);
    read_starts(section, &limit->window);
}

static void read_zone(const Section *section, Limit *limit)
{
    const char *word = field_word(section, "timezone");
    if (word && strcmp(word, "subject") == 0) {
        if (limit->scope != SCOPE_SUBJECT)
            field_mistake(section, "timezone", "subject is for limits of scope subject: %s is shared", scope_word(limit->scope));
        return;
    }
    limit->zone = field_zone(section, "timezone");
    if (!limit->zone)
        limit->zone = g_strdup(section->reading->policy->zone);
}

static void read_amount(const Section *section, bool plan_unlimited, LimitDraft *draft)
{
    bool unlimited = field_flag(section, "unlimited"), given = field_given(section, "amount");
    int64_t amount = field_whole(section, "amount", 0, UNITS_MAX, 0);
    if (given && unlimited)
        field_mistake(section, "amount", "is given, and the limit is unlimited");
    else if (given && plan_unlimited)
        field_mistake(section, "amount", "is given, and the plan is unlimited");
    else if (!given && !unlimited && !plan_unlimited)
        field_needed(section, "amount");
    draft->amount_micros = unlimited || plan_unlimited ? -1 : (__int128) amount * MICROS;
}

static void read_warn_at(const Section *section, Limit *limit)
{
    g_auto(GStrv) values = field_list(section, "warn_at", VALUE_MAX, NULL);
    if (!field_given(section, "warn_at")) {
        limit->warn_at[limit->warn_count++] = 75;
        limit->warn_at[limit->warn_count++] = 90;
        return;
    }
    for (char **value = values; *value; value++) {
        g_autofree char *display = shown(*value);
        int64_t percent = g_ascii_isdigit(**value) ? (int64_t) g_ascii_strtoull(*value, NULL, 10) : 0;
        g_autofree char *again = g_strdup_printf("%" PRId64, percent);
        if (percent < 1 || percent > 100 || strcmp(again, *value) != 0)
            field_mistake(section, "warn_at", "percents are whole numbers from 1 to 100, not “%s”", display);
        else if (limit->warn_count == WARN_AT_MAX)
            field_mistake(section, "warn_at", "has more than %d percents", WARN_AT_MAX);
        else if (limit->warn_count && limit->warn_at[limit->warn_count - 1] >= percent)
            field_mistake(section, "warn_at", "must ascend: %" PRId64 " stands after %d", percent,
                          limit->warn_at[limit->warn_count - 1]);
        else
            limit->warn_at[limit->warn_count++] = (int) percent;
    }
}

static void read_conduct(const Section *section, Limit *limit, bool unlimited)
{
    limit->mode = field_choice(section, "mode", mode_words, MODE_ENFORCE);
    limit->on_exceed = field_choice(section, "on_exceed", exceed_words, EXCEED_BLOCK);
    limit->fail_open = field_choice(section, "fail", fail_words, 0) == 1;
    limit->rollover = field_whole(section, "rollover", 0, UNITS_MAX, 0);
    bool lifetime = limit->window.unit == WINDOW_LIFETIME;
    if (limit->rollover && limit->window.align == ALIGN_ROLLING)
        field_mistake(section, "rollover", "a rolling window has no end at which to roll over");
    else if (limit->rollover && lifetime)
        field_mistake(section, "rollover", "a lifetime has no end at which to roll over");
    else if (limit->rollover && unlimited)
        field_mistake(section, "rollover", "nothing rolls over where all is unlimited");
    if (limit->on_exceed == EXCEED_QUEUE && lifetime)
        field_mistake(section, "on_exceed", "a queue for a lifetime limit would never move");
}

static void read_queue(const Section *section, Limit *limit)
{
    static const char *const options[] = {"claim_within", "keep_place", "queue_max", "fair"};
    limit->queue.claim_within_s = field_whole(section, "claim_within", 5, 3600, QUEUE_CLAIM_WITHIN_S);
    limit->queue.keep_place_s = field_whole(section, "keep_place", 30, 86400, QUEUE_KEEP_PLACE_S);
    limit->queue.queue_max = field_whole(section, "queue_max", 1, 1000000, QUEUE_MAX);
    limit->queue.fair = field_choice(section, "fair", fair_words, 0) == 1;
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (limit->on_exceed != EXCEED_QUEUE && field_given(section, options[i]))
            field_warning(section, options[i], "has no meaning without on_exceed = queue");
}

void read_limits(PlanDraft *draft, bool unlimited)
{
    Section section;
    for (unsigned i = 0; section_child(&draft->section, "limit", i, &section); i++) {
        if (i == LIMITS_MAX) {
            field_mistake(&section, NULL, "there are more than %d limits", LIMITS_MAX);
            return;
        }
        LimitDraft limit_draft = {.section = section};
        Limit *limit = &limit_draft.limit;
        limit->key = section_key(&section);
        field_needed(&section, "feature");
        limit->feature = field_feature(&section, "feature");
        limit->scope = field_choice(&section, "scope", scope_words, SCOPE_SUBJECT);
        read_window(&section, limit);
        read_zone(&section, limit);
        read_amount(&section, unlimited, &limit_draft);
        read_warn_at(&section, limit);
        read_conduct(&section, limit, limit_draft.amount_micros < 0);
        read_queue(&section, limit);
        g_array_append_val(draft->limits, limit_draft);
    }
}

static void read_every(const Section *section, WindowSpec *every)
{
    *every = (WindowSpec){.align = ALIGN_ANCHOR, .week_starts = 1};
    if (field_window(section, "every", every) && every->unit == WINDOW_LIFETIME)
        field_mistake(section, "every", "leave it out for a grant that is given once");
}

void read_grants(PlanDraft *draft)
{
    Section section;
    for (unsigned i = 0; section_child(&draft->section, "grant", i, &section); i++) {
        if (i == GRANTS_MAX) {
            field_mistake(&section, NULL, "there are more than %d grants", GRANTS_MAX);
            return;
        }
        GrantDraft grant_draft = {.section = section};
        PlanGrant *grant = &grant_draft.grant;
        grant->key = section_key(&section);
        field_needed(&section, "feature");
        grant->feature = field_feature(&section, "feature");
        field_needed(&section, "amount");
        grant->amount = field_whole(&section, "amount", 1, UNITS_MAX, 1);
        grant->priority = (int) field_whole(&section, "priority", 0, 1000000, 100);
        read_every(&section, &grant->every);
        g_array_append_val(draft->grants, grant_draft);
    }
}

void read_grace(const Section *owner, Grace *grace, bool *given)
{
    Section section;
    *given = section_child(owner, "grace", 0, &section);
    if (!*given)
        return;
    field_needed(&section, "days");
    grace->days = (int) field_whole(&section, "days", 0, 3650, 0);
    grace->unlimited = field_flag(&section, "unlimited");
    int64_t multiplier = field_micros(&section, "multiplier", MICROS + 1, MICROS_MAX, MICROS);
    grace->multiplier = (double) multiplier / MICROS;
    if (grace->unlimited && field_given(&section, "multiplier"))
        field_mistake(&section, "multiplier", "is given, and the grace is unlimited");
    else if (grace->days > 0 && !grace->unlimited && !field_given(&section, "multiplier"))
        field_needed(&section, "multiplier");
}
