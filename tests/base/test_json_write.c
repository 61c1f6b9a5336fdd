/* JSON as text: numbers are short, and none is another than it was. */
#include "base/json_write.h"

#include <check.h>

static void assert_kept(const char *as)
{
    json_t *value = json_loads(as, JSON_DECODE_ANY, NULL);
    char *text = json_write(value, JSON_COMPACT | JSON_ENCODE_ANY);
    ck_assert_str_eq(text, as);
    free(text);
    json_decref(value);
}

START_TEST(they_are_as_they_were_written)
{
    static const char *const texts[] = {
        "1.1", "16.7", "0.1", "-0.1", "2.0", "0.0", "1e-07", "1.5e+300", "123456789.123456", "0.30000000000000004", "1.7976931348623157e308",
        "9007199254740991", "-9223372036854775808", "[0.1,{\"a\":0.2,\"b\":[1,2.5,-3.3]},true,false,null]",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_kept(texts[i]);
}
END_TEST

START_TEST(texts_are_left_alone)
{
    assert_kept("\"1.1000000000000001\"");
    assert_kept("[\"\\\"1.1000000000000001\",\"\\\\\",1.1,\"\\\\\\\"16.699999999999999\",\"\\u0001 -0.10000000000000001 \u00e9\"]");
    assert_kept("{\"0.10000000000000001\":0.1}");
}
END_TEST

/* Doubles of all sizes, most of which need all 17 digits. */
START_TEST(none_is_another)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int i = 0; i < 100000; i++) {
        union { uint64_t bits; double number; } any = { .bits = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random) };
        json_t *value = json_real(any.number); /* NULL for what JSON does not have */
        char *text = json_write(value, JSON_ENCODE_ANY);
        json_t *again = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
        ck_assert(json_equal(value, again) || !value);
        ck_assert(!value || json_is_real(again));
        free(text);
        json_decref(value);
        json_decref(again);
    }
}
END_TEST

START_TEST(nothing_has_no_text)
{
    ck_assert_ptr_null(json_write(NULL, 0));
    json_t *text = json_string("1.1");
    ck_assert_ptr_null(json_write(text, 0)); /* as json_dumps has it, but with JSON_ENCODE_ANY */
    json_decref(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json write");
    TCase *tests = tcase_create("json write");
    tcase_add_test(tests, they_are_as_they_were_written);
    tcase_add_test(tests, texts_are_left_alone);
    tcase_add_test(tests, none_is_another);
    tcase_add_test(tests, nothing_has_no_text);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
