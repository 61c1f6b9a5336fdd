/* Fuzzes the last link of the audit's chain, as people keep it and give it back: what is taken is written the same again. */
#include "fuzz.h"

#include "store/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size);
    AuditHead head = {0};
    bool good = audit_head_read(text, &head);
    g_autofree char *again = g_strdup_printf("%" PRId64 ":%s", head.number, head.hash);
    HOLDS(!good || (head.number >= 1 && strlen(head.hash) == AUDIT_HASH_HEX && strcmp(again, text) == 0));
    return 0;
}
