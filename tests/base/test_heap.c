/* The heap is as large at first as it will be, whichever threads use it. */
#include "base/heap.h"

#include <check.h>
#include <pthread.h>
#include <unistd.h>

#define WHOLE ((size_t) 16 * 1024 * 1024)
#define PIECES 64
#define THREADS 8

static size_t resident(void)
{
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    const char *second = strchr(text, ' ');
    return (size_t) g_ascii_strtoull(second + 1, NULL, 10) * (size_t) sysconf(_SC_PAGESIZE);
}

/* As a request does: some large pieces and many small ones, given back in another order. */
static void *use(void *unused)
{
    (void) unused;
    for (int round = 0; round < 50; round++) {
        char *pieces[PIECES];
        for (int i = 0; i < PIECES; i++) {
            size_t size = i % 8 ? (size_t) (i + 1) * 24 : 8192;
            pieces[i] = g_malloc(size);
            memset(pieces[i], 1, size);
        }
        for (int i = 0; i < PIECES; i++)
            g_free(pieces[(i * 7) % PIECES]);
    }
    return NULL;
}

/* What watches memory (scripts/watched) has a heap of its own, which grows as it likes: then it is only used. */
static bool is_ours(void)
{
    return !g_getenv("WATCH");
}

START_TEST(it_is_as_large_at_first_as_it_will_be)
{
    size_t before = resident();
    heap_prepare(WHOLE);
    size_t prepared = resident();
    if (is_ours())
        ck_assert_uint_ge(prepared, before + WHOLE - WHOLE / 16);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    if (!is_ours())
        return;
    size_t used = resident();
    ck_assert_msg(used >= prepared - WHOLE / 16, "it gave back %zu bytes", prepared - used);
    ck_assert_msg(used <= prepared + WHOLE / 16, "it grew by %zu bytes", used - prepared);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("heap");
    TCase *tests = tcase_create("heap");
    tcase_add_test(tests, it_is_as_large_at_first_as_it_will_be);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
