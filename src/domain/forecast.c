/* The pace of a limit: what was taken since the window began, over the time that took. Doubles hold both exactly: units stay
 * below 2^53, and so do the microseconds of any window. */
#include "domain/forecast.h"

#define PASSED_OF 5 /* one in five of the window must be over */
#define TAKEN_OF 10 /* one in ten of the amount taken */
#define CLOSE_OF 10 /* and its end farther than one in ten from when it runs out */

static bool can_run_out(const UsageLine *line)
{
    const Limit *limit = line->limit;
    return limit && line->amount != AMOUNT_UNLIMITED && line->remaining > 0 && limit->mode == MODE_ENFORCE &&
           limit->on_exceed != EXCEED_ALLOW && limit->window.align != ALIGN_ROLLING && limit->window.unit != WINDOW_LIFETIME;
}

static bool enough_is_known(const UsageLine *line, int64_t taken, Instant now)
{
    Instant length = line->window.end - line->window.start, passed = now - line->window.start;
    return length >= FORECAST_LEAST_WINDOW_US && now < line->window.end && passed >= length / PASSED_OF &&
           taken >= FORECAST_LEAST_UNITS && taken >= line->amount / TAKEN_OF;
}

Forecast forecast_pace(const UsageLine *line, Instant now)
{
    Forecast forecast = {FORECAST_NONE, INSTANT_MAX};
    if (!can_run_out(line))
        return forecast;
    int64_t taken = MAX(line->used, 0) + MAX(line->held, 0);
    if (!enough_is_known(line, taken, now))
        return forecast;
    double close = (double)(line->window.end - line->window.start) / CLOSE_OF, ends = (double)(line->window.end - now);
    double runs_out = (double)(now - line->window.start) / (double)taken * (double)line->remaining;
    if (runs_out > ends + close)
        forecast.kind = FORECAST_LASTS;
    else if (runs_out < ends - close)
        forecast = (Forecast){FORECAST_RUNS_OUT, now + (Instant)runs_out};
    return forecast;
}
