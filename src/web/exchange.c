/* Parameters are few and read once each: a linear search is the fastest thing there is. */
#include "web/exchange.h"

const char *exchange_param(const Exchange *exchange, const char *name)
{
    for (char **param = exchange->params; param && *param; param++) {
        const char *there = *param, *wanted = name;
        while (*wanted && *wanted == *there) {
            wanted++;
            there++;
        }
        if (*wanted == '\0' && *there == '=')
            return there + 1;
    }
    return NULL;
}
