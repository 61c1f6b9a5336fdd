/* Programs differ in what they make of
 *   - control characters in a path, which some patterns pass over ("/save%0a");
 *   - parameters of a path's segments, which Java takes off ("/save;x=1");
 *   - semicolons between parameters of the query, as of old;
 *   - names of parameters, which PHP makes names of variables ("?+model=x", "?model[]=x");
 *   - a parameter that is there twice: some take the first, some the last.
 */
#include "web/readings.h"

void readings_clear(Readings *readings)
{
    for (int i = 0; i < READINGS_PATHS; i++)
        g_free(readings->paths[i]);
    g_clear_pointer(&readings->queries, g_ptr_array_unref);
}

/* --- the path --- */

/* How many bytes a control character takes here, percent-encoded or not; 0: it is another one, or NUL. */
static size_t control_len(const char *at)
{
    int byte = (unsigned char) *at;
    size_t len = 1;
    if (byte == '%' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
        byte = g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]);
        len = 3;
    }
    return byte != 0 && (byte < 0x20 || byte == 0x7f) ? len : 0;
}

/* The target's path without control characters and without parameters of segments; NULL when it has none. New string. */
static char *bare_path(const char *target)
{
    g_autoptr(GString) bare = g_string_new(NULL);
    const char *at = target, *end = target + strcspn(target, "?#");
    while (at < end) {
        size_t skip = *at == ';' ? strcspn(at, "/?#") : control_len(at);
        if (skip == 0)
            g_string_append_c(bare, *at++);
        at += skip;
    }
    return bare->len == (size_t) (end - target) ? NULL : uri_path(bare->str);
}

/* Where the application's own request is going, as the client wrote it; else as the server took it apart. */
static void read_paths(const Request *request, Readings *out)
{
    const char *target = request_param(request, "REQUEST_URI");
    const char *script = request_param(request, "SCRIPT_NAME"), *rest = request_param(request, "PATH_INFO");
    if (target && *target) {
        out->paths[0] = uri_path(target);
        out->paths[1] = bare_path(target);
        return;
    }
    g_autofree char *joined = g_strconcat(script ? script : "", rest ? rest : "", NULL);
    out->paths[0] = uri_path_collapse(joined);
}

/* --- the query --- */

static void query_free(void *query)
{
    query_clear(query);
    g_free(query);
}

static Query *query_new(void)
{
    return g_new0(Query, 1);
}

static bool add_written(Readings *out, const char *text)
{
    Query *query = query_new();
    g_ptr_array_add(out->queries, query);
    return query_parse(text, false, query);
}

/* Takes the pairs. */
static void add_pairs(Readings *out, GArray *pairs)
{
    Query *query = query_new();
    query->count = (int) pairs->len;
    query->pairs = (QueryPair *) (void *) g_array_free(pairs, FALSE);
    g_ptr_array_add(out->queries, query);
}

static void pairs_add(GArray *pairs, char *name, const char *value)
{
    const QueryPair pair = {name, g_strdup(value)};
    g_array_append_val(pairs, pair);
}

#define RENAMED " .["

/* Without the blanks before it, and up to the first "[" that is closed; dots, blanks and other "[" are "_". New string. */
static char *name_in_php(const char *name)
{
    name += strspn(name, " ");
    const char *open = strchr(name, '[');
    char *read = open && strchr(open, ']') ? g_strndup(name, (size_t) (open - name)) : g_strdup(name);
    return g_strdelimit(read, RENAMED, '_');
}

static void add_as_php(Readings *out, const Query *query)
{
    bool differs = false;
    for (int i = 0; i < query->count && !differs; i++)
        differs = strpbrk(query->pairs[i].name, RENAMED);
    if (!differs)
        return;
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(QueryPair));
    for (int i = 0; i < query->count; i++)
        pairs_add(pairs, name_in_php(query->pairs[i].name), query->pairs[i].value);
    add_pairs(out, pairs);
}

static bool has_two_values(const Query *query)
{
    if (query->count < 2)
        return false;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < query->count; i++) {
        const QueryPair *pair = &query->pairs[i];
        const char *value = g_hash_table_lookup(seen, pair->name);
        if (value && strcmp(value, pair->value) != 0)
            return true;
        g_hash_table_insert(seen, (char *) pair->name, (char *) pair->value);
    }
    return false;
}

/* Each parameter once, with the value that it has first; or, `last`, last. */
static void add_once_each(Readings *out, const Query *query, bool last)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(QueryPair));
    for (int i = 0; i < query->count; i++) {
        const QueryPair *pair = &query->pairs[last ? query->count - 1 - i : i];
        if (g_hash_table_add(seen, (char *) pair->name))
            pairs_add(pairs, g_strdup(pair->name), pair->value);
    }
    add_pairs(out, pairs);
}

/* What the server rewrote counts before what the client wrote; a subrequest (nginx) has lost its own. */
static bool read_queries(const Request *request, Readings *out)
{
    const char *query = request_param(request, "QUERY_STRING");
    const char *target = request_param(request, "REQUEST_URI");
    g_autofree char *text = g_strdup(query && *query ? query : target ? uri_query(target) : "");
    out->queries = g_ptr_array_new_with_free_func(query_free);
    if (!add_written(out, text) || (strchr(text, ';') && !add_written(out, g_strdelimit(text, ";", '&'))))
        return false;
    for (guint i = 0, written = out->queries->len; i < written; i++)
        add_as_php(out, out->queries->pdata[i]);
    for (guint i = 0, named = out->queries->len; i < named; i++) {
        const Query *each = out->queries->pdata[i];
        if (!has_two_values(each))
            continue;
        add_once_each(out, each, false);
        add_once_each(out, each, true);
    }
    return true;
}

bool readings_of(const Request *request, Readings *out)
{
    *out = (Readings){0};
    read_paths(request, out);
    return read_queries(request, out);
}
