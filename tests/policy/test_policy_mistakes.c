/* Every kind of mistake, with the line and field that it is named by. */
#include "policy_tests.h"

/* The file around what a case is about: line 1 is good, the case begins on line 2. */
#define FILE_HEAD "default_plan = f feature a {} feature b { parent = a } plan f { limit l { feature = a amount = 2 window = day } }\n"

typedef struct {
    const char *text, *mistakes;
} Case;

static void check_cases(const Case *cases, size_t count, const char *head, const char *tail)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *text = g_strconcat(head, cases[i].text, tail, NULL);
        g_autofree char *got = mistakes_of(text);
        ck_assert_msg(strcmp(got, cases[i].mistakes) == 0, "of:\n%s\nexpected:\n%sgot:\n%s", text, cases[i].mistakes, got);
    }
}

START_TEST(settings)
{
    static const Case cases[] = {
        {"title = \"\"", "p:2: title: must not be blank\n"},
        {"title = \"  \"", "p:2: title: must not be blank\n"},
        {"title = \"a\tb\"", "p:2: title: must not hold control characters or hidden characters\n"},
        {"title = \"a\xe2\x80\xae\"", "p:2: title: must not hold control characters or hidden characters\n"},
        {"\ntitle = a\n\n title = b", "p:5: title: is given twice, first on line 3\n"},
        {"title = a title = \"\"", "p:2: title: is given twice, first on line 2\n"},
        {"\n\ntitel = a", "p:4: titel: is not known; did you mean title?\n"},
        {"zzz = {a, b} yyy { q = { } } xxx \"t\" { }",
         "p:2: zzz: is not known\np:2: yyy: is not known\np:2: xxx: is not known\n"},
        {"timezone = Mars/Olympus", "p:2: timezone: there is no time zone “Mars/Olympus”; zones are named such as America/New_York\n"},
        {"timezone = subject", "p:2: timezone: there is no time zone “subject”; zones are named such as America/New_York\n"},
        {"week_starts = Monday",
         "p:2: week_starts: must be one of monday, tuesday, wednesday, thursday, friday, saturday, sunday, not “Monday”\n"},
        {"day_starts = \"24:00\"", "p:2: day_starts: must be a time from 00:00 to 23:59, not “24:00”\n"},
        {"day_starts = \"23:60\"", "p:2: day_starts: must be a time from 00:00 to 23:59, not “23:60”\n"},
        {"day_starts = \"6:00\"", "p:2: day_starts: must be a time from 00:00 to 23:59, not “6:00”\n"},
        {"upgrade_url = \"javascript:alert(1)\"", "p:2: upgrade_url: must begin with https://, http://, mailto: or /\n"},
        {"upgrade_url = \"//evil.example\"", "p:2: upgrade_url: must begin with https://, http://, mailto: or /\n"},
        {"upgrade_url = \"/buy?{who}\"", "p:2: upgrade_url: may hold {plan} and {feature} and no other braces\n"},
        {"support_url = \"/help?{plan}\"", "p:2: support_url: must not hold braces\n"},
        {"sign_in_url = \"javascript:x\"", "p:2: sign_in_url: must begin with https://, http://, mailto: or /\n"},
        {"support_url = \"/a b\"", "p:2: support_url: must not hold blanks, quotes or angle brackets\n"},
        {"administrators = {\"a\",\n\"\",\n\"b\"}", "p:3: administrators: “” must not be blank\n"},
        {"embedders = {\"https://a.example:8443\",\n\"https://b.example/\",\n\"*\"}",
         "p:3: embedders: “https://b.example/” must be an origin such as https://www.example.org\n"
         "p:4: embedders: “*” must be an origin such as https://www.example.org\n"},
        {"anonymous_plan = g", "p:2: anonymous_plan: there is no plan “g”\n"},
        {"\ngrace { days = 3651 multiplier = 2 }", "p:3: grace: days: must be from 0 to 3650, not “3651”\n"},
        {"grace { days = 7 }", "p:2: grace: multiplier: is missing\n"},
        {"grace { multiplier = 2 }", "p:2: grace: days: is missing\n"},
        {"grace { days = 7 multiplier = 2 unlimited = yes }", "p:2: grace: multiplier: is given, and the grace is unlimited\n"},
        {"grace { days = 7 multiplier = 1 }", "p:2: grace: multiplier: must be from 1.000001 to 1000000, not “1”\n"},
    };
    check_cases(cases, G_N_ELEMENTS(cases), FILE_HEAD, "\n");
}
END_TEST

START_TEST(features)
{
    static const Case cases[] = {
        {"feature A {}", "p:2: feature A: a key is 1 to 64 of a-z, 0-9, _ and -, and begins with a letter\n"},
        {"feature \"\" {}", "p:2: feature : a key is 1 to 64 of a-z, 0-9, _ and -, and begins with a letter\n"},
        {"feature a { title = again }", "p:2: feature a: is given twice, first on line 1\n"},
        {"feature c { parent = mesage }\nfeature message {}",
         "p:2: feature c: parent: there is no feature “mesage”; did you mean message?\n"},
        {"feature c {\n parent = d }", "p:3: feature c: parent: there is no feature “d”\n"},
        {"feature c {\n parent = c }", "p:3: feature c: parent: goes in a circle\n"},
        {"feature c { parent = d }\nfeature d { parent = e } feature e { parent = c }",
         "p:2: feature c: parent: goes in a circle\np:3: feature d: parent: goes in a circle\n"
         "p:3: feature e: parent: goes in a circle\n"},
        {"feature c {\n\n resources = {\"x*\"} }",
         "p:4: feature c: resources: stand only on a feature with a parent, by whose key it is asked for\n"},
        {"feature c { unit_cost = -1 }", "p:2: feature c: unit_cost: must not be negative: “-1”\n"},
        {"feature c { unit_cost = 0.1234567 }",
         "p:2: feature c: unit_cost: must be a number such as 1.5, with at most six decimals: “0.1234567”\n"},
        {"feature c { unit_cost = 1000001 }",
         "p:2: feature c: unit_cost: must be from 0 to 1000000, not “1000001”\n"},
        {"feature c { unit = {a, b} }", "p:2: feature c: unit: takes one value, not a list\n"},
    };
    check_cases(cases, G_N_ELEMENTS(cases), FILE_HEAD, "\n");
}
END_TEST

START_TEST(plans)
{
    static const Case cases[] = {
        {"plan g { inherits = h }", "p:2: plan g: inherits: there is no plan “h”\n"},
        {"plan g { upgrade = nowhere }", "p:2: plan g: upgrade: there is no plan “nowhere”\n"},
        {"plan g { upgrade = f }", "p:2: plan g: upgrade: must lead to a higher rank, and f has rank 1, this plan 2\n"},
        {"plan g { rank = 1 upgrade = f }", "p:2: plan g: upgrade: must lead to a higher rank, and f has rank 1, this plan 1\n"},
        {"plan f { rank = x }", "p:2: plan f: is given twice, first on line 1\n"},
        {"plan g { inherits = g }", "p:2: plan g: inherits: goes in a circle\n"},
        {"plan g { inherits = h }\nplan h { inherits = g }", "p:3: plan h: inherits: goes in a circle\n"},
        {"plan g { rank = 1000001 }", "p:2: plan g: rank: must be from 0 to 1000000, not “1000001”\n"},
        {"plan g { rank = -1 }", "p:2: plan g: rank: must not be negative: “-1”\n"},
        {"plan g { multiplier = 0 }", "p:2: plan g: multiplier: must be from 0.000001 to 1000000, not “0”\n"},
        {"plan g { multiplier = 2 unlimited = true }", "p:2: plan g: multiplier: is given, and the plan is unlimited\n"},
        {"plan g { unlimited = maybe }",
         "p:2: plan g: unlimited: must be one of false, true, no, yes, off, on, not “maybe”\n"},
        {"plan g { inherits = f multiplier = 1000000 limit m { feature = a amount = 9007199255 window = day } }",
         "p:2: plan g: multiplier: makes more than 9007199254740991 of limit m\n"},
        {"plan g { grace { } }", "p:2: plan g: grace: days: is missing\n"},
        {"plan g {\n limits l { amount = 1 } }", "p:3: plan g: limits: is not known; did you mean limit?\n"},
        {"plan g { grant x { amount = 1 } }", "p:2: plan g: grant x: feature: is missing\n"},
        {"plan g { grant x { feature = a } }", "p:2: plan g: grant x: amount: is missing\n"},
        {"plan g { grant x { feature = a amount = 0 } }",
         "p:2: plan g: grant x: amount: must be from 1 to 9007199254740991, not “0”\n"},
        {"plan g { grant x { feature = a amount = 1 every = lifetime } }",
         "p:2: plan g: grant x: every: leave it out for a grant that is given once\n"},
        {"plan g { grant x { feature = a amount = 1 priority = 1000001 } }",
         "p:2: plan g: grant x: priority: must be from 0 to 1000000, not “1000001”\n"},
    };
    check_cases(cases, G_N_ELEMENTS(cases), FILE_HEAD, "\n");
}
END_TEST

/* Cases stand within a limit of feature a that has everything it needs except what they say. */
START_TEST(amounts)
{
    static const Case cases[] = {
        {"", "p:2: plan g: limit l: amount: is missing\n"},
        {"amount = \"\"", "p:2: plan g: limit l: amount: must not be blank\n"},
        {"amount = -1", "p:2: plan g: limit l: amount: must not be negative: “-1”\n"},
        {"\n amount = 010", "p:3: plan g: limit l: amount: must be written without leading zeros: “010”\n"},
        {"amount = 00", "p:2: plan g: limit l: amount: must be written without leading zeros: “00”\n"},
        {"amount = 0x10", "p:2: plan g: limit l: amount: must be a whole number in plain digits: “0x10”\n"},
        {"amount = 1e3", "p:2: plan g: limit l: amount: must be a whole number in plain digits: “1e3”\n"},
        {"amount = 1.5", "p:2: plan g: limit l: amount: must be a whole number in plain digits: “1.5”\n"},
        {"amount = \"1 000\"", "p:2: plan g: limit l: amount: must be a whole number in plain digits: “1 000”\n"},
        {"amount = 9007199254740992",
         "p:2: plan g: limit l: amount: must be from 0 to 9007199254740991, not “9007199254740992”\n"},
        {"amount = 99999999999999999999999",
         "p:2: plan g: limit l: amount: must be from 0 to 9007199254740991, not “99999999999999999999999”\n"},
        {"amount = 1 unlimited = true", "p:2: plan g: limit l: amount: is given, and the limit is unlimited\n"},
        {"amount = 1 amount = 2", "p:2: plan g: limit l: amount: is given twice, first on line 2\n"},
        {"amount = 1 rollover = -5", "p:2: plan g: limit l: rollover: must not be negative: “-5”\n"},
        {"unlimited = true rollover = 5", "p:2: plan g: limit l: rollover: nothing rolls over where all is unlimited\n"},
        {"amount = +5", "p:2: plan g: limit l: amount: +, * and parentheses stand only within quotes\n"},
    };
    check_cases(cases, G_N_ELEMENTS(cases), FILE_HEAD "plan g { limit l { feature = a window = day ", " } }\n");
}
END_TEST

START_TEST(limits)
{
    static const Case cases[] = {
        {"window = day", "p:2: plan g: limit l: feature: is missing\n"},
        {"feature = a", "p:2: plan g: limit l: window: is missing\n"},
        {"feature = nope window = day", "p:2: plan g: limit l: feature: there is no feature “nope”\n"},
        {"feature = a window = \"7 minute\" align = calendar",
         "p:2: plan g: limit l: align: calendar windows of several must divide 60 minutes, 24 hours or 12 months; others are "
         "anchor or rolling\n"},
        {"feature = a window = \"2 week\" align = calendar",
         "p:2: plan g: limit l: align: calendar windows of several must divide 60 minutes, 24 hours or 12 months; others are "
         "anchor or rolling\n"},
        {"feature = a window = \"28 day\" scope = organization",
         "p:2: plan g: limit l: window: an anchor is one subject's, and organization is shared: choose a calendar window or "
         "align = rolling\n"},
        {"feature = a window = day align = anchor scope = site",
         "p:2: plan g: limit l: align: an anchor is one subject's, and site is shared: choose a calendar window or align = "
         "rolling\n"},
        {"feature = a window = lifetime align = rolling", "p:2: plan g: limit l: align: a lifetime has nothing to align\n"},
        {"feature = a window = lifetime rollover = 1",
         "p:2: plan g: limit l: rollover: a lifetime has no end at which to roll over\n"},
        {"feature = a window = day align = rolling rollover = 1",
         "p:2: plan g: limit l: rollover: a rolling window has no end at which to roll over\n"},
        {"feature = a window = lifetime on_exceed = queue",
         "p:2: plan g: limit l: on_exceed: a queue for a lifetime limit would never move\n"},
        {"feature = a window = day scope = everybody",
         "p:2: plan g: limit l: scope: must be one of subject, organization, plan, site, not “everybody”\n"},
        {"feature = a window = day mode = on", "p:2: plan g: limit l: mode: must be one of enforce, shadow, off, not “on”\n"},
        {"feature = a window = day on_exceed = deny",
         "p:2: plan g: limit l: on_exceed: must be one of block, queue, allow, not “deny”\n"},
        {"feature = a window = day fail = maybe", "p:2: plan g: limit l: fail: must be one of closed, open, not “maybe”\n"},
        {"feature = a window = day timezone = Nowhere/Land",
         "p:2: plan g: limit l: timezone: there is no time zone “Nowhere/Land”; zones are named such as America/New_York\n"},
        {"feature = a window = day timezone = subject scope = plan",
         "p:2: plan g: limit l: timezone: subject is for limits of scope subject: plan is shared\n"},
        {"feature = a window = day warn_at = {0}",
         "p:2: plan g: limit l: warn_at: percents are whole numbers from 1 to 100, not “0”\n"},
        {"feature = a window = day warn_at = {50, 101}",
         "p:2: plan g: limit l: warn_at: percents are whole numbers from 1 to 100, not “101”\n"},
        {"feature = a window = day warn_at = {050}",
         "p:2: plan g: limit l: warn_at: percents are whole numbers from 1 to 100, not “050”\n"},
        {"feature = a window = day warn_at = {90, 75}", "p:2: plan g: limit l: warn_at: must ascend: 75 stands after 90\n"},
        {"feature = a window = day warn_at = {90, 90}", "p:2: plan g: limit l: warn_at: must ascend: 90 stands after 90\n"},
        {"feature = a window = day warn_at = {1, 2, 3, 4, 5, 6, 7, 8, 9}",
         "p:2: plan g: limit l: warn_at: has more than 8 percents\n"},
        {"feature = a window = day week_starts = someday",
         "p:2: plan g: limit l: week_starts: must be one of monday, tuesday, wednesday, thursday, friday, saturday, sunday, not "
         "“someday”\n"},
        {"feature = a window = day window = week", "p:2: plan g: limit l: window: is given twice, first on line 2\n"},
        {"feature = a window = day amout = 3", "p:2: plan g: limit l: amout: is not known; did you mean amount?\n"},
    };
    check_cases(cases, G_N_ELEMENTS(cases), FILE_HEAD "plan g { limit l { amount = 1 ", " } }\n");
}
END_TEST

START_TEST(windows_that_are_none)
{
    static const char *const words[] = {"fortnight", "0 day", "1001 day", "-1 day", "01 day", "day 2", "2 lifetime", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *text = g_strdup_printf(FILE_HEAD "plan g { limit l { feature = a amount = 1\nwindow = \"%s\" } }", words[i]);
        g_autofree char *got = mistakes_of(text), *begin = g_strdup_printf("p:3: plan g: limit l: window: “%s”: ", words[i]);
        ck_assert_msg(g_str_has_prefix(got, begin) && strchr(got, '\n') == got + strlen(got) - 1, "%s: %s", words[i], got);
    }
}
END_TEST

START_TEST(limits_that_share_a_counter)
{
    static const Case cases[] = {
        {"plan g { limit s { feature = b amount = 9 window = day scope = site } }",
         "p:3: plan g: limit s: feature: must be as in plan e: limit s on line 2: site limits of one key share one counter\n"},
        {"plan g { limit s { feature = a amount = 9 window = hour scope = site } }",
         "p:3: plan g: limit s: window: must be as in plan e: limit s on line 2: site limits of one key share one counter\n"},
        {"plan g { limit s { feature = a amount = 9 window = day align = rolling scope = site } }",
         "p:3: plan g: limit s: window: must be as in plan e: limit s on line 2: site limits of one key share one counter\n"},
        {"plan g { limit s { feature = a amount = 9 window = day scope = site timezone = \"Asia/Tokyo\" } }",
         "p:3: plan g: limit s: timezone: must be as in plan e: limit s on line 2: site limits of one key share one counter\n"},
        {"plan g { limit s { feature = a amount = 9 window = hour scope = site } } plan h { inherits = g }",
         "p:3: plan g: limit s: window: must be as in plan e: limit s on line 2: site limits of one key share one counter\n"},
        {"plan g { inherits = e } plan h { inherits = g limit s { feature = a amount = 9 window = day scope = site } }", ""},
        {"plan g { limit s { feature = a amount = 9 window = day scope = site week_starts = friday } }", ""},
        {"plan g { limit s { feature = a amount = 9 window = day scope = site day_starts = \"06:00\" } }",
         "p:3: plan g: limit s: window: must be as in plan e: limit s on line 2: site limits of one key share one counter\n"},
        {"plan g { limit s { feature = b amount = 9 window = hour } }", ""},
        {"plan g { limit s { feature = b amount = 9 window = hour scope = organization } }", ""},
    };
    check_cases(cases, G_N_ELEMENTS(cases),
                FILE_HEAD "plan e { limit s { feature = a amount = 1 window = day scope = site } }\n", "\n");
}
END_TEST

START_TEST(routes)
{
    static const Case cases[] = {
        {"route { path = \"/x\" }", "p:2: route 1: feature: is missing\n"},
        {"route { feature = a }", "p:2: route 1: path: is missing\n"},
        {"route { path = \"/x\" feature = a }\nroute {\n path = \"/y\" feature = c }",
         "p:4: route 2: feature: there is no feature “c”\n"},
        {"route { path = \"x\" feature = a }", "p:2: route 1: path: must begin with /\n"},
        {"route { path = \"/x?a=b\" feature = a }",
         "p:2: route 1: path: is matched without the query: conditions on that stand in query\n"},
        {"route { path = \"/x/{id}y\" feature = a }",
         "p:2: route 1: path: a {name} stands for a whole segment between slashes\n"},
        {"route { path = \"/x/{}\" feature = a }",
         "p:2: route 1: path: a {name} is 1 to 64 of a-z, 0-9, _ and -, and begins with a letter\n"},
        {"route { path = \"/{id}/{id}\" feature = a }", "p:2: route 1: path: has the same {name} twice\n"},
        {"route { path = \"/x\" feature = a method = post }",
         "p:2: route 1: method: must be a method in capitals such as POST, not “post”\n"},
        {"route { path = \"/x\" feature = a method = \"\" }",
         "p:2: route 1: method: must be a method in capitals such as POST, not “”\n"},
        {"route { path = \"/x\" feature = a units = 0 }",
         "p:2: route 1: units: must be from 1 to 9007199254740991, not “0”\n"},
        {"route { path = \"/x\" feature = a charge = later }",
         "p:2: route 1: charge: must be one of admit, success, commit, check, not “later”\n"},
        {"route { path = \"/x\" feature = a query = {\"do=edit\",\n\"=x\",\n\"!id=3\"} }",
         "p:3: route 1: query: “=x” has no name of a parameter\n"
         "p:4: route 1: query: “!id=3” takes no pattern: !name holds when the parameter is absent\n"},
        {"route { path = \"/x/{id}\" feature = a resource_segment = name }",
         "p:2: route 1: resource_segment: the path has no such {name}\n"},
        {"route { path = \"/x/{id}\" feature = a resource_segment = id resource_query = q }",
         "p:2: route 1: resource_segment: is given, and resource_query too\n"},
        {"route { path = \"/x\" feature = a resource = q }", "p:2: route 1: resource: is not known\n"},
    };
    check_cases(cases, G_N_ELEMENTS(cases), FILE_HEAD, "\n");
}
END_TEST

START_TEST(syntax)
{
    static const Case cases[] = {
        {"title = \"never closed\n", "p:2: title: the closing quote is missing on this line\n"},
        {"title = \"not closed here\n\"", "p:2: title: the closing quote is missing on this line\n"},
        {"title =\n", "p:3: title: the value is missing after =\n"},
        {"title \"x\"", "p:2: title: = is missing after the name\n"},
        {"\"title\" = x", "p:2: the name of an option or a section was expected\n"},
        {"\n/* never closed\n\n", "p:3: the comment that begins here does not end\n"},
        {"feature c {\n\n", "p:4: feature c: the } of the section that begins on line 2 is missing\n"},
        {"}\n", "p:2: } without a section\n"},
        {"feature {}", "p:2: feature: a key is missing after the name\n"},
        {"feature c = 2", "p:2: feature: { is missing\n"},
        {"administrators = {a b}", "p:2: administrators: a comma or } is missing in the list\n"},
        {"administrators = {a,, b}", "p:2: administrators: a value or } is missing in the list\n"},
        {"title = \"a\\x41\"", "p:2: title: a backslash stands only before the closing kind of quote or another backslash\n"},
        {"title = \"a\\0b\"", "p:2: title: a backslash stands only before the closing kind of quote or another backslash\n"},
        {"title = http://x", "p:2: title: a value with // in it stands within quotes\n"},
        {"title = claude-*", "p:2: title: +, * and parentheses stand only within quotes\n"},
        {"administrators += {x}", "p:2: administrators: +, * and parentheses stand only within quotes\n"},
        {"include(\"/etc/passwd\")", "p:2: +, * and parentheses stand only within quotes\n"},
        {"zzz = \n", "p:2: zzz: is not known\np:3: zzz: = or { is missing after the name\n"},
        {"zzz { { \n", "p:2: zzz: is not known\np:3: zzz: } is missing\n"},
    };
    check_cases(cases, G_N_ELEMENTS(cases), FILE_HEAD, "");
}
END_TEST

START_TEST(environment_is_never_put_in)
{
    static const Case cases[] = {
        {"title = \"${HOME}\"", "p:2: title: must not hold ${\n"},
        {"title = '${HOME}'", "p:2: title: must not hold ${\n"},
        {"title = ${HOME}", "p:2: title: must not hold ${\n"},
        {"title = a${HOME:-x}b", "p:2: title: must not hold ${\n"},
        {"title = \"open ${HOME\"\nsupport_url = \"}\"",
         "p:2: title: must not hold ${\np:3: support_url: must begin with https://, http://, mailto: or /\n"},
        {"administrators = {\"a\",\n\"${HOME}\"}", "p:3: administrators: must not hold ${\n"},
        {"feature ${HOME} {}", "p:2: feature: must not hold ${\n"},
        {"# ${HOME} in a comment is nobody's business\ntitle = \"$ {\"", ""},
    };
    check_cases(cases, G_N_ELEMENTS(cases), FILE_HEAD, "\n");
}
END_TEST

/* All of meaning and the first of syntax, in the order of lines; what the broken rest may define is not missed. */
START_TEST(all_at_once)
{
    g_autofree char *got = mistakes_of("/* two\n lines */ timezone = Moon /* and\n more */\n"
                                       "plan free {\n  rank = 007\n  upgrade = later\n"
                                       "  limit l { feature = unseen amount = -1\n    window = day = 3\n"
                                       "  }\n}\ntitle = \"\"\n");
    ck_assert_str_eq(got, "p:2: timezone: there is no time zone “Moon”; zones are named such as America/New_York\n"
                          "p:5: plan free: rank: must be written without leading zeros: “007”\n"
                          "p:7: plan free: limit l: amount: must not be negative: “-1”\n"
                          "p:8: plan free: limit l: the name of an option or a section was expected\n");
}
END_TEST

START_TEST(nothing_at_all)
{
    static const char *const texts[] = {"", "\n\n", "# only a comment", "/* only */ // a comment", "\xef\xbb\xbf"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *got = mistakes_of(texts[i]);
        ck_assert_str_eq(got, "p:1: there is no feature\np:1: there is no plan\np:1: default_plan: is missing\n");
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("policy mistakes");
    TCase *tcase = tcase_create("mistakes");
    tcase_add_test(tcase, settings);
    tcase_add_test(tcase, features);
    tcase_add_test(tcase, plans);
    tcase_add_test(tcase, amounts);
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, windows_that_are_none);
    tcase_add_test(tcase, limits_that_share_a_counter);
    tcase_add_test(tcase, routes);
    tcase_add_test(tcase, syntax);
    tcase_add_test(tcase, environment_is_never_put_in);
    tcase_add_test(tcase, all_at_once);
    tcase_add_test(tcase, nothing_at_all);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(suite());
}
