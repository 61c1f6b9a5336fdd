/* exact: calls the ledger from many threads of several processes at once, while the clock jumps, policies change, and now and
 * then a process is killed or a connection cut. In the end what had a key and no answer is asked for once more. It judges nothing: check.mjs does, from the journals and the tables.
 *
 *   exact --folder JOURNALS --calls N [--processes N] [--threads N] [--subjects N] [--seed N] [--turns N] [--kills N] [--cuts N]
 *         [--seconds N] [--apart] POLICY-FILE ANOTHER-POLICY-FILE
 *
 * DATABASE_URL names a database that it may empty. To `decisions` and to what decides about amounts it adds a column with the
 * transaction that wrote the row, from which PostgreSQL tells when it was committed (track_commit_timestamp).
 */
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"
#include "policy/policy_load.h"
#include "store/migrate.h"
#include "store/policy_store.h"

#define LOOK_US 5000
#define POLICY_TRIES 5

static struct {
    char *folder;
    int calls, processes, threads, subjects, seed, turns, kills, cuts, seconds;
    gboolean apart;
} given = { .processes = 4, .threads = 12, .subjects = 64, .seed = 1, .turns = 12, .kills = 2, .cuts = 3 };

static const char *database;
static Shared *shared;
static GRand *dice;
static Journal journal;
static PGconn *connection;
static Policy *policies[2];

static void die(const char *what, const char *why)
{
    fprintf(stderr, "exact: %s: %s\n", what, why);
    exit(1);
}

static void sql(const char *text)
{
    PGresult *result = PQexec(connection, text);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        die(text, PQerrorMessage(connection));
    PQclear(result);
}

static Store *store_of_process(bool listen)
{
    StoreConfig config = { .database = database, .prepared = true, .readers = 2, .listen = listen, .read_policy = policy_load };
    return store_open(&config);
}

/* --- what happens around the callers --- */

/* The clock goes on by an hour, a day or a minute: to just after the turn of one. */
static void clock_turn(int turn)
{
    static const int64_t steps_s[] = { 3600, 60, 3600, 3600, 86400, 3600, 60, 3600 };
    static int64_t ahead_us;
    int64_t step_us = steps_s[turn % (int)G_N_ELEMENTS(steps_s)] * US_PER_S;
    int64_t now = g_get_real_time() + ahead_us;
    ahead_us += now / step_us * step_us + step_us - now;
    g_autofree char *text = g_strdup_printf("create or replace function webquota.clock() returns timestamptz language sql volatile as "
                                            "'select clock_timestamp() + interval ''%" PRId64 " microseconds'''", ahead_us);
    journal_begin(&journal, "clock\t%" PRId64, ahead_us);
    sql(text);
    journal_answer(&journal, "ok\t%" PRId64, ahead_us);
}

static void change_policy(void)
{
    static int times;
    Store *store = store_of_process(false);
    g_auto(StoreError) error = { 0 };
    int version;
    bool changed;
    journal_begin(&journal, "policy\t%d", times % 2);
    StoreResult result = STORE_DOWN; /* in vain, or perhaps not: the same text once more is the same version */
    for (int tries = 0; tries < POLICY_TRIES && result == STORE_DOWN; tries++)
        result = policy_apply(store, policies[times % 2], "load", NULL, &version, &changed, &error);
    if (result != STORE_OK)
        die("policy", error.detail);
    journal_answer(&journal, "ok\t%d", version);
    store_close(store);
    times++;
}

/* Some connection of the callers ends, in the middle of whatever it was at. */
static void connection_cut(void)
{
    journal_begin(&journal, "cut");
    sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " and backend_type = 'client backend' order by state = 'active' desc, random() limit 1");
    journal_answer(&journal, "ok");
}

/* --- processes --- */

static void *thread_main(void *data)
{
    caller_run(data);
    return NULL;
}

static void process_run(int process, int generation)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    static Caller callers[THREADS_MAX];
    pthread_t threads[THREADS_MAX];
    Store *store = store_of_process(true);
    for (int i = 0; i < given.threads; i++) {
        g_autofree char *name = g_strdup_printf("%d.%d.%d", process, generation, i);
        uint32_t seed = (uint32_t)given.seed * 1000003u + (uint32_t)(process * 10007 + generation * 101 + i);
        callers[i] = (Caller){ .shared = shared, .store = store, .random = g_rand_new_with_seed(seed),
                               .process = process };
        if (!journal_open(&callers[i].journal, given.folder, name))
            die(name, g_strerror(errno));
        pthread_create(&threads[i], NULL, thread_main, &callers[i]);
    }
    for (int i = 0; i < given.threads; i++) {
        pthread_join(threads[i], NULL);
        journal_close(&callers[i].journal);
        g_rand_free(callers[i].random);
    }
    store_close(store);
    _exit(0);
}

static pid_t process_start(int process, int generation)
{
    pid_t pid = fork();
    if (pid < 0)
        die("fork", g_strerror(errno));
    if (pid == 0)
        process_run(process, generation);
    return pid;
}

typedef struct {
    pid_t pid[PROCESSES_MAX];    /* 0: it has ended */
    int generation[PROCESSES_MAX];
    bool killed[PROCESSES_MAX];
} Processes;

static void process_kill(Processes *all)
{
    int one = g_rand_int_range(dice, 0, given.processes);
    if (!all->pid[one])
        return;
    journal_begin(&journal, "kill\t%d.%d", one, all->generation[one]);
    kill(all->pid[one], SIGKILL);
    all->killed[one] = true;
    journal_answer(&journal, "ok");
}

/* Starts those that were killed again. How many are at work? */
static int processes_look_after(Processes *all)
{
    int running = 0;
    for (int i = 0; i < given.processes; i++) {
        int status;
        if (all->pid[i] && waitpid(all->pid[i], &status, WNOHANG) == all->pid[i]) {
            if (!all->killed[i] && status != 0)
                die("a process of callers", "it ended by itself, and not well");
            bool again = all->killed[i];
            all->killed[i] = false;
            all->pid[i] = again ? process_start(i, ++all->generation[i]) : 0;
        }
        running += all->pid[i] != 0;
    }
    return running;
}

/* Is it time for the next of `times` things that are spread evenly over all calls? */
static bool due(int done, int times)
{
    int64_t calls = __atomic_load_n(&shared->calls, __ATOMIC_RELAXED);
    return done < times && calls < given.calls && calls >= (int64_t)given.calls * (done + 1) / (times + 1);
}

/* How far it is, for whoever waits. */
static void tell(void)
{
    static int told;
    int tenths = (int)(MIN(__atomic_load_n(&shared->calls, __ATOMIC_RELAXED), given.calls) * 10 / given.calls);
    if (tenths > told)
        printf("    %d0 %% of %d calls\n", told = tenths, given.calls);
    fflush(stdout);
}

static void conduct(void)
{
    static Processes all;
    for (int i = 0; i < given.processes; i++)
        all.pid[i] = process_start(i, 0);
    int turns = 0, changes = 0, kills = 0, cuts = 0;
    int64_t end = given.seconds ? g_get_monotonic_time() + given.seconds * US_PER_S : INT64_MAX;
    while (processes_look_after(&all)) {
        if (due(turns, given.turns))
            clock_turn(turns++);
        if (due(changes, given.turns + 1)) {
            change_policy();
            changes++;
        }
        if (due(kills, given.kills)) {
            process_kill(&all);
            kills++;
        }
        if (due(cuts, given.cuts)) {
            connection_cut();
            cuts++;
        }
        if (g_get_monotonic_time() > end)
            __atomic_store_n(&shared->calls, given.calls, __ATOMIC_RELAXED);
        tell();
        g_usleep(LOOK_US);
    }
}

/* --- after --- */

/* In a process of its own, as make_subjects. */
static void resolve(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        Caller caller = { .shared = shared, .store = store_of_process(false), .random = g_rand_new_with_seed((guint32)given.seed) };
        int asked = journal_open(&caller.journal, given.folder, "resolver") ? resolve_unknown(given.folder, &caller) : -1;
        journal_close(&caller.journal);
        g_rand_free(caller.random);
        store_close(caller.store);
        printf("    %d calls with a key and no answer were asked for once more\n", asked);
        fflush(stdout);
        _exit(asked < 0 ? 1 : 0);
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        die("unknown outcomes", "they could not be resolved");
}

/* --- before --- */

static void witness(const char *table)
{
    g_autofree char *text = g_strdup_printf("alter table webquota.%s add column load_xid xid8 not null default pg_current_xact_id()", table);
    sql(text);
}

static void make_database(void)
{
    sql("set client_min_messages = error; drop schema if exists webquota cascade");
    g_auto(StoreError) error = { 0 };
    if (migrate_run(database, NULL, NULL, &error) != STORE_OK)
        die("migrate", error.detail);
    static const char *const tables[] = { "decisions", "audit", "policies", "overrides" };
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        witness(tables[i]);
    clock_turn(0);
    change_policy();
}

/* In a process of its own, since a store has threads, and what forks must not. */
static void make_subjects(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        Store *store = store_of_process(false);
        bool made = callers_prepare(store, given.subjects);
        store_close(store);
        _exit(made ? 0 : 1);
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        die("subjects", "they could not be made");
}

static Policy *policy_from(const char *path)
{
    g_autofree char *text = NULL;
    g_autofree char *why = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        die(path, "it cannot be read");
    Policy *policy = policy_load(text, path, &why);
    if (!policy)
        die(path, why);
    return policy;
}

static void read_options(int argc, char **argv)
{
    const GOptionEntry entries[] = {
        { "folder", 0, 0, G_OPTION_ARG_FILENAME, &given.folder, "Where the journals go", "FOLDER" },
        { "calls", 0, 0, G_OPTION_ARG_INT, &given.calls, "How many calls in all", "N" },
        { "processes", 0, 0, G_OPTION_ARG_INT, &given.processes, "How many processes", "N" },
        { "threads", 0, 0, G_OPTION_ARG_INT, &given.threads, "How many threads each", "N" },
        { "subjects", 0, 0, G_OPTION_ARG_INT, &given.subjects, "How many subjects they call about, a multiple of 32", "N" },
        { "apart", 0, 0, G_OPTION_ARG_NONE, &given.apart, "Each process has its own subjects to ask about", NULL },
        { "seed", 0, 0, G_OPTION_ARG_INT, &given.seed, "Where the draws begin", "N" },
        { "turns", 0, 0, G_OPTION_ARG_INT, &given.turns, "How often the clock jumps", "N" },
        { "kills", 0, 0, G_OPTION_ARG_INT, &given.kills, "How many processes are killed", "N" },
        { "cuts", 0, 0, G_OPTION_ARG_INT, &given.cuts, "How many connections are cut", "N" },
        { "seconds", 0, 0, G_OPTION_ARG_INT, &given.seconds, "Begin no call after so long", "N" },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("POLICY-FILE ANOTHER-POLICY-FILE");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    database = g_getenv("DATABASE_URL");
    if (!g_option_context_parse(context, &argc, &argv, &error))
        die("options", error->message);
    if (!database || !given.folder || given.calls < 1 || given.processes < 1 || given.processes > PROCESSES_MAX ||
        given.threads < 1 || given.threads > THREADS_MAX || given.subjects < 4 * ORGANIZATIONS ||
        given.subjects % (4 * ORGANIZATIONS) || (given.apart && ORGANIZATIONS % given.processes) || argc != 3)
        die("options", "see --help; and DATABASE_URL must name a database that may be emptied");
    policies[0] = policy_from(argv[1]);
    policies[1] = policy_from(argv[2]);
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        die("mmap", g_strerror(errno));
    shared->calls_wanted = given.calls;
    shared->subjects = given.subjects;
    shared->processes = given.processes;
    shared->apart = given.apart;
    shared->seed = (uint32_t)given.seed;
    dice = g_rand_new_with_seed((guint32)given.seed);
    connection = PQconnectdb(database);
    if (PQstatus(connection) != CONNECTION_OK)
        die("database", PQerrorMessage(connection));
    if (!journal_open(&journal, given.folder, "conductor"))
        die(given.folder, g_strerror(errno));
    make_database();
    make_subjects();
    conduct();
    resolve();
    PQfinish(connection);
    journal_close(&journal);
    policy_unref(policies[0]);
    policy_unref(policies[1]);
    g_rand_free(dice);
    return 0;
}
