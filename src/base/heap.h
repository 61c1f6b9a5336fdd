/* How the allocator behaves in a process that serves many threads for a long time. */
#ifndef WEBQUOTA_HEAP_H
#define WEBQUOTA_HEAP_H

#include "base/base.h"

/* Keeps memory together: one arena for every two processors (a request's memory is taken by one thread and given back by
 * another, and every arena would come to hold as much as all requests together need), and takes `bytes` at once, so that nobody
 * waits for the kernel's pages under load and the process is as large at first as it will be. Call it before any thread is
 * started. */
void heap_prepare(size_t bytes);

#endif
