/* Bulks, as people read them. */
#ifndef WEBQUOTA_BULK_PRINT_H
#define WEBQUOTA_BULK_PRINT_H

#include <jansson.h>
#include "base/base.h"

/* JSON as bulk_get gives it (store/bulk.h). */
bool bulk_runs(const json_t *bulk);

/* How far it is, and who could not be changed; with `facts` also what it does, for whom, why and by whom. */
void bulk_print(const json_t *bulk, bool facts);

/* JSON as bulk_list gives it. */
void bulk_print_list(const json_t *list);

#endif
