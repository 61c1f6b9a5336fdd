/* The pages about lines, for administrators, in their states. */
#ifndef WEBQUOTA_LINE_STATES_H
#define WEBQUOTA_LINE_STATES_H

#include "view/admin_states.h"
#include "view/view_lines.h"

static inline json_t *sample_queue(const char *feature, const char *state, int waiting, bool told)
{
    json_t *line = json_pack("{s:s, s:s, s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:i}", "feature", feature, "limit", "shared", "state", state,
                             "in_policy", strcmp(feature, "gone") != 0, "waiting", waiting, "admitted", waiting ? 2 : 0, "used", told ? 300 : 0,
                             "lost", 12, "lapsed", 3, "median_wait_s", told ? 42 : 0);
    bool stopped = strcmp(state, "open") != 0;
    json_object_update_new(line, json_pack("{s:o, s:i, s:i, s:s?, s:s?, s:s?, s:o}", "oldest_wait_s", waiting ? json_integer(5700) : json_null(),
                                           "let_in_hour", told ? 41 : 0, "let_in_day", told ? 1300 : 0, "reason",
                                           stopped ? HOSTILE_NAME : NULL, "author", stopped ? HOSTILE_NAME : NULL, "changed_at",
                                           stopped ? "2026-11-22T11:00:00Z" : NULL, "promises",
                                           told ? json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "told", 300, "kept", 297, "kept_percent", 99,
                                                            "early", 2, "late", 1, "error_median_s", 8, "error_p90_s", 95)
                                                : json_null()));
    return line;
}

/* Of which so much is on record that it could not be added up. */
static inline json_t *without_past(json_t *line)
{
    static const char *const figures[] = {"used", "lost", "lapsed", "median_wait_s", "let_in_hour", "let_in_day", "promises"};
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++)
        json_object_set_new(line, figures[i], json_null());
    return line;
}

static inline Value *sample_queues(json_t *lines, bool may_change)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/queues");
    Value *page = view_queues(&(QueuesShown){.lines = sample_kept(lines), .may_change = may_change}, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *queues_some(void)
{
    return sample_queues(json_pack("[o, o, o, o]", sample_queue("get_solution", "paused", 12, true), sample_queue("message", "open", 0, false),
                                   sample_queue("hostile", "closed", 3, true), sample_queue("gone", "open", 0, true)), true);
}

static Value *queues_looked_at(void) { return sample_queues(json_pack("[o]", sample_queue("message", "open", 4, true)), false); }
static Value *queues_without_past(void) { return sample_queues(json_pack("[o]", without_past(sample_queue("message", "paused", 4, true))), true); }
static Value *queues_none(void) { return sample_queues(json_array(), true); }

static inline Value *sample_queue_line_of(json_t *line, bool some, const char *done)
{
    Sample sample;
    sample_admin_init(&sample, "/admin/queue");
    json_t *tickets = some ? json_pack("[o, o, o]", sample_ticket("tkt_a", HOSTILE_NAME, 1, true), sample_ticket("tkt_b", "bob", 2, false),
                                       sample_ticket("tkt_c", LONG_NAME, 3, false)) : json_array();
    QueueLineShown shown = {.line = sample_kept(line), .tickets = sample_kept(tickets),
                            .more = some, .may_change = done != NULL, .done = done, .ticket = "tkt_a", .was = "open"};
    Value *page = view_queue_line(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static inline Value *sample_queue_line(const char *state, bool some, const char *done)
{
    return sample_queue_line_of(sample_queue("get_solution", state, some ? 12 : 0, some), some, done);
}

static Value *queue_line_without_past(void)
{
    return sample_queue_line_of(without_past(sample_queue("get_solution", "paused", 12, true)), true, "pause");
}
static Value *queue_line_paused(void) { return sample_queue_line("paused", true, "pause"); }
static Value *queue_line_moved(void) { return sample_queue_line("open", true, "move-up"); }
static Value *queue_line_empty(void) { return sample_queue_line("closed", false, NULL); }

enum { Q_SEEN, Q_REASON, Q_FIELDS };

static inline Value *sample_number_change(LineChangeKind kind, int number, bool wrong, bool preview, bool stale)
{
    static FormShown shown[2][Q_FIELDS] = {{{.name = "seen"}, {.name = "reason"}}};
    memcpy(shown[1], shown[0], sizeof shown[0]);
    shown[1][Q_REASON] = (FormShown){.name = "reason", .typed = preview ? (char *)HOSTILE_NAME : NULL, .mistake = wrong ? FORM_MISSING : FORM_GOOD};
    Sample sample;
    sample_admin_init(&sample, "/admin/queue/change");
    LineChangeShown change = {
        .kind = kind, .line = sample_kept(sample_queue("get_solution", stale ? "closed" : "open", 12, true)),
        .ticket = line_change_is_of_ticket(kind) ? sample_kept(sample_ticket("tkt_a", HOSTILE_NAME, number, false)) : NULL, .stale = stale,
        .preview = preview, .shown = shown[wrong || preview], .shown_count = Q_FIELDS,
    };
    Value *page = view_line_change(&change, &sample.context);
    sample_clear(&sample);
    return page;
}

static inline Value *sample_line_change(LineChangeKind kind, bool wrong, bool preview, bool stale)
{
    return sample_number_change(kind, 7, wrong, preview, stale);
}

static Value *line_pause(void) { return sample_line_change(LINE_PAUSE, false, false, false); }
static Value *line_drain_preview(void) { return sample_line_change(LINE_DRAIN, false, true, false); }
static Value *line_stale(void) { return sample_line_change(LINE_PAUSE, false, false, true); }
static Value *line_wrong(void) { return sample_line_change(LINE_DROP, true, false, false); }
static Value *line_move_preview(void) { return sample_line_change(LINE_MOVE_UP, false, true, false); }
static Value *line_admit_preview(void) { return sample_line_change(LINE_ADMIT, false, true, false); }
static Value *line_drop_preview(void) { return sample_line_change(LINE_DROP, false, true, false); }
static Value *line_drop_admitted(void) { return sample_number_change(LINE_DROP, 0, false, true, false); }

#endif
