/* Both ways go as deep as the value does; jansson reads no JSON that is deeper than JSON_PARSER_MAX_DEPTH. */
#include "view/value_json.h"

static json_t *list_to_json(const Value *list)
{
    json_t *json = json_array();
    for (const Value *item = list->first; item; item = item->next)
        json_array_append_new(json, value_to_json(item));
    return json;
}

static json_t *object_to_json(const Value *object)
{
    json_t *json = json_object();
    for (const Value *member = object->first; member; member = member->next)
        json_object_set_new(json, member->key, value_to_json(member));
    return json;
}

json_t *value_to_json(const Value *value)
{
    switch (value ? value->kind : VALUE_NULL) {
    case VALUE_NULL: break;
    case VALUE_FALSE: return json_false();
    case VALUE_TRUE: return json_true();
    case VALUE_INTEGER: return json_integer(value->integer);
    case VALUE_REAL: return json_real(value->real);
    case VALUE_TEXT: return json_stringn(value->text, value->length);
    case VALUE_LIST: return list_to_json(value);
    case VALUE_OBJECT: return object_to_json(value);
    }
    return json_null();
}

static void fill(Value *value, const json_t *json);

static void fill_text(Value *value, const json_t *json)
{
    value->kind = VALUE_TEXT;
    value->length = json_string_length(json);
    value->text = value_copy(value, json_string_value(json), value->length);
}

static void fill_list(Value *list, const json_t *json)
{
    size_t i;
    json_t *item;
    list->kind = VALUE_LIST;
    list->first = list->last = NULL;
    json_array_foreach (json, i, item)
        fill(value_add(list, NULL), item);
}

static void fill_object(Value *object, const json_t *json)
{
    const char *name;
    json_t *member;
    object->kind = VALUE_OBJECT;
    object->first = object->last = NULL;
    json_object_foreach ((json_t *)json, name, member)
        fill(value_set(object, value_key(value_copy(object, name, strlen(name))), NULL), member);
}

/* Makes of a value that is in place what `json` is. */
static void fill(Value *value, const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_NULL: value->kind = VALUE_NULL; break;
    case JSON_FALSE: value->kind = VALUE_FALSE; break;
    case JSON_TRUE: value->kind = VALUE_TRUE; break;
    case JSON_INTEGER:
        value->kind = VALUE_INTEGER;
        value->integer = json_integer_value(json);
        break;
    case JSON_REAL:
        value->kind = VALUE_REAL;
        value->real = json_real_value(json);
        break;
    case JSON_STRING: fill_text(value, json); break;
    case JSON_ARRAY: fill_list(value, json); break;
    case JSON_OBJECT: fill_object(value, json); break;
    }
}

Value *value_of_json(const json_t *json)
{
    Value *root = value_new();
    fill(root, json);
    return root;
}
