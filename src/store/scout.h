/* Reads ahead: while the ledger's thread has a batch under way, those who wait for the next and are not remembered are read on
 * a connection of its own, into the ledger's memory. So a batch of strangers takes one round trip as well, and the database
 * reads their pages while it flushes. Like all that is remembered, what is read is never believed (memory.h). Thread-safe. */
#ifndef WEBQUOTA_SCOUT_H
#define WEBQUOTA_SCOUT_H

#include "store/memory.h"
#include "store/store.h"

typedef struct Scout Scout;

/* Fills `memory`, which outlives it. NULL when there can be none: statements are not prepared, or no thread is to be had. */
Scout *scout_new(Store *store, Memory *memory);
void scout_free(Scout *scout);

/* Has somebody looked up. Nothing happens where there is no scout. */
void scout_send(Scout *scout, const char *subject);

/* Before a batch is decided: waits for those who are being read, and calls off the rest, whom the batch reads faster itself. */
void scout_await(Scout *scout);

#endif
