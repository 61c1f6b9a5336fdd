/* The calendar is part of the base, where instants are written with it. */
#ifndef WEBQUOTA_DOMAIN_CIVIL_H
#define WEBQUOTA_DOMAIN_CIVIL_H

#include "base/civil.h"

#endif
