/* What the tests of this folder share. */
#ifndef WEBQUOTA_POLICY_TESTS_H
#define WEBQUOTA_POLICY_TESTS_H

#include "policy/policy_read.h"

/* check.h defines fail, a word that others use. */
#include <check.h>

/* The mistakes of a text, one a line; "" when it is good. New string. */
static inline char *mistakes_of(const char *text)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "p", mistakes);
    ck_assert_msg((policy != NULL) == (mistakes->len == 0), "a policy and mistakes, or neither, of: %s", text);
    return mistakes_text(mistakes);
}

/* A policy that must be good. */
static inline Policy *policy_of(const char *text)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    Policy *policy = policy_read(text, "p", mistakes);
    g_autofree char *why = mistakes_text(mistakes);
    ck_assert_msg(policy != NULL, "%s", why);
    return policy;
}

static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
