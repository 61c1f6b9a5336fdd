/* Refusals that were given from memory are put on record in bulk: copied in, which costs the database less than half of what
 * inserting costs. */
#include "store/ledger_own.h"

#include "base/log.h"

#define PAUSE_US 20000 /* before what could not be written is tried again */
#define COLUMNS 20     /* of sql/queries/notes_copy.sql */

/* What was looked at stands in the record of the first. */
static void copy_note(Copy *copy, const Note *note)
{
    const Record *first = note_first(note);
    copy_row(copy, COLUMNS);
    copy_bigint(copy, note->key.account_id);
    copy_bigint(copy, note->key.subject_id);
    copy_instant(copy, note->key.at);
    copy_bigint(copy, note->key.id);
    copy_text(copy, note->kind);
    copy_text(copy, first->outcome);
    copy_smallint(copy, first->reason);
    copy_integer(copy, first->policy_version);
    copy_text(copy, first->plan);
    copy_text(copy, first->organization);
    copy_text(copy, first->feature);
    copy_text(copy, first->resource);
    copy_bigint(copy, note->units);
    copy_jsonb(copy, first->items);
    copy_bigints(copy, NULL, 0);
    copy_text(copy, note->on_behalf_of);
    copy_jsonb(copy, note->metadata);
    copy_instant(copy, first->key.at);
    copy_bigint(copy, first->key.id);
    copy_text(copy, first->actor);
}

static DbResult write_notes(Ledger *ledger, Note *const *notes, guint count)
{
    g_auto(Copy) copy;
    copy_init(&copy);
    for (guint i = 0; i < count; i++)
        copy_note(&copy, notes[i]);
    copy_end(&copy);
    g_autoptr(PGresult) clock = NULL;
    DbResult result = db_copy(&ledger->db, QUERY_NOTES_COPY, &copy, &clock);
    if (result == DB_OK && clock)
        store_clock_heard(ledger->store, result_number(clock, 0, 0));
    else if (result != DB_LOST && db_run(&ledger->db, QUERY_ROLLBACK, NULL, NULL) != DB_OK)
        db_close_connection(&ledger->db);
    return result;
}

/* One note that the database refuses must not take the others with it: it may be there already, of a try that was cut off. */
static DbResult write_notes_apart(Ledger *ledger, const GPtrArray *notes)
{
    DbResult worst = DB_OK;
    for (guint i = 0; i < notes->len && worst != DB_LOST; i++) {
        DbResult result = write_notes(ledger, (Note *const *)&notes->pdata[i], 1);
        worst = result == DB_OK ? worst : result;
    }
    return worst;
}

void ledger_write_notes(Ledger *ledger, GPtrArray *notes)
{
    g_autoptr(GPtrArray) mine = notes;
    if (!mine->len)
        return;
    ledger->db.deadline_us = g_get_monotonic_time() + store_patience_us(ledger->store);
    DbResult result = ledger_connect(ledger) ? write_notes(ledger, (Note *const *)mine->pdata, mine->len) : DB_LOST;
    if ((result == DB_RETRY || result == DB_REFUSED) && mine->len > 1)
        result = write_notes_apart(ledger, mine);
    pthread_mutex_lock(&ledger->lock);
    bool again = result == DB_LOST && !ledger->stop;
    if (again)
        g_ptr_array_extend_and_steal(ledger->notes, g_steal_pointer(&mine));
    pthread_mutex_unlock(&ledger->lock);
    if (again)
        g_usleep(PAUSE_US);
    else if (result != DB_OK)
        log_line(LOG_LEVEL_ERROR, "ledger: refusals were not recorded, or twice: %s", ledger->db.error);
}
