/* Fuzzes escaping: no markup is left in the text, and all of the text is left in the markup. */
#include "fuzz.h"

#include "view/escape.h"
#include "view/mustache.h"

/* What a browser makes of it. */
static GString *unescaped(const char *html, size_t len)
{
    static const struct {
        const char *entity;
        char byte;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < len;) {
        size_t e = 0;
        while (e < G_N_ELEMENTS(entities) && strncmp(html + i, entities[e].entity, strlen(entities[e].entity)) != 0)
            e++;
        HOLDS(html[i] != '&' || e < G_N_ELEMENTS(entities));
        g_string_append_c(text, e < G_N_ELEMENTS(entities) ? entities[e].byte : html[i]);
        i += e < G_N_ELEMENTS(entities) ? strlen(entities[e].entity) : 1;
    }
    return text;
}

/* Through a template, as pages have it. */
static void check_template(const char *text, size_t size, const GString *html)
{
    g_autofree char *error = NULL;
    g_autoptr(Mustache) mustache = mustache_parse("{{x}}", &error);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(Value) value = value_new();
    Value *x = set_null(value, "x");
    x->kind = VALUE_TEXT;
    x->text = value_copy(value, text, size);
    x->length = size;
    HOLDS(mustache && mustache_render(mustache, value, NULL, NULL, out, &error));
    HOLDS(g_string_equal(out, html));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    g_autoptr(GString) html = g_string_new("&");
    escape_html(html, text, size);
    g_string_erase(html, 0, 1);
    for (size_t i = 0; i < html->len; i++)
        HOLDS(!strchr("<>\"'", html->str[i]) || html->str[i] == '\0');
    g_autoptr(GString) back = unescaped(html->str, html->len);
    HOLDS(back->len == size && (size == 0 || memcmp(back->str, text, size) == 0));
    if (size > 0)
        check_template(text, size, html);
    return 0;
}
