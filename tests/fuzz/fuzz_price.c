/* Fuzzes the labels of plans' prices: what is reckoned with says an amount and a period, and nothing is cut off beside it. */
#include "fuzz.h"

#include <math.h>

#include "domain/price.h"

static void check(const char *label, const Price *price)
{
    HOLDS(is_utf8(label) && isfinite(price->amount) && price->amount >= 0 && price->amount < 1e15);
    HOLDS(price->period >= WINDOW_DAY && price->period <= WINDOW_YEAR);
    HOLDS(is_utf8(price->before) && is_utf8(price->after));
    const char *digits = label + strlen(price->before);
    HOLDS(g_str_has_prefix(label, price->before) && g_ascii_isdigit(*digits));
    HOLDS(g_str_has_prefix(digits + strspn(digits, "0123456789.,"), price->after));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *label = text_of(bytes, size);
    Price price;
    if (price_read(label, &price))
        check(label, &price);
    return 0;
}
