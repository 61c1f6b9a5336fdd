/* Lists for people: columns as wide as what stands in them. */
#ifndef WEBQUOTA_TABLE_H
#define WEBQUOTA_TABLE_H

#include <jansson.h>
#include "base/base.h"

typedef struct Table Table;

/* `titles` ends with NULL and must outlive the table. */
Table *table_new(const char *const *titles);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* The next cell, row by row; copied. NULL and "" are shown as "-". */
void table_cell(Table *table, const char *text);
/* The value of a JSON object's member: text as it is, numbers, yes and no; null and missing "-". */
void table_cell_of(Table *table, const json_t *object, const char *name);

/* Prints titles and rows; `none` instead when there is no row. */
void table_print(const Table *table, const char *none);

/* The same value as one text; NULL for null and missing. New string. */
char *json_shown(const json_t *value);

/* "person" or "people". */
const char *people_word(int64_t count);

/* "name   value", names padded to the same width; nothing for NULL and "". */
void print_fact(const char *name, const char *value);

#endif
