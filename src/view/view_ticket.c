/* A place in line as a document: what the API answers, and the twin of the queue's page. */
#include "view/put.h"
#include "view/view_parts.h"
#include "view/words_add.h"

#define DOCUMENT_BYTES 640

void put_wait_value(GString *out, const QueueWait *wait)
{
    if (!wait->known) {
        put_null_value(out);
        return;
    }
    put_begin_object(out);
    put_number(out, "least_s", wait->least_s);
    put_number(out, "most_s", wait->most_s);
    put_number(out, "about_s", wait->about_s);
    put_end(out, '}');
}

static void put_place_in_line(GString *out, const TicketShown *shown)
{
    bool waits = shown->state == TICKET_WAITING;
    put_number_if(out, "position", waits, shown->ahead + 1);
    put_number_if(out, "ahead", waits, shown->ahead);
    put_number_if(out, "in_line", waits, shown->in_line);
    PUT_NAME(out, "wait");
    put_wait_value(out, &shown->wait);
    put_flag(out, "paused", waits && shown->paused);
}

/* null where there is none. */
static void put_callback(GString *out, const TicketShown *shown)
{
    if (shown->callback == CALLBACK_NONE) {
        put_null(out, "callback");
        return;
    }
    PUT_NAME(out, "callback");
    put_begin_object(out);
    put_word(out, "state", callback_state_word(shown->callback));
    put_number(out, "tries", shown->tries);
    put_instant(out, "tried_at", shown->tried_at);
    put_instant(out, "next_at", shown->next_at);
    put_instant(out, "delivered_at", shown->delivered_at);
    put_number_if(out, "last_status", shown->last_status > 0, shown->last_status);
    put_text(out, "last_trouble", shown->trouble);
    put_end(out, '}');
}

GString *view_ticket(const TicketShown *shown, const char *mount)
{
    GString *out = g_string_sized_new(DOCUMENT_BYTES);
    put_begin_object(out);
    put_text(out, "ticket", shown->id);
    put_word(out, "state", ticket_state_word(shown->state));
    put_text(out, "feature", shown->feature_key);
    put_text(out, "resource", shown->resource);
    put_number(out, "units", shown->units);
    put_place_in_line(out, shown);
    size_t began = put_words(out, "message");
    words_add_ticket(out, shown);
    put_words_end(out, began);
    put_instant(out, "joined_at", shown->joined_at);
    put_instant(out, "as_of", shown->now);
    put_instant(out, "kept_until", shown->state == TICKET_WAITING ? shown->kept_until : INSTANT_MAX);
    put_instant(out, "claim_until", shown->state == TICKET_ADMITTED ? shown->claim_until : INSTANT_MAX);
    put_instant(out, "ended_at", shown->ended_at);
    put_text(out, "why", shown->why);
    put_number_if(out, "poll_s", !ticket_is_over(shown->state), shown->poll_s);
    put_text(out, "go", shown->state == TICKET_ADMITTED ? shown->go : NULL);
    put_callback(out, shown);
    began = put_words(out, "url");
    text_adds(out, mount ? mount : "", "/queue/", shown->id);
    put_words_end(out, began);
    put_end(out, '}');
    put_finish(out);
    return out;
}
