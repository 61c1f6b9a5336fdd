/* Values: what is put in comes out, in order, whatever its size; and the way to JSON and back. */
#include <check.h>

#include "view/value_json.h"

static void assert_json(const Value *value, const char *expected)
{
    json_auto_t *json = value_to_json(value);
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    ck_assert_str_eq(text, expected);
    free(text);
}

static void add_two(GString *out, const char *first, int second)
{
    g_string_append_printf(out, "%s %d", first, second);
}

static void add_nothing(GString *out, int unused)
{
    (void)out, (void)unused;
}

START_TEST(members_of_every_kind)
{
    g_autoptr(Value) value = value_new();
    set_null(value, "null");
    set_flag(value, "yes", true);
    set_flag(value, "no", false);
    set_number(value, "number", INT64_C(-9007199254740991));
    set_text(value, "text", "a\"b");
    set_text(value, "none", NULL);
    set_text(value, "empty", "");
    set_copy(value, "copy", "c");
    set_copy(value, "no_copy", "");
    set_taken(value, "taken", g_strdup("t"));
    set_taken(value, "not_taken", NULL);
    set_instant(value, "at", 0);
    set_instant(value, "never", INSTANT_MAX);
    set_words(value, "words", add_two, "x", 7);
    set_words(value, "silence", add_nothing, 0);
    set_value(value, "nothing", NULL);
    set_object(value, "object");
    set_list(value, "list");
    assert_json(value, "{\"null\":null,\"yes\":true,\"no\":false,\"number\":-9007199254740991,\"text\":\"a\\\"b\",\"none\":null,"
                       "\"empty\":\"\",\"copy\":\"c\",\"no_copy\":null,\"taken\":\"t\",\"not_taken\":null,"
                       "\"at\":\"1970-01-01T00:00:00Z\",\"never\":null,\"words\":\"x 7\",\"silence\":null,\"nothing\":null,"
                       "\"object\":{},\"list\":[]}");
    assert_json(NULL, "null");
}
END_TEST

START_TEST(lists_in_objects_in_lists)
{
    g_autoptr(Value) value = value_new();
    Value *rows = set_list(value, "rows");
    for (int i = 0; i < 3; i++) {
        Value *row = add_object(rows);
        set_number(row, "i", i);
        value_add(set_list(row, "in"), NULL);
    }
    Value *apart = value_object(rows);
    set_flag(apart, "last", true);
    ck_assert_ptr_eq(value_add(rows, apart), apart);
    assert_json(value, "{\"rows\":[{\"i\":0,\"in\":[null]},{\"i\":1,\"in\":[null]},{\"i\":2,\"in\":[null]},{\"last\":true}]}");
}
END_TEST

/* Names whose marks are the same are told apart by their bytes. */
START_TEST(names)
{
    g_autoptr(Value) value = value_new();
    g_autofree char *name = g_strdup("abcdef");
    set_number(value, "aXcdYf", 1);
    value_set_number(value, value_key(name), 2);
    set_number(value, "", 3);
    ck_assert_uint_eq(KEY("abcdef").mark, KEY("aXcdYf").mark);
    ck_assert_uint_eq(KEY("abcdef").mark, value_key(name).mark);
    ck_assert_int_eq(value_integer(value_get(value, "abcdef")), 2);
    ck_assert_int_eq(value_integer(value_get(value, "aXcdYf")), 1);
    ck_assert_int_eq(value_integer(value_get(value, "")), 3);
    ck_assert_ptr_null(value_get(value, "aYcdXf"));
    ck_assert_ptr_null(value_get(value, "abcde"));
}
END_TEST

START_TEST(reading)
{
    g_autoptr(Value) value = value_new();
    Value *list = set_list(value, "list");
    set_flag(value, "yes", true);
    set_text(value, "text", "t");
    set_number(value_add(list, value_object(list)), "n", 5);
    value_add(list, NULL);
    ck_assert_uint_eq(value_count(value), 3);
    ck_assert_uint_eq(value_count(list), 2);
    ck_assert_uint_eq(value_count(NULL), 0);
    ck_assert_uint_eq(value_count(value_get(value, "text")), 0);
    ck_assert_int_eq(value_integer(value_get(value_item(list, 0), "n")), 5);
    ck_assert(value_is_null(value_item(list, 1)) && value_item(list, 1) != NULL);
    ck_assert_ptr_null(value_item(list, 2));
    ck_assert_ptr_null(value_item(value, 0));
    ck_assert_ptr_null(value_get(list, "n"));
    ck_assert_ptr_null(value_get(NULL, "n"));
    ck_assert_str_eq(value_string(value_get(value, "text")), "t");
    ck_assert_ptr_null(value_string(list));
    ck_assert(value_is_true(value_get(value, "yes")) && !value_is_true(list) && !value_is_true(NULL));
    ck_assert(value_is_null(NULL) && !value_is_null(list));
}
END_TEST

START_TEST(texts_are_utf8)
{
    g_autoptr(Value) value = value_new();
    g_autofree char *words = g_strdup("b\xff");
    set_text(value, "borrowed", "a\xc3(");
    set_copy(value, "copied", words);
    set_text(value, "fine", "ö√");
    assert_json(value, "{\"borrowed\":\"a\xef\xbf\xbd(\",\"copied\":\"b\xef\xbf\xbd\",\"fine\":\"ö√\"}");
}
END_TEST

/* Small and large by turns, so that blocks are left and begun in all ways. */
START_TEST(sizes)
{
    g_autoptr(Value) value = value_new();
    Value *list = set_list(value, "list");
    for (size_t i = 0; i < 400; i++) {
        g_autofree char *text = g_strnfill(i * i % 9001, 'a' + (char)(i % 26));
        set_copy(add_object(list), "text", text);
    }
    const Value *item = list->first;
    for (size_t i = 0; i < 400; i++, item = item->next) {
        const Value *text = value_get(item, "text");
        size_t length = i * i % 9001;
        ck_assert_uint_eq(text->kind == VALUE_TEXT ? text->length : 0, length);
        for (size_t at = 0; at < length; at++)
            ck_assert_int_eq(text->text[at], 'a' + (char)(i % 26));
    }
    ck_assert_ptr_null(item);
}
END_TEST

START_TEST(from_json)
{
    static const char *const documents[] = {
        "null", "true", "[]", "{}", "\"\"", "\"a\\u0000b\"", "12", "-1.5",
        "{\"a\":[1,2.5,\"x\",null,true,false,{\"b\":{}}],\"\":[[]],\"ü\":\"ö\"}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
        json_t *json = json_loads(documents[i], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        g_autoptr(Value) value = value_of_json(json);
        json_decref(json);
        assert_json(value, documents[i]);
    }
    value_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("value");
    TCase *tests = tcase_create("value");
    tcase_add_test(tests, members_of_every_kind);
    tcase_add_test(tests, lists_in_objects_in_lists);
    tcase_add_test(tests, names);
    tcase_add_test(tests, reading);
    tcase_add_test(tests, texts_are_utf8);
    tcase_add_test(tests, sizes);
    tcase_add_test(tests, from_json);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
