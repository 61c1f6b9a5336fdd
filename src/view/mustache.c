/* Mustache, the renderer: walks the nodes with a stack of its own, not C's, so that no template and no
 * value can exhaust the latter. A frame is a run of nodes: a section (once, or for each item of a list)
 * or a partial. The frames that brought a value are the context in which names are looked up. */
#include "view/mustache.h"

#include <float.h>
#include <math.h>

#include "base/text.h"
#include "view/escape.h"
#include "view/mustache_internal.h"
#include "view/value_json.h"

/* Nodes visited and objects asked for a name: about a second. A page takes some thousands. */
#ifndef MUSTACHE_WORK_MAX
#define MUSTACHE_WORK_MAX ((size_t)32 << 20)
#endif

typedef struct {
    const MustacheNode *begin, *next, *end;
    const Value *value; /* what it adds to the context; NULL when nothing */
    bool is_list;       /* the value is an item of a list, which it goes through */
    size_t indent_begin, indent_end; /* its indentation within Render.indent */
    int partial_depth;
} Frame;

#define FRAMES_AT_FIRST 32

typedef struct {
    Frame *frames; /* the innermost last */
    size_t depth, room;
    GString *indent;
    GString *out;
    size_t out_begin;
    size_t work;
    MustachePartial partial;
    void *data;
    char *error;
} Render;

static Frame *frame_top(const Render *render)
{
    return &render->frames[render->depth - 1];
}

/* The other parts of a dotted name, each within the one before. */
static const Value *parts_find(const Value *value, const MustacheNode *node)
{
    const char *name = node->text;
    for (int part = 1; value && part < node->parts; part++) {
        name += strlen(name) + 1;
        value = value_get(value, name);
    }
    return value;
}

static const Value *name_find(Render *render, const MustacheNode *node)
{
    for (const Frame *frame = render->frames + render->depth; frame-- > render->frames;) {
        const Value *value = frame->value;
        if (!value)
            continue;
        if (node->parts == 0)
            return value;
        render->work++;
        value = value_find(value, node->text, node->mark);
        /* Once the first name is found, the others are looked for in there only. */
        if (value)
            return parts_find(value, node);
    }
    return NULL;
}

static bool is_truthy(const Value *value)
{
    switch (value ? value->kind : VALUE_NULL) {
    case VALUE_NULL:
    case VALUE_FALSE: return false;
    case VALUE_LIST: return value->first != NULL;
    case VALUE_TEXT: return value->length > 0;
    default: return true;
    }
}

/* As JavaScript writes a number: the fewest digits that read back as the same (ECMA-262, Number::toString). */
static void real_append(GString *out, double real)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    /* 15 digits and fewer always read back, but for the subnormal: those are tried from one digit on. */
    for (int fraction = fabs(real) < DBL_MIN ? 0 : DBL_DIG - 1; fraction < DBL_DECIMAL_DIG; fraction++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%de", fraction);
        g_ascii_formatd(text, sizeof text, format, real);
        if (g_ascii_strtod(text, NULL) == real)
            break;
    }
    if (real < 0)
        g_string_append_c(out, '-');
    char *exponent = strchr(text, 'e');
    int point = (int)g_ascii_strtoll(exponent + 1, NULL, 10) + 1; /* where it stands among the digits */
    g_autoptr(GString) digits = g_string_new(NULL);
    for (const char *p = text; p < exponent; p++)
        if (g_ascii_isdigit(*p))
            g_string_append_c(digits, *p);
    while (digits->len > 1 && digits->str[digits->len - 1] == '0')
        g_string_truncate(digits, digits->len - 1);
    int count = (int)digits->len;

    if (point > 21 || point < -5) {
        if (count > 1)
            g_string_insert_c(digits, 1, '.');
        g_string_append_printf(digits, "e%+d", point - 1);
    } else if (point <= 0) {
        g_string_prepend(digits, "0.");
        for (int i = point; i < 0; i++)
            g_string_insert_c(digits, 2, '0');
    } else if (point < count) {
        g_string_insert_c(digits, point, '.');
    } else {
        for (int i = count; i < point; i++)
            g_string_append_c(digits, '0');
    }
    g_string_append_len(out, digits->str, (gssize)digits->len);
}

static void text_append(GString *out, const char *text, size_t length, bool is_raw)
{
    if (is_raw)
        text_add_len(out, text, length);
    else
        escape_html(out, text, length);
}

static void json_append(GString *out, const Value *value, bool is_raw)
{
    json_auto_t *json = value_to_json(value);
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (text)
        text_append(out, text, strlen(text), is_raw);
    free(text);
}

static void value_append(GString *out, const Value *value, bool is_raw)
{
    switch (value ? value->kind : VALUE_NULL) {
    case VALUE_NULL: break;
    case VALUE_TRUE: text_add(out, "true"); break;
    case VALUE_FALSE: text_add(out, "false"); break;
    case VALUE_TEXT: text_append(out, value->text, value->length, is_raw); break;
    case VALUE_INTEGER: text_add_number(out, value->integer); break;
    case VALUE_REAL: real_append(out, value->real); break;
    case VALUE_LIST:
    case VALUE_OBJECT: json_append(out, value, is_raw); break;
    }
}

static void indent_append(Render *render, const Frame *frame)
{
    text_add_len(render->out, render->indent->str + frame->indent_begin, frame->indent_end - frame->indent_begin);
}

static void literal_append(Render *render, const Frame *frame, const MustacheNode *node)
{
    if (frame->indent_begin == frame->indent_end) {
        text_add_len(render->out, node->text, node->length);
        return;
    }
    const char *line = node->text, *end = node->text + node->length;
    for (bool begins = node->begins_line; line < end; begins = true) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *next = newline ? newline + 1 : end;
        bool is_empty = newline && (newline == line || (newline == line + 1 && *line == '\r'));
        if (begins && !is_empty)
            indent_append(render, frame);
        text_add_len(render->out, line, (size_t)(next - line));
        line = next;
    }
}

/* Goes into the nodes [begin, end). The new frame is like the one that it stands in. */
static Frame *frame_push(Render *render, const MustacheNode *begin, const MustacheNode *end)
{
    if (render->depth == render->room) {
        render->room *= 2;
        render->frames = g_renew(Frame, render->frames, render->room);
    }
    Frame *frame = &render->frames[render->depth++];
    *frame = frame[-1];
    frame->begin = frame->next = begin;
    frame->end = end;
    frame->value = NULL;
    frame->is_list = false;
    return frame;
}

/* At the end of a frame: once more with the next item of its list, or back out. */
static void frame_end(Render *render)
{
    Frame *frame = frame_top(render);
    if (frame->is_list && frame->value->next) {
        frame->value = frame->value->next;
        frame->next = frame->begin;
        return;
    }
    render->depth--;
    if (render->depth > 0)
        g_string_truncate(render->indent, frame_top(render)->indent_end);
}

static void section_enter(Render *render, const MustacheNode *node)
{
    const Value *value = name_find(render, node);
    if (node->count == 0 || is_truthy(value) != (node->kind == MUSTACHE_SECTION))
        return;
    Frame *frame = frame_push(render, node + 1, node + 1 + node->count);
    if (node->kind == MUSTACHE_INVERTED)
        return;
    frame->is_list = value->kind == VALUE_LIST;
    frame->value = frame->is_list ? value->first : value;
}

static bool partial_enter(Render *render, const MustacheNode *node)
{
    const Mustache *partial = render->partial ? render->partial(node->text, render->data) : NULL;
    if (!partial || partial->nodes->len == 0)
        return true;
    if (frame_top(render)->partial_depth == MUSTACHE_PARTIAL_DEPTH_MAX) {
        g_autofree char *name = g_utf8_make_valid(node->text, (gssize)MIN(node->length, 40));
        render->error = g_strdup_printf("partials are nested deeper than %d, in \"%s\"", MUSTACHE_PARTIAL_DEPTH_MAX, name);
        return false;
    }
    const MustacheNode *nodes = &g_array_index(partial->nodes, MustacheNode, 0);
    Frame *frame = frame_push(render, nodes, nodes + partial->nodes->len);
    frame->partial_depth++;
    if (node->is_standalone)
        g_string_append_len(render->indent, node->indent, (gssize)node->indent_length);
    else
        frame->indent_begin = render->indent->len;
    frame->indent_end = render->indent->len;
    return true;
}

static bool node_render(Render *render, Frame *frame, const MustacheNode *node)
{
    switch (node->kind) {
    case MUSTACHE_TEXT: literal_append(render, frame, node); break;
    case MUSTACHE_LINE: indent_append(render, frame); break;
    case MUSTACHE_VARIABLE: value_append(render->out, name_find(render, node), node->is_raw); break;
    case MUSTACHE_SECTION:
    case MUSTACHE_INVERTED:
        frame->next += node->count;
        section_enter(render, node);
        break;
    case MUSTACHE_PARTIAL: return partial_enter(render, node);
    }
    return true;
}

static bool frames_render(Render *render)
{
    while (render->depth > 0) {
        Frame *frame = frame_top(render);
        if (frame->next == frame->end) {
            frame_end(render);
            continue;
        }
        if (!node_render(render, frame, frame->next++))
            return false;
        if (render->out->len - render->out_begin > MUSTACHE_OUTPUT_MAX) {
            render->error = g_strdup_printf("the rendering is larger than %zu MiB", MUSTACHE_OUTPUT_MAX >> 20);
            return false;
        }
        if (++render->work > MUSTACHE_WORK_MAX) {
            render->error = g_strdup("the rendering takes too long: lists or partials within each other");
            return false;
        }
    }
    return true;
}

bool mustache_render(const Mustache *mustache, const Value *value, MustachePartial partial, void *data, GString *out,
                     char **error)
{
    if (mustache->nodes->len == 0)
        return true;
    g_autoptr(GString) indent = g_string_new(NULL);
    Render render = {.frames = g_new(Frame, FRAMES_AT_FIRST), .depth = 1, .room = FRAMES_AT_FIRST, .indent = indent, .out = out,
                     .out_begin = out->len, .partial = partial, .data = data};
    const MustacheNode *nodes = &g_array_index(mustache->nodes, MustacheNode, 0);
    render.frames[0] = (Frame){.begin = nodes, .next = nodes, .end = nodes + mustache->nodes->len, .value = value};
    bool whole = frames_render(&render);
    g_free(render.frames);
    if (whole)
        return true;
    g_string_truncate(out, render.out_begin);
    *error = render.error;
    return false;
}

bool mustache_visit_partials(const Mustache *mustache, MustacheVisit visit, void *data)
{
    for (guint i = 0; i < mustache->nodes->len; i++) {
        const MustacheNode *node = &g_array_index(mustache->nodes, MustacheNode, i);
        if (node->kind == MUSTACHE_PARTIAL && !visit(node->text, node->line, data))
            return false;
    }
    return true;
}

void mustache_free(Mustache *mustache)
{
    if (!mustache)
        return;
    g_array_unref(mustache->nodes);
    g_free(mustache->text);
    g_free(mustache);
}
