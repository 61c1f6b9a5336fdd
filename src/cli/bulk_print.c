/* Bulks, as people read them: one, and all of them. */
#include "cli/bulk_print.h"

#include "cli/table.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

bool bulk_runs(const json_t *bulk)
{
    return g_strcmp0(text_of(bulk, "state"), "running") == 0;
}

/* A bulk that only a newer program can make is not under way here. */
static const char *state_of(const json_t *bulk)
{
    return bulk_runs(bulk) && json_is_false(json_object_get(bulk, "known")) ? "passed over" : text_of(bulk, "state");
}

/* "Those …" of it, in the words of its options. */
static char *whom(const json_t *bulk)
{
    static const char *const names[] = { "q", "filter", "on_plan", "organization", "key" };
    static const char *const options[] = { "--find", "--filter", "--on-plan", "--organization", "--key" };
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *said = text_of(bulk, names[i]);
        bool by_plan = strcmp(names[i], "filter") == 0 && g_strcmp0(said, "plan") == 0; /* --on-plan says so */
        if (said && !by_plan)
            g_string_append_printf(text, "%s%s \"%s\"", text->len ? " " : "", options[i], said);
    }
    if (number_of(bulk, "near"))
        g_string_append_printf(text, " --near %" PRId64, number_of(bulk, "near"));
    return g_string_free(text, FALSE);
}

/* "20", "unlimited" or "× 1.5"; NULL: it has none. New string. */
static char *amount_of(const json_t *bulk)
{
    if (g_strcmp0(text_of(bulk, "kind"), "unlimited") == 0)
        return g_strdup("unlimited");
    g_autofree char *multiplier = json_shown(json_object_get(bulk, "multiplier"));
    return multiplier ? g_strdup_printf("× %s", multiplier) : json_shown(json_object_get(bulk, "amount"));
}

static void print_facts(const json_t *bulk)
{
    static const char *const before[][2] = { { "feature", "feature" }, { "limit", "limit" }, { "plan", "plan" },
                                             { "undoes", "undoes" } };
    static const char *const after[][2] = { { "until", "expires_at" }, { "then", "then" }, { "reason", "reason" }, { "by", "actor" },
                                            { "begun", "created_at" }, { "ended", "ended_at" }, { "stopped by", "stopped_by" },
                                            { "undone by", "undone_by" } };
    g_autofree char *who = whom(bulk), *amount = amount_of(bulk);
    print_fact("whom", who);
    for (size_t i = 0; i < G_N_ELEMENTS(before); i++)
        print_fact(before[i][0], text_of(bulk, before[i][1]));
    print_fact("amount", amount);
    for (size_t i = 0; i < G_N_ELEMENTS(after); i++)
        print_fact(after[i][0], text_of(bulk, after[i][1]));
}

void bulk_print(const json_t *bulk, bool facts)
{
    size_t i;
    json_t *failure;
    int64_t people = number_of(bulk, "people");
    printf("bulk %s, %s: %s; %" PRId64 " %s, %" PRId64 " done, %" PRId64 " failed, %" PRId64 " left\n", text_of(bulk, "bulk"),
           text_of(bulk, "what"), state_of(bulk), people, people_word(people), number_of(bulk, "done"), number_of(bulk, "failed"),
           number_of(bulk, "left"));
    if (facts)
        print_facts(bulk);
    json_array_foreach(json_object_get(bulk, "failures"), i, failure)
        printf("  %s: %s\n", text_of(failure, "subject"), text_of(failure, "why"));
}

void bulk_print_list(const json_t *list)
{
    static const char *const titles[] = { "id", "what", "feature", "plan", "amount", "whom", "people", "state", "done", "failed", "left", "by",
                                          "begun", "reason", NULL };
    static const char *const first[] = { "bulk", "what", "feature", "plan" };
    static const char *const rest[] = { "done", "failed", "left", "actor", "created_at", "reason" };
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *bulk;
    json_array_foreach((json_t *)list, i, bulk) {
        g_autofree char *who = whom(bulk), *amount = amount_of(bulk);
        for (size_t n = 0; n < G_N_ELEMENTS(first); n++)
            table_cell_of(table, bulk, first[n]);
        table_cell(table, amount);
        table_cell(table, who);
        table_cell_of(table, bulk, "people");
        table_cell(table, state_of(bulk));
        for (size_t n = 0; n < G_N_ELEMENTS(rest); n++)
            table_cell_of(table, bulk, rest[n]);
    }
    table_print(table, "there is none");
}
