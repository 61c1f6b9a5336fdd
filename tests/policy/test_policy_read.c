/* What a good policy file becomes. */
#include "policy_tests.h"

static const Limit *limit_of(const Policy *policy, const char *plan, const char *key)
{
    const Plan *found = policy_plan(policy, plan);
    ck_assert_ptr_nonnull(found);
    for (int i = 0; i < found->limit_count; i++)
        if (strcmp(found->limits[i].key, key) == 0)
            return &found->limits[i];
    ck_abort_msg("plan %s has no limit %s", plan, key);
    return NULL;
}

static const char everything[] =
    "title = \"The  \\\"Desk\\\" # /* \\\\\"  timezone = \"America/New_York\"  week_starts = sunday  day_starts = \"06:30\"\n"
    "default_plan = free  anonymous_plan = anonymous\n"
    "upgrade_url = \"https://shop.example/{plan}?for={feature}\"  support_url = 'mailto:help@example.org'  sign_in_url = '/quota/login'\n"
    "administrators = {\"ann\", bob,}  embedders = {\"https://www.example.org\"}  currency = \"€\"  queue_answer = page  totp = required\n"
    "support_ceiling { multiplier = 2.5  days = 30 }\n"
    "grace { days = 14  multiplier = 1.5 }\n"
    "feature message { unit = \"message\"  about = \"Talk.\" }\n"
    "feature premium_message { title = \"Premium\"  parent = message  resources = {\"claude-*\", \"gpt-?\"}  unit_cost = 0.0125  one_place = resource }\n"
    "feature summary { units = \"summaries\" }\n"
    "plan anonymous { rank = 0  limit few { feature = summary  amount = 0  window = lifetime } }\n"
    "plan free {\n"
    "  title = \"Free of charge\"  upgrade = pro  price = \"0 €\"\n"
    "  limit monthly { feature = message  amount = 9007199254740991  window = month  timezone = subject  warn_at = {50, 100} }\n"
    "  limit weekly  { feature = message  amount = 7  window = \"week\"  week_starts = monday  day_starts = \"00:00\"  mode = shadow }\n"
    "  limit rolling { feature = premium_message  amount = 3  window = \"36 hour\"  align = rolling  fail = open  warn_at = {} }\n"
    "  limit spans   { feature = premium_message  amount = 3  window = \"28 day\"  rollover = 2 }\n"
    "  limit shared  { feature = summary  amount = 5  window = minute  scope = site  on_exceed = queue  timezone = UTC }\n"
    "  grant extra   { feature = summary  amount = 2  every = \"28 day\"  priority = 5 }\n"
    "  grant welcome { feature = summary  amount = 9 }\n"
    "}\n"
    "plan pro { inherits = free  multiplier = 2.5  grace { days = 3  unlimited = true }\n"
    "  limit monthly { feature = message  amount = 100  window = month  on_exceed = allow }\n"
    "  limit weekly  { feature = message  unlimited = true  window = week }\n"
    "  grant extra   { feature = summary  amount = 4 } }\n"
    "plan admin { inherits = pro  unlimited = on  grace { days = 0 } }\n"
    "route { method = POST  path = \"/chat/{room}\"  feature = message  query = {\"do=send*\", \"!draft\", \"id\"}\n"
    "        resource_segment = room  charge = success  units = 2 }\n"
    "route { path = \"/sum*\"  feature = summary  resource_query = what }\n";

START_TEST(settings)
{
    g_autoptr(Policy) policy = policy_of(everything);
    ck_assert_str_eq(policy->text, everything);
    ck_assert_int_eq(policy->version, 0);
    ck_assert_str_eq(policy->title, "The  \"Desk\" # /* \\");
    ck_assert_str_eq(policy->zone, "America/New_York");
    ck_assert_int_eq(policy->week_starts, 7);
    ck_assert_int_eq(policy->day_starts_min, 390);
    ck_assert_str_eq(policy->plans[policy->default_plan].key, "free");
    ck_assert_str_eq(policy->plans[policy->anonymous_plan].key, "anonymous");
    ck_assert_str_eq(policy->upgrade_url, "https://shop.example/{plan}?for={feature}");
    ck_assert_str_eq(policy->support_url, "mailto:help@example.org");
    ck_assert_str_eq(policy->sign_in_url, "/quota/login");
    ck_assert(policy->totp_required);
    ck_assert(policy->support.multiplier == 2.5 && policy->support.days == 30);
    ck_assert_int_eq(g_strv_length(policy->administrators), 2);
    ck_assert_str_eq(policy->administrators[1], "bob");
    ck_assert_int_eq(g_strv_length(policy->embedders), 1);
    ck_assert_str_eq(policy->currency, "€");
    ck_assert(policy->queue_page);
}
END_TEST

START_TEST(features)
{
    g_autoptr(Policy) policy = policy_of(everything);
    const Feature *message = policy_feature(policy, "message"), *premium = policy_feature(policy, "premium_message");
    ck_assert_int_eq(policy->feature_count, 3);
    ck_assert_str_eq(message->title, "Message");
    ck_assert_str_eq(message->units, "messages");
    ck_assert_str_eq(message->about, "Talk.");
    ck_assert_int_eq(message->parent, -1);
    ck_assert_int_eq(message->depth, 0);
    ck_assert_ptr_null(message->resources);
    ck_assert_str_eq(premium->title, "Premium");
    ck_assert_str_eq(premium->unit, "premium message");
    ck_assert_int_eq(premium->parent, message->index);
    ck_assert_int_eq(premium->depth, 1);
    ck_assert_str_eq(premium->resources[1], "gpt-?");
    ck_assert_int_eq(premium->unit_cost_micros, 12500);
    ck_assert(premium->place_per_resource && !policy->features[0].place_per_resource);
    ck_assert_str_eq(policy_feature(policy, "summary")->units, "summaries");
}
END_TEST

START_TEST(limits)
{
    g_autoptr(Policy) policy = policy_of(everything);
    const Limit *monthly = limit_of(policy, "free", "monthly"), *weekly = limit_of(policy, "free", "weekly");
    const Limit *rolling = limit_of(policy, "free", "rolling"), *spans = limit_of(policy, "free", "spans");
    const Limit *shared = limit_of(policy, "free", "shared"), *few = limit_of(policy, "anonymous", "few");
    ck_assert_int_eq(monthly->plan_amount, UNITS_MAX);
    ck_assert_ptr_null(monthly->zone);
    ck_assert_int_eq(monthly->warn_count, 2);
    ck_assert_int_eq(monthly->warn_at[0], 50);
    ck_assert_int_eq(monthly->warn_at[1], 100);
    ck_assert_int_eq(monthly->window.week_starts, 1); /* months do not begin with weeks */
    ck_assert_int_eq(monthly->window.day_starts_min, 390);
    ck_assert_int_eq(monthly->window.align, ALIGN_CALENDAR);
    ck_assert_int_eq(weekly->window.week_starts, 1);
    ck_assert_int_eq(weekly->window.day_starts_min, 0);
    ck_assert_int_eq(weekly->mode, MODE_SHADOW);
    ck_assert_str_eq(weekly->zone, "America/New_York");
    ck_assert_int_eq(weekly->warn_at[0], 75);
    ck_assert_int_eq(weekly->warn_at[1], 90);
    ck_assert_int_eq(weekly->scope, SCOPE_SUBJECT);
    ck_assert_int_eq(weekly->on_exceed, EXCEED_BLOCK);
    ck_assert(!weekly->fail_open);
    ck_assert_int_eq(rolling->window.align, ALIGN_ROLLING);
    ck_assert_int_eq(rolling->window.count, 36);
    ck_assert(rolling->fail_open);
    ck_assert_int_eq(rolling->warn_count, 0);
    ck_assert_int_eq(spans->window.align, ALIGN_ANCHOR);
    ck_assert_int_eq(spans->rollover, 2);
    ck_assert_int_eq(shared->scope, SCOPE_SITE);
    ck_assert_int_eq(shared->on_exceed, EXCEED_QUEUE);
    ck_assert_str_eq(shared->zone, "UTC");
    ck_assert_int_eq(few->plan_amount, 0);
    ck_assert_int_eq(few->window.unit, WINDOW_LIFETIME);
}
END_TEST

START_TEST(plans)
{
    g_autoptr(Policy) policy = policy_of(everything);
    const Plan *anonymous = policy_plan(policy, "anonymous"), *free_plan = policy_plan(policy, "free");
    const Plan *pro = policy_plan(policy, "pro"), *admin = policy_plan(policy, "admin");
    ck_assert_int_eq(anonymous->rank, 0);
    ck_assert_str_eq(anonymous->title, "Anonymous");
    ck_assert_int_eq(free_plan->rank, 2);
    ck_assert_str_eq(free_plan->title, "Free of charge");
    ck_assert_str_eq(free_plan->price, "0 €");
    ck_assert_int_eq(free_plan->upgrade, pro->index);
    ck_assert_int_eq(pro->upgrade, -1);
    ck_assert_ptr_null(pro->price);
    ck_assert(!anonymous->lists[0] && !anonymous->lists[1] && anonymous->lists[2]);
    ck_assert(free_plan->lists[0] && free_plan->lists[1] && free_plan->lists[2]);
    ck_assert(admin->unlimited && !pro->unlimited);
    ck_assert_int_eq(free_plan->grace.days, 14);
    ck_assert_double_eq(free_plan->grace.multiplier, 1.5);
    ck_assert_int_eq(pro->grace.days, 3);
    ck_assert(pro->grace.unlimited);
    ck_assert_double_eq(pro->grace.multiplier, 1);
    ck_assert_int_eq(admin->grace.days, 0);
    ck_assert_int_eq(free_plan->grant_count, 2);
    ck_assert_int_eq(free_plan->grants[0].every.count, 28);
    ck_assert_int_eq(free_plan->grants[0].every.align, ALIGN_ANCHOR);
    ck_assert_int_eq(free_plan->grants[0].priority, 5);
    ck_assert_int_eq(free_plan->grants[1].every.count, 0);
    ck_assert_int_eq(free_plan->grants[1].priority, 100);
}
END_TEST

START_TEST(inheritance)
{
    g_autoptr(Policy) policy = policy_of(everything);
    const Plan *pro = policy_plan(policy, "pro"), *admin = policy_plan(policy, "admin");
    static const char *const keys[] = {"monthly", "weekly", "rolling", "spans", "shared"};
    ck_assert_int_eq(pro->limit_count, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(pro->limits[i].key, keys[i]);
    ck_assert_int_eq(pro->limits[0].plan_amount, 250); /* its own, multiplied, replaced whole */
    ck_assert_str_eq(pro->limits[0].zone, "America/New_York");
    ck_assert_int_eq(pro->limits[0].on_exceed, EXCEED_ALLOW);
    ck_assert_int_eq(pro->limits[1].plan_amount, AMOUNT_UNLIMITED);
    ck_assert_int_eq(pro->limits[2].plan_amount, 7); /* 3 × 2.5, rounded down */
    ck_assert(pro->limits[2].fail_open);
    ck_assert_int_eq(pro->limits[3].rollover, 2);
    ck_assert_int_eq(pro->grant_count, 2);
    ck_assert_int_eq(pro->grants[0].amount, 4);
    ck_assert_str_eq(pro->grants[1].key, "welcome");
    ck_assert_int_eq(admin->limit_count, 5);
    for (int i = 0; i < admin->limit_count; i++)
        ck_assert_int_eq(admin->limits[i].plan_amount, AMOUNT_UNLIMITED);
    ck_assert_int_eq(admin->limits[3].rollover, 0);
}
END_TEST

#define SMALL "default_plan = f feature a {} feature b { parent = a } feature c {}\n"

START_TEST(unlimited_plans_count)
{
    g_autoptr(Policy) policy = policy_of(SMALL "timezone = \"Asia/Tokyo\" plan f { unlimited = true  limit w { feature = a window = week } }"
                                               " plan g { inherits = f  limit d { feature = c  amount = 3  window = day } }"
                                               " plan h { inherits = f  limit count { feature = c  amount = 5  window = day } }");
    const Plan *f = policy_plan(policy, "f"), *g = policy_plan(policy, "g"), *h = policy_plan(policy, "h");
    ck_assert_int_eq(f->limit_count, 3);
    ck_assert(!f->limits[0].counts_only && f->limits[1].counts_only && f->limits[2].counts_only);
    ck_assert_int_eq(f->limits[1].feature, 1);
    ck_assert_int_eq(f->limits[2].feature, 2);
    for (int i = 1; i < 3; i++) {
        ck_assert_str_eq(f->limits[i].key, "count");
        ck_assert_int_eq(f->limits[i].window.unit, WINDOW_MONTH);
        ck_assert_int_eq(f->limits[i].scope, SCOPE_SUBJECT);
        ck_assert_int_eq(f->limits[i].plan_amount, AMOUNT_UNLIMITED);
        ck_assert_str_eq(f->limits[i].zone, "Asia/Tokyo");
        ck_assert_int_eq(f->limits[i].warn_count, 0);
    }
    ck_assert_int_eq(g->limit_count, 4);
    ck_assert_int_eq(g->limits[3].plan_amount, 3);
    ck_assert_int_eq(h->limit_count, 3);
    ck_assert(h->limits[1].counts_only && h->limits[1].feature == 1);
    ck_assert(!h->limits[2].counts_only && h->limits[2].plan_amount == 5);
    ck_assert(!g->unlimited && g->lists[0] && g->lists[1] && g->lists[2]);
}
END_TEST

/* 100 × 1.15 is 114.99999999999999 to a double. */
START_TEST(multipliers_are_exact)
{
    g_autoptr(Policy) policy = policy_of(
        SMALL "plan f { limit l { feature = a amount = 100 window = day } limit m { feature = b amount = 9007199254740991 window = day } }"
              "plan g { inherits = f multiplier = 1.15 limit m { feature = b amount = 0 window = day } }"
              "plan h { inherits = f multiplier = 0.000001 } plan i { inherits = f multiplier = 0.5 }"
              "plan j { inherits = i multiplier = 2 limit k { feature = a amount = 4503599627370495 window = day } }");
    ck_assert_int_eq(limit_of(policy, "g", "l")->plan_amount, 115);
    ck_assert_int_eq(limit_of(policy, "g", "m")->plan_amount, 0);
    ck_assert_int_eq(limit_of(policy, "h", "l")->plan_amount, 0);
    ck_assert_int_eq(limit_of(policy, "h", "m")->plan_amount, INT64_C(9007199254));
    ck_assert_int_eq(limit_of(policy, "j", "l")->plan_amount, 100);
    ck_assert_int_eq(limit_of(policy, "j", "m")->plan_amount, UNITS_MAX); /* halved and doubled: rounded once */
    ck_assert_int_eq(limit_of(policy, "j", "k")->plan_amount, UNITS_MAX - 1);
}
END_TEST

START_TEST(routes)
{
    g_autoptr(Policy) policy = policy_of(everything);
    const Route *chat = &policy->routes[0], *sum = &policy->routes[1];
    ck_assert_int_eq(policy->route_count, 2);
    ck_assert_str_eq(chat->method, "POST");
    ck_assert_int_eq(chat->condition_count, 3);
    ck_assert_str_eq(chat->conditions[0].name, "do");
    ck_assert_str_eq(chat->conditions[0].pattern, "send*");
    ck_assert_str_eq(chat->conditions[1].name, "draft");
    ck_assert_ptr_null(chat->conditions[1].pattern);
    ck_assert_str_eq(chat->conditions[2].pattern, "*");
    ck_assert_str_eq(chat->resource_segment, "room");
    ck_assert_int_eq(chat->charge, CHARGE_SUCCESS);
    ck_assert_int_eq(chat->units, 2);
    ck_assert_ptr_null(sum->method);
    ck_assert_str_eq(sum->resource_query, "what");
    ck_assert_int_eq(sum->charge, CHARGE_ADMIT);
    ck_assert_int_eq(sum->units, 1);
}
END_TEST

START_TEST(defaults)
{
    g_autoptr(Policy) policy = policy_of("\xef\xbb\xbf" "default_plan = f\r\nfeature a {}\r\nplan f { limit l { feature = a amount = 1 window = day } }\r\n");
    ck_assert_str_eq(policy->title, "Usage limits");
    ck_assert_str_eq(policy->zone, "UTC");
    ck_assert_int_eq(policy->week_starts, 1);
    ck_assert_int_eq(policy->day_starts_min, 0);
    ck_assert_int_eq(policy->anonymous_plan, -1);
    ck_assert_ptr_null(policy->upgrade_url);
    ck_assert_ptr_null(policy->support_url);
    ck_assert_ptr_null(policy->sign_in_url);
    ck_assert(!policy->totp_required);
    ck_assert_int_eq(policy->support.days, 0);
    ck_assert_ptr_null(policy->currency);
    ck_assert(!policy->queue_page);
    ck_assert_ptr_null(policy->administrators[0]);
    ck_assert_ptr_null(policy->embedders[0]);
    ck_assert_int_eq(policy->plans[0].grace.days, 0);
    ck_assert_str_eq(policy->features[0].units, "as");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("policy read");
    TCase *tcase = tcase_create("read");
    tcase_add_test(tcase, settings);
    tcase_add_test(tcase, features);
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, plans);
    tcase_add_test(tcase, inheritance);
    tcase_add_test(tcase, unlimited_plans_count);
    tcase_add_test(tcase, multipliers_are_exact);
    tcase_add_test(tcase, routes);
    tcase_add_test(tcase, defaults);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(suite());
}
