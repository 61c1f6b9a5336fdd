/* Fuzzes where a browser says that it comes from: Host, Origin, Referer and Sec-Fetch-Site, one a line. */
#include "fuzz.h"

#include "web/request.h"

static char *param(const char *name, const char *value)
{
    return g_strconcat(name, "=", value, NULL);
}

/* An address to go back to must stay on this site, whatever a browser makes of it. */
static void check_back(const char *back, const char *referer)
{
    HOLDS(back[0] == '/' && back[1] != '/' && back[1] != '\\');
    HOLDS(is_utf8(back) && !strpbrk(back, "#\r\n\t"));
    HOLDS(g_ascii_strncasecmp(referer, "http", 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autofree char *host = rest_line(&rest), *origin = rest_line(&rest), *referer = rest_line(&rest),
                    *site = rest_line(&rest);
    g_auto(GStrv) params = g_new0(char *, 5);
    int count = 0;
    params[count++] = param("HTTP_HOST", host);
    params[count++] = param("HTTP_REFERER", referer);
    if (*origin)
        params[count++] = param("HTTP_ORIGIN", origin);
    if (*site)
        params[count++] = param("HTTP_SEC_FETCH_SITE", site);
    Exchange exchange = {.params = params};
    Request request = {.exchange = &exchange, .method = "POST"};
    bool same = request_is_same_origin(&request);
    HOLDS(!same || !*origin || uri_is_of_host(origin, host));
    HOLDS(!same || !*site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0);
    HOLDS(!*origin || *site || same == uri_is_of_host(origin, host));
    g_autofree char *back = request_back(&request);
    if (back)
        check_back(back, referer);
    /* A page of the host itself is always of it; another's, with the host's name before or behind, is not. */
    if (*host && !strpbrk(host, "/?#:") && strcmp(host, "80") != 0) {
        g_autofree char *own = g_strconcat("https://", host, "/a", NULL), *longer = g_strconcat("https://x", host, "/", NULL);
        g_autofree char *other = g_strconcat("https://", host, ".x/", NULL), *user = g_strconcat("https://", host, "@x/", NULL);
        HOLDS(uri_is_of_host(own, host) && !uri_is_of_host(longer, host) && !uri_is_of_host(other, host));
        HOLDS(!uri_is_of_host(user, host));
    }
    return 0;
}
