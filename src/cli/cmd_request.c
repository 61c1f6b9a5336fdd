/* `webquota request list|approve|deny`: what people have asked for. */
#include "cli/open.h"

#include "cli/inputs.h"
#include "cli/table.h"
#include "store/requests.h"

enum { STATE, SUBJECT, PLAN, LIMIT, AMOUNT, MULTIPLIER, EXPIRES, REASON };

typedef struct {
    OptionTexts texts;
    gboolean unlimited, json;
} RequestOptions;

#define MULTIPLIER_MAX 1000000

static void print_table(json_t *list)
{
    static const char *const titles[] = {"id", "state", "subject", "feature", "asks for", "limit", "amount", "why", "answer", NULL};
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *request;
    json_array_foreach(list, i, request) {
        const char *plan = json_string_value(json_object_get(request, "plan"));
        table_cell_of(table, request, "request");
        table_cell_of(table, request, "state");
        table_cell_of(table, request, "subject");
        table_cell_of(table, request, "feature");
        if (plan)
            table_cell(table, plan);
        else
            table_cell_of(table, request, "kind");
        table_cell_of(table, request, "limit");
        table_cell_of(table, request, "amount");
        table_cell_of(table, request, "reason");
        table_cell_of(table, request, "answer");
    }
    table_print(table, "there are no requests");
}

static int list(Store *store, const RequestOptions *options)
{
    char *const *of = options->texts.of;
    const char *state = of[STATE] ? of[STATE] : "pending";
    g_auto(StoreError) error = {0};
    json_t *requests = NULL;
    StoreResult result =
        request_list(store, of[SUBJECT], strcmp(state, "all") == 0 ? NULL : state, NULL, &requests, &error);
    if (result != STORE_OK)
        return cli_fail("request", result, &error);
    if (options->json) {
        cli_print_json(json_pack("{s:o}", "requests", requests));
        return CMD_OK;
    }
    print_table(requests);
    json_decref(requests);
    return CMD_OK;
}

static int answered(StoreResult result, json_t *request, bool json, const StoreError *error)
{
    if (result != STORE_OK)
        return cli_fail("request", result, error);
    if (json) {
        cli_print_json(request);
        return CMD_OK;
    }
    printf("request %s of %s on %s is %s\n", json_string_value(json_object_get(request, "request")),
           json_string_value(json_object_get(request, "subject")), json_string_value(json_object_get(request, "feature")),
           json_string_value(json_object_get(request, "state")));
    json_decref(request);
    return CMD_OK;
}

static int gift_read(const RequestOptions *options, RequestGift *gift)
{
    char *const *of = options->texts.of;
    *gift = (RequestGift){.plan = of[PLAN], .limit = of[LIMIT], .unlimited = options->unlimited, .expires_at = INSTANT_MAX,
                          .reason = of[REASON]};
    if ((of[AMOUNT] != NULL) + (of[MULTIPLIER] != NULL) + options->unlimited > 1)
        return cli_usage("request", "--amount, --multiplier and --unlimited do not go together");
    bool good = cli_whole("request", "--amount", of[AMOUNT], 1, UNITS_MAX, &gift->amount) &&
                cli_real("request", "--multiplier", of[MULTIPLIER], MULTIPLIER_MAX, &gift->multiplier) &&
                cli_instant("request", "--expires", of[EXPIRES], DAY_ENDS, &gift->expires_at) && cli_text("request", "--plan", of[PLAN], 1, 64) &&
                cli_text("request", "--limit", of[LIMIT], 1, 64);
    return good ? CMD_OK : CMD_USAGE;
}

static int answer(Store *store, bool approves, const char *id, const RequestOptions *options, const RequestGift *gift)
{
    g_auto(StoreError) error = {0};
    json_t *request = NULL;
    g_autofree char *actor = cli_actor();
    StoreResult result = approves ? request_approve(store, id, gift, actor, &request, &error)
                                  : request_deny(store, id, options->texts.of[REASON], actor, &request, &error);
    return answered(result, request, options->json, &error);
}

static bool options_fit(const char *what, const RequestOptions *options)
{
    static const struct {
        const char *what;
        bool takes[REASON + 1];
    } commands[] = {{"list", {[STATE] = true, [SUBJECT] = true}},
                    {"approve", {[PLAN] = true, [LIMIT] = true, [AMOUNT] = true, [MULTIPLIER] = true, [EXPIRES] = true, [REASON] = true}},
                    {"deny", {[REASON] = true}}};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        for (int option = 0; strcmp(commands[i].what, what) == 0 && option <= REASON; option++)
            if (options->texts.of[option] && !commands[i].takes[option])
                return false;
    return !options->unlimited || strcmp(what, "approve") == 0;
}

static int run(const char *what, const char *id, const RequestOptions *options)
{
    char *const *of = options->texts.of;
    static const char *const states[] = {"pending", "approved", "denied", "all", NULL};
    bool approves = strcmp(what, "approve") == 0, lists = strcmp(what, "list") == 0;
    RequestGift gift = {0};
    if (!options_fit(what, options))
        return cli_usage("request", "%s does not take all of these options", what);
    if (of[STATE] && !g_strv_contains(states, of[STATE]))
        return cli_usage("request", "--state is pending, approved, denied or all");
    if (!lists && !approves && !of[REASON])
        return cli_usage("request", "deny needs --reason, which the person is told");
    if (!cli_text("request", "--reason", of[REASON], 1, REQUEST_REASON_MAX) || !cli_text("request", "--subject", of[SUBJECT], 1, 255) ||
        (approves && gift_read(options, &gift) != CMD_OK))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int day = cli_day(store, "request", of[EXPIRES], DAY_ENDS, &gift.expires_at);
    int code = day != CMD_OK ? day : lists ? list(store, options) : answer(store, approves, id, options, &gift);
    store_close(store);
    return code;
}

int cmd_request(int argc, char **argv)
{
    RequestOptions options = {0};
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        {"state", 0, 0, G_OPTION_ARG_STRING, &of[STATE], "pending (the default), approved, denied or all (list)", "STATE"},
        {"subject", 0, 0, G_OPTION_ARG_STRING, &of[SUBJECT], "Whose (list)", "NAME"},
        {"plan", 0, 0, G_OPTION_ARG_STRING, &of[PLAN], "Another plan than was asked for (approve)", "PLAN"},
        {"limit", 0, 0, G_OPTION_ARG_STRING, &of[LIMIT], "Which limit is raised, if not the one asked for (approve)", "LIMIT"},
        {"amount", 0, 0, G_OPTION_ARG_STRING, &of[AMOUNT], "To how much, if not as asked (approve)", "NUMBER"},
        {"multiplier", 0, 0, G_OPTION_ARG_STRING, &of[MULTIPLIER], "By how much the plan's amount is multiplied (approve)", "NUMBER"},
        {"unlimited", 0, 0, G_OPTION_ARG_NONE, &options.unlimited, "Not limited at all (approve)", NULL},
        {"expires", 0, 0, G_OPTION_ARG_STRING, &of[EXPIRES], "When it ends (approve)", "TIME"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &of[REASON], "What the person is told (approve, deny)", "TEXT"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL},
        {NULL},
    };
    int parsed = cli_options("request", "list | approve ID | deny ID", "Lists and answers what people ask for.\n\n"
                             "An approved increase becomes an override, an approved upgrade another plan.", entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    const char *what = argc > 1 ? argv[1] : "";
    bool lists = strcmp(what, "list") == 0, answers = strcmp(what, "approve") == 0 || strcmp(what, "deny") == 0;
    int code = (lists && argc == 2) || (answers && argc == 3) ? run(what, argc == 3 ? argv[2] : NULL, &options)
                                                               : cli_usage("request", "it takes list, approve ID, or deny ID");
    option_texts_clear(&options.texts);
    return code;
}
