/* Many subjects at once: what admin_subject_set does, in one transaction for all of them. */
#ifndef WEBQUOTA_ADMIN_IMPORT_H
#define WEBQUOTA_ADMIN_IMPORT_H

#include "store/admin.h"

#define IMPORT_MAX 500

typedef struct {
    int64_t created, changed, same;
} ImportCount;

/* Makes and changes 1 to IMPORT_MAX subjects, each named once; those that are so already stay untouched, and are
 * not audited. Adds to *counted. `pretend`: finds out what would be done, and undoes it. Plans and zones
 * must have been checked. STORE_CONFLICT: others changed the same at the time; nothing was done. */
StoreResult admin_subjects_import(Store *store, const SubjectChange *changes, int count, const char *actor, bool pretend,
                                  ImportCount *counted, StoreError *error) MUST_CHECK;

#endif
