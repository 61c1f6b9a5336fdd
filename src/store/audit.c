/* Reading the audit, and following its chain. The database makes the chain (its file in sql/); here it is made again from what is written, in
 * one snapshot, without trust in anything of the schema. */
#include "store/audit.h"

#include <sodium.h>

#include "base/parse.h"
#include "say/say.h"
#include "store/admin_internal.h"

#define LINKS_AT_ONCE 2000
#define SEED "webquota audit" /* what the first entry follows */

static _Thread_local char origin_of_thread[AUDIT_ORIGIN_MAX + 1];

void audit_origin_set(const char *origin)
{
    g_strlcpy(origin_of_thread, origin ? origin : "", sizeof origin_of_thread);
}

const char *audit_origin(void)
{
    return *origin_of_thread ? origin_of_thread : NULL;
}

static _Thread_local int64_t bulk_of_thread;

void audit_bulk_set(int64_t bulk)
{
    bulk_of_thread = bulk;
}

int64_t audit_bulk(void)
{
    return bulk_of_thread;
}

static void params_instant_or_null(Params *params, Instant at)
{
    if (at == INSTANT_MIN || at == INSTANT_MAX)
        params_text(params, NULL);
    else
        params_instant(params, at);
}

StoreResult audit_list(Store *store, const AuditAsked *asked, int most, json_t **list, bool *more, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, asked->subject);
    params_text(&params, asked->organization);
    params_text(&params, asked->actor);
    params_text(&params, asked->action);
    params_instant_or_null(&params, asked->from);
    params_instant_or_null(&params, asked->to);
    if (asked->before)
        params_number(&params, asked->before);
    else
        params_text(&params, NULL);
    params_number(&params, most + 1);
    StoreResult result = admin_rows(store, QUERY_AUDIT_LIST, &params, list, error);
    if (result == STORE_OK)
        admin_cut(*list, most, more);
    return result;
}

/* --- the chain --- */

static void head_of(const PGresult *rows, AuditHead *head)
{
    head->number = result_number(rows, 0, 0);
    g_strlcpy(head->hash, result_text(rows, 0, 1), sizeof head->hash);
}

bool audit_head_read(const char *text, AuditHead *head)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    if (g_strv_length(parts) != 2 || !parse_whole(parts[0], 1, INT64_MAX, &head->number) || strlen(parts[1]) != AUDIT_HASH_HEX ||
        strspn(parts[1], "0123456789abcdefABCDEF") != AUDIT_HASH_HEX)
        return false;
    g_strlcpy(head->hash, parts[1], sizeof head->hash);
    return true;
}

static StoreResult ask(Db *db, Query query, const Params *params, PGresult **rows, StoreError *error)
{
    return db_run(db, query, params, rows) == DB_OK ? STORE_OK : store_down(error, db);
}

StoreResult audit_head(Store *store, AuditHead *head, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = store_read(store, QUERY_AUDIT_HEAD, NULL, &rows, error);
    if (result == STORE_OK && PQntuples(rows) != 1)
        return store_fail(error, STORE_CONFLICT, NULL, SAY_AUDIT_HEADLESS);
    if (result == STORE_OK)
        head_of(rows, head);
    return result;
}

void audit_verdict_clear(AuditVerdict *verdict)
{
    g_clear_pointer(&verdict->findings, g_array_unref);
}

static void find(AuditVerdict *verdict, int64_t number, AuditFault fault)
{
    AuditFinding finding = { number, fault };
    verdict->faults++;
    if (verdict->findings->len < AUDIT_FINDINGS_MAX)
        g_array_append_val(verdict->findings, finding);
}

/* Where the following of the chain is: the number and the hash of the last link, as it is written. */
typedef struct {
    int64_t number;
    unsigned char hash[crypto_hash_sha256_BYTES];
} Link;

/* SHA-256 over the hash before and the text. */
static void link_hash(const Link *last, const char *text, unsigned char *hash)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, last->hash, sizeof last->hash);
    crypto_hash_sha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_hash_sha256_final(&state, hash);
}

static void follow(Link *last, const PGresult *rows, int row, const AuditHead *known, AuditVerdict *verdict)
{
    int64_t number = result_number(rows, row, 0);
    const char *written = result_text(rows, row, 2);
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[AUDIT_HASH_HEX + 1];
    verdict->entries++;
    if (number < 1) {
        find(verdict, number, AUDIT_ADDED); /* the first is 1 */
        return;
    }
    bool gap = number != last->number + 1;
    if (gap)
        find(verdict, last->number + 1, AUDIT_MISSING);
    link_hash(last, result_text(rows, row, 1), hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    bool other = known && known->number == number && g_ascii_strcasecmp(known->hash, written) != 0;
    if ((!gap && strcmp(hex, written) != 0) || other)
        find(verdict, number, AUDIT_CHANGED);
    last->number = number;
    if (sodium_hex2bin(last->hash, sizeof last->hash, written, strlen(written), NULL, NULL, NULL) != 0)
        memset(last->hash, 0, sizeof last->hash);
}

/* What the head says must be where the entries end. */
static void compare_head(const Link *last, const AuditHead *known, AuditVerdict *verdict)
{
    char hex[AUDIT_HASH_HEX + 1];
    sodium_bin2hex(hex, sizeof hex, last->hash, sizeof last->hash);
    int64_t expected = MAX(verdict->head.number, known ? known->number : 0);
    if (expected > last->number)
        find(verdict, last->number + 1, AUDIT_MISSING);
    else if (verdict->head.number < last->number)
        find(verdict, verdict->head.number + 1, AUDIT_ADDED);
    else if (strcmp(hex, verdict->head.hash) != 0)
        find(verdict, last->number, AUDIT_CHANGED);
}

static StoreResult follow_all(Db *db, const AuditHead *known, AuditVerdict *verdict, StoreError *error)
{
    g_autoptr(PGresult) head = NULL;
    Link last = { 0 };
    int64_t seen = INT64_MIN;
    crypto_hash_sha256(last.hash, (const unsigned char *)SEED, strlen(SEED));
    StoreResult result = ask(db, QUERY_AUDIT_HEAD, NULL, &head, error);
    if (result == STORE_OK && PQntuples(head) == 1)
        head_of(head, &verdict->head);
    for (int count = LINKS_AT_ONCE; result == STORE_OK && count == LINKS_AT_ONCE;) {
        g_autoptr(PGresult) rows = NULL;
        g_auto(Params) params = params_new();
        params_number(&params, seen);
        params_number(&params, LINKS_AT_ONCE);
        result = ask(db, QUERY_AUDIT_CHAIN, &params, &rows, error);
        count = result == STORE_OK ? PQntuples(rows) : 0;
        for (int row = 0; row < count; row++)
            follow(&last, rows, row, known, verdict);
        seen = count ? result_number(rows, count - 1, 0) : seen;
    }
    if (result == STORE_OK)
        compare_head(&last, known, verdict);
    return result;
}

StoreResult audit_verify(Store *store, const AuditHead *known, AuditVerdict *verdict, StoreError *error)
{
    Db *db = store_reader_take(store);
    *verdict = (AuditVerdict){ .findings = g_array_new(FALSE, FALSE, sizeof(AuditFinding)) };
    DbResult begun = db_run(db, QUERY_BEGIN_READ, NULL, NULL);
    if (begun == DB_LOST)
        begun = db_run(db, QUERY_BEGIN_READ, NULL, NULL);
    StoreResult result = begun == DB_OK ? follow_all(db, known, verdict, error) : store_down(error, db);
    if (begun == DB_OK && db_run(db, QUERY_ROLLBACK, NULL, NULL) != DB_OK)
        db_close_connection(db);
    store_reader_give(store, db);
    return result;
}
