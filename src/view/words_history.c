/* Words of the page of history. */
#include "view/words_add.h"

void words_add_history(GString *out, const Feature *feature)
{
    text_adds(out, feature->title, ": history");
}

void words_add_average(GString *out, double number)
{
    double tenths = MIN(number, (double)UNITS_MAX) * 10 + 0.5;
    int64_t whole = (int64_t)tenths / 10, rest = (int64_t)tenths % 10;
    words_add_number(out, number >= 10 ? (int64_t)(number + 0.5) : whole);
    if (number < 10 && rest)
        g_string_append_printf(out, ".%d", (int)rest);
}

void words_add_a_day(GString *out, double number)
{
    if (number > 0 && number < 0.05)
        text_add(out, "less than 1");
    else
        words_add_average(out, number);
}

void words_add_compact(GString *out, int64_t number)
{
    static const struct {
        int64_t one;
        const char *sign;
    } sizes[] = { { INT64_C(1000000000000000), "P" }, { INT64_C(1000000000000), "T" }, { 1000000000, "G" }, { 1000000, "M" },
                  { 1000, "k" } };
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (number >= sizes[i].one * (sizes[i].one == 1000 ? 10 : 1) && number % (sizes[i].one / 10) == 0) {
            text_add_number(out, number / sizes[i].one);
            if (number % sizes[i].one)
                g_string_append_printf(out, ".%d", (int)(number % sizes[i].one / (sizes[i].one / 10)));
            text_add(out, sizes[i].sign);
            return;
        }
    words_add_number(out, number);
}

void words_add_statement(GString *out, const char *subject, const char *from, const char *to, const char *zone, const char *as_of)
{
    text_adds(out, "Statement of ", subject, ": all from ", from, " to ", to, " (", zone, "), as recorded at ", as_of);
}
