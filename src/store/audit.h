/* The audit: every change by anyone by any way, in a chain that shows whether an entry was changed, taken out or put in (its file in sql/).
 *
 * JSON of an entry: {entry, at, actor, origin, action, subject, organization, old, new, reason, hash}; `entry` is its number, `old` and
 * `new` objects or null. */
#ifndef WEBQUOTA_AUDIT_H
#define WEBQUOTA_AUDIT_H

#include "store/admin.h"

#define AUDIT_ORIGIN_MAX 300
#define AUDIT_HASH_HEX 64

/* Where the changes come from that this thread makes from now on: an address, "command on HOST". NULL: it is not known. Copied; what is
 * too long is cut. */
void audit_origin_set(const char *origin);
/* NULL: not known. */
const char *audit_origin(void);

/* Which bulk (bulk.h) the changes are part of that this thread makes from now on; 0: none. Entries name it as "bulk". */
void audit_bulk_set(int64_t bulk);
int64_t audit_bulk(void);

/* Which entries: those that fit all that is not NULL. */
typedef struct {
    const char *subject, *organization, *actor, *action;
    Instant from, to;   /* at `from` or later (INSTANT_MIN: any), and before `to` (INSTANT_MAX: any) */
    int64_t before;     /* of a lower number than this; 0: any */
} AuditAsked;

/* At most `most`, the newest first. */
StoreResult audit_list(Store *store, const AuditAsked *asked, int most, json_t **list, bool *more, StoreError *error) MUST_CHECK;

/* The last link: who keeps it elsewhere can tell later that the chain up to it was not written anew. */
typedef struct {
    int64_t number;             /* 0: there is none yet */
    char hash[AUDIT_HASH_HEX + 1];
} AuditHead;
/* "12:HASH", as verify prints it. */
bool audit_head_read(const char *text, AuditHead *head) MUST_CHECK;

StoreResult audit_head(Store *store, AuditHead *head, StoreError *error) MUST_CHECK;

typedef enum {
    AUDIT_CHANGED, /* it is not what was written, or the one before it was given another hash */
    AUDIT_MISSING, /* it was taken out */
    AUDIT_ADDED    /* it was put in past the chain */
} AuditFault;

typedef struct {
    int64_t number;
    AuditFault fault;
} AuditFinding;

#define AUDIT_FINDINGS_MAX 100 /* further ones are counted only */

typedef struct {
    int64_t entries;      /* looked at */
    int64_t faults;
    GArray *findings;     /* of AuditFinding, in their order */
    AuditHead head;
} AuditVerdict;
void audit_verdict_clear(AuditVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AuditVerdict, audit_verdict_clear)

/* Follows the whole chain. `known` (NULL: none): a head that was kept; the entry of that number must still have that hash. */
StoreResult audit_verify(Store *store, const AuditHead *known, AuditVerdict *verdict, StoreError *error) MUST_CHECK;

#endif
