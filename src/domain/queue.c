/* Turns are start tags of fair queueing: a flow's next ticket comes a step after its last, a step being the shorter the
 * heavier the flow. Whoever comes into a line where nobody of their flow waits begins at the turn that is served now. */
#include "domain/queue.h"

#define POLL_MIN_S 1
#define POLL_MAX_S 20
#define WAIT_MAX_S (INT64_C(400) * 86400) /* beyond, nothing is known */

static const char *const words[TICKET_STATES] = {"waiting", "admitted", "used", "left", "expired", "lapsed"};

const char *ticket_state_word(TicketState state)
{
    return words[state];
}

bool ticket_state_read(const char *word, TicketState *state)
{
    for (int i = 0; word && i < TICKET_STATES; i++)
        if (strcmp(word, words[i]) == 0) {
            *state = (TicketState)i;
            return true;
        }
    return false;
}

bool ticket_is_over(TicketState state)
{
    return state != TICKET_WAITING && state != TICKET_ADMITTED;
}

bool ticket_may_become(TicketState from, TicketState to)
{
    switch (from) {
    case TICKET_WAITING:
        return to == TICKET_ADMITTED || to == TICKET_LEFT || to == TICKET_EXPIRED;
    case TICKET_ADMITTED:
        return to == TICKET_USED || to == TICKET_LEFT || to == TICKET_LAPSED;
    default:
        return false;
    }
}

int queue_compare(const QueuePlace *a, const QueuePlace *b)
{
    if (a->turn != b->turn)
        return a->turn < b->turn ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

int64_t queue_turn(int64_t head, int64_t last, int weight)
{
    int64_t step = QUEUE_TURN / CLAMP(weight, 1, QUEUE_WEIGHT_MAX);
    int64_t begins = MAX(head, 0);
    if (last == QUEUE_NO_TURN)
        return begins;
    return MAX(begins, last > INT64_MAX - step ? INT64_MAX : last + step);
}

bool queue_is_plain(const Policy *policy, const Limit *limit)
{
    for (int i = 0; i < policy->plan_count; i++)
        if (policy->plans[i].queue_weight != policy->plans[0].queue_weight)
            return false;
    return !limit->queue.fair;
}

/* --- how long --- */

static int64_t seconds_up(int64_t us)
{
    return us <= 0 ? 0 : (us - 1) / US_PER_S + 1;
}

/* Whole windows that must pass before so many units have been let in; the first of them is under way. */
static int64_t windows_for(int64_t units, Amount amount)
{
    return units <= 0 ? 0 : (units - 1) / amount + 1;
}

/* When the window that is the `count`th from the one under way has begun; INSTANT_MAX: beyond what is reckoned. */
static Instant window_begins(const QueuePace *pace, int64_t count, Instant now)
{
    const WindowSpec *spec = &pace->limit->window;
    Instant at = now;
    if (spec->align == ALIGN_ROLLING) {
        int64_t length_us = window_longest_us(spec);
        return count > WAIT_MAX_S * US_PER_S / MAX(length_us, 1) ? INSTANT_MAX : now + count * length_us;
    }
    if (count > 1 && window_longest_us(spec) > 0 && count > WAIT_MAX_S * US_PER_S / window_longest_us(spec) + 2)
        return INSTANT_MAX;
    /* The first by the calendar; those after it by its length, or one by one where lengths differ. */
    for (int64_t i = 0; i < count && at - now < WAIT_MAX_S * US_PER_S; i++) {
        Window window = window_at(spec, pace->zone, pace->anchor, at);
        if (spec->unit == WINDOW_MINUTE || spec->unit == WINDOW_HOUR)
            return window.end + (count - 1 - i) * (window.end - window.start);
        at = window.end;
    }
    return at;
}

static bool pace_is_known(const QueuePace *pace)
{
    return pace->limit && !pace->paused && pace->amount > 0 && pace->limit->window.unit != WINDOW_LIFETIME;
}

QueueWait queue_wait(const QueuePace *pace, int64_t ahead, int64_t units, Instant now)
{
    QueueWait wait = {0};
    if (!pace_is_known(pace))
        return wait;
    int64_t before = pace->shifts ? (ahead > INT64_MAX / 2 ? INT64_MAX : 2 * ahead) : ahead;
    int64_t all = before > INT64_MAX - units ? INT64_MAX : before + units;
    int64_t few = ahead - ahead / 4 - MIN(ahead, 1) + units;
    bool rolling = pace->limit->window.align == ALIGN_ROLLING;
    /* Room in a rolling window comes back bit by bit. */
    Instant most = window_begins(pace, windows_for(all, pace->amount), now);
    Instant least = window_begins(pace, windows_for(few, pace->amount) - rolling, now);
    if (most == INSTANT_MAX || least == INSTANT_MAX || seconds_up(most - now) > WAIT_MAX_S)
        return wait;
    wait.known = true;
    wait.least_s = seconds_up(least - now);
    wait.about_s = rolling ? (wait.least_s + seconds_up(most - now)) / 2 : seconds_up(most - now);
    wait.most_s = seconds_up(most - now) + pace->limit->queue.claim_within_s;
    return wait;
}

int64_t queue_poll_s(const QueueWait *wait, int64_t ahead, uint32_t seed)
{
    int64_t base_s = wait->known ? wait->least_s / 8 : ahead;
    base_s = CLAMP(base_s, POLL_MIN_S, POLL_MAX_S);
    /* Up to half as much again. */
    return base_s + (base_s * (int64_t)(seed % 1024) / 2 + 512) / 1024;
}
