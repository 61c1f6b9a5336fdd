/* What the ledger remembers of subjects and shared counters from one batch to the next. Never believed: what is decided by
 * it is written only if nobody has changed the rows since (counters_write.sql). Of a fixed size. Thread-safe. */
#ifndef WEBQUOTA_MEMORY_H
#define WEBQUOTA_MEMORY_H

#include "store/subject_state.h"

typedef struct Memory Memory;
Memory *memory_new(void);
void memory_free(Memory *memory);
/* For a new connection: the server may be another, which never heard of some of what was read. */
void memory_forget(Memory *memory);

/* The subject as it was when last seen, as a new state; NULL when not known. Those with overrides, grants, thresholds of
 * their own, rolling windows or long names are not kept. */
SubjectState *memory_subject(Memory *memory, const char *key);
/* Where it belongs; false when not known. */
bool memory_address(Memory *memory, const char *key, int64_t *account_id, int64_t *id);
/* The key of the plan it had when last seen, interned; NULL when not known. */
const char *memory_plan(Memory *memory, const char *key);
/* Keeps a state after it was committed, with the version that its row has now. */
void memory_keep_subject(Memory *memory, const SubjectState *state);
void memory_drop_subject(Memory *memory, const char *key);

/* Fills in a shared counter; false when not known. */
bool memory_shared(Memory *memory, SharedCounter *counter);
void memory_keep_shared(Memory *memory, const SharedCounter *counter);
void memory_drop_shared(Memory *memory, const SharedCounter *counter);

#endif
