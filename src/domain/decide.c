/* The decision: every limit on what is asked, looked at together; all are charged or none.
 *
 * Items are taken one after the other, each on top of what those before it would charge. For one
 * item the limits are walked from its feature up to the root: a limit that is short draws from
 * grants only what those below it have not drawn already, because one granted unit passes every
 * limit above its feature. What is drawn in vain is forgotten when the answer is no.
 */
#include "domain/decide_parts.h"

/* A decision in the making. */
typedef struct {
    const Situation *situation;
    const AskItem *items;
    int item_count;
    const Book *book;
    GArray *bonuses;    /* of Bonus */
    int64_t *at_most;   /* for each look: what grants could ever give to it */
    Decision *decision;
} Making;

static Decision *decision_new(const Subject *subject, AskKind kind, const AskItem *items, int item_count)
{
    Decision *decision = g_new(Decision, 1);
    *decision = (Decision){.subject = subject, .kind = kind, .deciding = -1};
    for (int i = 0; i < item_count; i++)
        decision->units = units_add(decision->units, items[i].units, INT64_MAX);
    return decision;
}

void decision_free(Decision *decision)
{
    if (!decision)
        return;
    g_free(decision->looks);
    g_free(decision->draws);
    g_free(decision->alerts);
    g_free(decision);
}

/* --- looking --- */

static bool making_concerns(const Making *making, const Limit *limit)
{
    if (!limit_applies(limit, making->situation->subject))
        return false;
    for (int i = 0; i < making->item_count; i++)
        if (feature_is_within(making->situation->policy, making->items[i].feature, limit->feature))
            return true;
    return false;
}

/* Room for a look at each limit, and behind them for what grants could give to each. */
static void making_make_room(Making *making)
{
    const Plan *plan = making->situation->subject->plan;
    size_t count = 0;
    for (int i = 0; i < plan->limit_count; i++)
        count += making_concerns(making, &plan->limits[i]);
    making->decision->looks = g_malloc0((count + 1) * (sizeof(LimitLook) + sizeof(int64_t)));
    making->at_most = (int64_t *)(void *)(making->decision->looks + count + 1);
}

static void making_look(Making *making)
{
    const Plan *plan = making->situation->subject->plan;
    Decision *decision = making->decision;
    making_make_room(making);
    for (int i = 0; i < plan->limit_count; i++)
        if (making_concerns(making, &plan->limits[i]))
            look_open(&decision->looks[decision->look_count++], making->situation, making->book, &plan->limits[i]);

    making->bonuses = bonuses_find(making->situation, making->book, making->items, making->item_count);
    decision->draws = g_new0(GrantDraw, making->bonuses->len);
    for (int i = 0; i < decision->look_count; i++)
        making->at_most[i] = look_add_bonuses(&decision->looks[i], making->situation->policy, making->bonuses,
                                              making->items, making->item_count);
}

/* --- charging, so far on paper only --- */

static void draw_record(Decision *decision, const Bonus *bonus, int64_t units)
{
    GrantDraw *draw = decision->draws;
    while (draw < decision->draws + decision->draw_count && draw->grant != bonus->grant)
        draw++;
    if (draw == decision->draws + decision->draw_count) {
        decision->draw_count++;
        draw->grant = bonus->grant;
        draw->counter = bonus->counter;
        draw->counted_at = bonus->counter->window_start;
        draw->window = bonus->period;
        draw->used = bonus->counter->used;
        draw->held = bonus->counter->held;
    }
    draw->units += units;
}

/* Draws up to `units` (none when below 1) for a limit on feature `limited`; returns how many there were. */
static int64_t making_draw(Making *making, int asked, int limited, int64_t units)
{
    int64_t drawn = 0;
    for (guint i = 0; i < making->bonuses->len && drawn < units; i++) {
        Bonus *bonus = &g_array_index(making->bonuses, Bonus, i);
        int64_t take = MIN(bonus->left - bonus->drawn, units - drawn);
        if (take <= 0 || !grant_may_help(making->situation->policy, bonus->grant->feature, asked, limited))
            continue;
        bonus->drawn += take;
        drawn += take;
        draw_record(making->decision, bonus, take);
    }
    return drawn;
}

/* Nobody overtakes: while somebody waits, whoever comes waits too, even where there is room again. */
static bool making_is_waited_for(const Making *making, const LimitLook *look)
{
    return look->limit->on_exceed == EXCEED_QUEUE && look_may_refuse(look) &&
           (look->counter->waiting > 0 || look->counter->joining) && look->limit->slot != making->situation->turn_slot;
}

/* One item on one limit. `covered` is what grants have covered of the item so far. */
static void making_charge(Making *making, LimitLook *look, const AskItem *item, int64_t *covered)
{
    int64_t room = look_room(look);
    int64_t shortfall = MAX(item->units - room, 0);
    look->asked = units_add(look->asked, item->units, INT64_MAX);
    if (shortfall > 0 && look->limit->mode == MODE_SHADOW && look->limit->on_exceed != EXCEED_ALLOW) {
        look->holds = false;
        look->shadow_refused = true;
    }
    if (!look_may_refuse(look))
        shortfall = 0;
    if (look_takes_grants(look))
        *covered += making_draw(making, item->feature, look->limit->feature, shortfall - *covered);
    look->waited_for = making_is_waited_for(making, look);
    if (look->waited_for)
        look->holds = false;
    if (shortfall > 0 && (!look_takes_grants(look) || shortfall > *covered))
        look->holds = false;
    look->charged = units_add(look->charged, item->units - shortfall, INT64_MAX);
}

static void making_charge_item(Making *making, const AskItem *item)
{
    const Policy *policy = making->situation->policy;
    Decision *decision = making->decision;
    int64_t covered = 0;
    for (int feature = item->feature; feature >= 0; feature = policy->features[feature].parent)
        for (int i = 0; i < decision->look_count; i++)
            if (decision->looks[i].limit->feature == feature)
                making_charge(making, &decision->looks[i], item, &covered);
}

/* --- concluding --- */

static bool look_refuses(const LimitLook *look)
{
    return !look->holds && look_may_refuse(look);
}

static int making_not_included(const Making *making)
{
    for (int i = 0; i < making->decision->look_count; i++) {
        const LimitLook *look = &making->decision->looks[i];
        if (look->limit->mode == MODE_ENFORCE && look->amount == 0 && making->at_most[i] == 0)
            return i;
    }
    return -1;
}

static bool making_never_fits(const Making *making, int index)
{
    const LimitLook *look = &making->decision->looks[index];
    return look->asked > units_add(look->amount, making->at_most[index], INT64_MAX);
}

/* Of refusing limits the one to name: what never fits, then what blocks, then what frees the caller last. */
static int refusal_rank(const Making *making, int index)
{
    if (making_never_fits(making, index))
        return 2;
    return making->decision->looks[index].limit->on_exceed == EXCEED_QUEUE ? 0 : 1;
}

static bool making_refuse(Making *making)
{
    Decision *decision = making->decision;
    int best_rank = -1;
    for (int i = 0; i < decision->look_count; i++) {
        LimitLook *look = &decision->looks[i];
        if (look->holds)
            continue;
        look->frees_at = making_never_fits(making, i) ? INSTANT_MAX
                                                      : look_frees_at(look, making->situation, making->bonuses,
                                                                      making->items, making->item_count);
        if (!look_refuses(look))
            continue;
        int rank = refusal_rank(making, i);
        if (rank > best_rank || (rank == best_rank && look->frees_at > decision->looks[decision->deciding].frees_at)) {
            best_rank = rank;
            decision->deciding = i;
        }
    }
    if (best_rank < 0)
        return false;
    decision->outcome = best_rank == 0 ? OUTCOME_QUEUED : OUTCOME_DENIED;
    decision->reason = best_rank == 2 ? REASON_NEVER_FITS : REASON_LIMIT;
    return true;
}

static void decision_charge_nothing(Decision *decision)
{
    for (int i = 0; i < decision->look_count; i++)
        decision->looks[i].charged = 0;
    decision->draw_count = 0;
}

static void making_note_bonus_drawn(Making *making)
{
    Decision *decision = making->decision;
    for (int i = 0; i < decision->look_count; i++)
        for (guint j = 0; j < making->bonuses->len; j++) {
            const Bonus *bonus = &g_array_index(making->bonuses, Bonus, j);
            if (bonus->drawn > 0 && bonus_helps(making->situation->policy, bonus, &decision->looks[i], making->items,
                                                making->item_count))
                decision->looks[i].bonus_drawn = units_add(decision->looks[i].bonus_drawn, bonus->drawn, UNITS_MAX);
        }
}

static bool look_is_named(const LimitLook *look, LimitMode mode)
{
    return look->amount != AMOUNT_UNLIMITED && look->limit->mode == mode;
}

/* The tightest limit of the mode, -1 when none of it has an amount. */
static int decision_tightest(const Decision *decision, LimitMode mode)
{
    int found = -1;
    Tightness tightest = {0};
    for (int i = 0; i < decision->look_count; i++) {
        const LimitLook *look = &decision->looks[i];
        Tightness tightness = {look->limit, look->amount, look_remaining(look, decision)};
        if (look_is_named(look, mode) && (found < 0 || tightness_compare(&tightness, &tightest) < 0)) {
            found = i;
            tightest = tightness;
        }
    }
    return found;
}

static int decision_headline(const Decision *decision)
{
    for (int i = 0; i < decision->look_count; i++)
        if (decision->looks[i].limit->mode == MODE_ENFORCE)
            return decision_tightest(decision, MODE_ENFORCE);
    return decision_tightest(decision, MODE_SHADOW);
}

static void making_conclude(Making *making)
{
    Decision *decision = making->decision;
    for (int i = 0; i < decision->look_count; i++)
        decision->shadow_refused |= decision->looks[i].shadow_refused;
    bool refused = making_refuse(making);
    int not_included = making_not_included(making);
    if (not_included >= 0) {
        decision->outcome = OUTCOME_FORBIDDEN;
        decision->reason = REASON_NOT_INCLUDED;
        decision->deciding = not_included;
    }
    if (refused || not_included >= 0 || decision->kind == ASK_CHECK)
        decision_charge_nothing(decision);
    else
        making_note_bonus_drawn(making);
    if (!refused && not_included < 0)
        decision->deciding = decision_headline(decision);
}

static Reason decide_forbidden(const Subject *subject, const AskItem *items, int item_count)
{
    if (subject->suspended)
        return REASON_SUSPENDED;
    for (int i = 0; i < item_count; i++)
        if (!subject->plan->lists[items[i].feature])
            return REASON_NOT_LISTED;
    return REASON_NONE;
}

Decision *decide(const Situation *situation, AskKind kind, const AskItem *items, int item_count, const Book *book)
{
    Decision *decision = decision_new(situation->subject, kind, items, item_count);
    decision->reason = decide_forbidden(situation->subject, items, item_count);
    if (decision->reason != REASON_NONE) {
        decision->outcome = OUTCOME_FORBIDDEN;
        return decision;
    }
    Making making = {situation, items, item_count, book, NULL, NULL, decision};
    making_look(&making);
    for (int i = 0; i < item_count; i++)
        making_charge_item(&making, &items[i]);
    making_conclude(&making);
    g_array_unref(making.bonuses);
    return decision;
}

/* --- applying --- */

static void decision_alert(Decision *decision, const LimitLook *look)
{
    int pcts[WARN_AT_MAX];
    int crossed = counter_thresholds_crossed(look->counter, look->limit, decision->subject, look->amount, pcts);
    if (crossed && !decision->alerts)
        decision->alerts = g_new0(AlertDue, decision->look_count * WARN_AT_MAX);
    for (int i = 0; i < crossed; i++)
        decision->alerts[decision->alert_count++] =
            (AlertDue){look->limit, pcts[i], look->counter->used, look->amount, look->window.start};
}

static void look_apply(Decision *decision, const LimitLook *look)
{
    if (look->charged == 0)
        return;
    if (decision->kind == ASK_HOLD) {
        look->counter->held = units_add(look->counter->held, look->charged, INT64_MAX);
        return;
    }
    counter_add_used(look->counter, look->limit, look->counted_at, look->charged);
    decision_alert(decision, look);
}

void decide_apply(Decision *decision)
{
    if (decision->outcome != OUTCOME_ALLOWED || decision->kind == ASK_CHECK)
        return;
    for (int i = 0; i < decision->look_count; i++)
        look_apply(decision, &decision->looks[i]);
    for (int i = 0; i < decision->draw_count; i++) {
        GrantDraw *draw = &decision->draws[i];
        int64_t *units = decision->kind == ASK_HOLD ? &draw->counter->held : &draw->counter->used;
        *units = units_add(*units, draw->units, INT64_MAX);
    }
}
