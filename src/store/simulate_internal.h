/* What the files of the simulation share. */
#ifndef WEBQUOTA_SIMULATE_INTERNAL_H
#define WEBQUOTA_SIMULATE_INTERNAL_H

#include "store/simulate.h"
#include "store/store_internal.h"

/* Rows of a result in PostgreSQL's binary form (simulate_row.c). */
int64_t binary_number(const PGresult *rows, int row, int column); /* smallint, integer, bigint; 0 for null */
Instant binary_instant(const PGresult *rows, int row, int column); /* INSTANT_MIN for null */
double binary_real(const PGresult *rows, int row, int column);
const char *binary_text(const PGresult *rows, int row, int column); /* NULL for null */

/* The records of one result; they point into it. */
typedef struct {
    PGresult *rows;
    ReplayRecord *records;
    int64_t *xacts;
    int count, left;         /* left: not replayed yet */
    TraceLine *traces;
    GPtrArray *items;        /* g_free; NULL: none */
} Chunk;
/* Takes over `rows`, of simulate_open or simulate_some. */
Chunk *chunk_new(PGresult *rows);
void chunk_free(Chunk *chunk);

/* Introduces all whom the records are about to the replay (simulate_people.c). */
DbResult simulate_introduce(Db *db, Replay *replay, const Chunk *chunk) MUST_CHECK;

/* Fills slots like policy_slots_fill, with numbers of their own where there are none yet. */
void policy_slots_suppose(Policy *policy, const PGresult *registry);

#endif
