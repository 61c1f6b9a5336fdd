#include "domain/callback.h"
#include "say/say.h"

#define FIRST_US (2 * US_PER_S)
#define MOST_US (300 * US_PER_S)
#define SECRET_MIN 24
#define SECRET_MAX 64
#define SECRETS_MAX 4

/* --- words --- */

static const char *const states[] = {NULL, "waiting", "pending", "delivered", "failed", "cancelled"};

const char *callback_state_word(CallbackState state)
{
    return states[state];
}

bool callback_state_read(const char *word, CallbackState *state)
{
    for (size_t i = 1; word && i < G_N_ELEMENTS(states); i++)
        if (strcmp(states[i], word) == 0) {
            *state = (CallbackState)i;
            return true;
        }
    return false;
}

const char *callback_trouble_word(CallbackTrouble trouble)
{
    static const char *const words[] = {NULL, "status", "redirect", "timeout", "unreachable", "tls", "broken", "not_allowed"};
    return words[trouble];
}

/* --- addresses --- */

void callback_url_clear(CallbackUrl *url)
{
    g_clear_pointer(&url->origin, g_free);
    g_clear_pointer(&url->path, g_free);
}

/* What may stand in a path or query as it is (RFC 3986). */
static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && !strchr("-._~!$&'()*+,;=:@/?%", *text))
            return false;
    return true;
}

/* Dots that go up, and slashes in disguise, would make of a path that fits another that does not. */
static bool has_disguise(const char *path)
{
    size_t len = strcspn(path, "?");
    g_autofree char *lower = g_ascii_strdown(path, (gssize)len);
    if (strstr(lower, "%2e") || strstr(lower, "%2f") || strstr(lower, "%5c") || strstr(lower, "//"))
        return true;
    g_auto(GStrv) parts = g_strsplit(lower, "/", -1);
    for (int i = 0; parts[i]; i++)
        if (strcmp(parts[i], ".") == 0 || strcmp(parts[i], "..") == 0)
            return true;
    return false;
}

static bool host_is_plain(const char *host, size_t len)
{
    if (len > 2 && host[0] == '[' && host[len - 1] == ']')
        return strspn(host + 1, "0123456789abcdefABCDEF:.") == len - 2;
    for (size_t i = 0; i < len; i++)
        if (!g_ascii_isalnum(host[i]) && host[i] != '-' && host[i] != '.')
            return false;
    return len > 0 && len < 254 && host[0] != '.' && host[0] != '-';
}

/* ":8443" to 8443; 0: nothing is said; -1: it is no port. */
static int64_t port_read(const char *text, const char *end)
{
    int64_t port = 0;
    if (text == end)
        return 0;
    if (*text++ != ':' || text == end || end - text > 5)
        return -1;
    for (; text < end; text++) {
        if (!g_ascii_isdigit(*text))
            return -1;
        port = port * 10 + (*text - '0');
    }
    return port >= 1 && port <= 65535 ? port : -1;
}

/* "//host:port" of a scheme, lower case. NULL: it is none. */
static char *origin_of(const char *scheme, int64_t usual_port, const char *from, const char *end)
{
    const char *host_end = *from == '[' ? memchr(from, ']', (size_t)(end - from)) : memchr(from, ':', (size_t)(end - from));
    host_end = !host_end ? end : *from == '[' ? host_end + 1 : host_end;
    int64_t port = port_read(host_end, end);
    if (port < 0 || !host_is_plain(from, (size_t)(host_end - from)))
        return NULL;
    g_autofree char *host = g_ascii_strdown(from, host_end - from);
    return port == 0 || port == usual_port ? g_strdup_printf("%s://%s", scheme, host)
                                           : g_strdup_printf("%s://%s:%" PRId64, scheme, host, port);
}

static bool refuse(const char **why, const char *words)
{
    *why = words;
    return false;
}

bool callback_url_read(const char *text, CallbackUrl *out, const char **why)
{
    *out = (CallbackUrl){0};
    bool secure = g_ascii_strncasecmp(text, "https://", 8) == 0;
    if (!secure && g_ascii_strncasecmp(text, "http://", 7) != 0)
        return refuse(why, SAY_URL_SCHEME);
    const char *from = text + (secure ? 8 : 7), *end = from + strcspn(from, "/?#\\");
    if (strlen(text) > CALLBACK_URL_MAX)
        return refuse(why, SAY_URL_LONG);
    if (memchr(from, '@', (size_t)(end - from)))
        return refuse(why, SAY_URL_USER);
    if (strchr(text, '#') || !is_plain(end))
        return refuse(why, SAY_URL_CHARACTERS);
    g_autofree char *path = *end == '/' ? g_strdup(end) : g_strconcat("/", end, NULL);
    if (has_disguise(path))
        return refuse(why, SAY_URL_SEGMENTS);
    out->origin = origin_of(secure ? "https" : "http", secure ? 443 : 80, from, end);
    if (!out->origin)
        return refuse(why, SAY_URL_HOST);
    out->path = g_steal_pointer(&path);
    return true;
}

static bool path_is_within(const char *path, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(path, prefix, len) == 0 && (prefix[len - 1] == '/' || strchr("/?", path[len]));
}

bool callbacks_allow(const Callbacks *callbacks, const CallbackUrl *url)
{
    for (guint i = 0; callbacks && callbacks->allowed && i < callbacks->allowed->len; i++) {
        const CallbackUrl *one = callbacks->allowed->pdata[i];
        if (strcmp(one->origin, url->origin) == 0 && path_is_within(url->path, one->path))
            return true;
    }
    return false;
}

/* --- what is set up --- */

static void free_url(gpointer data)
{
    callback_url_clear(data);
    g_free(data);
}

static void free_bytes(gpointer data)
{
    g_bytes_unref(data);
}

static bool add_allowed(Callbacks *out, const char *text, char **why)
{
    const char *wrong;
    CallbackUrl *url = g_new0(CallbackUrl, 1);
    g_ptr_array_add(out->allowed, url);
    if (!callback_url_read(text, url, &wrong) || strchr(text, '?')) {
        *why = g_strdup_printf("\"%s\" %s", text, strchr(text, '?') ? SAY_URL_QUERY : wrong);
        return false;
    }
    if (!g_ptr_array_find_with_equal_func(out->origins, url->origin, g_str_equal, NULL))
        g_ptr_array_add(out->origins, g_strdup(url->origin));
    return true;
}

static bool add_secret(Callbacks *out, const char *line, int number, char **why)
{
    GBytes *secret = callback_secret_read(line);
    if (secret)
        g_ptr_array_add(out->secrets, secret);
    else
        *why = g_strdup_printf(SAY_SECRET_LINE, number, SECRET_MIN, SECRET_MAX);
    if (out->secrets->len > SECRETS_MAX)
        *why = g_strdup_printf(SAY_SECRETS_TOO_MANY, SECRETS_MAX);
    return !*why;
}

bool callbacks_read(const char *allowed, const char *secrets, Callbacks *out, char **why)
{
    *out = (Callbacks){ .allowed = g_ptr_array_new_with_free_func(free_url), .origins = g_ptr_array_new_with_free_func(g_free),
                        .secrets = g_ptr_array_new_with_free_func(free_bytes), .tries_max = 1, .timeout_s = 1 };
    *why = NULL;
    g_auto(GStrv) words = g_strsplit_set(allowed, " \t\r\n", -1);
    g_auto(GStrv) lines = g_strsplit_set(secrets, "\r\n", -1);
    bool good = true;
    for (int i = 0; good && words[i]; i++)
        good = !*words[i] || add_allowed(out, words[i], why);
    for (int i = 0; good && lines[i]; i++)
        good = !*lines[i] || add_secret(out, lines[i], i + 1, why);
    if (good && !out->secrets->len)
        *why = g_strdup(SAY_SECRETS_NONE);
    if (!*why)
        return true;
    callbacks_clear(out);
    return false;
}

void callbacks_clear(Callbacks *callbacks)
{
    GPtrArray **lists[] = { &callbacks->allowed, &callbacks->origins, &callbacks->secrets };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_clear_pointer(lists[i], g_ptr_array_unref);
}

/* --- signing --- */

GBytes *callback_secret_read(const char *text)
{
    if (!g_str_has_prefix(text, "whsec_"))
        return NULL;
    const char *encoded = text + 6;
    gsize len = 0;
    g_autofree guchar *bytes = g_base64_decode(encoded, &len);
    g_autofree char *again = g_base64_encode(bytes, len); /* or it would take anything */
    bool good = len >= SECRET_MIN && len <= SECRET_MAX && strcmp(again, encoded) == 0;
    return good ? g_bytes_new(bytes, len) : NULL;
}

static void add_signature(GString *out, GBytes *secret, const char *head, const char *body, size_t len)
{
    gsize key_len, digest_len = 32;
    guint8 digest[32];
    const guchar *key = g_bytes_get_data(secret, &key_len);
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key, key_len);
    g_hmac_update(hmac, (const guchar *)head, (gssize)strlen(head));
    g_hmac_update(hmac, (const guchar *)body, (gssize)len);
    g_hmac_get_digest(hmac, digest, &digest_len);
    g_hmac_unref(hmac);
    g_autofree char *encoded = g_base64_encode(digest, digest_len);
    g_string_append_printf(out, "%sv1,%s", out->len ? " " : "", encoded);
}

char *callback_signature(const GPtrArray *secrets, const char *id, int64_t seconds, const char *body, size_t len)
{
    g_autofree char *head = g_strdup_printf("%s.%" PRId64 ".", id, seconds);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < secrets->len; i++)
        add_signature(out, secrets->pdata[i], head, body, len);
    return g_string_free(out, FALSE);
}

/* --- trying again --- */

int64_t callback_next_us(const CallbackTried *tried, uint32_t draw)
{
    if (tried->gone || tried->tries >= tried->tries_max)
        return -1;
    int64_t us = FIRST_US;
    for (int i = 1; i < tried->tries && us < MOST_US; i++)
        us *= 2;
    us = MIN(us, MOST_US);
    us = us / 2 + (int64_t)((uint64_t)(us / 2) * draw / UINT32_MAX);
    us = MAX(us, CLAMP(tried->asked_s, 0, MOST_US / US_PER_S) * US_PER_S);
    return tried->since_first_us + us > CALLBACK_TIME_S * US_PER_S ? -1 : us;
}
