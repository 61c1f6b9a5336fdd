/* `webquota organization show`: what an organization shares, and its members. */
#ifndef WEBQUOTA_ORGANIZATION_SHOW_H
#define WEBQUOTA_ORGANIZATION_SHOW_H

#include "store/organizations.h"

/* Prints all of one; returns an exit code. */
int organization_show(Store *store, const char *name, bool json) MUST_CHECK;

/* Its name, owner and age, as organization_get gives them. */
void organization_print(const json_t *organization);

#endif
