/* The doctor: is everything right with the database, and if not, what is wrong and what to do about it. Reads only. */
#ifndef WEBQUOTA_DOCTOR_H
#define WEBQUOTA_DOCTOR_H

#include "store/store.h"

typedef enum {
    DOCTOR_OK,
    DOCTOR_WARNING,  /* it works, but not as it should */
    DOCTOR_WRONG,
    DOCTOR_SKIPPED   /* could not be checked, because of something wrong before */
} DoctorState;

const char *doctor_state_word(DoctorState state); /* "ok", "warning", "wrong", "skipped" */

typedef struct {
    const char *check;   /* "connection", "schema", ...; static */
    DoctorState state;
    char *found;         /* one line */
    char *advice;        /* what to do; NULL when there is nothing */
    GPtrArray *details;  /* of char *: one line each thing that is wrong, as far as they are listed */
} DoctorFinding;

/* All checks in their order: a new array of DoctorFinding, which it owns. `told` is called with each as it is found, since some
 * take their time (may be NULL). STORE_DOWN: the database cannot be reached; the findings say so. */
StoreResult doctor_run(Store *store, void (*told)(const DoctorFinding *finding, void *data), void *data,
                       GPtrArray **findings) MUST_CHECK;

#endif
