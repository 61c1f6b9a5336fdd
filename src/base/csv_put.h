/* Writing comma-separated values (RFC 4180), so that they are safe to open in a spreadsheet. Pure. */
#ifndef WEBQUOTA_CSV_PUT_H
#define WEBQUOTA_CSV_PUT_H

#include "base/base.h"

/* Appends one field; NULL: an empty one. A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a
 * return) has an apostrophe put before it, which spreadsheets do not show. */
void csv_put_text(GString *out, const char *text);
void csv_put_number(GString *out, int64_t number);

/* Ends a record, after its last field. */
void csv_put_end(GString *out);

#endif
