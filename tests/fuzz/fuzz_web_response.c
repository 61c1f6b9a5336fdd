/* Fuzzes answers: a line that begins with a letter is an operation, what follows it a value. Whatever was put in, what
 * comes out is one answer: a status line, headers of one line each, a blank line, the body. */
#include "fuzz.h"

#include "web/response.h"

static void operate(Response *response, char what, Rest *rest)
{
    switch (what) {
    case 's':
        response_status(response, (int)rest_number(rest, 2));
        break;
    case 'o':
        response_status(response, 200);
        break;
    case 'h': {
        g_autofree char *name = rest_text(rest, '='), *value = rest_text(rest, '\0');
        response_header(response, name, value);
        break;
    }
    case 'n':
        response_header_number(response, "X-Number", (int64_t)rest_number(rest, 8));
        break;
    case 'g':
        response_guard(response);
        break;
    case 'b': {
        g_autofree char *body = rest_text(rest, '\0');
        response_body(response, "text/plain", g_string_new(body));
        break;
    }
    default:
        break;
    }
}

static void check_rendered(const char *text, int status)
{
    const char *end = strstr(text, "\r\n\r\n");
    g_autofree char *begins = g_strdup_printf("Status: %d ", status);
    HOLDS(end && (g_str_has_prefix(text, begins) || (status == 0 && g_str_has_prefix(text, "Status: 500 "))));
    for (const char *line = text; line < end + 2;) {
        const char *colon = strchr(line, ':'), *stop = strstr(line, "\r\n");
        HOLDS(stop > line && colon && colon > line && colon < stop);
        for (const char *p = line; p < stop; p++)
            HOLDS((unsigned char)*p >= 0x20 || *p == '\t');
        line = stop + 2;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autoptr(Response) response = response_new();
    for (int i = 0; i < 64 && rest_len(&rest); i++) {
        char what = (char)rest_byte(&rest);
        operate(response, what, &rest);
    }
    int status = response_status_of(response);
    g_autoptr(GString) head = response_render(response, true), whole = response_render(response, false);
    check_rendered(whole->str, status);
    HOLDS(strncmp(whole->str, head->str, head->len) == 0 && g_str_has_suffix(head->str, "\r\n\r\n"));
    HOLDS(strlen(response_phrase(status)) > 0);
    return 0;
}
