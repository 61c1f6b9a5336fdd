/* What the JSON documents have in common; for the view room's own use. New references, as in view.h. */
#ifndef WEBQUOTA_VIEW_PARTS_H
#define WEBQUOTA_VIEW_PARTS_H

#include "view/json_text.h"
#include "view/view.h"

json_t *json_text(const char *text);      /* NULL: null. Bytes that are not UTF-8 are replaced, never lost */
json_t *json_text_take(char *text);       /* the same, and frees it */
json_t *json_amount(Amount amount);       /* unlimited: null */

/* {feature, title, unit, parent, resources}: a feature as the policy says it. */
json_t *feature_json(const Policy *policy, const Feature *feature);

/* The figures of a line that usage and decisions share: scope, window, ..., state, resets_at, in this order. A line
 * without a limit (its feature is not listed) has null for what only a limit has. A sum that is only known
 * approximately is not passed off as one: null. */
void put_line(GString *out, const UsageLine *line, bool approximate);

/* The member "window": "28 day". */
void put_window(GString *out, const WindowSpec *window);

/* "override", "grace", "grant", "rollover" or "plan": the most particular of SOURCE_*. Static. */
const char *source_word(unsigned source);

/* The policy's address for going up, with {plan} and {feature} put in, as arguments of a URL (`feature` NULL: about none). Where
 * the policy has none, that of our own page of plans. New string; NULL when `mount` is NULL as well. */
char *upgrade_address(const Policy *policy, const Plan *plan, const Feature *feature, const char *mount);

/* The prompt to go up from `amount`, {plan, title, amount, url}, or null where no plan gives more: a value (put.h). `mount` as
 * for upgrade_address. */
void put_upgrade(GString *out, const Policy *policy, const Plan *plan, const Limit *limit, const Feature *feature,
                 Amount amount, bool anonymous, const char *mount);

/* The member `changes`: what is to come from when on, with moments in which zone. `changes`: of ComingChange; NULL: nothing.
 * (view_coming.c) */
typedef struct {
    Instant at, now;
    const char *zone;
} Coming;
void put_coming(GString *out, const GArray *changes, const Coming *coming);

/* {"least_s", "most_s", "about_s"}; null where it is not known. (view_ticket.c) */
void put_wait_value(GString *out, const QueueWait *wait);

#endif
