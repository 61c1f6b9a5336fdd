/* Open addressing over an array of places. The index holds numbers of places, counted from 1; a place that is given up
 * is taken again by the next newcomer, chosen by a hand that goes round and passes over what was used since it last came by. */
#include "base/shelf.h"

typedef struct {
    guint hash;
    bool taken, used;
    uint8_t length;
    char key[SHELF_KEY_MAX];
} Place;

struct Shelf {
    guint capacity, hand;
    size_t stride;
    char *places;
    guint *index; /* twice the capacity */
};

static Place *place_at(const Shelf *shelf, guint number)
{
    return (Place *)(void *)(shelf->places + number * shelf->stride);
}

static void *value_of(Place *place)
{
    return place + 1;
}

/* FNV-1a, with a last stir: the index looks at the low bits only. */
static guint hash_of(const void *key, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    const unsigned char *bytes = key;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return (guint)(hash ^ hash >> 32);
}

Shelf *shelf_new(guint capacity, size_t value_size)
{
    Shelf *shelf = g_new0(Shelf, 1);
    shelf->capacity = capacity;
    shelf->stride = (sizeof(Place) + value_size + 15) / 16 * 16;
    shelf->places = g_malloc(capacity * shelf->stride);
    shelf->index = g_new(guint, capacity * 2);
    shelf_clear(shelf);
    return shelf;
}

void shelf_clear(Shelf *shelf)
{
    memset(shelf->places, 0, shelf->capacity * shelf->stride);
    memset(shelf->index, 0, shelf->capacity * 2 * sizeof *shelf->index);
}

void shelf_free(Shelf *shelf)
{
    if (!shelf)
        return;
    g_free(shelf->places);
    g_free(shelf->index);
    g_free(shelf);
}

static guint next_of(const Shelf *shelf, guint at)
{
    return (at + 1) & (shelf->capacity * 2 - 1);
}

/* Where in the index the key is, or the empty entry where it would be. */
static guint index_find(const Shelf *shelf, guint hash, const void *key, size_t length)
{
    guint at = hash & (shelf->capacity * 2 - 1);
    for (; shelf->index[at]; at = next_of(shelf, at)) {
        const Place *place = place_at(shelf, shelf->index[at] - 1);
        if (place->hash == hash && place->length == length && memcmp(place->key, key, length) == 0)
            break;
    }
    return at;
}

/* Closes the gap: whatever could not be where it belongs because of it moves up. */
static void index_remove(Shelf *shelf, guint gap)
{
    guint mask = shelf->capacity * 2 - 1;
    shelf->index[gap] = 0;
    for (guint at = next_of(shelf, gap); shelf->index[at]; at = next_of(shelf, at)) {
        guint home = place_at(shelf, shelf->index[at] - 1)->hash & mask;
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        shelf->index[gap] = shelf->index[at];
        shelf->index[at] = 0;
        gap = at;
    }
}

void *shelf_find(Shelf *shelf, const void *key, size_t length)
{
    if (length > SHELF_KEY_MAX)
        return NULL;
    guint number = shelf->index[index_find(shelf, hash_of(key, length), key, length)];
    if (!number)
        return NULL;
    Place *place = place_at(shelf, number - 1);
    place->used = true;
    return value_of(place);
}

static void place_leave(Shelf *shelf, Place *place)
{
    index_remove(shelf, index_find(shelf, place->hash, place->key, place->length));
    memset(place, 0, shelf->stride);
}

/* A free place, if need be that of something that was not used lately. */
static guint place_take(Shelf *shelf)
{
    for (;;) {
        guint number = shelf->hand;
        Place *place = place_at(shelf, number);
        shelf->hand = (shelf->hand + 1) & (shelf->capacity - 1);
        if (place->taken && place->used) {
            place->used = false;
            continue;
        }
        if (place->taken)
            place_leave(shelf, place);
        return number;
    }
}

void *shelf_put(Shelf *shelf, const void *key, size_t length)
{
    void *there = shelf_find(shelf, key, length);
    if (there || length > SHELF_KEY_MAX)
        return there;
    guint number = place_take(shelf), hash = hash_of(key, length);
    Place *place = place_at(shelf, number);
    *place = (Place){ .hash = hash, .taken = true, .used = true, .length = (uint8_t)length };
    memcpy(place->key, key, length);
    shelf->index[index_find(shelf, hash, key, length)] = number + 1;
    return value_of(place);
}

void shelf_drop(Shelf *shelf, const void *key, size_t length)
{
    if (length > SHELF_KEY_MAX)
        return;
    guint number = shelf->index[index_find(shelf, hash_of(key, length), key, length)];
    if (number)
        place_leave(shelf, place_at(shelf, number - 1));
}
