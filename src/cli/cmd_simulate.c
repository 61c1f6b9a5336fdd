/* `webquota simulate`: who would have been stopped under another policy, by what was recorded. */
#include <unistd.h>

#include "cli/cmd_policy_file.h"
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/table.h"
#include "policy/policy_load.h"
#include "policy/policy_read.h"
#include "store/simulate.h"

#define DAYS_DEFAULT 30
#define DAYS_MAX 366
#define PEOPLE_SHOWN 20
#define BAR_WIDTH 40

/* On a terminal a bar, ten times a second at most. */
typedef struct {
    bool shown;
    int64_t next_us;
} Progress;

static void progress_show(void *data, double share, int64_t records)
{
    Progress *progress = data;
    int64_t now = g_get_monotonic_time();
    if (now < progress->next_us || !isatty(STDERR_FILENO))
        return;
    progress->next_us = now + G_USEC_PER_SEC / 10;
    progress->shown = true;
    int full = (int)(CLAMP(share, 0, 1) * BAR_WIDTH);
    fprintf(stderr, "\r[%.*s%*s] %3d %%  %" PRId64 " records", full, "########################################", BAR_WIDTH - full, "",
            (int)(CLAMP(share, 0, 1) * 100), records);
}

static void progress_end(const Progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r\033[K");
}

/* --- the result --- */

static int person_order(const void *a, const void *b)
{
    const ReplayTally *x = &(*(const ReplayPerson *const *)a)->tally[1], *y = &(*(const ReplayPerson *const *)b)->tally[1];
    if (x->newly != y->newly)
        return x->newly > y->newly ? -1 : 1;
    if (x->relieved != y->relieved)
        return x->relieved > y->relieved ? -1 : 1;
    return strcmp((*(const ReplayPerson *const *)a)->key, (*(const ReplayPerson *const *)b)->key);
}

static GPtrArray *people_sorted(const Replay *replay)
{
    GPtrArray *people = replay_people(replay, replay_person_differs);
    if (people->len)
        qsort(people->pdata, people->len, sizeof *people->pdata, person_order);
    return people;
}

static void set_instant(json_t *object, const char *name, Instant at)
{
    g_autofree char *text = instant_text(at);
    json_object_set_new(object, name, text ? json_string(text) : json_null());
}

static json_t *person_json(const ReplayPerson *person)
{
    const ReplayTally *now = &person->tally[0], *then = &person->tally[1];
    json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s?}", "subject", person->key, "plan", person->plan,
                             "requests", (json_int_t)person->requests, "stopped", (json_int_t)now->stopped, "waited",
                             (json_int_t)now->waited, "would_be_stopped", (json_int_t)then->stopped, "would_wait",
                             (json_int_t)then->waited, "newly", (json_int_t)then->newly, "relieved", (json_int_t)then->relieved,
                             "limit", then->limit ? then->limit->key : NULL);
    set_instant(json, "first", then->first);
    set_instant(json, "last", then->last);
    return json;
}

static void day_sums(const Replay *replay, int world, int64_t *stopped, int64_t *waited)
{
    *stopped = *waited = 0;
    for (guint i = 0; i < replay->days->len; i++) {
        *stopped += g_array_index(replay->days, ReplayDay, i).stopped[world];
        *waited += g_array_index(replay->days, ReplayDay, i).waited[world];
    }
}

static json_t *world_json(const Replay *replay, int world)
{
    int64_t stopped, waited;
    day_sums(replay, world, &stopped, &waited);
    return json_pack("{s:I, s:I, s:I}", "stopped", (json_int_t)stopped, "waited", (json_int_t)waited, "people_stopped",
                     (json_int_t)replay_people_stopped(replay, world));
}

static json_t *days_json(const Replay *replay)
{
    json_t *days = json_array();
    for (guint i = 0; i < replay->days->len; i++) {
        const ReplayDay *day = &g_array_index(replay->days, ReplayDay, i);
        json_t *one = json_pack("{s:I, s:I, s:I}", "requests", (json_int_t)day->requests, "stopped",
                                (json_int_t)(day->stopped[0] + day->waited[0]), "would_be_stopped",
                                (json_int_t)(day->stopped[1] + day->waited[1]));
        set_instant(one, "start", day->start);
        json_array_append_new(days, one);
    }
    return days;
}

static void print_json(const Simulation *simulation)
{
    const Replay *replay = simulation->replay;
    json_t *json = json_pack("{s:I, s:I, s:I, s:o, s:o, s:o}", "requests", (json_int_t)replay->requests, "records",
                             (json_int_t)replay->records, "people", (json_int_t)replay_people_counted(replay), "recorded",
                             json_pack("{s:I, s:I}", "stopped", (json_int_t)replay->recorded_stopped, "waited",
                                       (json_int_t)replay->recorded_waited),
                             "now", world_json(replay, 0), "check",
                             json_pack("{s:I, s:I, s:I}", "told", (json_int_t)replay->told, "agreed", (json_int_t)replay->agreed,
                                       "exact", (json_int_t)replay->exact));
    set_instant(json, "from", simulation->from);
    set_instant(json, "until", simulation->until);
    if (simulation->next) {
        g_autoptr(GPtrArray) people = people_sorted(replay);
        json_t *list = json_array();
        for (guint i = 0; i < people->len; i++)
            json_array_append_new(list, person_json(people->pdata[i]));
        json_object_set_new(json, "then", world_json(replay, 1));
        json_object_set_new(json, "subjects", list);
        json_object_set_new(json, "days", days_json(replay));
    }
    cli_print_json(json);
}

static void cell_number(Table *table, int64_t number)
{
    char text[24];
    g_snprintf(text, sizeof text, "%" PRId64, number);
    table_cell(table, text);
}

/* What stopped somebody: a limit, or what stands in its place. */
static const char *stopper(const ReplayTally *tally)
{
    static const char *const words[] = { [BAR_NO_FEATURE] = "no such feature", [BAR_NOT_IN_PLAN] = "not in the plan" };
    if (tally->limit)
        return tally->limit->key;
    return tally->bar < (int)G_N_ELEMENTS(words) ? words[tally->bar] : NULL;
}

static void print_people(const Replay *replay)
{
    static const char *const titles[] = { "subject", "plan", "requests", "stopped now", "would be", "newly", "first", "last", "limit", NULL };
    g_autoptr(GPtrArray) people = people_sorted(replay);
    g_autoptr(Table) table = table_new(titles);
    for (guint i = 0; i < MIN(people->len, PEOPLE_SHOWN); i++) {
        const ReplayPerson *person = people->pdata[i];
        const ReplayTally *then = &person->tally[1];
        g_autofree char *first = instant_text(then->first);
        g_autofree char *last = instant_text(then->last);
        table_cell(table, person->key);
        table_cell(table, person->plan);
        cell_number(table, person->requests);
        cell_number(table, person->tally[0].stopped + person->tally[0].waited);
        cell_number(table, then->stopped + then->waited);
        cell_number(table, then->newly);
        table_cell(table, first);
        table_cell(table, last);
        table_cell(table, stopper(then));
    }
    puts("");
    table_print(table, "nobody would have been treated otherwise");
    if (people->len > PEOPLE_SHOWN)
        printf("… and %u more; --json lists all\n", people->len - PEOPLE_SHOWN);
}

static void print_world(const char *name, const Replay *replay, int world)
{
    int64_t stopped, waited;
    day_sums(replay, world, &stopped, &waited);
    printf("%-24s %" PRId64 " stopped, %" PRId64 " put in line, %" PRId64 " of %" PRId64 " %s\n", name, stopped, waited,
           replay_people_stopped(replay, world), replay_people_counted(replay), people_word(replay_people_counted(replay)));
}

static void print_text(const Simulation *simulation, bool moves)
{
    const Replay *replay = simulation->replay;
    g_autofree char *from = instant_text(simulation->from);
    g_autofree char *until = instant_text(simulation->until);
    printf("%" PRId64 " requests from %s to %s\n", replay->requests, from, until);
    printf("%-24s %" PRId64 " stopped, %" PRId64 " put in line\n", "as recorded", replay->recorded_stopped, replay->recorded_waited);
    print_world("the policy in force", replay, 0);
    if (simulation->next)
        print_world(moves ? "with the other plan" : "the policy of the file", replay, 1);
    printf("%" PRId64 " of %" PRId64 " decided by the policy in force come out as they were recorded\n", replay->agreed, replay->told);
    if (simulation->next)
        print_people(replay);
}

/* What is tried. */
typedef struct {
    char *path, *days, *plan, *on_plan, *subject;
    gboolean json;
} SimulateOptions;

static void simulate_options_clear(SimulateOptions *options)
{
    g_free(options->path);
    g_free(options->days);
    g_free(options->plan);
    g_free(options->on_plan);
    g_free(options->subject);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimulateOptions, simulate_options_clear)

/* The policy in force once more, in which somebody has another plan. NULL after saying why not; *code says what that is. */
static Policy *policy_of_move(Store *store, const SimulateOptions *options, int *code)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    StoreResult result = store_policy(store, &policy, &error);
    const char *const plans[] = { options->plan, options->on_plan };
    if (result != STORE_OK) {
        *code = cli_fail("simulate", result, &error);
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(plans); i++)
        if (plans[i] && !policy_plan(policy, plans[i])) {
            fprintf(stderr, "webquota simulate: there is no plan %s\n", plans[i]);
            *code = CMD_NO;
            return NULL;
        }
    return policy_read(policy->text, "policy", mistakes);
}

static int run(Store *store, Policy *next, int days, const SimulateOptions *options)
{
    Progress progress = { 0 };
    const SimulateAsk ask = { .next = next, .days = days, .move = { options->subject, options->on_plan, options->plan },
                              .progress = progress_show, .data = &progress };
    g_auto(StoreError) error = { 0 };
    g_autoptr(Simulation) simulation = NULL;
    StoreResult result = store_simulate(store, &ask, &simulation, &error);
    progress_end(&progress);
    if (result == STORE_OK && options->json)
        print_json(simulation);
    else if (result == STORE_OK)
        print_text(simulation, options->plan);
    return result == STORE_OK ? CMD_OK : cli_fail("simulate", result, &error);
}

static int simulate(const SimulateOptions *options, int days)
{
    g_autoptr(Policy) next = options->path ? policy_file_policy(options->path) : NULL;
    if (options->path && !next)
        return CMD_NO;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = CMD_DOWN;
    if (options->plan)
        next = policy_of_move(store, options, &code);
    if (next || !options->plan)
        code = run(store, next, days, options);
    store_close(store);
    return code;
}

/* False after complaining. */
static bool fits(const SimulateOptions *options, int64_t *days)
{
    if (!cli_whole("simulate", "--days", options->days, 1, DAYS_MAX, days) || !cli_text("simulate", "--plan", options->plan, 1, 64) ||
        !cli_text("simulate", "--on-plan", options->on_plan, 1, 64) || !cli_text("simulate", "--subject", options->subject, 1, 255))
        return false;
    if (options->plan && options->path)
        (void)cli_usage("simulate", "--plan cannot stand beside --policy");
    else if (options->plan && !options->on_plan && !options->subject)
        (void)cli_usage("simulate", "--plan needs --on-plan or --subject: who would have it");
    else if (!options->plan && (options->on_plan || options->subject))
        (void)cli_usage("simulate", "%s goes with --plan", options->on_plan ? "--on-plan" : "--subject");
    else
        return true;
    return false;
}

int cmd_simulate(int argc, char **argv)
{
    g_auto(SimulateOptions) options = { 0 };
    const GOptionEntry entries[] = {
        { "policy", 0, 0, G_OPTION_ARG_FILENAME, &options.path,
          "The other policy; without one, the policy in force is checked against the records", "FILE" },
        { "plan", 0, 0, G_OPTION_ARG_STRING, &options.plan, "Instead of that: the plan that some would have had", "PLAN" },
        { "on-plan", 0, 0, G_OPTION_ARG_STRING, &options.on_plan, "Who: those who were on this plan", "PLAN" },
        { "subject", 0, 0, G_OPTION_ARG_STRING, &options.subject, "Who: this person", "NAME" },
        { "days", 0, 0, G_OPTION_ARG_STRING, &options.days, "How far back (30)", "N" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON, with everybody concerned", NULL },
        { NULL },
    };
    int parsed = cli_options("simulate", NULL,
                             "Decides what was recorded once more, under another policy, or with another plan for some: who would have been\n"
                             "stopped, when and how often. Changes nothing.", entries, &argc, &argv);
    int64_t days = DAYS_DEFAULT;
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    if (argc != 1)
        return cli_usage("simulate", "it takes options only");
    return fits(&options, &days) ? simulate(&options, (int)days) : CMD_USAGE;
}
