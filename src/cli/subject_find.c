/* Looking for people, page by page. */
#include "cli/subject_find.h"

#include "cli/open.h"
#include "cli/people_options.h"
#include "cli/table.h"

/* *next: from where on there are more; NULL: that was all. The list and the text are the caller's. */
static StoreResult find(Store *store, const PeopleAsked *asked, json_t **people, char **next, StoreError *error)
{
    PeopleAsked page = *asked;
    StoreResult result = STORE_OK;
    *people = json_array();
    *next = g_strdup(asked->after);
    do {
        json_t *list = NULL;
        char *after = NULL;
        page.after = *next;
        result = people_search(store, &page, &list, &after, error);
        if (result == STORE_OK)
            json_array_extend(*people, list);
        json_decref(list);
        g_free(*next);
        *next = after;
    } while (result == STORE_OK && *next && json_array_size(*people) < FIND_MOST);
    return result;
}

static void print_people(const json_t *people, const char *next)
{
    static const char *const titles[] = { "subject", "plan", "organization", "e-mail", "suspended", NULL };
    static const char *const members[] = { "organization", "email", "suspended" };
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *person;
    json_array_foreach((json_t *)people, i, person) {
        table_cell_of(table, person, "subject");
        table_cell_of(table, json_object_get(person, "plan"), "key");
        for (size_t m = 0; m < G_N_ELEMENTS(members); m++)
            table_cell_of(table, person, members[m]);
    }
    table_print(table, "nobody is found");
    if (next)
        printf("there are more: --after \"%s\"\n", next);
}

int subject_find(Store *store, const PeopleAsked *asked, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autofree char *next = NULL;
    json_t *people = NULL;
    StoreResult result = people_options_check(store, asked, &error);
    if (result == STORE_OK)
        result = find(store, asked, &people, &next, &error);
    if (result == STORE_OK && json)
        cli_print_json(json_pack("{s:O, s:b, s:s?}", "subjects", people, "more", next != NULL, "after", next));
    else if (result == STORE_OK)
        print_people(people, next);
    json_decref(people);
    return result == STORE_OK ? CMD_OK : cli_fail("subject", result, &error);
}
