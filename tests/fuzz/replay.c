/* Feeds a harness with files, where there is no libFuzzer: HARNESS FILE|FOLDER... Ends with a line that says how many;
 * a harness that is not content ends it by a signal, having named the file.
 */
#include "fuzz.h"

#include <signal.h>
#include <unistd.h>

static const char *feeding = "";
static int fed;

#pragma weak LLVMFuzzerInitialize

/* By what is safe in a handler only. */
static void say_which(int signal_number)
{
    ssize_t written = write(STDERR_FILENO, feeding, strlen(feeding));
    written += write(STDERR_FILENO, ": ended the harness\n", 20);
    (void)written;
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static bool feed_file(const char *path)
{
    g_autofree char *bytes = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &bytes, &size, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return false;
    }
    feeding = path;
    /* A copy of just its size, so that a byte read behind it is noticed. */
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    feeding = "";
    fed++;
    return true;
}

static bool feed(const char *path)
{
    if (!g_file_test(path, G_FILE_TEST_IS_DIR))
        return feed_file(path);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    bool good = folder != NULL;
    for (const char *name; good && (name = g_dir_read_name(folder));) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        good = feed_file(file);
    }
    return good;
}

int main(int argc, char **argv)
{
    bool good = true;
    signal(SIGABRT, say_which);
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc && good; i++)
        good = feed(argv[i]);
    printf("%d inputs\n", fed);
    return good && fed > 0 ? 0 : 1;
}
