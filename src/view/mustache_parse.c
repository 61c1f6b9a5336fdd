/* Mustache, the parser: one pass from left to right. The text up to the next tag becomes a node, then the
 * tag; sections that are open wait on a stack for their end. No step looks further back than to the tag
 * before, so the time is linear in the template.
 *
 * The nodes point into a copy of the template; behind a name, where the tag goes on, the copy is
 * overwritten with a NUL. Positions are offsets, the same in the copy and in the source. */
#define _GNU_SOURCE /* memmem, memrchr, strchrnul */
#include "view/mustache_internal.h"

#include <stdarg.h>

#define SHOWN_MAX ((size_t)40) /* bytes of a name in a message */

typedef struct {
    const char *source;
    size_t length;
    size_t at;        /* the next byte to read */
    bool begins_line; /* is `at` the first byte of a line? */
    size_t lines_to;  /* the lines before here are counted: */
    int line;
    GString *open; /* the delimiters */
    GString *close;
    GString *ending; /* what ends the tag at hand: the closing delimiter, with } or = before it for some */
    GArray *sections; /* of size_t: the nodes of the sections that are open */
    Mustache *mustache;
    char *error;
} Parser;

typedef struct {
    char sign; /* # ^ / > ! & { = or 0 */
    size_t begin, end;           /* with its delimiters */
    size_t name_begin, name_end; /* what is in it, without blanks around */
    size_t line_begin;           /* its line begins here, or the text after the tag before it */
    bool begins_line;            /* nothing stands before it in its line */
    bool is_alone;               /* only blanks do, and behind it as well */
    size_t line_end;             /* when alone: the beginning of the next line */
    int line;
} Tag;

static bool fail(Parser *parser, int line, const char *format, ...) PRINTF_LIKE(3, 4);

static bool fail(Parser *parser, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    parser->error = g_strdup_printf("line %d: %s", line, text);
    return false;
}

/* A piece of the source for a message: valid UTF-8, and not too much of it. New string. */
static char *shown(const Parser *parser, size_t begin, size_t end)
{
    return g_utf8_make_valid(parser->source + begin, (gssize)MIN(end - begin, SHOWN_MAX));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static int line_of(Parser *parser, size_t at)
{
    for (; parser->lines_to < at; parser->lines_to++)
        parser->line += parser->source[parser->lines_to] == '\n';
    return parser->line;
}

static MustacheNode *node_add(Parser *parser, MustacheKind kind)
{
    GArray *nodes = parser->mustache->nodes;
    g_array_set_size(nodes, nodes->len + 1);
    MustacheNode *node = &g_array_index(nodes, MustacheNode, nodes->len - 1);
    node->kind = kind;
    return node;
}

static void text_add(Parser *parser, size_t end)
{
    if (end == parser->at)
        return;
    MustacheNode *node = node_add(parser, MUSTACHE_TEXT);
    node->text = parser->mustache->text + parser->at;
    node->length = end - parser->at;
    node->begins_line = parser->begins_line;
}

/* Finds the end of the tag that begins at tag->begin, and what is in it. */
static bool tag_bounds(Parser *parser, Tag *tag)
{
    size_t at = tag->begin + parser->open->len;
    while (at < parser->length && is_space(parser->source[at]))
        at++;
    bool has_sign = at < parser->length && strchr("#^/>!&{=", parser->source[at]);
    tag->sign = has_sign ? parser->source[at++] : '\0';

    g_string_truncate(parser->ending, 0);
    if (tag->sign == '{')
        g_string_append_c(parser->ending, '}');
    if (tag->sign == '=')
        g_string_append_c(parser->ending, '=');
    g_string_append_len(parser->ending, parser->close->str, (gssize)parser->close->len);

    const char *ending = memmem(parser->source + at, parser->length - at, parser->ending->str, parser->ending->len);
    if (!ending) {
        g_autofree char *text = shown(parser, tag->begin, parser->length);
        *strchrnul(text, '\n') = '\0';
        return fail(parser, tag->line, "tag \"%s\" is not closed", text);
    }
    tag->name_begin = at;
    tag->name_end = (size_t)(ending - parser->source);
    tag->end = tag->name_end + parser->ending->len;
    while (tag->name_begin < tag->name_end && is_space(parser->source[tag->name_begin]))
        tag->name_begin++;
    while (tag->name_end > tag->name_begin && is_space(parser->source[tag->name_end - 1]))
        tag->name_end--;
    return true;
}

/* Looks at what stands in the tag's lines before it and behind it. */
static void tag_surroundings(const Parser *parser, Tag *tag)
{
    const char *source = parser->source;
    const char *newline = memrchr(source + parser->at, '\n', tag->begin - parser->at);
    tag->line_begin = newline ? (size_t)(newline - source) + 1 : parser->at;
    bool from_line_begin = newline || parser->begins_line;
    tag->begins_line = from_line_begin && tag->line_begin == tag->begin;
    if (tag->sign == '\0' || tag->sign == '&' || tag->sign == '{' || !from_line_begin)
        return;

    size_t at = tag->line_begin;
    while (at < tag->begin && is_blank(source[at]))
        at++;
    if (at < tag->begin)
        return;
    at = tag->end;
    while (at < parser->length && is_blank(source[at]))
        at++;
    if (at + 1 < parser->length && source[at] == '\r' && source[at + 1] == '\n')
        at++;
    if (at < parser->length && source[at] != '\n')
        return;
    tag->is_alone = true;
    tag->line_end = MIN(at + 1, parser->length);
}

static bool name_check(Parser *parser, const Tag *tag)
{
    if (tag->name_begin == tag->name_end)
        return fail(parser, tag->line, "tag has no name");
    for (size_t i = tag->name_begin; i < tag->name_end; i++)
        if (is_space(parser->source[i])) {
            g_autofree char *name = shown(parser, tag->name_begin, tag->name_end);
            return fail(parser, tag->line, "name \"%s\" has a blank in it", name);
        }
    return true;
}

static MustacheNode *named_add(Parser *parser, MustacheKind kind, const Tag *tag)
{
    MustacheNode *node = node_add(parser, kind);
    node->line = tag->line;
    node->text = parser->mustache->text + tag->name_begin;
    node->length = tag->name_end - tag->name_begin;
    parser->mustache->text[tag->name_end] = '\0';
    return node;
}

/* A node whose name is looked up: splits "a.b.c". NULL when it is no such name. */
static MustacheNode *looked_up_add(Parser *parser, MustacheKind kind, const Tag *tag)
{
    MustacheNode *node = named_add(parser, kind, tag);
    if (node->length == 1 && *node->text == '.')
        return node;
    char *part = parser->mustache->text + tag->name_begin, *end = part + node->length;
    for (node->parts = 1;; node->parts++) {
        char *dot = strchrnul(part, '.');
        if (dot == part) {
            g_autofree char *name = shown(parser, tag->name_begin, tag->name_end);
            fail(parser, tag->line, "name \"%s\" has an empty part", name);
            return NULL;
        }
        if (node->parts == 1)
            node->mark = value_mark(part, (size_t)(dot - part));
        if (dot == end)
            return node;
        *dot = '\0';
        part = dot + 1;
    }
}

static bool section_open(Parser *parser, const Tag *tag)
{
    if (parser->sections->len == MUSTACHE_SECTION_DEPTH_MAX)
        return fail(parser, tag->line, "sections are nested deeper than %d", MUSTACHE_SECTION_DEPTH_MAX);
    size_t index = parser->mustache->nodes->len;
    if (!looked_up_add(parser, tag->sign == '#' ? MUSTACHE_SECTION : MUSTACHE_INVERTED, tag))
        return false;
    g_array_append_val(parser->sections, index);
    return true;
}

/* The name of an open section, as the source has it. */
static size_t section_name_begin(const Parser *parser, const MustacheNode *section)
{
    return (size_t)(section->text - parser->mustache->text);
}

static bool section_close(Parser *parser, const Tag *tag)
{
    size_t length = tag->name_end - tag->name_begin;
    g_autofree char *name = shown(parser, tag->name_begin, tag->name_end);
    if (parser->sections->len == 0)
        return fail(parser, tag->line, "section \"%s\" is closed but was not opened", name);

    size_t index = g_array_index(parser->sections, size_t, parser->sections->len - 1);
    MustacheNode *section = &g_array_index(parser->mustache->nodes, MustacheNode, index);
    size_t begin = section_name_begin(parser, section);
    if (section->length != length || memcmp(parser->source + begin, parser->source + tag->name_begin, length) != 0) {
        g_autofree char *opened = shown(parser, begin, begin + section->length);
        return fail(parser, tag->line, "section \"%s\" of line %d is not closed before \"%s\"", opened, section->line, name);
    }
    section->count = parser->mustache->nodes->len - index - 1;
    g_array_set_size(parser->sections, parser->sections->len - 1);
    return true;
}

static bool delimiters_set(Parser *parser, const Tag *tag)
{
    const char *words = parser->source + tag->name_begin, *end = parser->source + tag->name_end;
    const char *first_end = words;
    while (first_end < end && !is_space(*first_end))
        first_end++;
    const char *second = first_end;
    while (second < end && is_space(*second))
        second++;
    bool is_pair = second < end && !memchr(words, '=', (size_t)(end - words));
    for (const char *p = second; p < end; p++)
        is_pair = is_pair && !is_space(*p);
    if (!is_pair)
        return fail(parser, tag->line, "delimiters must be two words without \"=\" in them");

    g_string_truncate(parser->open, 0);
    g_string_append_len(parser->open, words, first_end - words);
    g_string_truncate(parser->close, 0);
    g_string_append_len(parser->close, second, end - second);
    return true;
}

static bool partial_add(Parser *parser, const Tag *tag)
{
    MustacheNode *node = named_add(parser, MUSTACHE_PARTIAL, tag);
    node->is_standalone = tag->is_alone;
    node->indent = parser->mustache->text + tag->line_begin;
    node->indent_length = tag->begin - tag->line_begin;
    return true;
}

static bool variable_add(Parser *parser, const Tag *tag)
{
    MustacheNode *node = looked_up_add(parser, MUSTACHE_VARIABLE, tag);
    if (node)
        node->is_raw = tag->sign != '\0';
    return node != NULL;
}

static bool tag_add(Parser *parser, const Tag *tag)
{
    if (tag->sign == '!')
        return true;
    if (tag->sign == '=')
        return delimiters_set(parser, tag);
    if (!name_check(parser, tag))
        return false;
    switch (tag->sign) {
    case '#':
    case '^': return section_open(parser, tag);
    case '/': return section_close(parser, tag);
    case '>': return partial_add(parser, tag);
    default: return variable_add(parser, tag);
    }
}

static bool tag_read(Parser *parser, size_t begin)
{
    Tag tag = {.begin = begin, .line = line_of(parser, begin)};
    if (!tag_bounds(parser, &tag))
        return false;
    tag_surroundings(parser, &tag);
    text_add(parser, tag.is_alone ? tag.line_begin : tag.begin);
    if (tag.begins_line && !tag.is_alone)
        node_add(parser, MUSTACHE_LINE);
    if (!tag_add(parser, &tag))
        return false;
    parser->at = tag.is_alone ? tag.line_end : tag.end;
    parser->begins_line = tag.is_alone;
    return true;
}

static bool all_read(Parser *parser)
{
    while (parser->at < parser->length) {
        const char *rest = parser->source + parser->at;
        const char *open = memmem(rest, parser->length - parser->at, parser->open->str, parser->open->len);
        if (!open) {
            text_add(parser, parser->length);
            break;
        }
        if (!tag_read(parser, (size_t)(open - parser->source)))
            return false;
    }
    if (parser->sections->len == 0)
        return true;
    size_t index = g_array_index(parser->sections, size_t, parser->sections->len - 1);
    const MustacheNode *section = &g_array_index(parser->mustache->nodes, MustacheNode, index);
    size_t begin = section_name_begin(parser, section);
    g_autofree char *name = shown(parser, begin, begin + section->length);
    return fail(parser, section->line, "section \"%s\" is not closed", name);
}

Mustache *mustache_parse(const char *text, char **error)
{
    g_autoptr(Mustache) mustache = g_new0(Mustache, 1);
    mustache->text = g_strdup(text);
    mustache->nodes = g_array_new(FALSE, TRUE, sizeof(MustacheNode));
    g_autoptr(GString) open = g_string_new("{{");
    g_autoptr(GString) close = g_string_new("}}");
    g_autoptr(GString) ending = g_string_new(NULL);
    g_autoptr(GArray) sections = g_array_new(FALSE, FALSE, sizeof(size_t));
    Parser parser = {.source = text, .length = strlen(text), .begins_line = true, .line = 1, .open = open,
                     .close = close, .ending = ending, .sections = sections, .mustache = mustache};
    if (all_read(&parser))
        return g_steal_pointer(&mustache);
    *error = parser.error;
    return NULL;
}
