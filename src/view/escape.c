/* Escaping for HTML: runs of harmless bytes are copied whole, the five others one by one. */
#include "view/escape.h"

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

void escape_html(GString *out, const char *text, size_t length)
{
    size_t copied = 0;
    for (size_t i = 0; i < length; i++) {
        const Entity *entity = &entities[(unsigned char)text[i]];
        if (!entity->text)
            continue;
        g_string_append_len(out, text + copied, (gssize)(i - copied));
        g_string_append_len(out, entity->text, (gssize)entity->length);
        copied = i + 1;
    }
    g_string_append_len(out, text + copied, (gssize)(length - copied));
}
