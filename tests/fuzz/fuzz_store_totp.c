/* Fuzzes codes that change with time: the secret (20 bytes), the hour (4) and the last step that was taken (4), how far the right code
 * is from now (1; beyond a few steps: none is put in), then what is typed. A code is taken only where it is that of a step that may be. */
#include "fuzz.h"

#include "store/totp.h"

typedef struct {
    unsigned char secret[TOTP_SECRET_BYTES];
    int64_t step, after;
} Clock;

static bool is_code_of(const Clock *clock, int64_t step, const char *plain)
{
    char code[9];
    return totp_code(clock->secret, TOTP_SECRET_BYTES, step, TOTP_DIGITS, code) && strcmp(code, plain) == 0;
}

static void check_typed(const Clock *clock, const char *typed)
{
    int64_t found = -1, expected = -1;
    g_autofree char *plain = totp_typed(typed), *again = totp_typed(plain);
    HOLDS(strcmp(plain, again) == 0 && !strpbrk(plain, " -ABCXYZ") && strlen(plain) <= strlen(typed));
    for (int64_t step = clock->step - 1; step <= clock->step + 1; step++)
        if (step > clock->after && is_code_of(clock, step, plain))
            expected = step;
    HOLDS(totp_find(clock->secret, plain, clock->step * TOTP_STEP_S * US_PER_S, clock->after, &found) == (expected >= 0));
    HOLDS(found == expected);
}

/* What an application reads of it is the secret again. */
static void check_base32(const unsigned char secret[TOTP_SECRET_BYTES])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    g_autofree char *text = totp_base32(secret);
    uint64_t bits = 0;
    int count = 0, at = 0;
    HOLDS(strlen(text) == 32 && strspn(text, letters) == 32);
    for (const char *letter = text; *letter; letter++) {
        bits = bits << 5 | (uint64_t)(strchr(letters, *letter) - letters);
        count += 5;
        if (count < 8)
            continue;
        count -= 8;
        HOLDS((bits >> count & 0xff) == secret[at++]);
    }
    HOLDS(at == TOTP_SECRET_BYTES && count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    Clock clock;
    for (int i = 0; i < TOTP_SECRET_BYTES; i++)
        clock.secret[i] = rest_byte(&rest);
    clock.step = (int64_t)rest_number(&rest, 4);
    clock.after = clock.step + (int64_t)rest_number(&rest, 4) % 7 - 4;
    int64_t away = (int64_t)rest_byte(&rest) - 3;
    g_autofree char *typed = text_of(rest.at, rest_len(&rest));
    char right[9];
    check_typed(&clock, typed);
    if (away <= 3 && totp_code(clock.secret, TOTP_SECRET_BYTES, clock.step + away, TOTP_DIGITS, right)) {
        g_autofree char *blanks = g_strdup_printf(" %.3s - %s", right, right + 3);
        HOLDS(strlen(right) == TOTP_DIGITS && strspn(right, "0123456789") == TOTP_DIGITS);
        check_typed(&clock, right);
        check_typed(&clock, blanks);
    }
    check_base32(clock.secret);
    return 0;
}
