/* Ids that processes pass to each other. */
#include "load.h"

#define LOOKS 8

static bool slot_take(PoolSlot *slot)
{
    return g_atomic_int_compare_and_exchange(&slot->taken, 0, 1);
}

static void slot_give(PoolSlot *slot)
{
    g_atomic_int_set(&slot->taken, 0);
}

static PoolSlot *slot_any(Pool *pool, GRand *random)
{
    return &pool->slots[g_rand_int_range(random, 0, POOL_SLOTS)];
}

void pool_put(Pool *pool, GRand *random, const char *id, int64_t units)
{
    PoolSlot *slot = slot_any(pool, random);
    if (!slot_take(slot))
        return;
    g_strlcpy(slot->id, id, sizeof slot->id);
    slot->units = units;
    slot_give(slot);
}

bool pool_look(Pool *pool, GRand *random, char id[ID_BYTES], int64_t *units)
{
    for (int look = 0; look < LOOKS; look++) {
        PoolSlot *slot = slot_any(pool, random);
        if (!slot_take(slot))
            continue;
        bool there = slot->id[0] != '\0';
        g_strlcpy(id, slot->id, ID_BYTES);
        *units = slot->units;
        slot_give(slot);
        if (there)
            return true;
    }
    return false;
}
