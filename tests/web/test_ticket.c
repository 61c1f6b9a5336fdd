/* Addresses that a claim is carried by. */
#include "web/ticket.h"

#include "suite.h"

static const struct {
    const char *target, *plain;
} addresses[] = {
    {"/a", "/a"}, {"/a?b=1", "/a?b=1"}, {"", ""},
    {"/a?webquota_claim=t~x", "/a"}, {"/a?webquota_claim=t~x#top", "/a#top"}, {"/a?webquota_claim=t~x&b=1", "/a?b=1"},
    {"/a?b=1&webquota_claim=t~x", "/a?b=1"}, {"/a?b=1&webquota_claim=t~x&c=2", "/a?b=1&c=2"}, {"/a?webquota_claim=", "/a"},
    {"/a?my_webquota_claim=1&webquota_claim=t~x", "/a?my_webquota_claim=1"}, {"/a?my_webquota_claim=1", "/a?my_webquota_claim=1"},
    {"/webquota_claim=1?webquota_claim=t~x", "/webquota_claim=1"}, {"/a?webquota_claims=1&b=&webquota_claim=t", "/a?webquota_claims=1&b="},
};

START_TEST(an_address_loses_its_claim_and_nothing_else)
{
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autofree char *plain = ticket_plain_address(addresses[i].target);
        ck_assert_msg(strcmp(plain, addresses[i].plain) == 0, "%s: %s, not %s", addresses[i].target, plain, addresses[i].plain);
    }
    ck_assert_ptr_null(ticket_plain_address(NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_address_loses_its_claim_and_nothing_else};
    return suite_run("ticket", tests, G_N_ELEMENTS(tests));
}
