/* What was made for somebody who asked, as the address of the page after that says it. Whoever follows its link sees the change first. */
#ifndef WEBQUOTA_GRANTED_H
#define WEBQUOTA_GRANTED_H

#include "view/view_granted.h"
#include "web/call.h"

/* Appends "&subject=ada&undo=override-remove&was=4" to an address. */
void granted_put(GString *address, const Granted *granted);

/* Reads it; not possible where nothing was said. The texts of whose it is belong to the call, the undo is to be cleared. False: answered
 * already. */
bool granted_read(Call *call, Granted *granted) MUST_CHECK;

#endif
