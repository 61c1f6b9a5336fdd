/* Fuzzes times: what is read is written back as the same instant, and any instant can be read again. */
#include "fuzz.h"

#include "base/instant.h"
#include "view/words.h"

#define EARLIEST (INT64_C(-62135596800) * US_PER_S)
#define LATEST (INT64_C(253402300800) * US_PER_S - 1)

static void check_instant(Instant at)
{
    Instant again = 0, second = 0;
    g_autofree char *exact = instant_text_exact(at), *whole = instant_text(at);
    HOLDS(exact && whole && instant_parse(exact, &again) && again == at);
    HOLDS(instant_parse(whole, &second) && second <= at && at - second < US_PER_S && second % US_PER_S == 0);
}

/* What people read of it, seen from another time. */
static void check_words(Instant at, Instant now)
{
    g_autofree char *time = words_time(at, "Europe/Dublin", now), *clock = words_clock(at, "Pacific/Apia", now);
    g_autofree char *day = words_day(at, "nowhere", now), *span = words_span(at - now);
    HOLDS(is_utf8(time) && is_utf8(clock) && is_utf8(day) && is_utf8(span) && *span);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    Instant at = 7, now = (Instant)(rest_number(&rest, 8) % (uint64_t)(LATEST - EARLIEST)) + EARLIEST;
    g_autofree char *text = rest_text(&rest, '\0');
    check_instant(now);
    if (!instant_parse(text, &at)) {
        HOLDS(at == 7);
        return 0;
    }
    HOLDS(is_utf8(text) && at >= EARLIEST - 100000 * US_PER_S && at <= LATEST + 100000 * US_PER_S);
    if (at >= EARLIEST && at <= LATEST) {
        check_instant(at);
        check_words(at, now);
    }
    return 0;
}
