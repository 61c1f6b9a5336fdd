#include "cli/list_whole.h"

StoreResult list_whole(ListPage page, Store *store, const char *subject, const char *organization, json_t **list, StoreError *error)
{
    StoreResult result = STORE_OK;
    const char *before = NULL; /* the last of what there is */
    json_t *whole = json_array();
    size_t count = ADMIN_LIST_MOST;
    while (result == STORE_OK && count == ADMIN_LIST_MOST) {
        json_t *more = NULL;
        result = page(store, subject, organization, before, &more, error);
        count = json_array_size(more);
        if (result == STORE_OK)
            json_array_extend(whole, more);
        json_decref(more);
        before = json_string_value(json_object_get(json_array_get(whole, json_array_size(whole) - 1), "id"));
    }
    if (result == STORE_OK)
        *list = whole;
    else
        json_decref(whole);
    return result;
}
