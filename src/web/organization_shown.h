/* What was read of an organization, as its page and programs are shown it. */
#ifndef WEBQUOTA_ORGANIZATION_SHOWN_H
#define WEBQUOTA_ORGANIZATION_SHOWN_H

#include "store/organizations.h"
#include "view/view_admin.h"

/* It points into what was read. (page_organizations.c) */
OrganizationShown organization_shown(const Organization *read);

#endif
