/* A policy with something of everything in it, and counters in memory: for the harnesses that decide. */
#ifndef WEBQUOTA_TESTS_FUZZ_WORLD_H
#define WEBQUOTA_TESTS_FUZZ_WORLD_H

#include "fuzz.h"

#include "domain/decide.h"
#include "policy/policy_load.h"

#define WORLD_NOW (INT64_C(1795453200) * US_PER_S) /* 2026-11-23T17:00:00Z */

static const char world_text[] =
    "title = \"Fuzz <b>&amp;\"  timezone = \"America/New_York\"  default_plan = \"free\"  anonymous_plan = \"visitor\"\n"
    "administrators = {\"root\"}  upgrade_url = \"https://example.org/up?to={plan}&for={feature}\"  currency = \"EUR\"\n"
    "support_url = \"mailto:help@example.org\"\n"
    "feature message { title = \"Messages\" unit = \"message\" about = \"All models <together>.\" unit_cost = \"0.25\" }\n"
    "feature premium { parent = \"message\" resources = {\"claude-*\", \"gpt-?\"} }\n"
    "feature vision { parent = \"premium\" resources = {\"claude-vision*\"} }\n"
    "feature upload { title = \"Upload\" unit = \"upload\" }\n"
    "feature report { title = \"Report\" }\n"
    "feature hidden { title = \"Hidden\" }\n"
    "plan visitor { rank = 0 upgrade = \"free\"\n"
    "  limit tries { feature = \"message\" amount = 3 window = \"day\" }\n"
    "  limit none { feature = \"upload\" amount = 0 window = \"day\" }\n"
    "  limit crowd { feature = \"message\" amount = 40 window = \"minute\" scope = \"plan\" on_exceed = \"queue\" } }\n"
    "plan free { rank = 1 upgrade = \"pro\" price = \"0 & <free>\"\n"
    "  limit daily { feature = \"message\" amount = 5 window = \"day\" warn_at = {50, 80, 100} rollover = 4 }\n"
    "  limit rolling { feature = \"premium\" amount = 4 window = \"hour\" align = \"rolling\" warn_at = {100} }\n"
    "  limit ever { feature = \"vision\" amount = 2 window = \"lifetime\" }\n"
    "  limit shared { feature = \"message\" amount = 30 window = \"month\" scope = \"organization\" }\n"
    "  limit tried { feature = \"upload\" amount = 1 window = \"week\" mode = \"shadow\" }\n"
    "  limit counted { feature = \"upload\" amount = 2 window = \"day\" on_exceed = \"allow\" timezone = \"subject\" }\n"
    "  limit anchored { feature = \"report\" amount = 3 window = \"28 day\" align = \"anchor\" fail = \"open\" }\n"
    "  limit site { feature = \"report\" amount = 9 window = \"2 hour\" scope = \"site\" on_exceed = \"queue\" }\n"
    "  grant welcome { feature = \"message\" amount = 2 }\n"
    "  grant monthly { feature = \"report\" amount = 1 every = \"28 day\" priority = 5 } }\n"
    "plan pro { rank = 2 inherits = \"free\" multiplier = \"2.5\" grace { days = 3 multiplier = \"1.5\" }\n"
    "  limit huge { feature = \"hidden\" amount = 3602879701896396 window = \"year\" } }\n"
    "plan root { rank = 3 unlimited = true }\n"
    "route { method = \"POST\" path = \"/app/message/{model}\" feature = \"message\" resource_segment = \"model\" }\n"
    "route { method = \"POST\" path = \"/app/send\" feature = \"message\" resource_query = \"model\" }\n"
    "route { path = \"/app/upload*\" query = {\"do=save\", \"!draft\"} feature = \"upload\" units = 2 charge = \"commit\" }\n"
    "route { path = \"/app/report/*\" feature = \"report\" charge = \"check\" }\n"
    "route { method = \"PUT\" path = \"/app/hidden\" feature = \"hidden\" }\n";

/* As the store hands a policy out: each limit and grant has a slot of its own. */
static inline void world_number(Policy *policy)
{
    int slot = 0;
    for (int p = 0; p < policy->plan_count; p++) {
        for (int i = 0; i < policy->plans[p].limit_count; i++)
            policy->plans[p].limits[i].slot = ++slot;
        for (int i = 0; i < policy->plans[p].grant_count; i++)
            policy->plans[p].grants[i].slot = ++slot;
    }
    policy->version = 1;
}

static inline Policy *world_policy(void)
{
    char *why = NULL;
    Policy *policy = policy_load(world_text, "world", &why);
    if (!policy)
        fprintf(stderr, "%s\n", why);
    HOLDS(policy);
    world_number(policy);
    return policy;
}

/* Counters by slot, each where it is for as long as the drawer lives. */
typedef struct {
    GPtrArray *counters; /* of Counter */
    int64_t used;        /* what a counter of a subject's or shared limit begins with; 0: nothing */
    GTimeZone *zone;
    Instant now;
} Drawer;

static inline void drawer_counter_free(gpointer data)
{
    counter_clear(data);
    g_free(data);
}

static inline Drawer drawer_new(void)
{
    return (Drawer){.counters = g_ptr_array_new_with_free_func(drawer_counter_free), .now = WORLD_NOW};
}

static inline void drawer_clear(Drawer *drawer)
{
    g_clear_pointer(&drawer->counters, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Drawer, drawer_clear)

static inline Counter *drawer_take(Drawer *drawer, int64_t slot)
{
    for (guint i = 0; i < drawer->counters->len; i++) {
        Counter *counter = g_ptr_array_index(drawer->counters, i);
        if (counter->slot == slot)
            return counter;
    }
    Counter *counter = g_new0(Counter, 1);
    counter->slot = slot;
    g_ptr_array_add(drawer->counters, counter);
    return counter;
}

static inline Counter *drawer_limit_counter(void *data, const Limit *limit)
{
    Drawer *drawer = data;
    guint before = drawer->counters->len;
    Counter *counter = drawer_take(drawer, limit->slot);
    if (drawer->used > 0 && drawer->counters->len > before) {
        counter_start(counter, limit, drawer->zone, drawer->now, drawer->now);
        counter_add_used(counter, limit, counter->window_start, drawer->used);
    }
    return counter;
}

static inline Counter *drawer_grant_counter(void *data, const Grant *grant)
{
    return drawer_take(data, grant->slot);
}

static inline Book drawer_book(Drawer *drawer)
{
    return (Book){drawer_limit_counter, drawer_grant_counter, drawer};
}

#endif
