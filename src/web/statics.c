/* A fixed list: no path of a client's ever reaches the file system. */
#include "web/statics.h"

#include "base/log.h"

static const struct {
    const char *name, *type;
} known[] = {
    {"style.css", "text/css; charset=utf-8"},
    {"usage.css", "text/css; charset=utf-8"},
    {"form.css", "text/css; charset=utf-8"},
    {"admin.css", "text/css; charset=utf-8"},
    {"widget.css", "text/css; charset=utf-8"},
    {"back.js", "text/javascript; charset=utf-8"},
    {"live.js", "text/javascript; charset=utf-8"},
    {"queue.js", "text/javascript; charset=utf-8"},
    {"icon.svg", "image/svg+xml"},
    {"openapi.json", "application/json"},
};

struct Statics {
    StaticFile files[G_N_ELEMENTS(known)];
};

static void file_read(StaticFile *file, const char *folder, const char *theme)
{
    g_autofree char *ours = g_build_filename(folder, file->name, NULL);
    g_autofree char *themed = theme ? g_build_filename(theme, file->name, NULL) : NULL;
    const char *path = themed && g_file_test(themed, G_FILE_TEST_EXISTS) ? themed : ours;
    g_autoptr(GError) error = NULL;
    gsize len = 0;
    if (!g_file_get_contents(path, &file->bytes, &len, &error)) {
        log_line(LOG_LEVEL_WARNING, "static file is not served: %s", error->message);
        return;
    }
    file->len = len;
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *) file->bytes, len);
    file->etag = g_strdup_printf("\"%.16s\"", sum);
}

Statics *statics_read(const char *folder, const char *theme)
{
    Statics *statics = g_new0(Statics, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        statics->files[i].name = known[i].name;
        statics->files[i].type = known[i].type;
        file_read(&statics->files[i], folder, theme);
    }
    return statics;
}

void statics_free(Statics *statics)
{
    if (!statics)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        g_free(statics->files[i].bytes);
        g_free(statics->files[i].etag);
    }
    g_free(statics);
}

const StaticFile *statics_find(const Statics *statics, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(statics->files[i].name, name) == 0 && statics->files[i].bytes)
            return &statics->files[i];
    return NULL;
}
