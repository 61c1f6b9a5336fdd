/* Fuzzes public ids: those that are read are those that would be written, so that each decision has one name. */
#include "fuzz.h"

#include "store/public_id.h"

static void check_read(const char *text, const char *prefix, char *(*write)(const DecisionKey *key))
{
    DecisionKey key;
    if (!public_id_read(text, prefix, &key))
        return;
    g_autofree char *again = write(&key);
    HOLDS(strcmp(again, text) == 0);
    HOLDS(key.account_id >= 0 && key.subject_id >= 0 && key.id >= 0);
}

static void check_written(Rest *rest)
{
    DecisionKey key = {(int64_t)(rest_number(rest, 8) >> 1), (int64_t)(rest_number(rest, 8) >> 1),
                       (Instant)rest_number(rest, 8), (int64_t)(rest_number(rest, 8) >> 1)};
    DecisionKey again;
    g_autofree char *decision = public_id_decision(&key), *reservation = public_id_reservation(&key);
    HOLDS(public_id_read(decision, DECISION_PREFIX, &again) && decision_key_equal(&key, &again));
    HOLDS(public_id_read(reservation, RESERVATION_PREFIX, &again) && decision_key_equal(&key, &again));
    HOLDS(!public_id_read(decision, RESERVATION_PREFIX, &again) && !public_id_read(reservation, DECISION_PREFIX, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size), *decision = g_strconcat(DECISION_PREFIX, text, NULL);
    check_read(text, DECISION_PREFIX, public_id_decision);
    check_read(text, RESERVATION_PREFIX, public_id_reservation);
    check_read(decision, DECISION_PREFIX, public_id_decision);
    Rest rest = {bytes, bytes + size};
    check_written(&rest);
    return 0;
}
