/* As policy_limit.c: the text is changed in place, and read again. */
#include "policy/policy_route.h"

#include "policy/policy_edit.h"
#include "policy/policy_list.h"

/* Its name, and the word that holds where nothing is written. */
static const struct {
    const char *name, *otherwise;
    bool is_list;
} options[ROUTE_OPTIONS] = {
    [ROUTE_METHOD] = {.name = "method"},   [ROUTE_PATH] = {.name = "path"},
    [ROUTE_QUERY] = {.name = "query", .is_list = true}, [ROUTE_FEATURE] = {.name = "feature"},
    [ROUTE_RESOURCE_QUERY] = {.name = "resource_query"}, [ROUTE_RESOURCE_SEGMENT] = {.name = "resource_segment"},
    [ROUTE_UNITS] = {.name = "units", .otherwise = "1"}, [ROUTE_CHARGE] = {.name = "charge", .otherwise = "admit"},
};

#define NUMBER_BYTES 12

const char *route_option_name(RouteOption option)
{
    return options[option].name;
}

bool route_option_is_list(RouteOption option)
{
    return options[option].is_list;
}

const char *route_option_default(RouteOption option)
{
    return options[option].otherwise;
}

/* `text` becomes the number as a place has it. */
static PolicyPlace place_of(int number, char text[NUMBER_BYTES])
{
    (void) g_snprintf(text, NUMBER_BYTES, "%d", number);
    return (PolicyPlace){.kind = "route", .key = text};
}

char *route_written(const Policy *policy, int number, RouteOption option)
{
    char text[NUMBER_BYTES];
    const PolicyPlace place = place_of(number, text);
    g_autofree char *written = policy_written(policy->text, &place, options[option].name);
    return written && options[option].is_list && !*written ? g_strdup("none") : g_steal_pointer(&written);
}

typedef struct {
    PolicyEdit edits[ROUTE_OPTIONS];
    char *values[ROUTE_OPTIONS];
    int count;
} Edits;

static void edits_clear(Edits *edits)
{
    for (int i = 0; i < edits->count; i++)
        g_free(edits->values[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Edits, edits_clear)

/* Lists are told apart by what is in them. New string. */
static char *plain(RouteOption option, const char *word)
{
    g_auto(GStrv) values = options[option].is_list ? policy_list_read(word) : NULL;
    return values ? policy_list_text(values) : g_strdup(word);
}

/* What is written already, or is so without being written, stays out of the text. `number`: 0 of a new one. */
static void edits_of(const Policy *policy, int number, const RouteWish *wish, Edits *edits)
{
    for (RouteOption option = 0; option < ROUTE_OPTIONS; option++) {
        const char *wished = wish->of[option];
        g_autofree char *written = number ? route_written(policy, number, option) : NULL;
        g_autofree char *value = wished && *wished ? plain(option, wished) : NULL;
        const char *now = written ? written : options[option].otherwise;
        bool goes = wished && !*wished && written;
        if (!goes && (!value || g_strcmp0(value, now) == 0))
            continue;
        edits->edits[edits->count] = (PolicyEdit){options[option].name, value, options[option].is_list};
        edits->values[edits->count++] = g_steal_pointer(&value);
    }
}

static Policy *read_again(const char *text, GPtrArray *mistakes)
{
    return policy_read(text ? text : "", "policy", mistakes);
}

Policy *policy_with_route(const Policy *policy, int number, const RouteWish *wish, GPtrArray *mistakes)
{
    char text[NUMBER_BYTES];
    g_auto(Edits) edits = {0};
    const PolicyPlace place = place_of(number, text);
    edits_of(policy, number, wish, &edits);
    g_autofree char *edited = policy_edit(policy->text, &place, edits.edits, edits.count);
    return read_again(edited, mistakes);
}

Policy *policy_with_new_route(const Policy *policy, int number, const RouteWish *wish, GPtrArray *mistakes)
{
    char text[NUMBER_BYTES];
    g_auto(Edits) edits = {0};
    PolicyPlace place = place_of(number, text);
    if (!number)
        place.key = NULL;
    edits_of(policy, 0, wish, &edits);
    g_autofree char *edited = policy_add(policy->text, &place, edits.edits, edits.count);
    return read_again(edited, mistakes);
}

Policy *policy_without_route(const Policy *policy, int number, GPtrArray *mistakes)
{
    char text[NUMBER_BYTES];
    const PolicyPlace place = place_of(number, text);
    g_autofree char *edited = policy_remove(policy->text, &place);
    return read_again(edited, mistakes);
}
