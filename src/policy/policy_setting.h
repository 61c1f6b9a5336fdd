/* The settings at the top of a policy changed: to what, and the whole policy that comes of it. As policy_limit.h. Pure. */
#ifndef WEBQUOTA_POLICY_SETTING_H
#define WEBQUOTA_POLICY_SETTING_H

#include "policy/policy_read.h"

/* In the order in which they are written; the last five are those of the policy's own sections. */
typedef enum {
    TOP_TITLE, TOP_TIMEZONE, TOP_WEEK_STARTS, TOP_DAY_STARTS, TOP_DEFAULT_PLAN, TOP_ANONYMOUS_PLAN, TOP_UPGRADE_URL, TOP_SUPPORT_URL,
    TOP_SIGN_IN_URL, TOP_CURRENCY, TOP_QUEUE_ANSWER, TOP_TOTP, TOP_ADMINISTRATORS, TOP_EMBEDDERS, TOP_GRACE_DAYS, TOP_GRACE_MULTIPLIER,
    TOP_GRACE_UNLIMITED, TOP_CEILING_MULTIPLIER, TOP_CEILING_DAYS, TOP_SETTINGS
} TopSetting;

/* "title", …, "grace_days", "support_ceiling_days": static. */
const char *top_setting_name(TopSetting setting);

/* Is it a list? Written as policy_list.h has it then, as in a wish; "none": an empty one. */
bool top_setting_is_list(TopSetting setting);

/* The word that holds where nothing is written; NULL: there is none. Static. */
const char *top_setting_default(TopSetting setting);

/* What is to be, as it is written in a policy. NULL: as it is; "": not written any more. Not owned. */
typedef struct {
    const char *of[TOP_SETTINGS];
} TopWish;

/* What the policy says of a setting, flags as "yes" or "no"; NULL: nothing is written. New string. */
char *top_written(const Policy *policy, TopSetting setting) MUST_CHECK;

/* The policy that it makes of the present one, of the same text otherwise. NULL where it would be none: `mistakes` has all that is
 * wrong with it, as policy_read tells; and where one of its administrators, who may do it for that alone, would be one no longer (`own`,
 * NULL: nobody). */
Policy *policy_with_settings(const Policy *policy, const TopWish *wish, const char *own, GPtrArray *mistakes) MUST_CHECK;

#endif
