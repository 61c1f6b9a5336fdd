/* webquota window: prints when a window begins and ends, for operators to see what a limit means. Needs
 * neither policy nor store. */
#include "cli/cmd.h"

#include <jansson.h>

#include "base/parse.h"
#include "domain/model.h"
#include "domain/zone.h"

#define SUMMARY "Print the start and the end of the window that holds an instant, in UTC."
#define DETAILS \
    "SPEC is minute, hour, day, week, month, year, lifetime, or a number and a unit: \"28 day\".\n" \
    "T is RFC 3339, 2026-03-08T12:00:00-05:00, or a date: its first moment in the zone.\n" \
    "The window is calendar-aligned unless --anchor or --align says otherwise; counts must then divide\n" \
    "60 minutes, 24 hours or 12 months. The end does not belong to the window, but to the next one;\n" \
    "a rolling window ends with T itself. A lifetime has neither start nor end: \"-\", in JSON null.\n\n" \
    "Exit status: 0 done; 2 wrong use of this command."

typedef struct {
    char *window, *align, *anchor, *zone, *week_starts, *day_starts, *at;
    gboolean json;
} Options;

typedef struct {
    WindowSpec spec;
    GTimeZone *zone;
    Instant anchor, at;
} Question;

static void options_clear(Options *options)
{
    char *texts[] = {options->window, options->align, options->anchor, options->zone, options->week_starts,
                     options->day_starts, options->at};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

PRINTF_LIKE(1, 2) static bool wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "webquota: window: %s; see webquota window --help\n", what);
    return false;
}

static bool read_instant(const char *option, const char *text, GTimeZone *zone, Instant *out)
{
    return zone_instant(text, zone, DAY_BEGINS, out) ||
           wrong("%s \"%s\" is not an RFC 3339 time, such as 2026-03-08T12:00:00Z", option, text);
}

static bool read_align(const Options *options, WindowSpec *spec)
{
    spec->align = options->anchor ? ALIGN_ANCHOR : ALIGN_CALENDAR;
    if (options->align) {
        int align = ALIGN_CALENDAR;
        while (align <= ALIGN_ROLLING && strcmp(options->align, align_word((WindowAlign)align)) != 0)
            align++;
        if (align > ALIGN_ROLLING)
            return wrong("--align \"%s\" is not calendar, anchor or rolling", options->align);
        spec->align = (WindowAlign)align;
    }
    if (spec->unit == WINDOW_LIFETIME && spec->align != ALIGN_CALENDAR)
        return wrong("a lifetime has no %s", options->anchor ? "--anchor" : "--align");
    if (spec->align == ALIGN_ANCHOR && !options->anchor)
        return wrong("--align anchor needs --anchor");
    if (spec->align != ALIGN_ANCHOR && options->anchor)
        return wrong("--anchor is for --align anchor only");
    if (spec->align == ALIGN_CALENDAR && !window_fits_calendar(spec->unit, spec->count))
        return wrong("--window \"%s\" cannot be calendar-aligned: give --anchor, or --align rolling", options->window);
    return true;
}

static bool read_week_starts(const char *text, int *out)
{
    static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    for (int i = 0; i < 7; i++)
        if (strcmp(text, days[i]) == 0) {
            *out = i + 1;
            return true;
        }
    return wrong("--week-starts \"%s\" is not a day of the week, such as monday", text);
}

static bool read_day_starts(const char *text, int *out)
{
    bool shaped = strlen(text) == 5 && text[2] == ':' && strspn(text, "0123456789:") == 5;
    int hours = shaped ? g_ascii_digit_value(text[0]) * 10 + g_ascii_digit_value(text[1]) : 24;
    int minutes = shaped ? g_ascii_digit_value(text[3]) * 10 + g_ascii_digit_value(text[4]) : 60;
    if (hours > 23 || minutes > 59 || hours < 0 || minutes < 0)
        return wrong("--day-starts \"%s\" is not a time of day from 00:00 to 23:59", text);
    *out = hours * 60 + minutes;
    return true;
}

static bool question_read(const Options *options, Question *question)
{
    const char *why = NULL;
    *question = (Question){.spec = {.count = 1, .week_starts = 1}};
    if (!options->window || !options->at)
        return wrong("%s is missing", options->window ? "--at" : "--window");
    if (!window_parse(options->window, &question->spec, &why))
        return wrong("--window \"%s\": %s", options->window, why);
    if (!read_align(options, &question->spec))
        return false;
    question->zone = zone_find(options->zone ? options->zone : "UTC");
    if (!question->zone)
        return wrong("--zone \"%s\" is not a zone of the tz database, such as Europe/Budapest", options->zone);
    if (options->week_starts && !read_week_starts(options->week_starts, &question->spec.week_starts))
        return false;
    if (options->day_starts && !read_day_starts(options->day_starts, &question->spec.day_starts_min))
        return false;
    if (options->anchor && !read_instant("--anchor", options->anchor, question->zone, &question->anchor))
        return false;
    return read_instant("--at", options->at, question->zone, &question->at);
}

static void answer_print(const Question *question, bool as_json)
{
    Window window = window_at(&question->spec, question->zone, question->anchor, question->at);
    if (question->spec.align == ALIGN_ROLLING)
        window.end = question->at;
    g_autofree char *start = instant_text_exact(window.start);
    g_autofree char *end = instant_text_exact(window.end);
    if (!as_json) {
        printf("from %s until %s\n", start ? start : "-", end ? end : "-");
        return;
    }
    json_auto_t *object = json_pack("{s:s?,s:s?}", "start", start, "end", end);
    g_autofree char *text = json_dumps(object, JSON_PRESERVE_ORDER);
    printf("%s\n", text);
}

int cmd_window(int argc, char **argv)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"window", 'w', 0, G_OPTION_ARG_STRING, &options.window, "The window's length", "SPEC"},
        {"at", 't', 0, G_OPTION_ARG_STRING, &options.at, "The instant that it holds", "T"},
        {"align", 'a', 0, G_OPTION_ARG_STRING, &options.align, "calendar, anchor or rolling", "ALIGN"},
        {"anchor", 0, 0, G_OPTION_ARG_STRING, &options.anchor, "Where anchored windows are counted from", "T"},
        {"zone", 'z', 0, G_OPTION_ARG_STRING, &options.zone, "Time zone by name (default: UTC)", "ZONE"},
        {"week-starts", 0, 0, G_OPTION_ARG_STRING, &options.week_starts, "First day of weeks (default: monday)", "DAY"},
        {"day-starts", 0, 0, G_OPTION_ARG_STRING, &options.day_starts, "When days begin (default: 00:00)", "HH:MM"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("--window SPEC --at T");
    g_option_context_set_summary(context, SUMMARY);
    g_option_context_set_description(context, DETAILS);
    g_option_context_add_main_entries(context, entries, NULL);
    g_set_prgname("webquota window"); /* for --help */
    g_autoptr(GError) error = NULL;
    Question question;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        (void)wrong("%s", error->message);
        return CMD_USAGE;
    }
    if (argc > 1) {
        (void)wrong("\"%s\" is not an option", argv[1]);
        return CMD_USAGE;
    }
    if (!question_read(&options, &question))
        return CMD_USAGE;
    answer_print(&question, options.json);
    return CMD_OK;
}
