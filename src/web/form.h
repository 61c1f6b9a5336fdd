/* Forms: what a page's form sent, checked by the same declarations as all input; and what is wrong with it, field by field, so
 * that the page can be shown again with what was typed. Pure. */
#ifndef WEBQUOTA_FORM_H
#define WEBQUOTA_FORM_H

#include "view/view_form.h"
#include "web/input.h"

#define FORM_BYTES_MAX (16 * 1024)
#define FORM_FIELDS_MAX 64
#define FORM_TOKEN_FIELD "csrf"

/* "a=1&b=two": strict as query_parse, and no more fields than FORM_FIELDS_MAX. *why is static. */
bool form_parse(const char *text, Query *out, const char **why) MUST_CHECK;

/* Reads the declared fields into values (as many as fields; zeroed by this) and what the form shows of each into `shown`: the text
 * as typed, and what is wrong with it. Line ends and blanks around a text count as one blank. An empty field is one that was not
 * given. Only INPUT_TEXT, INPUT_WHOLE, INPUT_TIME, INPUT_UNTIL and INPUT_FLAG ("on", "1"). False where anything is wrong; a field that is there
 * twice is wrong. Texts in `values` belong to `shown`, which form_shown_clear frees. */
bool form_read(const Query *form, const InputField *fields, int count, InputValue *values, FormShown *shown) MUST_CHECK;

/* The same as a page opens: nothing typed, or what the address proposes (?feature=x). */
void form_open(const Query *query, const InputField *fields, int count, FormShown *shown);

/* Puts a mistake to a field that the declaration cannot know of. */
void form_mistake(FormShown *shown, int count, const char *name, FormMistake mistake);

void form_shown_clear(FormShown *shown, int count);

#endif
