/* What the harnesses share: the entry point, a check that names what does not hold, and ways to take an input apart.
 *
 * A harness is a page that calls one parser and says what must hold of whatever comes out of it. It does no input or
 * output. libFuzzer drives it (scripts/fuzz); replay.c feeds it the inputs that are kept (tests/fuzz/corpus, regression).
 */
#ifndef WEBQUOTA_TESTS_FUZZ_H
#define WEBQUOTA_TESTS_FUZZ_H

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Before the first input, where a harness has something to prepare. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define HOLDS(truth)                                                                                                  \
    do {                                                                                                              \
        if (!(truth)) {                                                                                               \
            fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__, __LINE__, #truth);                           \
            abort();                                                                                                  \
        }                                                                                                             \
    } while (0)

/* What is left of an input. At its end there are zeros and empty texts. */
typedef struct {
    const uint8_t *at, *end;
} Rest;

static inline size_t rest_len(const Rest *rest)
{
    return (size_t)(rest->end - rest->at);
}

static inline uint8_t rest_byte(Rest *rest)
{
    return rest->at < rest->end ? *rest->at++ : 0;
}

/* A whole number in so many bytes, the highest first. */
static inline uint64_t rest_number(Rest *rest, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | rest_byte(rest);
    return number;
}

/* Up to the next `end` byte, which is passed over; a NUL before it ends the text. New string. */
static inline char *rest_text(Rest *rest, char end)
{
    const uint8_t *stop = rest_len(rest) ? memchr(rest->at, end, rest_len(rest)) : NULL;
    size_t len = stop ? (size_t)(stop - rest->at) : rest_len(rest);
    char *text = g_strndup((const char *)rest->at, len);
    rest->at += len + (stop != NULL);
    return text;
}

static inline char *rest_line(Rest *rest)
{
    return rest_text(rest, '\n');
}

static inline char *text_of(const uint8_t *bytes, size_t size)
{
    return g_strndup((const char *)bytes, size);
}

/* Can a page or a document hold it? */
static inline bool is_utf8(const char *text)
{
    return text && g_utf8_validate(text, -1, NULL);
}

#endif
