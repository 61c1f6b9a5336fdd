/* Declared inputs: what fits is read, what does not is named. */
#include "web/input.h"

#include "suite.h"

enum { NAME, UNITS, FACTOR, FLAG, AT, DATA, LIST, FIELDS };
static const InputField fields[FIELDS] = {
    [NAME] = {"name", INPUT_TEXT, true, 1, 10},     [UNITS] = {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
    [FACTOR] = {"factor", INPUT_NUMBER, false, 0, 10}, [FLAG] = {"flag", INPUT_FLAG, false, 0, 0},
    [AT] = {"at", INPUT_TIME, false, 0, 0},         [DATA] = {"data", INPUT_OBJECT, false, 0, 20},
    [LIST] = {"list", INPUT_LIST, false, 1, 2},
};

/* Reads text; returns the field that is wrong, "-" when it is the whole, NULL when all is well. */
static char *wrong_field(const char *text, InputValue *values)
{
    g_auto(InputError) error = {0};
    json_t *body = input_parse(text, strlen(text), fields, FIELDS, &error);
    bool good = body && input_read(body, fields, FIELDS, "", values, &error);
    json_decref(body);
    ck_assert(good == !error.detail);
    ck_assert(!error.detail || g_utf8_validate(error.detail, -1, NULL));
    return good ? NULL : g_strdup(error.field ? error.field : "-");
}

START_TEST(what_fits_is_read)
{
    static const char *const text = "{\"name\":\"ada\",\"units\":9007199254740991,\"factor\":1.5,\"flag\":true,"
                                    "\"at\":\"2026-11-22T17:00:00Z\",\"data\":{\"a\":1},\"list\":[1,2]}";
    InputValue values[FIELDS];
    g_auto(InputError) error = {0};
    json_t *body = input_parse(text, strlen(text), fields, FIELDS, &error);
    ck_assert(input_read(body, fields, FIELDS, "", values, &error));
    ck_assert_str_eq(values[NAME].text, "ada");
    ck_assert_int_eq(values[UNITS].whole, UNITS_MAX);
    ck_assert_double_eq(values[FACTOR].number, 1.5);
    ck_assert(values[FLAG].flag && values[FLAG].given);
    ck_assert_int_eq(values[AT].time, INT64_C(1795366800) * US_PER_S);
    ck_assert_uint_eq(json_array_size(values[LIST].json), 2);
    json_decref(body);
}
END_TEST

START_TEST(what_does_not_is_named)
{
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"{\"name\":\"a\"}", NULL}, {"{\"name\":\"a\",\"units\":null}", NULL}, {"{}", "name"}, {"{\"name\":null}", "name"},
        {"{\"name\":\"\"}", "name"}, {"{\"name\":\"12345678901\"}", "name"}, {"{\"name\":\"a\\nb\"}", "name"},
        {"{\"name\":1}", "name"}, {"{\"name\":\"a\",\"units\":0}", "units"}, {"{\"name\":\"a\",\"units\":-1}", "units"},
        {"{\"name\":\"a\",\"units\":1.0}", "units"}, {"{\"name\":\"a\",\"units\":1e3}", "units"},
        {"{\"name\":\"a\",\"units\":\"1\"}", "units"}, {"{\"name\":\"a\",\"units\":true}", "units"},
        {"{\"name\":\"a\",\"units\":9007199254740992}", "units"},
        {"{\"name\":\"a\",\"units\":99999999999999999999}", "units"},
        {"{\"name\":\"a\",\"list\":[{\"b\":99999999999999999999}]}", "list[0].b"},
        {"{\"name\":\"a\",\"n\\u202eb\":1}", "n?b"},
        {"{\"name\":\"a\",\"units\":-99999999999999999999}", "units"}, {"{\"name\":\"a\",\"factor\":10.5}", "factor"},
        {"{\"name\":\"a\",\"flag\":1}", "flag"}, {"{\"name\":\"a\",\"flag\":\"true\"}", "flag"},
        {"{\"name\":\"a\",\"at\":\"soon\"}", "at"}, {"{\"name\":\"a\",\"at\":5}", "at"},
        {"{\"name\":\"a\",\"data\":[]}", "data"}, {"{\"name\":\"a\",\"data\":{\"a\":\"12345678901234567890\"}}", "data"},
        {"{\"name\":\"a\",\"list\":[]}", "list"}, {"{\"name\":\"a\",\"list\":[1,2,3]}", "list"},
        {"{\"name\":\"a\",\"x\":1}", "x"},
        {"{\"name\":\"a\",\"name\":\"b\"}", "-"}, {"[]", "-"}, {"\"a\"", "-"}, {"", "-"}, {"{", "-"},
        {"{\"name\":\"a\"} x", "-"},
        {"{\"name\":\"a\\u0000\"}", "-"}, {"{\"name\":\"\xff\"}", "-"}, {"{\"a\":1e999}", "-"},
        {"{\"name\" "
         "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", "-"},
        {"{\xc3", "-"}, {"{\"a\":\xe2\x82", "-"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        InputValue values[FIELDS];
        g_autofree char *field = wrong_field(cases[i].text, values);
        ck_assert_msg(g_strcmp0(field, cases[i].field) == 0, "%s: %s", cases[i].text, field);
    }
}
END_TEST

/* A list in lists, so many levels with the body's own. */
static char *nested(int levels)
{
    GString *text = g_string_new("{\"name\":\"a\",\"list\":");
    for (int i = 1; i < levels; i++)
        g_string_append_c(text, '[');
    g_string_append_c(text, '1');
    for (int i = 1; i < levels; i++)
        g_string_append_c(text, ']');
    g_string_append_c(text, '}');
    return g_string_free(text, FALSE);
}

START_TEST(depth_is_bounded)
{
    InputValue values[FIELDS];
    g_autofree char *enough = nested(16), *too_deep = nested(17), *far_too_deep = nested(2000);
    ck_assert_ptr_null(wrong_field(enough, values));
    g_autofree char *first = wrong_field(too_deep, values), *second = wrong_field(far_too_deep, values);
    ck_assert_str_eq(first, "-");
    ck_assert_str_eq(second, "-");
}
END_TEST

START_TEST(null_is_told_from_missing)
{
    InputValue values[FIELDS];
    g_auto(InputError) error = {0};
    json_t *body = json_loads("{\"name\":\"a\",\"at\":null}", 0, NULL);
    ck_assert(input_read(body, fields, FIELDS, "", values, &error));
    ck_assert(values[AT].is_null && !values[AT].given);
    ck_assert(!values[FLAG].is_null && !values[FLAG].given);
    json_decref(body);
}
END_TEST

START_TEST(prefixes_stand_before_names)
{
    InputValue values[FIELDS];
    g_auto(InputError) error = {0};
    json_t *body = json_loads("{\"name\":\"a\",\"units\":0}", 0, NULL);
    ck_assert(!input_read(body, fields, FIELDS, "items[2].", values, &error));
    ck_assert_str_eq(error.field, "items[2].units");
    json_decref(body);
}
END_TEST

START_TEST(queries_are_read_by_the_same_declaration)
{
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"name=a", NULL}, {"name=a&units=5&at=2026-11-22", NULL}, {"name=a&other=1&other=2", NULL}, {"", "name"},
        {"name=", "name"}, {"name=a&name=b", "name"}, {"name=a&units=05", "units"}, {"name=a&units=", "units"},
        {"name=a&units=1.5", "units"}, {"name=a&at=x", "at"}, {"name=%0a", "name"}, {"name=a&units=0", "units"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        InputValue values[FIELDS];
        g_auto(InputError) error = {0};
        g_auto(Query) query = {0};
        ck_assert(query_parse(cases[i].text, true, &query));
        bool good = input_read_query(&query, fields, FIELDS, values, &error);
        ck_assert_msg(good == !cases[i].field && g_strcmp0(error.field, cases[i].field) == 0, "%s: %s", cases[i].text,
                      error.field);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_fits_is_read, what_does_not_is_named, depth_is_bounded, null_is_told_from_missing,
                                  prefixes_stand_before_names, queries_are_read_by_the_same_declaration};
    return suite_run("input", tests, G_N_ELEMENTS(tests));
}
