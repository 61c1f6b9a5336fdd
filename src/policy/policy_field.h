/* The fields of a section: each read strictly, each mistake named with its line. */
#ifndef WEBQUOTA_POLICY_FIELD_H
#define WEBQUOTA_POLICY_FIELD_H

#include "policy/policy_scan.h"

/* One reading of one file. */
typedef struct {
    const char *file_name;
    GPtrArray *mistakes;
    GPtrArray *warnings;
    bool whole;      /* no mistake of syntax: a name that is not defined is a mistake */
    Policy *policy;  /* being filled */
} Reading;

typedef struct {
    Reading *reading;
    cfg_t *cfg;
    const Entry *entry;
} Section;

/* Millionths of a decimal such as "1.5"; the largest that is read is a million million. */
#define MICROS INT64_C(1000000)
#define MICROS_MAX (MICROS * MICROS)

/* The longest texts, in bytes. */
#define TITLE_MAX 200
#define ABOUT_MAX 2000
#define VALUE_MAX 1000

/* The nth subsection (from 0) of this name. False when there are no more. */
bool section_child(const Section *section, const char *name, unsigned nth, Section *child);

/* A mistake (or warning) at a field; `field` NULL: at the section itself. */
void field_mistake(const Section *section, const char *field, const char *format, ...) PRINTF_LIKE(3, 4);
void field_warning(const Section *section, const char *field, const char *format, ...) PRINTF_LIKE(3, 4);

/* Is it written in the file, well or badly? */
bool field_given(const Section *section, const char *field);

/* A mistake when it is not. */
void field_needed(const Section *section, const char *field);

/* The readers below report what is wrong and then do as if the field had not been given. */

/* The value as it is; NULL when not given. Owned by the section's cfg. */
const char *field_word(const Section *section, const char *field);

/* Text for people or machines: not blank, plain, at most `max` bytes. New string, or NULL. */
char *field_text(const Section *section, const char *field, size_t max);

int64_t field_whole(const Section *section, const char *field, int64_t min, int64_t max, int64_t otherwise);
int64_t field_micros(const Section *section, const char *field, int64_t min, int64_t max, int64_t otherwise);
bool field_flag(const Section *section, const char *field);

/* The place of the value among `words` (NULL-terminated). */
int field_choice(const Section *section, const char *field, const char *const *words, int otherwise);

/* Minutes of "HH:MM"; ISO number of a day of the week. */
int field_day_starts(const Section *section, const char *field, int otherwise);
int field_week_starts(const Section *section, const char *field, int otherwise);

/* Fills unit and count. False when the field is missing or wrong. */
bool field_window(const Section *section, const char *field, WindowSpec *spec);

/* A time zone's name. New string, or NULL. */
char *field_zone(const Section *section, const char *field);

/* The features or plans by their keys; -1 when not given or unknown. */
int field_feature(const Section *section, const char *field);
int field_plan(const Section *section, const char *field);

/* The values of a list, none blank, each plain and at most `max` bytes; NULL-terminated, new; never
 * NULL. `check` (may be NULL) returns what is wrong with a value, or NULL. */
char **field_list(const Section *section, const char *field, size_t max, const char *(*check)(const char *value));

/* The section's title, which must be a key. New string, never NULL. */
char *section_key(const Section *section);

#endif
