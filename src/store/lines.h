/* All lines as they were read at one time: who waits where, in which order, and what decides how fast a line moves. Immutable once
 * made. Inside the store only. */
#ifndef WEBQUOTA_LINES_H
#define WEBQUOTA_LINES_H

#include "store/store_internal.h"

typedef struct Lines Lines;

/* Where a ticket stands. */
typedef struct {
    int64_t ahead, units_ahead, in_line;
} Spot;

/* Reads all lines in one transaction; *lines is the caller's. */
DbResult lines_read(Db *db, Lines **lines) MUST_CHECK;
void lines_free(Lines *lines); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lines, lines_free)

Instant lines_now(const Lines *lines);                      /* the database's time of the reading */
int64_t lines_count(const Lines *lines);                    /* how many wait in all */
bool lines_spot(const Lines *lines, int64_t id, Spot *spot); /* false: the ticket does not wait in any */
bool lines_admitted(const Lines *lines, int64_t id);        /* was it let in, and has it not taken what is held? */
bool lines_paused(const Lines *lines, const char *feature, const char *limit);

/* How many units `ahead` tickets of this line ask for, by what those in it ask for on average. */
int64_t lines_units(const Lines *lines, int64_t account, int64_t slot, const char *owner, int64_t ahead);

/* The amount in force for the line of `limit` that this subject waits in: an override of theirs or of their organization. */
Amount lines_amount(const Lines *lines, const Policy *policy, const Limit *limit, const Subject *subject, int64_t account,
                    int64_t subject_id);

#endif
