/* Reading results: text form to values. */
#include "store/db.h"

bool result_null(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column);
}

/* Digits of which any number fits into an int64_t. */
#define SHORT_DIGITS 18

/* As g_ascii_strtoll, at less cost for what the database writes: digits, perhaps after a sign. *end is `text` where there is no
 * number. */
static int64_t number_read(const char *text, const char **end)
{
    const char *digits = text + (*text == '-'), *at = digits;
    int64_t number = 0;
    for (; *at >= '0' && *at <= '9' && at < digits + SHORT_DIGITS; at++)
        number = number * 10 + (*at - '0');
    bool is_simple = at > digits && (*at < '0' || *at > '9');
    if (!is_simple)
        return g_ascii_strtoll(text, (char **)end, 10);
    *end = at;
    return *text == '-' ? -number : number;
}

int64_t result_number(const PGresult *result, int row, int column)
{
    const char *end;
    return number_read(PQgetvalue(result, row, column), &end);
}

double result_real(const PGresult *result, int row, int column)
{
    return g_ascii_strtod(PQgetvalue(result, row, column), NULL);
}

bool result_bool(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column)[0] == 't';
}

const char *result_text(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

/* The next number of an array's text, from *at on; false at its end. */
static bool next_number(const char **at, int64_t *number)
{
    while (**at == '{' || **at == ',')
        ++*at;
    if (!**at || **at == '}')
        return false;
    const char *end;
    *number = number_read(*at, &end);
    bool any = end != *at;
    *at = end;
    return any;
}

int result_numbers(const PGresult *result, int row, int column, GArray *values)
{
    const char *at = PQgetvalue(result, row, column);
    int64_t value;
    int count = 0;
    for (; next_number(&at, &value); count++)
        g_array_append_val(values, value);
    return count;
}

int result_numbers_some(const PGresult *result, int row, int column, int64_t *values, int room)
{
    const char *at = PQgetvalue(result, row, column);
    int count = 0;
    while (count < room && next_number(&at, &values[count]))
        count++;
    return count;
}
