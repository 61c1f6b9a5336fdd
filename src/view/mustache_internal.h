/* What the parser of Mustache hands to the renderer. For mustache_parse.c and mustache.c only. */
#ifndef WEBQUOTA_MUSTACHE_INTERNAL_H
#define WEBQUOTA_MUSTACHE_INTERNAL_H

#include "view/mustache.h"

typedef enum {
    MUSTACHE_TEXT,
    MUSTACHE_LINE,     /* a line begins here with a tag: the place for the indentation of a partial */
    MUSTACHE_VARIABLE,
    MUSTACHE_SECTION,
    MUSTACHE_INVERTED,
    MUSTACHE_PARTIAL,
} MustacheKind;

typedef struct {
    MustacheKind kind;
    bool begins_line;   /* TEXT: its first byte is the first of a line */
    bool is_raw;        /* VARIABLE: not escaped */
    bool is_standalone; /* PARTIAL: the indentation goes before its lines */
    int line;           /* where the tag begins, from 1 */
    int parts;          /* SECTION, INVERTED, VARIABLE: names in a dotted name; 0 is {{.}} */
    uint32_t mark;      /* SECTION, INVERTED, VARIABLE: of the first of these */
    const char *text;   /* TEXT; or the name, the parts of a dotted one each ended by a NUL */
    size_t length;      /* of text; of the whole name as written */
    const char *indent; /* PARTIAL, standalone */
    size_t indent_length;
    size_t count; /* SECTION, INVERTED: its own nodes, which follow it */
} MustacheNode;

struct Mustache {
    char *text;    /* what the nodes point into: the template, with NULs behind names */
    GArray *nodes; /* of MustacheNode, in the order of the template; a section's own follow it */
};

#endif
