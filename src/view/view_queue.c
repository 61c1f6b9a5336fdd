/* The queue's page: which number one is, how long it takes, and what to do meanwhile. */
#include "view/view_page.h"
#include "view/words_add.h"

static void add_heading(GString *out, const TicketShown *shown)
{
    if (shown->state == TICKET_WAITING)
        words_add_position(out, shown->ahead, shown->in_line);
    else
        words_add_ticket(out, shown);
}

/* Places that are behind one already, of those that there were: {name, max, now, text, used}. */
static void set_progress(Value *queue, const TicketShown *shown)
{
    int64_t first = MAX(shown->ahead_at_first, shown->ahead), done = first - shown->ahead;
    if (shown->state != TICKET_WAITING || first == 0) {
        set_null(queue, "progress");
        return;
    }
    Value *meter = set_object(queue, "progress");
    set_number(meter, "max", first);
    set_number(meter, "now", done);
    set_number(meter, "used", done * 100 / first);
    set_words(meter, "done", words_add_number, done);
    set_words(meter, "of", words_add_number, first);
}

static void set_waiting(Value *queue, const TicketShown *shown)
{
    bool waits = shown->state == TICKET_WAITING;
    set_flag(queue, "waits", waits);
    set_flag(queue, "paused", waits && shown->paused);
    if (waits) {
        set_words(queue, "ahead", words_add_number, shown->ahead);
        set_words(queue, "wait", words_add_wait, &shown->wait, shown->paused);
        set_words(queue, "kept_until", words_add_second, shown->kept_until, shown->zone);
    } else {
        set_null(queue, "ahead");
        set_null(queue, "wait");
        set_null(queue, "kept_until");
    }
    set_flag(queue, "nobody", waits && shown->ahead == 0);
    set_flag(queue, "one", waits && shown->ahead == 1);
    set_instant(queue, "kept_at", waits ? shown->kept_until : INSTANT_MAX);
    set_progress(queue, shown);
}

static void set_turn(Value *queue, const TicketShown *shown)
{
    bool sending = shown->callback == CALLBACK_PENDING, turn = shown->state == TICKET_ADMITTED && !sending;
    set_flag(queue, "sending", sending);
    if (sending)
        set_words(queue, "tries", words_add_tries, shown);
    else
        set_null(queue, "tries");
    set_flag(queue, "turn", turn);
    set_instant(queue, "claim_at", turn ? shown->claim_until : INSTANT_MAX);
    if (turn) {
        set_words(queue, "claim_until", words_add_second, shown->claim_until, shown->zone);
        set_words(queue, "claim_in", words_add_span, MAX(shown->claim_until - shown->now, 0));
    } else {
        set_null(queue, "claim_until");
        set_null(queue, "claim_in");
    }
    set_words(queue, "go", add_back, turn ? shown->go : NULL);
}

Value *view_queue(const TicketShown *shown, const PageContext *context)
{
    Value *queue = value_new();
    const char *thing = shown->feature ? shown->feature->title : shown->feature_key;
    bool over = ticket_is_over(shown->state);
    const char *title = words_of(queue, words_add_queue_title, shown, thing);
    set_value(queue, "page", page_value(queue, context, title, shown->zone, false));
    set_text(queue, "title", thing);
    set_words(queue, "heading", add_heading, shown);
    set_waiting(queue, shown);
    set_turn(queue, shown);
    set_flag(queue, "over", over);
    set_flag(queue, "lost", shown->state == TICKET_EXPIRED || shown->state == TICKET_LAPSED || shown->state == TICKET_LEFT);
    set_flag(queue, "callback", shown->callback != CALLBACK_NONE);
    set_flag(queue, "form", shown->by_form);
    set_words(queue, "back", add_back, shown->back);
    set_words(queue, "url", add_address, context->mount, "/queue/", shown->id);
    set_words(queue, "usage_url", add_address, context->mount, "/", NULL);
    set_words(queue, "limit_url", add_address, context->mount, "/limit/", shown->feature_key);
    return queue;
}
