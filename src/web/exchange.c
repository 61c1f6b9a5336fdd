/* Names of parameters begin alike (HTTP_, REQUEST_), so they are told apart by their length and their end. */
#include "web/exchange.h"

/* The value in the first parameter of that name, from `param` on. */
static const char *find_from(char **param, const char *name, size_t len)
{
    for (; param && *param; param++)
        if (strncmp(*param, name, len) == 0 && (*param)[len] == '=')
            return *param + len + 1;
    return NULL;
}

const char *exchange_param(const Exchange *exchange, const char *name)
{
    return find_from(exchange->params, name, strlen(name));
}

static unsigned slot_of(const char *name, size_t len)
{
    return len > 0 ? (unsigned) (len * 5 + (unsigned char) name[len - 1] + (unsigned char) name[len / 2] * 3) % PARAM_SLOTS : 0;
}

/* From the last on, so that of several of one name the first is found first. */
void param_index_make(ParamIndex *index, const Exchange *exchange)
{
    int count = 0;
    index->exchange = exchange;
    memset(index->first, 0, sizeof index->first);
    while (exchange->params && count < PARAMS_INDEXED && exchange->params[count])
        count++;
    index->count = count;
    for (int i = count - 1; i >= 0; i--) {
        const char *param = exchange->params[i], *equals = strchr(param, '=');
        uint8_t *first = &index->first[slot_of(param, equals ? (size_t) (equals - param) : 0)];
        index->next[i] = *first;
        *first = (uint8_t) (i + 1);
    }
}

const char *param_index_get(const ParamIndex *index, const char *name)
{
    size_t len = strlen(name);
    for (unsigned at = index->first[slot_of(name, len)]; at > 0; at = index->next[at - 1]) {
        const char *param = index->exchange->params[at - 1];
        if (strncmp(param, name, len) == 0 && param[len] == '=')
            return param + len + 1;
    }
    return index->count == PARAMS_INDEXED ? find_from(index->exchange->params + PARAMS_INDEXED, name, len) : NULL;
}
