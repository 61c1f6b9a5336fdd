/* What is read flat is what the JSON reader makes of the same text; what is not plain is left to it, untouched. */
#include "web/flat.h"

#include "suite.h"

enum { NAME, UNITS, NOTE, LIST, FIELDS };
static const InputField fields[FIELDS] = {
    [NAME] = {"name", INPUT_TEXT, true, 1, 10},
    [UNITS] = {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
    [NOTE] = {"note", INPUT_TEXT, false, 0, 5},
    [LIST] = {"list", INPUT_LIST, false, 1, 2},
};

static bool by_json(const char *text, size_t len, json_t **body, InputValue *values)
{
    g_auto(InputError) error = {0};
    *body = input_parse(text, len, fields, FIELDS, &error);
    return *body && input_read(*body, fields, FIELDS, "", values, &error);
}

/* Returns whether it was read flat. */
static bool reads_alike(const char *text, size_t len)
{
    InputValue values[FIELDS], expected[FIELDS];
    g_autofree char *copy = g_memdup2(text, len + 1);
    json_t *body = NULL;
    bool flat = flat_read(copy, len, fields, FIELDS, values);
    if (!flat) {
        ck_assert_msg(memcmp(copy, text, len) == 0, "changed: %s", text);
        return false;
    }
    ck_assert_msg(by_json(text, len, &body, expected), "read, although it is not good: %s", text);
    for (int i = 0; i < FIELDS; i++) {
        ck_assert_msg(values[i].given == expected[i].given && !values[i].is_null && !expected[i].is_null, "%s: %d", text, i);
        ck_assert_pstr_eq(values[i].text, expected[i].text);
        ck_assert_int_eq(values[i].whole, expected[i].whole);
    }
    json_decref(body);
    return true;
}

static bool is_flat(const char *text)
{
    return reads_alike(text, strlen(text));
}

START_TEST(plain_objects_are_flat)
{
    ck_assert(is_flat("{\"name\":\"ada\"}"));
    ck_assert(is_flat("{\"name\":\"ada\",\"units\":12}"));
    ck_assert(is_flat(" \t\r\n{ \"units\" : 1 , \"note\" : \"\" ,\n\"name\"\t:\"a b{}[],:\" } \n"));
    ck_assert(is_flat("{\"units\":999999999999999,\"name\":\"1234567890\"}"));
}
END_TEST

START_TEST(all_else_is_left)
{
    static const char *const texts[] = {
        "", " ", "{", "}", "{}", "[]", "null", "1", "\"name\"", "{\"name\":\"ada\"}x", "{\"name\":\"ada\"}{}", "{\"name\":\"ada\",}",
        "{,\"name\":\"ada\"}", "{\"name\" \"ada\"}", "{\"name\":\"ada\" \"units\":1}", "{name:\"ada\"}", "{\"name\":'ada'}",
        "{\"name\":\"ada\",\"name\":\"eve\"}", "{\"name\":\"ada\",\"other\":1}", "{\"nam\":\"ada\"}", "{\"names\":\"ada\"}",
        "{\"\":\"ada\"}", "{\"name\":\"\"}", "{\"name\":\"12345678901\"}", "{\"name\":\"a\\u0062\"}", "{\"name\":\"a\\\"b\"}",
        "{\"name\":\"é\"}", "{\"name\":\"\xff\"}", "{\"name\":\"a\x7f\"}", "{\"name\":\"a\nb\"}", "{\"name\":null}", "{\"name\":5}",
        "{\"name\":\"ada\",\"units\":0}", "{\"name\":\"ada\",\"units\":01}", "{\"name\":\"ada\",\"units\":-1}",
        "{\"name\":\"ada\",\"units\":+1}", "{\"name\":\"ada\",\"units\":1.0}", "{\"name\":\"ada\",\"units\":1e3}",
        "{\"name\":\"ada\",\"units\":}", "{\"name\":\"ada\",\"units\":1 2}", "{\"name\":\"ada\",\"units\":\"1\"}",
        "{\"name\":\"ada\",\"units\":9007199254740991}", "{\"name\":\"ada\",\"units\":99999999999999999999}",
        "{\"name\":\"ada\",\"units\":1x}", "{\"name\":\"ada\",\"units\":true}", "{\"name\":\"ada\",\"note\":\"123456\"}",
        "{\"name\":\"ada\",\"list\":[1]}", "{\"name\":\"ada", "{\"name\":", "{\"name\":\"ada\"", "{\"units\":1}", "{\"name\":\"ada\",\"units\":1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        ck_assert_msg(!is_flat(texts[i]), "%s", texts[i]);
    ck_assert(!reads_alike("{\"name\":\"a\0b\"}", 14));
    ck_assert(!reads_alike("{\"name\":\"ada\"}\0", 15));
    ck_assert(!reads_alike("\0{\"name\":\"ada\"}", 15));
}
END_TEST

START_TEST(at_random)
{
    static const char *const bits[] = {"{", "}", "\"name\"", "\"units\"", "\"note\"", ":", ",", "\"ada\"", "12", " ", "0", "\"", "\\",
                                       "1", "null", "[", "]", "{\"name\":\"ada\"", ",\"units\":3", ",\"note\":\"\"", "-", ".5", "\t", "é"};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    int flat = 0;
    for (int i = 0; i < 300000; i++) {
        g_autoptr(GString) text = g_string_new(i % 2 ? "{\"name\":\"ada\"" : NULL);
        for (int n = g_rand_int_range(random, 0, 8); n > 0; n--)
            g_string_append(text, bits[g_rand_int_range(random, 0, G_N_ELEMENTS(bits))]);
        flat += reads_alike(text->str, text->len);
    }
    ck_assert_int_gt(flat, 1000);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {plain_objects_are_flat, all_else_is_left, at_random};
    return suite_run("flat", tests, G_N_ELEMENTS(tests));
}
