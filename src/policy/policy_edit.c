/* The place of an option is found by the lexer that the parser uses, so that what is found is what was read. */
#include "policy/policy_edit.h"

#include "policy/policy_lexer.h"

/* An option of the limit that is looked for: its name begins at `start`, its value lies from `value` to `end`. */
typedef struct {
    char *name;
    size_t start, value, end;
} Written;

typedef struct {
    Lexer lexer;
    GArray *options;   /* of Written */
    size_t last;       /* the end of the last token in the limit */
    bool found;
} Finder;

static void written_clear(gpointer data)
{
    g_free(((Written *) data)->name);
}

static Token next(Finder *finder)
{
    return lexer_next(&finder->lexer);
}

static bool is_over(const Token *token)
{
    return token->kind == TOKEN_END || token->kind == TOKEN_BAD;
}

/* After the { of a section: up to behind its }. */
static void pass_section(Finder *finder)
{
    for (int depth = 1; depth > 0;) {
        Token token = next(finder);
        if (is_over(&token))
            return;
        depth += (token.kind == TOKEN_OPEN) - (token.kind == TOKEN_CLOSE);
    }
}

/* name = value, or name = {…}; the name is read. */
static Written read_option(Finder *finder, const Token *name)
{
    Written option = {.name = token_text(&finder->lexer, name), .start = name->start};
    next(finder); /* = */
    Token value = next(finder);
    option.value = value.start;
    option.end = value.end;
    while (value.kind == TOKEN_OPEN || (option.end > option.value && finder->lexer.text[option.value] == '{' &&
                                        value.kind != TOKEN_CLOSE && !is_over(&value))) {
        value = next(finder);
        option.end = value.end;
    }
    return option;
}

/* The options of the limit, whose { was read. */
static void read_limit(Finder *finder)
{
    for (Token token = next(finder); token.kind != TOKEN_CLOSE && !is_over(&token); token = next(finder)) {
        Written option = read_option(finder, &token);
        g_array_append_val(finder->options, option);
        finder->last = option.end;
    }
}

/* name [title] {: is it the section that is looked for? The name is read; behind the { afterwards. */
static bool enter(Finder *finder, const Token *name, const char *kind, const char *title, bool *is_section)
{
    g_autofree char *word = token_text(&finder->lexer, name);
    Token token = next(finder);
    g_autofree char *key = token.kind == TOKEN_WORD || token.kind == TOKEN_STRING ? token_text(&finder->lexer, &token) : NULL;
    *is_section = token.kind != TOKEN_EQUALS;
    if (!*is_section) {
        token = next(finder);
        if (token.kind == TOKEN_OPEN)
            pass_section(finder); /* a list */
        return false;
    }
    if (key)
        token = next(finder);
    finder->last = token.end;
    return strcmp(word, kind) == 0 && g_strcmp0(key, title) == 0;
}

/* Up to behind the { of the section of this kind and title. False: there is none before the }, or the end. */
static bool find_section(Finder *finder, const char *kind, const char *title)
{
    for (Token token = next(finder); token.kind != TOKEN_CLOSE && !is_over(&token); token = next(finder)) {
        bool is_section;
        if (enter(finder, &token, kind, title, &is_section))
            return true;
        if (is_section)
            pass_section(finder);
    }
    return false;
}

static bool finder_find(Finder *finder, char *clean, const char *text, const char *plan, const char *limit)
{
    *finder = (Finder){.lexer = {.text = text, .clean = clean, .line = 1}, .options = g_array_new(FALSE, FALSE, sizeof(Written))};
    g_array_set_clear_func(finder->options, written_clear);
    finder->found = find_section(finder, "plan", plan) && find_section(finder, "limit", limit);
    if (finder->found)
        read_limit(finder);
    return finder->found;
}

static const Written *finder_option(const Finder *finder, const char *name)
{
    for (guint i = 0; i < finder->options->len; i++)
        if (strcmp(g_array_index(finder->options, Written, i).name, name) == 0)
            return &g_array_index(finder->options, Written, i);
    return NULL;
}

/* As it stands in a file: whole numbers as they are, other texts within quotes. */
static void add_value(GString *out, const char *value)
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

/* One change; the places of all others move by it. */
static char *edit_one(const char *text, const char *plan, const char *limit, const PolicyEdit *edit)
{
    Finder finder;
    g_autofree char *clean = g_strdup(text);
    GString *out = NULL;
    if (finder_find(&finder, clean, text, plan, limit)) {
        const Written *option = finder_option(&finder, edit->name);
        out = g_string_new(NULL);
        if (option && edit->value) {
            g_string_append_len(out, text, (gssize) option->value);
            add_value(out, edit->value);
            g_string_append(out, text + option->end);
        } else if (option) {
            size_t start = option->start;
            while (start > 0 && (text[start - 1] == ' ' || text[start - 1] == '\t'))
                start--;
            g_string_append_len(out, text, (gssize) start);
            g_string_append(out, text + option->end);
        } else if (edit->value) {
            g_string_append_len(out, text, (gssize) finder.last);
            g_string_append_printf(out, "  %s = ", edit->name);
            add_value(out, edit->value);
            g_string_append(out, text + finder.last);
        } else {
            g_string_append(out, text);
        }
    }
    g_array_unref(finder.options);
    return out ? g_string_free(out, FALSE) : NULL;
}

char *policy_edit_limit(const char *text, const char *plan, const char *limit, const PolicyEdit *edits, int count)
{
    char *edited = g_strdup(text);
    for (int i = 0; i < count && edited; i++) {
        char *after = edit_one(edited, plan, limit, &edits[i]);
        g_free(edited);
        edited = after;
    }
    return edited;
}

char *policy_written(const char *text, const char *plan, const char *limit, const char *name)
{
    Finder finder;
    g_autofree char *clean = g_strdup(text);
    char *value = NULL;
    if (finder_find(&finder, clean, text, plan, limit)) {
        const Written *option = finder_option(&finder, name);
        Token token = {.kind = option && strchr("\"'", text[option->value]) ? TOKEN_STRING : TOKEN_WORD,
                       .start = option ? option->value : 0, .end = option ? option->end : 0};
        value = option ? token_text(&finder.lexer, &token) : NULL;
    }
    g_array_unref(finder.options);
    return value;
}

bool policy_writes_limit(const char *text, const char *plan, const char *limit)
{
    Finder finder;
    g_autofree char *clean = g_strdup(text);
    bool found = finder_find(&finder, clean, text, plan, limit);
    g_array_unref(finder.options);
    return found;
}

/* The plan that a plan inherits from; NULL: none. */
static char *inherited(const char *text, const char *plan)
{
    g_autofree char *clean = g_strdup(text);
    Finder finder = {.lexer = {.text = text, .clean = clean, .line = 1}};
    if (!find_section(&finder, "plan", plan))
        return NULL;
    for (Token token = next(&finder); token.kind != TOKEN_CLOSE && !is_over(&token); token = next(&finder)) {
        Lexer behind = finder.lexer;
        bool is_section;
        (void) enter(&finder, &token, "", "", &is_section);
        if (is_section) {
            pass_section(&finder);
            continue;
        }
        g_autofree char *name = token_text(&finder.lexer, &token);
        if (strcmp(name, "inherits") != 0)
            continue;
        lexer_next(&behind);
        Token value = lexer_next(&behind);
        return token_text(&behind, &value);
    }
    return NULL;
}

#define INHERITS_MAX 100

char *policy_limit_home(const char *text, const char *plan, const char *limit)
{
    char *home = g_strdup(plan);
    for (int steps = 0; home && steps < INHERITS_MAX && !policy_writes_limit(text, home, limit); steps++) {
        char *parent = inherited(text, home);
        g_free(home);
        home = parent;
    }
    return home;
}
