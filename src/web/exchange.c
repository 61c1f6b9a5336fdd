/* Parameters are few and read once each: a linear search is the fastest thing there is. */
#include "web/exchange.h"

const char *exchange_param(const Exchange *exchange, const char *name)
{
    size_t len = strlen(name);
    for (char **param = exchange->params; param && *param; param++)
        if (strncmp(*param, name, len) == 0 && (*param)[len] == '=')
            return *param + len + 1;
    return NULL;
}
