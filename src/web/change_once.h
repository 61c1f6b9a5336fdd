/* POST /admin/change with an Idempotency-Key: made once, and answered the same again (store/once.h). Those without a key (`key` NULL) are
 * passed over. */
#ifndef WEBQUOTA_CHANGE_ONCE_H
#define WEBQUOTA_CHANGE_ONCE_H

#include "store/once.h"
#include "web/call.h"

/* Of all that is sent. New string. */
char *change_once_fingerprint(const Call *call);

/* Answers again what was made under the key; or says what is wrong with that. False: nothing was made. */
bool change_once_again(Call *call, const Once *once) MUST_CHECK;

/* The whole answer: it is given again for the same key. */
void change_once_keep(Call *call, const Once *once, int status, const json_t *answer);

#endif
