/* The page of plans: what the viewer has, what the next plan changes, and all plans side by side. Prices are the policy's own
 * labels; what one unit comes to is told where a label can be reckoned with. What it costs the operator is nobody else's business. */
#include "domain/price.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

#define GAINS_MOST 8

/* --- one plan's part of one feature --- */

static Value *add_part(Value *parts)
{
    bool next = parts->first;
    Value *part = add_object(parts);
    set_flag(part, "next", next);
    return part;
}

/* Enforced limits are what a plan says; the others stop nobody. */
static bool is_said(const Limit *limit, const Feature *feature)
{
    return limit->feature == feature->index && limit->mode == MODE_ENFORCE;
}

/* Amount 0: as good as not listed. */
static bool gives_none(const Plan *plan, const Feature *feature)
{
    for (int i = 0; i < plan->limit_count; i++)
        if (is_said(&plan->limits[i], feature) && plan->limits[i].plan_amount == 0)
            return true;
    return !plan->lists[feature->index];
}

static void add_parts(Value *parts, const Plan *plan, const Feature *feature)
{
    bool unlimited = false;
    for (int i = 0; i < plan->limit_count; i++) {
        const Limit *limit = &plan->limits[i];
        bool again = unlimited && limit->plan_amount == AMOUNT_UNLIMITED; /* said once is enough */
        if (is_said(limit, feature) && !again) {
            Value *part = add_part(parts);
            set_words(part, "text", words_add_plan_limit, limit);
            unlimited |= limit->plan_amount == AMOUNT_UNLIMITED;
        }
    }
    for (int i = 0; i < plan->grant_count; i++)
        if (plan->grants[i].feature == feature->index) {
            Value *part = add_part(parts);
            set_words(part, "text", words_add_plan_grant, &plan->grants[i]);
        }
}

/* What is counted only by the limits of a feature further up. */
static bool is_within_parent(const Policy *policy, const Plan *plan, const Feature *feature)
{
    for (int parent = feature->parent; parent >= 0; parent = policy->features[parent].parent)
        for (int i = 0; i < plan->limit_count; i++)
            if (is_said(&plan->limits[i], &policy->features[parent]))
                return true;
    return false;
}

/* What one unit comes to where all are used. False: nothing can be said. */
static bool set_cost(Value *cell, const Plan *plan, const Feature *feature)
{
    Price price;
    double cost = price_read(plan->price, &price) ? price_of_unit(&price, plan, feature) : 0;
    if (cost > 0)
        set_words(cell, "cost", words_add_cost, &price, cost);
    else
        set_null(cell, "cost");
    return cost > 0;
}

static bool add_cell(Value *cells, const Reader *reader, const Plan *plan, const Feature *feature)
{
    Value *cell = add_object(cells), *parts = set_list(cell, "parts");
    bool none = gives_none(plan, feature);
    set_text(cell, "plan", plan->title);
    set_flag(cell, "current", plan == reader->plan);
    if (!none)
        add_parts(parts, plan, feature);
    bool within = !none && !parts->first && is_within_parent(reader->policy, plan, feature);
    set_flag(cell, "none", none);
    set_flag(cell, "within", within);
    set_flag(cell, "unlimited", !none && !within && !parts->first);
    return set_cost(cell, plan, feature);
}

/* Does it tell what a unit comes to? */
static bool add_row(Value *rows, const Reader *reader, const Feature *feature)
{
    const Policy *policy = reader->policy;
    Value *row = add_object(rows);
    set_text(row, "title", feature->title);
    set_words(row, "url", add_address, reader->mount, "/features/", feature->key);
    set_text(row, "parent", feature->parent >= 0 ? policy->features[feature->parent].title : NULL);
    Value *cells = set_list(row, "cells");
    bool costs = false;
    for (int i = 0; i < policy->plan_count; i++)
        costs |= add_cell(cells, reader, &policy->plans[i], feature);
    return costs;
}

/* --- the plans --- */

/* Where one goes up from: a visitor signs in first. */
static const Plan *base_plan(const Reader *reader)
{
    bool signs_in = reader->anonymous && reader->policy->default_plan >= 0;
    return signs_in ? &reader->policy->plans[reader->policy->default_plan] : reader->plan;
}

/* Is it up the line from there? As many steps as there are plans: a line that leads in a circle ends here. */
static bool is_above(const Policy *policy, const Plan *base, const Plan *plan)
{
    int next = base->upgrade;
    for (int steps = 0; next >= 0 && steps < policy->plan_count; steps++) {
        if (next == plan->index)
            return plan != base;
        next = policy->plans[next].upgrade;
    }
    return false;
}

/* A link only to where one can go up by oneself: not for members of an organization, nor to roles. */
static char *plan_link(const Reader *reader, const Plan *plan)
{
    bool goes = reader->policy->upgrade_url && !reader->organization && !reader->suspended;
    return goes && is_above(reader->policy, base_plan(reader), plan) ? upgrade_address(reader->policy, plan, NULL, NULL) : NULL;
}

static void add_plans(Value *page, const Reader *reader)
{
    Value *plans = set_list(page, "plans");
    bool prices = false, links = false;
    for (int i = 0; i < reader->policy->plan_count; i++) {
        const Plan *plan = &reader->policy->plans[i];
        Value *value = value_add(plans, plan_value(plans, plan));
        char *link = plan_link(reader, plan);
        set_flag(value, "current", plan == reader->plan);
        links = links || link;
        prices = prices || (plan->price && *plan->price);
        set_taken(value, "url", link);
    }
    set_flag(page, "has_prices", prices);
    set_flag(page, "has_links", links);
}

/* What the next plan would change, in words: for a visitor the one that signing in gives. */
static void set_next(Value *page, const Reader *reader)
{
    const Policy *policy = reader->policy;
    bool signs_in = reader->anonymous && base_plan(reader) != reader->plan;
    const Plan *next = signs_in                       ? base_plan(reader)
                       : reader->plan->upgrade >= 0 ? &policy->plans[reader->plan->upgrade]
                                                      : NULL;
    Value *gains = value_list(page);
    int count = next && next != reader->plan && !reader->suspended ? add_plan_gains(gains, reader, next, GAINS_MOST) : 0;
    if (count == 0) {
        set_null(page, "next");
        return;
    }
    Value *value = set_value(page, "next", plan_value(page, next));
    set_flag(value, "by_signing_in", signs_in);
    set_value(value, "gains", gains);
    set_taken(value, "url", plan_link(reader, next));
    if (count > GAINS_MOST)
        set_words(value, "others", words_add_number, count - GAINS_MOST);
    else
        set_null(value, "others");
}

Value *view_plans_page(const UsageReport *report, const PageContext *context)
{
    Reader reader = reader_of_report(report, context);
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, NULL, reader.zone, false));
    set_value(page, "own", plan_value(page, reader.plan));
    set_text(page, "organization", reader.organization);
    set_flag(page, "anonymous", reader.anonymous);
    set_flag(page, "suspended", reader.suspended);
    set_text(page, "support_url", reader.policy->support_url);
    if (context->signed_in)
        set_words(page, "requests_url", add_address, context->mount, "/requests", NULL);
    else
        set_null(page, "requests_url");
    set_value(page, "coming", coming_value(page, &reader, report));
    set_next(page, &reader);
    add_plans(page, &reader);
    Value *rows = set_list(page, "rows");
    bool costs = false;
    for (int i = 0; i < reader.policy->feature_count; i++)
        costs |= add_row(rows, &reader, &reader.policy->features[i]);
    set_flag(page, "has_costs", costs);
    return page;
}
