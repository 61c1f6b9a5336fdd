/* The stylesheet and its kin, where the web server does not serve them itself. */
#include "web/handlers.h"
#include "say/say.h"

static void answer_file(Call *call, const StaticFile *file, const char *cache_control)
{
    if (!file) {
        call_problem(call, 404, NULL, SAY_NO_SUCH("file"));
        return;
    }
    const char *known = request_param(call->request, "HTTP_IF_NONE_MATCH");
    bool unchanged = known && strstr(known, file->etag);
    response_status(call->response, unchanged ? 304 : 200);
    response_guard_cached(call->response, cache_control);
    response_header(call->response, "ETag", file->etag);
    if (!unchanged)
        response_body(call->response, file->type, g_string_new_len(file->bytes, (gssize) file->len));
}

void page_static(Call *call)
{
    answer_file(call, statics_find(call->site->statics, call->segment), "public, max-age=86400");
}

void api_openapi(Call *call)
{
    answer_file(call, statics_find(call->site->statics, "openapi.json"), "public, max-age=300");
}
