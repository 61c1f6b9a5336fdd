/* A theme is checked as it will be used: its templates in the place of ours, each page with the layout around it, followed
 * through every section and partial. What a page is given is written down in templates/data.json, a shape for each page, which
 * tests keep as the views are. */
#include "cli/template_theme.h"

#include "view/mustache_keys.h"
#include "view/value_json.h"

typedef struct {
    const char *folder, *theme;
    GHashTable *by_name;  /* name -> Mustache; both owned */
    GHashTable *themed;   /* names that are the theme's; not owned */
    GHashTable *shown;    /* names that some page shows; not owned */
    const Mustache *content;
    bool failed;
} Theme;

static void mustache_destroy(void *mustache)
{
    mustache_free(mustache);
}

static void G_GNUC_PRINTF(3, 4) complain(Theme *theme, const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "webquota: %s: %s\n", path, text);
    theme->failed = true;
}

static void template_read(Theme *theme, const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename(folder, file, NULL), *text = NULL, *reason = NULL;
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, &error)) {
        fprintf(stderr, "webquota: %s\n", error->message);
        theme->failed = true;
        return;
    }
    Mustache *mustache = strlen(text) == length ? mustache_parse(text, &reason) : NULL;
    if (!mustache) {
        complain(theme, path, "%s", reason ? reason : "there is a NUL byte in it; this is no text");
        return;
    }
    char *name = g_strndup(file, strlen(file) - strlen(".html"));
    g_hash_table_replace(theme->by_name, name, mustache);
    if (folder == theme->theme)
        g_hash_table_add(theme->themed, name);
}

/* A file that stands in no place of ours changes nothing: most likely its name is mistyped. */
static void other_check(Theme *theme, const char *file)
{
    static const char *const known[] = {"style.css", "usage.css", "form.css", "admin.css", "widget.css",
                                        "back.js", "live.js", "queue.js", "icon.svg", "data.json", NULL};
    g_autofree char *path = g_build_filename(theme->theme, file, NULL);
    if (!g_strv_contains(known, file) && file[0] != '.')
        complain(theme, path, "no file of this name is used");
}

static bool folder_read(Theme *theme, const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    if (!dir) {
        fprintf(stderr, "webquota: %s\n", error->message);
        return false;
    }
    for (const char *file; (file = g_dir_read_name(dir));) {
        if (g_str_has_suffix(file, ".html"))
            template_read(theme, folder, file);
        else if (folder == theme->theme)
            other_check(theme, file);
    }
    return true;
}

static const Mustache *partial_find(const char *name, void *data)
{
    Theme *theme = data;
    if (theme->content && strcmp(name, "content") == 0)
        return theme->content;
    void *key = NULL, *mustache = NULL;
    if (!g_hash_table_lookup_extended(theme->by_name, name, &key, &mustache))
        return NULL;
    g_hash_table_add(theme->shown, key);
    return mustache;
}

/* The page as templates_render puts it together. Its own nodes are told from the layout's by the name of the partial. */
static void page_follow(Theme *theme, KeyUses *uses, const char *page, const json_t *shape)
{
    g_autoptr(Value) value = value_of_json(shape);
    const Mustache *content = partial_find(page, theme);
    if (!content)
        return;
    key_uses_follow(uses, page, content, value, partial_find, theme);
    const Mustache *layout = json_object_get(shape, "page") ? partial_find("layout", theme) : NULL;
    if (layout)
        key_uses_follow(uses, "layout", layout, value, partial_find, theme);
}

static void say_unknown(const KeyUse *use, void *data)
{
    Theme *theme = data;
    const char *folder = g_hash_table_contains(theme->themed, use->template) ? theme->theme : theme->folder;
    g_autofree char *file = g_strconcat(use->template, ".html", NULL), *path = g_build_filename(folder, file, NULL);
    complain(theme, path, "line %d: nothing gives \"%s\"", use->line, use->name);
}

static void keys_check(Theme *theme)
{
    g_autofree char *path = g_build_filename(theme->folder, "data.json", NULL);
    json_error_t error;
    json_auto_t *shapes = json_load_file(path, 0, &error);
    if (!json_is_object(shapes)) {
        complain(theme, path, "line %d: %s", error.line, error.text);
        return;
    }
    KeyUses *uses = key_uses_new();
    const char *page;
    json_t *shape;
    json_object_foreach(shapes, page, shape)
        page_follow(theme, uses, page, shape);
    key_uses_unknown(uses, say_unknown, theme);
    key_uses_free(uses);
}

/* What no page shows is a page of its own or of nothing: of a theme, a name that was mistyped. */
static void shown_check(Theme *theme)
{
    GHashTableIter iter;
    void *name;
    g_hash_table_iter_init(&iter, theme->themed);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        g_autofree char *file = g_strconcat(name, ".html", NULL), *ours = g_build_filename(theme->folder, file, NULL),
                        *path = g_build_filename(theme->theme, file, NULL);
        if (!g_hash_table_contains(theme->shown, name) && !g_file_test(ours, G_FILE_TEST_EXISTS))
            complain(theme, path, "no page shows a template of this name");
    }
}

bool theme_check(const char *templates, const char *folder)
{
    Theme theme = {.folder = templates, .theme = folder};
    theme.by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mustache_destroy);
    theme.themed = g_hash_table_new(g_str_hash, g_str_equal);
    theme.shown = g_hash_table_new(g_str_hash, g_str_equal);
    if (!folder_read(&theme, templates) || (folder && !folder_read(&theme, folder)))
        theme.failed = true;
    else
        keys_check(&theme);
    if (folder)
        shown_check(&theme);
    g_hash_table_unref(theme.shown);
    g_hash_table_unref(theme.themed);
    g_hash_table_unref(theme.by_name);
    return !theme.failed;
}
