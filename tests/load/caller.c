/* A caller: one thread that asks, holds, settles, gives back, resets and bends limits at random, and writes down what it
 * was told. Several calls of several processes are about the same subjects, decisions, reservations and keys all the time.
 */
#include "load.h"

#include <pthread.h>

/* Whose a want is: a ledger remembers those who have few counters, and not those who have many, or rolling ones. And when:
 * while all ask about everybody (TOGETHER), or while each process keeps to its own subjects, at first without any counter that
 * two of them share (APART), later with some (SHARED). */
enum { FIRST_HALF = 1, THIRD_QUARTER = 2, LAST_QUARTER = 4, TOGETHER = 8, APART = 16, SHARED = 32, PLAIN = 64 };
#define LATER_HALF (THIRD_QUARTER | LAST_QUARTER)
#define EVERYBODY (FIRST_HALF | LATER_HALF)

/* What is asked for. Those that may not be given back or reset are filled to the last unit; PLAIN ones are seldom refused. */
typedef struct {
    const char *feature, *resource;
    int most_units;
    int weight;
    bool gives_back;      /* refunds, holds and resets are mixed in */
    int whose;
} Want;

static const Want wants[] = {
    { "one", NULL, 1, 6, true, FIRST_HALF | LAST_QUARTER | TOGETHER | APART | SHARED },
    { "few", NULL, 3, 14, true, FIRST_HALF | LAST_QUARTER | TOGETHER },
    { "team", NULL, 4, 14, true, FIRST_HALF | LAST_QUARTER | TOGETHER | APART | SHARED },
    { "everyone", NULL, 9, 12, true, FIRST_HALF | LAST_QUARTER | TOGETHER },
    { "tight", NULL, 1, 5, true, EVERYBODY | TOGETHER | SHARED },
    { "pool", NULL, 1, 8, false, EVERYBODY | TOGETHER | SHARED },
    { "own", NULL, 2, 8, false, FIRST_HALF | TOGETHER | APART | SHARED },
    { "call", NULL, 3, 12, true, LATER_HALF | TOGETHER | APART | SHARED },
    { "call", "s-1", 3, 12, true, LATER_HALF | TOGETHER },
    { "bent", NULL, 3, 14, true, LATER_HALF | TOGETHER | APART | SHARED | PLAIN },
    { "shifting", NULL, 4, 12, true, LATER_HALF | TOGETHER | SHARED },
    { "saved", NULL, 3, 8, true, LATER_HALF | TOGETHER | APART | SHARED },
    { "rolling", NULL, 2, 12, true, LAST_QUARTER | TOGETHER },
    { "wide", NULL, 2, 12, true, FIRST_HALF | TOGETHER | SHARED | PLAIN },
    { "calm", NULL, 2, 12, true, FIRST_HALF | APART | SHARED | PLAIN },
    { "single_org", NULL, 1, 2, true, THIRD_QUARTER | TOGETHER | SHARED },
    { "single_plan", NULL, 1, 2, true, THIRD_QUARTER | TOGETHER | SHARED },
    { "single_site", NULL, 1, 2, true, THIRD_QUARTER | TOGETHER | SHARED },
    { "ten_org", NULL, 2, 3, true, THIRD_QUARTER | TOGETHER | SHARED },
    { "ten_plan", NULL, 2, 3, true, THIRD_QUARTER | TOGETHER | SHARED },
    { "ten_site", NULL, 2, 3, true, THIRD_QUARTER | TOGETHER | SHARED },
    { "hundred", NULL, 9, 4, true, LAST_QUARTER | TOGETHER | APART | SHARED },
    { "hundred_plan", NULL, 5, 3, true, THIRD_QUARTER | TOGETHER | SHARED },
    { "hundred_site", NULL, 5, 3, true, THIRD_QUARTER | TOGETHER | SHARED },
    { "ample", NULL, 99, 4, true, LAST_QUARTER | TOGETHER | APART | SHARED },
    { "ample_plan", NULL, 99, 4, true, LAST_QUARTER | TOGETHER | SHARED },
};

#define PHASE 1500                /* calls of all; in every second phase nothing but what is plain is asked by many */
#define TTL_MOST_S 900
#define PAUSE_US 20000            /* of who was told that the database is down */
#define KEYS_BACK 64              /* a key of so many before may be tried again */

static const char *result_word(StoreResult result)
{
    static const char *const words[] = { "ok", "none", "invalid", "conflict", "down" };
    return words[result];
}

static int chance(Caller *caller, int below)
{
    return g_rand_int_range(caller->random, 0, below);
}

static bool is_wanted(const Want *want, int whose, int when)
{
    return (want->whose & whose) && (want->whose & when) == when;
}

/* Where each process keeps to its own subjects, nobody shares or gives back anything for a while, so that what is remembered
 * is not forgotten for other reasons than the time. */
static bool is_quiet(const Shared *shared)
{
    return shared->apart && __atomic_load_n(&shared->calls, __ATOMIC_RELAXED) < shared->calls_wanted * 4 / 10;
}

static int wanted_now(const Shared *shared)
{
    return !shared->apart ? TOGETHER : is_quiet(shared) ? APART : SHARED;
}

/* What subject number `subject` wants. One draw of a number, so that who has the number has the draw. */
static const Want *want_of(int subject, uint32_t draw, int when)
{
    static const int whose[] = { FIRST_HALF, FIRST_HALF, THIRD_QUARTER, LAST_QUARTER };
    int mine = whose[subject / ORGANIZATIONS % 4], all = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(wants); i++)
        all += is_wanted(&wants[i], mine, when) ? wants[i].weight : 0;
    int left = (int)(draw % (uint32_t)all);
    for (const Want *want = wants;; want++) {
        left -= is_wanted(want, mine, when) ? want->weight : 0;
        if (left < 0)
            return want;
    }
}

static char *subject_name(int number)
{
    return g_strdup_printf("s-%d", number);
}

/* A subject's number. A quarter of all is about the first few, where processes meet, unless each keeps to its own, that is
 * to its organizations' members. */
static int subject_of(const Shared *shared, int process, uint32_t draw)
{
    if (shared->apart) {
        int number = (int)(draw / 2 % (uint32_t)(draw % 2 ? ORGANIZATIONS : shared->subjects));
        return number - number % shared->processes + process;
    }
    return draw % 4 == 0 ? (int)(draw / 4 % 3) * ORGANIZATIONS : (int)(draw / 4 % (uint32_t)shared->subjects);
}

bool callers_prepare(Store *store, int subjects)
{
    for (int i = 0; i < subjects; i++) {
        g_autofree char *name = subject_name(i);
        g_autofree char *organization = g_strdup_printf("o-%d", i % ORGANIZATIONS);
        SubjectChange change = { .subject = name, .organization = organization, .plan = i % 3 ? "basic" : "plus" };
        json_t *json = NULL;
        bool created;
        g_auto(StoreError) error = { 0 };
        if (admin_subject_set(store, &change, "load", &created, &json, &error) != STORE_OK) {
            fprintf(stderr, "%s: %s\n", name, error.detail);
            return false;
        }
        json_decref(json);
    }
    return true;
}

/* --- asking --- */

typedef struct {
    const char *key;          /* NULL: none */
    const char *fingerprint;
    const char *subject;
    const Want *want, *second; /* second: another item, or NULL */
    int64_t units;
    AskKind kind;
} Ask;

static void journal_ask_answer(Journal *journal, StoreResult result, const Answer *answer, const StoreError *error)
{
    static const char *const outcomes[] = { "allowed", "denied", "queued", "forbidden" };
    if (result != STORE_OK) {
        journal_answer(journal, "%s\t%s", result_word(result), error->detail);
        if (result == STORE_DOWN)
            g_usleep(PAUSE_US);
        return;
    }
    const AnswerLine *line = answer->deciding >= 0 ? &answer->lines[answer->deciding] : NULL;
    journal_answer(journal, "ok\t%s\t%s\t%" PRId64 "\t%" PRId64 "\t%s\t%" PRId64 "\t%s", outcomes[answer->outcome],
                   answer->id ? answer->id : "-", answer->units, answer->at, line ? line->usage.limit->key : "-",
                   line ? line->usage.used : -1, answer->reservation ? answer->reservation : "-");
}

/* Who does not wait in the ledger, but here. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t told;
    int times;
    StoreResult result;
    Answer *answer;
    char *detail;
} Waiting;

static void tell(void *data, StoreResult result, Answer *answer, const StoreError *error)
{
    Waiting *waiting = data;
    pthread_mutex_lock(&waiting->lock);
    waiting->result = result;
    waiting->answer = answer;
    waiting->detail = g_strdup(error->detail);
    if (++waiting->times > 1)
        g_error("an ask was answered twice");
    pthread_cond_signal(&waiting->told);
    pthread_mutex_unlock(&waiting->lock);
}

static StoreResult decide_later(Store *store, const LedgerAsk *request, Answer **answer, StoreError *error)
{
    Waiting waiting = { .lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER };
    ledger_decide_later(store, request, tell, &waiting);
    pthread_mutex_lock(&waiting.lock);
    while (!waiting.times)
        pthread_cond_wait(&waiting.told, &waiting.lock);
    pthread_mutex_unlock(&waiting.lock);
    *answer = waiting.answer;
    error->detail = waiting.detail;
    return waiting.result;
}

/* Every second way that there is to ask. */
static StoreResult decide_some_way(Caller *caller, const LedgerAsk *request, Answer **answer, StoreError *error)
{
    return chance(caller, 2) ? decide_later(caller->store, request, answer, error)
                             : ledger_decide(caller->store, request, answer, error);
}

static void ask_now(Caller *caller, const Ask *ask)
{
    Journal *journal = &caller->journal;
    int64_t number = journal_begin(journal, "%s\t%s\t%s\t%s\t%" PRId64 "\t%s\t%s\t%s", ask->kind == ASK_HOLD ? "hold" : "consume",
                                   ask->subject, ask->want->feature, ask->want->resource ? ask->want->resource : "-", ask->units,
                                   ask->second ? ask->second->feature : "-", ask->key ? ask->key : "-",
                                   ask->key ? ask->fingerprint : "-");
    g_autofree char *metadata = ask->key ? g_strdup_printf("{\"call\":\"%s.%" PRId64 "\",\"key\":\"%s\"}", journal->name, number, ask->key)
                                         : g_strdup_printf("{\"call\":\"%s.%" PRId64 "\"}", journal->name, number);
    LedgerAsk request = { .kind = ask->kind, .subject = ask->subject, .item_count = ask->second ? 2 : 1,
                          .items = { { ask->want->feature, ask->want->resource, ask->units } },
                          .metadata = metadata, .ttl_s = 1 + chance(caller, TTL_MOST_S), .caller = "load",
                          .idempotency_key = ask->key, .fingerprint = ask->fingerprint };
    if (ask->second)
        request.items[1] = (LedgerItem){ ask->second->feature, ask->second->resource, 1 };
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) answer = NULL;
    StoreResult result = decide_some_way(caller, &request, &answer, &error);
    journal_ask_answer(journal, result, answer, &error);
    if (result != STORE_OK || answer->outcome != OUTCOME_ALLOWED || !answer->id || !ask->want->gives_back ||
        (ask->second && !ask->second->gives_back))
        return;
    if (ask->kind == ASK_CONSUME)
        pool_put(&caller->shared->decisions, caller->random, answer->id, answer->units);
    else
        pool_put(&caller->shared->holds, caller->random, answer->reservation, answer->units);
}

static const Want *want_any(Caller *caller, int subject)
{
    return want_of(subject, g_rand_int(caller->random), wanted_now(caller->shared));
}

static void consume(Caller *caller, AskKind kind, bool two)
{
    int number = subject_of(caller->shared, caller->process, g_rand_int(caller->random));
    g_autofree char *subject = subject_name(number);
    Ask ask = { .kind = kind, .subject = subject, .want = want_any(caller, number) };
    ask.units = 1 + chance(caller, ask.want->most_units);
    if (kind == ASK_HOLD && !ask.want->gives_back)
        ask.kind = ASK_CONSUME;
    if (two)
        ask.second = want_any(caller, number);
    ask_now(caller, &ask);
}

/* What a key is about follows from its number, so that any process may send the same request again. */
static void consume_with_key(Caller *caller, bool again, bool other_request)
{
    int64_t drawn = __atomic_load_n(&caller->shared->keys, __ATOMIC_RELAXED);
    int64_t number = again && drawn > KEYS_BACK ? drawn - chance(caller, KEYS_BACK)
                                                : __atomic_add_fetch(&caller->shared->keys, 1, __ATOMIC_RELAXED);
    GRand *draws = g_rand_new_with_seed(caller->shared->seed ^ (uint32_t)number);
    int who = subject_of(caller->shared, (int)(number % caller->shared->processes), g_rand_int(draws));
    g_autofree char *subject = subject_name(who);
    g_autofree char *key = g_strdup_printf("k-%" PRId64, number);
    Ask ask = { .kind = ASK_CONSUME, .subject = subject, .key = key, .fingerprint = other_request ? "other" : "same",
                .want = want_of(who, g_rand_int(draws), caller->shared->apart ? APART : TOGETHER) };
    ask.units = g_rand_int_range(draws, 1, ask.want->most_units + 1);
    g_rand_free(draws);
    ask_now(caller, &ask);
}

/* --- what becomes of it --- */

static void journal_done(Journal *journal, StoreResult result, const LedgerDone *done, const StoreError *error)
{
    if (result == STORE_OK)
        journal_answer(journal, "ok\t%s\t%" PRId64 "\t%" PRId64, done->id ? done->id : "-", done->units, done->total);
    else
        journal_answer(journal, "%s\t%s", result_word(result), error->detail);
}

static bool settle(Caller *caller)
{
    char id[ID_BYTES];
    int64_t held;
    if (!pool_look(&caller->shared->holds, caller->random, id, &held))
        return false;
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    StoreResult result;
    int way = chance(caller, 5);
    if (way == 0) {
        journal_begin(&caller->journal, "release\t%s", id);
        result = ledger_release(caller->store, id, &done, &error);
    } else {
        /* now and then one more than is held */
        int64_t units = way < 3 ? -1 : g_rand_int_range(caller->random, 0, (gint32)held + 2);
        journal_begin(&caller->journal, "commit\t%s\t%" PRId64, id, units);
        result = ledger_commit(caller->store, id, units, &done, &error);
    }
    journal_done(&caller->journal, result, &done, &error);
    if (result == STORE_OK && way > 0 && done.units > 0) { /* what was committed may be refunded */
        g_autofree char *decision = g_strconcat("dec_", id + strlen("res_"), NULL);
        pool_put(&caller->shared->decisions, caller->random, decision, done.units);
    }
    return true;
}

static bool refund(Caller *caller)
{
    char id[ID_BYTES];
    int64_t charged;
    if (!pool_look(&caller->shared->decisions, caller->random, id, &charged))
        return false;
    int64_t units = chance(caller, 3) ? g_rand_int_range(caller->random, 1, (gint32)charged + 1) : -1;
    int64_t number = journal_begin(&caller->journal, "refund\t%s\t%" PRId64, id, units);
    g_autofree char *actor = g_strdup_printf("%s.%" PRId64, caller->journal.name, number);
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    StoreResult result = ledger_refund(caller->store, id, units, "load", actor, &done, &error);
    journal_done(&caller->journal, result, &done, &error);
    return true;
}

static bool reset(Caller *caller)
{
    int who = chance(caller, caller->shared->subjects);
    const Want *want = want_any(caller, who);
    if (!want->gives_back)
        return false;
    g_autofree char *subject = subject_name(who);
    int64_t number = journal_begin(&caller->journal, "reset\t%s\t%s", subject, want->feature);
    g_autofree char *actor = g_strdup_printf("%s.%" PRId64, caller->journal.name, number);
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    StoreResult result = ledger_reset(caller->store, subject, want->feature, "load", actor, &done, &error);
    journal_done(&caller->journal, result, &done, &error);
    return true;
}

/* --- administration: of the limits on "bent" alone --- */

static void journal_admin(Journal *journal, StoreResult result, const char *id, const StoreError *error)
{
    if (result == STORE_OK)
        journal_answer(journal, "ok\t%s", id);
    else
        journal_answer(journal, "%s\t%s", result_word(result), error->detail);
}

/* One of those who ask for it. */
static int bent_of(Caller *caller)
{
    if (chance(caller, 2))
        return 2 * ORGANIZATIONS + chance(caller, ORGANIZATIONS);
    int number = chance(caller, caller->shared->subjects / 2);
    return number / (2 * ORGANIZATIONS) * 4 * ORGANIZATIONS + 2 * ORGANIZATIONS + number % (2 * ORGANIZATIONS);
}

/* The last one made is taken away as often as one is made. */
static void override(Caller *caller)
{
    g_auto(StoreError) error = { 0 };
    if (caller->override_id[0]) {
        journal_begin(&caller->journal, "override.remove\t%s", caller->override_id);
        StoreResult result = admin_override_remove(caller->store, caller->override_id, NULL, "load", &error);
        journal_admin(&caller->journal, result, caller->override_id, &error);
        caller->override_id[0] = '\0';
        return;
    }
    g_autofree char *subject = subject_name(bent_of(caller));
    bool whole = chance(caller, 3) == 0;
    g_autofree char *organization = g_strdup_printf("o-%d", chance(caller, ORGANIZATIONS));
    static const OverrideKind kinds[] = { OVERRIDE_AMOUNT, OVERRIDE_AMOUNT, OVERRIDE_MULTIPLIER, OVERRIDE_UNLIMITED };
    OverrideKind kind = kinds[chance(caller, G_N_ELEMENTS(kinds))];
    int64_t amount = 1 + chance(caller, whole ? 500 : 200);
    double multiplier = chance(caller, 300) / 100.0; /* of hundredths, and now and then of nothing */
    int64_t number = journal_begin(&caller->journal, "override.add\t%s\t%d\t%" PRId64 "\t%.2f", whole ? organization : subject,
                                   (int)kind, amount, multiplier);
    g_autofree char *mark = g_strdup_printf("%s.%" PRId64, caller->journal.name, number);
    OverrideAdd add = { .subject = whole ? NULL : subject, .organization = whole ? organization : NULL, .feature = "bent",
                        .limit = whole ? "bent_team" : "bent", .kind = kind, .amount = amount, .multiplier = multiplier,
                        .expires_at = chance(caller, 2) ? INSTANT_MAX : store_now(caller->store) + 7200 * US_PER_S, .reason = mark };
    json_t *json = NULL;
    StoreResult result = admin_override_add(caller->store, &add, "load", &json, &error);
    const char *id = json ? json_string_value(json_object_get(json, "override")) : "";
    g_strlcpy(caller->override_id, id ? id : "", sizeof caller->override_id);
    journal_admin(&caller->journal, result, caller->override_id, &error);
    json_decref(json);
}

static void grant(Caller *caller)
{
    g_auto(StoreError) error = { 0 };
    if (caller->grant_id[0]) {
        journal_begin(&caller->journal, "grant.remove\t%s", caller->grant_id);
        StoreResult result = admin_grant_remove(caller->store, caller->grant_id, NULL, "load", &error);
        journal_admin(&caller->journal, result, caller->grant_id, &error);
        caller->grant_id[0] = '\0';
        return;
    }
    g_autofree char *subject = subject_name(bent_of(caller));
    int64_t amount = 1 + chance(caller, 20);
    int64_t number = journal_begin(&caller->journal, "grant.add\t%s\t%" PRId64, subject, amount);
    g_autofree char *mark = g_strdup_printf("%s.%" PRId64, caller->journal.name, number);
    GrantAdd add = { .subject = subject, .feature = "bent", .amount = amount, .priority = 100, .effective_at = INSTANT_MIN,
                     .expires_at = INSTANT_MAX, .reason = mark };
    json_t *json = NULL;
    StoreResult result = admin_grant_add(caller->store, &add, "load", &json, &error);
    const char *id = json ? json_string_value(json_object_get(json, "grant")) : "";
    g_strlcpy(caller->grant_id, id ? id : "", sizeof caller->grant_id);
    journal_admin(&caller->journal, result, caller->grant_id, &error);
    json_decref(json);
}

/* --- one after the other --- */

/* Plain charges alone: a ledger decides batches of them otherwise than others. */
static void consume_plain(Caller *caller)
{
    /* few subjects, since what is new to somebody is not plain */
    int number = chance(caller, ORGANIZATIONS) + (chance(caller, 2) ? 2 * ORGANIZATIONS : 0);
    if (caller->shared->apart)
        number += caller->process - number % caller->shared->processes;
    g_autofree char *subject = subject_name(number);
    Ask ask = { .kind = chance(caller, 100) ? ASK_CONSUME : ASK_HOLD, .subject = subject,
                .want = want_of(number, g_rand_int(caller->random), wanted_now(caller->shared) | PLAIN) };
    ask.units = 1 + chance(caller, ask.want->most_units);
    ask_now(caller, &ask);
}

/* In every second phase, every second process asks for what is plain only, so that what its ledger remembers is changed by
 * other processes alone; where each process keeps to its own subjects all do, and what they remember holds. */
static bool is_plain_now(const Caller *caller)
{
    int64_t calls = __atomic_load_n(&caller->shared->calls, __ATOMIC_RELAXED);
    return calls / PHASE % 2 == 0 && (caller->shared->apart || caller->process % 2 == 1);
}

/* In every second process nobody gives back or administers. */
static bool may_give_back(const Caller *caller)
{
    return caller->process % 2 == 0 && !is_quiet(caller->shared);
}

/* One call. False: there was nothing yet that it could be about. */
static bool call(Caller *caller)
{
    if (is_plain_now(caller)) {
        consume_plain(caller);
        return true;
    }
    int draw = chance(caller, may_give_back(caller) ? 1000 : 820);
    if (draw >= 997)
        grant(caller);
    else if (draw >= 993)
        override(caller);
    else if (draw >= 990)
        return reset(caller);
    else if (draw >= 910)
        return refund(caller);
    else if (draw >= 820)
        return settle(caller);
    else if (draw >= 720)
        consume(caller, ASK_HOLD, false);
    else if (draw >= 700)
        consume(caller, ASK_CONSUME, true);
    else if (draw >= 660)
        consume_with_key(caller, true, chance(caller, 20) == 0);
    else if (draw >= 560)
        consume_with_key(caller, false, false);
    else
        consume(caller, ASK_CONSUME, false);
    return true;
}

/* --- what became of it --- */

static const Want *want_named(const char *feature, const char *resource)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wants); i++)
        if (strcmp(wants[i].feature, feature) == 0 && g_strcmp0(wants[i].resource, resource) == 0)
            return &wants[i];
    return NULL;
}

bool caller_ask_again(Caller *caller, char **words)
{
    const char *resource = strcmp(words[6], "-") == 0 ? NULL : words[6];
    Ask ask = { .kind = ASK_CONSUME, .subject = words[4], .want = want_named(words[5], resource), .key = words[9], .fingerprint = words[10],
                .units = g_ascii_strtoll(words[7], NULL, 10) };
    if (!ask.want)
        return false;
    ask_now(caller, &ask);
    return true;
}

void caller_run(Caller *caller)
{
    while (__atomic_add_fetch(&caller->shared->calls, 1, __ATOMIC_RELAXED) <= caller->shared->calls_wanted)
        if (!call(caller))
            consume(caller, ASK_CONSUME, false);
}
