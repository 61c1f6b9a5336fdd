/* A zone is a list of changes, each an instant and the offset from then on, and before the first of
 * them the first offset. Rules for the years to come are written out for one Gregorian cycle of
 * 400 years, after which dates and weekdays repeat; later instants are folded back into it.
 */
#include "domain/zone.h"
#include "domain/civil.h"
#include "domain/zone_rule.h"

#define HOUR_US (3600 * US_PER_S)
#define DAY_US (24 * HOUR_US)
#define CYCLE_YEARS 400
#define CYCLE_US (INT64_C(146097) * DAY_US)
#define FARTHEST_S INT64_C(1000000000000) /* zone files begin before the world did */
#define OFFSET_MAX_US (26 * HOUR_US)      /* RFC 8536, section 3.2: -25:59:59 to +26 h */

typedef struct {
    Instant at;
    int64_t offset_us;
} Change;

struct Zone {
    int64_t first_offset_us;
    GArray *changes;    /* of Change; ascending, each to another offset than before */
    Instant cycle_from; /* from here on the changes repeat every CYCLE_US; INSTANT_MAX: there are none */
};

static Zone *zone_new(int64_t first_offset_us)
{
    Zone *zone = g_new(Zone, 1);
    *zone = (Zone){first_offset_us, g_array_new(FALSE, FALSE, sizeof(Change)), INSTANT_MAX};
    return zone;
}

Zone *zone_fixed(int64_t offset_s)
{
    return zone_new(offset_s * US_PER_S);
}

void zone_free(Zone *zone)
{
    if (!zone)
        return;
    g_array_unref(zone->changes);
    g_free(zone);
}

/* --- reading --- */

typedef struct {
    const uint8_t *at;
    size_t left;
} Bytes;

typedef struct {
    char version;
    size_t utc_flags, standard_flags, leaps, changes, types, letters; /* in the file's order */
} Header;

#define HEADER_BYTES 44
#define TYPE_BYTES 6

static int64_t big_endian(const uint8_t *bytes, int count)
{
    uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

/* The next `len` bytes, or NULL when there are not so many. */
static const uint8_t *bytes_take(Bytes *bytes, size_t len)
{
    if (len > bytes->left)
        return NULL;
    const uint8_t *taken = bytes->at;
    bytes->at += len;
    bytes->left -= len;
    return taken;
}

static bool header_read(Bytes *bytes, Header *out)
{
    const uint8_t *head = bytes_take(bytes, HEADER_BYTES);
    if (!head || memcmp(head, "TZif", 4) != 0 || head[4] < '2')
        return false;
    size_t *counts[] = {&out->utc_flags, &out->standard_flags, &out->leaps, &out->changes, &out->types, &out->letters};
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
        *counts[i] = (size_t)(big_endian(head + 20 + 4 * i, 4) & 0xffffffff);
    out->version = (char)head[4];
    return true;
}

static size_t body_bytes(const Header *header, size_t time_bytes)
{
    return header->changes * (time_bytes + 1) + header->types * TYPE_BYTES + header->letters +
           header->leaps * (time_bytes + 4) + header->standard_flags + header->utc_flags;
}

static void append_change(Zone *zone, Instant at, int64_t offset_us)
{
    GArray *changes = zone->changes;
    int64_t before = changes->len ? g_array_index(changes, Change, changes->len - 1).offset_us : zone->first_offset_us;
    if (offset_us != before)
        g_array_append_val(changes, ((Change){at, offset_us}));
}

/* The changes that the file lists. *last_s: the last of them, also one that changed a name only. */
static Zone *read_listed(const Header *header, const uint8_t *body, int64_t *last_s)
{
    const uint8_t *indexes = body + header->changes * 8;
    const uint8_t *types = indexes + header->changes;
    for (size_t i = 0; i < header->types; i++)
        if (ABS(big_endian(types + i * TYPE_BYTES, 4)) * US_PER_S > OFFSET_MAX_US)
            return NULL;
    g_autoptr(Zone) zone = zone_new(big_endian(types, 4) * US_PER_S);
    *last_s = INT64_MIN;
    for (size_t i = 0; i < header->changes; i++) {
        int64_t at_s = big_endian(body + i * 8, 8);
        if (indexes[i] >= header->types || (i > 0 && at_s <= *last_s) || at_s > FARTHEST_S)
            return NULL;
        *last_s = at_s;
        append_change(zone, MAX(at_s, -FARTHEST_S) * US_PER_S, big_endian(types + indexes[i] * TYPE_BYTES, 4) * US_PER_S);
    }
    return g_steal_pointer(&zone);
}

static gint change_order(gconstpointer left, gconstpointer right)
{
    Instant a = ((const Change *)left)->at, b = ((const Change *)right)->at;
    return (a > b) - (a < b);
}

/* Writes the rule out from the year of the last listed change on. Where a rule means summer time
 * all year, both changes fall on one instant and the one to summer time counts. */
static void add_rule(Zone *zone, const ZoneRule *rule, int64_t last_s)
{
    int64_t first_year = last_s < -FARTHEST_S ? 1900 : civil_date(floor_divide(last_s, 86400)).year;
    g_autoptr(GArray) planned = g_array_new(FALSE, FALSE, sizeof(Change));
    for (int64_t year = first_year - 1; year <= first_year + CYCLE_YEARS + 3; year++) {
        Change to_standard = {zone_rule_to_standard(rule, year) * US_PER_S, rule->standard_s * US_PER_S};
        Change to_summer = {zone_rule_to_summer(rule, year) * US_PER_S, rule->summer_s * US_PER_S};
        g_array_append_val(planned, to_standard);
        g_array_append_val(planned, to_summer);
    }
    g_array_sort(planned, change_order);
    for (guint i = 0; i < planned->len; i++) {
        Change *change = &g_array_index(planned, Change, i);
        bool overtaken = i + 1 < planned->len && change[1].at == change->at;
        if (!overtaken && change->at > MAX(last_s, -FARTHEST_S) * US_PER_S)
            append_change(zone, change->at, change->offset_us);
    }
    zone->cycle_from = civil_days((CivilDate){first_year + 2, 1, 1}) * 24 * HOUR_US;
}

Zone *zone_read(const uint8_t *data, size_t len)
{
    Bytes bytes = {data, len};
    Header header;
    if (!header_read(&bytes, &header) || !bytes_take(&bytes, body_bytes(&header, 4)) || !header_read(&bytes, &header))
        return NULL;
    const uint8_t *body = bytes_take(&bytes, body_bytes(&header, 8));
    if (!body || header.types == 0 || header.leaps != 0 || bytes.left < 2 || bytes.at[0] != '\n')
        return NULL;
    const uint8_t *end = memchr(bytes.at + 1, '\n', bytes.left - 1);
    int64_t last_s;
    g_autoptr(Zone) zone = end ? read_listed(&header, body, &last_s) : NULL;
    if (!zone)
        return NULL;
    g_autofree char *text = g_strndup((const char *)bytes.at + 1, (gsize)(end - bytes.at - 1));
    ZoneRule rule;
    if (*text && !zone_rule_read(text, &rule))
        return NULL;
    if (*text && rule.has_summer)
        add_rule(zone, &rule, last_s);
    return g_steal_pointer(&zone);
}

/* --- asking --- */

/* How far a time has to go back to fall into the cycle that is written out. */
static int64_t fold(const Zone *zone, Instant time)
{
    return time < zone->cycle_from ? 0 : (time - zone->cycle_from) / CYCLE_US * CYCLE_US;
}

/* The number of changes at or before `at`. */
static guint changes_until(const Zone *zone, Instant at)
{
    guint low = 0, high = zone->changes->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(zone->changes, Change, middle).at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const Change *change_at(const Zone *zone, guint index)
{
    return &g_array_index(zone->changes, Change, index);
}

/* The offset after so many changes. */
static int64_t offset_after(const Zone *zone, guint changes)
{
    return changes == 0 ? zone->first_offset_us : change_at(zone, changes - 1)->offset_us;
}

Instant zone_local(const Zone *zone, Instant at)
{
    return at + offset_after(zone, changes_until(zone, at - fold(zone, at)));
}

Instant zone_local_latest(const Zone *zone, Instant at)
{
    int64_t folded = fold(zone, at);
    at -= folded;
    guint passed = changes_until(zone, at);
    Instant latest = at + offset_after(zone, passed);
    for (; passed > 0 && change_at(zone, passed - 1)->at > at - 2 * OFFSET_MAX_US; passed--)
        latest = MAX(latest, change_at(zone, passed - 1)->at - 1 + offset_after(zone, passed - 1));
    return latest + folded;
}

Instant zone_local_soonest(const Zone *zone, Instant at)
{
    int64_t folded = fold(zone, at);
    at -= folded;
    guint passed = changes_until(zone, at);
    Instant soonest = at + offset_after(zone, passed);
    for (; passed < zone->changes->len && change_at(zone, passed)->at < at + 2 * OFFSET_MAX_US; passed++)
        soonest = MIN(soonest, change_at(zone, passed)->at + offset_after(zone, passed + 1));
    return soonest + folded;
}

Instant zone_first(const Zone *zone, Instant local)
{
    int64_t folded = fold(zone, local);
    local -= folded;
    guint passed = changes_until(zone, local - OFFSET_MAX_US);
    while (passed < zone->changes->len && change_at(zone, passed)->at + offset_after(zone, passed) <= local)
        passed++;
    Instant at = local - offset_after(zone, passed);
    if (passed > 0)
        at = MAX(at, change_at(zone, passed - 1)->at);
    return at + folded;
}

bool zone_instant(const char *text, GTimeZone *zone, DayEdge edge, Instant *out)
{
    Instant at, first, last;
    if (!instant_parse(text, &at))
        return false;
    *out = at;
    if (!instant_is_date(text))
        return true;
    first = civil_days((CivilDate){1, 1, 1}) * DAY_US;
    last = civil_days((CivilDate){10000, 1, 1}) * DAY_US - US_PER_S;
    *out = CLAMP(zone_first(zone_of(zone), edge == DAY_ENDS ? at + DAY_US : at), first, last);
    return true;
}

void zone_changes(const Zone *zone, Instant from, Instant until, GArray *changes)
{
    int64_t folded = fold(zone, from);
    for (guint i = changes_until(zone, from - folded - 1); i < zone->changes->len; i++) {
        Instant at = change_at(zone, i)->at + folded;
        if (at >= until)
            break;
        g_array_append_val(changes, at);
    }
}
