/* What one unit of a plan comes to. A plan's price is a label for people; one that says an amount and a period and nothing else
 * ("$9 a month", "9.90 €/year", "EUR 1,200 per year") can be reckoned with. Pure. */
#ifndef WEBQUOTA_PRICE_H
#define WEBQUOTA_PRICE_H

#include "domain/model.h"

#define PRICE_AROUND_BYTES 32

typedef struct {
    double amount;                                                /* of one period; may be 0 */
    WindowUnit period;                                            /* WINDOW_DAY to WINDOW_YEAR */
    char before[PRICE_AROUND_BYTES], after[PRICE_AROUND_BYTES];   /* the amount, with blanks: "$", "EUR ", " €" */
} Price;

/* `label` may be NULL. False: it says less, or something else, too. */
bool price_read(const char *label, Price *out) MUST_CHECK;

/* The price over all that the plan gives of the feature in its period, by the limit that gives least; a month has 30 days. Of limits
 * of one's own only, over a day or longer, that are enforced and let no more pass. 0: nothing can be said. */
double price_of_unit(const Price *price, const Plan *plan, const Feature *feature);

#endif
