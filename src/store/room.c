/* A new partition takes the lock of the whole journal for a moment; where that is not to be had at once, another time is as good, as there
 * are partitions for months ahead. */
#include "store/room.h"

#include "base/log.h"
#include "store/store_internal.h"

#define NEXT_US (24 * 3600 * US_PER_S)
#define AGAIN_US (10 * 60 * US_PER_S)
#define UNCONNECTED_US (10 * US_PER_S)

struct Room {
    Store *store;
    bool troubled; /* said so */
};

Room *room_open(Store *store)
{
    Room *room = g_new0(Room, 1);
    room->store = store;
    return room;
}

void room_close(Room *room)
{
    g_free(room);
}

static DbResult make(Db *db)
{
    db_queue(db, QUERY_BEGIN, NULL, NULL);
    db_queue(db, QUERY_ROOM_PATIENCE, NULL, NULL);
    db_queue(db, QUERY_ROOM_MAKE, NULL, NULL);
    db_queue(db, QUERY_COMMIT, NULL, NULL);
    return db_sync(db);
}

int64_t room_turn(Room *room)
{
    Db db;
    db_init(&db, room->store->database, room->store->config.prepared, true);
    DbResult result = make(&db);
    if (result != DB_OK && result != DB_LOST && !room->troubled)
        log_line(LOG_LEVEL_WARNING, "room: no partition of decisions could be made for the months to come; it is tried again: %s", db.error);
    room->troubled = result != DB_OK && (room->troubled || result != DB_LOST);
    db_close(&db);
    return result == DB_OK ? NEXT_US : result == DB_LOST ? UNCONNECTED_US : AGAIN_US;
}
