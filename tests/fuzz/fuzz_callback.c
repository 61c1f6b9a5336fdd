/* Fuzzes where callbacks may go: an address, the list that it must be on, and the secrets, a line each. What is let through must be
 * the same to libcurl, which is what goes there. */
#include "fuzz.h"

#include <curl/curl.h>

#include "domain/callback.h"

static char *part_of(CURLU *parsed, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    HOLDS(curl_url_get(parsed, part, &text, flags) == CURLUE_OK);
    char *copy = g_strdup(text);
    curl_free(text);
    return copy;
}

static bool has(CURLU *parsed, CURLUPart part)
{
    char *text = NULL;
    bool there = curl_url_get(parsed, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return there;
}

/* The origin and path that libcurl finds in the address. */
static void check_same(const char *text, const CallbackUrl *url)
{
    CURLU *parsed = curl_url();
    HOLDS(curl_url_set(parsed, CURLUPART_URL, text, 0) == CURLUE_OK);
    HOLDS(!has(parsed, CURLUPART_USER) && !has(parsed, CURLUPART_PASSWORD) && !has(parsed, CURLUPART_FRAGMENT));
    g_autofree char *scheme = part_of(parsed, CURLUPART_SCHEME, 0), *host = part_of(parsed, CURLUPART_HOST, 0);
    g_autofree char *port = part_of(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT), *path = part_of(parsed, CURLUPART_PATH, 0);
    g_autofree char *lower = g_ascii_strdown(host, -1);
    g_autofree char *whole = g_strdup_printf("%s://%s:%s", scheme, lower, port);
    bool usual = strcmp(port, strcmp(scheme, "https") == 0 ? "443" : "80") == 0;
    g_autofree char *bare = usual ? g_strdup_printf("%s://%s", scheme, lower) : g_strdup(whole);
    HOLDS(strcmp(bare, url->origin) == 0);
    HOLDS(strncmp(url->path, path, strlen(path)) == 0 && strchr("?", url->path[strlen(path)]));
    curl_url_cleanup(parsed);
}

static void check_allowed(const Callbacks *callbacks, const CallbackUrl *url)
{
    bool fits = false;
    for (guint i = 0; i < callbacks->allowed->len; i++) {
        const CallbackUrl *one = callbacks->allowed->pdata[i];
        fits = fits || (strcmp(one->origin, url->origin) == 0 && g_str_has_prefix(url->path, one->path));
    }
    HOLDS(!callbacks_allow(callbacks, url) || fits);
}

/* An address of libcurl's making may differ where a host is written as a number: those are told apart as they are written. */
static bool is_number(const CallbackUrl *url)
{
    const char *host = strstr(url->origin, "://") + 3;
    return host[0] == '[' || g_ascii_isdigit(host[0]);
}

/* Whatever number a receiver asks for: it is tried again between a second and five minutes from now. */
static void check_next(const char *text)
{
    const CallbackTried tried = {.tries = 1, .tries_max = 2, .asked_s = g_ascii_strtoll(text, NULL, 10)};
    int64_t next_us = callback_next_us(&tried, g_str_hash(text));
    HOLDS(next_us >= US_PER_S && next_us <= 300 * US_PER_S);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autofree char *text = rest_line(&rest), *allowed = rest_line(&rest), *secrets = rest_line(&rest), *wrong = NULL;
    g_auto(CallbackUrl) url = {0};
    Callbacks callbacks;
    const char *why = NULL;
    check_next(text);
    bool good = callback_url_read(text, &url, &why);
    HOLDS(good == !why);
    if (good && !is_number(&url))
        check_same(text, &url);
    if (callbacks_read(allowed, secrets, &callbacks, &wrong)) {
        g_autofree char *signature = callback_signature(callbacks.secrets, "tkt_x", 1, text, strlen(text));
        HOLDS(g_str_has_prefix(signature, "v1,") && strlen(signature) == 48 * callbacks.secrets->len - 1);
        if (good)
            check_allowed(&callbacks, &url);
        callbacks_clear(&callbacks);
    } else {
        HOLDS(wrong && !callbacks.allowed);
    }
    return 0;
}
