/* RFC 9457 problems that are not about a limit. */
#include "view/answers_sample.h"

#include "view/view.h"

static void assert_json(json_t *value, const char *expected)
{
    g_autofree char *text = json_dumps(value, JSON_COMPACT);
    ck_assert_pstr_eq(text, expected);
    json_decref(value);
}

START_TEST(a_field_is_named)
{
    assert_json(view_problem(400, "Bad Request", "units must be a whole number from 1", "units"),
                "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
                "\"detail\":\"units must be a whole number from 1\",\"field\":\"units\"}");
}
END_TEST

START_TEST(no_field)
{
    assert_json(view_problem(503, "Service Unavailable", NULL, NULL),
                "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"detail\":null}");
}
END_TEST

START_TEST(bytes_that_are_not_text_are_replaced)
{
    assert_json(view_problem(404, "Not Found", "no feature \"a\xff\"", NULL),
                "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                "\"detail\":\"no feature \\\"a\xef\xbf\xbd\\\"\"}");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_field_is_named, no_field, bytes_that_are_not_text_are_replaced};
    return run_tests("view_problem", tests, G_N_ELEMENTS(tests));
}
