/* Files of subjects: what they say, and every mistake in them. */
#include "cli/import_file.h"

#include <check.h>
#include "policy/policy_load.h"

static Policy *policy;

static void prepare(void)
{
    g_autofree char *why = NULL;
    policy = policy_load("timezone = \"America/New_York\"\ndefault_plan = \"free\"\nfeature a { title = \"A\" }\n"
                         "plan free { title = \"Free\"  limit l { feature = \"a\"  amount = 1  window = \"day\" } }\n"
                         "plan pro { title = \"Pro\"  limit l { feature = \"a\"  amount = 2  window = \"day\" } }\n", "test", &why);
    ck_assert_msg(policy != NULL, "%s", why);
}

static void done(void)
{
    policy_unref(policy);
}

static const struct {
    const char *text, *mistakes;
} bad[] = {
    { "", "1:column 1:the first line must name the columns, and one must be subject\n" },
    { "plan\ngold\n", "1:column 2:the first line must name the columns, and one must be subject\n" },
    { "subject,Plan\nu,free\n", "1:column 2:there is no column \"Plan\"; there are subject, plan, plan_until, plan_after, organization,"
                                " timezone, anchor, email, suspended\n" },
    { "subject,plan,subject\nu,free,v\n", "1:column 3:subject is there twice\n" },
    { "subject,plan\nu,gold\nv,free\nw,silver\n", "2:plan:there is no plan \"gold\"\n4:plan:there is no plan \"silver\"\n" },
    { "subject,plan_after\nu,gold\n", "2:plan_after:there is no plan \"gold\"\n" },
    { "subject,timezone\nu,Mars\n", "2:timezone:there is no time zone \"Mars\"\n" },
    { "subject,anchor\nu,yesterday\nv,\"\"\n", "2:anchor:\"yesterday\" is not a time such as 2027-01-31T00:00:00Z or 2027-01-31\n"
                                               "3:anchor:an anchor cannot be taken away\n" },
    { "subject,plan_until\nu,2026-02-30\n", "2:plan_until:\"2026-02-30\" is not a time such as 2027-01-31T00:00:00Z or 2027-01-31\n" },
    { "subject,suspended\nu,yes\nv,\"\"\n", "2:suspended:\"yes\" is neither true nor false\n3:suspended:\"\" is neither true nor false\n" },
    { "subject,plan\n,free\n\"\",free\n", "2:subject:it is empty\n3:subject:it is empty\n" },
    { "subject\nu\nv\nu\n", "4:subject:\"u\" is on line 2 already\n" },
    { "subject,plan\nu\nv,free,x\n", "2:plan:fields on this line: 1; columns on the first: 2\n"
                                     "3:column 3:fields on this line: 3; columns on the first: 2\n" },
    { "subject,email\nu,a\x01" "b\nv,\xff\n", "2:email:it is not plain text of at most 255 bytes\n"
                                              "3:email:it is not plain text of at most 255 bytes\n" },
    { "subject,plan\nu,\"free\"x\nv,gold\n", "2:plan:something follows the closing quote\n3:plan:there is no plan \"gold\"\n" },
    { "subject,plan,timezone\nu,gold,Mars\n", "2:plan:there is no plan \"gold\"\n2:timezone:there is no time zone \"Mars\"\n" },
};

START_TEST(names_every_mistake)
{
    size_t len = strlen(bad[_i].text);
    g_autofree char *text = g_memdup2(bad[_i].text, len + 1);
    g_autoptr(ImportFile) file = import_file_read(text, len, policy);
    GString *mistakes = g_string_new(NULL);
    for (guint i = 0; i < file->mistakes->len; i++) {
        const ImportMistake *mistake = file->mistakes->pdata[i];
        g_string_append_printf(mistakes, "%d:%s:%s\n", mistake->line, mistake->column, mistake->message);
    }
    ck_assert_str_eq(mistakes->str, bad[_i].mistakes);
    g_string_free(mistakes, TRUE);
}
END_TEST

START_TEST(reads_what_is_given)
{
    char text[] = "plan,subject,organization,timezone,anchor,email,suspended,plan_until,plan_after\n"
                  "pro,ada,Inn,Europe/Budapest,2026-01-31,a@example.org,true,2026-12-31,free\n"
                  ",bob,,,,,,,\n"
                  "\"\",\"c,d\",\"\",\"\",,\"\",false,\"\",\"\"\n";
    g_autoptr(ImportFile) file = import_file_read(text, strlen(text), policy);
    ck_assert_uint_eq(file->mistakes->len, 0);
    ck_assert_uint_eq(file->changes->len, 3);
    const SubjectChange *ada = &g_array_index(file->changes, SubjectChange, 0), *bob = ada + 1, *c = ada + 2;
    ck_assert_str_eq(ada->subject, "ada");
    ck_assert_str_eq(ada->plan, "pro");
    ck_assert_str_eq(ada->plan_after, "free");
    ck_assert_str_eq(ada->organization, "Inn");
    ck_assert_str_eq(ada->timezone, "Europe/Budapest");
    ck_assert_str_eq(ada->email, "a@example.org");
    ck_assert(ada->has_suspended && ada->suspended && ada->has_anchor && ada->has_plan_until);
    ck_assert_int_eq(ada->anchor, INT64_C(1769835600) * US_PER_S);     /* 2026-01-31 begins */
    ck_assert_int_eq(ada->plan_until, INT64_C(1798779600) * US_PER_S); /* 2026-12-31 is over */
    ck_assert_str_eq(bob->subject, "bob");
    ck_assert(!bob->plan && !bob->plan_after && !bob->organization && !bob->timezone && !bob->email);
    ck_assert(!bob->has_suspended && !bob->has_anchor && !bob->has_plan_until);
    ck_assert_str_eq(c->subject, "c,d");
    ck_assert_str_eq(c->plan, "");
    ck_assert_str_eq(c->plan_after, "");
    ck_assert_str_eq(c->organization, "");
    ck_assert_str_eq(c->timezone, "");
    ck_assert_str_eq(c->email, "");
    ck_assert(c->has_suspended && !c->suspended && !c->has_anchor && c->has_plan_until);
    ck_assert_int_eq(c->plan_until, INSTANT_MAX);
    ck_assert_int_eq(g_array_index(file->lines, int, 2), 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import file");
    TCase *tests = tcase_create("import file");
    tcase_add_checked_fixture(tests, prepare, done);
    tcase_add_loop_test(tests, names_every_mistake, 0, G_N_ELEMENTS(bad));
    tcase_add_test(tests, reads_what_is_given);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
