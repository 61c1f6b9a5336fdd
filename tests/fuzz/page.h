/* What must hold of every page and of every answer, whatever stood in the request, the policy or the store.
 *
 * Inputs hold marks that mean mischief where they come out as they went in: "<fuzz" and "x\"fuzz" (markup that was not
 * escaped), and a line "Fuzz: 1" (a header that was smuggled in).
 */
#ifndef WEBQUOTA_TESTS_FUZZ_PAGE_H
#define WEBQUOTA_TESTS_FUZZ_PAGE_H

#include "fuzz.h"

#include <jansson.h>

#include "base/parse.h"
#include "view/templates.h"

/* The project's templates, read before the first input: what is run with them does no input or output. */
static inline Templates *page_templates(void)
{
    g_autoptr(GDir) folder = g_dir_open("templates", 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), texts = g_ptr_array_new_with_free_func(g_free);
    HOLDS(folder);
    for (const char *file; (file = g_dir_read_name(folder));) {
        g_autofree char *path = g_build_filename("templates", file, NULL);
        char *text = NULL;
        if (!g_str_has_suffix(file, ".html"))
            continue;
        HOLDS(g_file_get_contents(path, &text, NULL, NULL));
        g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".html")));
        g_ptr_array_add(texts, text);
    }
    char *error = NULL;
    Templates *templates = templates_new((const char *const *)names->pdata, (const char *const *)texts->pdata,
                                         (int)names->len, &error);
    HOLDS(templates);
    return templates;
}

/* --- JSON --- */

static inline void text_check(GString *text)
{
    HOLDS(strlen(text->str) == text->len);
    json_t *value = json_loads(text->str, JSON_REJECT_DUPLICATES, NULL);
    HOLDS(value);
    json_decref(value);
    g_string_free(text, TRUE);
}

static inline void value_check(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    HOLDS(text && is_utf8(text));
    free(text);
    json_decref(value);
}

/* A document is JSON, be it a value or text already. Takes it. */
#define DOCUMENT(document) _Generic((document), json_t *: value_check, GString *: text_check)(document)

/* --- HTML --- */

static inline bool is_void(const char *name)
{
    static const char *const names[] = {"meta", "link", "input", "br", "hr", "img", "wbr", NULL};
    return g_strv_contains(names, name);
}

/* Behind the '>' of a tag that begins at `at`; *closed: it ends itself ("/>"). */
static inline const char *tag_end(const char *at, bool *closed)
{
    char quote = '\0';
    for (; *at && (quote || *at != '>'); at++) {
        HOLDS(quote || *at != '<');
        if (quote ? *at == quote : *at == '"' || *at == '\'')
            quote = quote ? '\0' : *at;
    }
    HOLDS(*at == '>');
    *closed = at[-1] == '/';
    return at + 1;
}

/* Every element that is opened is closed, in order. */
static inline void html_balanced(const char *html)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func(g_free);
    for (const char *at = strchr(html, '<'); at; at = strchr(at, '<')) {
        bool closing = at[1] == '/', closed = false;
        const char *name = at + 1 + closing;
        size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
        if (*name == '!') {
            at++;
            continue;
        }
        HOLDS(len > 0);
        g_autofree char *element = g_ascii_strdown(name, (gssize)len);
        at = tag_end(name, &closed);
        if (closing) {
            HOLDS(open->len > 0 && strcmp(open->pdata[open->len - 1], element) == 0);
            g_ptr_array_remove_index(open, open->len - 1);
        } else if (!closed && !is_void(element)) {
            g_ptr_array_add(open, g_steal_pointer(&element));
        }
    }
    HOLDS(open->len == 0);
}

static inline void html_check(const char *html)
{
    HOLDS(is_utf8(html) && !strstr(html, "<fuzz") && !strstr(html, "x\"fuzz") && !strstr(html, "\"javascript:"));
    html_balanced(html);
}

/* --- answers, as CGI and FastCGI have them --- */

static inline char *header_of(const char *answer, const char *name)
{
    g_autofree char *begins = g_strconcat("\r\n", name, ": ", NULL);
    const char *end = strstr(answer, "\r\n\r\n"), *at = strstr(answer, begins);
    if (!at || at > end)
        return NULL;
    at += strlen(begins);
    return g_strndup(at, strcspn(at, "\r"));
}

static inline void headers_check(const char *answer, const char *end)
{
    HOLDS(g_str_has_prefix(answer, "Status: ") && end);
    for (const char *line = answer; line < end;) {
        const char *stop = strstr(line, "\r\n");
        size_t name = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
        HOLDS(name > 0 && line[name] == ':' && !g_str_has_prefix(line, "Fuzz:"));
        for (const char *p = line; p < stop; p++)
            HOLDS(((unsigned char)*p >= 0x20 || *p == '\t') && *p != 0x7f);
        line = stop + 2;
    }
}

static inline void body_check(const char *type, const char *body)
{
    if (type && strstr(type, "json")) {
        json_t *value = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
        HOLDS(value);
        if (strstr(type, "problem"))
            HOLDS(json_is_string(json_object_get(value, "title")) && json_is_integer(json_object_get(value, "status")));
        json_decref(value);
    } else if (type && strstr(type, "html")) {
        html_check(body);
    }
}

/* `head_only`: the body was not sent. */
static inline void answer_check(const GString *answer, bool head_only)
{
    const char *end = strstr(answer->str, "\r\n\r\n");
    headers_check(answer->str, end ? end + 2 : NULL);
    const char *body = end + 4;
    int64_t status = 0, length = -1;
    g_autofree char *number = g_strndup(answer->str + strlen("Status: "), 3);
    g_autofree char *type = header_of(answer->str, "Content-Type"), *length_text = header_of(answer->str, "Content-Length");
    HOLDS(parse_whole(number, 200, 599, &status));
    HOLDS(!length_text || parse_whole(length_text, 0, INT64_MAX, &length));
    size_t body_len = answer->len - (size_t)(body - answer->str);
    if (head_only)
        HOLDS(body_len == 0);
    else
        HOLDS((int64_t)body_len == MAX(length, 0));
    if (!head_only)
        body_check(type, body);
}

#endif
