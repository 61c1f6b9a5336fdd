/* Public ids: text that holds the whole key of a decision or reservation, so that its row is found
 * without an index of its own, and 63 random bits, so that nobody guesses one. */
#ifndef WEBQUOTA_PUBLIC_ID_H
#define WEBQUOTA_PUBLIC_ID_H

#include "base/instant.h"

typedef struct {
    int64_t account_id, subject_id;
    Instant at;
    int64_t id;
} DecisionKey;

bool decision_key_equal(const DecisionKey *a, const DecisionKey *b);

/* "dec_…", "res_…" and "tkt_…" with base64url, 24 to 48 characters. New string. */
char *public_id_decision(const DecisionKey *key);
char *public_id_reservation(const DecisionKey *key);
char *public_id_ticket(const DecisionKey *key);

/* Reads either back; false when it is not one of ours in form. */
bool public_id_read(const char *text, const char *prefix, DecisionKey *key) MUST_CHECK;
#define DECISION_PREFIX "dec_"
#define RESERVATION_PREFIX "res_"
#define TICKET_PREFIX "tkt_"

#endif
