/* Who is asking, and who cannot pretend to be somebody else. */
#include "web/identity.h"

#include <sodium.h>

#include "exchange_fake.h"
#include "suite.h"
#include "web/assertion.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW (INT64_C(1700000000) * US_PER_S)

static Fake fake;
static Request request;
static Identity identity;
static char *good;

static void start(void)
{
    fake_start(&fake);
    fake_param(&fake, "REMOTE_ADDR", "192.0.2.7");
    good = assertion_make("ada", 1800000000, SECRET);
}

static int status(void)
{
    const char *why;
    char *complaint = NULL;
    ck_assert(request_read(&fake.exchange, &request, &complaint));
    return identity_read(&request, SECRET, NOW, &identity, &why);
}

static void end(void)
{
    identity_clear(&identity);
    request_clear(&request);
    fake_end(&fake);
    g_free(good);
}

static void bearer(const char *token)
{
    g_autofree char *header = g_strconcat("Bearer ", token, NULL);
    fake_param(&fake, "HTTP_AUTHORIZATION", header);
}

START_TEST(headers_of_a_client_say_nothing)
{
    static const char *const names[] = {"HTTP_X_USER", "HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "HTTP_HTTP_REMOTE_USER",
                                        "HTTP_X_FORWARDED_USER", "HTTP_X_FORWARDED_FOR", "HTTP_CLIENT_IP",
                                            "HTTP_FORWARDED"};
    start();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        fake_param(&fake, names[i], "198.51.100.9");
    ck_assert_int_eq(status(), 0);
    ck_assert_int_eq(identity.kind, IDENTITY_VISITOR);
    ck_assert_str_eq(identity.subject, "anon:192.0.2.7");
    ck_assert(identity.ambient);
    end();
}
END_TEST

START_TEST(server_says_who_signed_in)
{
    start();
    fake_param(&fake, "REMOTE_USER", "bob");
    ck_assert_int_eq(status(), 0);
    ck_assert_int_eq(identity.kind, IDENTITY_PERSON);
    ck_assert_str_eq(identity.subject, "bob");
    ck_assert(identity.ambient);
    g_autofree char *actor = identity_actor(&identity), *caller = identity_caller(&identity);
    ck_assert_str_eq(actor, "user:bob");
    ck_assert_str_eq(caller, "subject:bob");
    end();
}
END_TEST

START_TEST(odd_names_are_no_sign_in)
{
    g_autofree char *long_name = g_strnfill(256, 'a');
    const char *const names[] = {"", "anon:198.51.100.9", "a\nb", "\xff", long_name};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        start();
        fake_param(&fake, "REMOTE_USER", names[i]);
        ck_assert_int_eq(status(), 0);
        ck_assert_int_eq(identity.kind, IDENTITY_VISITOR);
        end();
    }
}
END_TEST

START_TEST(apache_has_not_checked_the_name)
{
    static const struct {
        const char *role;
        IdentityKind kind;
    } cases[] = {{"AUTHENTICATOR", IDENTITY_VISITOR}, {"ACCESS_CHECKER", IDENTITY_VISITOR},
    {"AUTHORIZER", IDENTITY_PERSON}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        start();
        fake_param(&fake, "FCGI_APACHE_ROLE", cases[i].role);
        fake_param(&fake, "REMOTE_USER", "pat");
        ck_assert_int_eq(status(), 0);
        ck_assert_int_eq(identity.kind, cases[i].kind);
        end();
    }
}
END_TEST

START_TEST(bearers_come_first)
{
    start();
    fake_param(&fake, "REMOTE_USER", "bob");
    bearer(good);
    ck_assert_int_eq(status(), 0);
    ck_assert_str_eq(identity.subject, "ada");
    ck_assert(!identity.ambient);
    end();
    start();
    fake_param(&fake, "REMOTE_USER", "bob");
    bearer("wq_12_secret");
    ck_assert_int_eq(status(), 0);
    ck_assert_int_eq(identity.kind, IDENTITY_KEY);
    ck_assert_str_eq(identity.key, "wq_12_secret");
    ck_assert_ptr_null(identity.subject);
    ck_assert(!identity.ambient);
    identity.key_id = 12;
    g_autofree char *actor = identity_actor(&identity), *caller = identity_caller(&identity);
    ck_assert_str_eq(actor, "key:12");
    ck_assert_str_eq(caller, "key:12");
    end();
}
END_TEST

START_TEST(bad_bearers_are_refused)
{
    static const char *const tokens[] = {"", "x", "v1.a.b", "eyJhbGciOiJIUzI1NiJ9.e30.x"};
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        start();
        fake_param(&fake, "REMOTE_USER", "bob");
        bearer(tokens[i]);
        ck_assert_int_eq(status(), 401);
        end();
    }
}
END_TEST

START_TEST(bearers_of_the_application_are_not_ours)
{
    start();
    fake.exchange.authorizer = true;
    fake_param(&fake, "REMOTE_USER", "bob");
    bearer("eyJhbGciOiJIUzI1NiJ9.e30.x");
    ck_assert_int_eq(status(), 0);
    ck_assert_str_eq(identity.subject, "bob");
    end();
    start();
    fake.exchange.authorizer = true;
    bearer("wq_12_secret");
    ck_assert_int_eq(status(), 0);
    ck_assert_int_eq(identity.kind, IDENTITY_VISITOR);
    end();
    start();
    fake.exchange.authorizer = true;
    bearer("v1.a.b");
    ck_assert_int_eq(status(), 401);
    end();
}
END_TEST

START_TEST(basic_is_the_servers_business)
{
    start();
    fake_param(&fake, "HTTP_AUTHORIZATION", "Basic cGF0Ondyb25n");
    ck_assert_int_eq(status(), 0);
    ck_assert_int_eq(identity.kind, IDENTITY_VISITOR);
    end();
}
END_TEST

START_TEST(cookies_carry_assertions)
{
    start();
    g_autofree char *cookies = g_strconcat("a=b; webquota_identity=", good, "; c=d", NULL);
    fake_param(&fake, "HTTP_COOKIE", cookies);
    fake_param(&fake, "REMOTE_USER", "bob");
    ck_assert_int_eq(status(), 0);
    ck_assert_str_eq(identity.subject, "ada");
    ck_assert(identity.ambient);
    end();
    start();
    fake_param(&fake, "HTTP_COOKIE", "webquota_identity=v1.a.b");
    ck_assert_int_eq(status(), 0);
    ck_assert_int_eq(identity.kind, IDENTITY_VISITOR);
    end();
}
END_TEST

START_TEST(cookies_are_found_by_their_whole_name)
{
    static const struct {
        const char *header, *value;
    } cases[] = {
        {"a=1", "1"}, {"b=2; a=1", "1"}, {"ba=2;a=1", "1"}, {"a=1; a=2", "1"}, {"a= 1 ;b=2", "1"}, {"ab=1", NULL},
        {"a", NULL},
        {"", NULL}, {";;; ;a=", ""}, {"b=a=1", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *value = cookie_get(cases[i].header, "a");
        ck_assert_msg(g_strcmp0(value, cases[i].value) == 0, "%s: %s", cases[i].header, value);
    }
    ck_assert_ptr_null(cookie_get(NULL, "a"));
}
END_TEST

START_TEST(visitors_are_known_by_address)
{
    static const struct {
        const char *address, *subject;
    } cases[] = {
        {"192.0.2.7", "anon:192.0.2.7"}, {"2001:db8:1:2:3:4:5:6", "anon:2001:db8:1:2::/64"},
        {"2001:DB8:1:2::9", "anon:2001:db8:1:2::/64"}, {"::ffff:192.0.2.7", "anon:192.0.2.7"}, {"::1", "anon:::/64"},
        {"fe80::1%eth0", "anon:fe80::/64"}, {"", NULL}, {"unknown", NULL}, {"192.0.2.300", NULL}, {"192.0.2.7:80", NULL},
        {"/run/x.sock", NULL}, {NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *subject = identity_visitor(cases[i].address);
        ck_assert_msg(g_strcmp0(subject, cases[i].subject) == 0, "%s: %s", cases[i].address, subject);
    }
}
END_TEST

START_TEST(no_address_is_nobody)
{
    fake_start(&fake);
    good = NULL;
    ck_assert_int_eq(status(), 400);
    end();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {headers_of_a_client_say_nothing, server_says_who_signed_in, odd_names_are_no_sign_in,
                                  apache_has_not_checked_the_name, bearers_come_first, bad_bearers_are_refused,
                                  bearers_of_the_application_are_not_ours, basic_is_the_servers_business,
                                  cookies_carry_assertions, cookies_are_found_by_their_whole_name,
                                  visitors_are_known_by_address, no_address_is_nobody};
    return sodium_init() < 0 ? 1 : suite_run("identity", tests, G_N_ELEMENTS(tests));
}
