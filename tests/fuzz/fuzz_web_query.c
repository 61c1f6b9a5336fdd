/* Fuzzes request targets: queries, strict and lenient, and paths. The input is one target: "/path?query". */
#include "web/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What is collapsed once has nothing left to collapse. */
static void check_path(const char *target)
{
    g_autofree char *path = uri_path(target);
    g_autofree char *again = uri_path_collapse(path);
    if (path[0] != '/' || strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../") || strcmp(path, again) != 0)
        abort();
}

static void check_query(const char *text)
{
    g_auto(Query) strict = {0};
    g_auto(Query) lenient = {0};
    bool good = query_parse(text, true, &strict);
    if (!query_parse(text, false, &lenient) || (!good && strict.count != 0) || (good && strict.count != lenient.count))
        abort();
    for (int i = 0; i < strict.count; i++)
        if (strcmp(strict.pairs[i].value, lenient.pairs[i].value) != 0 || !g_utf8_validate(strict.pairs[i].name, -1, NULL) ||
            !query_get(&strict, strict.pairs[i].name) || query_times(&strict, strict.pairs[i].name) < 1)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *target = g_strndup((const char *) bytes, size);
    check_path(target);
    check_query(uri_query(target));
    uri_is_of_host(target, "example.org");
    return 0;
}
