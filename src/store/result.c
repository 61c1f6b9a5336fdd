/* Reading results: text form to values. */
#include "store/db.h"

bool result_null(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column);
}

int64_t result_number(const PGresult *result, int row, int column)
{
    return g_ascii_strtoll(PQgetvalue(result, row, column), NULL, 10);
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

int result_numbers(const PGresult *result, int row, int column, GArray *values)
{
    const char *p = PQgetvalue(result, row, column);
    int count = 0;
    while (*p && *p != '}') {
        if (*p == '{' || *p == ',') {
            p++;
            continue;
        }
        char *end = NULL;
        int64_t value = g_ascii_strtoll(p, &end, 10);
        if (end == p)
            break;
        g_array_append_val(values, value);
        count++;
        p = end;
    }
    return count;
}
