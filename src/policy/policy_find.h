/* Where the sections and options of a policy's text stand: for changing it in place. Pure. */
#ifndef WEBQUOTA_POLICY_FIND_H
#define WEBQUOTA_POLICY_FIND_H

#include "policy/policy_edit.h"

/* An option: its name begins at `start`, its value lies from `value` to `end`. */
typedef struct {
    char *name;
    size_t start, value, end;
} Written;

/* A section, by places in the text. */
typedef struct {
    GArray *options;    /* of Written */
    size_t before;      /* behind the last word before it */
    size_t start, open; /* of its first word; behind its { (both 0 of the file itself) */
    size_t options_end; /* behind its last option; `open` where it has none */
    size_t last_end;    /* behind all that stands in it, comments apart */
    size_t end;         /* behind its } */
    size_t sibling_start, sibling_end; /* of the last section in it of the kind that was asked for; 0: there is none */
} Found;
void found_free(Found *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Found, found_free)

/* The section of a text that policy_read accepts; NULL: there is none. */
Found *policy_find(const char *text, const PolicyPlace *place) MUST_CHECK;

/* The same, with the last section of a kind that stands in it. */
Found *policy_find_beside(const char *text, const PolicyPlace *place, const char *kind) MUST_CHECK;

/* The option of this name; NULL: it is not written. */
const Written *found_option(const Found *found, const char *name);

/* What it is set to, as in PolicyEdit. New string. */
char *written_text(const char *text, const Written *option);

#endif
