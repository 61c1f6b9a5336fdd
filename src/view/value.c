/* Memory is taken from the front of a block, which is followed by another when it is used up. The first is large enough for
 * most pages. */
#include "view/value.h"

#include "base/text.h"

#define BLOCK_BYTES ((size_t)16 << 10)
#define WORDS_BYTES 256

typedef struct Block Block;
struct Block {
    Block *before;
    max_align_t bytes[];
};

struct Arena {
    char *at, *end; /* what is left of the last block */
    Block *last;
    GString *words;
    Value root;
};

/* --- memory --- */

static char *block_add(Arena *arena, size_t bytes)
{
    Block *block = g_malloc(sizeof *block + bytes);
    block->before = arena->last;
    arena->last = block;
    return (char *)block->bytes;
}

/* What does not fit into the last block: large things have a block of their own. */
static void *take_elsewhere(Arena *arena, size_t bytes)
{
    if (bytes > BLOCK_BYTES / 4)
        return block_add(arena, bytes);
    char *taken = block_add(arena, BLOCK_BYTES);
    arena->at = taken + bytes;
    arena->end = taken + BLOCK_BYTES;
    return taken;
}

static inline void *take(Arena *arena, size_t bytes)
{
    const size_t step = _Alignof(Value);
    char *taken = arena->at;
    bytes = (bytes + step - 1) / step * step;
    if ((size_t)(arena->end - taken) < bytes)
        return take_elsewhere(arena, bytes);
    arena->at = taken + bytes;
    return taken;
}

Value *value_new(void)
{
    Arena *arena = g_new(Arena, 1);
    arena->at = arena->end = NULL;
    arena->last = NULL;
    arena->words = NULL;
    arena->root = (Value){.arena = arena, .kind = VALUE_OBJECT};
    return &arena->root;
}

void value_free(Value *root)
{
    if (!root)
        return;
    Arena *arena = root->arena;
    for (Block *block = arena->last; block;) {
        Block *before = block->before;
        g_free(block);
        block = before;
    }
    if (arena->words)
        g_string_free(arena->words, TRUE);
    g_free(arena);
}

static inline Value *value_of_kind(const Value *tree, ValueKind kind)
{
    Value *value = take(tree->arena, sizeof *value);
    *value = (Value){.arena = tree->arena, .kind = kind};
    return value;
}

Value *value_blank(const Value *tree)
{
    return value_of_kind(tree, VALUE_NULL);
}

Value *value_object(const Value *tree)
{
    return value_of_kind(tree, VALUE_OBJECT);
}

Value *value_list(const Value *tree)
{
    return value_of_kind(tree, VALUE_LIST);
}

const char *value_copy(const Value *tree, const char *text, size_t length)
{
    char *copy = take(tree->arena, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/* --- putting in place --- */

static inline Value *value_link(Value *container, Value *value)
{
    if (container->last)
        container->last->next = value;
    else
        container->first = value;
    container->last = value;
    return value;
}

static inline Value *member_link(Value *object, ValueKey key, Value *value)
{
    value->key = key.text;
    value->mark = key.mark;
    return value_link(object, value);
}

static inline Value *member_add(Value *object, ValueKey key, ValueKind kind)
{
    return member_link(object, key, value_of_kind(object, kind));
}

Value *value_set(Value *object, ValueKey key, Value *value)
{
    return value ? member_link(object, key, value) : member_add(object, key, VALUE_NULL);
}

Value *value_add(Value *list, Value *item)
{
    return value_link(list, item ? item : value_blank(list));
}

Value *value_set_flag(Value *object, ValueKey key, bool is_true)
{
    return member_add(object, key, is_true ? VALUE_TRUE : VALUE_FALSE);
}

Value *value_set_number(Value *object, ValueKey key, int64_t number)
{
    Value *member = member_add(object, key, VALUE_INTEGER);
    member->integer = number;
    return member;
}

/* --- texts --- */

static bool is_valid(const char *text, size_t length)
{
    return text_is_printable(text, length) || g_utf8_validate_len(text, length, NULL);
}

static Value *text_add_valid(Value *object, ValueKey key, const char *text, size_t length)
{
    Value *member = member_add(object, key, VALUE_TEXT);
    member->text = text;
    member->length = length;
    return member;
}

static Value *text_add_copy(Value *object, ValueKey key, const char *text, size_t length)
{
    if (length == 0)
        return member_add(object, key, VALUE_NULL);
    if (is_valid(text, length))
        return text_add_valid(object, key, value_copy(object, text, length), length);
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
    length = strlen(valid);
    return text_add_valid(object, key, value_copy(object, valid, length), length);
}

Value *value_set_text(Value *object, ValueKey key, const char *text)
{
    if (!text)
        return member_add(object, key, VALUE_NULL);
    size_t length = strlen(text);
    return is_valid(text, length) ? text_add_valid(object, key, text, length) : text_add_copy(object, key, text, length);
}

Value *value_set_copy(Value *object, ValueKey key, const char *text)
{
    return text_add_copy(object, key, text, text ? strlen(text) : 0);
}

Value *value_set_taken(Value *object, ValueKey key, char *text)
{
    Value *member = value_set_copy(object, key, text);
    g_free(text);
    return member;
}

Value *value_set_instant(Value *object, ValueKey key, Instant instant)
{
    char text[INSTANT_TEXT_MAX];
    return text_add_copy(object, key, text, instant_write(text, instant));
}

GString *value_words(const Value *tree)
{
    Arena *arena = tree->arena;
    if (!arena->words)
        arena->words = g_string_sized_new(WORDS_BYTES);
    g_string_truncate(arena->words, 0);
    return arena->words;
}

Value *value_set_words(Value *object, ValueKey key)
{
    const GString *words = object->arena->words;
    return text_add_copy(object, key, words->str, words->len);
}

/* --- reading --- */

const Value *value_get(const Value *object, const char *name)
{
    return object ? value_find(object, name, value_mark(name, strlen(name))) : NULL;
}

const Value *value_item(const Value *list, size_t index)
{
    const Value *item = list && list->kind == VALUE_LIST ? list->first : NULL;
    for (; item && index > 0; index--)
        item = item->next;
    return item;
}

size_t value_count(const Value *value)
{
    size_t count = 0;
    if (value && value->kind >= VALUE_LIST)
        for (const Value *part = value->first; part; part = part->next)
            count++;
    return count;
}

const char *value_string(const Value *value)
{
    return value && value->kind == VALUE_TEXT ? value->text : NULL;
}

int64_t value_integer(const Value *value)
{
    return value && value->kind == VALUE_INTEGER ? value->integer : 0;
}

bool value_is_null(const Value *value)
{
    return !value || value->kind == VALUE_NULL;
}

bool value_is_true(const Value *value)
{
    return value && value->kind == VALUE_TRUE;
}
