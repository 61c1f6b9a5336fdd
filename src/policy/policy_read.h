/* Policy text to domain. One call reads a whole file, and names everything that is wrong with it. */
#ifndef WEBQUOTA_POLICY_READ_H
#define WEBQUOTA_POLICY_READ_H

#include <jansson.h>

#include "domain/model.h"

/* The largest policy file: 1 MiB. */
#define POLICY_TEXT_MAX ((size_t) 1024 * 1024)

typedef struct {
    char *file;
    int line;      /* 1 and up; 0: of none, as it is about what the text is for */
    char *field;   /* where: "plan free: limit monthly: amount"; NULL: the file as a whole */
    char *message; /* what is wrong: "must not be negative" */
} Mistake;

/* An empty list of Mistake that owns them. */
GPtrArray *mistakes_new(void);

/* "demo.conf:12: plan free: limit monthly: amount: must not be negative". New string. */
char *mistake_text(const Mistake *mistake);

/* All of them, one a line. New string; "" for none. */
char *mistakes_text(const GPtrArray *mistakes);

/* [{"file", "line", "field", "message"}], new. */
json_t *mistakes_json(const GPtrArray *mistakes);

/* The policy of this text (version 0, text kept), or NULL when anything is wrong with it; then
 * `mistakes` (from mistakes_new) has every mistake of meaning and the first of syntax, in the order of
 * the lines. `file_name` is what the mistakes are said to be in. After a mistake of syntax, what
 * stands behind it is unread, so what may be defined there is not called missing. Thread-safe. */
Policy *policy_read(const char *text, const char *file_name, GPtrArray *mistakes) MUST_CHECK;

/* The same, and `warnings` (from mistakes_new): what is legal and may still not be what was meant. */
Policy *policy_read_strictly(const char *text, const char *file_name, GPtrArray *mistakes, GPtrArray *warnings) MUST_CHECK;

#endif
