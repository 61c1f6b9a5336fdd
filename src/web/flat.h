/* The JSON that nearly every call sends, read without making values of it: one object of texts and whole numbers that
 * have nothing to unescape. Whatever is beyond that, or wrong, is left to the JSON reader (input.h). Pure. */
#ifndef WEBQUOTA_FLAT_H
#define WEBQUOTA_FLAT_H

#include "web/input.h"

/* Reads the members of the object into values (as many as fields; zeroed by this), as input_parse and input_read would,
 * from `text`, which is changed: values[].text point into it. False: it is not as plain as that, or not good; then
 * `text` is as it was. */
bool flat_read(char *text, size_t len, const InputField *fields, int count, InputValue *values) MUST_CHECK;

#endif
