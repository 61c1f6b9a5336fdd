/* Signed assertions: only what was signed, for as long as it says. */
#include "web/assertion.h"

#include <sodium.h>

#include "suite.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW_S 1700000000
#define NOW (NOW_S * US_PER_S)

/* Made by openssl: printf 'v1.PAYLOAD' | openssl dgst -sha256 -mac HMAC -macopt key:SECRET. */
#define FOREIGN "v1.eyJzdWIiOiJhZGEiLCJleHAiOjE4MDAwMDAwMDB9.ov9Tx3xCT8fTA8Q_tFl3_qH70Rz2TbHEuko-0F6VQDY"

static char *signed_payload(const char *json)
{
    size_t room = sodium_base64_encoded_len(strlen(json), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    g_autofree char *payload = g_malloc(room);
    sodium_bin2base64(payload, room, (const unsigned char *) json, strlen(json), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    g_autofree char *text = g_strconcat("v1.", payload, NULL);
    unsigned char mac[32];
    gsize len = sizeof mac;
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *) SECRET, strlen(SECRET));
    g_hmac_update(hmac, (const guchar *) text, -1);
    g_hmac_get_digest(hmac, mac, &len);
    char mac_text[64];
    sodium_bin2base64(mac_text, sizeof mac_text, mac, sizeof mac, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return g_strconcat(text, ".", mac_text, NULL);
}

START_TEST(good_ones_name_their_bearer)
{
    g_autofree char *text = assertion_make("ada", NOW_S + 1, SECRET);
    g_autofree char *subject = assertion_subject(text, SECRET, NOW);
    ck_assert_str_eq(subject, "ada");
    g_autofree char *other = assertion_subject(FOREIGN, SECRET, NOW);
    ck_assert_str_eq(other, "ada");
}
END_TEST

START_TEST(expired_ones_do_not)
{
    g_autofree char *text = assertion_make("ada", NOW_S, SECRET);
    ck_assert_ptr_null(assertion_subject(text, SECRET, NOW));
    g_autofree char *before = assertion_subject(text, SECRET, NOW - US_PER_S);
    ck_assert_str_eq(before, "ada");
}
END_TEST

START_TEST(altered_ones_do_not)
{
    g_autofree char *text = assertion_make("ada", NOW_S + 1000, SECRET);
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        g_autofree char *altered = g_strdup(text);
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        ck_assert_msg(!assertion_subject(altered, SECRET, NOW), "byte %zu", i);
        altered[i] = '\0';
        ck_assert(!assertion_subject(altered, SECRET, NOW));
    }
    g_autofree char *longer = g_strconcat(text, "A", NULL);
    ck_assert(!assertion_subject(longer, SECRET, NOW));
    g_autofree char *padded = g_strconcat(text, "=", NULL);
    ck_assert(!assertion_subject(padded, SECRET, NOW));
}
END_TEST

START_TEST(other_secrets_and_none_do_not)
{
    g_autofree char *text = assertion_make("ada", NOW_S + 1000, SECRET);
    ck_assert(!assertion_subject(text, "another secret of good length", NOW));
    ck_assert(!assertion_subject(text, NULL, NOW));
}
END_TEST

START_TEST(payloads_must_say_who_and_until_when)
{
    static const char *const bad[] = {
        "{\"sub\":\"ada\"}", "{\"exp\":1800000000}", "{\"sub\":\"ada\",\"exp\":\"1800000000\"}",
        "{\"sub\":\"ada\",\"exp\":1800000000.5}", "{\"sub\":\"\",\"exp\":1800000000}", "{\"sub\":1,\"exp\":1800000000}",
        "{\"sub\":\"anon:192.0.2.1\",\"exp\":1800000000}", "{\"sub\":\"a\\u0000b\",\"exp\":1800000000}",
        "{\"sub\":\"a\\nb\",\"exp\":1800000000}", "{\"sub\":\"a\",\"sub\":\"b\",\"exp\":1800000000}", "[]", "", "{", "null",
        "{\"sub\":\"ada\",\"exp\":-1}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = signed_payload(bad[i]);
        ck_assert_msg(!assertion_subject(text, SECRET, NOW), "%s", bad[i]);
    }
    static const char *const good[] = {
        "{\"sub\":\"ada\",\"exp\":1800000000,\"iat\":1}", " { \"exp\" : 1800000000 , \"sub\" : \"ada\" } ",
        "{\"sub\":\"\\u0061da\",\"exp\":1800000000}", "{\"sub\":\"ada\",\"exp\":180000000000000000}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *text = signed_payload(good[i]);
        g_autofree char *subject = assertion_subject(text, SECRET, NOW);
        ck_assert_msg(g_strcmp0(subject, "ada") == 0, "%s", good[i]);
    }
}
END_TEST

START_TEST(nonsense_is_none)
{
    static const char *const bad[] = {"", "v1.", "v1..", "v1.a", "v1.a.b", "v2.a.b", "eyJ.eyJ.x", ".", "v1.eyJ9."};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(!assertion_subject(bad[i], SECRET, NOW), "%s", bad[i]);
    g_autofree char *name = g_strnfill(2000, 'a');
    g_autofree char *text = assertion_make(name, NOW_S + 1000, SECRET);
    ck_assert(!assertion_subject(text, SECRET, NOW));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {good_ones_name_their_bearer, expired_ones_do_not, altered_ones_do_not,
                                  other_secrets_and_none_do_not, payloads_must_say_who_and_until_when, nonsense_is_none};
    return sodium_init() < 0 ? 1 : suite_run("assertion", tests, G_N_ELEMENTS(tests));
}
