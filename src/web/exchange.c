/* Parameters are few and read once each: a linear search is the fastest thing there is. */
#include "web/exchange.h"

const char *exchange_param(const Exchange *exchange, const char *name)
{
    const char *there;
    for (char **param = exchange->params; param && (there = *param); param++) {
        if (*there != *name)
            continue;
        const char *wanted = name;
        while (*wanted && *wanted == *there) {
            wanted++;
            there++;
        }
        if (*wanted == '\0' && *there == '=')
            return there + 1;
    }
    return NULL;
}
