/* Declared inputs: what a request may carry, checked before a handler sees it. Pure. */
#ifndef WEBQUOTA_INPUT_H
#define WEBQUOTA_INPUT_H

#include <jansson.h>

#include "domain/zone.h"
#include "web/uri.h"

typedef enum {
    INPUT_TEXT,   /* plain text of min to max bytes (text_is_plain); min 0: may be empty */
    INPUT_WHOLE,  /* a whole number from min to max; 1.0 is none */
    INPUT_NUMBER, /* any number from min to max */
    INPUT_FLAG,   /* true or false */
    INPUT_TIME,   /* when something begins: RFC 3339, or a date, as whose day begins (input_days) */
    INPUT_UNTIL,  /* when something ends: the same, but a date belongs to it, so as the next day begins */
    INPUT_OBJECT, /* a JSON object, at most max bytes as compact text */
    INPUT_ANY,    /* any JSON value, at most max bytes as compact text */
    INPUT_LIST,   /* a JSON array of min to max elements */
    INPUT_LINES   /* of forms only: plain text, of min to max bytes in all its lines; those that are empty are left out */
} InputType;

typedef struct {
    const char *name;
    InputType type;
    bool required;
    int64_t min, max;
} InputField;

typedef struct {
    bool given;       /* there, and not null */
    bool is_null;     /* there as null */
    const char *text; /* INPUT_TEXT; not owned */
    int64_t whole;
    double number;
    bool flag;
    Instant time;
    const json_t *json; /* INPUT_OBJECT, INPUT_ANY, INPUT_LIST; not owned */
} InputValue;

/* What is wrong, and with which field (new strings; field NULL when with the whole). */
typedef struct {
    char *field, *detail;
} InputError;
void input_error_clear(InputError *error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(InputError, input_error_clear)

/* Text to a JSON object: UTF-8, no duplicate members, no NUL, at most 16 levels deep. `fields` is only used
 * to name the one that holds a number too large for JSON readers. New reference, or NULL and *error. */
json_t *input_parse(const char *text, size_t len, const InputField *fields, int count, InputError *error) MUST_CHECK;

/* Reads the members of an object into values (as many as fields; zeroed by this). Unknown members are
 * mistakes. `prefix` stands before names in errors: "" or "items[2].". */
bool input_read(const json_t *object, const InputField *fields, int count, const char *prefix, InputValue *values,
                InputError *error) MUST_CHECK;

/* The same from query parameters. Parameters that are not declared are passed over; a declared one that is there
 * twice is a mistake. Only INPUT_TEXT, INPUT_WHOLE, INPUT_TIME and INPUT_UNTIL. */
bool input_read_query(const Query *query, const InputField *fields, int count, InputValue *values,
                      InputError *error) MUST_CHECK;

/* Is it an INPUT_TIME or INPUT_UNTIL? */
bool input_is_time(const InputField *field);

/* Reads the text of an INPUT_TIME or INPUT_UNTIL (NULL is none) into out->time. */
bool input_time(const InputField *field, const char *text, GTimeZone *zone, InputValue *out) MUST_CHECK;

/* Of values that were read, also by form_read: dates were taken for days of UTC, and become days of the zone. */
void input_days(const InputField *fields, int count, InputValue *values, GTimeZone *zone);

#endif
