/* What a decision charged, as flat lines that are kept with it, and giving it back later.
 *
 * A unit that is kept stays where it was charged first: on the limits before the grants, and of
 * grants on those drawn first. So what is given back comes from the grants drawn last, then from the
 * rest of the grants, and from the limits' own units only after all of them.
 */
#include "domain/decide_parts.h"

static int64_t look_flags(const Decision *decision, const LimitLook *look)
{
    static const int64_t owner[] = {
        [SCOPE_SUBJECT] = 0,
        [SCOPE_ORGANIZATION] = TRACE_ORGANIZATION,
        [SCOPE_PLAN] = TRACE_PLAN,
        [SCOPE_SITE] = TRACE_SITE,
    };
    int64_t flags = look->source | owner[look->limit->scope];
    if (look->shadow_refused)
        flags |= TRACE_SHADOW;
    else if (!look->holds)
        flags |= TRACE_REFUSED;
    if (decision->deciding >= 0 && look == &decision->looks[decision->deciding])
        flags |= TRACE_DECIDED;
    return flags;
}

static void trace_charge(const Decision *decision, TraceLine *line, int64_t units)
{
    if (decision->kind == ASK_CONSUME)
        line->used_delta = units;
    else if (decision->kind == ASK_HOLD)
        line->held_delta = units;
}

void decision_trace(const Decision *decision, GArray *lines)
{
    for (int i = 0; i < decision->look_count; i++) {
        const LimitLook *look = &decision->looks[i];
        TraceLine line = {
            .slot = look->limit->slot,
            .counted_at = look->counted_at,
            .window_start = look->window.start,
            .window_end = look->window.end,
            .amount = look->amount,
            .used = look->used,
            .held = look->held,
            .carried = look->carried,
            .bonus = look->bonus,
            .flags = look_flags(decision, look),
            .asked = look->asked,
            .gives_at = look->holds ? look->window.end : look->frees_at,
        };
        trace_charge(decision, &line, look->charged);
        g_array_append_val(lines, line);
    }
    for (int i = 0; i < decision->draw_count; i++) {
        const GrantDraw *draw = &decision->draws[i];
        TraceLine line = {
            .slot = draw->grant->slot,
            .counted_at = draw->counted_at,
            .window_start = draw->window.start,
            .window_end = draw->window.end,
            .amount = draw->grant->amount,
            .used = draw->used,
            .held = draw->held,
            .flags = SOURCE_GRANT | TRACE_IS_GRANT | (draw->grant->of_organization ? TRACE_ORGANIZATION : 0),
            .gives_at = draw->window.end,
        };
        trace_charge(decision, &line, draw->units);
        g_array_append_val(lines, line);
    }
}

static int64_t line_charge(const TraceLine *line)
{
    return line->used_delta + line->held_delta;
}

void trace_share(const TraceLine *lines, int count, int64_t total, int64_t units, int64_t *out)
{
    units = CLAMP(units, 0, total);
    /* The limit with the least of its own needs the most from grants. */
    int64_t from_grants = 0;
    for (int i = 0; i < count; i++) {
        if (lines[i].flags & TRACE_IS_GRANT)
            continue;
        out[i] = MIN(units, line_charge(&lines[i]));
        from_grants = MAX(from_grants, units - out[i]);
    }
    for (int i = 0; i < count; i++) {
        if (!(lines[i].flags & TRACE_IS_GRANT))
            continue;
        out[i] = MIN(from_grants, line_charge(&lines[i]));
        from_grants -= out[i];
    }
}

bool counter_settle(Counter *counter, const Limit *limit, Instant counted_at, int64_t used_delta, int64_t held_delta)
{
    int64_t used = counter->used, held = counter->held;
    bool rolling = limit ? limit->window.align == ALIGN_ROLLING : counter->buckets != NULL;
    if (!rolling && counter->window_start != counted_at)
        return false;
    if (rolling && limit)
        counter_add_used(counter, limit, counted_at, used_delta);
    else if (!rolling)
        counter->used = used_delta > 0 ? units_add(used, used_delta, INT64_MAX) : MAX(used + used_delta, 0);
    counter->held = held_delta > 0 ? units_add(held, held_delta, INT64_MAX) : MAX(held + held_delta, 0);
    return counter->used != used || counter->held != held;
}
