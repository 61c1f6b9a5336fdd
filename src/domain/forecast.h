/* Pace: when a limit runs out if its use goes on as it went so far. Pure.
 *
 * The method is the plainest that the counters allow: the average rate of the window, from its start until now, goes on. What
 * is held counts as used, for most of it will be; bonus counts as left, for nobody is stopped before it is spent. Nothing else
 * is read, so a page that has the counters has the forecast.
 *
 * It is said only where the data suffice. The window has a start and an end (neither rolling nor lifetime) and lasts longer
 * than a day, for within a day it matters more when somebody gets up than how much they do; a fifth of it is over; a tenth of
 * the amount and at least FORECAST_LEAST_UNITS are taken; something is left; the limit stops somebody (neither on trial nor
 * counting on past its amount); and it is no close call: closer to the window's end than a tenth of the window nothing is said.
 *
 * tests/domain/test_forecast.c lets it forecast thousands of weeks and months with a rhythm of days and weekends, and holds
 * it to this: of months 95 % are told rightly whether they run out, and of those that do, 85 % when, to within a tenth of the
 * month; of weeks 82 % and 68 %. tests/integration/test_pace.c does the same with a month of recorded decisions. */
#ifndef WEBQUOTA_FORECAST_H
#define WEBQUOTA_FORECAST_H

#include "domain/usage.h"

#define FORECAST_LEAST_UNITS 3
#define FORECAST_LEAST_WINDOW_US (36 * 3600 * US_PER_S)

typedef enum {
    FORECAST_NONE,    /* too little is known, it is a close call, or nothing can run out */
    FORECAST_LASTS,   /* until the window ends */
    FORECAST_RUNS_OUT /* before */
} ForecastKind;

typedef struct {
    ForecastKind kind;
    Instant at; /* when it runs out; INSTANT_MAX unless FORECAST_RUNS_OUT */
} Forecast;

/* `line` finished (usage_line_finish), with its figures as they are at `now`. */
Forecast forecast_pace(const UsageLine *line, Instant now);

#endif
