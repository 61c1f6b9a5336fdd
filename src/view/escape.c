/* Escaping for HTML: most texts are copied as they are, and runs of harmless bytes whole. */
#include "view/escape.h"

#include "base/text.h"

typedef struct {
    const char *text;
    size_t length;
} Entity;

#define ENTITY(string) {(string), sizeof(string) - 1}
static const Entity entities[256] = {
    ['&'] = ENTITY("&amp;"),
    ['<'] = ENTITY("&lt;"),
    ['>'] = ENTITY("&gt;"),
    ['"'] = ENTITY("&quot;"),
    ['\''] = ENTITY("&#39;"),
};

static void add_escaped(GString *out, const char *text, size_t length)
{
    size_t copied = 0;
    for (size_t i = 0; i < length; i++) {
        const Entity *entity = &entities[(unsigned char)text[i]];
        if (!entity->text)
            continue;
        text_add_len(out, text + copied, i - copied);
        text_add_len(out, entity->text, entity->length);
        copied = i + 1;
    }
    text_add_len(out, text + copied, length - copied);
}

void escape_html(GString *out, const char *text, size_t length)
{
    if (text_is_html(text, length))
        text_add_len(out, text, length);
    else
        add_escaped(out, text, length);
}
