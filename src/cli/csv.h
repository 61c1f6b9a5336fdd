/* Comma-separated values, strictly (RFC 4180): a small reader that works within the text it is given. */
#ifndef WEBQUOTA_CSV_H
#define WEBQUOTA_CSV_H

#include "base/base.h"

typedef struct {
    char *text;
    bool quoted;
} CsvField;

typedef struct {
    GArray *fields;         /* of CsvField: the record read last; they point into the text */
    int line;               /* on which it began, from 1 */
    const char *mistake;    /* what is wrong with its form; NULL when nothing is. Static */
    guint mistake_at;       /* the field that it is in, from 0 */
    char *at, *end;
    int next_line;
} Csv;

/* Reads from `text`, which is changed and must stay; text[len] must be writable. A byte order mark is passed over. */
void csv_begin(Csv *csv, char *text, size_t len);
void csv_clear(Csv *csv);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Csv, csv_clear)

/* Reads the next record; empty lines are passed over. false at the end. A record with a mistake is read up to it,
 * and the one after begins on the next line. */
bool csv_next(Csv *csv) MUST_CHECK;

#endif
