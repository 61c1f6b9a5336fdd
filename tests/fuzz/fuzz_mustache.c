/* Fuzzes Mustache, parsing and rendering. The input is up to four texts with a NUL between: the template, the
 * partials "p" and "q", and the data as JSON.
 *
 * clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
 *     -DMUSTACHE_WORK_MAX=100000 -Isrc $(pkg-config --cflags glib-2.0 jansson) tests/fuzz/fuzz_mustache.c \
 *     src/view/mustache.c src/view/mustache_parse.c src/view/escape.c src/view/value.c src/view/value_json.c \
 *     src/base/text.c src/base/instant.c $(pkg-config --libs glib-2.0 jansson)
 */
#include "view/mustache.h"
#include "view/value_json.h"

#define TEXTS 4

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct {
    Mustache *p, *q;
} Partials;

static const Mustache *partial_find(const char *name, void *data)
{
    const Partials *partials = data;
    return strcmp(name, "p") == 0 ? partials->p : strcmp(name, "q") == 0 ? partials->q : NULL;
}

static bool partial_visit(const char *name, int line, void *data)
{
    (void)data;
    return *name && line > 0;
}

/* A template, or NULL with an error that begins as promised. */
static Mustache *parse(const char *text)
{
    char *error = NULL;
    Mustache *mustache = mustache_parse(text, &error);
    if (!mustache == !error || (error && (!g_str_has_prefix(error, "line ") || !g_utf8_validate(error, -1, NULL))))
        abort();
    if (mustache && !mustache_visit_partials(mustache, partial_visit, NULL))
        abort();
    g_free(error);
    return mustache;
}

/* Renders twice: the same must come of it, and a failure must leave what was there. */
static void render(const Mustache *mustache, const Value *value, Partials *partials)
{
    char *errors[2] = {NULL, NULL};
    GString *outs[2] = {g_string_new("first"), g_string_new("first")};
    for (int i = 0; i < 2; i++) {
        bool done = mustache_render(mustache, value, partial_find, partials, outs[i], &errors[i]);
        if (done != !errors[i] || !g_str_has_prefix(outs[i]->str, "first") || (!done && outs[i]->len != strlen("first")))
            abort();
    }
    if (g_strcmp0(errors[0], errors[1]) != 0 || !g_string_equal(outs[0], outs[1]))
        abort();
    for (int i = 0; i < 2; i++) {
        g_free(errors[i]);
        g_string_free(outs[i], TRUE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *texts[TEXTS];
    for (int i = 0; i < TEXTS; i++) {
        const uint8_t *nul = size ? memchr(bytes, '\0', size) : NULL;
        size_t length = nul ? (size_t)(nul - bytes) : size;
        texts[i] = g_strndup((const char *)bytes, length);
        bytes += length + (nul != NULL);
        size -= length + (nul != NULL);
    }
    Mustache *mustache = parse(texts[0]);
    Partials partials = {parse(texts[1]), parse(texts[2])};
    json_auto_t *json = json_loads(texts[3], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    g_autoptr(Value) value = json ? value_of_json(json) : NULL;
    if (mustache)
        render(mustache, value, &partials);
    mustache_free(mustache);
    mustache_free(partials.p);
    mustache_free(partials.q);
    for (int i = 0; i < TEXTS; i++)
        g_free(texts[i]);
    return 0;
}
