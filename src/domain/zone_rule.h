/* The rule at the end of a zone file: POSIX TZ, as RFC 8536 section 3.3 extends it. Private to zones. */
#ifndef WEBQUOTA_ZONE_RULE_H
#define WEBQUOTA_ZONE_RULE_H

#include "base/base.h"

typedef struct {
    char form;      /* 'M': day `day` (0 Sunday) of week `week` (5: the last) of `month`; 'J': day 1 to 365 of the
                       year, February 29 left out; 'D': day 0 to 365 */
    int month, week, day;
    int64_t time_s; /* after local midnight; may be negative or more than a day */
} ZoneChange;

typedef struct {
    int64_t standard_s, summer_s; /* offsets from UTC, east positive */
    bool has_summer;
    ZoneChange to_summer, to_standard;
} ZoneRule;

/* Reads `text` whole. Returns false when it is not such a rule. */
bool zone_rule_read(const char *text, ZoneRule *out) MUST_CHECK;

/* Seconds since 1970 (UTC) of the year's changes. Needs has_summer. */
int64_t zone_rule_to_summer(const ZoneRule *rule, int64_t year);
int64_t zone_rule_to_standard(const ZoneRule *rule, int64_t year);

#endif
