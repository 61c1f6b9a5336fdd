/* What clients say they would rather read. */
#include "web/accept.h"

#include "suite.h"

static const struct {
    const char *accept;
    AcceptWish wish;
} cases[] = {
    {NULL, ACCEPT_EITHER}, {"", ACCEPT_EITHER}, {"*/*", ACCEPT_EITHER}, {"image/png", ACCEPT_EITHER},
    {"text/html", ACCEPT_HTML}, {"TEXT/HTML", ACCEPT_HTML}, {"application/json", ACCEPT_JSON},
    {"application/problem+json", ACCEPT_JSON},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ACCEPT_HTML},
    {"application/json, text/plain, */*", ACCEPT_JSON}, {"application/json, text/javascript, */*; q=0.01", ACCEPT_JSON},
    {"text/html;q=0.5, application/json", ACCEPT_JSON}, {"text/html, application/json;q=0.9", ACCEPT_HTML},
    {"text/html, application/json", ACCEPT_JSON}, {"application/json;q=0.5, text/html;q=0.5", ACCEPT_JSON},
    {"text/*", ACCEPT_HTML}, {"application/*", ACCEPT_JSON}, {"application/*, text/*", ACCEPT_EITHER},
    {"text/html;q=0", ACCEPT_EITHER}, {"*/*, text/html;q=0", ACCEPT_JSON}, {"text/html;q=2", ACCEPT_EITHER},
    {"text/html;q=0.5;level=1, application/json;q=0.4", ACCEPT_HTML}, {"text/html;level=1;q=0.1,*/*;q=0.5", ACCEPT_JSON},
    {",,;q=1,/,text/html", ACCEPT_HTML}, {"text/html;q=", ACCEPT_EITHER}, {"text/html ; q=1.000", ACCEPT_HTML},
    {"text/html;q=0.1234", ACCEPT_EITHER}, {"text/html;q=1.", ACCEPT_HTML}, {"text", ACCEPT_EITHER},
};

START_TEST(wish_is_the_better_quality)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        ck_assert_msg(accept_wish(cases[i].accept) == cases[i].wish, "%s", cases[i].accept);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {wish_is_the_better_quality};
    return suite_run("accept", tests, G_N_ELEMENTS(tests));
}
