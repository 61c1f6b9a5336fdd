/* An exchange made of texts, for tests: parameters, a body, and what was answered. */
#ifndef WEBQUOTA_EXCHANGE_FAKE_H
#define WEBQUOTA_EXCHANGE_FAKE_H

#include "web/exchange.h"

#define FAKE_PARAMS 24

typedef struct {
    Exchange exchange;
    char *params[FAKE_PARAMS + 1];
    int count;
    const char *body;
    size_t body_len, body_read;
    bool body_touched;
    GString *out;
} Fake;

static long fake_read(void *data, char *bytes, size_t room)
{
    Fake *fake = data;
    size_t len = MIN(room, fake->body_len - fake->body_read);
    fake->body_touched = true;
    memcpy(bytes, fake->body + fake->body_read, len);
    fake->body_read += len;
    return (long) len;
}

static bool fake_write(void *data, const char *bytes, size_t len)
{
    Fake *fake = data;
    g_string_append_len(fake->out, bytes, (gssize) len);
    return true;
}

static inline void fake_start(Fake *fake)
{
    *fake = (Fake){.body = "", .out = g_string_new(NULL)};
    fake->exchange = (Exchange){.params = fake->params, .read = fake_read, .write = fake_write, .data = fake};
}

static inline void fake_param(Fake *fake, const char *name, const char *value)
{
    g_assert(fake->count < FAKE_PARAMS);
    fake->params[fake->count++] = g_strconcat(name, "=", value, NULL);
}

static inline void fake_body(Fake *fake, const char *body, size_t len)
{
    fake->body = body;
    fake->body_len = len;
}

static inline void fake_end(Fake *fake)
{
    for (int i = 0; i < fake->count; i++)
        g_free(fake->params[i]);
    g_string_free(fake->out, TRUE);
}

#endif
