/* Fuzzes what carries somebody's turn or view from one request to the next: an address, a query, a Cookie header, a token, the name of a
 * ticket or subject, a line each, and where a token is altered. What this service did not make is not taken; what it made is, by
 * whom it was made for, and not once a byte of it is another. */
#include "store_double.h"

#include "web/form_token.h"
#include "web/session_cookie.h"
#include "web/ticket.h"
#include "web/view_token.h"

#define SECRET "the secret of all forms here" /* as store_form_secret has it */
#define READER "session 5e55"

static Site site;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    site = (Site){.store = store_open(&(StoreConfig){.database = "none"})};
    return 0;
}

/* The ticket that a request claims; new string, or NULL. */
static char *claimed(const char *address, const char *query, const char *cookie)
{
    g_autofree char *uri = g_strconcat("REQUEST_URI=", address, NULL), *text = g_strconcat("QUERY_STRING=", query, NULL),
                    *header = g_strconcat("HTTP_COOKIE=", cookie, NULL);
    char *params[] = {uri, *query ? text : NULL, NULL, NULL};
    params[*query ? 2 : 1] = header;
    Exchange exchange = {.params = params};
    Request request = {.exchange = &exchange, .method = "GET", .path = (char *)"/"};
    Call call = {.site = &site, .request = &request};
    g_autofree char *session = session_cookie_get(&request);
    HOLDS(!session || (!strpbrk(session, ";") && strstr(cookie, session)));
    return ticket_claimed(&call);
}

/* Is it in there, in full? */
static bool holds_claim(const char *text, const char *id)
{
    g_autofree char *bound = g_strconcat("claim ", id, NULL), *begins = g_strconcat(id, "~", NULL), *plain = g_uri_unescape_string(text, NULL);
    const char *at = strstr(text, "~") ? text : plain ? plain : text;
    const char *token = strstr(at, begins);
    g_autofree char *one = token ? g_strndup(token + strlen(begins), strspn(token + strlen(begins),
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")) : NULL;
    return form_token_is_good(one, SECRET, bound, WORLD_NOW);
}

static bool is_name(const char *text)
{
    return *text && strlen(text) <= 64 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(text);
}

/* Whoever goes on with a claim is known by it, and the address without it is the one that was asked for. */
static void check_made(const char *address, const char *id)
{
    g_autofree char *param = g_strdup("HTTP_COOKIE=a=b"), *where = g_strdup(address), *ticket = g_strdup(id);
    char *params[] = {param, NULL};
    Exchange exchange = {.params = params};
    Request request = {.exchange = &exchange, .method = "GET", .path = (char *)"/"};
    Call call = {.site = &site, .request = &request};
    TicketRead read = {.id = ticket, .state = TICKET_ADMITTED, .subject = (char *)"ada", .return_to = where, .now = WORLD_NOW,
                       .claim_until = WORLD_NOW + 60 * US_PER_S};
    g_autofree char *go = ticket_go(&call, &read), *cookie = ticket_claim_cookie(&call, &read);
    HOLDS(cookie && !strchr(cookie, '\n') && g_str_has_prefix(cookie, CLAIM_PARAMETER "="));
    HOLDS((go != NULL) == uri_is_local(address) && (!go || uri_is_local(go) || strlen(address) > 1800));
    g_autofree char *kept = g_strndup(cookie, strcspn(cookie, ";")), *by_cookie = claimed("/", "", kept);
    HOLDS(g_strcmp0(by_cookie, id) == 0);
    if (!go || strstr(address, CLAIM_PARAMETER) || strstr(address, "%"))
        return;
    g_autofree char *by_address = claimed(go, "", ""), *plain = ticket_plain_address(go);
    HOLDS(g_strcmp0(by_address, id) == 0);
    HOLDS(strlen(plain) == strcspn(address, "#") && g_str_has_prefix(address, plain));
}

static void check_view(const char *subject, size_t altered)
{
    Instant until = 0;
    g_autofree char *token = view_token_make(SECRET, READER, subject, WORLD_NOW + 60 * US_PER_S);
    g_autofree char *read = view_token_read(token, SECRET, READER, WORLD_NOW, &until);
    HOLDS(g_strcmp0(read, subject) == 0 && until == WORLD_NOW + 60 * US_PER_S);
    g_autofree char *others = view_token_read(token, SECRET, "session 5e56", WORLD_NOW, &until);
    g_autofree char *late = view_token_read(token, SECRET, READER, WORLD_NOW + 60 * US_PER_S, &until);
    token[altered % strlen(token)] ^= 1;
    g_autofree char *other = view_token_read(token, SECRET, READER, WORLD_NOW, &until);
    HOLDS(!others && !late && !other);
}

static void check_form(const char *reader, size_t altered)
{
    g_autofree char *token = form_token_make(SECRET, reader, WORLD_NOW), *bound = g_strconcat(reader, "x", NULL);
    HOLDS(form_token_is_good(token, SECRET, reader, WORLD_NOW) && !form_token_is_good(token, SECRET, bound, WORLD_NOW));
    token[altered % strlen(token)] ^= 1;
    HOLDS(!form_token_is_good(token, SECRET, reader, WORLD_NOW));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    Instant until = 0;
    g_autofree char *address = rest_line(&rest), *query = rest_line(&rest), *cookie = rest_line(&rest), *token = rest_line(&rest),
                    *name = rest_line(&rest);
    size_t altered = rest_number(&rest, 2);
    g_autofree char *claim = claimed(address, query, cookie), *plain = ticket_plain_address(address);
    g_autofree char *viewed = view_token_read(token, SECRET, READER, WORLD_NOW, &until);
    HOLDS(!claim || holds_claim(address, claim) || holds_claim(query, claim) || holds_claim(cookie, claim));
    HOLDS(strlen(plain) <= strlen(address));
    HOLDS(!viewed || g_str_has_prefix(token, "17")); /* of about now */
    if (is_name(name))
        check_made(address, name);
    if (*name && strlen(name) <= 255)
        check_view(name, altered);
    check_form(name, altered);
    return 0;
}
