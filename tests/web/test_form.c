/* Forms: their tokens, their fields, and the cookie of a session. */
#include "web/form.h"

#include "exchange_fake.h"
#include "suite.h"
#include "web/form_token.h"
#include "web/session_cookie.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW (INT64_C(1700000000) * US_PER_S)
#define HOUR (3600 * US_PER_S)

/* --- tokens --- */

START_TEST(a_token_is_good_for_its_reader_and_a_day)
{
    g_autofree char *token = form_token_make(SECRET, "session a", NOW);
    ck_assert(strlen(token) <= FORM_TOKEN_CHARS_MAX);
    ck_assert(form_token_is_good(token, SECRET, "session a", NOW));
    ck_assert(form_token_is_good(token, SECRET, "session a", NOW + 24 * HOUR));
    ck_assert(!form_token_is_good(token, SECRET, "session a", NOW + 26 * HOUR));
    ck_assert(!form_token_is_good(token, SECRET, "session a", NOW - 3 * HOUR));
    ck_assert(!form_token_is_good(token, SECRET, "session b", NOW));
    ck_assert(!form_token_is_good(token, SECRET, "person a", NOW));
    ck_assert(!form_token_is_good(token, SECRET "x", "session a", NOW));
}
END_TEST

START_TEST(whatever_is_changed_in_a_token_makes_it_worth_nothing)
{
    g_autofree char *token = form_token_make(SECRET, "visitor anon:192.0.2.7", NOW);
    for (size_t i = 0; i < strlen(token); i++) {
        g_autofree char *other = g_strdup(token);
        other[i] = other[i] == 'A' ? 'B' : other[i] == '1' ? '2' : other[i] == '.' ? '1' : other[i] >= '0' && other[i] <= '9' ? '1' : 'A';
        ck_assert_msg(!form_token_is_good(other, SECRET, "visitor anon:192.0.2.7", NOW), "%s", other);
        g_autofree char *cut = g_strndup(token, i);
        ck_assert(!form_token_is_good(cut, SECRET, "visitor anon:192.0.2.7", NOW));
    }
    static const char *const none[] = {"", ".", "1.", ".x", "99999999999999999999.x", "-1.x", "0x1.x", "1 .x"};
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        ck_assert(!form_token_is_good(none[i], SECRET, "x", NOW));
    ck_assert(!form_token_is_good(NULL, SECRET, "x", NOW));
}
END_TEST

/* --- fields --- */

enum { NAME, AMOUNT, UNTIL, AGREED, NAMES, FIELDS };
static const InputField fields[FIELDS] = {
    [NAME] = {"name", INPUT_TEXT, true, 1, 10},
    [AMOUNT] = {"amount", INPUT_WHOLE, false, 1, 99},
    [UNTIL] = {"until", INPUT_UNTIL, false, 0, 0},
    [AGREED] = {"agreed", INPUT_FLAG, false, 0, 0},
    [NAMES] = {"names", INPUT_LINES, false, 1, 12},
};
static InputValue values[FIELDS];
static FormShown shown[FIELDS];

static bool reads(const char *text)
{
    const char *why;
    g_auto(Query) form = {0};
    form_shown_clear(shown, FIELDS);
    ck_assert_msg(form_parse(text, &form, &why), "%s", text);
    return form_read(&form, fields, FIELDS, values, shown);
}

START_TEST(fields_are_read_and_tidied)
{
    ck_assert(reads("name=+a%0D%0A+b%09&amount=7&until=2027-01-31&agreed=on&more=x"));
    ck_assert_str_eq(values[NAME].text, "a b");
    ck_assert_int_eq(values[AMOUNT].whole, 7);
    ck_assert(values[UNTIL].given && values[AGREED].flag);
    ck_assert(reads("name=a&amount=&until=++"));
    ck_assert(!values[AMOUNT].given && !values[UNTIL].given && !values[AGREED].given);
    ck_assert(reads("name=a&names=%0D%0A+Doe,++J%09%0D%0A%0D%0Ab%0A"));
    ck_assert_str_eq(values[NAMES].text, "Doe,  J\nb");
    ck_assert(reads("name=a&names=%0D%0A") && !values[NAMES].given);
    form_shown_clear(shown, FIELDS);
}
END_TEST

START_TEST(a_date_is_a_day_of_the_zone)
{
    Instant day;
    ck_assert(reads("name=a&until=2027-01-31") && instant_parse("2027-02-01T00:00:00Z", &day));
    ck_assert_int_eq(values[UNTIL].time, day);
    input_days(fields, FIELDS, values, zone_find("America/New_York"));
    ck_assert(instant_parse("2027-02-01T05:00:00Z", &day));
    ck_assert_int_eq(values[UNTIL].time, day);
    ck_assert(reads("name=a&until=2027-01-31T12:00:00Z") && instant_parse("2027-01-31T12:00:00Z", &day));
    input_days(fields, FIELDS, values, zone_find("America/New_York"));
    ck_assert_int_eq(values[UNTIL].time, day);
    ck_assert(!reads("name=a&until=soon"));
    input_days(fields, FIELDS, values, zone_find("America/New_York")); /* which is told of at the field */
    form_shown_clear(shown, FIELDS);
}
END_TEST

START_TEST(each_wrong_field_is_named_and_shown_as_typed)
{
    static const struct {
        const char *text;
        int field;
        FormMistake mistake;
        const char *typed;
    } cases[] = {
        {"amount=1", NAME, FORM_MISSING, NULL},
        {"name=+%0D%0A", NAME, FORM_MISSING, NULL},
        {"name=12345678901", NAME, FORM_LONG, "12345678901"},
        {"name=a%01b", NAME, FORM_TEXT, "a\001b"},
        {"name=a%E2%80%AEb", NAME, FORM_TEXT, "a\342\200\256b"},
        {"name=a&name=b", NAME, FORM_TWICE, "a"},
        {"name=a&amount=0", AMOUNT, FORM_NUMBER, "0"},
        {"name=a&amount=100", AMOUNT, FORM_NUMBER, "100"},
        {"name=a&amount=%2B1", AMOUNT, FORM_NUMBER, "+1"},
        {"name=a&amount=1e1", AMOUNT, FORM_NUMBER, "1e1"},
        {"name=a&until=tomorrow", UNTIL, FORM_TIME, "tomorrow"},
        {"name=a&agreed=yes", AGREED, FORM_CHOICE, "yes"},
        {"name=a&names=a%0Ab%01", NAMES, FORM_TEXT, "a\nb\001"},
        {"name=a&names=123456%0A1234567", NAMES, FORM_LONG, "123456\n1234567"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ck_assert_msg(!reads(cases[i].text), "%s", cases[i].text);
        ck_assert_msg(shown[cases[i].field].mistake == cases[i].mistake, "%s: %d", cases[i].text, shown[cases[i].field].mistake);
        ck_assert_msg(g_strcmp0(shown[cases[i].field].typed, cases[i].typed) == 0, "%s", cases[i].text);
    }
    ck_assert(!reads("name=&amount=x"));
    ck_assert(shown[NAME].mistake == FORM_MISSING && shown[AMOUNT].mistake == FORM_NUMBER);
    form_shown_clear(shown, FIELDS);
}
END_TEST

START_TEST(every_mistake_has_words)
{
    for (int mistake = FORM_MISSING; mistake <= FORM_TWICE; mistake++) {
        g_autoptr(GString) out = g_string_new(NULL);
        FormShown one = {.name = "x", .mistake = (FormMistake) mistake, .min = 1, .max = 1000};
        words_add_form_mistake(out, &one);
        ck_assert_msg(g_str_has_suffix(out->str, "."), "%d: \"%s\"", mistake, out->str);
    }
}
END_TEST

START_TEST(forms_that_are_none)
{
    static const char *const bad[] = {"a=%", "a=%zz", "a=%00", "a=%ff", "%80=1"};
    const char *why;
    Query form;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(!form_parse(bad[i], &form, &why), "%s", bad[i]);
    g_autofree char *most = g_strnfill(FORM_FIELDS_MAX - 1, '&'), *more = g_strnfill(FORM_FIELDS_MAX, '&');
    ck_assert(form_parse(most, &form, &why));
    query_clear(&form);
    ck_assert(!form_parse(more, &form, &why));
    ck_assert(form_parse("", &form, &why) && form.count == 0);
}
END_TEST

/* --- the cookie --- */

static char *token_by(const char *https, const char *scheme, const char *cookie)
{
    Fake fake;
    Request request;
    char *why = NULL;
    fake_start(&fake);
    fake_param(&fake, "HTTP_COOKIE", cookie);
    if (https)
        fake_param(&fake, "HTTPS", https);
    if (scheme)
        fake_param(&fake, "REQUEST_SCHEME", scheme);
    ck_assert(request_read(&fake.exchange, &request, &why));
    char *token = session_cookie_get(&request);
    g_autoptr(Response) response = response_new();
    response_status(response, 200);
    session_cookie_set(response, &request, "T");
    g_autoptr(GString) sent = response_render(response, true);
    bool prefixed = strstr(sent->str, "\r\nSet-Cookie: __Host-webquota_session=T; Path=/; Secure; HttpOnly; SameSite=Lax\r\n") != NULL;
    bool plain = strstr(sent->str, "\r\nSet-Cookie: webquota_session=T; Path=/; Secure; HttpOnly; SameSite=Lax\r\n") != NULL;
    ck_assert(prefixed == request_is_https(&request) && plain == !prefixed);
    request_clear(&request);
    fake_end(&fake);
    return token;
}

START_TEST(over_https_only_the_name_that_no_other_host_can_set)
{
    static const struct {
        const char *https, *scheme, *cookie, *token;
    } cases[] = {
        {NULL, NULL, "webquota_session=a", "a"},
        {NULL, "http", "webquota_session=a", "a"},
        {"off", NULL, "webquota_session=a", "a"},
        {"", NULL, "webquota_session=a", "a"},
        {"on", NULL, "webquota_session=a", NULL},
        {"1", NULL, "webquota_session=a", NULL},
        {NULL, "https", "webquota_session=a", NULL},
        {"on", "https", "webquota_session=a; __Host-webquota_session=b", "b"},
        {NULL, NULL, "webquota_session=a; __Host-webquota_session=b", "b"},
        {NULL, NULL, "xwebquota_session=a; webquota_session2=b; __host-webquota_session=c", NULL},
        {NULL, NULL, "webquota_identity=a", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *token = token_by(cases[i].https, cases[i].scheme, cases[i].cookie);
        ck_assert_msg(g_strcmp0(token, cases[i].token) == 0, "%zu: %s", i, token);
    }
}
END_TEST

START_TEST(addresses_to_go_to_are_on_this_host)
{
    static const char *const good[] = {"/", "/app/", "/app?x=1&y=//z", "/\303\244", "/a//b", "/..//x"};
    static const char *const bad[] = {"", "//x", "/\\x", "\\x", "x", "http://x", "/a\\b", "/\t/x", "/a\r\nB: c", "/\001", "/\xff"};
    g_autofree char *longest = g_strnfill(2049, '/');
    longest[1] = 'a';
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        ck_assert_msg(uri_is_local(good[i]), "%s", good[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(!uri_is_local(bad[i]), "%s", bad[i]);
    ck_assert(!uri_is_local(longest));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_token_is_good_for_its_reader_and_a_day, whatever_is_changed_in_a_token_makes_it_worth_nothing,
        fields_are_read_and_tidied, a_date_is_a_day_of_the_zone, each_wrong_field_is_named_and_shown_as_typed, every_mistake_has_words, forms_that_are_none,
        over_https_only_the_name_that_no_other_host_can_set, addresses_to_go_to_are_on_this_host};
    return suite_run("form", tests, G_N_ELEMENTS(tests));
}
