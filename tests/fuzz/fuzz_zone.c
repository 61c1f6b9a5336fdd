/* Fuzzes compiled zone files, and the rules at their ends: the input is a file; its last line is taken for a rule too.
 * What zone.h promises must hold for any zone that was read. */
#include "fuzz.h"

#include "domain/civil.h"
#include "domain/zone.h"
#include "domain/zone_rule.h"

#define DAY_US (86400 * US_PER_S)

static void check_at(const Zone *zone, Instant at)
{
    Instant local = zone_local(zone, at), latest = zone_local_latest(zone, at), soonest = zone_local_soonest(zone, at);
    HOLDS(soonest <= local && local <= latest);
    HOLDS(ABS(local - at) <= 8 * DAY_US);
    HOLDS(zone_local_latest(zone, at + DAY_US) >= latest && zone_local_soonest(zone, at + DAY_US) >= soonest);
    Instant first = zone_first(zone, local);
    HOLDS(first <= at && zone_local_latest(zone, first) >= local && zone_local_latest(zone, first - 1) < local);
}

static void check_changes(const Zone *zone, Instant from)
{
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(Instant));
    zone_changes(zone, from, from + 800 * DAY_US, changes);
    Instant before = from - 1;
    for (guint i = 0; i < changes->len; i++) {
        Instant change = g_array_index(changes, Instant, i);
        HOLDS(change > before && change < from + 800 * DAY_US);
        HOLDS(zone_local(zone, change) - change != zone_local(zone, change - 1) - (change - 1));
        check_at(zone, change);
        before = change;
    }
}

static void check_rule(const char *text)
{
    ZoneRule rule = {0};
    if (!zone_rule_read(text, &rule))
        return;
    HOLDS(ABS(rule.standard_s) <= 168 * 3600 && ABS(rule.summer_s) <= 168 * 3600);
    for (int64_t year = 2024; rule.has_summer && year < 2028; year++) {
        /* Within a fortnight of the year that they belong to. */
        int64_t begins = civil_days((CivilDate){year, 1, 1}) * 86400, ends = begins + 366 * 86400;
        int64_t one = zone_rule_to_summer(&rule, year), other = zone_rule_to_standard(&rule, year);
        HOLDS(one > begins - 15 * 86400 && one < ends + 15 * 86400);
        HOLDS(other > begins - 15 * 86400 && other < ends + 15 * 86400);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const int64_t times_s[] = {-9000000000, -2208988800, 0, 1700000000, 1774746000, 2600000000, 32503680000};
    g_autofree char *text = text_of(bytes, size);
    const char *line = strrchr(text, '\n');
    check_rule(line ? line + 1 : text);
    g_autoptr(Zone) zone = zone_read(bytes, size);
    for (size_t i = 0; zone && i < G_N_ELEMENTS(times_s); i++) {
        check_at(zone, times_s[i] * US_PER_S);
        check_changes(zone, times_s[i] * US_PER_S);
    }
    return 0;
}
