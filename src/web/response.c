/* Built in memory and sent at once: nothing leaves before the outcome is known. */
#include "web/response.h"

#include "base/log.h"
#include "base/text.h"

/* Nothing inline, nothing from elsewhere, in nobody's frame unless said. */
#define CONTENT_SECURITY_POLICY                                                                                             \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "                         \
    "form-action 'self'; base-uri 'none'; frame-ancestors "

/* No page asks a browser for any of this, and none that it shows may. */
#define PERMISSIONS_POLICY "camera=(), geolocation=(), microphone=()"
#define OTHER_GUARDS                                                                                                        \
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\nPermissions-Policy: " PERMISSIONS_POLICY "\r\n"

#define HEADERS_BYTES 1000 /* about; a malloc of up to 1024 bytes is a cheap one */

typedef enum { STATE_NEW, STATE_HEADERS, STATE_BODY, STATE_BROKEN } State;

struct Response {
    State state;
    int status;
    GString *headers; /* with the status line */
    size_t header_began, value_began; /* of the header that is being added */
    const char *header_name;
    GString *body; /* NULL when none */
};

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

const char *response_phrase(int status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Unknown";
}

Response *response_new(void)
{
    Response *response = g_new0(Response, 1);
    response->headers = g_string_sized_new(HEADERS_BYTES);
    return response;
}

void response_free(Response *response)
{
    if (!response)
        return;
    g_string_free(response->headers, TRUE);
    if (response->body)
        g_string_free(response->body, TRUE);
    g_free(response);
}

static void misuse(Response *response, const char *what, const char *detail)
{
    log_line(LOG_LEVEL_ERROR, "response: %s: %s", what, detail);
    response->state = STATE_BROKEN;
}

void response_status(Response *response, int status)
{
    if (response->state != STATE_NEW || status < 200 || status > 599) {
        misuse(response, "status out of turn or out of range", response_phrase(status));
        return;
    }
    response->status = status;
    response->state = STATE_HEADERS;
    text_add(response->headers, "Status: ");
    text_add_number(response->headers, status);
    text_adds(response->headers, " ", response_phrase(status), "\r\n");
}

static bool is_header_value(const char *value, size_t len)
{
    if (text_is_printable(value, len))
        return true;
    for (; *value; value++)
        if (((unsigned char) *value < 0x20 && *value != '\t') || *value == 0x7f)
            return false;
    return true;
}

static bool is_header_name(const char *name)
{
    if (!*name)
        return false;
    for (; *name; name++)
        if (!g_ascii_isalnum(*name) && *name != '-' && *name != '_')
            return false;
    return true;
}

/* Is it the turn of the headers? */
static bool takes_header(Response *response, const char *name)
{
    if (response->state == STATE_BROKEN)
        return false;
    if (response->state != STATE_HEADERS)
        misuse(response, "header out of turn", name);
    return response->state == STATE_HEADERS;
}

GString *response_header_begin(Response *response, const char *name)
{
    response->header_began = response->headers->len;
    response->header_name = name;
    text_add(response->headers, name);
    text_add(response->headers, ": ");
    response->value_began = response->headers->len;
    return response->headers;
}

void response_header_end(Response *response, bool keep)
{
    const char *name = response->header_name;
    size_t len = response->headers->len - response->value_began;
    bool turn = keep && takes_header(response, name);
    bool good = turn && is_header_name(name) && is_header_value(response->headers->str + response->value_began, len);
    if (good)
        text_add(response->headers, "\r\n");
    else
        g_string_truncate(response->headers, response->header_began);
    if (turn && !good)
        misuse(response, "header with a character that may not be in it", name);
}

void response_header(Response *response, const char *name, const char *value)
{
    if (!value)
        return;
    text_add(response_header_begin(response, name), value);
    response_header_end(response, true);
}

void response_header_number(Response *response, const char *name, int64_t value)
{
    char text[TEXT_NUMBER_MAX + 1];
    text[text_number(text, value)] = '\0';
    response_header(response, name, text);
}

void response_guard_framed(Response *response, const char *cache_control, const char *const *embedders)
{
    response_header(response, "Cache-Control", cache_control);
    GString *policy = response_header_begin(response, "Content-Security-Policy");
    text_add(policy, CONTENT_SECURITY_POLICY);
    if (!embedders || !*embedders)
        text_add(policy, "'none'");
    for (const char *const *origin = embedders; origin && *origin; origin++)
        text_adds(policy, origin == embedders ? "" : " ", *origin);
    response_header_end(response, true);
    response_header(response, "X-Content-Type-Options", "nosniff");
    response_header(response, "Referrer-Policy", "same-origin");
    response_header(response, "Permissions-Policy", PERMISSIONS_POLICY);
}

void response_guard_cached(Response *response, const char *cache_control)
{
    response_header(response, "Cache-Control", cache_control);
    if (takes_header(response, "Content-Security-Policy"))
        text_add(response->headers, "Content-Security-Policy: " CONTENT_SECURITY_POLICY "'none'\r\n" OTHER_GUARDS);
}

void response_guard(Response *response)
{
    response_guard_cached(response, "no-store");
}

void response_body(Response *response, const char *type, GString *body)
{
    response_header(response, "Content-Type", type);
    response_header_number(response, "Content-Length", (int64_t) body->len);
    if (response->state == STATE_HEADERS) {
        response->body = body;
        response->state = STATE_BODY;
    } else {
        g_string_free(body, TRUE);
    }
}

int response_status_of(const Response *response)
{
    return response->state == STATE_BROKEN ? 500 : response->status;
}

static void end_broken(Response *response)
{
    if (response->state == STATE_NEW)
        misuse(response, "no status was set", "the request has no answer");
    g_string_assign(response->headers, "Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                       "Cache-Control: no-store\r\n"
                                       "Content-Security-Policy: " CONTENT_SECURITY_POLICY "'none'\r\n" OTHER_GUARDS "\r\n");
    if (response->body)
        g_string_free(response->body, TRUE);
    response->body = g_string_new("internal error\n");
}

bool response_send(Response *response, bool head_only, ResponseWrite write, void *data)
{
    if (response->state == STATE_BROKEN || response->state == STATE_NEW)
        end_broken(response);
    else
        text_add_len(response->headers, "\r\n", 2);
    const GString *head = response->headers, *body = head_only ? NULL : response->body;
    return write(data, head->str, head->len) && (!body || write(data, body->str, body->len));
}

static bool write_to_text(void *data, const char *bytes, size_t len)
{
    text_add_len(data, bytes, len);
    return true;
}

GString *response_render(Response *response, bool head_only)
{
    GString *out = g_string_new(NULL);
    bool written = response_send(response, head_only, write_to_text, out);
    g_assert(written);
    return out;
}
