/* Checking values of options. */
#include "cli/inputs.h"

#include <math.h>
#include "domain/model.h"

void option_texts_clear(OptionTexts *texts)
{
    for (int i = 0; i < OPTION_TEXTS_MAX; i++)
        g_clear_pointer(&texts->of[i], g_free);
}

bool cli_text(const char *command, const char *name, const char *text, size_t least, size_t most)
{
    if (!text || (least == 0 && !*text) || text_is_plain(text, strlen(text), most))
        return true;
    if (!*text)
        (void)cli_usage(command, "%s is empty", name);
    else
        (void)cli_usage(command, "%s must be plain text of at most %zu bytes", name, most);
    return false;
}

bool cli_reason(const char *command, const char *reason)
{
    if (reason && reason[strspn(reason, " ")] != '\0')
        return cli_text(command, "--reason", reason, 1, REASON_MOST);
    (void)cli_usage(command, "--reason must say why");
    return false;
}

bool cli_whole(const char *command, const char *name, const char *text, int64_t min, int64_t max, int64_t *out)
{
    if (!text || parse_whole(text, min, max, out))
        return true;
    (void)cli_usage(command, "%s must be a whole number from %" PRId64 " to %" PRId64 ", not \"%s\"", name, min, max, text);
    return false;
}

bool cli_real(const char *command, const char *name, const char *text, double max, double *out)
{
    if (!text)
        return true;
    char *end = NULL;
    double value = g_ascii_strtod(text, &end);
    bool shaped = *text && strspn(text, "0123456789.") == strlen(text) && g_ascii_isdigit(*text) && !*end;
    if (shaped && isfinite(value) && value > 0 && value <= max) {
        *out = value;
        return true;
    }
    (void)cli_usage(command, "%s must be a number more than 0 and at most %.0f, not \"%s\"", name, max, text);
    return false;
}

bool cli_instant(const char *command, const char *name, const char *text, DayEdge edge, Instant *out)
{
    if (!text || zone_instant(text, NULL, edge, out))
        return true;
    (void)cli_usage(command, "%s must be a time such as 2027-01-31T00:00:00Z or 2027-01-31, not \"%s\"", name, text);
    return false;
}

bool cli_fit(const char *command, const char *verb, unsigned bit, const OptionFit *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (options[i].given && !(options[i].verbs & bit)) {
            (void)cli_usage(command, "%s is not for %s", options[i].name, verb);
            return false;
        }
    return true;
}

bool cli_owner(const char *command, const char *subject, const char *organization, bool may_miss)
{
    if (subject && organization) {
        (void)cli_usage(command, "--subject and --organization do not go together");
        return false;
    }
    if (!subject && !organization && !may_miss) {
        (void)cli_usage(command, "it needs --subject or --organization");
        return false;
    }
    return cli_text(command, "--subject", subject, 1, 255) && cli_text(command, "--organization", organization, 1, 255);
}
