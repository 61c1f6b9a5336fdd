/* A list as one text: with commas between, and quotes around what has a comma or a quote in it, as in a policy's text: root, "Doe, Jane". Pure. */
#ifndef WEBQUOTA_POLICY_LIST_H
#define WEBQUOTA_POLICY_LIST_H

#include "base/base.h"

/* All that the text lists, blanks around them taken away; of "none", nothing. New strings. */
char **policy_list_read(const char *text) MUST_CHECK;

/* The text that lists these; "none": there are none. New string. */
char *policy_list_text(char *const *values) MUST_CHECK;

/* One more behind the others, as policy_list_text writes it. */
void policy_list_add(GString *text, const char *value);

/* The same with a line for each, in which nothing is quoted, and back. Lines that hold nothing are passed over. New strings. */
char *policy_list_lines(const char *text) MUST_CHECK;
char *policy_list_of_lines(const char *lines) MUST_CHECK;

#endif
