/* A walk over the words of the file, as far as the section that is looked for. */
#include "policy/policy_find.h"

#include "policy/policy_lexer.h"
#include "policy/policy_list.h"

typedef struct {
    Lexer lexer;
    const char *kind; /* sections of it are siblings of what is to come */
    Found *found;
} Finder;

static void written_clear(gpointer data)
{
    g_free(((Written *) data)->name);
}

void found_free(Found *found)
{
    g_array_unref(found->options);
    g_free(found);
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

/* The = and the value of an option, whose name is read: a word, or all of a list. */
static Written read_option(Finder *finder, const Token *name)
{
    Written option = {.name = token_text(&finder->lexer, name), .start = name->start};
    next(finder); /* = */
    Token value = next(finder);
    option.value = value.start;
    option.end = value.end;
    for (bool is_list = value.kind == TOKEN_OPEN; is_list && value.kind != TOKEN_CLOSE && !is_over(&value);) {
        value = next(finder);
        option.end = value.end;
    }
    return option;
}

/* Is the entry, whose name is read, an option? */
static bool is_option(const Finder *finder)
{
    Lexer ahead = finder->lexer;
    return lexer_next(&ahead).kind == TOKEN_EQUALS;
}

/* [title] {: the title, where there is one; the name is read. Behind the { afterwards. New string. */
static char *read_title(Finder *finder)
{
    Token token = next(finder);
    char *title = token.kind == TOKEN_WORD || token.kind == TOKEN_STRING ? token_text(&finder->lexer, &token) : NULL;
    if (title)
        next(finder);
    return title;
}

/* The entries of a section, whose { was read. */
static void read_section(Finder *finder)
{
    Found *found = finder->found;
    found->open = found->options_end = found->last_end = finder->lexer.at;
    Token token = next(finder);
    for (; token.kind != TOKEN_CLOSE && !is_over(&token); token = next(finder)) {
        if (is_option(finder)) {
            Written option = read_option(finder, &token);
            g_array_append_val(found->options, option);
            found->options_end = option.end;
        } else {
            g_autofree char *name = token_text(&finder->lexer, &token), *title = read_title(finder);
            pass_section(finder);
            if (g_strcmp0(name, finder->kind) == 0) {
                found->sibling_start = token.start;
                found->sibling_end = finder->lexer.at;
            }
        }
        found->last_end = finder->lexer.at;
    }
    found->end = token.end;
}

/* Up to behind the { of the section of this kind and title; of those without a title, of the one of this number (NULL: the first). False: there is
 * none before the }, or the end. */
static bool enter(Finder *finder, const char *kind, const char *title)
{
    size_t before = finder->lexer.at;
    int64_t nth = title ? g_ascii_strtoll(title, NULL, 10) : 1;
    for (Token token = next(finder); token.kind != TOKEN_CLOSE && !is_over(&token); before = finder->lexer.at, token = next(finder)) {
        if (is_option(finder)) {
            Written option = read_option(finder, &token);
            written_clear(&option);
            continue;
        }
        g_autofree char *name = token_text(&finder->lexer, &token), *key = read_title(finder);
        if (strcmp(name, kind) == 0 && (key ? g_strcmp0(key, title) == 0 : --nth == 0)) {
            finder->found->before = before;
            finder->found->start = token.start;
            return true;
        }
        pass_section(finder);
    }
    return false;
}

Found *policy_find_beside(const char *text, const PolicyPlace *place, const char *kind)
{
    g_autofree char *clean = g_strdup(text);
    g_autoptr(Found) found = g_new0(Found, 1);
    Finder finder = {.lexer = {.text = text, .clean = clean, .line = 1}, .kind = kind, .found = found};
    found->options = g_array_new(FALSE, FALSE, sizeof(Written));
    g_array_set_clear_func(found->options, written_clear);
    if ((place->plan && !enter(&finder, "plan", place->plan)) || (place->kind && !enter(&finder, place->kind, place->key)))
        return NULL;
    read_section(&finder);
    return g_steal_pointer(&found);
}

Found *policy_find(const char *text, const PolicyPlace *place)
{
    return policy_find_beside(text, place, NULL);
}

const Written *found_option(const Found *found, const char *name)
{
    for (guint i = 0; i < found->options->len; i++)
        if (strcmp(g_array_index(found->options, Written, i).name, name) == 0)
            return &g_array_index(found->options, Written, i);
    return NULL;
}

char *written_text(const char *text, const Written *option)
{
    g_autofree char *value = g_strndup(text + option->value, option->end - option->value), *clean = g_strdup(value);
    Lexer lexer = {.text = value, .clean = clean, .line = 1};
    GString *out = g_string_new(NULL);
    bool is_list = false;
    for (Token token = lexer_next(&lexer); !is_over(&token); token = lexer_next(&lexer)) {
        is_list |= token.kind == TOKEN_OPEN;
        if (token.kind != TOKEN_WORD && token.kind != TOKEN_STRING)
            continue;
        g_autofree char *word = token_text(&lexer, &token);
        if (is_list)
            policy_list_add(out, word);
        else
            g_string_append(out, word);
    }
    return g_string_free(out, FALSE);
}
