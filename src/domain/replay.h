/* Recorded decisions once more, under other policies: who would have been stopped, when, and how often. Pure; decide() says
 * what it says to everybody.
 *
 * A replay has worlds, each a policy with counters of its own; all are given the same records, in the order in which they
 * happened. What was recorded is taken for what was asked; what comes of it is decided anew in each world. World 0 is the one
 * that the others are compared with, and with which the records are: what it decides otherwise than was recorded under the same
 * version is counted (Replay.told).
 *
 * Where counters stood at first is taken from the first record that looked at them. What records do not say is taken as it is
 * now: time zone and anchor of a subject. What is asked of an `on_exceed = queue` limit waits where it waited then; who would
 * wait only in another world comes to nothing in it, and whoever was refused a hold then takes all of it where it is had.
 */
#ifndef WEBQUOTA_REPLAY_H
#define WEBQUOTA_REPLAY_H

#include "domain/decide.h"

#define REPLAY_WORLDS_MAX 3
#define REPLAY_ITEMS_MAX 20

typedef enum {
    RECORD_CONSUME, RECORD_HOLD, RECORD_COMMIT, RECORD_RELEASE, RECORD_EXPIRE, RECORD_REFUND, RECORD_RESET
} RecordKind;

typedef struct {
    const char *feature; /* key */
    int64_t units;
} ReplayItem;

/* A record, as it is kept. Borrowed for the call. */
typedef struct {
    int64_t account_id, subject_id, id;
    Instant at;
    RecordKind kind;
    Outcome outcome;
    Reason reason;
    int policy_version;
    const char *plan, *organization, *feature, *resource; /* organization, resource: NULL when none; feature "*": a reset of all */
    int64_t units, given_back;
    const ReplayItem *items; /* of a request for several; NULL: one, of feature and units */
    int item_count;
    const TraceLine *trace;
    int trace_count;
    Instant about_at;        /* of commit, release, expire, refund; of a reset that takes back another, too */
    int64_t about_id;
    bool of_ticket;          /* a hold that admission made for one who waited */
} ReplayRecord;

/* What is known of a subject besides its records. Copied. */
typedef struct {
    int64_t subject_id;
    const char *key, *zone;  /* zone: NULL when none */
    Instant first_met, anchor;
} ReplayFacts;

/* An override or a grant, and when it was there. `subject_id` 0: of the organization that is `account_id`. Copied. */
typedef struct {
    int64_t account_id, subject_id;
    const char *feature;     /* key; not in a world's policy: it is not there in this world */
    Instant created_at, removed_at;
    Override override;       /* its feature is filled in */
    Grant grant;
} ReplayGiven;

/* One counter in one world. */
typedef struct Cell Cell;
struct Cell {
    Counter counter;         /* first, so that a Counter that a decision names is a Cell */
    const Limit *limit;      /* NULL: of a grant */
    Cell *next;
};

/* What else than a limit may stop a request in a world: its policy does not know the feature; the person's plan does not list it; another
 * matter, as somebody who is suspended. */
typedef enum { BAR_NONE, BAR_NO_FEATURE, BAR_NOT_IN_PLAN, BAR_OTHER } ReplayBar;

/* What came of somebody's requests in one world, while counting. */
typedef struct {
    int64_t stopped, waited; /* denied and forbidden; put into a line */
    int64_t newly;           /* stopped or made to wait here, and not in world 0 */
    int64_t relieved;        /* the other way round */
    Instant first, last;     /* of `newly` */
    const Limit *limit;      /* that stopped last here; NULL: none did, */
    ReplayBar bar;           /* but this, last */
} ReplayTally;

/* All that belongs to one owner in one world. */
typedef struct {
    Cell *cells;
    GArray *overrides, *grants; /* with when they were there; NULL: none */
    bool no_turn;            /* did not wait here when it did then: the place that it had then is nothing here */
} Holdings;

typedef struct {
    int64_t subject_id;
    char *key, *zone;
    Instant first_met, anchor;
    const char *plan;        /* as last recorded; interned */
    bool anonymous;
    int64_t requests;
    Holdings holdings[REPLAY_WORLDS_MAX];
    ReplayTally tally[REPLAY_WORLDS_MAX];
} ReplayPerson;

typedef struct {
    Instant start;           /* of the day */
    int64_t requests, stopped[REPLAY_WORLDS_MAX], waited[REPLAY_WORLDS_MAX];
} ReplayDay;

/* In a world some people have another plan than they had. */
typedef struct {
    const char *subject;     /* its key: only theirs is another; NULL: everybody's */
    const char *from;        /* only while it was this; NULL: whichever it was */
    const char *to;          /* key of a plan of the world's policy; NULL: nobody has another */
} ReplayMove;

typedef struct {
    const Policy *policy;
    ReplayMove move;         /* its texts must outlive the replay */
    Cell **plan_cells;       /* of each plan */
    Cell *site_cells;
} ReplayWorld;

typedef struct {
    ReplayWorld worlds[REPLAY_WORLDS_MAX];
    int world_count;
    Instant counted_from;    /* records before only bring the counters to where they stood */
    GTimeZone *zone;         /* of days */
    GHashTable *people;      /* subject id → ReplayPerson */
    GHashTable *accounts;    /* account id → ReplayAccount (replay_parts.h) */
    GHashTable *charges;     /* id of a record → what it charged, for as long as it may be given back */
    GArray *days;            /* of ReplayDay */
    Instant day_ends;
    int64_t records;         /* all that were given */
    int64_t requests;        /* of those, asked while counting */
    int64_t recorded_stopped, recorded_waited; /* of those, as they were recorded */
    GArray *versions;        /* of int: those whose policy is that of world 0 */
    int64_t told, agreed, exact; /* recorded under one of them; with the same outcome; with the same numbers throughout */
    int64_t differs[3];      /* ids of the first requests whose outcome differs */
    Instant differs_at[3];
    Instant first, last;     /* of the requests counted; INSTANT_MAX: none */
    GArray *overrides, *grants; /* in use by one decision */
    GArray *lines;
    GStringChunk *texts;
} Replay;

Replay *replay_new(Instant counted_from, GTimeZone *zone);
void replay_free(Replay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Replay, replay_free)

/* One world more, before the first record; returns it. The policy must outlive the replay, and its slots be filled: those that the
 * records do not know with numbers of their own. */
ReplayWorld *replay_add_world(Replay *replay, const Policy *policy);

/* World 0's policy is that of this version, too: it was gone back to. Before the first record. */
void replay_is_version(Replay *replay, int version);

/* How long before `counted_from` records are needed, so that what they say of world 0 brings the others' counters to where they
 * would have stood: windows that roll, or that are not counted now. At most REPLAY_WARM_UP_MAX_US. */
#define REPLAY_WARM_UP_MAX_US (INT64_C(92) * 86400 * US_PER_S)
int64_t replay_warm_up_us(const Policy *now, const Policy *next);

/* The same for those who have another plan under the same policy; nothing where nobody has. */
int64_t replay_move_warm_up_us(const Policy *now, const Policy *next, const ReplayMove *move);

/* Is the subject known? Whoever is not is to be introduced before its first record, and what was given to it after that. */
bool replay_knows(const Replay *replay, int64_t subject_id);
bool replay_knows_account(const Replay *replay, int64_t account_id);
void replay_meet(Replay *replay, const ReplayFacts *facts);
void replay_meet_account(Replay *replay, int64_t account_id);
void replay_give(Replay *replay, const ReplayGiven *given, bool is_grant);

/* Records that happened at the same instant, in any order: which came first is told from their traces. */
void replay_records(Replay *replay, const ReplayRecord **records, int count);

/* Of those who were counted, the ones for whom `wanted` is true; ReplayPerson *, in no order. g_ptr_array_unref. */
GPtrArray *replay_people(const Replay *replay, bool (*wanted)(const ReplayPerson *person));
bool replay_person_differs(const ReplayPerson *person); /* in world 1 */

/* People of whom at least one request was counted; those of them who were stopped or waited in the world. */
int64_t replay_people_counted(const Replay *replay);
int64_t replay_people_stopped(const Replay *replay, int world);

#endif
