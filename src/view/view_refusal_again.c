/* A refusal that is given again and again is written once. The next one differs by its id, and by what the clock has to do with
 * its words: they speak of moments to the minute, and to the second or in other words once these are near. So the text serves
 * within the same minute, by the clock and before each moment, for as long as all of them are far.
 */
#include "view/view.h"

#include "base/text.h"

#define MINUTE_US (60 * US_PER_S)
#define FAR_US (3600 * US_PER_S)  /* words_time.c: from here on no seconds are shown */
#define KEPT_BYTES_MAX 4096
#define IDS 2                     /* "instance" and "decision_id" */

struct RefusalText {
    char *mount;                  /* NULL: none */
    char *bytes;                  /* without the ids */
    gsize length;
    gsize id_at[IDS];             /* where they are to be put in */
    int64_t units;
    Instant at;
};

void view_refusal_text_free(RefusalText *text)
{
    if (!text)
        return;
    g_free(text->mount);
    g_free(text->bytes);
    g_free(text);
}

/* The same in words, seen from both. */
static bool same_distance(Instant moment, Instant one, Instant other)
{
    if (moment == INSTANT_MAX || moment == INSTANT_MIN)
        return true;
    int64_t left = moment - one, left_other = moment - other;
    return left >= FAR_US && left_other >= FAR_US && left / MINUTE_US == left_other / MINUTE_US &&
           (left - 1) / MINUTE_US == (left_other - 1) / MINUTE_US; /* words change at whole minutes, or right after */
}

static bool is_same_moment(const Answer *answer, Instant other)
{
    if (answer->at < 0 || answer->at / MINUTE_US != other / MINUTE_US)
        return false;
    for (int i = 0; i < answer->line_count; i++) {
        const AnswerLine *line = &answer->lines[i];
        if ((line->refused && !same_distance(line->frees_at, answer->at, other)) ||
            !same_distance(line->usage.resets_at, answer->at, other) ||
            !same_distance(line->usage.override_expires, answer->at, other) ||
            !same_distance(line->usage.bonus_expires, answer->at, other))
            return false;
    }
    return true;
}

/* Its window, and so its document, goes along with the clock. */
static bool moves(const Answer *answer)
{
    for (int i = 0; i < answer->line_count; i++)
        if (answer->lines[i].usage.limit->window.align == ALIGN_ROLLING)
            return true;
    return false;
}

/* An id that is written the same way in an address and in a text. */
static bool is_plain(const char *id)
{
    return id && *id && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(id);
}

RefusalText *view_refusal_keep(const Answer *answer, const char *mount, const GString *document)
{
    if (!is_plain(answer->id) || answer->reservation || answer->ticket || document->len > KEPT_BYTES_MAX || moves(answer) ||
        !is_same_moment(answer, answer->at))
        return NULL;
    gsize id_length = strlen(answer->id), length = 0, places = 0;
    RefusalText *text = g_new0(RefusalText, 1);
    text->bytes = g_malloc(document->len);
    const char *at = document->str, *end = document->str + document->len;
    for (const char *id; (id = strstr(at, answer->id)); at = id + id_length) {
        memcpy(text->bytes + length, at, (gsize)(id - at));
        length += (gsize)(id - at);
        if (places < IDS)
            text->id_at[places] = length;
        places++;
    }
    memcpy(text->bytes + length, at, (gsize)(end - at));
    text->length = length + (gsize)(end - at);
    text->mount = g_strdup(mount);
    text->units = answer->units;
    text->at = answer->at;
    if (places == IDS)
        return text;
    view_refusal_text_free(text); /* somebody else's words hold it too */
    return NULL;
}

GString *view_refusal_again(const RefusalText *text, const Answer *answer, const char *mount)
{
    if (g_strcmp0(text->mount, mount) != 0 || text->units != answer->units || !is_plain(answer->id) ||
        !is_same_moment(answer, text->at))
        return NULL;
    gsize id_length = strlen(answer->id), from = 0;
    GString *out = g_string_sized_new(text->length + IDS * id_length + 1);
    for (int i = 0; i < IDS; i++) {
        text_add_len(out, text->bytes + from, text->id_at[i] - from);
        text_add_len(out, answer->id, id_length);
        from = text->id_at[i];
    }
    text_add_len(out, text->bytes + from, text->length - from);
    return out;
}
