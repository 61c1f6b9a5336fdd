/* Zones: which names there are, files that are damaged or wrong, the rules at their end, and the dates they
 * are reckoned with. What the zones' clocks show is held against the C library's in test_window.c. */
#include "domain/civil.h"
#include "domain/window.h"
#include "domain/zone.h"
#include "domain/zone_rule.h"

#include <check.h>

/* Check writes a mark for each assertion: dear in a loop of millions. */
#define REQUIRE(holds, ...)        \
    do {                           \
        if (!(holds))              \
            ck_abort_msg(__VA_ARGS__); \
    } while (0)

#define MINUTE (60 * US_PER_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static Instant at(const char *text)
{
    Instant instant;
    ck_assert_msg(instant_parse(text, &instant), "not an instant: %s", text);
    return instant;
}

START_TEST(zone_names)
{
    static const char *const good[] = {"UTC", "America/New_York", "Etc/GMT+5", "EST5EDT", "America/Port-au-Prince", "GMT0",
                                       "America/Argentina/Buenos_Aires", "Asia/Kathmandu", "Zulu"};
    static const char *const bad[] = {"", "/", "../etc/passwd", "/etc/localtime", "/usr/share/zoneinfo/UTC", "XYZ5", "EST5",
                                      "America", "America/", "UTC/", "America//New_York", "America/../UTC", "./UTC",
                                      "posix/UTC", "right/UTC", "posixrules", "localtime", "zone.tab", "leapseconds",
                                      "tzdata.zi", "+02:00",
                                      "-5", "utc+2", "Europe/Budapest ", " UTC", "america/new_york", "No/Such_Zone", ":UTC",
                                      "UTC\n", "Europe/Buda\xc3\xa9", "EST5EDT,M3.2.0,M11.1.0", "<-03>3"};
    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        ck_assert_msg(zone_find(good[i]) != NULL, "%s", good[i]);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(zone_find(bad[i]) == NULL, "%s", bad[i]);
    ck_assert_ptr_null(zone_find(NULL));
    ck_assert_ptr_eq(zone_find("Europe/Budapest"), zone_find("Europe/Budapest"));
    g_autofree char *endless = g_strnfill(100000, 'A');
    ck_assert_ptr_null(zone_find(endless));
}
END_TEST

typedef struct {
    uint8_t *bytes;
    gsize len;
} File;

static File file_read(const char *name)
{
    File file;
    g_autofree char *path = g_build_filename("/usr/share/zoneinfo", name, NULL);
    char *contents;
    ck_assert(g_file_get_contents(path, &contents, &file.len, NULL));
    file.bytes = (uint8_t *)contents;
    return file;
}

/* A zone file of our own: one type an hour east and one UTC, `leaps` leap seconds (or what stands for them), the
 * changes to the types given, and a rule. */
static GByteArray *file_make(uint8_t types, uint8_t leaps, const uint8_t *changes_to, uint8_t changes, int step_s,
                             const char *rule)
{
    GByteArray *file = g_byte_array_new();
    uint8_t header[44] = {'T', 'Z', 'i', 'f', '2'};
    g_byte_array_append(file, header, sizeof header);
    header[31] = leaps;
    header[35] = changes;
    header[39] = types;
    g_byte_array_append(file, header, sizeof header);
    for (int i = 0; i < changes; i++) {
        int64_t at_s = GINT64_TO_BE(1000000 + (int64_t)i * step_s);
        g_byte_array_append(file, (const uint8_t *)&at_s, sizeof at_s);
    }
    g_byte_array_append(file, changes_to, changes);
    static const uint8_t both[12] = {0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0};
    g_byte_array_append(file, both, (guint)types * 6);
    for (int i = 0; i < leaps * 12; i++)
        g_byte_array_append(file, header + 20, 1);
    g_autofree char *footer = g_strconcat("\n", rule, "\n", NULL);
    g_byte_array_append(file, (const uint8_t *)footer, (guint)strlen(footer));
    return file;
}

static Zone *zone_made(uint8_t types, uint8_t leaps, const uint8_t *changes_to, uint8_t changes, int step_s,
                       const char *rule)
{
    g_autoptr(GByteArray) file = file_make(types, leaps, changes_to, changes, step_s, rule);
    return zone_read(file->data, file->len);
}

START_TEST(zone_files_that_are_wrong)
{
    static const uint8_t east_utc[] = {1, 0, 1}, beyond[] = {1, 2};
    g_autoptr(Zone) good = zone_made(2, 0, east_utc, 3, 100, "UTC0");
    ck_assert_ptr_nonnull(good);
    ck_assert_int_eq(zone_local(good, 999999 * US_PER_S), 1003599 * US_PER_S);
    ck_assert_int_eq(zone_local(good, 1000000 * US_PER_S), 1000000 * US_PER_S);
    ck_assert_int_eq(zone_local(good, 1000100 * US_PER_S), 1003700 * US_PER_S);
    ck_assert_ptr_null(zone_made(2, 1, east_utc, 3, 100, "UTC0")); /* leap seconds */
    ck_assert_ptr_null(zone_made(0, 0, NULL, 0, 100, "UTC0"));
    ck_assert_ptr_null(zone_made(2, 0, beyond, 2, 100, "UTC0"));
    ck_assert_ptr_null(zone_made(2, 0, east_utc, 3, 0, "UTC0")); /* all at once */
    ck_assert_ptr_null(zone_made(2, 0, east_utc, 3, -100, "UTC0"));
    ck_assert_ptr_null(zone_made(2, 0, east_utc, 3, 100, "UTC"));
    g_autoptr(Zone) without_rule = zone_made(2, 0, east_utc, 3, 100, "");
    ck_assert_ptr_nonnull(without_rule);
}
END_TEST

/* RFC 8536, section 3.3.1: summer time all year. */
START_TEST(summer_time_that_never_ends)
{
    static const uint8_t none[1];
    g_autoptr(Zone) zone = zone_made(1, 0, none, 0, 0, "XXX3EDT4,0/0,J365/23");
    ck_assert_ptr_nonnull(zone);
    for (Instant now = at("2019-12-31"); now < at("2029-01-10"); now += 30 * MINUTE)
        REQUIRE(zone_local(zone, now) == now - 4 * HOUR, "at %s", instant_text(now));
}
END_TEST

/* Whatever is cut off or changed: read as another zone or refused, never a crash (run under sanitizers too). */
START_TEST(zone_files_that_are_damaged)
{
    File file = file_read("America/Havana");
    for (gsize len = 0; len < file.len; len++) {
        g_autofree uint8_t *shorter = g_memdup2(file.bytes, len);
        REQUIRE(!zone_read(shorter, len), "%zu bytes", len);
    }
    for (gsize i = 0; i < file.len; i++) {
        static const uint8_t marks[] = {0x01, 0x80, 0xff};
        for (guint m = 0; m < G_N_ELEMENTS(marks); m++) {
            file.bytes[i] ^= marks[m];
            g_autoptr(Zone) zone = zone_read(file.bytes, file.len);
            REQUIRE(!zone || zone_first(zone, zone_local_latest(zone, 0)) <= 0, "byte %zu", i);
            file.bytes[i] ^= marks[m];
        }
    }
    g_autoptr(Zone) whole = zone_read(file.bytes, file.len);
    ck_assert_ptr_nonnull(whole);
    g_free(file.bytes);
}
END_TEST

START_TEST(rules)
{
    static const struct {
        const char *text, *to_summer, *to_standard; /* in 2028; NULL: no summer time */
    } good[] = {
        {"UTC0", NULL, NULL},
        {"<-02>2", NULL, NULL},
        {"EST5EDT,M3.2.0,M11.1.0", "2028-03-12T07:00:00Z", "2028-11-05T06:00:00Z"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2028-10-29T01:00:00Z", "2028-03-26T01:00:00Z"},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2028-09-30T15:30:00Z", "2028-04-01T15:00:00Z"},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2028-03-26T01:00:00Z", "2028-10-29T01:00:00Z"},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2028-03-25T00:00:00Z", "2028-10-27T23:00:00Z"},
        {"AAA0BBB,J60/0,J365/24:00:01", "2028-03-01T00:00:00Z", "2028-12-31T23:00:01Z"},
        {"AAA0BBB,59/0,365/1", "2028-02-29T00:00:00Z", "2028-12-31T00:00:00Z"},
    };
    static const char *const bad[] = {"", "E5", "EST", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,M11.1.0,",
                                      "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
                                      "EST5EDT,M0.2.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,J0,J1", "EST5EDT,J366,J1",
                                      "EST5EDT,366,1", "EST25", "EST5:60", "<EST5", "EST5EDT,M3.2.0/168,M11.1.0",
                                      "EST99999999999"};
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        ZoneRule rule;
        ck_assert_msg(zone_rule_read(good[i].text, &rule), "%s", good[i].text);
        ck_assert_int_eq(rule.has_summer, good[i].to_summer != NULL);
        if (!rule.has_summer)
            continue;
        ck_assert_msg(zone_rule_to_summer(&rule, 2028) * US_PER_S == at(good[i].to_summer), "%s", good[i].text);
        ck_assert_msg(zone_rule_to_standard(&rule, 2028) * US_PER_S == at(good[i].to_standard), "%s", good[i].text);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        ZoneRule rule;
        ck_assert_msg(!zone_rule_read(bad[i], &rule), "%s", bad[i]);
    }
}
END_TEST

START_TEST(dates_of_every_day)
{
    CivilDate date = {-1, 12, 31};
    int64_t days = civil_days(date);
    while (date.year < 2801) {
        if (++date.day > civil_month_length(date.year, date.month)) {
            date.day = 1;
            date.month = date.month % 12 + 1;
            date.year += date.month == 1;
        }
        CivilDate got = civil_date(++days);
        REQUIRE(got.year == date.year && got.month == date.month && got.day == date.day, "day %" PRId64, days);
        REQUIRE(civil_days(date) == days, "day %" PRId64, days);
    }
    ck_assert_int_eq(civil_days((CivilDate){1970, 1, 1}), 0);
    ck_assert_int_eq(civil_days((CivilDate){2026, 3, 15}), at("2026-03-15") / DAY);
}
END_TEST

/* Days as windows have them: through changes of clocks, midnights that do not exist or happen twice, and a day that was skipped. */
START_TEST(a_date_is_a_day_of_the_zone)
{
    static const struct {
        const char *zone, *date, *begins, *ends;
    } cases[] = {
        {"America/New_York", "2027-01-31", "2027-01-31T05:00:00Z", "2027-02-01T05:00:00Z"},
        {"America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
        {"America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
        {"Asia/Tokyo", "2027-01-31", "2027-01-30T15:00:00Z", "2027-01-31T15:00:00Z"},
        {"Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
        {"Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"},
        {"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
        {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
        {"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
        {"America/New_York", "9999-12-31", "9999-12-31T05:00:00Z", "9999-12-31T23:59:59Z"},
        {"Asia/Tokyo", "0001-01-01", "0001-01-01T00:00:00Z", "0001-01-01T14:41:01Z"},
        {"America/New_York", "2027-01-31T00:00:00Z", "2027-01-31T00:00:00Z", "2027-01-31T00:00:00Z"},
        {NULL, "2027-01-31", "2027-01-31T00:00:00Z", "2027-02-01T00:00:00Z"},
    };
    const WindowSpec day = {.unit = WINDOW_DAY, .count = 1, .week_starts = 1};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GTimeZone *zone = zone_find(cases[i].zone);
        Instant begins, ends;
        ck_assert(zone_instant(cases[i].date, zone, DAY_BEGINS, &begins) && zone_instant(cases[i].date, zone, DAY_ENDS, &ends));
        g_autofree char *from = instant_text_exact(begins), *until = instant_text_exact(ends);
        ck_assert_msg(strcmp(from, cases[i].begins) == 0 && strcmp(until, cases[i].ends) == 0, "%s %s: %s to %s", cases[i].zone,
                      cases[i].date, from, until);
        Window window = window_at(&day, zone, 0, begins);
        if (instant_is_date(cases[i].date) && begins < ends && g_str_has_prefix(cases[i].date, "2"))
            ck_assert_msg(window.start == begins && window.end == ends, "%s %s", cases[i].zone, cases[i].date);
    }
    Instant kept = 7;
    ck_assert(!zone_instant("2027-02-29", NULL, DAY_ENDS, &kept) && !zone_instant("tomorrow", NULL, DAY_BEGINS, &kept) && kept == 7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zone");
    TCase *cases = tcase_create("zone");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, zone_names);
    tcase_add_test(cases, zone_files_that_are_wrong);
    tcase_add_test(cases, summer_time_that_never_ends);
    tcase_add_test(cases, zone_files_that_are_damaged);
    tcase_add_test(cases, rules);
    tcase_add_test(cases, dates_of_every_day);
    tcase_add_test(cases, a_date_is_a_day_of_the_zone);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
