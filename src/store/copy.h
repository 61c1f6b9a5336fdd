/* Rows in the binary form that COPY FROM STDIN takes (PostgreSQL, COPY, "Binary Format"; the types' own forms as their _recv
 * functions read them). Inside the store only. */
#ifndef WEBQUOTA_COPY_H
#define WEBQUOTA_COPY_H

#include "base/instant.h"

typedef struct {
    char *bytes;
    gsize length, room;
} Copy;

void copy_init(Copy *copy);
void copy_clear(Copy *copy);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copy, copy_clear)

/* A row of so many values follows, then each of them in the order of the columns. */
void copy_row(Copy *copy, int columns);
void copy_null(Copy *copy);
void copy_smallint(Copy *copy, int value);
void copy_integer(Copy *copy, int value);
void copy_bigint(Copy *copy, int64_t value);
void copy_instant(Copy *copy, Instant instant);                          /* a timestamptz */
void copy_text(Copy *copy, const char *text);                            /* NULL: null */
void copy_jsonb(Copy *copy, const char *json);                           /* the same */
void copy_bigints(Copy *copy, const int64_t *numbers, guint count);      /* a bigint[] */

/* No more rows. */
void copy_end(Copy *copy);

#endif
