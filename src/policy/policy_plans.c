/* Plans: each read by itself first, then in the order of inheritance. */
#include "policy/policy_parts.h"

#include "domain/queue.h"

static void draft_clear(PlanDraft *draft)
{
    g_array_unref(draft->limits);
    g_array_unref(draft->grants);
}

static void draft_begin(PlanDraft *draft, const Section *section)
{
    *draft = (PlanDraft){.section = *section, .inherits = -1, .multiplier_micros = MICROS};
    draft->limits = g_array_new(FALSE, TRUE, sizeof(LimitDraft));
    g_array_set_clear_func(draft->limits, limit_draft_clear);
    draft->grants = g_array_new(FALSE, TRUE, sizeof(GrantDraft));
    g_array_set_clear_func(draft->grants, grant_draft_clear);
}

/* What needs no other plan. */
static void read_plan(PlanDraft *draft, Plan *plan)
{
    const Section *section = &draft->section;
    plan->key = section_key(section);
    plan->title = field_text(section, "title", TITLE_MAX);
    if (!plan->title)
        plan->title = key_title(plan->key);
    plan->price = field_text(section, "price", TITLE_MAX);
    plan->rank = (int) field_whole(section, "rank", 0, 1000000, plan->index + 1);
    plan->upgrade = -1;
    plan->queue_weight = (int) field_whole(section, "queue_weight", 1, QUEUE_WEIGHT_MAX, 1);
    plan->unlimited = field_flag(section, "unlimited");
    draft->multiplier_micros = field_micros(section, "multiplier", 1, MICROS_MAX, MICROS);
    if (plan->unlimited && field_given(section, "multiplier"))
        field_mistake(section, "multiplier", "is given, and the plan is unlimited");
    read_limits(draft, plan->unlimited);
    read_grants(draft);
    read_grace(section, &draft->grace, &draft->has_grace);
}

/* What names other plans. */
static void read_references(PlanDraft *draft, Plan *plan)
{
    const Policy *policy = draft->section.reading->policy;
    draft->inherits = field_plan(&draft->section, "inherits");
    plan->upgrade = field_plan(&draft->section, "upgrade");
    if (plan->upgrade < 0)
        return;
    const Plan *upgrade = &policy->plans[plan->upgrade];
    if (upgrade->rank <= plan->rank) {
        field_mistake(&draft->section, "upgrade", "must lead to a higher rank, and %s has rank %d, this plan %d", upgrade->key,
                      upgrade->rank, plan->rank);
        plan->upgrade = -1;
    }
}

static void inherit(PlanDraft *drafts, Policy *policy, int index)
{
    PlanDraft *draft = &drafts[index];
    if (draft->inheriting == PLAN_DONE)
        return;
    draft->inheriting = PLAN_BEGUN;
    if (draft->inherits >= 0 && drafts[draft->inherits].inheriting == PLAN_BEGUN) {
        field_mistake(&draft->section, "inherits", "goes in a circle");
        draft->inherits = -1;
    }
    if (draft->inherits >= 0)
        inherit(drafts, policy, draft->inherits);
    bool unlimited = policy->plans[index].unlimited;
    draft_inherit(draft, draft->inherits >= 0 ? &drafts[draft->inherits] : NULL, unlimited);
    if (unlimited)
        draft_count_all(draft);
    draft->inheriting = PLAN_DONE;
}

static void read_named_plans(const Section *file)
{
    Policy *policy = file->reading->policy;
    field_needed(file, "default_plan");
    policy->default_plan = field_plan(file, "default_plan");
    policy->anonymous_plan = field_plan(file, "anonymous_plan");
}

/* Plans without a grace of their own have the policy's. */
static void finish_plans(const Section *file, PlanDraft *drafts, int count)
{
    Policy *policy = file->reading->policy;
    Grace grace = {0};
    bool given = false;
    read_grace(file, &grace, &given);
    for (int i = 0; i < count; i++)
        read_references(&drafts[i], &policy->plans[i]);
    for (int i = 0; i < count; i++)
        inherit(drafts, policy, i);
    check_shared_limits(drafts, count);
    for (int i = 0; i < count; i++) {
        if (!drafts[i].has_grace)
            drafts[i].grace = grace;
        if (drafts[i].grace.multiplier < 1)
            drafts[i].grace.multiplier = 1;
        plan_fill(&policy->plans[i], &drafts[i]);
    }
}

void read_plans(const Section *file)
{
    Policy *policy = file->reading->policy;
    Section section;
    g_autofree PlanDraft *drafts = g_new0(PlanDraft, PLANS_MAX);
    policy->plans = g_new0(Plan, PLANS_MAX);
    for (unsigned i = 0; section_child(file, "plan", i, &section); i++) {
        if (i == PLANS_MAX) {
            field_mistake(&section, NULL, "there are more than %d plans", PLANS_MAX);
            break;
        }
        Plan *plan = &policy->plans[policy->plan_count];
        plan->index = policy->plan_count++;
        draft_begin(&drafts[i], &section);
        read_plan(&drafts[i], plan);
    }
    if (policy->plan_count == 0 && !file->entry->cut)
        field_mistake(file, NULL, "there is no plan");
    finish_plans(file, drafts, policy->plan_count);
    read_named_plans(file);
    for (int i = 0; i < policy->plan_count; i++)
        draft_clear(&drafts[i]);
}
