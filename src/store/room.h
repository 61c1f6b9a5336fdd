/* Room in the journal: its partitions for the months to come, which `webquota migrate` makes as well (sql: decisions_make_room). */
#ifndef WEBQUOTA_ROOM_H
#define WEBQUOTA_ROOM_H

#include "store/store.h"

typedef struct Room Room;

/* Does not connect yet. Has a connection of its own, for as long as a turn takes; for one thread. `store` must outlive it. */
Room *room_open(Store *store);
void room_close(Room *room); /* NULL is fine */

/* Makes what is missing, without keeping those waiting for long who decide. Returns how long to wait for the next turn, in microseconds. What
 * could not be done is in the log, once until it can, and is tried again earlier. */
int64_t room_turn(Room *room);

#endif
