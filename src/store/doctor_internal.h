/* What the files of the doctor share. */
#ifndef WEBQUOTA_DOCTOR_INTERNAL_H
#define WEBQUOTA_DOCTOR_INTERNAL_H

#include "store/doctor.h"
#include "store/store_internal.h"

typedef struct {
    Store *store;
    Db db;
    Policy *policy;        /* the one in force, once it was read; NULL: none */
} Doctor;

/* Fills state and what was found. */
void doctor_say(DoctorFinding *finding, DoctorState state, const char *format, ...) PRINTF_LIKE(3, 4);
void doctor_advise(DoctorFinding *finding, const char *format, ...) PRINTF_LIKE(2, 3);
void doctor_detail(DoctorFinding *finding, const char *format, ...) PRINTF_LIKE(2, 3);

/* Runs a statement with patience, in a transaction of its own that only reads. On failure says so and returns false. */
bool doctor_ask(Doctor *doctor, DoctorFinding *finding, Query query, PGresult **rows) MUST_CHECK;

/* doctor_books.c: the checks of what is recorded. */
void doctor_check_counters(Doctor *doctor, DoctorFinding *finding);
void doctor_check_reservations(Doctor *doctor, DoctorFinding *finding);
void doctor_check_tickets(Doctor *doctor, DoctorFinding *finding);
void doctor_check_deliveries(Doctor *doctor, DoctorFinding *finding);
void doctor_check_history(Doctor *doctor, DoctorFinding *finding);
void doctor_check_idempotency(Doctor *doctor, DoctorFinding *finding);
void doctor_check_subjects(Doctor *doctor, DoctorFinding *finding);
void doctor_check_plans(Doctor *doctor, DoctorFinding *finding);

#endif
