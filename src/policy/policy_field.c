/* The fields of a section: finding them, and what is said about them. */
#include "policy/policy_field.h"

#include "base/parse.h"

bool section_child(const Section *section, const char *name, unsigned nth, Section *child)
{
    const Entry *entry = entry_child(section->entry, name, nth);
    cfg_t *cfg = entry ? cfg_getnsec(section->cfg, name, nth) : NULL;
    if (!cfg)
        return false;
    *child = (Section){section->reading, cfg, entry};
    return true;
}

static void note(GPtrArray *list, const Section *section, const char *field, const char *format, va_list arguments)
{
    const Entry *entry = field ? entry_child(section->entry, field, 0) : NULL;
    mistake_add_list(list, section->reading->file_name, entry ? entry->line : section->entry->line,
                     section->entry->path, field, format, arguments);
}

void field_mistake(const Section *section, const char *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(section->reading->mistakes, section, field, format, arguments);
    va_end(arguments);
}

void field_warning(const Section *section, const char *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(section->reading->warnings, section, field, format, arguments);
    va_end(arguments);
}

bool field_given(const Section *section, const char *field)
{
    return entry_child(section->entry, field, 0) != NULL;
}

void field_needed(const Section *section, const char *field)
{
    if (!field_given(section, field) && !section->entry->cut)
        field_mistake(section, field, "is missing");
}

const char *field_word(const Section *section, const char *field)
{
    const Entry *entry = entry_child(section->entry, field, 0);
    return entry && !entry->refused ? cfg_getstr(section->cfg, field) : NULL;
}

static const char *text_problem(const char *text, size_t max)
{
    if (!text[strspn(text, " ")])
        return "must not be blank";
    if (strlen(text) > max)
        return "is too long";
    if (!text_is_plain(text, strlen(text), max))
        return "must not hold control characters or hidden characters";
    return NULL;
}

char *field_text(const Section *section, const char *field, size_t max)
{
    const char *text = field_word(section, field);
    const char *problem = text ? text_problem(text, max) : NULL;
    if (problem && strlen(text) > max)
        field_mistake(section, field, "%s: %zu bytes of at most %zu", problem, strlen(text), max);
    else if (problem)
        field_mistake(section, field, "%s", problem);
    return text && !problem ? g_strdup(text) : NULL;
}

char **field_list(const Section *section, const char *field, size_t max, const char *(*check)(const char *value))
{
    GPtrArray *values = g_ptr_array_new();
    const Entry *entry = entry_child(section->entry, field, 0);
    for (unsigned i = 0; entry && !entry->refused && i < cfg_size(section->cfg, field); i++) {
        const char *value = cfg_getnstr(section->cfg, field, i);
        const char *problem = text_problem(value, max);
        if (!problem && check)
            problem = check(value);
        g_autofree char *display = shown(value);
        if (problem)
            mistake_add(section->reading->mistakes, section->reading->file_name,
                        i < entry->value_lines->len ? g_array_index(entry->value_lines, int, i) : entry->line,
                        section->entry->path, field, "“%s” %s", display, problem);
        else
            g_ptr_array_add(values, g_strdup(value));
    }
    g_ptr_array_add(values, NULL);
    return (char **) g_ptr_array_free(values, FALSE);
}

char *section_key(const Section *section)
{
    const char *title = cfg_title(section->cfg);
    if (!text_is_key(title))
        field_mistake(section, NULL, "a key is 1 to 64 of a-z, 0-9, _ and -, and begins with a letter");
    return g_strdup(title ? title : "");
}

static int named(const Section *section, const char *field, const char *kind, const char *const *keys)
{
    const char *key = field_word(section, field);
    for (int i = 0; key && keys[i]; i++)
        if (strcmp(keys[i], key) == 0)
            return i;
    if (!key || !section->reading->whole)
        return -1;
    g_autofree char *display = shown(key);
    const char *nearest = nearest_name(key, keys);
    if (nearest)
        field_mistake(section, field, "there is no %s “%s”; did you mean %s?", kind, display, nearest);
    else
        field_mistake(section, field, "there is no %s “%s”", kind, display);
    return -1;
}

int field_feature(const Section *section, const char *field)
{
    const Policy *policy = section->reading->policy;
    g_autofree const char **keys = g_new0(const char *, policy->feature_count + 1);
    for (int i = 0; i < policy->feature_count; i++)
        keys[i] = policy->features[i].key;
    return named(section, field, "feature", keys);
}

int field_plan(const Section *section, const char *field)
{
    const Policy *policy = section->reading->policy;
    g_autofree const char **keys = g_new0(const char *, policy->plan_count + 1);
    for (int i = 0; i < policy->plan_count; i++)
        keys[i] = policy->plans[i].key;
    return named(section, field, "plan", keys);
}
