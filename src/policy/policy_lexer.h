/* The words of a policy file, with their lines. */
#ifndef WEBQUOTA_POLICY_LEXER_H
#define WEBQUOTA_POLICY_LEXER_H

#include "base/base.h"

/* What is passed between tokens becomes this. No value may hold one, so that none is mistaken for it. */
#define BLANK '\t'

typedef enum {
    TOKEN_END,
    TOKEN_WORD,   /* title */
    TOKEN_STRING, /* "a title", 'a title' */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_EQUALS,
    TOKEN_COMMA,
    TOKEN_BAD     /* a mistake of syntax: see `why` */
} TokenKind;

typedef struct {
    TokenKind kind;
    int line;
    size_t start, end; /* in the text */
    const char *why;   /* static; of TOKEN_BAD; or of a word or string that must not be used, else NULL */
} Token;

typedef struct {
    const char *text;
    char *clean;       /* as long as the text; comments and blanks become BLANK as they are passed */
    size_t at;
    int line;
} Lexer;

/* The next token. After TOKEN_END and TOKEN_BAD there is none. */
Token lexer_next(Lexer *lexer);

/* What a word or string stands for, quotes and backslashes taken away. New string. */
char *token_text(const Lexer *lexer, const Token *token);

#endif
