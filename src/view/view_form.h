/* A form as its page shows it: of each field what was typed, and what is wrong with it. Pure. */
#ifndef WEBQUOTA_VIEW_FORM_H
#define WEBQUOTA_VIEW_FORM_H

#include "base/instant.h"
#include "view/value.h"

typedef enum {
    FORM_GOOD,
    FORM_MISSING, /* must be filled in */
    FORM_LONG,    /* more than `max` bytes */
    FORM_TEXT,    /* has characters that may not be in it */
    FORM_NUMBER,  /* no whole number from `min` to `max` */
    FORM_FACTOR,  /* no number above 0 and up to `max` */
    FORM_TIME,    /* no date or time */
    FORM_PAST,    /* a time that is over */
    FORM_CHOICE,  /* none of those offered */
    FORM_TWICE,   /* sent more than once */
    FORM_ORDER,   /* not more than the field before it */
    FORM_DIFFERS, /* not the same as the field before it */
    FORM_SAID     /* what the policy's own check says of it: `said` */
} FormMistake;

typedef struct {
    const char *name;    /* not owned */
    char *typed;         /* NULL: nothing */
    FormMistake mistake;
    int64_t min, max;
    char *said;          /* "must not be negative"; NULL but of FORM_SAID */
    const char *zone;    /* of a time: the zone of the policy, in which `when` is told; NULL: it is none, or wrong. Not owned */
    Instant when;
} FormShown;

/* {NAME: {value, when, mistake}, …, any_mistake}: `value` null where nothing was typed; `when` the moment that a time stands for, null of
 * all else; `mistake` says what to mend, null where nothing is wrong. In the tree that is given; `shown` must outlive it. */
Value *form_value(const Value *tree, const FormShown *shown, int count);

/* {name, value, when, mistake} of one of them; all null where it is none. */
Value *form_field_value(const Value *tree, const FormShown *shown, int count, const char *name);

/* One of them by its name; NULL: it is none. */
FormShown *form_shown_find(FormShown *shown, int count, const char *name);

/* What was typed into a field; NULL: nothing. Not owned. */
const char *form_shown_of(const FormShown *shown, int count, const char *name);

/* {name, mistake} of each field that nobody sees on the page (`names`, NULL-terminated) and that was sent wrong, as a list `hidden`:
 * what is wrong is said of those, too. `shown` must outlive the tree. */
void form_set_hidden(Value *page, const FormShown *shown, int count, const char *const *names);

/* One more of the choices that a form offers, for what was typed where it is none of them, so that it comes back as it was sent. `list`:
 * of {VALUE, TITLE, chosen}, whose names are literals. */
void form_add_typed(Value *list, const char *value, const char *title, const char *typed);

/* "Fill this in." Static or new: appended. */
void words_add_form_mistake(GString *out, const FormShown *shown);

#endif
