/* The pages about lines of people who wait, for administrators. As in view.h: what they are made from must outlive the values. Pure. */
#ifndef WEBQUOTA_VIEW_LINES_H
#define WEBQUOTA_VIEW_LINES_H

#include "view/view.h"

/* What may be changed of a line, and of a ticket. The word stands in addresses ("move-up"). */
typedef enum { LINE_PAUSE, LINE_RESUME, LINE_DRAIN, LINE_MOVE_UP, LINE_MOVE_BACK, LINE_ADMIT, LINE_DROP, LINE_CHANGE_KINDS } LineChangeKind;
bool line_change_find(const char *word, LineChangeKind *kind) MUST_CHECK;
const char *line_change_word(LineChangeKind kind);
bool line_change_is_of_ticket(LineChangeKind kind);

/* For set_words. "/admin/queue/change?what=drop&ticket=…"; of a line, "?what=pause&feature=…&limit=…". */
void add_ticket_change(GString *out, const char *mount, LineChangeKind kind, const char *ticket);
void add_line_change(GString *out, const char *mount, LineChangeKind kind, const json_t *line);

/* A ticket, as queue_line gives it, as the row of a table: for the page of its holder, too. */
void set_ticket_row(Value *row, const json_t *ticket, const PageContext *context);

typedef struct {
    const json_t *lines;    /* as queue_report_json gives each */
    bool may_change;
} QueuesShown;
Value *view_queues(const QueuesShown *shown, const PageContext *context);

typedef struct {
    const json_t *line;     /* as queue_report_json gives it */
    const json_t *tickets;  /* as queue_line gives them */
    bool more;              /* there are some behind these */
    bool may_change;
    const char *done;       /* what was changed a moment ago (line_change_word); NULL: nothing */
    const char *ticket;     /* of which ticket; NULL: of the line */
    const char *was;        /* the state of the line before; NULL: not told */
} QueueLineShown;
Value *view_queue_line(const QueueLineShown *shown, const PageContext *context);

typedef struct {
    LineChangeKind kind;
    const json_t *line;
    const json_t *ticket;   /* NULL: it is about the line */
    bool stale;             /* somebody else changed the line since the form was opened */
    bool preview;           /* it is filled in, and to be confirmed */
    const FormShown *shown; /* seen, reason */
    int shown_count;
} LineChangeShown;
Value *view_line_change(const LineChangeShown *shown, const PageContext *context);

#endif
