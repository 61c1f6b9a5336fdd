/* A walk over the nodes without rendering: the context is a stack of values, NULL for one of which nothing is known, in which
 * every name may be. */
#include "view/mustache_keys.h"

#include "view/mustache_internal.h"

#define WORK_MAX (1 << 20) /* nodes; partials that name each other in many places end here */

struct KeyUses {
    GHashTable *by_place; /* "template\tline\tname" -> KeyUse, both owned */
    GPtrArray *uses;      /* of KeyUse, not owned */
};

typedef struct {
    KeyUses *uses;
    GPtrArray *context;
    MustachePartial partial;
    void *data;
    int work;
} Walk;

static void key_use_free(void *data)
{
    KeyUse *use = data;
    g_free(use->template);
    g_free(use->name);
    g_free(use);
}

KeyUses *key_uses_new(void)
{
    KeyUses *uses = g_new0(KeyUses, 1);
    uses->by_place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, key_use_free);
    uses->uses = g_ptr_array_new();
    return uses;
}

void key_uses_free(KeyUses *uses)
{
    if (!uses)
        return;
    g_ptr_array_unref(uses->uses);
    g_hash_table_unref(uses->by_place);
    g_free(uses);
}

static char *name_of(const MustacheNode *node)
{
    GString *name = g_string_new_len(node->text, (gssize)node->length);
    for (size_t i = 0; i < name->len; i++)
        if (name->str[i] == '\0')
            name->str[i] = '.';
    return g_string_free(name, FALSE);
}

static void note(KeyUses *uses, const char *template, const MustacheNode *node, bool known)
{
    char *name = name_of(node), *place = g_strdup_printf("%s\t%d\t%s", template, node->line, name);
    KeyUse *use = g_hash_table_lookup(uses->by_place, place);
    if (use) {
        use->known = use->known || known;
        g_free(name);
        g_free(place);
        return;
    }
    use = g_new0(KeyUse, 1);
    *use = (KeyUse){g_strdup(template), node->line, name, known};
    g_hash_table_insert(uses->by_place, place, use);
    g_ptr_array_add(uses->uses, use);
}

static bool is_anything(const Value *value)
{
    return !value || value->kind == VALUE_NULL || (value->kind == VALUE_LIST && !value->first);
}

/* False: nothing gives it. *found NULL: it may be anything. */
static bool look_up(const Walk *walk, const MustacheNode *node, const Value **found)
{
    *found = NULL;
    for (guint i = walk->context->len; i-- > 0;) {
        const Value *value = g_ptr_array_index(walk->context, i);
        if (is_anything(value))
            return true;
        const char *name = node->text;
        if (node->parts == 0 || !(value = value_get(value, name)))
            continue;
        for (int part = 1; part < node->parts && !is_anything(value); part++) {
            name += strlen(name) + 1;
            if (!(value = value_get(value, name)))
                return false;
        }
        *found = is_anything(value) ? NULL : value;
        return true;
    }
    return node->parts == 0;
}

static void follow(Walk *walk, const char *template, const MustacheNode *begin, const MustacheNode *end, int depth);

static void follow_section(Walk *walk, const char *template, const MustacheNode *node, const Value *value, int depth)
{
    const Value *inner = value && value->kind == VALUE_LIST ? value->first : value;
    bool brings = !inner || inner->kind == VALUE_OBJECT;
    if (brings)
        g_ptr_array_add(walk->context, (void *)inner);
    follow(walk, template, node + 1, node + 1 + node->count, depth);
    if (brings)
        g_ptr_array_set_size(walk->context, (int)walk->context->len - 1);
}

static void follow_node(Walk *walk, const char *template, const MustacheNode *node, int depth)
{
    const Value *value = NULL;
    const Mustache *partial = NULL;
    switch (node->kind) {
    case MUSTACHE_VARIABLE:
        note(walk->uses, template, node, look_up(walk, node, &value));
        break;
    case MUSTACHE_SECTION: {
        bool known = look_up(walk, node, &value);
        note(walk->uses, template, node, known);
        follow_section(walk, template, node, value, depth);
        break;
    }
    case MUSTACHE_INVERTED:
        note(walk->uses, template, node, look_up(walk, node, &value));
        follow(walk, template, node + 1, node + 1 + node->count, depth);
        break;
    case MUSTACHE_PARTIAL:
        partial = depth < MUSTACHE_PARTIAL_DEPTH_MAX && walk->partial ? walk->partial(node->text, walk->data) : NULL;
        if (partial)
            follow(walk, node->text, (const MustacheNode *)(const void *)partial->nodes->data,
                   (const MustacheNode *)(const void *)partial->nodes->data + partial->nodes->len, depth + 1);
        break;
    case MUSTACHE_TEXT:
    case MUSTACHE_LINE:
        break;
    }
}

static void follow(Walk *walk, const char *template, const MustacheNode *begin, const MustacheNode *end, int depth)
{
    for (const MustacheNode *node = begin; node < end && walk->work++ < WORK_MAX; node++) {
        follow_node(walk, template, node, depth);
        if (node->kind == MUSTACHE_SECTION || node->kind == MUSTACHE_INVERTED)
            node += node->count;
    }
}

void key_uses_follow(KeyUses *uses, const char *name, const Mustache *mustache, const Value *shape, MustachePartial partial,
                     void *data)
{
    g_autoptr(GPtrArray) context = g_ptr_array_new();
    g_ptr_array_add(context, (void *)shape);
    Walk walk = {.uses = uses, .context = context, .partial = partial, .data = data};
    const MustacheNode *nodes = (const MustacheNode *)(const void *)mustache->nodes->data;
    follow(&walk, name, nodes, nodes + mustache->nodes->len, 0);
}

static gint use_compare(gconstpointer a, gconstpointer b)
{
    const KeyUse *first = *(KeyUse *const *)a, *second = *(KeyUse *const *)b;
    int order = strcmp(first->template, second->template);
    return order ? order : first->line != second->line ? first->line - second->line : strcmp(first->name, second->name);
}

int key_uses_unknown(const KeyUses *uses, void (*visit)(const KeyUse *use, void *data), void *data)
{
    int count = 0;
    g_ptr_array_sort(uses->uses, use_compare);
    for (guint i = 0; i < uses->uses->len; i++) {
        const KeyUse *use = g_ptr_array_index(uses->uses, i);
        if (use->known)
            continue;
        count++;
        if (visit)
            visit(use, data);
    }
    return count;
}
