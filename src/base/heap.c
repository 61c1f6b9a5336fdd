/* glibc's allocator by default gives back what is free at the end of the heap, and makes up to eight arenas a processor. */
#include "base/heap.h"

#include <malloc.h>

#define PIECE 65536 /* below what glibc would map apart */
#define TRIM_NEVER (1024 * 1024 * 1024)

void heap_prepare(size_t bytes)
{
    size_t count = bytes / PIECE;
    mallopt(M_ARENA_MAX, MAX(1, (int)g_get_num_processors() / 2));
    mallopt(M_TRIM_THRESHOLD, TRIM_NEVER);
    mallopt(M_MXFAST, 0);
    mallopt(M_MMAP_THRESHOLD, 2 * PIECE);
    g_autofree char **pieces = g_new(char *, count);
    for (size_t i = 0; i < count; i++) {
        pieces[i] = g_malloc(PIECE);
        for (size_t at = 0; at < PIECE; at += 4096)
            ((volatile char *)pieces[i])[at] = 1;
    }
    for (size_t i = 0; i < count; i++)
        g_free(pieces[i]);
}
