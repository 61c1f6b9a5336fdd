/* The plan of a policy file.
 *
 * libConfuse forgets on which line a value stood, stops at the first name that it does not know, and
 * silently merges what is given twice. This walk over the same text knows the lines, reports all such
 * names at once and blanks them out, so that libConfuse reads the rest. At a mistake of syntax the
 * text is cut before the entry that has it and the open sections are closed: what was good before
 * can still be checked.
 */
#include "policy/policy_scan.h"

#include "policy/policy_lexer.h"

/* More than the most features, plans, routes and settings together: keeps hostile files cheap. */
#define CHILDREN_MAX 4000

typedef struct {
    Lexer lexer;
    GString *clean;
    const char *file_name;
    GPtrArray *mistakes;
} Scanner;

static void entry_free(void *data)
{
    Entry *entry = data;
    g_free(entry->path);
    g_free(entry->title);
    if (entry->value_lines)
        g_array_unref(entry->value_lines);
    if (entry->children)
        g_ptr_array_unref(entry->children);
    g_free(entry);
}

static Entry *entry_new(const cfg_opt_t *option, int line)
{
    Entry *entry = g_new0(Entry, 1);
    entry->option = option;
    entry->line = line;
    if (!option || option->type == CFGT_SEC)
        entry->children = g_ptr_array_new_with_free_func(entry_free);
    else
        entry->value_lines = g_array_new(FALSE, FALSE, sizeof(int));
    return entry;
}

const Entry *entry_child(const Entry *section, const char *name, unsigned nth)
{
    for (guint i = 0; i < section->children->len; i++) {
        const Entry *child = g_ptr_array_index(section->children, i);
        if (strcmp(child->option->name, name) == 0 && nth-- == 0)
            return child;
    }
    return NULL;
}

static void complain(Scanner *scanner, int line, const Entry *section, const char *name, const char *message)
{
    mistake_add(scanner->mistakes, scanner->file_name, line, section->path, name, "%s", message);
}

/* The one mistake of syntax: everything from `start` on is cut off. Always false. */
static bool break_off(Scanner *scanner, size_t start, const Token *token, const Entry *section, const char *name,
                      const char *message)
{
    complain(scanner, token->line, section, name, token->kind == TOKEN_BAD ? token->why : message);
    g_string_truncate(scanner->clean, start);
    return false;
}

static Token next(Scanner *scanner)
{
    scanner->lexer.clean = scanner->clean->str;
    return lexer_next(&scanner->lexer);
}

static void blank_out(Scanner *scanner, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < scanner->clean->len; i++)
        if (scanner->clean->str[i] != '\n')
            scanner->clean->str[i] = BLANK;
}

static bool is_value(const Token *token)
{
    return token->kind == TOKEN_WORD || token->kind == TOKEN_STRING;
}

static void take_value(Scanner *scanner, const Token *token, const Entry *section, Entry *entry)
{
    g_array_append_val(entry->value_lines, token->line);
    if (!token->why)
        return;
    complain(scanner, token->line, section, entry->option->name, token->why);
    entry->refused = true;
    /* Nothing is left for libConfuse to put a variable's value into. */
    size_t quote = token->kind == TOKEN_STRING;
    memset(scanner->clean->str + token->start + quote, '_', token->end - token->start - 2 * quote);
}

static bool scan_list(Scanner *scanner, size_t start, const Entry *section, Entry *entry)
{
    const char *name = entry->option->name;
    Token token = next(scanner);
    while (token.kind != TOKEN_CLOSE) {
        if (!is_value(&token))
            return break_off(scanner, start, &token, section, name, "a value or } is missing in the list");
        take_value(scanner, &token, section, entry);
        token = next(scanner);
        if (token.kind == TOKEN_COMMA)
            token = next(scanner);
        else if (token.kind != TOKEN_CLOSE)
            return break_off(scanner, start, &token, section, name, "a comma or } is missing in the list");
    }
    return true;
}

/* name = value, name = {value, value}; the name is read. */
static bool scan_option(Scanner *scanner, size_t start, const Entry *section, Entry *entry)
{
    const char *name = entry->option->name;
    Token token = next(scanner);
    if (token.kind != TOKEN_EQUALS)
        return break_off(scanner, start, &token, section, name, "= is missing after the name");
    token = next(scanner);
    if (token.kind == TOKEN_OPEN && (entry->option->flags & CFGF_LIST))
        return scan_list(scanner, start, section, entry);
    if (token.kind == TOKEN_OPEN)
        return break_off(scanner, start, &token, section, name, "takes one value, not a list");
    if (!is_value(&token))
        return break_off(scanner, start, &token, section, name, "the value is missing after =");
    take_value(scanner, &token, section, entry);
    return true;
}

/* Passes an unknown entry, whose name is read: up to its value, or to the end of its section or list. */
static bool skip_unknown(Scanner *scanner, size_t start, const Entry *section, const char *name)
{
    Token token = next(scanner);
    if (is_value(&token))
        token = next(scanner);
    else if (token.kind == TOKEN_EQUALS)
        token = next(scanner);
    if (is_value(&token))
        return true;
    if (token.kind != TOKEN_OPEN)
        return break_off(scanner, start, &token, section, name, "= or { is missing after the name");
    for (int depth = 1; depth > 0;) {
        token = next(scanner);
        if (token.kind == TOKEN_END || token.kind == TOKEN_BAD)
            return break_off(scanner, start, &token, section, name, "} is missing");
        depth += (token.kind == TOKEN_OPEN) - (token.kind == TOKEN_CLOSE);
    }
    return true;
}

static const Entry *earlier(const Entry *section, const Entry *entry)
{
    if ((entry->option->flags & CFGF_MULTI) && !(entry->option->flags & CFGF_TITLE))
        return NULL;
    for (guint i = 0; i < section->children->len; i++) {
        const Entry *other = g_ptr_array_index(section->children, i);
        if (other->option == entry->option && g_strcmp0(other->title, entry->title) == 0)
            return other;
    }
    return NULL;
}

static char *path_of(const Entry *section, const Entry *entry)
{
    g_autofree char *title = entry->title ? shown(entry->title) : NULL;
    if (!title && (entry->option->flags & CFGF_MULTI)) {
        unsigned number = 1;
        for (guint i = 0; i < section->children->len; i++)
            number += ((Entry *) g_ptr_array_index(section->children, i))->option == entry->option;
        title = g_strdup_printf("%u", number);
    }
    return g_strconcat(section->path, *section->path ? ": " : "", entry->option->name, title ? " " : "", title, NULL);
}

static bool scan_section(Scanner *scanner, Entry *section, const cfg_opt_t *options);

/* name [title] { … }; the name is read. The header is left open for the caller to cut. */
static bool scan_header(Scanner *scanner, size_t start, const Entry *section, Entry *entry)
{
    const char *name = entry->option->name;
    Token token = next(scanner);
    if (entry->option->flags & CFGF_TITLE) {
        if (!is_value(&token))
            return break_off(scanner, start, &token, section, name, "a key is missing after the name");
        entry->title = token_text(&scanner->lexer, &token);
        if (token.why)
            return break_off(scanner, start, &token, section, name, token.why);
        token = next(scanner);
    }
    if (token.kind != TOKEN_OPEN)
        return break_off(scanner, start, &token, section, name, "{ is missing");
    entry->path = path_of(section, entry);
    return true;
}

/* One entry, whose name is the token. Takes the entry into the section unless it is a repetition. */
static bool scan_known(Scanner *scanner, const Token *token, Entry *section, const cfg_opt_t *option)
{
    if (section->children->len == CHILDREN_MAX)
        return break_off(scanner, token->start, token, section, NULL, "there are more entries here than any policy can have");
    Entry *entry = entry_new(option, token->line);
    bool is_section = option->type == CFGT_SEC;
    bool good = is_section ? scan_header(scanner, token->start, section, entry)
                           : scan_option(scanner, token->start, section, entry);
    if (!good) {
        entry_free(entry);
        return false;
    }
    const Entry *first = earlier(section, entry);
    if (first)
        mistake_add(scanner->mistakes, scanner->file_name, token->line, section->path,
                    entry->path ? entry->path + (*section->path ? strlen(section->path) + 2 : 0) : option->name,
                    "is given twice, first on line %d", first->line);
    else
        g_ptr_array_add(section->children, entry);
    if (is_section)
        good = scan_section(scanner, entry, option->subopts);
    if (first) {
        blank_out(scanner, token->start, good ? scanner->lexer.at : scanner->clean->len);
        entry_free(entry);
    }
    return good;
}

static bool scan_unknown(Scanner *scanner, const Token *token, const Entry *section, const cfg_opt_t *options,
                         const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (; options->name; options++)
        g_ptr_array_add(names, (char *) options->name);
    g_ptr_array_add(names, NULL);
    const char *nearest = nearest_name(name, (const char *const *) names->pdata);
    g_autofree char *field = shown(name);
    mistake_add(scanner->mistakes, scanner->file_name, token->line, section->path, field, "is not known%s%s%s",
                nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    if (!skip_unknown(scanner, token->start, section, field))
        return false;
    blank_out(scanner, token->start, scanner->lexer.at);
    return true;
}

static bool close_broken(Scanner *scanner, Entry *section)
{
    section->cut = true;
    if (section->option)
        g_string_append(scanner->clean, " }");
    return false;
}

/* The entries of a section up to its }, or of the file up to its end. */
static bool scan_section(Scanner *scanner, Entry *section, const cfg_opt_t *options)
{
    for (;;) {
        Token token = next(scanner);
        if (token.kind == (section->option ? TOKEN_CLOSE : TOKEN_END))
            return true;
        bool good;
        if (scanner->mistakes->len > MISTAKES_MAX) {
            g_string_truncate(scanner->clean, token.start);
            good = false;
        } else if (token.kind == TOKEN_WORD && !token.why) {
            g_autofree char *name = token_text(&scanner->lexer, &token);
            const cfg_opt_t *option = option_find(options, name);
            good = option ? scan_known(scanner, &token, section, option)
                          : scan_unknown(scanner, &token, section, options, name);
        } else if (token.kind == TOKEN_END) {
            g_autofree char *missing = g_strdup_printf("the } of the section that begins on line %d is missing", section->line);
            good = break_off(scanner, token.start, &token, section, NULL, missing);
        } else {
            good = break_off(scanner, token.start, &token, section, NULL,
                             token.kind == TOKEN_CLOSE ? "} without a section" : "the name of an option or a section was expected");
        }
        if (!good)
            return close_broken(scanner, section);
    }
}

/* A run of what was blanked becomes one: libConfuse's lexer takes seconds for a mebibyte. Strings and lines stay. */
static char *without_runs(const GString *clean)
{
    GString *out = g_string_sized_new(clean->len);
    for (gsize i = 0; i < clean->len; i++)
        if (clean->str[i] != BLANK || out->len == 0 || out->str[out->len - 1] != BLANK)
            g_string_append_c(out, clean->str[i]);
    return g_string_free(out, FALSE);
}

Scan *policy_scan(const char *text, const char *file_name, GPtrArray *mistakes)
{
    Scan *scan = g_new0(Scan, 1);
    Scanner scanner = {
        .lexer = {.text = text, .line = 1},
        .clean = g_string_new(text),
        .file_name = file_name,
        .mistakes = mistakes,
    };
    scan->file = entry_new(NULL, 1);
    scan->file->path = g_strdup("");
    scan->whole = scan_section(&scanner, scan->file, policy_options);
    scan->clean = without_runs(scanner.clean);
    g_string_free(scanner.clean, TRUE);
    return scan;
}

void scan_free(Scan *scan)
{
    entry_free(scan->file);
    g_free(scan->clean);
    g_free(scan);
}
