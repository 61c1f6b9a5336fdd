/* How long the parts of a meter are. Rounding keeps two promises that people read from a bar: something used
 * is seen, however little, and a bar with room in it is not full. */
#include "view/meter.h"

#include "base/text.h"

#define WHOLE 1000

/* units of total in thousandths, seen when it is not nothing. Doubles hold units up to 2^53 - 1 exactly. */
static int part_of(int64_t units, double total)
{
    if (units <= 0)
        return 0;
    int length = (int)MIN((double)units / total * WHOLE, (double)WHOLE);
    return MAX(length, METER_LEAST);
}

bool meter_of(const UsageLine *line, Meter *meter)
{
    if (!line->limit || line->amount == AMOUNT_UNLIMITED)
        return false;
    int64_t bonus = MAX(line->bonus, 0);
    double total = (double)line->amount + (double)bonus;
    if (total <= 0)
        return false;
    int64_t used = CLAMP(line->used, 0, line->amount);
    int64_t held = CLAMP(line->held, 0, line->amount - used);
    bool room = used + held < line->amount;

    *meter = (Meter){ .used = part_of(used, total), .held = part_of(held, total), .bonus = part_of(bonus, total) };
    /* What was made longer to be seen is taken back from the longest part. */
    int over = meter->used + meter->held + meter->bonus - (WHOLE - (room ? METER_LEAST : 0));
    if (over > 0) {
        int *longest = &meter->used;
        if (meter->held > *longest)
            longest = &meter->held;
        if (meter->bonus > *longest)
            longest = &meter->bonus;
        *longest -= over;
    }
    if (!room && bonus == 0)
        meter->used = WHOLE - meter->held;
    return true;
}

void meter_add_length(GString *out, int thousandths)
{
    text_add_number(out, thousandths / 10);
    if (thousandths % 10 == 0)
        return;
    text_add_char(out, '.');
    text_add_number(out, thousandths % 10);
}
