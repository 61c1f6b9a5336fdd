/* Days and dates of the proleptic Gregorian calendar, for any year. Days are counted from 1970-01-01. */
#ifndef WEBQUOTA_CIVIL_H
#define WEBQUOTA_CIVIL_H

#include "base/base.h"

typedef struct {
    int64_t year;
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
} CivilDate;

int64_t civil_days(CivilDate date);
CivilDate civil_date(int64_t days);
int civil_month_length(int64_t year, int month);

/* Months later (or earlier); a day that the month does not have becomes its last. */
CivilDate civil_add_months(CivilDate date, int64_t months);

/* Division that rounds down, for times before 1970; `by` is positive. */
int64_t floor_divide(int64_t value, int64_t by);

#endif
