/* render_pages FOLDER [TEMPLATES]: writes every page in every state as FOLDER/NAME.html and its JSON twin as
 * FOLDER/NAME.json, for the golden pages and the browser tests. */
#include "view/page_states.h"
#include "view/value_json.h"

static bool write_state(const Templates *templates, const char *folder, size_t state)
{
    g_autofree char *page = sample_render(templates, state);
    g_autofree char *path = g_strdup_printf("%s/%s.html", folder, page_states[state].name);
    g_autoptr(Value) value = page_states[state].make();
    json_auto_t *json = value_to_json(value);
    g_autofree char *twin = g_strdup_printf("%s/%s.json", folder, page_states[state].name);
    return g_file_set_contents(path, page, -1, NULL) && json_dump_file(json, twin, JSON_INDENT(2)) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: render_pages FOLDER [TEMPLATES]\n");
        return 2;
    }
    Templates *templates = sample_templates(argc > 2 ? argv[2] : "templates");
    bool written = g_mkdir_with_parents(argv[1], 0755) == 0;
    for (size_t i = 0; written && i < G_N_ELEMENTS(page_states); i++)
        written = write_state(templates, argv[1], i);
    templates_free(templates);
    if (!written)
        fprintf(stderr, "render_pages: cannot write to %s\n", argv[1]);
    return written ? 0 : 1;
}
