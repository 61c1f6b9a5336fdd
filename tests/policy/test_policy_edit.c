/* A policy's text is changed where it has to be, and nowhere else. */
#include <check.h>

#include "policy/policy_edit.h"
#include "policy/policy_feature.h"
#include "policy/policy_grant.h"
#include "policy/policy_limit.h"
#include "policy/policy_list.h"
#include "policy/policy_plan.h"
#include "policy/policy_read.h"
#include "policy/policy_route.h"
#include "policy/policy_setting.h"

static const char text[] =
    "# The first comment: plan free { limit daily { amount = 7 } }\n"
    "default_plan = free\n"
    "embedders = {\"https://a.example\", \"https://b.example\"}\n"
    "feature call { title = \"limit daily { amount = 9 }\" }\n"
    "plan 'free-2' { limit daily { feature = call  amount = 1  window = day } }\n"
    "plan free {\n"
    "  title = \"Free\"   /* plan free */\n"
    "  grant daily { feature = call  amount = 3 }\n"
    "  limit other { feature = call  amount = 50  window = week }\n"
    "  limit daily {\n"
    "    feature = call   # what it is about\n"
    "    amount  = 10     # ten\n"
    "    warn_at = {80, 100}  window = \"day\"\n"
    "    # the last word\n"
    "  }\n"
    "}\n"
    "plan pro { inherits = free }\n";

static const PolicyPlace daily = {"free", "limit", "daily"};

static void assert_edit(const char *name, const char *value, const char *was, const char *is)
{
    const PolicyEdit edit = {.name = name, .value = value};
    g_autofree char *edited = policy_edit(text, &daily, &edit, 1);
    ck_assert_ptr_nonnull(edited);
    const char *place = strstr(strstr(text, "  limit daily"), was);
    g_autofree char *expected = g_strdup_printf("%.*s%s%s", (int) (place - text), text, is, place + strlen(was));
    ck_assert_str_eq(edited, expected);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(edited, "edited", mistakes);
    ck_assert_msg(policy != NULL, "%s", mistakes_text(mistakes));
}

START_TEST(only_the_value_is_changed)
{
    assert_edit("amount", "12", "10", "12");
    assert_edit("window", "2 week", "\"day\"", "\"2 week\"");
    assert_edit("warn_at", NULL, "    warn_at = {80, 100}", "");
    assert_edit("mode", "off", "window = \"day\"", "window = \"day\"  mode = \"off\"");
    assert_edit("rollover", NULL, "ten", "ten");
}
END_TEST

START_TEST(several_changes_at_once)
{
    const PolicyEdit edits[] = {{"amount", NULL, false}, {"unlimited", "true", false}, {"window", "month", false}};
    g_autofree char *edited = policy_edit(text, &daily, edits, 3);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(edited, "edited", mistakes);
    ck_assert_msg(policy != NULL, "%s", mistakes_text(mistakes));
    ck_assert_int_eq(policy_plan(policy, "free")->limits[1].plan_amount, AMOUNT_UNLIMITED);
    ck_assert_int_eq(policy_plan(policy, "pro")->limits[1].plan_amount, AMOUNT_UNLIMITED);
    ck_assert_int_eq(policy_plan(policy, "free")->limits[1].window.unit, WINDOW_MONTH);
    ck_assert_ptr_nonnull(strstr(edited, "# ten\n"));
    ck_assert_ptr_nonnull(strstr(edited, "# the last word\n"));
}
END_TEST

START_TEST(what_is_written_is_told)
{
    g_autofree char *amount = policy_written(text, &daily, "amount");
    g_autofree char *window = policy_written(text, &daily, "window");
    g_autofree char *mode = policy_written(text, &daily, "mode");
    g_autofree char *quoted = policy_written(text, &(PolicyPlace){"free-2", "limit", "daily"}, "amount");
    ck_assert_str_eq(amount, "10");
    ck_assert_str_eq(window, "day");
    ck_assert_ptr_null(mode);
    ck_assert_str_eq(quoted, "1");
    ck_assert(policy_has(text, &(PolicyPlace){"free", "limit", "daily"}));
    ck_assert(!policy_has(text, &(PolicyPlace){"pro", "limit", "daily"}));
    ck_assert(!policy_has(text, &(PolicyPlace){"free", "limit", "amount"}));
    g_autofree char *home = policy_home(text, "pro", "limit", "daily");
    g_autofree char *nowhere = policy_home(text, "pro", "limit", "weekly");
    ck_assert_str_eq(home, "free");
    ck_assert_ptr_null(nowhere);
    const PolicyEdit edit = {"amount", "1", false};
    ck_assert_ptr_null(policy_edit(text, &(PolicyPlace){"pro", "limit", "daily"}, &edit, 1));
}
END_TEST

/* What comes from a form ends up within its quotes, whatever it is. */
START_TEST(a_value_stays_a_value)
{
    const PolicyEdit edit = {"window", "day\" } } plan x { title = \"\\", false};
    g_autofree char *edited = policy_edit(text, &daily, &edit, 1);
    g_autofree char *window = policy_written(edited, &daily, "window");
    ck_assert_str_eq(window, edit.value);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(edited, "edited", mistakes);
    ck_assert_ptr_null(policy);
    ck_assert_int_eq(mistakes->len, 1);
    ck_assert_ptr_nonnull(strstr(((Mistake *) mistakes->pdata[0])->field, "window"));
}
END_TEST

/* The policy that a wish makes of the one above; NULL with its mistakes. */
static Policy *wished(const char *plan, const LimitWish *wish, GPtrArray *mistakes)
{
    g_autoptr(GPtrArray) none = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", none);
    g_auto(LimitChosen) chosen = {0};
    ck_assert(limit_choose(policy, plan, "daily", &chosen));
    return policy_with_limit(policy, &chosen, wish, mistakes);
}

START_TEST(a_limit_is_changed_where_it_is_defined)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    const LimitWish wish = {{[LIMIT_AMOUNT] = "unlimited", [LIMIT_MODE] = "off", [LIMIT_WINDOW] = "day"}};
    g_autoptr(Policy) policy = wished("pro", &wish, mistakes);
    ck_assert_ptr_nonnull(policy);
    g_autofree char *unlimited = policy_written(policy->text, &daily, "unlimited");
    g_autofree char *amount = policy_written(policy->text, &daily, "amount");
    ck_assert_str_eq(unlimited, "true");
    ck_assert_ptr_null(amount);
    ck_assert_int_eq(policy_plan(policy, "pro")->limits[1].mode, MODE_OFF);
    g_auto(LimitChosen) none = {0};
    ck_assert(!limit_choose(policy, "pro", "weekly", &none) && none.plan);
    g_auto(LimitChosen) nothing = {0};
    ck_assert(!limit_choose(policy, "none", "daily", &nothing) && !nothing.plan);
}
END_TEST

START_TEST(every_mistake_of_a_change_is_told)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    const LimitWish wish = {{[LIMIT_AMOUNT] = "-1", [LIMIT_WINDOW] = "fortnight", [LIMIT_SCOPE] = "world", [LIMIT_MODE] = "maybe"}};
    ck_assert_ptr_null(wished("free", &wish, mistakes));
    static const char *const fields[] = {"amount", "window", "scope", "mode"};
    json_t *list = mistakes_json(mistakes);
    ck_assert_int_eq(json_array_size(list), G_N_ELEMENTS(fields));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        bool found = false;
        for (guint m = 0; m < mistakes->len; m++)
            found |= g_str_has_suffix(((Mistake *) mistakes->pdata[m])->field, fields[i]);
        ck_assert_msg(found, "%s", fields[i]);
    }
    ck_assert_int_gt(json_integer_value(json_object_get(json_array_get(list, 0), "line")), 0);
    json_decref(list);
}
END_TEST

/* What `text` becomes is told whole where it is, so that what stands around it is looked at as well. */
static void assert_text(char *edited, const char *expected)
{
    g_autofree char *owned = edited;
    ck_assert_ptr_nonnull(owned);
    ck_assert_msg(strstr(owned, expected) != NULL, "no\n%s\nin\n%s", expected, owned);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(owned, "edited", mistakes);
    ck_assert_msg(policy != NULL, "%s", mistakes_text(mistakes));
}

START_TEST(options_that_stand_alone_come_and_go_with_their_lines)
{
    static const char lines[] = "default_plan = free\nfeature call { }\nplan free {\n  title = \"F\"  # the title\n  price = \"9\"\n\n  limit a {\n    feature = call\n"
                                "    amount = 1\n    window = day   # each\n  }\n}\n";
    const PolicyPlace plan = {.plan = "free"}, limit = {"free", "limit", "a"}, top = {0};
    const PolicyEdit warn = {"warn_at", "80, 95", true}, none = {"warn_at", "", true}, rank = {"rank", "3", false}, no_price = {"price", NULL, false},
                     url = {"upgrade_url", "/buy", false};
    assert_text(policy_edit(lines, &limit, &warn, 1), "window = day   # each\n    warn_at = {80, 95}\n  }\n");
    assert_text(policy_edit(lines, &limit, &none, 1), "    warn_at = {}\n");
    assert_text(policy_edit(lines, &plan, &rank, 1), "  price = \"9\"\n  rank = 3\n\n  limit a {");
    assert_text(policy_edit(lines, &plan, &no_price, 1), "  title = \"F\"  # the title\n\n  limit a {");
    assert_text(policy_edit(lines, &top, &url, 1), "default_plan = free\nupgrade_url = \"/buy\"\nfeature call { }\n");
    g_autofree char *edited = policy_edit(lines, &limit, &warn, 1), *written = policy_written(edited, &limit, "warn_at");
    ck_assert_str_eq(written, "80, 95");
    g_autofree char *title = policy_written(lines, &plan, "title"), *window = policy_written(lines, &plan, "window");
    ck_assert_str_eq(title, "F");
    ck_assert_ptr_null(window);
}
END_TEST

START_TEST(sections_come_and_go)
{
    const PolicyPlace weekly = {"free", "limit", "weekly"}, grace = {"free", "grace", NULL}, team = {.plan = "team"}, own = {"pro", "limit", "own"};
    const PolicyEdit edits[] = {{"feature", "call", false}, {"amount", "5", false}, {"window", "week", false}}, days = {"days", "0", false};
    assert_text(policy_add(text, &weekly, edits, 3), "    # the last word\n  }\n  limit weekly { feature = \"call\"  amount = 5  window = \"week\" }\n}\n");
    assert_text(policy_add(text, &own, edits, 3), "plan pro { inherits = free\n  limit own { feature = \"call\"  amount = 5  window = \"week\" } }\n");
    assert_text(policy_add(text, &grace, &days, 1), "  }\n  grace { days = 0 }\n}\n");
    assert_text(policy_add(text, &team, NULL, 0), "plan pro { inherits = free }\nplan team { }\n");
    assert_text(policy_remove(text, &(PolicyPlace){"free", "limit", "other"}), "amount = 3 }\n  limit daily {\n");
    assert_text(policy_remove(text, &(PolicyPlace){.plan = "pro"}), "  }\n}\n");
    ck_assert_ptr_null(policy_add(text, &(PolicyPlace){"none", "limit", "weekly"}, edits, 3));
    ck_assert_ptr_null(policy_remove(text, &own));
    g_autofree char *added = policy_add(text, &weekly, edits, 3), *back = policy_remove(added, &weekly);
    ck_assert_str_eq(back, text);
}
END_TEST

/* What comes of a whole limit or plan: what is so without being written stays unwritten. */
START_TEST(a_limit_is_added_and_removed_as_it_is_wished)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", mistakes);
    const LimitWish wish = {{[LIMIT_FEATURE] = "call", [LIMIT_AMOUNT] = "unlimited", [LIMIT_WINDOW] = "28 day", [LIMIT_ALIGN] = "", [LIMIT_SCOPE] = "subject",
                             [LIMIT_MODE] = "enforce", [LIMIT_ON_EXCEED] = "queue", [LIMIT_WARN_AT] = "none", [LIMIT_CLAIM_WITHIN] = "30", [LIMIT_FAIR] = "account"}};
    g_autoptr(Policy) added = policy_with_new_limit(policy, policy_plan(policy, "pro"), "own", &wish, mistakes);
    ck_assert_msg(added != NULL, "%s", mistakes_text(mistakes));
    ck_assert_ptr_nonnull(strstr(added->text, "limit own { feature = \"call\"  unlimited = \"true\"  window = \"28 day\"  on_exceed = \"queue\"  warn_at = {}  "
                                              "claim_within = 30  fair = \"account\" } }"));
    g_auto(LimitChosen) chosen = {0};
    ck_assert(limit_choose(added, "pro", "own", &chosen));
    g_autofree char *amount = limit_written(added, &chosen, LIMIT_AMOUNT), *warn_at = limit_written(added, &chosen, LIMIT_WARN_AT),
                    *rollover = limit_written(added, &chosen, LIMIT_ROLLOVER);
    ck_assert_str_eq(amount, "unlimited");
    ck_assert_str_eq(warn_at, "none");
    ck_assert_ptr_null(rollover);
    const LimitWish less = {{[LIMIT_CLAIM_WITHIN] = "", [LIMIT_WARN_AT] = "80,95", [LIMIT_FAIR] = "none", [LIMIT_ROLLOVER] = "0", [LIMIT_TIMEZONE] = "UTC"}};
    g_autoptr(Policy) changed = policy_with_limit(added, &chosen, &less, mistakes);
    ck_assert_ptr_nonnull(strstr(changed->text, "on_exceed = \"queue\"  warn_at = {80, 95}  fair = \"none\" } }"));
    g_autoptr(Policy) removed = policy_without_limit(added, &chosen, mistakes);
    ck_assert_str_eq(removed->text, text);
    ck_assert_ptr_null(policy_with_new_limit(policy, policy_plan(policy, "free"), "daily", &wish, mistakes));
    ck_assert_str_eq(((Mistake *) mistakes->pdata[0])->field, "plan free: limit daily");
}
END_TEST

START_TEST(a_plan_is_changed_and_added_as_it_is_wished)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", mistakes);
    const PlanWish wish = {{[PLAN_TITLE] = "Free", [PLAN_PRICE] = "$0 “a\" month", [PLAN_RANK] = "2", [PLAN_UNLIMITED] = "no", [PLAN_GRACE_DAYS] = "7",
                            [PLAN_GRACE_MULTIPLIER] = "1.5", [PLAN_GRACE_UNLIMITED] = ""}};
    g_autoptr(Policy) changed = policy_with_plan(policy, policy_plan(policy, "free"), &wish, mistakes);
    ck_assert_msg(changed != NULL, "%s", mistakes_text(mistakes));
    ck_assert_ptr_nonnull(strstr(changed->text, "  title = \"Free\"   /* plan free */\n  price = \"$0 “a\\\" month\"\n"));
    ck_assert_ptr_nonnull(strstr(changed->text, "  grace { days = 7  multiplier = \"1.5\" }\n}\n"));
    ck_assert_ptr_null(strstr(changed->text, "rank"));
    const PlanWish none = {{[PLAN_PRICE] = "", [PLAN_GRACE_DAYS] = "", [PLAN_GRACE_MULTIPLIER] = ""}};
    g_autoptr(Policy) back = policy_with_plan(changed, policy_plan(changed, "free"), &none, mistakes);
    ck_assert_str_eq(back->text, text);
    const PlanWish more = {{[PLAN_TITLE] = "Team", [PLAN_INHERITS] = "pro", [PLAN_UNLIMITED] = "yes", [PLAN_GRACE_DAYS] = "3", [PLAN_GRACE_UNLIMITED] = "yes"}};
    g_autoptr(Policy) added = policy_with_new_plan(policy, "team", &more, mistakes);
    ck_assert_ptr_nonnull(strstr(added->text, "\nplan team { title = \"Team\"  inherits = \"pro\"  unlimited = \"yes\"\n  grace { days = 3  unlimited = \"yes\" } }\n"));
    ck_assert_int_eq(policy_plan(added, "team")->limits[0].plan_amount, AMOUNT_UNLIMITED);
    ck_assert_ptr_null(policy_with_new_plan(policy, "not a key", &more, mistakes));
    ck_assert_ptr_null(policy_with_new_plan(policy, "free", &more, mistakes));
}
END_TEST

/* The mistake at `i`: "plan pro: inherits". */
static const char *about(const GPtrArray *mistakes, guint i)
{
    return i < mistakes->len ? ((Mistake *) mistakes->pdata[i])->field : NULL;
}

START_TEST(a_plan_goes_when_nobody_has_it_and_nothing_names_it)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new(), others = mistakes_new(), nothing = g_ptr_array_new(), held = g_ptr_array_new();
    g_autoptr(Policy) policy = policy_read(text, "text", mistakes);
    g_ptr_array_add(held, (char *)"2 people have it");
    g_autoptr(Policy) without = policy_without_plan(policy, policy_plan(policy, "pro"), nothing, mistakes);
    ck_assert_msg(without != NULL, "%s", mistakes_text(mistakes));
    ck_assert_ptr_null(strstr(without->text, "plan pro"));
    ck_assert_ptr_null(policy_without_plan(policy, policy_plan(policy, "pro"), held, mistakes));
    ck_assert_int_eq(mistakes->len, 1);
    ck_assert_str_eq(about(mistakes, 0), "plan pro");
    ck_assert_ptr_null(policy_without_plan(policy, policy_plan(policy, "free"), held, others));
    ck_assert_int_eq(others->len, 3);
    ck_assert_str_eq(about(others, 0), "plan free");
    ck_assert_str_eq(about(others, 1), "default_plan");
    ck_assert_str_eq(about(others, 2), "plan pro: inherits");
}
END_TEST

START_TEST(a_grant_is_changed_added_and_removed_as_it_is_wished)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new(), of_bare = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", mistakes);
    g_auto(GrantChosen) chosen = {0}, none = {0};
    ck_assert(grant_choose(policy, "pro", "daily", &chosen));
    ck_assert_str_eq(chosen.home, "free");
    ck_assert(!grant_choose(policy, "free", "weekly", &none) && none.plan);
    const GrantWish wish = {{[GRANT_AMOUNT] = "5", [GRANT_EVERY] = "28 day", [GRANT_PRIORITY] = "100"}};
    g_autoptr(Policy) changed = policy_with_grant(policy, &chosen, &wish, mistakes);
    ck_assert_msg(changed != NULL, "%s", mistakes_text(mistakes));
    ck_assert_ptr_nonnull(strstr(changed->text, "  grant daily { feature = call  amount = 5  every = \"28 day\" }\n"));
    const GrantWish more = {{"call", "50", "", "7"}}, wrong = {{"call", "0", "lifetime", NULL}}, bare = {{NULL, "", NULL, NULL}};
    g_autoptr(Policy) added = policy_with_new_grant(policy, policy_plan(policy, "pro"), "own", &more, mistakes);
    ck_assert_ptr_nonnull(strstr(added->text, "  grant own { feature = \"call\"  amount = 50  priority = 7 } }\n"));
    g_auto(GrantChosen) own = {0};
    ck_assert(grant_choose(added, "pro", "own", &own));
    g_autoptr(Policy) removed = policy_without_grant(added, &own, mistakes);
    ck_assert_str_eq(removed->text, text);
    ck_assert_ptr_null(policy_with_new_grant(policy, policy_plan(policy, "pro"), "own", &wrong, mistakes));
    ck_assert_str_eq(about(mistakes, 0), "plan pro: grant own: amount");
    ck_assert_str_eq(about(mistakes, 1), "plan pro: grant own: every");
    ck_assert_ptr_null(policy_with_grant(policy, &chosen, &bare, of_bare));
    ck_assert_str_eq(about(of_bare, 0), "plan free: grant daily: amount");
}
END_TEST

START_TEST(settings_are_changed_as_they_are_wished)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new(), of_own = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", mistakes);
    const TopWish wish = {{[TOP_TITLE] = "A \"site\"", [TOP_TIMEZONE] = "UTC", [TOP_WEEK_STARTS] = "sunday", [TOP_UPGRADE_URL] = "/buy?plan={plan}",
                           [TOP_ADMINISTRATORS] = "ada,  bob", [TOP_EMBEDDERS] = "https://a.example , https://b.example", [TOP_GRACE_DAYS] = "7",
                           [TOP_GRACE_UNLIMITED] = "yes", [TOP_CEILING_MULTIPLIER] = "1.5", [TOP_CEILING_DAYS] = "30"}};
    g_autoptr(Policy) changed = policy_with_settings(policy, &wish, NULL, mistakes);
    ck_assert_msg(changed != NULL, "%s", mistakes_text(mistakes));
    ck_assert_ptr_nonnull(strstr(changed->text, "embedders = {\"https://a.example\", \"https://b.example\"}\ntitle = \"A \\\"site\\\"\"\n"
                                                "week_starts = \"sunday\"\nupgrade_url = \"/buy?plan={plan}\"\nadministrators = {\"ada\", \"bob\"}\n"));
    ck_assert_ptr_nonnull(strstr(changed->text, "plan pro { inherits = free }\ngrace { days = 7  unlimited = \"yes\" }\n"
                                                "support_ceiling { multiplier = \"1.5\"  days = 30 }\n"));
    ck_assert_ptr_null(strstr(changed->text, "timezone"));
    g_autofree char *administrators = top_written(changed, TOP_ADMINISTRATORS), *days = top_written(changed, TOP_CEILING_DAYS);
    ck_assert_str_eq(administrators, "ada, bob");
    ck_assert_str_eq(days, "30");
    TopWish nothing = {{NULL}};
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++)
        nothing.of[setting] = setting == TOP_DEFAULT_PLAN || setting == TOP_EMBEDDERS ? NULL : "";
    g_autoptr(Policy) back = policy_with_settings(changed, &nothing, "root", mistakes);
    ck_assert_msg(back != NULL, "%s", mistakes_text(mistakes));
    ck_assert_str_eq(back->text, text);
    const TopWish wrong = {{[TOP_DEFAULT_PLAN] = "", [TOP_SUPPORT_URL] = "javascript:x", [TOP_CEILING_DAYS] = "9"}};
    ck_assert_ptr_null(policy_with_settings(policy, &wrong, NULL, mistakes));
    ck_assert_int_eq(mistakes->len, 3);
    ck_assert_ptr_null(policy_with_settings(changed, &nothing, "ada", of_own));
    ck_assert_str_eq(about(of_own, 0), "administrators");
}
END_TEST

START_TEST(features_are_changed_as_they_are_wished)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new(), others = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", mistakes);
    const FeatureWish all = {{"Own", "own call", "own calls", "What it is", "call", "claude-*, \"a, b\"", "0.25", "resource"}};
    g_autoptr(Policy) added = policy_with_new_feature(policy, "own", &all, mistakes);
    ck_assert_msg(added != NULL, "%s", mistakes_text(mistakes));
    ck_assert_ptr_nonnull(strstr(added->text, "\nfeature own { title = \"Own\"  unit = \"own call\"  units = \"own calls\"  about = \"What it is\"  parent = \"call\""
                                              "  resources = {\"claude-*\", \"a, b\"}  unit_cost = \"0.25\"  one_place = \"resource\" }\nplan 'free-2'"));
    const Feature *own = policy_feature(added, "own");
    g_autofree char *resources = feature_written(added, "own", FEATURE_RESOURCES);
    ck_assert_str_eq(resources, "claude-*, \"a, b\"");
    ck_assert_int_eq(own->unit_cost_micros, 250000);
    const FeatureWish same = {{NULL, NULL, NULL, NULL, NULL, "claude-*,\"a, b\"", "0.25", NULL}}, less = {{"", "", "", "", "", "", "", ""}};
    g_autoptr(Policy) unchanged = policy_with_feature(added, own, &same, mistakes);
    ck_assert_str_eq(unchanged->text, added->text);
    g_autoptr(Policy) bare = policy_with_feature(added, own, &less, mistakes);
    ck_assert_ptr_nonnull(strstr(bare->text, "\nfeature own { }\n"));
    g_autoptr(Policy) gone = policy_without_feature(bare, policy_feature(bare, "own"), mistakes);
    ck_assert_str_eq(gone->text, text);
    ck_assert_int_eq(mistakes->len, 0);
    ck_assert_ptr_null(policy_without_feature(policy, policy_feature(policy, "call"), others));
    ck_assert_int_ge(others->len, 1);
    ck_assert_ptr_null(policy_with_new_feature(policy, "call", &same, others));
}
END_TEST

START_TEST(routes_are_known_by_their_places)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new(), wrong = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", mistakes);
    const RouteWish first = {{"POST", "/a/{id}", "do=a, \"x=a,b\"", "call", NULL, "id", "2", "admit"}}, other = {{[ROUTE_PATH] = "/b*", [ROUTE_FEATURE] = "call"}};
    g_autoptr(Policy) one = policy_with_new_route(policy, 0, &first, mistakes);
    ck_assert_msg(one != NULL, "%s", mistakes_text(mistakes));
    ck_assert(g_str_has_suffix(one->text, "\nroute { method = \"POST\"  path = \"/a/{id}\"  query = {\"do=a\", \"x=a,b\"}  feature = \"call\"  resource_segment = \"id\""
                                          "  units = 2 }\n"));
    g_autoptr(Policy) two = policy_with_new_route(one, 1, &other, mistakes);
    ck_assert_ptr_nonnull(strstr(two->text, "\nroute { path = \"/b*\"  feature = \"call\" }\nroute { method"));
    ck_assert_str_eq(two->routes[0].path, "/b*");
    g_autofree char *path = route_written(two, 2, ROUTE_PATH), *query = route_written(two, 2, ROUTE_QUERY), *none = route_written(two, 3, ROUTE_PATH);
    ck_assert_str_eq(path, "/a/{id}");
    ck_assert_str_eq(query, "do=a, \"x=a,b\"");
    ck_assert_ptr_null(none);
    const RouteWish changed = {{[ROUTE_QUERY] = "", [ROUTE_UNITS] = "1", [ROUTE_CHARGE] = "check"}};
    g_autoptr(Policy) edited = policy_with_route(two, 2, &changed, mistakes);
    ck_assert_int_eq(edited->routes[1].charge, CHARGE_CHECK);
    ck_assert_int_eq(edited->routes[1].condition_count, 0);
    g_autoptr(Policy) less = policy_without_route(edited, 1, mistakes);
    ck_assert_int_eq(less->route_count, 1);
    g_autoptr(Policy) back = policy_without_route(less, 1, mistakes);
    ck_assert_str_eq(back->text, text);
    ck_assert_ptr_null(policy_with_new_route(two, 9, &changed, wrong));
    ck_assert_str_eq(about(wrong, 0), "route 3: path");
}
END_TEST

/* A list as it is typed, how it is told then, and a line for each of its values. */
START_TEST(names_may_have_commas_and_quotes_in_them)
{
    static const struct {
        const char *typed, *told, *lines;
    } rows[] = {
        {"ada,  bob", "ada, bob", "ada\nbob"},
        {"\"Doe, Jane\" , ada", "\"Doe, Jane\", ada", "Doe, Jane\nada"},
        {"\"a \\\"b\\\" \\\\c\"", "\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c"},
        {"\"none\"", "\"none\"", "none"},
        {"none", "none", ""},
        {"a b  c, \"x\" y", "a b  c, \"\\\"x\\\" y\"", "a b  c\n\"x\" y"},
        {"open \"quote", "\"open \\\"quote\"", "open \"quote"},
    };
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", mistakes);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const TopWish wish = {{[TOP_ADMINISTRATORS] = rows[i].typed}};
        g_autoptr(Policy) changed = policy_with_settings(policy, &wish, NULL, mistakes);
        ck_assert_msg(changed != NULL, "%zu: %s", i, mistakes_text(mistakes));
        g_autofree char *told = top_written(changed, TOP_ADMINISTRATORS), *lines = policy_list_lines(told), *back = policy_list_of_lines(lines);
        ck_assert_str_eq(told, rows[i].told);
        ck_assert_str_eq(lines, rows[i].lines);
        ck_assert_str_eq(back, told);
        g_autofree char *all = g_strjoinv("\n", changed->administrators);
        ck_assert_str_eq(all, lines);
        const TopWish same = {{[TOP_ADMINISTRATORS] = told}};
        g_autoptr(Policy) again = policy_with_settings(changed, &same, NULL, mistakes);
        ck_assert_str_eq(again->text, changed->text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_edit");
    TCase *tests = tcase_create("policy_edit");
    tcase_add_test(tests, only_the_value_is_changed);
    tcase_add_test(tests, features_are_changed_as_they_are_wished);
    tcase_add_test(tests, routes_are_known_by_their_places);
    tcase_add_test(tests, names_may_have_commas_and_quotes_in_them);
    tcase_add_test(tests, several_changes_at_once);
    tcase_add_test(tests, what_is_written_is_told);
    tcase_add_test(tests, a_value_stays_a_value);
    tcase_add_test(tests, a_limit_is_changed_where_it_is_defined);
    tcase_add_test(tests, every_mistake_of_a_change_is_told);
    tcase_add_test(tests, options_that_stand_alone_come_and_go_with_their_lines);
    tcase_add_test(tests, sections_come_and_go);
    tcase_add_test(tests, a_limit_is_added_and_removed_as_it_is_wished);
    tcase_add_test(tests, a_plan_is_changed_and_added_as_it_is_wished);
    tcase_add_test(tests, a_plan_goes_when_nobody_has_it_and_nothing_names_it);
    tcase_add_test(tests, a_grant_is_changed_added_and_removed_as_it_is_wished);
    tcase_add_test(tests, settings_are_changed_as_they_are_wished);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
