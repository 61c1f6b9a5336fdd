/* Fuzzes a whole request: FastCGI parameters, one a line as NAME=value, then an empty line and the body. */
#include "base/parse.h"
#include "web/identity.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define PARAMS 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct {
    const char *at, *end;
} Body;

static long body_read(void *data, char *bytes, size_t room)
{
    Body *body = data;
    size_t len = MIN(room, (size_t) (body->end - body->at));
    memcpy(bytes, body->at, len);
    body->at += len;
    return (long) len;
}

static void check_identity(const Request *request)
{
    g_auto(Identity) identity = {0};
    const char *why = NULL;
    if (identity_read(request, SECRET, 0, &identity, &why) != 0)
        return;
    if ((identity.kind == IDENTITY_KEY) != (identity.subject == NULL))
        abort();
    if (identity.kind == IDENTITY_PERSON &&
        (!text_is_plain(identity.subject, strlen(identity.subject), 255) || g_str_has_prefix(identity.subject, "anon:")))
        abort();
}

static void check_request(const Request *request)
{
    GString *body = NULL;
    if (!request->authorizer && (request->path[0] != '/' || (*request->mount && request->mount[0] != '/')))
        abort();
    check_identity(request);
    request_is_json(request);
    request_is_same_origin(request);
    g_autofree char *back = request_back(request);
    if (back && (back[0] != '/' || back[1] == '/'))
        abort();
    if (request_body(request, &body) == 0) {
        if (body->len > REQUEST_BODY_MAX || request->authorizer)
            abort();
        g_string_free(body, TRUE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *) bytes, size);
    char *params[PARAMS + 1] = {0}, *at = text;
    for (int i = 0; i < PARAMS && *at && *at != '\n'; i++) {
        params[i] = at;
        at += strcspn(at, "\n");
        if (*at)
            *at++ = '\0';
    }
    Body body = {at, at + strlen(at)};
    Exchange exchange = {.params = params, .read = body_read, .data = &body};
    g_auto(Request) request = {0};
    g_autofree char *why = NULL;
    if (request_read(&exchange, &request, &why))
        check_request(&request);
    else if (!why)
        abort();
    return 0;
}
