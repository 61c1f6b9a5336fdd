/* Days and dates. Years are taken to begin in March, so that the leap day is the last of its year
 * and the lengths of the months follow one line: (153 * month + 2) / 5. GLib's GDate knows
 * no year before 1, and windows are cut there too. */
#include "base/civil.h"

#define DAYS_IN_400_YEARS 146097
#define MARCH_1_OF_YEAR_0 719468 /* days before 1970-01-01 */

int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

int64_t civil_days(CivilDate date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
    return era * DAYS_IN_400_YEARS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           MARCH_1_OF_YEAR_0;
}

CivilDate civil_date(int64_t days)
{
    days += MARCH_1_OF_YEAR_0;
    int64_t era = floor_divide(days, DAYS_IN_400_YEARS);
    int64_t day_of_era = days - era * DAYS_IN_400_YEARS;
    int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (year * 365 + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    CivilDate date = {.day = (int)(day_of_year - (153 * month + 2) / 5 + 1), .month = (int)((month + 2) % 12 + 1)};
    date.year = era * 400 + year + (date.month <= 2);
    return date;
}

int civil_month_length(int64_t year, int month)
{
    if (month == 2)
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

CivilDate civil_add_months(CivilDate date, int64_t months)
{
    int64_t total = date.year * 12 + date.month - 1 + months;
    date.year = floor_divide(total, 12);
    date.month = (int)(total - date.year * 12) + 1;
    date.day = MIN(date.day, civil_month_length(date.year, date.month));
    return date;
}
