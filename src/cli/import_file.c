/* Checking a file of subjects: every mistake is found, not only the first. */
#include "cli/import_file.h"

#include "base/parse.h"
#include "cli/csv.h"
#include "domain/zone.h"

typedef struct {
    ImportFile *file;
    const Policy *policy;
    Csv *csv;
    GArray *columns;      /* of int: what stands in each column of the file; -1: nothing we know */
    GHashTable *seen;     /* subject → its line */
} Reading;

/* What is wrong with a value, as a new string; NULL when nothing is. `text` is "" where the value is to be taken away. */
typedef char *(*ColumnRead)(const Policy *policy, char *text, SubjectChange *change);

static char *read_subject(const Policy *policy, char *text, SubjectChange *change)
{
    (void)policy;
    change->subject = text;
    return *text ? NULL : g_strdup("it is empty");
}

static char *read_a_plan(const Policy *policy, char *text, const char **out)
{
    *out = text;
    return *text && !policy_plan(policy, text) ? g_strdup_printf("there is no plan \"%s\"", text) : NULL;
}

static char *read_plan(const Policy *policy, char *text, SubjectChange *change)
{
    return read_a_plan(policy, text, &change->plan);
}

static char *read_plan_after(const Policy *policy, char *text, SubjectChange *change)
{
    return read_a_plan(policy, text, &change->plan_after);
}

/* A date is a day where the policy's days are. */
static char *read_time(const Policy *policy, const char *text, DayEdge edge, bool *given, Instant *out)
{
    *given = true;
    if (zone_instant(text, zone_find(policy->zone), edge, out))
        return NULL;
    return g_strdup_printf("\"%s\" is not a time such as 2027-01-31T00:00:00Z or 2027-01-31", text);
}

static char *read_plan_until(const Policy *policy, char *text, SubjectChange *change)
{
    if (*text)
        return read_time(policy, text, DAY_ENDS, &change->has_plan_until, &change->plan_until);
    change->has_plan_until = true;
    change->plan_until = INSTANT_MAX;
    return NULL;
}

static char *read_organization(const Policy *policy, char *text, SubjectChange *change)
{
    (void)policy;
    change->organization = text;
    return NULL;
}

static char *read_timezone(const Policy *policy, char *text, SubjectChange *change)
{
    (void)policy;
    change->timezone = text;
    return *text && !zone_find(text) ? g_strdup_printf("there is no time zone \"%s\"", text) : NULL;
}

static char *read_anchor(const Policy *policy, char *text, SubjectChange *change)
{
    return *text ? read_time(policy, text, DAY_BEGINS, &change->has_anchor, &change->anchor) : g_strdup("an anchor cannot be taken away");
}

static char *read_email(const Policy *policy, char *text, SubjectChange *change)
{
    (void)policy;
    change->email = text;
    return NULL;
}

static char *read_suspended(const Policy *policy, char *text, SubjectChange *change)
{
    (void)policy;
    change->has_suspended = true;
    change->suspended = strcmp(text, "true") == 0;
    return change->suspended || strcmp(text, "false") == 0 ? NULL : g_strdup_printf("\"%s\" is neither true nor false", text);
}

static const struct {
    const char *name;
    ColumnRead read;
} known[] = {
    { "subject", read_subject },         { "plan", read_plan },         { "plan_until", read_plan_until },
    { "plan_after", read_plan_after },   { "timezone", read_timezone }, { "organization", read_organization },
    { "anchor", read_anchor },           { "email", read_email },       { "suspended", read_suspended },
};
enum { SUBJECT = 0 };

static void mistake_free(gpointer data)
{
    ImportMistake *mistake = data;
    g_free(mistake->column);
    g_free(mistake->message);
    g_free(mistake);
}

/* Takes the message over; does nothing for NULL. */
static void mistake_at(Reading *reading, guint column, char *message)
{
    if (!message)
        return;
    ImportMistake *mistake = g_new0(ImportMistake, 1);
    mistake->line = reading->csv->line;
    int what = column < reading->columns->len ? g_array_index(reading->columns, int, column) : -1;
    mistake->column = what >= 0 ? g_strdup(known[what].name) : g_strdup_printf("column %u", column + 1);
    mistake->message = message;
    g_ptr_array_add(reading->file->mistakes, mistake);
}

static int column_known(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return (int)i;
    return -1;
}

static bool column_there(const Reading *reading, int what)
{
    for (guint i = 0; i < reading->columns->len; i++)
        if (g_array_index(reading->columns, int, i) == what)
            return true;
    return false;
}

/* A name from the file as a message can hold it. */
static char *shown(const char *text)
{
    return g_utf8_validate(text, -1, NULL) ? g_strescape(text, NULL) : g_strdup("?");
}

static void read_header(Reading *reading)
{
    const Csv *csv = reading->csv;
    for (guint i = 0; i < csv->fields->len; i++) {
        const char *name = g_array_index(csv->fields, CsvField, i).text;
        int what = column_known(name);
        bool twice = what >= 0 && column_there(reading, what);
        int kept = twice ? -1 : what;
        g_array_append_val(reading->columns, kept);
        g_autofree char *text = shown(name);
        if (twice)
            mistake_at(reading, i, g_strdup_printf("%s is there twice", text));
        else if (what < 0)
            mistake_at(reading, i, g_strdup_printf("there is no column \"%s\"; there are subject, plan, plan_until, plan_after, "
                                                   "organization, timezone, anchor, email, suspended", text));
    }
    if (!column_there(reading, SUBJECT))
        mistake_at(reading, reading->columns->len, g_strdup("the first line must name the columns, and one must be subject"));
}

static void check_twice(Reading *reading, const SubjectChange *change, guint column)
{
    int first = GPOINTER_TO_INT(g_hash_table_lookup(reading->seen, change->subject));
    if (first)
        mistake_at(reading, column, g_strdup_printf("\"%s\" is on line %d already", change->subject, first));
    else
        g_hash_table_insert(reading->seen, (char *)change->subject, GINT_TO_POINTER(reading->csv->line));
}

static void read_row(Reading *reading)
{
    const Csv *csv = reading->csv;
    if (csv->fields->len != reading->columns->len) {
        mistake_at(reading, MIN(csv->fields->len, reading->columns->len),
                   g_strdup_printf("fields on this line: %u; columns on the first: %u", csv->fields->len, reading->columns->len));
        return;
    }
    SubjectChange change = { 0 };
    for (guint i = 0; i < csv->fields->len; i++) {
        const CsvField *field = &g_array_index(csv->fields, CsvField, i);
        int what = g_array_index(reading->columns, int, i);
        if (what < 0 || (what != SUBJECT && !*field->text && !field->quoted))
            continue;
        bool plain = !*field->text || text_is_plain(field->text, strlen(field->text), 255);
        char *wrong = plain ? known[what].read(reading->policy, field->text, &change)
                            : g_strdup("it is not plain text of at most 255 bytes");
        if (what == SUBJECT && !wrong)
            check_twice(reading, &change, i);
        mistake_at(reading, i, wrong);
    }
    g_array_append_val(reading->file->changes, change);
    g_array_append_val(reading->file->lines, csv->line);
}

ImportFile *import_file_read(char *text, size_t len, const Policy *policy)
{
    ImportFile *file = g_new0(ImportFile, 1);
    file->changes = g_array_new(FALSE, TRUE, sizeof(SubjectChange));
    file->lines = g_array_new(FALSE, FALSE, sizeof(int));
    file->mistakes = g_ptr_array_new_with_free_func(mistake_free);
    g_auto(Csv) csv = { 0 };
    csv_begin(&csv, text, len);
    Reading reading = { file, policy, &csv, g_array_new(FALSE, FALSE, sizeof(int)), g_hash_table_new(g_str_hash, g_str_equal) };
    bool header = true, more = csv_next(&csv);
    if (!more) {
        csv.line = 1;
        read_header(&reading);
    }
    for (; more; more = csv_next(&csv), header = false) {
        if (csv.mistake)
            mistake_at(&reading, csv.mistake_at, g_strdup(csv.mistake));
        else if (header)
            read_header(&reading);
        else
            read_row(&reading);
        if (header && !column_there(&reading, SUBJECT))
            break; /* what the rows hold is not known */
    }
    g_array_unref(reading.columns);
    g_hash_table_unref(reading.seen);
    return file;
}

void import_file_free(ImportFile *file)
{
    if (!file)
        return;
    g_array_unref(file->changes);
    g_array_unref(file->lines);
    g_ptr_array_unref(file->mistakes);
    g_free(file);
}
