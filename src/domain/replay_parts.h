/* What the files of the replay share among themselves; nobody else's business. */
#ifndef WEBQUOTA_REPLAY_PARTS_H
#define WEBQUOTA_REPLAY_PARTS_H

#include "domain/replay.h"

#define SAVED_MAX 64

/* An override or a grant of a world, and when it was there. */
typedef struct {
    Override override;
    Instant created_at, removed_at;
} GivenOverride;
typedef struct {
    Grant grant;
    Instant created_at, removed_at;
} GivenGrant;

/* An owner of subjects, in every world. */
typedef struct {
    int64_t id;
    Holdings holdings[REPLAY_WORLDS_MAX];
} ReplayAccount;

/* One record in one world. */
typedef struct {
    Replay *replay;
    int world;
    ReplayPerson *person;
    Holdings *own, *ours;      /* of the subject; of its account */
    const ReplayRecord *record;
    Subject subject;
    Situation situation;
    AskItem items[REPLAY_ITEMS_MAX];
    int item_count;
    struct {
        Cell *cell;
        Counter was;
    } saved[SAVED_MAX];        /* counters as they stood before they were looked at */
    int saved_count;
} Turn;

/* replay_book.c: counters of a world, made where they are missing, as the record at hand says that they stood. */
Cell *turn_limit_cell(Turn *turn, const Limit *limit);
Book turn_book(Turn *turn);
/* Has every limit on what is asked its counter already? */
bool turn_has_cells(const Turn *turn);
/* The cell of a line, or NULL. */
Cell *turn_line_cell(Turn *turn, const TraceLine *line);
/* Puts back the counters that were looked at: a refusal turns nothing for good. */
void turn_restore(Turn *turn);
void cells_free(Cell *cells);

/* replay_settle.c: what was charged, and what became of it. */
void charge_keep(Turn *turn, const Decision *decision);
void charge_none(Turn *turn);
void turn_settle(Turn *turn);
void turn_reset(Turn *turn); /* or takes one back */
/* After all worlds have seen a record that settles another. */
void charge_forget(Replay *replay, const ReplayRecord *record);
void charge_free(gpointer charge);

/* replay_count.c */
typedef struct {
    const Limit *limit;      /* NULL: none */
    ReplayBar bar;
} ReplayStop;
/* What came of it in each world, and what stopped it. */
void replay_count_request(Replay *replay, ReplayPerson *person, const ReplayRecord *record, const Outcome *outcomes, const ReplayStop *stops);
/* A refusal that was given again: its numbers are those of the first. */
bool replay_is_repetition(const ReplayRecord *record);
void replay_count_agreement(Replay *replay, const ReplayRecord *record, const Decision *decision);

#endif
