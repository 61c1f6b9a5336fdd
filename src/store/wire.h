/* Values in PostgreSQL's binary form: what the _recv functions of their types read. Each function writes at `at`, where there
 * must be room, and returns the place behind. Inside the store only. */
#ifndef WEBQUOTA_WIRE_H
#define WEBQUOTA_WIRE_H

#include "base/instant.h"

#define WIRE_OID_BIGINT 20
#define WIRE_OID_TEXT 25
#define WIRE_OID_TIMESTAMPTZ 1184
#define WIRE_BIGINT 12      /* bytes of a number with its length before it */
#define WIRE_ARRAY_HEADER 20

static inline char *wire_int16(char *at, int value)
{
    uint16_t big_endian = GUINT16_TO_BE((uint16_t)value);
    memcpy(at, &big_endian, sizeof big_endian);
    return at + sizeof big_endian;
}

static inline char *wire_int32(char *at, int64_t value)
{
    uint32_t big_endian = GUINT32_TO_BE((uint32_t)value);
    memcpy(at, &big_endian, sizeof big_endian);
    return at + sizeof big_endian;
}

/* With its length. */
static inline char *wire_bigint(char *at, int64_t value)
{
    uint64_t big_endian = GUINT64_TO_BE((uint64_t)value);
    at = wire_int32(at, sizeof value);
    memcpy(at, &big_endian, sizeof big_endian);
    return at + sizeof big_endian;
}

/* PostgreSQL counts from 2000; INSTANT_MIN and INSTANT_MAX are its infinities. */
static inline int64_t wire_instant(Instant instant)
{
    const int64_t from_1970_to_2000 = INT64_C(946684800) * US_PER_S;
    return instant == INSTANT_MIN || instant == INSTANT_MAX ? instant : instant - from_1970_to_2000;
}

/* What stands before the elements of an array (array_send in PostgreSQL's arrayfuncs.c): how many dimensions, whether there are
 * nulls, the type of the elements, then for the dimension its length and first index. Each element has its length before it. */
static inline char *wire_array(char *at, guint count, bool nulls, int type)
{
    at = wire_int32(at, count ? 1 : 0);
    at = wire_int32(at, nulls);
    at = wire_int32(at, type);
    return count ? wire_int32(wire_int32(at, count), 1) : at;
}

/* How long an array of so many bigints is. */
static inline gsize wire_array_bytes(guint count)
{
    return count ? WIRE_ARRAY_HEADER + (gsize)count * WIRE_BIGINT : WIRE_ARRAY_HEADER - 8;
}

#endif
