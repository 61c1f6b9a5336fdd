/* Fuzzes the arrays that parameters of statements become: each line of the input is an element, "\N" a null, and its
 * first bytes a number. Read as PostgreSQL reads the binary form of an array, they must be the same. */
#include "fuzz.h"

#include "store/db.h"

#define OID_BIGINT 20
#define OID_TEXT 25
#define OID_TIMESTAMPTZ 1184
#define FROM_1970_TO_2000 (INT64_C(946684800) * US_PER_S)

/* An array as it was sent; what PostgreSQL would refuse does not hold. */
typedef struct {
    Rest rest;
    uint32_t count;
    bool nulls;
} Sent;

static Sent sent_open(const Params *params, guint index, uint32_t type, uint32_t count)
{
    size_t len = (size_t)g_array_index(params->lengths, int, index);
    const uint8_t *bytes = params->values->pdata[index];
    Sent sent = {.rest = {bytes, bytes + len}};
    HOLDS(g_array_index(params->formats, int, index) == 1 && len >= 12);
    uint32_t dimensions = (uint32_t)rest_number(&sent.rest, 4);
    sent.nulls = rest_number(&sent.rest, 4);
    HOLDS(dimensions == (count > 0) && rest_number(&sent.rest, 4) == type);
    sent.count = dimensions ? (uint32_t)rest_number(&sent.rest, 4) : 0;
    HOLDS(!dimensions || rest_number(&sent.rest, 4) == 1);
    HOLDS(sent.count == count);
    return sent;
}

static int64_t sent_number(Sent *sent)
{
    HOLDS(rest_len(&sent->rest) >= 12 && rest_number(&sent->rest, 4) == 8);
    return (int64_t)rest_number(&sent->rest, 8);
}

static void check_text(Sent *sent, const char *value)
{
    HOLDS(rest_len(&sent->rest) >= 4);
    uint32_t len = (uint32_t)rest_number(&sent->rest, 4);
    if (!value) {
        HOLDS(len == UINT32_MAX && sent->nulls);
        return;
    }
    HOLDS(len == strlen(value) && rest_len(&sent->rest) >= len && memcmp(sent->rest.at, value, len) == 0);
    sent->rest.at += len;
}

static void check_all(const Params *params, const GPtrArray *texts, const GArray *numbers)
{
    Sent sent[] = {sent_open(params, 0, OID_TEXT, texts->len), sent_open(params, 1, OID_BIGINT, numbers->len),
                   sent_open(params, 2, OID_TIMESTAMPTZ, numbers->len)};
    for (guint i = 0; i < texts->len; i++) {
        int64_t number = g_array_index(numbers, int64_t, i);
        bool infinite = number == INSTANT_MIN || number == INSTANT_MAX;
        check_text(&sent[0], texts->pdata[i]);
        HOLDS(sent_number(&sent[1]) == number);
        HOLDS(sent_number(&sent[2]) == (infinite ? number : number - FROM_1970_TO_2000));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sent); i++)
        HOLDS(rest_len(&sent[i].rest) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    while (rest_len(&rest)) {
        char *line = rest_line(&rest);
        Rest of_line = {(const uint8_t *)line, (const uint8_t *)line + strlen(line)};
        /* Within any calendar, or endless. */
        int64_t number = strcmp(line, "never") == 0 ? INSTANT_MAX : (int64_t)rest_number(&of_line, 7);
        if (strcmp(line, "\\N") == 0)
            g_clear_pointer(&line, g_free);
        g_ptr_array_add(texts, line);
        g_array_append_val(numbers, number);
    }
    g_auto(Params) params = params_new();
    params_texts(&params, texts);
    params_numbers(&params, numbers);
    params_instants(&params, numbers);
    check_all(&params, texts, numbers);
    return 0;
}
