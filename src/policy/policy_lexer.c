/* The words of a policy file.
 *
 * libConfuse's own lexer is lax where an operator needs it strict: it drops characters that it does
 * not know (so that +5 is 5 and claude-* is claude-), takes an unfinished comment for the end of the
 * file, counts a line too many after each block comment, puts environment variables in, and starts
 * the next file inside a string that this one did not finish. So every file passes here first,
 * and libConfuse sees only what was found in order, with the comments blanked out.
 */
#include "policy/policy_lexer.h"

static Token token_of(const Lexer *lexer, TokenKind kind, size_t len)
{
    return (Token){.kind = kind, .line = lexer->line, .start = lexer->at, .end = lexer->at + len};
}

static Token bad(const Lexer *lexer, const char *why)
{
    Token token = token_of(lexer, TOKEN_BAD, 0);
    token.why = why;
    return token;
}

static void blank(Lexer *lexer, size_t to)
{
    for (; lexer->at < to; lexer->at++) {
        if (lexer->text[lexer->at] == '\n')
            lexer->line++;
        else
            lexer->clean[lexer->at] = BLANK;
    }
}

/* Passes blanks and comments. False when a comment does not end. */
static bool skip(Lexer *lexer)
{
    for (;;) {
        const char *here = lexer->text + lexer->at;
        if (*here && strchr(" \t\r\n", *here)) {
            blank(lexer, lexer->at + 1);
        } else if (*here == '#' || g_str_has_prefix(here, "//")) {
            blank(lexer, lexer->at + strcspn(here, "\n"));
        } else if (g_str_has_prefix(here, "/*")) {
            const char *close = here + 2;
            while (*close && !(close[0] == '*' && close[1] == '/'))
                close++;
            if (!*close)
                return false;
            blank(lexer, (size_t) (close + 2 - lexer->text));
        } else {
            return true;
        }
    }
}

static Token quoted(Lexer *lexer)
{
    const char *begin = lexer->text + lexer->at, *p = begin + 1, *why = NULL;
    for (; *p != *begin; p++) {
        if (*p == '\0' || *p == '\n')
            return bad(lexer, "the closing quote is missing on this line");
        if (*p == '$' && p[1] == '{')
            why = "must not hold ${";
        if (*p != '\\')
            continue;
        p++;
        if (*p != '\\' && *p != *begin)
            return bad(lexer, "a backslash stands only before the closing kind of quote or another backslash");
    }
    Token token = token_of(lexer, TOKEN_STRING, (size_t) (p + 1 - begin));
    token.why = why;
    return token;
}

static Token word(Lexer *lexer)
{
    const char *begin = lexer->text + lexer->at;
    size_t len = strcspn(begin, " \t\r\n\"'={}(),#+*");
    if (begin[len] == '{' && len > 0 && begin[len - 1] == '$') {
        Token token = token_of(lexer, TOKEN_WORD, len + strcspn(begin + len, " \t\r\n"));
        token.why = "must not hold ${";
        return token;
    }
    if (len == 0 || (begin[len] && strchr("+*(", begin[len])))
        return bad(lexer, "+, * and parentheses stand only within quotes");
    if (g_strstr_len(begin, (gssize) len, "//") || g_strstr_len(begin, (gssize) len, "/*"))
        return bad(lexer, "a value with // in it stands within quotes");
    return token_of(lexer, TOKEN_WORD, len);
}

static Token token_here(Lexer *lexer)
{
    switch (lexer->text[lexer->at]) {
    case '\0':
        return token_of(lexer, TOKEN_END, 0);
    case '{':
        return token_of(lexer, TOKEN_OPEN, 1);
    case '}':
        return token_of(lexer, TOKEN_CLOSE, 1);
    case '=':
        return token_of(lexer, TOKEN_EQUALS, 1);
    case ',':
        return token_of(lexer, TOKEN_COMMA, 1);
    case '"':
    case '\'':
        return quoted(lexer);
    default:
        return word(lexer);
    }
}

Token lexer_next(Lexer *lexer)
{
    if (!skip(lexer))
        return bad(lexer, "the comment that begins here does not end");
    Token token = token_here(lexer);
    lexer->at = token.end;
    return token;
}

char *token_text(const Lexer *lexer, const Token *token)
{
    if (token->kind == TOKEN_WORD)
        return g_strndup(lexer->text + token->start, token->end - token->start);
    GString *out = g_string_new(NULL);
    for (size_t i = token->start + 1; i < token->end - 1; i++) {
        if (lexer->text[i] == '\\')
            i++;
        g_string_append_c(out, lexer->text[i]);
    }
    return g_string_free(out, FALSE);
}
