/* Changing a policy's text in place: what stands around a change stays as it was written, comments and all. Pure. */
#ifndef WEBQUOTA_POLICY_EDIT_H
#define WEBQUOTA_POLICY_EDIT_H

#include "base/base.h"

/* A section of the file. */
typedef struct {
    const char *plan; /* the plan's key; NULL: the file itself, with its settings */
    const char *kind; /* of a section in it: "limit", "feature", "grace", "route", …; NULL: the plan or file itself */
    const char *key;  /* of that; where its kind has none, which of them it is ("2"); NULL: the first */
} PolicyPlace;

typedef struct {
    const char *name;  /* of an option */
    const char *value; /* NULL: the option goes away */
    bool is_list;      /* the value is all that the list holds, as policy_list.h has it; "": nothing */
} PolicyEdit;

/* The functions below take a text that policy_read accepts. What comes out is to be read again. */

/* The text with options of a section changed: those that are there where they stand, others behind the last one. NULL: there is no
 * such section. New string. */
char *policy_edit(const char *text, const PolicyPlace *place, const PolicyEdit *edits, int count) MUST_CHECK;

/* The text with a new section that has these options, behind the last of its kind, or, where its kind has no keys, in the place of the one that is
 * named, which comes behind it. NULL: what it would stand in is not there. New string. */
char *policy_add(const char *text, const PolicyPlace *place, const PolicyEdit *edits, int count) MUST_CHECK;

/* The text without a section, and without the line that it leaves. NULL: there is no such section. New string. */
char *policy_remove(const char *text, const PolicyPlace *place) MUST_CHECK;

/* What an option of a section is set to, of a list as in PolicyEdit; NULL: it is not there. New string. */
char *policy_written(const char *text, const PolicyPlace *place, const char *name) MUST_CHECK;

/* Does the file have the section itself (so that it is not inherited)? */
bool policy_has(const char *text, const PolicyPlace *place);

/* The text with options changed of a section that is there only for as long as it has any: it comes with the first, and goes with the
 * last. NULL: what it would stand in is not there. New string. */
char *policy_edit_part(const char *text, const PolicyPlace *place, const PolicyEdit *edits, int count) MUST_CHECK;

/* The plan that defines a limit or grant (`kind`) which `plan` has: itself, or the nearest of those that it inherits from; NULL: none.
 * New string. */
char *policy_home(const char *text, const char *plan, const char *kind, const char *key) MUST_CHECK;

#endif
