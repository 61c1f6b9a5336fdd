/* Fuzzes Accept headers. */
#include "web/accept.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *accept = g_strndup((const char *) bytes, size);
    g_autofree char *upper = g_ascii_strup(accept, -1);
    AcceptWish wish = accept_wish(accept);
    if (wish > ACCEPT_JSON || accept_wish(upper) != wish)
        abort();
    return 0;
}
