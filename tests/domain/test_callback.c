#include "domain/callback.h"

#include <check.h>

/* --- addresses --- */

static const struct {
    const char *text, *origin, *path; /* origin NULL: refused */
} addresses[] = {
    {"https://jobs.example/hooks/a?x=1&y=%2e", "https://jobs.example", "/hooks/a?x=1&y=%2e"},
    {"HTTPS://Jobs.Example:443/Hooks", "https://jobs.example", "/Hooks"},
    {"http://127.0.0.1:80", "http://127.0.0.1", "/"},
    {"http://[::1]:8080/a", "http://[::1]:8080", "/a"},
    {"https://jobs.example?x", "https://jobs.example", "/?x"},
    {"https://jobs.example:444/", "https://jobs.example:444", "/"},
    {"ftp://jobs.example/", NULL, NULL},
    {"file:///etc/passwd", NULL, NULL},
    {"//jobs.example/", NULL, NULL},
    {"jobs.example/hooks", NULL, NULL},
    {"", NULL, NULL},
    {"https://", NULL, NULL},
    {"https:///a", NULL, NULL},
    {"https://user@jobs.example/", NULL, NULL},
    {"https://user:word@jobs.example/", NULL, NULL},
    {"https://jobs.example@evil.example/", NULL, NULL},
    {"https://jobs.example\\@evil.example/", NULL, NULL},
    {"https://jobs.example/a#b", NULL, NULL},
    {"https://jobs.example/a b", NULL, NULL},
    {"https://jobs.example/a\r\nX: 1", NULL, NULL},
    {"https://jobs.example/\xc3\xa4", NULL, NULL},
    {"https://j\xc3\xb6" "bs.example/", NULL, NULL},
    {"https://jobs.example:0/", NULL, NULL},
    {"https://jobs.example:65536/", NULL, NULL},
    {"https://jobs.example:/", NULL, NULL},
    {"https://jobs.example:+80/", NULL, NULL},
    {"https://jobs.example:80x/", NULL, NULL},
    {"https://[::1/", NULL, NULL},
    {"https://[g]/", NULL, NULL},
    {"https://jobs.example/hooks/../admin", NULL, NULL},
    {"https://jobs.example/hooks/..", NULL, NULL},
    {"https://jobs.example/hooks/./a", NULL, NULL},
    {"https://jobs.example/hooks/%2e%2E/admin", NULL, NULL},
    {"https://jobs.example/hooks/..%2fadmin", NULL, NULL},
    {"https://jobs.example/hooks/..%5Cadmin", NULL, NULL},
    {"https://jobs.example/hooks//a", NULL, NULL},
};

START_TEST(an_address_is_taken_apart)
{
    const char *why = NULL;
    g_auto(CallbackUrl) url = {0};
    bool good = callback_url_read(addresses[_i].text, &url, &why);
    ck_assert_msg(good == (addresses[_i].origin != NULL), "%s", addresses[_i].text);
    if (good) {
        ck_assert_str_eq(url.origin, addresses[_i].origin);
        ck_assert_str_eq(url.path, addresses[_i].path);
    } else {
        ck_assert_ptr_nonnull(why);
    }
}
END_TEST

START_TEST(an_address_has_a_greatest_length)
{
    const char *why;
    g_auto(CallbackUrl) url = {0}, longer = {0};
    g_autofree char *path = g_strnfill(CALLBACK_URL_MAX - strlen("https://a.example/"), 'x');
    g_autofree char *text = g_strconcat("https://a.example/", path, NULL), *more = g_strconcat(text, "x", NULL);
    ck_assert(callback_url_read(text, &url, &why));
    ck_assert(!callback_url_read(more, &longer, &why));
}
END_TEST

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

static const struct {
    const char *url;
    bool allowed;
} matches[] = {
    {"https://jobs.example/hooks", true},          {"https://jobs.example/hooks/", true},
    {"https://jobs.example/hooks/a/b?c", true},    {"https://jobs.example/hooks?c", true},
    {"https://JOBS.example:443/hooks", true},      {"https://jobs.example/hooksevil", false},
    {"https://jobs.example/Hooks", false},         {"https://jobs.example/", false},
    {"http://jobs.example/hooks", false},          {"https://jobs.example:8443/hooks", false},
    {"https://jobs.example.evil.example/hooks", false}, {"https://evil.example/hooks", false},
    {"https://jobs.example./hooks", false},        {"http://10.0.0.8:9000/run/x", true},
    {"http://10.0.0.8:9000/run", false},           {"http://10.0.0.80:9000/run/x", false},
    {"https://all.example/whatever", true},
};

START_TEST(the_list_says_where_to)
{
    Callbacks callbacks;
    const char *why;
    g_autofree char *wrong = NULL;
    ck_assert(callbacks_read(" https://jobs.example/hooks\thttp://10.0.0.8:9000/run/  https://all.example https://jobs.example/more ",
                             SECRET "\n", &callbacks, &wrong));
    ck_assert_int_eq(callbacks.allowed->len, 4);
    ck_assert_int_eq(callbacks.origins->len, 3);
    g_auto(CallbackUrl) url = {0};
    ck_assert(callback_url_read(matches[_i].url, &url, &why));
    ck_assert_msg(callbacks_allow(&callbacks, &url) == matches[_i].allowed, "%s", matches[_i].url);
    callbacks_clear(&callbacks);
    ck_assert(!callbacks_allow(&callbacks, &url));
    ck_assert(!callbacks_allow(NULL, &url));
}
END_TEST

static const struct {
    const char *allowed, *secrets, *says;
} wrong_settings[] = {
    {"jobs.example", SECRET, "\"jobs.example\" must be an address"},
    {"https://jobs.example/?x", SECRET, "query"},
    {"https://a:b@jobs.example/", SECRET, "user or password"},
    {"https://jobs.example", "", "there is no secret"},
    {"https://jobs.example", "\n\n", "there is no secret"},
    {"https://jobs.example", SECRET "\nMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "line 2"},
    {"https://jobs.example", "whsec_c2hvcnQ=", "line 1"},
    {"https://jobs.example", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", "line 1"},
    {"https://jobs.example", SECRET "\n" SECRET "\n" SECRET "\n" SECRET "\n" SECRET, "more than 4"},
};

START_TEST(wrong_settings_are_said)
{
    Callbacks callbacks;
    g_autofree char *why = NULL;
    ck_assert(!callbacks_read(wrong_settings[_i].allowed, wrong_settings[_i].secrets, &callbacks, &why));
    ck_assert_msg(strstr(why, wrong_settings[_i].says) != NULL, "%s", why);
    ck_assert_ptr_null(strstr(why, "MfKQ9r8"));
}
END_TEST

/* --- signing --- */

/* The vector that the scheme's own libraries are tested with. */
START_TEST(signed_as_published)
{
    const char *body = "{\"test\": 2432232314}";
    g_autoptr(GPtrArray) secrets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_ptr_array_add(secrets, callback_secret_read(SECRET));
    g_autofree char *one = callback_signature(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, strlen(body));
    ck_assert_str_eq(one, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    g_ptr_array_add(secrets, callback_secret_read(OTHER));
    g_autofree char *two = callback_signature(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, strlen(body));
    ck_assert(g_str_has_prefix(two, one));
    ck_assert_int_eq(strlen(two), 2 * strlen(one) + 1);
    ck_assert_int_eq(two[strlen(one)], ' ');
    ck_assert_str_ne(two + strlen(one) + 1, one);
}
END_TEST

/* --- trying again --- */

static int64_t next_s10(int tries, uint32_t draw)
{
    CallbackTried tried = {.tries = tries, .tries_max = 20};
    return callback_next_us(&tried, draw) / (US_PER_S / 10);
}

START_TEST(waits_get_longer)
{
    static const int64_t most[] = {20, 40, 80, 160, 320, 640, 1280, 2560, 3000, 3000, 3000};
    for (int i = 0; i < (int)G_N_ELEMENTS(most); i++) {
        ck_assert_int_eq(next_s10(i + 1, UINT32_MAX), most[i]);
        ck_assert_int_eq(next_s10(i + 1, 0), most[i] / 2);
        int64_t between = next_s10(i + 1, UINT32_MAX / 2);
        ck_assert(between > most[i] / 2 && between < most[i]);
    }
}
END_TEST

START_TEST(it_ends)
{
    CallbackTried tried = {.tries = 4, .tries_max = 5};
    ck_assert_int_gt(callback_next_us(&tried, 7), 0);
    tried.gone = true;
    ck_assert_int_lt(callback_next_us(&tried, 7), 0);
    tried = (CallbackTried){.tries = 5, .tries_max = 5};
    ck_assert_int_lt(callback_next_us(&tried, 7), 0);
    tried = (CallbackTried){.tries = 1, .tries_max = 5, .since_first_us = (CALLBACK_TIME_S - 2) * US_PER_S};
    ck_assert_int_gt(callback_next_us(&tried, UINT32_MAX), 0);
    tried.since_first_us++;
    ck_assert_int_lt(callback_next_us(&tried, UINT32_MAX), 0);
}
END_TEST

START_TEST(the_receiver_may_ask_for_more_time)
{
    CallbackTried tried = {.tries = 1, .tries_max = 5, .asked_s = 30};
    ck_assert_int_eq(callback_next_us(&tried, 0), 30 * US_PER_S);
    tried.asked_s = 1; /* sooner than it would be tried anyway */
    ck_assert_int_eq(callback_next_us(&tried, UINT32_MAX), 2 * US_PER_S);
    tried.asked_s = INT64_MAX / US_PER_S;
    ck_assert_int_eq(callback_next_us(&tried, 0), 300 * US_PER_S);
    tried.asked_s = INT64_MAX;
    ck_assert_int_eq(callback_next_us(&tried, 0), 300 * US_PER_S);
    tried.asked_s = -5;
    ck_assert_int_eq(callback_next_us(&tried, 0), US_PER_S);
}
END_TEST

START_TEST(words_are_read_back)
{
    for (CallbackState state = CALLBACK_WAITING; state <= CALLBACK_CANCELLED; state++) {
        CallbackState read = CALLBACK_NONE;
        ck_assert(callback_state_read(callback_state_word(state), &read));
        ck_assert_int_eq(read, state);
    }
    CallbackState none;
    ck_assert(!callback_state_read("posted", &none));
    ck_assert(!callback_state_read(NULL, &none));
    ck_assert_str_eq(callback_trouble_word(TROUBLE_NOT_ALLOWED), "not_allowed");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("callback");
    TCase *tests = tcase_create("callback");
    tcase_add_loop_test(tests, an_address_is_taken_apart, 0, G_N_ELEMENTS(addresses));
    tcase_add_test(tests, an_address_has_a_greatest_length);
    tcase_add_loop_test(tests, the_list_says_where_to, 0, G_N_ELEMENTS(matches));
    tcase_add_loop_test(tests, wrong_settings_are_said, 0, G_N_ELEMENTS(wrong_settings));
    tcase_add_test(tests, signed_as_published);
    tcase_add_test(tests, waits_get_longer);
    tcase_add_test(tests, it_ends);
    tcase_add_test(tests, the_receiver_may_ask_for_more_time);
    tcase_add_test(tests, words_are_read_back);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
