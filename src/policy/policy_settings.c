/* The settings at the top of the file. */
#include "policy/policy_parts.h"

static bool has_scheme(const char *url, const char *const *schemes)
{
    for (; *schemes; schemes++)
        if (g_str_has_prefix(url, *schemes) && url[strlen(*schemes)])
            return true;
    return false;
}

/* Addresses stand in links, so only these schemes: a javascript: there would run. */
static const char *url_problem(const char *url)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:", NULL};
    if (strpbrk(url, " \"'<>\\^`|"))
        return "must not hold blanks, quotes or angle brackets";
    if (has_scheme(url, schemes) || (url[0] == '/' && url[1] != '/'))
        return NULL;
    return "must begin with https://, http://, mailto: or /";
}

/* Anything in braces but {plan} and {feature} is a slip. */
static const char *placeholder_problem(const char *url)
{
    for (const char *p = strpbrk(url, "{}"); p; p = strpbrk(p, "{}")) {
        if (g_str_has_prefix(p, "{plan}"))
            p += strlen("{plan}");
        else if (g_str_has_prefix(p, "{feature}"))
            p += strlen("{feature}");
        else
            return "may hold {plan} and {feature} and no other braces";
    }
    return NULL;
}

static char *read_url(const Section *file, const char *field, bool placeholders)
{
    g_autofree char *url = field_text(file, field, VALUE_MAX);
    if (!url)
        return NULL;
    const char *problem = url_problem(url);
    if (!problem && placeholders)
        problem = placeholder_problem(url);
    else if (!problem && strpbrk(url, "{}"))
        problem = "must not hold braces";
    if (problem)
        field_mistake(file, field, "%s", problem);
    return problem ? NULL : g_steal_pointer(&url);
}

/* The value goes into a Content-Security-Policy header, where a blank or a semicolon begins another rule. */
static const char *origin_problem(const char *value)
{
    const char *form = "must be an origin such as https://www.example.org";
    const char *host = g_str_has_prefix(value, "https://") ? value + 8 : g_str_has_prefix(value, "http://") ? value + 7 : NULL;
    if (!host || !g_ascii_isalnum(*host))
        return form;
    size_t len = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
    if (!host[len])
        return NULL;
    const char *port = host + len + 1;
    size_t digits = strspn(port, "0123456789");
    return host[len] == ':' && digits >= 1 && digits <= 5 && !port[digits] ? NULL : form;
}

/* Without it those who support people give nothing alone. */
static void read_ceiling(const Section *file, Ceiling *ceiling)
{
    Section section;
    if (!section_child(file, "support_ceiling", 0, &section))
        return;
    field_needed(&section, "multiplier");
    field_needed(&section, "days");
    ceiling->multiplier = (double) field_micros(&section, "multiplier", MICROS, MICROS_MAX, MICROS) / MICROS;
    ceiling->days = (int) field_whole(&section, "days", 1, 3650, 1);
}

static const char *const queue_answers[] = {"redirect", "page", NULL};
static const char *const totp_needs[] = {"optional", "required", NULL};

void read_settings(const Section *file)
{
    Policy *policy = file->reading->policy;
    policy->title = field_text(file, "title", TITLE_MAX);
    if (!policy->title)
        policy->title = g_strdup("Usage limits");
    policy->zone = field_zone(file, "timezone");
    if (!policy->zone)
        policy->zone = g_strdup("UTC");
    policy->week_starts = field_week_starts(file, "week_starts", 1);
    policy->day_starts_min = field_day_starts(file, "day_starts", 0);
    policy->upgrade_url = read_url(file, "upgrade_url", true);
    policy->support_url = read_url(file, "support_url", false);
    policy->sign_in_url = read_url(file, "sign_in_url", false);
    policy->administrators = field_list(file, "administrators", 255, NULL);
    policy->embedders = field_list(file, "embedders", VALUE_MAX, origin_problem);
    policy->queue_page = field_choice(file, "queue_answer", queue_answers, 0) == 1;
    read_ceiling(file, &policy->support);
    policy->totp_required = field_choice(file, "totp", totp_needs, 0) == 1;
    policy->currency = field_text(file, "currency", 16);
}
