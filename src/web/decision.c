/* A decision as an HTTP answer. */
#include "web/decision.h"

void decision_headers(Response *response, const Answer *answer)
{
    int64_t retry_after_s = answer_allowed(answer) ? 0 : answer_retry_after_s(answer);
    response_header_end(response, answer_add_ratelimit(answer, response_header_begin(response, "RateLimit")));
    response_header_end(response, answer_add_ratelimit_policy(answer, response_header_begin(response, "RateLimit-Policy")));
    if (retry_after_s > 0)
        response_header_number(response, "Retry-After", retry_after_s);
    if (answer->reason == REASON_UNAVAILABLE)
        response_header(response, "Webquota-Fail-Open", "1");
}

static void free_kept(void *text)
{
    view_refusal_text_free(text);
}

static void keep_text(AnswerKeep *keep, RefusalText *text)
{
    pthread_mutex_lock(&keep->lock);
    RefusalText *old = keep->kept;
    keep->kept = text;
    keep->free_kept = free_kept;
    pthread_mutex_unlock(&keep->lock);
    view_refusal_text_free(old);
}

/* A refusal that was given before, by what it was then, where it still reads the same. */
static GString *refusal_text(const Answer *answer, const char *mount)
{
    AnswerKeep *keep = answer->keep;
    if (!keep)
        return view_refusal(answer, mount);
    pthread_mutex_lock(&keep->lock);
    GString *text = keep->kept ? view_refusal_again(keep->kept, answer, mount) : NULL;
    pthread_mutex_unlock(&keep->lock);
    if (text)
        return text;
    text = view_refusal(answer, mount);
    keep_text(keep, view_refusal_keep(answer, mount, text));
    return text;
}

void decision_answer(Call *call, const Answer *answer)
{
    const char *mount = call->request->mount;
    bool allowed = answer_allowed(answer), queued = answer->ticket != NULL;
    metrics_decision(call->site->metrics, answer);
    response_status(call->response, !allowed ? answer_status(answer) : answer->reservation ? 201 : 200);
    response_guard(call->response);
    decision_headers(call->response, answer);
    if (allowed && answer->reservation) {
        g_autofree char *path = g_strconcat("/api/v1/decisions/", answer->reservation, NULL);
        g_autofree char *address = call_address(call, path);
        response_header(call->response, "Location", address);
    }
    if (queued) {
        g_autofree char *path = g_strconcat("/api/v1/tickets/", answer->ticket, NULL);
        g_autofree char *address = call_address(call, path);
        response_header(call->response, "Location", address);
    }
    call_text_body(call, allowed || queued ? "application/json" : "application/problem+json",
                   allowed || queued ? view_decision(answer, mount) : refusal_text(answer, mount));
}
