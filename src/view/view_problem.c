/* RFC 9457 problems that are not about a limit. */
#include "view/view_parts.h"

json_t *view_problem(int status, const char *title, const char *detail, const char *field)
{
    json_t *problem = json_object();
    json_object_set_new(problem, "type", json_text("about:blank"));
    json_object_set_new(problem, "title", json_text(title));
    json_object_set_new(problem, "status", json_integer(status));
    json_object_set_new(problem, "detail", json_text(detail));
    if (field)
        json_object_set_new(problem, "field", json_text(field));
    return problem;
}
