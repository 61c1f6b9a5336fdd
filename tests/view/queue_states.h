/* The queue's page in its states. */
#ifndef WEBQUOTA_QUEUE_STATES_H
#define WEBQUOTA_QUEUE_STATES_H

#include "view/page_samples.h"

static const TicketShown queue_sample = {
    .id = "tkt_x7f3kq2m9x4c8v1b6n5z0",
    .feature_key = "get_solution",
    .units = 1,
    .ahead = 11,
    .in_line = 40,
    .ahead_at_first = 30,
    .wait = { true, 100, 220, 170 },
    .keep_s = 300,
    .poll_s = 12,
    .go = "/solve?problem=12&hint=1",
    .back = "/solve?problem=12&hint=1",
    .zone = SAMPLE_ZONE,
    .claim_until = INSTANT_MAX,
    .ended_at = INSTANT_MAX,
};

static inline Value *queue_page(TicketShown shown, int plan, int feature)
{
    Sample sample;
    sample_init(&sample, plan);
    shown.feature = &sample.policy->features[feature];
    shown.feature_key = shown.feature->key;
    shown.now = sample.context.now;
    shown.joined_at = shown.now - 100 * US_PER_S;
    shown.kept_until = shown.now + 290 * US_PER_S;
    if (shown.state == TICKET_ADMITTED)
        shown.claim_until = shown.now + 55 * US_PER_S;
    sample.context.path = "/queue/x";
    Value *page = view_queue(&shown, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *queue_waiting(void)
{
    return queue_page(queue_sample, FREE, SOLUTION);
}

static Value *queue_first(void)
{
    TicketShown shown = queue_sample;
    shown.ahead = 0;
    shown.in_line = 1;
    shown.ahead_at_first = 0;
    shown.wait = (QueueWait){ true, 0, 110, 50 };
    return queue_page(shown, ANONYMOUS, SOLUTION);
}

static Value *queue_form(void)
{
    TicketShown shown = queue_sample;
    shown.by_form = true;
    shown.ahead = 1;
    shown.wait = (QueueWait){ 0 };
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_paused(void)
{
    TicketShown shown = queue_sample;
    shown.paused = true;
    shown.wait = (QueueWait){ 0 };
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_turn_come(void)
{
    TicketShown shown = queue_sample;
    shown.state = TICKET_ADMITTED;
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_turn_form(void)
{
    TicketShown shown = queue_sample;
    shown.state = TICKET_ADMITTED;
    shown.by_form = true;
    shown.go = NULL;
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_callback(void)
{
    TicketShown shown = queue_sample;
    shown.callback = CALLBACK_WAITING;
    shown.go = shown.back = NULL;
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_sending(void)
{
    TicketShown shown = queue_sample;
    shown.state = TICKET_ADMITTED;
    shown.callback = CALLBACK_PENDING;
    shown.go = shown.back = NULL;
    shown.tries = 2;
    shown.tried_at = 1766993400 * US_PER_S;
    shown.next_at = 1766993416 * US_PER_S;
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_undelivered(void)
{
    TicketShown shown = queue_sample;
    shown.state = TICKET_LAPSED;
    shown.callback = CALLBACK_FAILED;
    shown.go = shown.back = NULL;
    shown.tries = 10;
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_lapsed(void)
{
    TicketShown shown = queue_sample;
    shown.state = TICKET_LAPSED;
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_lost(void)
{
    TicketShown shown = queue_sample;
    shown.state = TICKET_EXPIRED;
    shown.why = "unseen";
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_ended(TicketState state, const char *why)
{
    TicketShown shown = queue_sample;
    shown.state = state;
    shown.why = why;
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_left(void) { return queue_ended(TICKET_LEFT, NULL); }
static Value *queue_used(void) { return queue_ended(TICKET_USED, NULL); }
static Value *queue_refused(void) { return queue_ended(TICKET_EXPIRED, "refused"); }
static Value *queue_dropped(void) { return queue_ended(TICKET_EXPIRED, "dropped"); }

static Value *queue_lost_form(void)
{
    TicketShown shown = queue_sample;
    shown.state = TICKET_EXPIRED;
    shown.why = "unseen";
    shown.by_form = true;
    return queue_page(shown, FREE, SOLUTION);
}

static Value *queue_delivered(void)
{
    TicketShown shown = queue_sample;
    shown.state = TICKET_USED;
    shown.callback = CALLBACK_DELIVERED;
    shown.go = shown.back = NULL;
    shown.tries = 1;
    return queue_page(shown, FREE, SOLUTION);
}

/* Names and addresses that mean harm. */
static Value *queue_hostile(void)
{
    TicketShown shown = queue_sample;
    shown.go = shown.back = "/a\"><script>alert(1)</script>?x='y'&z=<b>";
    shown.state = TICKET_ADMITTED;
    return queue_page(shown, FREE, HOSTILE);
}

#endif
