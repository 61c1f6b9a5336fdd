/* `webquota rollup`: adds what was recorded to the sums of history, for sites where no process stays to do it. */
#include "cli/open.h"
#include "store/rollup.h"

/* Until nothing is new, or it is somebody else's: a service is at it. Adds to *turns how often something was counted. */
static RollupTurn roll_kind(Store *store, RollupKind kind, int *turns)
{
    Rollup *rollup = rollup_open(store, kind);
    RollupTurn turn;
    do {
        turn = rollup_turn(rollup, ROLLUP_TURN);
        *turns += turn == ROLLUP_MORE || turn == ROLLUP_DONE;
    } while (turn == ROLLUP_MORE);
    rollup_close(rollup);
    return turn;
}

/* All kinds; what the first came to that did not come to its end. */
static RollupTurn roll(Store *store, int *turns)
{
    RollupTurn came_to = ROLLUP_IDLE;
    *turns = 0;
    for (int kind = 0; kind < ROLLUP_KINDS && came_to == ROLLUP_IDLE; kind++) {
        RollupTurn turn = roll_kind(store, (RollupKind)kind, turns);
        came_to = turn == ROLLUP_DONE ? ROLLUP_IDLE : turn;
    }
    return came_to;
}

static int tell(RollupTurn turn, int turns, bool json)
{
    bool elsewhere = turn == ROLLUP_ELSEWHERE;
    if (turn == ROLLUP_FAILED) {
        fprintf(stderr, "webquota rollup: the database cannot be used\n");
        return CMD_DOWN;
    }
    if (turn == ROLLUP_NO_POLICY) {
        fprintf(stderr, "webquota rollup: no policy is in force that can be read; nothing was rolled up\n");
        return CMD_NO;
    }
    if (json)
        cli_print_json(json_pack("{s:b, s:b}", "counted", turns > 0, "elsewhere", elsewhere));
    else
        puts(elsewhere ? "another process rolls history up: this one did nothing" : turns ? "what was new is rolled up" : "nothing is new");
    return CMD_OK;
}

int cmd_rollup(int argc, char **argv)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("rollup", NULL, "Adds what was recorded to the daily sums that history is read from. webquota.fcgi does it by itself;\n"
                             "where there is plain CGI only, let cron do it every few minutes.", entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    if (argc > 1)
        return cli_usage("rollup", "it takes nothing more");
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int turns;
    RollupTurn turn = roll(store, &turns);
    int code = tell(turn, turns, json);
    store_close(store);
    return code;
}
