/* Fuzzes routes: a method, the address as the client wrote it, the query as the server has it, and what the server's
 * configuration names (feature, resource, units), one a line. Another spelling of the same address is metered alike. */
#include "page.h"
#include "world.h"

#include "web/metered.h"

static Policy *policy;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    policy = world_policy();
    log_threshold((LogLevel)0);
    return 0;
}

static void check_metered(const Metered *metered)
{
    if (!metered->feature)
        return;
    HOLDS(policy_feature(policy, metered->feature) && metered->units >= 1 && metered->units <= UNITS_MAX);
    HOLDS(metered->resource_count >= 1 && metered->resource_count <= LEDGER_ITEMS_MAX);
    for (int i = 0; i < metered->resource_count; i++) {
        const char *resource = metered->resources[i];
        HOLDS(!resource || text_is_plain(resource, strlen(resource), 255));
        for (int j = 0; j < i; j++)
            HOLDS(policy_feature_for(policy, metered->feature, metered->resources[j]) !=
                  policy_feature_for(policy, metered->feature, resource));
    }
}

/* The feature that the request is metered as, or what it was answered with. New string. */
static char *metered_as(const char *method, char **params)
{
    Exchange exchange = {.params = params, .authorizer = true};
    Request request = {.exchange = &exchange, .method = method, .authorizer = true};
    g_autoptr(Response) response = response_new();
    Call call = {.request = &request, .response = response, .policy = policy_ref(policy),
                 .identity = {.kind = IDENTITY_PERSON, .subject = g_strdup("ada")}};
    g_auto(Metered) metered = {0};
    bool good = metered_find(&call, &metered);
    char *text = NULL;
    if (good) {
        check_metered(&metered);
        HOLDS(response_status_of(response) == 0);
        text = g_strdup_printf("%s %" PRId64 " %d %d", metered.feature ? metered.feature : "nothing", metered.units,
                               metered.charge, metered.resource_count);
    } else {
        g_autoptr(GString) answer = response_render(response, false);
        answer_check(answer, false);
        HOLDS(response_status_of(response) == 400 || response_status_of(response) == 503);
        text = g_strdup_printf("%d", response_status_of(response));
    }
    call_clear(&call);
    return text;
}

/* Every letter of the path percent-encoded, and slashes doubled. */
static char *spelled_otherwise(const char *target)
{
    GString *out = g_string_new(NULL);
    const char *at = target;
    for (; *at && !strchr("?#", *at); at++) {
        bool escape = at[0] == '%' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2]);
        if (escape) {
            g_string_append_len(out, at, 3);
            at += 2;
        } else if (g_ascii_isalnum(*at)) {
            g_string_append_printf(out, "%%%02x", (unsigned char)*at);
        } else {
            g_string_append(out, *at == '/' ? "/./" : (char[]){*at, '\0'});
        }
    }
    g_string_append(out, at);
    return g_string_free(out, FALSE);
}

/* What some programs take off a path, others do not: with it the request is metered still. */
static char *with_more(const char *target, const char *more)
{
    size_t len = strcspn(target, "?#");
    g_autofree char *path = g_strndup(target, len);
    return g_strconcat(path, more, target + len, NULL);
}

static void check_more(const char *method, char **params, const char *name)
{
    static const char *const more[] = {"%0a", ";x=1", "%7F"};
    g_autofree char *target = g_strdup(params[0] + strlen(name));
    for (size_t i = 0; i < G_N_ELEMENTS(more); i++) {
        g_autofree char *longer = with_more(target, more[i]);
        g_free(params[0]);
        params[0] = g_strconcat(name, longer, NULL);
        g_autofree char *text = metered_as(method, params);
        HOLDS(!g_str_has_prefix(text, "nothing"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const names[] = {"REQUEST_URI=", "QUERY_STRING=", "WEBQUOTA_FEATURE=", "WEBQUOTA_RESOURCE=",
                                        "WEBQUOTA_UNITS=", "SCRIPT_NAME=", "PATH_INFO="};
    Rest rest = {bytes, bytes + size};
    char *params[G_N_ELEMENTS(names) + 1] = {0};
    g_autofree char *method = rest_line(&rest);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = rest_line(&rest);
        params[i] = g_strconcat(names[i], value, NULL);
    }
    g_autofree char *once = metered_as(method, params);
    const char *target = params[0] + strlen(names[0]);
    /* A broken escape may become a good one; and segments' parameters are looked for in the address as it was written. */
    bool plain = *target == '/' && !strchr(target, ';') && !strstr(target, "%%");
    for (const char *at = strchr(target, '%'); at; at = strchr(at + 1, '%'))
        plain = plain && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2]) && strncmp(at, "%00", 3) != 0;
    if (plain) {
        g_autofree char *other = spelled_otherwise(target);
        g_free(params[0]);
        params[0] = g_strconcat(names[0], other, NULL);
        g_autofree char *again = metered_as(method, params);
        HOLDS(strcmp(once, again) == 0);
        if (!g_str_has_prefix(once, "nothing"))
            check_more(method, params, names[0]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_free(params[i]);
    return 0;
}
