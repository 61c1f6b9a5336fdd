/* Migrations: the numbered files of sql/, each applied once, in a transaction, under a lock. */
#ifndef WEBQUOTA_MIGRATE_H
#define WEBQUOTA_MIGRATE_H

#include "store/store.h"

/* Brings the schema up to date; safe to run twice and from several hosts at once. `told` is called with
 * a line for each step (may be NULL). `app_role`: a role to grant what the FastCGI process needs; NULL: none. */
StoreResult migrate_run(const char *database, const char *app_role, void (*told)(const char *line), StoreError *error) MUST_CHECK;

#endif
