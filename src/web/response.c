/* Built in memory and sent at once: nothing leaves before the outcome is known. */
#include "web/response.h"

#include "base/log.h"

/* Nothing inline, nothing from elsewhere, in nobody's frame. */
#define CONTENT_SECURITY_POLICY                                                                                             \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "                         \
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

typedef enum { STATE_NEW, STATE_HEADERS, STATE_BODY, STATE_BROKEN } State;

struct Response {
    State state;
    int status;
    GString *headers;
    GString *body; /* NULL when none */
};

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
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
    response->headers = g_string_sized_new(1024);
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
}

static bool is_header_value(const char *value)
{
    for (; *value; value++)
        if (((unsigned char) *value < 0x20 && *value != '\t') || *value == 0x7f)
            return false;
    return true;
}

static bool is_header_name(const char *name)
{
    return *name && name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

void response_header(Response *response, const char *name, const char *value)
{
    if (!value || response->state == STATE_BROKEN)
        return;
    if (response->state != STATE_HEADERS)
        misuse(response, "header out of turn", name);
    else if (!is_header_name(name) || !is_header_value(value))
        misuse(response, "header with a character that may not be in it", name);
    else
        g_string_append_printf(response->headers, "%s: %s\r\n", name, value);
}

void response_header_number(Response *response, const char *name, int64_t value)
{
    char text[24];
    g_snprintf(text, sizeof text, "%" PRId64, value);
    response_header(response, name, text);
}

void response_guard_cached(Response *response, const char *cache_control)
{
    response_header(response, "Cache-Control", cache_control);
    response_header(response, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
    response_header(response, "X-Content-Type-Options", "nosniff");
    response_header(response, "Referrer-Policy", "same-origin");
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

GString *response_render(Response *response, bool head_only)
{
    GString *out = g_string_sized_new(256 + response->headers->len + (response->body ? response->body->len : 0));
    if (response->state == STATE_BROKEN || response->state == STATE_NEW) {
        if (response->state == STATE_NEW)
            misuse(response, "no status was set", "the request has no answer");
        g_string_append(out, "Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n"
                             "Cache-Control: no-store\r\n\r\n");
        if (!head_only)
            g_string_append(out, "internal error\n");
        return out;
    }
    g_string_append_printf(out, "Status: %d %s\r\n", response->status, response_phrase(response->status));
    g_string_append_len(out, response->headers->str, response->headers->len);
    g_string_append(out, "\r\n");
    if (response->body && !head_only)
        g_string_append_len(out, response->body->str, response->body->len);
    return out;
}
