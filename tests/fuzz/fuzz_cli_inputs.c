/* Fuzzes values of the command line's options: what is taken is in range, what is not is complained of once. */
#include "fuzz.h"

#include <math.h>
#include <stdarg.h>

#include "base/parse.h"
#include "cli/inputs.h"
#include "cli/open.h"

static int complaints;

/* Instead of the one that prints. */
int cli_usage(const char *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    HOLDS(*command && *text);
    complaints++;
    return CMD_USAGE;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size);
    double real = -1;
    int64_t whole = -1;
    Instant at = 7;
    complaints = 0;
    int taken = cli_real("x", "--multiplier", text, 1000, &real);
    HOLDS(real == -1 || (isfinite(real) && real > 0 && real <= 1000));
    taken += cli_whole("x", "--units", text, 1, UNITS_MAX, &whole);
    HOLDS(whole == -1 || (whole >= 1 && whole <= UNITS_MAX));
    HOLDS(whole == -1 || whole > 1000 || real == (double)whole);
    taken += cli_instant("x", "--expires", text, DAY_ENDS, &at);
    taken += cli_text("x", "--reason", text, 0, 500);
    taken += cli_owner("x", text, NULL, false);
    HOLDS(taken + complaints == 5);
    return 0;
}
