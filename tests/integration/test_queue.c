/* The queue against a real PostgreSQL: who is stopped gets a place, nobody overtakes, whoever is let in is served once, and the
 * limit is never exceeded; with several stores at once, as several processes are. */
#include "waiting.h"

#include <pthread.h>
#include "store/public_id.h"

static const char policy[] =
    "default_plan = free\n"
    "anonymous_plan = free\n"
    "feature summary { title = Summaries }\n"
    "feature other { title = Others }\n"
    "feature own { title = Own }\n"
    "feature brief { title = Brief }\n"
    "feature paper { title = Paper  one_place = resource }\n"
    "plan free {\n"
    "  limit daily { feature = summary  amount = 3  window = day }\n"
    "  limit minute { feature = summary  amount = 5  window = minute  scope = site  on_exceed = queue  queue_max = 7 }\n"
    "  limit other { feature = other  amount = 2  window = minute  scope = plan  on_exceed = queue  fair = account }\n"
    "  limit brief { feature = brief  amount = 2  window = minute  scope = site  on_exceed = queue  claim_within = 20 }\n"
    "  limit own { feature = own  amount = 1  window = minute  on_exceed = queue }\n"
    "  limit paper { feature = paper  amount = 2  window = minute  scope = site  on_exceed = queue }\n"
    "}\n";

static void assert_ticket(Store *store, const char *id, TicketState state, int64_t ahead, int64_t in_line)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(TicketRead) read = NULL;
    ck_assert_msg(queue_ticket(store, id, true, &read, &error) == STORE_OK, "%s", error.detail);
    ck_assert_str_eq(ticket_state_word(read->state), ticket_state_word(state));
    if (state == TICKET_WAITING) {
        ck_assert_int_eq(read->ahead, ahead);
        ck_assert_int_eq(read->in_line, in_line);
    }
}

START_TEST(the_sixth_waits_and_is_served_in_the_next_minute)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    for (int i = 0; i < 5; i++) {
        g_autofree char *name = g_strdup_printf("user-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "summary", 1);
        ck_assert(answer_allowed(answer));
    }
    g_autoptr(Answer) sixth = consume(store, "sixth", "summary", 1);
    ck_assert_int_eq(answer_status(sixth), 202);
    ck_assert_int_eq(sixth->ahead, 0);
    ck_assert_int_eq(sixth->in_line, 1);
    ck_assert(sixth->wait.known);
    ck_assert_int_eq(sixth->wait.about_s, 50);
    g_autoptr(Answer) seventh = consume(store, "seventh", "summary", 2);
    ck_assert_int_eq(seventh->ahead, 1);
    /* Asking again: the same place. */
    g_autoptr(Answer) again = consume(store, "sixth", "summary", 1);
    ck_assert_str_eq(again->ticket, sixth->ticket);
    assert_ticket(store, sixth->ticket, TICKET_WAITING, 0, 2);
    assert_ticket(store, seventh->ticket, TICKET_WAITING, 1, 2);
    ck_assert_int_eq(let_in(store, "a"), 0);

    clock_at("12:01:00");
    /* There is room, but others were here first. */
    g_autoptr(Answer) newcomer = consume(store, "newcomer", "summary", 1);
    ck_assert_int_eq(answer_status(newcomer), 202);
    ck_assert_int_eq(let_in(store, "a"), 3);
    g_free(database_value("select pg_sleep(1.1)")); /* so that lines are read anew, and stand in that reading as they are now */
    assert_ticket(store, sixth->ticket, TICKET_ADMITTED, 0, 0);
    ck_assert_int_eq(database_number("select held from webquota.counter_values where limit_key = 'minute'"), 4);
    assert_lines_are_counted();
    /* What is held is nobody else's, and its own holder's at once. */
    g_autoptr(Answer) fits = consume(store, "late", "summary", 1);
    ck_assert(answer_allowed(fits));
    g_autoptr(Answer) not_any_more = consume(store, "later", "summary", 1);
    ck_assert_int_eq(answer_status(not_any_more), 202);
    g_autoptr(Answer) served = consume(store, "sixth", "summary", 1);
    ck_assert(answer_allowed(served));
    assert_ticket(store, sixth->ticket, TICKET_USED, 0, 0);
    g_autoptr(Answer) two = consume(store, "seventh", "summary", 2);
    ck_assert(answer_allowed(two));
    ck_assert_int_eq(database_number("select used from webquota.counter_values where limit_key = 'minute'"), 4);
    /* It is over: the next time one waits again. */
    g_autoptr(Answer) once = consume(store, "sixth", "summary", 1);
    ck_assert_int_eq(answer_status(once), 202);
    ck_assert_str_ne(once->ticket, sixth->ticket);
    assert_lines_are_counted();
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

START_TEST(who_does_not_come_loses_the_turn_to_the_next)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_autoptr(Answer) first = consume(store, "a", "own", 1);
    ck_assert(answer_allowed(first));
    g_autoptr(Answer) queued = consume(store, "a", "own", 1);
    ck_assert_int_eq(answer_status(queued), 202);
    clock_at("12:01:05");
    ck_assert_int_eq(let_in(store, "w"), 1);
    clock_at("12:02:06");
    g_auto(StoreError) error = { 0 };
    ck_assert_int_eq(queue_tidy(store, &error), STORE_OK);
    g_free(database_value("select pg_sleep(1.1)"));
    assert_ticket(store, queued->ticket, TICKET_LAPSED, 0, 0);
    g_autoptr(Answer) later = consume(store, "a", "own", 1);
    ck_assert(answer_allowed(later));
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

START_TEST(leaving_full_lines_and_closed_ones)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_autoptr(Answer) all = NULL;
    for (int i = 0; i < 5; i++) {
        g_autofree char *name = g_strdup_printf("user-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "summary", 1);
    }
    g_autoptr(GPtrArray) tickets = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < 7; i++) {
        g_autofree char *name = g_strdup_printf("waits-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "summary", 1);
        ck_assert_int_eq(answer_status(answer), 202);
        g_ptr_array_add(tickets, g_strdup(answer->ticket));
    }
    g_autoptr(Answer) full = consume(store, "one too many", "summary", 1);
    ck_assert_int_eq(answer_status(full), 503);
    ck_assert_int_eq(full->reason, REASON_QUEUE_FULL);
    g_autoptr(Answer) never = consume(store, "much", "summary", 6);
    ck_assert_int_eq(answer_status(never), 429);
    g_auto(StoreError) error = { 0 };
    ck_assert_msg(queue_leave(store, tickets->pdata[0], &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(queue_leave(store, tickets->pdata[0], &error), STORE_CONFLICT);
    store_error_clear(&error);
    assert_ticket(store, tickets->pdata[0], TICKET_LEFT, 0, 0);
    g_autoptr(Answer) joins = consume(store, "one too many", "summary", 1);
    ck_assert_int_eq(answer_status(joins), 202);
    ck_assert_int_eq(queue_set(store, "summary", "minute", "closed", NULL, "test", &error), STORE_OK);
    ck_assert_int_eq(queue_leave(store, tickets->pdata[1], &error), STORE_OK);
    g_autoptr(Answer) closed = consume(store, "another", "summary", 1);
    ck_assert_int_eq(answer_status(closed), 503);
    ck_assert_int_eq(queue_set(store, "summary", "minute", "paused", NULL, "test", &error), STORE_OK);
    clock_at("12:01:00");
    ck_assert_int_eq(let_in(store, "w"), 0);
    ck_assert_int_eq(queue_set(store, "summary", NULL, "open", NULL, "test", &error), STORE_OK);
    ck_assert_int_eq(let_in(store, "w"), 5);
    /* One that was let in and goes gives its unit to the next. */
    ck_assert_msg(queue_leave(store, tickets->pdata[2], &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(let_in(store, "w"), 1);
    assert_ticket(store, tickets->pdata[2], TICKET_LEFT, 0, 0);
    /* Nobody has seen the others for long. */
    clock_at("12:09:00");
    int ended = 0;
    bool more;
    ck_assert_int_eq(queue_expire(store, 0, &ended, &more, &error), STORE_OK);
    ck_assert_int_eq(ended, 0);
    assert_lines_are_counted();
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

START_TEST(administrators_move_let_in_and_drop)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) full = consume(store, "full", "summary", 3);
    g_autoptr(Answer) also = consume(store, "also", "summary", 2);
    g_autoptr(Answer) a = consume(store, "a", "summary", 1);
    g_autoptr(Answer) b = consume(store, "b", "summary", 1);
    g_autoptr(Answer) c = consume(store, "c", "summary", 1);
    g_autoptr(Answer) d = consume(store, "d", "summary", 1);
    assert_line(store, "summary", "minute", "a b c d");

    ck_assert_int_eq(queue_move(store, d->ticket, true, "ill", "test", &error), STORE_OK);
    assert_ticket(store, d->ticket, TICKET_WAITING, 0, 4);
    assert_line(store, "summary", "minute", "d a b c");
    ck_assert_int_eq(queue_move(store, d->ticket, true, "ill", "test", &error), STORE_CONFLICT);
    store_error_clear(&error);
    ck_assert_int_eq(queue_move(store, c->ticket, true, "worse", "test", &error), STORE_OK);
    assert_line(store, "summary", "minute", "c d a b");
    ck_assert_int_eq(queue_move(store, c->ticket, false, "well", "test", &error), STORE_OK);
    ck_assert_int_eq(queue_move(store, d->ticket, false, "well", "test", &error), STORE_OK);
    assert_line(store, "summary", "minute", "a b c d");
    ck_assert_int_eq(queue_move(store, d->ticket, false, "well", "test", &error), STORE_CONFLICT);
    store_error_clear(&error);

    ck_assert_int_eq(queue_drop(store, b->ticket, "a robot", "test", &error), STORE_OK);
    assert_ticket(store, b->ticket, TICKET_EXPIRED, 0, 0);
    ck_assert_int_eq(queue_drop(store, b->ticket, "a robot", "test", &error), STORE_CONFLICT);
    store_error_clear(&error);
    ck_assert_int_eq(queue_let_in(store, c->ticket, "ill", "test", &error), STORE_CONFLICT);
    store_error_clear(&error);
    assert_line(store, "summary", "minute", "a c d");

    clock_at("12:01:00");
    ck_assert_int_eq(queue_set(store, "summary", "minute", "paused", NULL, "test", &error), STORE_OK);
    bool mine, late; /* somebody else has the lease */
    ck_assert_int_eq(queue_lease(store, "worker", &mine, &late, &error), STORE_OK);
    ck_assert_int_eq(queue_let_in(store, c->ticket, "ill", "test", &error), STORE_OK);
    assert_ticket(store, c->ticket, TICKET_ADMITTED, 0, 0);
    assert_line(store, "summary", "minute", "a d");
    json_t *list = NULL;
    ck_assert_int_eq(queue_of_subject(store, "c", &list, &error), STORE_OK);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 0), "state")), "admitted");
    json_decref(list);
    g_autoptr(Answer) claimed = consume(store, "c", "summary", 1);
    ck_assert(answer_allowed(claimed));

    ck_assert_int_eq(queue_let_in(store, d->ticket, NULL, "test", &error), STORE_OK);
    ck_assert_int_gt(database_number("select sum(held) from webquota.counter_values"), 0);
    ck_assert_msg(queue_drop(store, d->ticket, "gone home", "test", &error) == STORE_OK, "%s", error.detail);
    assert_ticket(store, d->ticket, TICKET_EXPIRED, 0, 0);
    ck_assert_int_eq(database_number("select sum(held) from webquota.counter_values"), 0);
    ck_assert_int_eq(queue_drop(store, d->ticket, "gone home", "test", &error), STORE_CONFLICT);
    store_error_clear(&error);
    ck_assert_int_eq(queue_drop(store, c->ticket, "used", "test", &error), STORE_CONFLICT);
    store_error_clear(&error);
    ck_assert_int_eq(queue_let_in(store, a->ticket, NULL, "test", &error), STORE_OK);

    g_autofree char *audited = database_value("select string_agg(action || ' ' || subject || ' ' || (details ->> 'reason'), ', ' order by id)"
                                              " from webquota.audit where action like 'ticket%'");
    ck_assert_str_eq(audited, "ticket.move-up d ill, ticket.move-up c worse, ticket.move-back c well, ticket.move-back d well,"
                              " ticket.drop b a robot, ticket.admit c ill, ticket.drop d gone home");
    ck_assert_int_eq(database_number("select count(*) from webquota.tickets where state = 'expired' and why = 'dropped'"), 2);
    assert_lines_are_counted();
    ck_assert_int_eq(queue_move(store, "tkt_none", true, NULL, "test", &error), STORE_NONE);
    store_close(store);
}
END_TEST

START_TEST(a_line_is_told_of_though_nobody_waits)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    g_autoptr(GPtrArray) lines = NULL;
    ck_assert_int_eq(queue_set(store, "own", NULL, "closed", "holidays", "test", &error), STORE_OK);
    ck_assert_int_eq(queue_report(store, &lines, &error), STORE_OK);
    ck_assert_uint_eq(lines->len, 5);
    const QueueReport *line = lines->pdata[2];
    ck_assert_str_eq(line->feature, "own");
    ck_assert_str_eq(line->state, "closed");
    ck_assert_str_eq(line->reason, "holidays");
    ck_assert(line->in_policy);
    g_clear_pointer(&lines, g_ptr_array_unref);
    g_autoptr(Answer) first = consume(store, "a", "brief", 2);
    g_autoptr(Answer) second = consume(store, "b", "brief", 1);
    clock_at("12:00:50");
    ck_assert_int_eq(queue_report(store, &lines, &error), STORE_OK);
    line = lines->pdata[0];
    ck_assert_str_eq(line->feature, "brief");
    ck_assert_int_eq(line->waiting, 1);
    ck_assert_int_eq(line->oldest_s, 40);
    clock_at("12:01:00");
    ck_assert_int_eq(let_in(store, "a"), 1);
    g_clear_pointer(&lines, g_ptr_array_unref);
    clock_at("12:01:10");
    ck_assert_int_eq(queue_report(store, &lines, &error), STORE_OK);
    line = lines->pdata[0];
    ck_assert_int_eq(line->let_in_hour, 1);
    ck_assert_int_eq(line->oldest_s, 0);
    /* Between 50 and 70 seconds were promised, and it took 50: 10 from the middle. */
    ck_assert_int_eq(line->promised, 1);
    ck_assert_int_eq(line->kept, 1);
    ck_assert_int_eq(line->median_wait_s, 50);
    ck_assert_int_eq(line->error_median_s, 10);
    g_free(database_value("update webquota.tickets set joined_at = joined_at - interval '100 seconds'"));
    g_clear_pointer(&lines, g_ptr_array_unref);
    ck_assert_int_eq(queue_report(store, &lines, &error), STORE_OK);
    line = lines->pdata[0];
    ck_assert_int_eq(line->kept, 0);
    ck_assert_int_eq(line->late, 1);
    ck_assert_int_eq(line->error_median_s, 90);
    store_close(store);
}
END_TEST

/* Tickets of those who waited in the line of "brief" before, and limits of policies that are no more. */
static void fill_with_the_past(int tickets, int limits)
{
    g_autofree char *sql = g_strdup_printf(
        "insert into webquota.limits (kind, key, feature, scope, \"window\", align, zone, starts)"
        " select kind, 'old-' || n, feature, scope, \"window\", align, zone, starts from webquota.limits, generate_series(1, %d) n"
        " where feature = 'brief' limit %d;"
        "insert into webquota.tickets (account_id, subject_id, joined_at, id, feature, units, line_account, line_slot, state, seen_at, keep_s,"
        " promised_least_s, promised_most_s, held_account, held_at, held_id, admitted_at, ended_at)"
        " select 1, n %% 500, webquota.clock() - n * interval '1 second', n, 'brief', 1, 0,"
        " (select min(slot) from webquota.limits where feature = 'brief'), 'used', now(), 60, 20, 40, 1, now(), n,"
        " webquota.clock() - n * interval '1 second' + (1 + n %% 100) * interval '1 second', now() from generate_series(1, %d) n;"
        "analyze webquota.tickets; analyze webquota.limits", limits, limits, tickets);
    g_free(database_value(sql));
}

/* However many have waited, and however many limits there were once: a line is told of in time, and by figures that are right. */
START_TEST(a_line_is_told_of_though_many_have_waited)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    g_autoptr(GPtrArray) lines = NULL;
    fill_with_the_past(20000, 4000);
    ck_assert_msg(queue_report(store, &lines, &error) == STORE_OK, "%s", error.detail);
    const QueueReport *line = lines->pdata[0];
    ck_assert_str_eq(line->feature, "brief");
    ck_assert(line->has_past);
    ck_assert_int_eq(line->used, 20000);
    ck_assert_int_eq(line->promised, 20000);
    ck_assert_int_eq(line->early, 3800);
    ck_assert_int_eq(line->kept, 4200);
    ck_assert_int_eq(line->late, 12000);
    ck_assert_int_eq(line->median_wait_s, 50);
    ck_assert_int_eq(line->error_median_s, 25);
    ck_assert_int_eq(line->error_most_s, 60);
    store_close(store);
}
END_TEST

/* Whoever has to stop a line is told how it stands, whatever becomes of the rest. */
START_TEST(a_line_is_told_of_without_its_past)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    g_autoptr(GPtrArray) lines = NULL;
    g_autoptr(Answer) first = consume(store, "a", "brief", 2);
    g_autoptr(Answer) second = consume(store, "b", "brief", 1);
    ck_assert_int_eq(queue_set(store, "brief", NULL, "paused", "a fault", "test", &error), STORE_OK);
    PGconn *holder = PQconnectdb(database_url());
    PQclear(PQexec(holder, "begin; lock table webquota.deliveries"));
    ck_assert_msg(queue_report(store, &lines, &error) == STORE_OK, "%s", error.detail);
    PQfinish(holder);
    const QueueReport *line = lines->pdata[0];
    ck_assert_str_eq(line->state, "paused");
    ck_assert_str_eq(line->reason, "a fault");
    ck_assert_int_eq(line->waiting, 1);
    ck_assert(!line->has_past);
    json_t *json = queue_report_json(line);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "waiting")), 1);
    ck_assert(json_is_null(json_object_get(json, "median_wait_s")));
    json_decref(json);
    g_clear_pointer(&lines, g_ptr_array_unref);
    ck_assert_int_eq(queue_report(store, &lines, &error), STORE_OK);
    ck_assert(((const QueueReport *)lines->pdata[0])->has_past);
    store_close(store);
}
END_TEST

START_TEST(places_are_lost_by_not_being_seen_and_kept_by_being_seen)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    for (int i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("user-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "other", 1);
    }
    g_autoptr(Answer) seen = consume(store, "seen", "other", 1);
    g_autoptr(Answer) unseen = consume(store, "unseen", "other", 1);
    clock_at("12:00:50");
    assert_ticket(store, seen->ticket, TICKET_WAITING, 0, 2);
    ck_assert_int_eq(queue_tidy(store, &error), STORE_OK);
    clock_at("12:05:15");
    int ended = 0;
    bool more;
    ck_assert_int_eq(queue_expire(store, 0, &ended, &more, &error), STORE_OK);
    ck_assert_int_eq(ended, 1);
    g_free(database_value("select pg_sleep(1.1)"));
    assert_ticket(store, seen->ticket, TICKET_WAITING, 0, 1);
    assert_ticket(store, unseen->ticket, TICKET_EXPIRED, 0, 0);
    assert_lines_are_counted();
    store_close(store);
}
END_TEST

/* Where nobody let in for long (0), as when all was down, nobody could ask for their place either: it is kept. Where it was not for
 * long (1) it is lost. */
START_TEST(an_outage_costs_nobody_their_place)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) full = consume(store, "full", "other", 2);
    g_autoptr(Answer) waits = consume(store, "waits", "other", 1);
    clock_at("12:05:20");
    g_autofree char *over = g_strdup_printf("update webquota.leases set holder = 'another', until = clock_timestamp() - interval '%d seconds'"
                                            " where name = 'admission'", _i == 0 ? 30 : 1);
    g_free(database_value(over));
    QueueAssisted done;
    ck_assert_msg(queue_assist(store, &done, &error) == STORE_OK, "%s", error.detail);
    ck_assert(done.mine);
    ck_assert_int_eq(done.ended, _i);
    assert_ticket(store, waits->ticket, _i == 0 ? TICKET_ADMITTED : TICKET_EXPIRED, 0, 0);
    assert_lines_are_counted();
    store_close(store);
}
END_TEST

/* Only who has the lease lets in, and a lease that is over is anybody's. */
START_TEST(one_process_decides)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    for (int i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("user-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "other", 1);
    }
    clock_at("12:01:10");
    bool mine, late;
    ck_assert_int_eq(queue_lease(store, "first", &mine, &late, &error), STORE_OK);
    ck_assert(mine);
    ck_assert_int_eq(queue_lease(store, "second", &mine, &late, &error), STORE_OK);
    ck_assert(!mine);
    g_autoptr(GPtrArray) heads = heads_now(store);
    ck_assert_int_eq(heads->len, 1);
    queue_admit(store, "second", heads);
    ck_assert_int_eq(((const QueueHead *)heads->pdata[0])->result, ADMISSION_NOT_OURS);
    g_free(database_value("update webquota.leases set until = clock_timestamp() - interval '1 ms' where name = 'admission'"));
    ck_assert_int_eq(let_in(store, "second"), 1);
    store_close(store);
}
END_TEST

static void belongs(Store *store, const char *subject, const char *organization)
{
    g_auto(StoreError) error = { 0 };
    json_t *json = NULL;
    bool created;
    SubjectChange change = { .subject = subject, .organization = organization };
    ck_assert_msg(admin_subject_set(store, &change, "test", &created, &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
}

static QueueWait wait_told(Store *store, const char *id)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(TicketRead) read = NULL;
    ck_assert_msg(queue_ticket(store, id, true, &read, &error) == STORE_OK, "%s", error.detail);
    return read->wait;
}

/* Where accounts take turns the first answer says where one stands as well, and so does each later one. */
START_TEST(places_where_accounts_take_turns)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    for (int i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("user-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "other", 1);
    }
    g_autofree char *last = NULL;
    for (int i = 0; i < 5; i++) {
        g_autofree char *name = g_strdup_printf("crowd-%d", i);
        belongs(store, name, "crowd");
        g_autoptr(Answer) answer = consume(store, name, "other", 1);
        ck_assert_int_eq(answer->ahead, i);
        ck_assert_int_eq(answer->in_line, i + 1);
        g_free(g_steal_pointer(&last));
        last = g_strdup(answer->ticket);
    }
    g_autoptr(Answer) alone = consume(store, "alone", "other", 1);
    ck_assert_int_eq(alone->ahead, 1);
    ck_assert_int_eq(alone->in_line, 6);
    ck_assert_int_eq(alone->wait.least_s, 50);
    ck_assert_int_eq(alone->wait.most_s, 50 + 60 + 60); /* two a minute; another may come before it, then it has its time */
    ck_assert_int_eq(database_number("select ahead from webquota.tickets order by place desc limit 1"), 1);
    g_autoptr(Answer) again = consume(store, "alone", "other", 1);
    ck_assert_str_eq(again->ticket, alone->ticket);
    ck_assert_int_eq(again->ahead, 1);
    ck_assert_int_eq(again->in_line, 6);
    ck_assert(again->wait.known);
    assert_ticket(store, last, TICKET_WAITING, 5, 6);
    assert_ticket(store, alone->ticket, TICKET_WAITING, 1, 6);
    g_autoptr(Answer) from_reading = consume(store, "alone", "other", 1);
    ck_assert_int_eq(from_reading->ahead, 1);
    store_close(store);
}
END_TEST

/* Not only by turns: of a fair line one account has half at most, and others find room. */
START_TEST(one_account_cannot_fill_a_fair_line)
{
    database_fresh("default_plan = free\nfeature other { title = Others }\n"
                   "plan free {\n"
                   "  limit other { feature = other  amount = 1  window = minute  scope = plan  on_exceed = queue  fair = account  queue_max = 6 }\n"
                   "}\n");
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) full = consume(store, "full", "other", 1);
    g_autofree char *first = NULL;
    for (int i = 0; i < 4; i++) {
        g_autofree char *name = g_strdup_printf("crowd-%d", i);
        belongs(store, name, "crowd");
        g_autoptr(Answer) answer = consume(store, name, "other", 1);
        ck_assert_int_eq(answer_status(answer), i < 3 ? 202 : 503);
        first = i == 0 ? g_strdup(answer->ticket) : first;
    }
    for (int i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("alone-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "other", 1);
        ck_assert_int_eq(answer_status(answer), 202);
    }
    g_autoptr(Answer) again = consume(store, "crowd-0", "other", 1);
    ck_assert_str_eq(again->ticket, first);
    ck_assert_int_eq(queue_leave(store, first, &error), STORE_OK);
    g_autoptr(Answer) last = consume(store, "crowd-3", "other", 1);
    ck_assert_int_eq(answer_status(last), 202);
    assert_lines_are_counted();
    store_close(store);
}
END_TEST

/* What is said about the wait goes by the amount in force, from the next reading on; and a raised one lets in at once. */
static Answer *read_paper(Store *store, const char *subject, const char *resource)
{
    StoreResult result;
    Answer *answer = ask(store, ASK_CONSUME, subject, "paper", resource, 1, &result);
    ck_assert_int_eq(result, STORE_OK);
    return answer;
}

START_TEST(a_place_for_each_resource)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    for (int i = 0; i < 2; i++)
        answer_unref(read_paper(store, "early", "first"));
    g_autoptr(Answer) one = read_paper(store, "ada", "red"), other = read_paper(store, "ada", "blue"), again = read_paper(store, "ada", "red");
    g_autoptr(Answer) none = read_paper(store, "ada", NULL), none_again = read_paper(store, "ada", NULL);
    ck_assert_int_eq(answer_status(one), 202);
    ck_assert_int_eq(answer_status(other), 202);
    ck_assert_str_ne(one->ticket, other->ticket);
    ck_assert_str_eq(one->ticket, again->ticket);
    ck_assert_str_ne(none->ticket, one->ticket);
    ck_assert_str_eq(none->ticket, none_again->ticket);
    ck_assert_int_eq(none->ahead, 2);
    assert_lines_are_counted();

    /* Each is claimed by the request that it is for. */
    clock_at("12:01:00");
    ck_assert_int_eq(let_in(store, "a"), 2);
    g_autoptr(Answer) later = read_paper(store, "ada", "green");
    ck_assert_int_eq(answer_status(later), 202);
    g_autoptr(Answer) blue = read_paper(store, "ada", "blue");
    ck_assert(answer_allowed(blue));
    assert_ticket(store, other->ticket, TICKET_USED, 0, 0);
    assert_ticket(store, one->ticket, TICKET_ADMITTED, 0, 0);
    g_autoptr(Answer) red = read_paper(store, "ada", "red");
    ck_assert(answer_allowed(red));

    /* Not without end: 2 wait. */
    for (int i = 2; i < 101; i++) {
        g_autofree char *resource = g_strdup_printf("more-%d", i);
        g_autoptr(Answer) more = read_paper(store, "ada", resource);
        ck_assert_int_eq(answer_status(more), i < 100 ? 202 : 503);
    }
    assert_lines_are_counted();
    store_close(store);
}
END_TEST

START_TEST(an_override_takes_effect_at_once)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) first = consume(store, "a", "own", 1);
    g_autoptr(Answer) three = consume(store, "a", "own", 3);
    ck_assert_int_eq(answer_status(three), 429); /* more than the whole limit: never in line */
    g_autoptr(Answer) queued = consume(store, "a", "own", 1);
    ck_assert_int_eq(answer_status(queued), 202);
    ck_assert_int_eq(wait_told(store, queued->ticket).least_s, 50);
    ck_assert_int_eq(let_in(store, "w"), 0);
    json_t *override = NULL;
    const OverrideAdd none = { .subject = "a", .feature = "own", .kind = OVERRIDE_AMOUNT, .amount = 0, .expires_at = INSTANT_MAX };
    ck_assert_msg(admin_override_add(store, &none, "test", &override, &error) == STORE_OK, "%s", error.detail);
    g_autofree char *id = g_strdup(json_string_value(json_object_get(override, "override")));
    json_decref(override);
    g_free(database_value("select pg_sleep(1.1)"));
    ck_assert(!wait_told(store, queued->ticket).known);
    ck_assert_int_eq(admin_override_remove(store, id, NULL, "test", &error), STORE_OK);
    g_free(database_value("select pg_sleep(1.1)"));
    ck_assert(wait_told(store, queued->ticket).known);
    const OverrideAdd more = { .subject = "a", .feature = "own", .kind = OVERRIDE_AMOUNT, .amount = 4, .expires_at = INSTANT_MAX };
    ck_assert_msg(admin_override_add(store, &more, "test", &override, &error) == STORE_OK, "%s", error.detail);
    json_decref(override);
    ck_assert_int_eq(let_in(store, "w"), 1);
    assert_ticket(store, queued->ticket, TICKET_ADMITTED, 0, 0);
    g_autoptr(Answer) served = consume(store, "a", "own", 1);
    ck_assert(answer_allowed(served));
    assert_lines_are_counted();
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* Puts a policy in force that has one text in place of another. */
static void change_policy(Store *store, const char *was, const char *is)
{
    g_auto(StoreError) error = { 0 };
    g_autofree char *why = NULL;
    g_auto(GStrv) parts = g_strsplit(policy, was, -1);
    g_autofree char *text = g_strjoinv(is, parts);
    g_autoptr(Policy) changed_to = policy_load(text, "test", &why);
    ck_assert_msg(changed_to != NULL, "%s", why);
    int version;
    bool changed;
    ck_assert_msg(policy_apply(store, changed_to, "test", NULL, &version, &changed, &error) == STORE_OK, "%s", error.detail);
}

/* A policy that gives more is in force for those who wait already. */
START_TEST(a_raised_limit_takes_effect_at_once)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    for (int i = 0; i < 6; i++) {
        g_autofree char *name = g_strdup_printf("user-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "other", 1);
    }
    ck_assert_int_eq(let_in(store, "w"), 0);
    change_policy(store, "amount = 2  window", "amount = 5  window");
    ck_assert_int_eq(let_in(store, "w"), 3);
    assert_lines_are_counted();
    store_close(store);
}
END_TEST

/* Limits that queue no more, and one that is gone with what it was for: nobody waits for them for ever. */
START_TEST(whoever_waited_for_what_queues_no_more_is_told)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    for (int i = 0; i < 2; i++)
        answer_unref(consume(store, "early", "other", 1));
    g_autoptr(Answer) waits = consume(store, "waits", "other", 1);
    answer_unref(consume(store, "early", "own", 1));
    g_autoptr(Answer) lost = consume(store, "early", "own", 1);
    ck_assert_int_eq(answer_status(lost), 202);
    g_autofree char *why = NULL;
    g_autoptr(Policy) blocks = policy_load("default_plan = free\nfeature other { title = Others }\n"
                                           "plan free { limit other { feature = other  amount = 2  window = minute  scope = plan } }\n",
                                           "test", &why);
    int version;
    bool changed;
    ck_assert_msg(policy_apply(store, blocks, "test", NULL, &version, &changed, &error) == STORE_OK, "%s", error.detail);
    clock_at("12:01:10");
    QueueAssisted done;
    ck_assert_int_eq(queue_assist(store, &done, &error), STORE_OK);
    ck_assert_int_eq(done.in, 1);
    assert_ticket(store, waits->ticket, TICKET_ADMITTED, 0, 0);
    assert_ticket(store, lost->ticket, TICKET_EXPIRED, 0, 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.tickets where why = 'refused'"), 1);
    assert_lines_are_counted();
    store_close(store);
}
END_TEST

/* Whoever needs more than there is holds up those behind, who would fit: they would be served for ever else. */
START_TEST(many_units_are_not_overtaken_by_few)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_autoptr(Answer) full = consume(store, "full", "other", 2);
    g_autoptr(Answer) first = consume(store, "first", "other", 1);
    g_autoptr(Answer) much = consume(store, "much", "other", 2);
    g_autoptr(Answer) little = consume(store, "little", "other", 1);
    clock_at("12:01:10");
    ck_assert_int_eq(let_in(store, "w"), 1);
    assert_ticket(store, first->ticket, TICKET_ADMITTED, 0, 0);
    ck_assert_int_eq(let_in(store, "w"), 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.tickets where state = 'waiting'"), 2);
    clock_at("12:02:10");
    ck_assert_int_eq(let_in(store, "w"), 1);
    assert_ticket(store, much->ticket, TICKET_ADMITTED, 0, 0);
    clock_at("12:03:10");
    ck_assert_int_eq(let_in(store, "w"), 1);
    assert_ticket(store, little->ticket, TICKET_ADMITTED, 0, 0);
    store_close(store);
}
END_TEST

static int64_t used_and_held(const char *limit)
{
    g_autofree char *sql = g_strdup_printf("select used * 10 + held from webquota.counter_values where limit_key = '%s'", limit);
    return database_number(sql);
}

static Answer *consume_of(Store *store, const char *subject, const char *resource, int64_t units)
{
    StoreResult result;
    Answer *answer = ask(store, ASK_CONSUME, subject, "brief", resource, units, &result);
    ck_assert_int_eq(result, STORE_OK);
    return answer;
}

/* What is held is for what was asked for then, once; what is not taken in time is the next one's, in the same window. */
START_TEST(what_is_held_is_for_one_request_and_not_for_long)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) full = consume_of(store, "full", NULL, 2);
    g_autoptr(Answer) first = consume_of(store, "first", "x", 1);
    g_autoptr(Answer) second = consume_of(store, "second", NULL, 2);
    clock_at("12:01:05");
    ck_assert_int_eq(let_in(store, "w"), 1);
    ck_assert_int_eq(used_and_held("brief"), 1);
    g_autoptr(Answer) other = consume_of(store, "first", "y", 1);
    g_autoptr(Answer) more = consume_of(store, "first", "x", 2);
    ck_assert(!answer_allowed(other) && !answer_allowed(more));
    assert_ticket(store, first->ticket, TICKET_ADMITTED, 0, 0);
    ck_assert_int_eq(used_and_held("brief"), 1);
    clock_at("12:01:30");
    ck_assert_int_eq(queue_tidy(store, &error), STORE_OK);
    ck_assert_int_eq(used_and_held("brief"), 0);
    g_autoptr(Answer) late = consume_of(store, "first", "x", 1);
    ck_assert_int_eq(answer_status(late), 202);
    ck_assert_str_ne(late->ticket, first->ticket);
    ck_assert_int_eq(let_in(store, "w"), 1);
    ck_assert_int_eq(used_and_held("brief"), 2);
    g_autoptr(Answer) served = consume_of(store, "second", NULL, 2);
    ck_assert(answer_allowed(served));
    ck_assert_int_eq(used_and_held("brief"), 20);
    assert_ticket(store, second->ticket, TICKET_USED, 0, 0);
    assert_lines_are_counted();
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* What was looked at before others acted on it: nobody is let in twice, nor one who has gone. */
START_TEST(nobody_is_let_in_twice)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    g_auto(StoreError) error = { 0 };
    for (int i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("user-%d", i);
        g_autoptr(Answer) answer = consume(store, name, "other", 1);
    }
    g_autoptr(Answer) stays = consume(store, "stays", "other", 1);
    g_autoptr(Answer) goes = consume(store, "goes", "other", 1);
    clock_at("12:01:10");
    bool mine, late;
    ck_assert_int_eq(queue_lease(store, "w", &mine, &late, &error), STORE_OK);
    g_autoptr(GPtrArray) heads = heads_now(store);
    ck_assert_int_eq(heads->len, 2);
    ck_assert_int_eq(queue_leave(store, goes->ticket, &error), STORE_OK);
    for (int i = 0; i < 2; i++) {
        queue_admit(store, "w", heads);
        ck_assert_int_eq(((const QueueHead *)heads->pdata[0])->result, i == 0 ? ADMISSION_IN : ADMISSION_GONE);
        ck_assert_int_eq(((const QueueHead *)heads->pdata[1])->result, ADMISSION_GONE);
        ck_assert_int_eq(database_number("select held from webquota.counter_values where limit_key = 'other'"), 1);
        ck_assert_int_eq(database_number("select count(*) from webquota.reservations"), 1);
    }
    g_autoptr(Answer) served = consume(store, "stays", "other", 1);
    ck_assert(answer_allowed(served));
    queue_admit(store, "w", heads);
    ck_assert_int_eq(((const QueueHead *)heads->pdata[0])->result, ADMISSION_GONE);
    ck_assert_int_eq(database_number("select used * 10 + held from webquota.counter_values where limit_key = 'other'"), 10);
    assert_lines_are_counted();
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* --- very many --- */

/* As many more people as that, numbered from 1, each of whom has what "model" has, and waits for what it waits for. */
static void like_model(int people)
{
    g_autofree char *sql = g_strdup_printf(
        "create temporary table model on commit drop as select s.account_id, s.id from webquota.subjects s where s.key = 'model';"
        "create temporary table more on commit drop as select 1000 + 2 * n account_id, 1001 + 2 * n id, n from generate_series(1, %d) n;"
        "insert into webquota.accounts (id, created_at) select account_id, webquota.clock() from more;"
        "insert into webquota.subjects (account_id, id, key, anchor, created_at)"
        " select m.account_id, m.id, 'person-' || m.n, s.anchor, s.created_at from more m, webquota.subjects s where s.key = 'model';"
        "insert into webquota.counters (account_id, subject_id, version, state)"
        " select m.account_id, m.id, 1, c.state from more m, webquota.counters c join model o on c.subject_id = o.id;"
        "insert into webquota.tickets (account_id, subject_id, joined_at, id, feature, units, line_account, line_slot, line_owner, seen_at, keep_s)"
        " select m.account_id, m.id, t.joined_at, case t.feature when 'own' then m.n else 1000000 + m.n end, t.feature, 1, case t.line_account when o.account_id then m.account_id else 0 end, t.line_slot,"
        "   case t.line_owner when '#' || o.id then '#' || m.id else t.line_owner end, t.seen_at, t.keep_s"
        "  from more m, model o join webquota.tickets t on t.subject_id = o.id",
        people);
    g_free(database_value(sql));
    g_free(database_value("analyze webquota.accounts, webquota.subjects, webquota.counters, webquota.tickets")); /* as it is done by itself later */
}

static Store *many_lines(int people)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    for (int i = 0; i < 2; i++)
        answer_unref(consume(store, "model", "own", 1));
    like_model(people);
    return store;
}

typedef struct {
    Store *store;
    gint stop;
    int most;
} DepthWatch;

/* How many were ever handed in and not taken. */
static void *watch_depth(void *data)
{
    DepthWatch *watch = data;
    while (!g_atomic_int_get(&watch->stop)) {
        StoreMetrics metrics;
        store_metrics(watch->store, &metrics);
        watch->most = MAX(watch->most, metrics.queue_depth);
        g_usleep(500);
    }
    return NULL;
}

/* Turns until so many were let in; how many turns it took. */
static int turns_until_in(Store *store, int wanted)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(QueueSweep) sweep = queue_sweep_new();
    int turns, in = 0;
    for (turns = 0; in < wanted && turns < 300; turns++) {
        bool mine, late, more;
        ck_assert_int_eq(queue_lease(store, "w", &mine, &late, &error), STORE_OK);
        ck_assert_int_eq(queue_admit_all(store, sweep, "w", &in, &more, &error), STORE_OK);
    }
    ck_assert_int_eq(in, wanted);
    queue_lease_leave(store, "w");
    return turns;
}

/* A line for each person. Each is looked at in its turn, a part of them at a time, so that who wants something else of the ledger waits for
 * no more than that. */
START_TEST(each_of_many_lines_comes_up)
{
    Store *store = many_lines(20000);
    DepthWatch watch = { .store = store };
    pthread_t thread;
    g_free(database_value("update webquota.counters set state[3] = 0 where subject_id in (1001 + 2 * 1, 1001 + 2 * 10000, 1001 + 2 * 20000)"));
    ck_assert_int_eq(pthread_create(&thread, NULL, watch_depth, &watch), 0);
    turns_until_in(store, 3);
    g_atomic_int_set(&watch.stop, 1);
    pthread_join(thread, NULL);
    ck_assert_int_le(watch.most, 256);
    ck_assert_int_eq(database_number("select sum(id) from webquota.tickets where state = 'admitted'"), 1 + 10000 + 20000);
    store_close(store);
}
END_TEST

/* Where each turn is another process's, they do not all begin with the same lines. */
START_TEST(each_of_many_lines_comes_up_where_no_process_stays)
{
    g_auto(StoreError) error = { 0 };
    Store *store = many_lines(20000);
    g_free(database_value("update webquota.counters set state[3] = 0 where subject_id = 1001 + 2 * 20000"));
    QueueAssisted done = { 0 };
    for (int i = 0; done.in == 0 && i < 200; i++)
        ck_assert_msg(queue_assist(store, &done, &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(done.in, 1);
    store_close(store);
}
END_TEST

/* One person in the plan's line, and as many more as that. */
static Store *long_line(int people)
{
    database_fresh(policy);
    clock_at("12:00:10");
    Store *store = database_store();
    for (int i = 0; i < 3; i++) {
        g_autofree char *name = i < 2 ? g_strdup_printf("full-%d", i) : g_strdup("model");
        answer_unref(consume(store, name, "other", 1));
    }
    like_model(people);
    g_autofree char *sql = g_strdup_printf("update webquota.shared_counters set state[6] = (%d + 1) * 256 + state[6] %% 256", people);
    g_free(database_value(sql));
    return store;
}

/* A long line with room for all is gone on with at once. */
START_TEST(a_long_line_is_let_in_quickly)
{
    Store *store = long_line(3000);
    change_policy(store, "amount = 2  window = minute  scope = plan", "amount = 3002  window = minute  scope = plan");
    ck_assert_int_le(turns_until_in(store, 3000), 100);
    assert_lines_are_counted();
    store_close(store);
}
END_TEST

START_TEST(many_who_left_give_up_their_places_together)
{
    g_auto(StoreError) error = { 0 };
    Store *store = long_line(1000);
    StoreMetrics before, after;
    clock_at("12:10:00");
    store_metrics(store, &before);
    bool more = true;
    int ended = 0, turns = 0;
    for (; more && turns < 10; turns++)
        ck_assert_msg(queue_expire(store, 0, &ended, &more, &error) == STORE_OK, "%s", error.detail);
    store_metrics(store, &after);
    ck_assert_int_eq(ended, 1001);
    ck_assert_int_eq(turns, 6);
    ck_assert_int_le((int)(after.batches - before.batches), 20);
    assert_lines_are_counted();
    store_close(store);
}
END_TEST

/* Parts of those who were seen are written down, each for itself; whatever becomes of that, people are let in. */
START_TEST(many_who_were_seen_are_written_down_in_parts)
{
    g_auto(StoreError) error = { 0 };
    Store *store = long_line(6000);
    const Instant joined_at = database_number("select webquota.us(joined_at) from webquota.tickets limit 1");
    clock_at("12:03:40");
    for (int n = 1; n <= 6000; n++) {
        const DecisionKey key = { 1000 + 2 * n, 1001 + 2 * n, joined_at, 1000000 + n };
        g_autofree char *id = public_id_ticket(&key);
        g_autoptr(TicketRead) read = NULL;
        ck_assert_int_eq(queue_ticket(store, id, true, &read, &error), STORE_OK);
    }
    static const char refuses[] =
        "create or replace function webquota.refuses() returns trigger language plpgsql as $$ begin"
        " if (select count(*) from changed where seen_at > joined_at) %s then raise exception 'too many'; end if; return null; end $$;"
        "drop trigger if exists refuses on webquota.tickets;"
        "create trigger refuses after update on webquota.tickets referencing new table as changed"
        " for each statement execute function webquota.refuses()";
    g_autofree char *many = g_strdup_printf(refuses, "> 5000"), *any = g_strdup_printf(refuses, "between 100 and 5000");
    g_free(database_value(any));
    QueueAssisted done;
    clock_at("12:04:00");
    ck_assert_int_ne(queue_assist(store, &done, &error), STORE_OK);
    ck_assert_int_eq(done.in, 2);
    store_error_clear(&error);
    g_free(database_value(many));
    ck_assert_msg(queue_note_seen(store, true, &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(database_number("select count(*) from webquota.tickets where seen_at > joined_at"), 6000);
    store_close(store);
}
END_TEST

/* --- random histories --- */

#define STORES 3
#define WALKERS 6
#define PEOPLE 40

#define AMOUNT 5
#define OWN_AMOUNT 1
/* With the amount of what all share, which is raised in the middle. */
static char *busy_policy(int amount)
{
    return g_strdup_printf("default_plan = free\n"
                           "feature summary { title = Summaries }\n"
                           "feature own { title = Own }\n"
                           "plan free {\n"
                           "  limit minute { feature = summary  amount = %d  window = minute  scope = site  on_exceed = queue  claim_within = 20 }\n"
                           "  limit alone { feature = own  amount = %d  window = minute  on_exceed = queue  claim_within = 20 }\n"
                           "}\n", amount, OWN_AMOUNT);
}

typedef struct {
    Store *store;
    GRand *random;
    gint *stop;
    int served, queued, down;
} Walker;

/* Somebody comes, comes again, looks, or goes. */
static void *walk(void *data)
{
    Walker *walker = data;
    g_autoptr(GPtrArray) tickets = g_ptr_array_new_with_free_func(g_free);
    while (!g_atomic_int_get(walker->stop)) {
        g_auto(StoreError) error = { 0 };
        int what = g_rand_int_range(walker->random, 0, 10);
        if (what < 7 || !tickets->len) {
            g_autofree char *name = g_strdup_printf("person-%d", g_rand_int_range(walker->random, 0, PEOPLE));
            StoreResult result;
            const char *feature = g_rand_int_range(walker->random, 0, 4) ? "summary" : "own";
            g_autoptr(Answer) answer = ask(walker->store, ASK_CONSUME, name, feature, NULL, 1, &result);
            walker->down += result == STORE_DOWN;
            walker->served += result == STORE_OK && answer_allowed(answer);
            if (result == STORE_OK && answer->ticket) {
                walker->queued++;
                g_ptr_array_add(tickets, g_strdup(answer->ticket));
            }
        } else {
            const char *id = tickets->pdata[g_rand_int_range(walker->random, 0, (gint32)tickets->len)];
            g_autoptr(TicketRead) read = NULL;
            if (what < 9)
                ck_assert_int_ne(queue_ticket(walker->store, id, true, &read, &error), STORE_NONE);
            else
                ck_assert_int_ne(queue_leave(walker->store, id, &error), STORE_NONE);
        }
    }
    return NULL;
}

static void move_clock(int second)
{
    g_autofree char *time = g_strdup_printf("12:%02d:%02d", second / 60, second % 60);
    clock_at(time);
}

/* What must hold whatever happened, in the words of the model: a list, of which the first is let in while there is room. */
static void assert_nobody_was_wronged(void)
{
    /* Nobody was overtaken by somebody who came later and was let in at an earlier time. */
    ck_assert_int_eq(database_number("select count(*) from webquota.tickets a join webquota.tickets b"
                                     " on a.place < b.place and a.line_slot = b.line_slot and a.line_owner = b.line_owner"
                                     " where b.admitted_at < coalesce(a.admitted_at, a.ended_at, 'infinity')"), 0);
    /* Nor by somebody who came while they waited and was served at once. */
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions d join webquota.tickets t on t.joined_at < d.at"
                                     "   and t.feature = d.feature and (d.feature = 'summary' or d.subject_id = t.subject_id)"
                                     " where d.kind = 'consume' and d.outcome = 'allowed'"
                                     "   and coalesce(t.admitted_at, t.ended_at, 'infinity') > d.at"), 0);
    /* Used and held together never passed the limit as it was then: at any time, by the journal in its order. */
    ck_assert_int_eq(database_number("select count(*) from webquota.decision_lines where outcome = 'allowed' and used_delta + held_delta > 0"
                                     " and used_before + held_before + used_delta + held_delta > amount"), 0);
    ck_assert_int_eq(database_number("select count(*) from (select counted_at from webquota.decision_lines"
                                     " group by slot, case when feature = 'own' then subject_id end, counted_at"
                                     " having sum(used_delta) > max(amount)) x"), 0);
    /* That was the policy's of its version, or an override's. */
    ck_assert_int_eq(database_number("select count(*) from webquota.decision_lines l join webquota.decisions d using (account_id, subject_id, at, id)"
                                     " where l.feature = 'summary' and d.kind in ('consume', 'hold')"
                                     "   and l.amount <> " G_STRINGIFY(AMOUNT) " - 1 + d.policy_version"), 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.decision_lines l where l.feature = 'own' and l.kind in ('consume', 'hold')"
                                     " and l.outcome = 'allowed' and l.amount <> " G_STRINGIFY(OWN_AMOUNT)
                                     " and not exists (select from webquota.overrides o where o.subject_id = l.subject_id and o.amount = l.amount"
                                     "   and o.created_at <= l.at and coalesce(o.removed_at, 'infinity') >= l.at)"), 0);
    /* Each was served once at most, and each that was served held what it took. */
    ck_assert_int_eq(database_number("select count(*) from webquota.tickets t left join webquota.reservations r on r.id = t.held_id"
                                     " where (t.state = 'used') <> (coalesce(r.state, '') = 'committed')"), 0);
    ck_assert_int_eq(database_number("select count(*) from (select about_id from webquota.decisions where kind = 'commit'"
                                     " group by about_id having count(*) > 1) x"), 0);
    /* Nobody was let in while the line was paused. */
    ck_assert_int_eq(database_number("select count(*) from webquota.tickets t cross join lateral (select a.details->>'state' as state"
                                     "   from webquota.audit a where a.action = 'queue.set' and a.at < t.admitted_at order by a.id desc limit 1) s"
                                     " where t.feature = 'summary' and s.state = 'paused'"
                                     "   and not exists (select from webquota.audit a where a.action = 'queue.set' and a.at = t.admitted_at)"), 0);
    assert_lines_are_counted();
    assert_journal_is_whole();
}

/* One more for everybody together. *amount is what was asked for at last; where nothing was answered it may be in force or not. */
static void raise_limit(Store *store, int *amount)
{
    g_auto(StoreError) error = { 0 };
    g_autofree char *text = busy_policy(*amount + 1), *why = NULL;
    g_autoptr(Policy) raised = policy_load(text, "test", &why);
    ck_assert_msg(raised != NULL, "%s", why);
    int version;
    bool changed;
    StoreResult result = policy_apply(store, raised, "test", NULL, &version, &changed, &error);
    ck_assert_msg(result == STORE_OK || result == STORE_DOWN, "%s", error.detail);
    *amount += result == STORE_OK;
}

/* Another amount for somebody, or what was given before is taken away. */
static void override(Store *store, GRand *random)
{
    g_auto(StoreError) error = { 0 };
    json_t *list = NULL, *made = NULL;
    g_autofree char *name = g_strdup_printf("person-%d", g_rand_int_range(random, 0, PEOPLE));
    if (admin_override_list(store, NULL, NULL, NULL, &list, &error) != STORE_OK)
        return;
    const char *id = json_string_value(json_object_get(json_array_get(list, 0), "id"));
    const OverrideAdd add = { .subject = name, .feature = "own", .kind = OVERRIDE_AMOUNT, .amount = g_rand_int_range(random, 2, 5),
                              .expires_at = INSTANT_MAX };
    StoreResult result = id && g_rand_boolean(random) ? admin_override_remove(store, id, NULL, "test", &error)
                                                      : admin_override_add(store, &add, "test", &made, &error);
    ck_assert_msg(result != STORE_INVALID, "%s", error.detail);
    json_decref(list);
    json_decref(made);
}

START_TEST(random_histories)
{
    int amount = AMOUNT;
    g_autofree char *first = busy_policy(amount);
    database_fresh(first);
    move_clock(0);
    gint stop = 0;
    Store *stores[STORES];
    Walker walkers[WALKERS];
    pthread_t threads[WALKERS];
    for (int i = 0; i < STORES; i++)
        stores[i] = database_store();
    for (int i = 0; i < WALKERS; i++) {
        walkers[i] = (Walker){ .store = stores[i % STORES], .random = g_rand_new_with_seed((guint32)(_i * 100 + i)), .stop = &stop };
        pthread_create(&threads[i], NULL, walk, &walkers[i]);
    }
    GRand *random = g_rand_new_with_seed((guint32)_i);
    for (int second = 0; second < 900; second += g_rand_int_range(random, 5, 30)) {
        g_auto(StoreError) error = { 0 };
        Store *store = stores[g_rand_int_range(random, 0, STORES)];
        bool mine, late, more;
        int ended = 0;
        move_clock(second);
        int what = g_rand_int_range(random, 0, 12);
        if (what == 0)
            ck_assert_int_ne(queue_set(store, "summary", "minute", g_rand_boolean(random) ? "paused" : "open", NULL, "test", &error), STORE_NONE);
        else if (what == 1) /* every connection is cut, in the middle of whatever is under way */
            g_free(database_value("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
                                  " and datname = current_database() and usename = current_user and backend_type = 'client backend'"));
        else if (what == 3)
            raise_limit(store, &amount);
        else if (what >= 8)
            override(store, random);
        else if (what == 2 && queue_expire(store, 0, &ended, &more, &error) == STORE_DOWN)
            store_error_clear(&error);
        if (queue_tidy(store, &error) == STORE_DOWN)
            store_error_clear(&error);
        g_free(database_value("update webquota.leases set until = '-infinity'"));
        g_autofree char *holder = g_strdup_printf("holder-%d", g_rand_int_range(random, 0, 3));
        g_autoptr(QueueSweep) sweep = queue_sweep_new();
        int in = 0;
        if (queue_lease(store, holder, &mine, &late, &error) == STORE_OK &&
            queue_admit_all(store, sweep, holder, &in, &more, &error) == STORE_DOWN)
            store_error_clear(&error);
    }
    g_rand_free(random);
    g_atomic_int_set(&stop, 1);
    int served = 0, queued = 0;
    for (int i = 0; i < WALKERS; i++) {
        pthread_join(threads[i], NULL);
        served += walkers[i].served;
        queued += walkers[i].queued;
        g_rand_free(walkers[i].random);
    }
    for (int i = 0; i < STORES; i++)
        store_close(stores[i]);
    ck_assert_int_gt(amount, AMOUNT);
    ck_assert_int_gt(database_number("select count(distinct subject_id) from webquota.overrides"), 3);
    ck_assert_int_gt(served, 20);
    ck_assert_int_gt(queued, 50);
    ck_assert_int_gt(database_number("select count(*) from webquota.tickets where state = 'used'"), 5);
    ck_assert_int_gt(database_number("select count(*) from webquota.tickets where state = 'lapsed'"), 0);
    ck_assert_int_gt(database_number("select count(*) from webquota.tickets where state = 'left'"), 0);
    assert_nobody_was_wronged();
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("queue");
    TCase *tcase = tcase_create("queue");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_sixth_waits_and_is_served_in_the_next_minute);
    tcase_add_test(tcase, who_does_not_come_loses_the_turn_to_the_next);
    tcase_add_test(tcase, leaving_full_lines_and_closed_ones);
    tcase_add_test(tcase, administrators_move_let_in_and_drop);
    tcase_add_test(tcase, a_line_is_told_of_though_nobody_waits);
    tcase_add_test(tcase, a_line_is_told_of_though_many_have_waited);
    tcase_add_test(tcase, a_line_is_told_of_without_its_past);
    tcase_add_test(tcase, places_are_lost_by_not_being_seen_and_kept_by_being_seen);
    tcase_add_loop_test(tcase, an_outage_costs_nobody_their_place, 0, 2);
    tcase_add_test(tcase, one_process_decides);
    tcase_add_test(tcase, places_where_accounts_take_turns);
    tcase_add_test(tcase, one_account_cannot_fill_a_fair_line);
    tcase_add_test(tcase, a_place_for_each_resource);
    tcase_add_test(tcase, an_override_takes_effect_at_once);
    tcase_add_test(tcase, a_raised_limit_takes_effect_at_once);
    tcase_add_test(tcase, whoever_waited_for_what_queues_no_more_is_told);
    tcase_add_test(tcase, many_units_are_not_overtaken_by_few);
    tcase_add_test(tcase, what_is_held_is_for_one_request_and_not_for_long);
    tcase_add_test(tcase, nobody_is_let_in_twice);
    tcase_add_loop_test(tcase, random_histories, 0, 2);
    suite_add_tcase(suite, tcase);
    TCase *many = tcase_create("many");
    tcase_set_timeout(many, 120);
    tcase_add_test(many, each_of_many_lines_comes_up);
    tcase_add_test(many, each_of_many_lines_comes_up_where_no_process_stays);
    tcase_add_test(many, a_long_line_is_let_in_quickly);
    tcase_add_test(many, many_who_were_seen_are_written_down_in_parts);
    tcase_add_test(many, many_who_left_give_up_their_places_together);
    suite_add_tcase(suite, many);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
