/* The doctor's checks of what is recorded: the database does the sums, and names the first few that are wrong. */
#include "store/doctor_internal.h"

#define IDEMPOTENCY_MANY 1000000

/* "1 counter", "2 counters". */
static char *counted(int64_t count, const char *thing)
{
    return g_strdup_printf("%" PRId64 " %s%s", count, thing, count == 1 ? "" : "s");
}

static void counter_detail(DoctorFinding *finding, const PGresult *rows, int row)
{
    const char *who = result_text(rows, row, 0), *what = result_text(rows, row, 1), *from = result_text(rows, row, 2);
    g_autofree char *since = from ? g_strdup_printf("since %s", from) : g_strdup("in all");
    if (result_null(rows, row, 3)) {
        doctor_detail(finding, "%s: %s: the counter is gone, but use of it is recorded", who, what);
        return;
    }
    if (result_number(rows, row, 7)) {
        doctor_detail(finding, "%s: %s: the counter stands in the window that began %s, but use of a later one is recorded", who, what,
                      from ? from : "long ago");
        return;
    }
    doctor_detail(finding, "%s: %s %s: the counter says %" PRId64 " used and %" PRId64 " held; recorded are %" PRId64 " and %" PRId64,
                  who, what, since, result_number(rows, row, 3), result_number(rows, row, 5), result_number(rows, row, 4),
                  result_number(rows, row, 6));
}

void doctor_check_counters(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(PGresult) counts = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_COUNTERS, &rows) || !doctor_ask(doctor, finding, QUERY_DOCTOR_COUNTED, &counts))
        return;
    int64_t all = result_number(counts, 0, 0), rolling = result_number(counts, 0, 1);
    if (!PQntuples(rows)) {
        g_autofree char *left_out = rolling ? g_strdup_printf("; %" PRId64 " rolling ones cannot be compared", rolling) : g_strdup("");
        g_autofree char *compared = counted(all - rolling, "counter");
        doctor_say(finding, DOCTOR_OK, all - rolling == 1 ? "%s equals the sum of its recorded decisions%s"
                                                          : "%s equal the sums of their recorded decisions%s", compared, left_out);
        return;
    }
    g_autofree char *wrong = counted(result_number(rows, 0, 8), "counter");
    doctor_say(finding, DOCTOR_WRONG, "%s, of %" PRId64 ", not equal to what is recorded in decisions", wrong, all);
    doctor_advise(finding, "webquota writes both in one transaction, so somebody else has changed one of them, or a backup was restored in"
                           " part; decisions are the truth: set webquota.counters or webquota.shared_counters right");
    for (int row = 0; row < PQntuples(rows); row++)
        counter_detail(finding, rows, row);
}

static void held_details(DoctorFinding *finding, const PGresult *rows)
{
    g_autofree char *wrong = counted(result_number(rows, 0, 4), "counter");
    doctor_say(finding, DOCTOR_WRONG, "%s with other units held than open reservations hold", wrong);
    doctor_advise(finding, "somebody else has changed webquota.reservations or webquota.counters; reservations are the truth");
    for (int row = 0; row < PQntuples(rows); row++)
        doctor_detail(finding, "%s: %s: the counter holds %" PRId64 ", open reservations %" PRId64, result_text(rows, row, 0),
                      result_text(rows, row, 1), result_number(rows, row, 2), result_number(rows, row, 3));
}

void doctor_check_reservations(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(PGresult) open = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_HELD, &rows) || !doctor_ask(doctor, finding, QUERY_DOCTOR_RESERVATIONS, &open))
        return;
    if (PQntuples(rows)) {
        held_details(finding, rows);
        return;
    }
    g_autofree char *count = counted(result_number(open, 0, 0), "reservation");
    if (result_number(open, 0, 2)) {
        doctor_say(finding, DOCTOR_WRONG, "of %s open, %" PRId64 " lead to no recorded decision", count, result_number(open, 0, 2));
        doctor_advise(finding, "somebody else has changed webquota.reservations or webquota.decisions, or a backup was restored in part");
        return;
    }
    if (result_number(open, 0, 3)) {
        doctor_say(finding, DOCTOR_WARNING, "of %s open, %" PRId64 " over that could not be given back", count, result_number(open, 0, 3));
        doctor_advise(finding, "the service's log says why; what they hold is given back within five minutes of when it can be");
        return;
    }
    g_autofree char *over = result_number(open, 0, 1)
        ? g_strdup_printf(", %" PRId64 " of them over: the next request gives back what they hold", result_number(open, 0, 1))
        : g_strdup("");
    doctor_say(finding, DOCTOR_OK, "%s open%s; counters hold what they say", count, over);
}

/* A line is as long as its counter says, and whoever was let in has something held. */
void doctor_check_tickets(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_TICKETS, &rows))
        return;
    g_autofree char *waiting = counted(result_number(rows, 0, 0), "ticket");
    int64_t admitted = result_number(rows, 0, 1), lines = result_number(rows, 0, 2), empty = result_number(rows, 0, 3);
    if (lines || empty) {
        doctor_say(finding, DOCTOR_WRONG, "lines that are not as long as their counters say: %" PRId64 "; let in with nothing held: %" PRId64,
                   lines, empty);
        doctor_advise(finding, "somebody else has changed webquota.tickets, webquota.reservations or counters, or a backup was restored in part");
        return;
    }
    doctor_say(finding, DOCTOR_OK, "%s waiting, %" PRId64 " let in; counters and reservations agree", waiting, admitted);
}

/* What is to be sent is sent. */
void doctor_check_deliveries(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_DELIVERIES, &rows))
        return;
    int64_t waiting = result_number(rows, 0, 0), pending = result_number(rows, 0, 1), overdue = result_number(rows, 0, 2);
    int64_t longest_s = result_number(rows, 0, 3), failed = result_number(rows, 0, 4);
    if (overdue) {
        doctor_say(finding, DOCTOR_WARNING, "of %" PRId64 " whose turn has come, %" PRId64 " should have been sent, the oldest %" PRId64
                   " s ago; nobody does", pending, overdue, longest_s);
        doctor_advise(finding, "see that webquota.fcgi runs as a service, with WEBQUOTA_CALLBACKS and WEBQUOTA_CALLBACK_SECRETS_FILE set");
        return;
    }
    doctor_say(finding, DOCTOR_OK, "%" PRId64 " waiting for their turn, %" PRId64 " being sent; %" PRId64 " of a day could not be delivered",
               waiting, pending, failed);
}

void doctor_check_idempotency(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_IDEMPOTENCY, &rows))
        return;
    int64_t all = result_number(rows, 0, 0), old = result_number(rows, 0, 1), astray = result_number(rows, 0, 2);
    g_autofree char *keys = counted(all, "idempotency key");
    if (astray) {
        doctor_say(finding, DOCTOR_WRONG, "of %s, %" PRId64 " lead to no recorded decision; requests with them fail", keys, astray);
        doctor_advise(finding, "somebody else has changed webquota.decisions or webquota.idempotency; the rows without a decision can be deleted");
    } else if (old > IDEMPOTENCY_MANY) {
        doctor_say(finding, DOCTOR_WARNING, "of %s, %" PRId64 " are older than a day and of no more use", keys, old);
        doctor_advise(finding, "run: delete from webquota.idempotency where at <= webquota.clock() - interval '24 hours'");
    } else {
        doctor_say(finding, DOCTOR_OK, "%s, %" PRId64 " of them older than a day", keys, old);
    }
}

static void history_details(DoctorFinding *finding, const PGresult *rows)
{
    g_autofree char *wrong = counted(result_number(rows, 0, 5), "sum");
    doctor_say(finding, DOCTOR_WRONG, "%s in usage_daily that the recorded decisions do not add up to", wrong);
    doctor_advise(finding, "somebody else has changed one of them, or a backup was restored in part; decisions are the truth, and are rolled"
                           " up anew after: update webquota.usage_rollup set server = 0");
    for (int row = 0; row < PQntuples(rows); row++)
        doctor_detail(finding, "%s: %s, %s: %s; recorded are %s", result_text(rows, row, 0), result_text(rows, row, 1),
                      result_text(rows, row, 2), result_text(rows, row, 3), result_text(rows, row, 4));
}

void doctor_check_history(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(PGresult) rolled = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_DAILY, &rows) || !doctor_ask(doctor, finding, QUERY_DOCTOR_ROLLED, &rolled))
        return;
    if (PQntuples(rows)) {
        history_details(finding, rows);
        return;
    }
    g_autofree char *sums = counted(result_number(rolled, 0, 0), "sum");
    if (result_number(rolled, 0, 1)) {
        doctor_say(finding, DOCTOR_WARNING, "%s right, but %" PRId64 " records are not rolled up, since %s; history reads them one by one", sums,
                   result_number(rolled, 0, 1), result_text(rolled, 0, 2));
        doctor_advise(finding, "webquota.fcgi does that while it runs; where it is plain CGI only, nothing does");
        return;
    }
    doctor_say(finding, DOCTOR_OK, "%s of a day equal to the recorded decisions", sums);
}

void doctor_check_subjects(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_SUBJECTS, &rows))
        return;
    int64_t uncounted = result_number(rows, 0, 0), unowned = result_number(rows, 0, 1);
    if (!uncounted && !unowned) {
        doctor_say(finding, DOCTOR_OK, "everybody has counters and an account");
        return;
    }
    doctor_say(finding, DOCTOR_WRONG, "subjects without counters: %" PRId64 ", without an account: %" PRId64 " (one is %s); no decision can"
               " be made about them", uncounted, unowned, result_text(rows, 0, 2));
    doctor_advise(finding, "rows were deleted from webquota.counters or webquota.accounts; restore them from a backup");
}

void doctor_check_plans(Doctor *doctor, DoctorFinding *finding)
{
    g_autoptr(PGresult) rows = NULL;
    if (!doctor->policy) {
        doctor_say(finding, DOCTOR_SKIPPED, "not checked, since there is no policy to compare with");
        return;
    }
    if (!doctor_ask(doctor, finding, QUERY_DOCTOR_PLANS, &rows))
        return;
    int64_t people = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        if (policy_plan(doctor->policy, result_text(rows, row, 0)))
            continue;
        people += result_number(rows, row, 1);
        doctor_detail(finding, "%s: %" PRId64, result_text(rows, row, 0), result_number(rows, row, 1));
    }
    if (!people) {
        doctor_say(finding, DOCTOR_OK, "everybody is on a plan that the policy has");
        return;
    }
    doctor_say(finding, DOCTOR_WARNING, "people on plans that the policy does not have: %" PRId64 "; the default plan holds for them", people);
    doctor_advise(finding, "add the plans to the policy, or run: webquota subject set NAME --plan PLAN");
}
