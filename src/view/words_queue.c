/* What is said to those who wait. */
#include "view/words_add.h"

void words_add_position(GString *out, int64_t ahead, int64_t in_line)
{
    text_add(out, "You are number ");
    words_add_number(out, ahead + 1);
    text_add(out, " of ");
    words_add_number(out, MAX(in_line, ahead + 1));
}

/* The unit in which a range is said: short ones exactly, long ones roughly. */
typedef struct {
    int64_t seconds;
    const char *one, *many;
} Unit;

static const Unit *unit_for(int64_t most_s)
{
    static const Unit units[] = {{60, " minute", " minutes"}, {3600, " hour", " hours"}, {86400, " day", " days"}};
    return most_s <= 90 * 60 ? &units[0] : most_s <= 48 * 3600 ? &units[1] : &units[2];
}

static void add_range(GString *out, const QueueWait *wait)
{
    const Unit *unit = unit_for(wait->most_s);
    int64_t least = wait->least_s / unit->seconds, most = (wait->most_s + unit->seconds - 1) / unit->seconds;
    int64_t about = CLAMP((wait->about_s + unit->seconds - 1) / unit->seconds, MAX(least, 1), MAX(most, 1));
    text_add(out, "About ");
    words_add_number(out, about);
    text_add(out, about == 1 ? unit->one : unit->many);
    if (least == most)
        return;
    if (least == 0) {
        text_add(out, " (up to ");
    } else {
        text_add(out, " (");
        words_add_number(out, least);
        text_add(out, " to ");
    }
    words_add_number(out, most);
    text_add(out, ")");
}

void words_add_wait(GString *out, const QueueWait *wait, bool paused)
{
    if (paused)
        text_add(out, "The queue is paused. We do not know yet how long it takes");
    else if (!wait->known)
        text_add(out, "We do not know yet how long it takes");
    else
        add_range(out, wait);
}

void words_add_queued(GString *out, const Answer *answer)
{
    if (answer->ticket_state == TICKET_ADMITTED)
        text_add(out, "It is your turn.");
    else if (answer->ticket_state != TICKET_WAITING)
        text_add(out, "This was asked for before, and its turn is over.");
    else if (answer->ahead >= 0) {
        words_add_position(out, answer->ahead, answer->in_line);
        text_add(out, ". ");
        words_add_wait(out, &answer->wait, false);
        text_add(out, ".");
    } else {
        text_add(out, "You are in line.");
    }
}

static const char *ended_words(const TicketShown *shown)
{
    switch (shown->state) {
    case TICKET_USED:
        return "Your turn came, and you took it.";
    case TICKET_LEFT:
        return "You have left the queue.";
    case TICKET_LAPSED:
        return "Your turn came, and was not taken in time. It went to the next in line.";
    default:
        return g_strcmp0(shown->why, "refused") == 0   ? "Your turn came, but another of your limits is used up."
               : g_strcmp0(shown->why, "dropped") == 0 ? "An administrator has ended your place in the queue."
                                                       : "Your place was lost, because nobody looked after it for too long.";
    }
}

/* What has become of what is sent when the turn comes; NULL: there is nothing such, or it is not its turn. */
static const char *callback_words(const TicketShown *shown)
{
    switch (shown->callback) {
    case CALLBACK_PENDING:
        return "It is its turn, and what was asked for is being sent.";
    case CALLBACK_DELIVERED:
        return "Its turn came, and what was asked for was sent and taken.";
    case CALLBACK_FAILED:
        return "Its turn came, but what was asked for could not be delivered. What was held for it was given back.";
    default:
        return NULL;
    }
}

void words_add_tries(GString *out, const TicketShown *shown)
{
    if (shown->tries == 0) {
        text_add(out, "It is sent in a moment.");
        return;
    }
    text_add(out, shown->tries == 1 ? "It was tried once." : "It was tried ");
    if (shown->tries > 1) {
        words_add_number(out, shown->tries);
        text_add(out, " times.");
    }
    if (shown->next_at == INSTANT_MAX || shown->next_at <= shown->tried_at)
        return;
    text_add(out, " The next try is at ");
    words_add_second(out, shown->next_at, shown->zone);
    text_add(out, ".");
}

void words_add_ticket(GString *out, const TicketShown *shown)
{
    const char *words = callback_words(shown);
    if (words)
        text_add(out, words);
    else if (shown->state == TICKET_WAITING) {
        words_add_position(out, shown->ahead, shown->in_line);
        text_add(out, ". ");
        words_add_wait(out, &shown->wait, shown->paused);
        text_add(out, ".");
    } else if (shown->state == TICKET_ADMITTED) {
        text_add(out, "It is your turn.");
    } else {
        text_add(out, ended_words(shown));
    }
}

void words_add_queue_title(GString *out, const TicketShown *shown, const char *thing)
{
    if (shown->state == TICKET_WAITING) {
        text_add(out, "Number ");
        words_add_number(out, shown->ahead + 1);
        text_add(out, " of ");
        words_add_number(out, MAX(shown->in_line, shown->ahead + 1));
    } else {
        text_add(out, shown->callback == CALLBACK_PENDING ? "Being sent" : shown->state == TICKET_ADMITTED ? "Your turn" : "Queue");
    }
    text_adds(out, ": ", thing);
}
