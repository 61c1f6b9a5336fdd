/* What the JSON documents have in common; for the view room's own use. New references, as in view.h. */
#ifndef WEBQUOTA_VIEW_PARTS_H
#define WEBQUOTA_VIEW_PARTS_H

#include "view/view.h"

json_t *json_text(const char *text);      /* NULL: null. Bytes that are not UTF-8 are replaced, never lost */
json_t *json_text_take(char *text);       /* the same, and frees it */
json_t *json_instant(Instant instant);    /* "2026-11-22T17:00:00Z"; INSTANT_MIN and INSTANT_MAX: null */
json_t *json_amount(Amount amount);       /* unlimited: null */

/* The figures of a line that usage and decisions share: scope, window, ..., message, source, in this order. A line
 * without a limit (its feature is not listed) has null for what only a limit has. Takes `message`. */
void json_add_line(json_t *object, const UsageLine *line, char *message);

/* "override", "grace", "grant", "rollover" or "plan": the most particular of SOURCE_*. Static. */
const char *source_word(unsigned source);

/* The prompt to go up from `amount`, or JSON null where no plan gives more. Without an upgrade_url in the policy its
 * address is null. */
json_t *json_upgrade(const Policy *policy, const Plan *plan, const Limit *limit, const Feature *feature, Amount amount,
                     bool anonymous);

#endif
