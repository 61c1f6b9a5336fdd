/* Fuzzes recorded decisions, as the database gives them back: a line for each column, "\N" for null. Whatever stands
 * there, a document and an answer can be made of it. */
#include "page.h"
#include "world.h"

#include "store/ledger_job.h"
#include "view/view.h"

#define COLUMNS 24

static Policy *policy;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    policy = world_policy();
    return 0;
}

/* A result in memory. `kind`, `outcome` (4 and 5) and the numbers before them are never null. */
static PGresult *row_of(Rest *rest)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        columns[i] = (PGresAttDesc){.name = (char *)"x", .typid = 25, .typlen = -1, .atttypmod = -1};
    HOLDS(result && PQsetResultAttrs(result, COLUMNS, columns));
    for (int i = 0; i < COLUMNS; i++) {
        g_autofree char *value = rest_line(rest);
        bool null = strcmp(value, "\\N") == 0 && i > 5;
        HOLDS(PQsetvalue(result, 0, i, null ? NULL : value, null ? -1 : (int)strlen(value)));
    }
    return result;
}

/* Written as PostgreSQL writes an array, the numbers are read the same. */
static void check_numbers(const PGresult *result, int column)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t)), again = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int count = result_numbers(result, 0, column, numbers);
    HOLDS(count >= 0 && (guint)count == numbers->len);
    g_autoptr(GString) literal = g_string_new("{");
    for (int i = 0; i < count; i++)
        g_string_append_printf(literal, "%s%" PRId64, i ? "," : "", g_array_index(numbers, int64_t, i));
    g_string_append_c(literal, '}');
    PGresult *written = PQcopyResult(result, PG_COPYRES_ATTRS);
    HOLDS(written && PQsetvalue(written, 0, 0, literal->str, (int)literal->len));
    HOLDS(result_numbers(written, 0, 0, again) == count);
    HOLDS(count == 0 || memcmp(numbers->data, again->data, numbers->len * sizeof(int64_t)) == 0);
    PQclear(written);
}

/* The ledger writes no larger ones, instants apart. */
static bool are_written(const PGresult *result, int column)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int count = result_numbers(result, 0, column, numbers);
    for (int i = 0; i < count; i++) {
        int64_t number = g_array_index(numbers, int64_t, i);
        if (number != INSTANT_MIN && number != INSTANT_MAX && (number > 4 * UNITS_MAX || number < -4 * UNITS_MAX))
            return false;
        bool is_instant = i % TRACE_STRIDE >= 1 && i % TRACE_STRIDE <= 3;
        if ((number == INSTANT_MIN || number == INSTANT_MAX) && !is_instant && i % TRACE_STRIDE != 13)
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    PGresult *result = row_of(&rest);
    check_numbers(result, 14);
    if (!are_written(result, 14)) {
        PQclear(result);
        return 0;
    }
    DecisionRow *row = decision_row_new(result, 0);
    g_autoptr(DecisionRow) found = decision_row_find(result, &row->key);
    HOLDS(found && decision_key_equal(&found->key, &row->key));
    Answer *answer = decision_row_answer(row, policy);
    DOCUMENT(view_decision(answer, NULL));
    answer_unref(answer);
    decision_row_free(row);
    PQclear(result);
    return 0;
}
