/* The project's templates by name. A page is the layout with the page's own template as its partial "content". */
#include "view/templates.h"

#define LAYOUT "layout"
#define CONTENT "content"

struct Templates {
    GHashTable *by_name; /* name (owned) -> Mustache (owned) */
};

typedef struct {
    const Templates *templates;
    const Mustache *content; /* what {{>content}} stands for; NULL outside the layout */
} Page;

static void mustache_destroy(void *mustache)
{
    mustache_free(mustache);
}

Templates *templates_new(const char *const *names, const char *const *texts, int count, char **error)
{
    Templates *templates = g_new0(Templates, 1);
    templates->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mustache_destroy);
    for (int i = 0; i < count; i++) {
        g_autofree char *reason = NULL;
        Mustache *mustache = mustache_parse(texts[i], &reason);
        if (!mustache) {
            *error = g_strdup_printf("template \"%s\", %s", names[i], reason);
            templates_free(templates);
            return NULL;
        }
        g_hash_table_replace(templates->by_name, g_strdup(names[i]), mustache);
    }
    return templates;
}

void templates_free(Templates *templates)
{
    if (!templates)
        return;
    g_hash_table_unref(templates->by_name);
    g_free(templates);
}

static const Mustache *partial_find(const char *name, void *data)
{
    const Page *page = data;
    if (page->content && strcmp(name, CONTENT) == 0)
        return page->content;
    return g_hash_table_lookup(page->templates->by_name, name);
}

GString *templates_render(const Templates *templates, const char *name, const Value *value, char **error)
{
    const Mustache *content = g_hash_table_lookup(templates->by_name, name);
    bool is_page = value_get(value, "page") != NULL;
    const Mustache *outermost = is_page ? g_hash_table_lookup(templates->by_name, LAYOUT) : content;
    if (!content || !outermost) {
        *error = g_strdup_printf("there is no template \"%s\"", content ? LAYOUT : name);
        return NULL;
    }
    Page page = {.templates = templates, .content = is_page ? content : NULL};
    g_autoptr(GString) out = g_string_sized_new(16 << 10);
    g_autofree char *reason = NULL;
    if (mustache_render(outermost, value, partial_find, &page, out, &reason))
        return g_steal_pointer(&out);
    *error = g_strdup_printf("template \"%s\": %s", name, reason);
    return NULL;
}
