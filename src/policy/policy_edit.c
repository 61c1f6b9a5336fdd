/* The place of an option is found by the lexer that the parser uses, so that what is found is what was read. */
#include "policy/policy_edit.h"

#include "policy/policy_find.h"
#include "policy/policy_list.h"

/* As it stands in a file: whole numbers as they are, other texts within quotes. */
static void add_word(GString *out, const char *value)
{
    if (*value && strspn(value, "0123456789") == strlen(value)) {
        g_string_append(out, value);
        return;
    }
    g_string_append_c(out, '"');
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *value);
    }
    g_string_append_c(out, '"');
}

static void add_value(GString *out, const PolicyEdit *edit)
{
    if (!edit->is_list) {
        add_word(out, edit->value);
        return;
    }
    g_auto(GStrv) values = policy_list_read(edit->value);
    g_string_append_c(out, '{');
    for (char **value = values; *value; value++) {
        g_string_append(out, value == values ? "" : ", ");
        add_word(out, *value);
    }
    g_string_append_c(out, '}');
}

/* Keys stand as they are; what is none is quoted, so that it stays one word. */
static void add_key(GString *out, const char *key)
{
    g_autofree char *lower = g_ascii_strdown(key, -1);
    g_string_append_c(out, ' ');
    if (*key && lower[strspn(lower, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0')
        g_string_append(out, key);
    else
        add_value(out, &(PolicyEdit){.value = key});
}

static size_t line_start(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

/* The blanks before `at`, up to the beginning of its line or to what stands there. */
static size_t blanks_before(const char *text, size_t at)
{
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        at--;
    return at;
}

static bool begins_line(const char *text, size_t at)
{
    size_t blank = blanks_before(text, at);
    return blank == line_start(text, at);
}

/* The end of the line, where only blanks and comments follow on it; else `at`. */
static size_t rest_of_line(const char *text, size_t at)
{
    for (size_t here = at;;) {
        if (text[here] == '\0' || text[here] == '\n')
            return here;
        if (text[here] == '#' || g_str_has_prefix(text + here, "//"))
            return here + strcspn(text + here, "\n");
        const char *close = g_str_has_prefix(text + here, "/*") ? strstr(text + here + 2, "*/") : NULL;
        if (close)
            here = (size_t) (close + 2 - text);
        else if (strchr(" \t\r", text[here]))
            here++;
        else
            return at;
    }
}

static char *spliced(const char *text, size_t from, size_t to, const char *with)
{
    GString *out = g_string_new_len(text, (gssize) from);
    g_string_append(out, with);
    g_string_append(out, text + to);
    return g_string_free(out, FALSE);
}

/* An option that is not there: on a line of its own where the last one has its own, else beside it. */
static char *with_option(const char *text, const Found *found, const PolicyEdit *edit)
{
    g_autoptr(GString) option = g_string_new(NULL);
    size_t at = found->options_end;
    const Written *last = found->options->len ? &g_array_index(found->options, Written, found->options->len - 1) : NULL;
    if (last && begins_line(text, last->start)) {
        size_t line = line_start(text, last->start);
        at = rest_of_line(text, at);
        g_string_append_printf(option, "\n%.*s", (int) (last->start - line), text + line);
    } else {
        g_string_append(option, "  ");
    }
    g_string_append_printf(option, "%s = ", edit->name);
    add_value(option, edit);
    return spliced(text, at, at, option->str);
}

/* The line goes with it where nothing else stands there. */
static char *without_option(const char *text, const Written *option)
{
    size_t to = option->end, rest = to + strspn(text + to, " \t\r");
    if (begins_line(text, option->start) && text[rest] == '\n')
        to = rest + 1;
    return spliced(text, blanks_before(text, option->start), to, "");
}

/* One change; the places of all others move by it. */
static char *edit_one(const char *text, const PolicyPlace *place, const PolicyEdit *edit)
{
    g_autoptr(Found) found = policy_find(text, place);
    if (!found)
        return NULL;
    const Written *option = found_option(found, edit->name);
    if (!option)
        return edit->value ? with_option(text, found, edit) : g_strdup(text);
    if (!edit->value)
        return without_option(text, option);
    g_autoptr(GString) value = g_string_new(NULL);
    add_value(value, edit);
    return spliced(text, option->value, option->end, value->str);
}

char *policy_edit(const char *text, const PolicyPlace *place, const PolicyEdit *edits, int count)
{
    char *edited = g_strdup(text);
    for (int i = 0; i < count && edited; i++) {
        char *after = edit_one(edited, place, &edits[i]);
        g_free(edited);
        edited = after;
    }
    return edited;
}

/* What a new section is indented by: as its neighbour is, or a step more than what it stands in. */
static void add_indent(GString *out, const char *text, const Found *outer)
{
    size_t beside = outer->sibling_end ? outer->sibling_start : outer->start;
    size_t line = line_start(text, beside), blank = line;
    while (text[blank] == ' ' || text[blank] == '\t')
        blank++;
    bool is_file = outer->start == outer->open;
    g_string_append_c(out, '\n');
    if (outer->sibling_end && blank == beside)
        g_string_append_len(out, text + line, (gssize) (blank - line));
    else if (!is_file) {
        line = line_start(text, outer->start);
        g_string_append_printf(out, "%.*s  ", (int) strspn(text + line, " \t"), text + line);
    }
}

static void add_section(GString *out, const char *kind, const char *key, const PolicyEdit *edits, int count)
{
    g_string_append(out, kind);
    if (key)
        add_key(out, key);
    g_string_append(out, " {");
    for (int i = 0; i < count; i++) {
        if (!edits[i].value)
            continue;
        g_string_append_printf(out, "%s%s = ", i ? "  " : " ", edits[i].name);
        add_value(out, &edits[i]);
    }
    g_string_append(out, " }");
}

/* In the place of the one that is there, on a line of its own where that has one. */
static char *before(const char *text, const Found *there, const char *section)
{
    size_t line = line_start(text, there->start);
    bool alone = begins_line(text, there->start);
    g_autofree char *with = alone ? g_strdup_printf("%.*s%s\n", (int) (there->start - line), text + line, section) : g_strdup_printf("%s ", section);
    size_t at = alone ? line : there->start;
    return spliced(text, at, at, with);
}

char *policy_add(const char *text, const PolicyPlace *place, const PolicyEdit *edits, int count)
{
    const char *kind = place->kind ? place->kind : "plan", *key = place->kind ? place->key : place->plan;
    const PolicyPlace outer = {.plan = place->kind ? place->plan : NULL};
    bool is_route = strcmp(kind, "route") == 0; /* several of them, and none has a key */
    g_autoptr(Found) found = policy_find_beside(text, &outer, kind), there = is_route && key ? policy_find(text, place) : NULL;
    if (!found)
        return NULL;
    g_autoptr(GString) section = g_string_new(NULL), all = g_string_new(NULL);
    add_section(section, kind, is_route ? NULL : key, edits, count);
    if (there)
        return before(text, there, section->str);
    add_indent(all, text, found);
    g_string_append(all, section->str);
    size_t at = rest_of_line(text, found->sibling_end ? found->sibling_end : found->last_end);
    return spliced(text, at, at, all->str);
}

/* A comment behind it on its line is about it, and goes too. */
char *policy_remove(const char *text, const PolicyPlace *place)
{
    g_autoptr(Found) found = policy_find(text, place);
    if (!found)
        return NULL;
    size_t from = blanks_before(text, found->start), to = found->end, rest = rest_of_line(text, to), gap = found->start - found->before;
    if (begins_line(text, found->start) && (text[rest] == '\n' || text[rest] == '\0'))
        to = text[rest] ? rest + 1 : rest;
    else if (strspn(text + found->before, " \t\r\n") >= gap)
        from = found->before; /* what follows on its line goes to the one before, where no comment ends that */
    return spliced(text, from, to, "");
}

char *policy_written(const char *text, const PolicyPlace *place, const char *name)
{
    g_autoptr(Found) found = policy_find(text, place);
    const Written *option = found ? found_option(found, name) : NULL;
    return option ? written_text(text, option) : NULL;
}

bool policy_has(const char *text, const PolicyPlace *place)
{
    g_autoptr(Found) found = policy_find(text, place);
    return found != NULL;
}

static bool says_something(const PolicyEdit *edits, int count)
{
    bool any = false;
    for (int i = 0; i < count; i++)
        any |= edits[i].value != NULL;
    return any;
}

static bool is_bare(const char *text, const PolicyPlace *place)
{
    g_autoptr(Found) found = policy_find(text, place);
    return found && found->options->len == 0;
}

char *policy_edit_part(const char *text, const PolicyPlace *place, const PolicyEdit *edits, int count)
{
    if (!policy_has(text, place))
        return says_something(edits, count) ? policy_add(text, place, edits, count) : g_strdup(text);
    g_autofree char *after = policy_edit(text, place, edits, count);
    return count && is_bare(after, place) ? policy_remove(after, place) : g_steal_pointer(&after);
}

#define INHERITS_MAX 100

char *policy_home(const char *text, const char *plan, const char *kind, const char *key)
{
    char *home = g_strdup(plan);
    for (int steps = 0; home && steps < INHERITS_MAX && !policy_has(text, &(PolicyPlace){home, kind, key}); steps++) {
        char *parent = policy_written(text, &(PolicyPlace){.plan = home}, "inherits");
        g_free(home);
        home = parent;
    }
    return home;
}
