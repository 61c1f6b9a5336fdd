/* The rows of a statement as a few flat arrays: numbers, instants, and texts, for which a number in the row says which it is.
 * PostgreSQL takes these apart with less work than one array for each column. Inside the store only. */
#ifndef WEBQUOTA_ROWS_H
#define WEBQUOTA_ROWS_H

#include "domain/counter.h"
#include "store/db.h"

#define ROWS_TEXTS 10

typedef struct {
    GArray *numbers, *instants;   /* of int64_t */
    GPtrArray *texts;             /* of const char *; not owned */
    GArray *state, *rolling;      /* of int64_t: sets of counters, one after the other; NULL where there are none */
    const char *last[ROWS_TEXTS]; /* the text that a column had last, */
    int64_t last_at[ROWS_TEXTS];  /* and where it is */
} Rows;

/* Room for so many rows of so many numbers; it grows. */
void rows_init(Rows *rows, guint count, guint numbers);
void rows_clear(Rows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rows, rows_clear)

/* The numbers of a row, in the statement's order. */
#define ROWS_ADD(rows, ...)                                                                   \
    do {                                                                                      \
        const int64_t row_numbers[] = { __VA_ARGS__ };                                        \
        g_array_append_vals((rows)->numbers, row_numbers, G_N_ELEMENTS(row_numbers));         \
    } while (0)

/* The number for a text (NULL: none), which must stay until the statement was queued. `column` counts the texts of a row
 * from 0: what the row before had in the same one is not sent again. */
int64_t rows_text(Rows *rows, int column, const char *text);

void rows_instant(Rows *rows, Instant instant);

/* Numbers of which a row is told first and last place, counted from 1. */
typedef struct {
    int64_t first, last;
} Part;
Part rows_part(GArray *all, const void *numbers, guint count);

/* The set's numbers, as counter_set_write makes them. */
void rows_set(Rows *rows, const CounterSet *set, Part *state, Part *rolling);

#endif
