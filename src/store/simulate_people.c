/* Who records are about: what is known of them now, and what was given to them and when. */
#include "store/simulate_internal.h"

typedef struct {
    GArray *people, *owners;   /* of int64_t: subjects and accounts that are new */
    GArray *accounts;          /* of all of them */
} Newcomers;

static Newcomers newcomers_find(Replay *replay, const Chunk *chunk)
{
    Newcomers found = { g_array_new(FALSE, FALSE, sizeof(int64_t)), g_array_new(FALSE, FALSE, sizeof(int64_t)),
                        g_array_new(FALSE, FALSE, sizeof(int64_t)) };
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (int i = 0; i < chunk->count; i++) {
        const ReplayRecord *record = &chunk->records[i];
        if (!replay_knows(replay, record->subject_id) && g_hash_table_add(seen, (gpointer)&record->subject_id))
            g_array_append_val(found.people, record->subject_id);
        if (replay_knows_account(replay, record->account_id))
            continue;
        replay_meet_account(replay, record->account_id);
        g_array_append_val(found.owners, record->account_id);
        g_array_append_val(found.accounts, record->account_id);
    }
    return found;
}

static void meet(Replay *replay, const PGresult *rows, GArray *accounts)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        const ReplayFacts facts = {
            .subject_id = binary_number(rows, row, 0),
            .key = PQgetvalue(rows, row, 2),
            .zone = binary_text(rows, row, 3),
            .first_met = binary_instant(rows, row, 4),
            .anchor = binary_instant(rows, row, 5),
        };
        int64_t account = binary_number(rows, row, 1);
        g_array_append_val(accounts, account);
        replay_meet(replay, &facts);
    }
}

static ReplayGiven given_of(const PGresult *rows, int row)
{
    return (ReplayGiven){
        .account_id = binary_number(rows, row, 0),
        .subject_id = binary_number(rows, row, 1),
        .feature = PQgetvalue(rows, row, 2),
        .created_at = binary_instant(rows, row, 3),
        .removed_at = binary_instant(rows, row, 4),
    };
}

static void give_overrides(Replay *replay, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        ReplayGiven given = given_of(rows, row);
        const char *kind = PQgetvalue(rows, row, 7);
        given.override = (Override){
            .id = binary_number(rows, row, 5),
            .of_organization = given.subject_id == 0,
            .limit = binary_text(rows, row, 6),
            .kind = kind[0] == 'a' ? OVERRIDE_AMOUNT : kind[0] == 'u' ? OVERRIDE_UNLIMITED : OVERRIDE_MULTIPLIER,
            .amount = binary_number(rows, row, 8),
            .multiplier = binary_real(rows, row, 9),
            .expires_at = binary_instant(rows, row, 10),
            .created_at = given.created_at,
        };
        replay_give(replay, &given, false);
    }
}

static void give_grants(Replay *replay, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        ReplayGiven given = given_of(rows, row);
        const char *every = binary_text(rows, row, 10), *why = NULL;
        given.grant = (Grant){
            .slot = -binary_number(rows, row, 5),
            .of_organization = given.subject_id == 0,
            .amount = binary_number(rows, row, 6),
            .priority = (int)binary_number(rows, row, 7),
            .effective_at = binary_instant(rows, row, 8),
            .expires_at = binary_instant(rows, row, 9),
            .created_at = given.created_at,
        };
        if (every && !window_parse(every, &given.grant.every, &why))
            continue;
        given.grant.every.align = ALIGN_ANCHOR;
        replay_give(replay, &given, true);
    }
}

DbResult simulate_introduce(Db *db, Replay *replay, const Chunk *chunk)
{
    Newcomers found = newcomers_find(replay, chunk);
    g_autoptr(GArray) people = found.people;
    g_autoptr(GArray) owners = found.owners;
    g_autoptr(GArray) accounts = found.accounts;
    g_auto(Params) of_people = params_new();
    params_numbers(&of_people, people);
    g_autoptr(PGresult) facts = NULL;
    if (!people->len && !owners->len)
        return DB_OK;
    DbResult result = db_run(db, QUERY_SIMULATE_PEOPLE, &of_people, &facts);
    if (result != DB_OK)
        return result;
    meet(replay, facts, accounts);
    g_auto(Params) params = params_new();
    params_numbers(&params, accounts);
    params_numbers(&params, people);
    params_numbers(&params, owners);
    g_autoptr(PGresult) overrides = NULL;
    g_autoptr(PGresult) grants = NULL;
    result = db_run(db, QUERY_SIMULATE_OVERRIDES, &params, &overrides);
    if (result == DB_OK)
        result = db_run(db, QUERY_SIMULATE_GRANTS, &params, &grants);
    if (result != DB_OK)
        return result;
    give_overrides(replay, overrides);
    give_grants(replay, grants);
    return DB_OK;
}
