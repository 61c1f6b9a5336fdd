/* A label is read by one pattern: what is beside it is not guessed at. */
#include "domain/price.h"

#include <pthread.h>

/* A currency has no small letters, so that "from $9 a month" is none. A comma parts thousands or, before two digits, cents. */
#define CURRENCY "[^\\d\\sa-z.,/+-]{1,6}"
#define PATTERN                                                                                                             \
    "^((?:" CURRENCY "\\s?)?)(\\d{1,3}(?:,\\d{3})+|\\d{1,9})(?:[.,](\\d{1,2}))?((?:\\s?" CURRENCY ")?)(?: a | per | ?/ ?)(day|week|month|year)$"

static GRegex *regex;

static void regex_make(void)
{
    regex = g_regex_new(PATTERN, G_REGEX_OPTIMIZE, 0, NULL);
}

static const GRegex *pattern(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, regex_make);
    return regex;
}

static double amount_of(const char *whole, const char *hundredths)
{
    g_auto(GStrv) groups = g_strsplit(whole, ",", -1);
    g_autofree char *digits = g_strjoinv("", groups), *text = g_strconcat(digits, ".", hundredths ? hundredths : "", NULL);
    return g_ascii_strtod(text, NULL);
}

static WindowUnit period_of(const char *word)
{
    switch (*word) {
    case 'd':
        return WINDOW_DAY;
    case 'w':
        return WINDOW_WEEK;
    case 'm':
        return WINDOW_MONTH;
    default:
        return WINDOW_YEAR;
    }
}

bool price_read(const char *label, Price *out)
{
    g_autoptr(GMatchInfo) match = NULL;
    if (!label || !g_utf8_validate(label, -1, NULL) || !g_regex_match(pattern(), label, 0, &match))
        return false;
    g_autofree char *before = g_match_info_fetch(match, 1), *whole = g_match_info_fetch(match, 2), *part = g_match_info_fetch(match, 3),
                    *after = g_match_info_fetch(match, 4), *period = g_match_info_fetch(match, 5);
    *out = (Price){.amount = amount_of(whole, part), .period = period_of(period)};
    g_strlcpy(out->before, before, sizeof out->before);
    g_strlcpy(out->after, after, sizeof out->after);
    return true;
}

/* How many windows of that unit a period holds. */
static double windows_in(WindowUnit period, WindowUnit unit)
{
    static const double counts[4][4] = {
        {1, 1.0 / 7, 1.0 / 30, 1.0 / 365},
        {7, 1, 7.0 / 30, 7.0 / 365},
        {30, 30.0 / 7, 1, 1.0 / 12},
        {365, 365.0 / 7, 12, 1},
    };
    return counts[period - WINDOW_DAY][unit - WINDOW_DAY];
}

static bool bounds(const Limit *limit, const Feature *feature)
{
    return limit->feature == feature->index && limit->mode == MODE_ENFORCE && limit->scope == SCOPE_SUBJECT &&
           limit->on_exceed != EXCEED_ALLOW && limit->plan_amount != AMOUNT_UNLIMITED && limit->plan_amount > 0 &&
           limit->window.unit >= WINDOW_DAY && limit->window.unit <= WINDOW_YEAR;
}

double price_of_unit(const Price *price, const Plan *plan, const Feature *feature)
{
    double least = 0;
    for (int i = 0; i < plan->limit_count; i++) {
        const Limit *limit = &plan->limits[i];
        if (!bounds(limit, feature))
            continue;
        double units = (double)limit->plan_amount * windows_in(price->period, limit->window.unit) / limit->window.count;
        least = least > 0 ? MIN(least, units) : units;
    }
    return least > 0 ? price->amount / least : 0;
}
