/* What the files of administration share: one writing connection, one transaction a change, with its audit entry. */
#ifndef WEBQUOTA_ADMIN_INTERNAL_H
#define WEBQUOTA_ADMIN_INTERNAL_H

#include "store/admin.h"
#include "store/audit.h"
#include "store/ledger_job.h"
#include "store/once_internal.h"

/* Takes the writing connection and begins a transaction. STORE_DOWN without it; STORE_CONFLICT as once_set says. */
StoreResult admin_begin(Store *store, StoreError *error) MUST_CHECK;
/* The same for one that has until `deadline_us` (monotonic; 0: as long as it takes). STORE_CONFLICT: somebody else has the connection. */
StoreResult admin_begin_if_free(Store *store, int64_t deadline_us, StoreError *error) MUST_CHECK;
/* Commits (STORE_OK) or rolls back (anything else), announces, lets go. Returns what became of it. */
StoreResult admin_end(Store *store, StoreResult result, StoreError *error) MUST_CHECK;

/* Runs a statement of the transaction; STORE_DOWN with *error when it fails. */
StoreResult admin_run(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error) MUST_CHECK;

/* Writes the audit entry of the transaction. Takes over `details`. */
StoreResult admin_audit(Store *store, const char *actor, const char *action, const char *subject, const char *organization,
                        json_t *details, StoreError *error) MUST_CHECK;

/* The owner of an override or grant: a subject (met when unknown) or an organization (must exist). *subject_id 0: organization. */
StoreResult admin_owner(Store *store, const char *subject, const char *organization, int64_t *account_id, int64_t *subject_id,
                        StoreError *error) MUST_CHECK;

/* Parts of changes, for those who make several in one transaction, having asked admin_override_check before it. *id is a new string. The
 * subject's plan, zone and so on must have been checked. */
StoreResult admin_override_insert(Store *store, const OverrideAdd *add, const char *actor, char **id, StoreError *error) MUST_CHECK;
StoreResult admin_grant_check(const Policy *policy, const GrantAdd *add, StoreError *error) MUST_CHECK;
StoreResult admin_grant_insert(Store *store, const GrantAdd *add, const char *actor, char **id, StoreError *error) MUST_CHECK;
StoreResult admin_subject_change(Store *store, const SubjectChange *change, const char *actor, bool *created, StoreError *error) MUST_CHECK;

/* What a change to a subject names, for the audit. New reference. */
json_t *admin_subject_details(const SubjectChange *change);
void admin_details_old(json_t *details, const char *was);

/* Tells whoever remembers the subject's counters (subject_id 0: nobody's own). */
StoreResult admin_touch(Store *store, int64_t account_id, int64_t subject_id, StoreError *error) MUST_CHECK;
/* The same where the change was decided on what was seen (UsageRead.seen; of an organization, organization_version; 0: on nothing):
 * STORE_CONFLICT when that is no longer so. `organization`: its key, where it is one's. */
StoreResult admin_touch_seen(Store *store, int64_t account_id, int64_t subject_id, const char *organization, int64_t seen,
                             StoreError *error) MUST_CHECK;

/* Takes an override or grant away, or gives it back, in a transaction of its own: `query` does it and returns whose it is. Takes
 * over `was`, its form, which goes into the audit as "WHAT.VERB". */
StoreResult admin_turn(Store *store, Query query, const char *id, const char *what, const char *verb, json_t *was, const char *actor,
                       StoreError *error) MUST_CHECK;

/* The same, of a transaction. */
StoreResult admin_turn_part(Store *store, Query query, const char *id, const char *what, const char *verb, json_t *was, const char *actor,
                            StoreError *error) MUST_CHECK;

/* Of a transaction that takes something from an account: STORE_CONFLICT where nobody else may administer, by the role of an account that may
 * sign in, or named by the policy. That stays so until the transaction is over. At a shell another can be made, so there it may go.
 * (policy_holds.c) */
StoreResult account_last_stays(Store *store, const char *name, const char *actor, StoreError *error) MUST_CHECK;

/* An id as the API gives it: a whole number as text. */
bool admin_id(const char *text, int64_t *id) MUST_CHECK;

/* Rows of one JSON column as an array, on a reading connection. */
StoreResult admin_rows(Store *store, Query query, const Params *params, json_t **list, StoreError *error) MUST_CHECK;
/* Of `most` and one that were asked for: is there one more? It is left out. */
void admin_cut(json_t *list, int most, bool *more);
/* Which of the things that have a number and an owner; all but one may be NULL. */
typedef struct {
    const char *id, *subject, *organization, *before;
    bool removed; /* also those that were */
} AdminAsked;
void admin_asked_params(Params *params, const AdminAsked *asked);
StoreResult admin_list(Store *store, Query query, const AdminAsked *asked, json_t **list, StoreError *error) MUST_CHECK;
/* One override, though it may be removed. */
StoreResult admin_removed(Store *store, const char *id, const char *what, json_t **json, StoreError *error) MUST_CHECK;
/* The same for one: STORE_NONE with the given word when there is no row. */
StoreResult admin_one(Store *store, Query query, const char *id, const char *what, json_t **json, StoreError *error) MUST_CHECK;

#endif
