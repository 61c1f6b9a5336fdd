/* A shelf: a table of a fixed number of values by key. All its memory is taken and touched when it is made, so that it
 * never grows; when it is full, what was not used lately makes room. Not thread-safe. */
#ifndef WEBQUOTA_SHELF_H
#define WEBQUOTA_SHELF_H

#include "base/base.h"

#define SHELF_KEY_MAX 64

typedef struct Shelf Shelf;

/* `capacity`: a power of two. Values are `value_size` bytes, zeroed when new. */
Shelf *shelf_new(guint capacity, size_t value_size);
void shelf_free(Shelf *shelf); /* NULL is fine */

/* The value, valid until the next shelf_put; NULL: there is none. */
void *shelf_find(Shelf *shelf, const void *key, size_t length);

/* The value, made if need be; NULL when the key is longer than SHELF_KEY_MAX. */
void *shelf_put(Shelf *shelf, const void *key, size_t length);

void shelf_clear(Shelf *shelf);
void shelf_drop(Shelf *shelf, const void *key, size_t length);

#endif
