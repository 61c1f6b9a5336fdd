/* A file of subjects: its text to changes, or to all that is wrong with it. Touches nothing. */
#ifndef WEBQUOTA_IMPORT_FILE_H
#define WEBQUOTA_IMPORT_FILE_H

#include "store/admin.h"

typedef struct {
    int line;
    char *column;           /* its name; its number when it has none */
    char *message;
} ImportMistake;

typedef struct {
    GArray *changes;        /* of SubjectChange; their texts stand in the file's */
    GArray *lines;          /* of int: where each change stands */
    GPtrArray *mistakes;    /* of ImportMistake, owned */
} ImportFile;

/* `text` is changed and must stay for as long as the changes are used; text[len] must be writable. The first line names the
 * columns: subject, and any of plan, plan_until, plan_after, organization, timezone, anchor, email, suspended.
 * An empty field leaves the value as it is; "" (in quotes) takes it away. */
ImportFile *import_file_read(char *text, size_t len, const Policy *policy);
void import_file_free(ImportFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImportFile, import_file_free)

#endif
