/* Fuzzes Cookie headers. */
#include "web/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *header = g_strndup((const char *) bytes, size);
    g_autofree char *value = cookie_get(header, "webquota_identity");
    if (value && (strchr(value, ';') || !strstr(header, "webquota_identity=")))
        abort();
    g_autofree char *visitor = identity_visitor(header);
    if (visitor && (!g_str_has_prefix(visitor, "anon:") || strlen(visitor) > 64))
        abort();
    return 0;
}
