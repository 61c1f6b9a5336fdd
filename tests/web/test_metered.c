/* Which feature a request to the application is about, whichever way it is written. */
#include "web/metered.h"

#include "exchange_fake.h"
#include "policy/policy_load.h"
#include "suite.h"

static const char policy_head[] =
    "title = \"T\"\ntimezone = \"UTC\"\ndefault_plan = \"free\"\n"
    "feature save { }\nfeature talk { }\nfeature deep_talk { parent = \"talk\"  resources = {\"deep*\"} }\nfeature other { }\nfeature many { }\n"
    "plan free { limit a { feature = \"save\"  amount = 1  window = \"day\" }\n"
    "  limit b { feature = \"talk\"  amount = 1  window = \"day\" }\n"
    "  limit c { feature = \"other\"  amount = 1  window = \"day\" }\n"
    "  limit d { feature = \"many\"  amount = 1  window = \"day\" } }\n"
    "route { method = \"POST\"  path = \"/app/save\"  feature = \"save\"  units = 3 }\n"
    "route { method = \"POST\"  path = \"/app/talk\"  feature = \"talk\"  resource_query = \"model\" }\n"
    "route { method = \"POST\"  path = \"/app/dotted\"  feature = \"talk\"  resource_query = \"a_b\" }\n"
    "route { method = \"POST\"  path = \"/app/form\"  query = {\"!preview\", \"do=save\"}  feature = \"save\" }\n"
    "route { method = \"POST\"  path = \"/app/look\"  query = {\"do=look\"}  feature = \"many\"  charge = \"check\" }\n"
    "route { method = \"POST\"  path = \"/app/look\"  feature = \"save\" }\n"
    "route { method = \"POST\"  path = \"/app/many\"  feature = \"many\"  resource_query = \"of\" }\n"
    "route { method = \"POST\"  path = \"/app/*\"  feature = \"other\" }\n";

/* With a feature "many_N" for each resource "N.", more than can be charged at once. */
static Policy *policy_made(void)
{
    char *why = NULL;
    g_autoptr(GString) text = g_string_new(policy_head);
    for (int i = 1; i <= LEDGER_ITEMS_MAX; i++)
        g_string_append_printf(text, "feature many_%d { parent = \"many\"  resources = {\"%d.\"} }\n", i, i);
    Policy *policy = policy_load(text->str, "test", &why);
    ck_assert_msg(policy != NULL, "%s", why);
    return policy;
}

static char *shown(bool found, const Metered *metered)
{
    GString *text = g_string_new(!found ? "wrong" : metered->feature ? metered->feature : "-");
    for (int i = 0; found && i < metered->resource_count; i++)
        if (metered->resources[i] || metered->resource_count > 1)
            g_string_append_printf(text, ":%s", metered->resources[i] ? metered->resources[i] : "");
    return g_string_free(text, FALSE);
}

/* "feature", "feature:resource", "-" when nothing is metered, "wrong" when it is answered already. New string. */
static char *meter(const char *name, const char *value, const char *name2, const char *value2)
{
    Fake fake;
    fake_start(&fake);
    fake_param(&fake, "REQUEST_METHOD", "POST");
    fake_param(&fake, name, value);
    if (name2)
        fake_param(&fake, name2, value2);
    g_auto(Request) request = {.exchange = &fake.exchange, .method = "POST", .authorizer = true, .wish = ACCEPT_JSON};
    g_autoptr(Response) response = response_new();
    Call call = {.request = &request, .response = response, .policy = policy_made()};
    g_auto(Metered) metered = {0};
    bool found = metered_find(&call, &metered);
    char *result = shown(found, &metered);
    call_clear(&call);
    request.mount = request.path = NULL;
    fake_end(&fake);
    return result;
}

static void is(const char *target, const char *expected)
{
    g_autofree char *got = meter("REQUEST_URI", target, NULL, NULL);
    ck_assert_msg(strcmp(got, expected) == 0, "%s: %s, not %s", target, got, expected);
}

START_TEST(a_path_in_any_spelling)
{
    static const char *const spellings[] = {
        "/app/save", "/app//save", "//app/save", "/app/./save", "/app/x/../save", "/app/%73ave", "/app%2Fsave", "/app/save?x",
        "http://host/app/save", "/app/x/%2e%2e/save", "/app/save#x", "/app/save%00x", "/app/save%0a", "/app/save%0D%0A",
        "/app/sa%09ve", "/app/save;x=1", "/app;y/save;x=1?q", "/app/x/..;z/save", "/app/save\x7f"};
    for (size_t i = 0; i < G_N_ELEMENTS(spellings); i++)
        is(spellings[i], "save");
    is("/app/Save", "other");
    is("/app/save/", "other");
    is("/app/save/x", "other");
    is("/app/save%3bx", "other");
    is("/", "-");
    is("/;x", "-");
    is("/other%0a", "-");
}
END_TEST

/* Above all where the other reading leads to nothing, or to less. */
START_TEST(no_reading_leads_past_a_route)
{
    is("/app/save/..;/..;/", "other");
    is("/app/save/x/..;/..;/nothing", "other");
    is("/app/;/save", "save");
}
END_TEST

START_TEST(a_query_in_any_spelling)
{
    is("/app/talk", "talk");
    is("/app/talk?model=light", "talk:light");
    is("/app/talk?model=%64eep1", "talk:deep1");
    is("/app/talk?x;model=deep1", "talk:deep1");
    is("/app/talk?x=1;y&model=deep1", "talk:deep1");
    is("/app/talk;model=light?model=deep1", "talk:deep1");
    is("/app/form?do=save", "save");
    is("/app/form?do=save&preview", "other");
    is("/app/form?do=save;preview", "other");
    is("/app/form?do=save&x=;preview", "save");
    is("/app/form?x;do=save", "save");
}
END_TEST

/* It makes names of variables of them. */
START_TEST(a_name_as_php_reads_it)
{
    is("/app/talk?+model=deep1", "talk:deep1");
    is("/app/talk?%20%20model=deep1", "talk:deep1");
    is("/app/talk?model[]=deep1", "talk:deep1");
    is("/app/talk?model%5Bx][y=deep1", "talk:deep1");
    is("/app/talk?model=light&+model=deep1", "talk:light:deep1");
    is("/app/talk?x;+model=deep1", "talk:deep1");
    is("/app/talk?model[=deep1", "talk");
    is("/app/talk?model.=deep1", "talk");
    is("/app/form?+do=save", "save");
    is("/app/form?do=save&+preview", "save");
    is("/app/dotted?a.b=deep1", "talk:deep1");
    is("/app/dotted?a+b=deep1", "talk:deep1");
    is("/app/dotted?a[b=deep1", "talk:deep1");
}
END_TEST

/* Or the one that tells them to do what is charged. */
START_TEST(what_is_there_twice_is_charged_where_one_of_them_would_be)
{
    is("/app/look?do=look", "many");
    is("/app/look?do=save", "save");
    is("/app/look?do=look&do=save", "save");
    is("/app/look?do=save&do=look", "save");
    is("/app/look?do=look;do=save", "save");
    is("/app/look?do=look&+do=save", "save");
    is("/app/look?do=look&do=look", "many");
}
END_TEST

/* Programs differ in which of several they take. */
START_TEST(all_that_a_query_says_is_charged)
{
    is("/app/talk?model=light&model=deep1", "talk:light:deep1");
    is("/app/talk?model=deep1&model=light", "talk:deep1:light");
    is("/app/talk?;model=deep1&model=light", "talk:light:deep1");
    is("/app/talk?x=;model=light&model=deep1", "talk:deep1:light");
    is("/app/talk?model=deep1;x", "talk:deep1;x");
    is("/app/talk?model=&model=deep1", "talk::deep1");
    is("/app/talk?model=deep1&model=deep2", "talk:deep1");
    is("/app/talk?model=light&model=bright", "talk:light");
    g_autoptr(GString) many = g_string_new("/app/many?of=0");
    for (int i = 1; i < LEDGER_ITEMS_MAX + 1; i++)
        g_string_append_printf(many, "&of=%d.", i);
    is(many->str, "wrong");
    g_string_truncate(many, (gsize) (strrchr(many->str, '&') - many->str));
    g_autofree char *got = meter("REQUEST_URI", many->str, NULL, NULL);
    ck_assert_msg(g_str_has_prefix(got, "many:0:1.:2.") && g_str_has_suffix(got, ":19."), "%s", got);
}
END_TEST

START_TEST(the_server_says_it)
{
    static const char *const cases[][5] = {
        {"WEBQUOTA_FEATURE", "talk", "REQUEST_URI", "/app/save", "talk"},
        {"WEBQUOTA_FEATURE", "", "REQUEST_URI", "/app/save", "save"},
        {"WEBQUOTA_FEATURE", "talk", "WEBQUOTA_RESOURCE", "deep", "talk:deep"},
        {"WEBQUOTA_FEATURE", "talk", "WEBQUOTA_RESOURCE", "", "talk"},
        {"WEBQUOTA_FEATURE", "nothing", "REQUEST_URI", "/app/save", "wrong"},
        {"WEBQUOTA_FEATURE", "talk", "WEBQUOTA_UNITS", "0", "wrong"},
        {"WEBQUOTA_FEATURE", "talk", "WEBQUOTA_UNITS", "1.5", "wrong"},
        {"HTTP_WEBQUOTA_FEATURE", "talk", "REQUEST_URI", "/nothing", "-"},
        {"SCRIPT_NAME", "/app", "PATH_INFO", "/save", "save"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = meter(cases[i][0], cases[i][1], cases[i][2], cases[i][3]);
        ck_assert_msg(strcmp(got, cases[i][4]) == 0, "%zu: %s, not %s", i, got, cases[i][4]);
    }
}
END_TEST

START_TEST(a_resource_that_could_not_be_recorded_is_made_one)
{
    g_autofree char *long_target = g_strdup_printf("/app/talk?model=%0300d", 7);
    g_autofree char *got = meter("REQUEST_URI", long_target, NULL, NULL);
    ck_assert_uint_eq(strlen(got), strlen("talk:") + 255);
    is("/app/talk?model=deep%01%ff", "talk:deep?\xEF\xBF\xBD");
    is("/app/talk?model=", "talk");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_path_in_any_spelling, no_reading_leads_past_a_route, a_query_in_any_spelling, a_name_as_php_reads_it,
                                  what_is_there_twice_is_charged_where_one_of_them_would_be, all_that_a_query_says_is_charged,
                                  the_server_says_it, a_resource_that_could_not_be_recorded_is_made_one};
    return suite_run("metered", tests, G_N_ELEMENTS(tests));
}
