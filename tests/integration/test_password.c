/* Passwords as libsodium keeps them: what is right, what is wrong, and what could not be told for want of memory. */
#include "store/password.h"

#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define RIGHT "correct horse battery"

static bool is_right(const char *password, const char *hash)
{
    bool right;
    ck_assert(password_look(password, hash, &right));
    return right;
}

START_TEST(the_right_one_is_right_and_no_other)
{
    g_autofree char *hash = password_hash(RIGHT), *again = password_hash(RIGHT), *accented = password_hash("caf\xc3\xa9 au lait");
    ck_assert_str_ne(hash, again);
    ck_assert(is_right(RIGHT, hash));
    ck_assert(is_right(RIGHT, again));
    ck_assert(is_right("cafe\xcc\x81 au lait", accented)); /* looks the same */
    ck_assert(!is_right("correct horse batterz", hash));
    ck_assert(!is_right(RIGHT " ", hash));
    ck_assert(!is_right("", hash));
    ck_assert(!is_right(RIGHT, NULL));
}
END_TEST

/* Of any operations and memory, as another version or another program may have made it. */
START_TEST(it_is_the_format_of_libsodium)
{
    char made[crypto_pwhash_STRBYTES];
    g_autofree char *ours = password_hash(RIGHT);
    ck_assert_int_eq(crypto_pwhash_str_verify(ours, RIGHT, strlen(RIGHT)), 0);
    ck_assert_int_eq(crypto_pwhash_str(made, RIGHT, strlen(RIGHT), 3, crypto_pwhash_MEMLIMIT_MIN), 0);
    ck_assert(is_right(RIGHT, made));
    ck_assert(!is_right("correct horse batterz", made));
}
END_TEST

START_TEST(what_is_no_hash_is_nobodys)
{
    g_autofree char *hash = password_hash(RIGHT);
    char *salt = strchr(hash, 'p') + 4;
    ck_assert(!is_right(RIGHT, ""));
    ck_assert(!is_right(RIGHT, RIGHT));
    for (char *at = hash; *at; at++) { /* each letter of it another */
        char was = *at;
        *at = was == 'A' ? 'B' : 'A';
        bool right;
        bool last_bits = at[1] == '$' || !at[1]; /* of base64, which are not all used, and must be 0 */
        ck_assert_msg((!password_look(RIGHT, hash, &right) || !right) || last_bits, "%s", hash);
        *at = was;
        if (at >= salt + 2 && at[1] && at[1] != '$')
            at += 7;
    }
    for (size_t len = strlen(hash) - 1; len > 0; len -= MIN(len, 9)) {
        g_autofree char *cut = g_strndup(hash, len);
        ck_assert_msg(!is_right(RIGHT, cut), "%s", cut);
    }
    g_autofree char *more = g_strconcat(hash, "A", NULL);
    ck_assert(!is_right(RIGHT, more));
}
END_TEST

/* Of the address space that is used by now, in bytes. */
static rlim_t space_used(void)
{
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    return g_ascii_strtoull(text, NULL, 10) * (rlim_t) sysconf(_SC_PAGESIZE);
}

/* There is some, also for whoever watches memory, and less than a hash takes. */
START_TEST(without_memory_it_cannot_be_told)
{
    bool right = true;
    g_autofree char *hash = password_hash(RIGHT);
    struct rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = space_used() + crypto_pwhash_MEMLIMIT_INTERACTIVE / 2;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    bool told = password_look(RIGHT, hash, &right), told_nobody = password_look(RIGHT, NULL, &(bool){false});
    char *made = password_hash(RIGHT);
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert(!told && !right && !told_nobody && !made);
    ck_assert(is_right(RIGHT, hash));
}
END_TEST

int main(void)
{
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    Suite *suite = suite_create("password");
    TCase *tests = tcase_create("password");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_right_one_is_right_and_no_other);
    tcase_add_test(tests, it_is_the_format_of_libsodium);
    tcase_add_test(tests, what_is_no_hash_is_nobodys);
    tcase_add_test(tests, without_memory_it_cannot_be_told);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
