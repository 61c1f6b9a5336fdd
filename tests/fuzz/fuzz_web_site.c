/* Fuzzes the whole of a request in memory: FastCGI parameters, one a line as NAME=value, an empty line, the body. The
 * store is a double (store_double.h). Every answer is whole, and nothing in it is what the client smuggled in. */
#include "page.h"
#include "store_double.h"

#include "web/site.h"

#define PARAMS 64

typedef struct {
    const uint8_t *at, *end;
    GString *out;
} Wire;

static Site site;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    log_threshold((LogLevel)0);
    site = (Site){
        .store = store_open(&(StoreConfig){.database = "none"}),
        .templates = page_templates(),
        .statics = statics_read("static", NULL),
        .metrics = metrics_new(),
        .secret = "0123456789abcdef0123456789abcdef",
        .mount = "/quota",
    };
    return 0;
}

static long wire_read(void *data, char *bytes, size_t room)
{
    Wire *wire = data;
    size_t len = MIN(room, (size_t)(wire->end - wire->at));
    if (len > 0)
        memcpy(bytes, wire->at, len);
    wire->at += len;
    return (long)len;
}

static bool wire_write(void *data, const char *bytes, size_t len)
{
    Wire *wire = data;
    g_string_append_len(wire->out, bytes, (gssize)len);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    char *params[PARAMS + 1] = {0};
    bool authorizer = false;
    for (int i = 0; i < PARAMS && rest_len(&rest); i++) {
        params[i] = rest_line(&rest);
        authorizer = authorizer || strcmp(params[i], "FCGI_ROLE=AUTHORIZER") == 0;
        if (!*params[i]) {
            g_clear_pointer(&params[i], g_free);
            break;
        }
    }
    Wire wire = {rest.at, rest.end, g_string_new(NULL)};
    Exchange exchange = {.params = params, .authorizer = authorizer, .read = wire_read, .write = wire_write, .data = &wire};
    site_answer(&exchange, &site);
    bool head = g_strcmp0(exchange_param(&exchange, "REQUEST_METHOD"), "HEAD") == 0;
    bool asked_before = authorizer || exchange_param(&exchange, "FCGI_APACHE_ROLE") ||
                        g_strcmp0(exchange_param(&exchange, "WEBQUOTA_ROLE"), "authorizer") == 0;
    /* A request that could not be read was for nothing, also not for HEAD. */
    bool unread = strstr(wire.out->str, "\r\n\r\nbad request: ");
    answer_check(wire.out, head && !asked_before && !unread);
    g_string_free(wire.out, TRUE);
    for (int i = 0; i < PARAMS; i++)
        g_free(params[i]);
    return 0;
}
