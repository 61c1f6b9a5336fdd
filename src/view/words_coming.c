/* What is to come, in the words of a price list: "11 messages a day instead of 5". */
#include "view/words_add.h"

static const char *shared_words(const Limit *limit)
{
    static const char *const words[] = {
        [SCOPE_SUBJECT] = "",
        [SCOPE_ORGANIZATION] = ", shared in the organization",
        [SCOPE_PLAN] = ", shared by all on the plan",
        [SCOPE_SITE] = ", shared by everybody",
    };
    return words[limit->scope];
}

/* "11 messages a day" */
static void add_limit(GString *out, const ComingChange *change, const Limit *limit, Amount amount)
{
    words_add_units(out, change->feature, amount);
    text_add(out, " ");
    words_add_per(out, &limit->window);
    text_add(out, shared_words(limit));
}

static bool is_same_per(const Limit *a, const Limit *b)
{
    return a->window.unit == b->window.unit && a->window.count == b->window.count && a->window.align == b->window.align;
}

/* What is the same is not said again: "5", "5 a week", "5 for each person". */
static void add_before(GString *out, const ComingChange *change)
{
    bool finite = change->to_amount != AMOUNT_UNLIMITED;
    words_add_number(out, change->from_amount);
    if (!finite || !is_same_per(change->from, change->to)) {
        text_add(out, " ");
        words_add_per(out, &change->from->window);
    }
    if (finite && change->from->scope != change->to->scope)
        text_add(out, change->from->scope == SCOPE_SUBJECT ? " for each person" : shared_words(change->from));
}

static void add_amount(GString *out, const ComingChange *change)
{
    if (change->to_amount == AMOUNT_UNLIMITED)
        text_adds(out, change->feature->units, " without a limit");
    else
        add_limit(out, change, change->to, change->to_amount);
    if (change->from_amount == AMOUNT_UNLIMITED) {
        text_add(out, ", where there was no limit");
        return;
    }
    text_adds(out, change->to_amount != AMOUNT_UNLIMITED && change->to->scope != SCOPE_SUBJECT ? "," : "", " instead of ");
    add_before(out, change);
}

static void add_feature(GString *out, const ComingChange *change)
{
    if (change->to)
        add_limit(out, change, change->to, change->to_amount);
    else
        text_adds(out, change->feature->units, " without a limit");
    text_adds(out, ", new in ", change->then->title);
}

static bool is_given_as_often(const PlanGrant *a, const PlanGrant *b)
{
    return a->every.count == b->every.count && (!a->every.count || a->every.unit == b->every.unit);
}

/* " a week", ", once" */
static void add_every(GString *out, const PlanGrant *grant)
{
    if (grant->every.count == 0) {
        text_add(out, ", once");
        return;
    }
    text_add(out, " ");
    words_add_per(out, &grant->every);
}

/* "a bonus of 20 messages a week" */
static void add_bonus(GString *out, const ComingChange *change, const char *article, const PlanGrant *grant)
{
    text_adds(out, article, " bonus of ");
    words_add_units(out, change->feature, grant->amount);
    add_every(out, grant);
}

static void add_other_bonus(GString *out, const ComingChange *change)
{
    add_bonus(out, change, "a", change->to_grant);
    text_add(out, change->to_grant->every.count == 0 ? ", instead of " : " instead of ");
    words_add_number(out, change->from_amount);
    if (!is_given_as_often(change->from_grant, change->to_grant))
        add_every(out, change->from_grant);
}

void words_add_coming(GString *out, const ComingChange *change)
{
    switch (change->kind) {
    case COMING_PLAN:
        text_adds(out, change->then ? "plan " : "there is no plan ", change->then ? change->then->title : change->plan->title);
        text_adds(out, change->then ? " instead of " : "", change->then ? change->plan->title : "");
        break;
    case COMING_NO_FEATURE:
        text_adds(out, change->feature->units, " are not part of ", change->then->title, " any more");
        break;
    case COMING_FEATURE:
        add_feature(out, change);
        break;
    case COMING_AMOUNT:
        add_amount(out, change);
        break;
    case COMING_LIMIT:
        text_add(out, "no more than ");
        add_limit(out, change, change->to, change->to_amount);
        break;
    case COMING_NO_LIMIT:
        text_add(out, "the limit of ");
        add_limit(out, change, change->from, change->from_amount);
        text_add(out, " is gone");
        break;
    case COMING_BONUS:
        add_other_bonus(out, change);
        break;
    case COMING_NEW_BONUS:
        add_bonus(out, change, "a", change->to_grant);
        break;
    case COMING_NO_BONUS:
        add_bonus(out, change, "the", change->from_grant);
        text_add(out, change->from_grant->every.count == 0 ? ", is gone" : " is gone");
        break;
    }
}
