/* Every value has its length before it; all numbers have their first byte first. */
#include "store/copy.h"

#include "store/wire.h"

#define HEADER "PGCOPY\n\377\r\n\0"
#define JSONB_VERSION 1

/* Room for so many bytes more, which are written at what is returned. */
static char *more(Copy *copy, gsize bytes)
{
    if (copy->length + bytes > copy->room) {
        copy->room = MAX(2 * copy->room, copy->length + bytes);
        copy->bytes = g_realloc(copy->bytes, copy->room);
    }
    char *at = copy->bytes + copy->length;
    copy->length += bytes;
    return at;
}

void copy_init(Copy *copy)
{
    *copy = (Copy){0};
    char *at = more(copy, sizeof HEADER - 1 + 8);
    memcpy(at, HEADER, sizeof HEADER - 1);
    wire_int32(wire_int32(at + sizeof HEADER - 1, 0), 0); /* no flags, no extension */
}

void copy_clear(Copy *copy)
{
    g_free(copy->bytes);
    *copy = (Copy){0};
}

void copy_row(Copy *copy, int columns)
{
    wire_int16(more(copy, 2), columns);
}

void copy_end(Copy *copy)
{
    wire_int16(more(copy, 2), -1);
}

void copy_null(Copy *copy)
{
    wire_int32(more(copy, 4), -1);
}

void copy_smallint(Copy *copy, int value)
{
    wire_int16(wire_int32(more(copy, 6), 2), value);
}

void copy_integer(Copy *copy, int value)
{
    wire_int32(wire_int32(more(copy, 8), 4), value);
}

void copy_bigint(Copy *copy, int64_t value)
{
    wire_bigint(more(copy, WIRE_BIGINT), value);
}

void copy_instant(Copy *copy, Instant instant)
{
    wire_bigint(more(copy, WIRE_BIGINT), wire_instant(instant));
}

void copy_text(Copy *copy, const char *text)
{
    if (!text) {
        copy_null(copy);
        return;
    }
    gsize length = strlen(text);
    memcpy(wire_int32(more(copy, 4 + length), (int64_t)length), text, length);
}

void copy_jsonb(Copy *copy, const char *json)
{
    if (!json) {
        copy_null(copy);
        return;
    }
    gsize length = strlen(json);
    char *at = wire_int32(more(copy, 5 + length), (int64_t)length + 1);
    *at++ = JSONB_VERSION;
    memcpy(at, json, length);
}

void copy_bigints(Copy *copy, const int64_t *numbers, guint count)
{
    gsize length = wire_array_bytes(count);
    char *at = wire_array(wire_int32(more(copy, 4 + length), (int64_t)length), count, false, WIRE_OID_BIGINT);
    for (guint i = 0; i < count; i++)
        at = wire_bigint(at, numbers[i]);
}
