/* The values that templates are rendered from: a tree of objects, lists, texts, numbers and flags that is made for one page
 * and freed at once. Pure.
 *
 * All values of a tree lie in its own memory, one behind the other, and cost next to nothing each. A view begins a tree with
 * value_new, fills that object and returns it; whoever renders it frees it with value_free, and all values in it with it.
 * Members keep their order. A value stands in one object or list only, and a name is set once in an object: nothing is looked
 * for before it is added.
 *
 * Texts are UTF-8; bytes that are not are replaced, never lost. What Mustache makes of values: mustache.h. */
#ifndef WEBQUOTA_VALUE_H
#define WEBQUOTA_VALUE_H

#include "base/instant.h"

typedef enum {
    VALUE_NULL,
    VALUE_FALSE,
    VALUE_TRUE,
    VALUE_INTEGER,
    VALUE_REAL,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_OBJECT,
} ValueKind;

typedef struct Arena Arena; /* the memory of a tree */

typedef struct Value Value;
struct Value {
    Arena *arena;
    Value *next;     /* in its list or object */
    const char *key; /* in its object; NULL elsewhere */
    uint32_t mark;   /* of the key */
    ValueKind kind;
    union {
        int64_t integer;
        double real;
        struct {
            const char *text; /* ended by a NUL */
            size_t length;
        };
        struct {
            Value *first, *last; /* of a list or object; NULL: nothing is in it */
        };
    };
};

/* --- names --- */

/* A name and a mark of it, by which others are told apart without looking at the bytes. */
typedef struct {
    const char *text;
    uint32_t mark;
} ValueKey;

static inline uint32_t value_mark(const char *text, size_t length)
{
    uint32_t first = (unsigned char)text[0], middle = (unsigned char)text[length / 2];
    uint32_t last = length > 0 ? (unsigned char)text[length - 1] : 0;
    return (uint32_t)length << 24 ^ last << 16 ^ middle << 8 ^ first;
}

/* Of a literal: the compiler makes the mark. */
#define KEY(literal) ((ValueKey){"" literal, value_mark("" literal, sizeof(literal) - 1)})

/* Of any other text, which must outlive the tree. */
static inline ValueKey value_key(const char *text)
{
    return (ValueKey){text, value_mark(text, strlen(text))};
}

/* --- trees --- */

/* A new tree: an object with nothing in it yet. */
Value *value_new(void);
/* Frees the whole tree, given what value_new returned; NULL: nothing. */
void value_free(Value *root);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Value, value_free)

/* New values in the tree that `tree` (any value of it) belongs to, to be put in place with set_value or value_add. */
Value *value_object(const Value *tree);
Value *value_list(const Value *tree);

/* A value of any kind, for those who make one from another form: of kind VALUE_NULL, to be filled. */
Value *value_blank(const Value *tree);

/* Copies `length` bytes, and a NUL behind them, into the memory of the tree. */
const char *value_copy(const Value *tree, const char *text, size_t length);

/* --- members and items: each returns what it has added --- */

#define set_null(object, name) value_set((object), KEY(name), NULL)
#define set_flag(object, name, is_true) value_set_flag((object), KEY(name), (is_true))
#define set_number(object, name, number) value_set_number((object), KEY(name), (number))
/* The text is not copied: it must outlive the tree. NULL: null. */
#define set_text(object, name, text) value_set_text((object), KEY(name), (text))
/* The text is copied. NULL and "": null, so that a section sees nothing. */
#define set_copy(object, name, text) value_set_copy((object), KEY(name), (text))
/* The same, and frees it with g_free. */
#define set_taken(object, name, text) value_set_taken((object), KEY(name), (text))
/* "2026-11-22T17:00:00Z"; INSTANT_MIN and INSTANT_MAX: null. */
#define set_instant(object, name, instant) value_set_instant((object), KEY(name), (instant))
/* A value of the same tree; NULL: null. */
#define set_value(object, name, value) value_set((object), KEY(name), (value))
/* An object or list with nothing in it yet. */
#define set_object(object, name) value_set((object), KEY(name), value_object(object))
#define set_list(object, name) value_set((object), KEY(name), value_list(object))
/* Macros that name their object twice: give them a variable, not a call that makes one.
 * What `add` appends: set_words(object, "left", words_add_left, line, now). Nothing: null. */
#define set_words(object, name, add, ...)                                                                                   \
    ({                                                                                                                      \
        add(value_words(object), __VA_ARGS__);                                                                              \
        value_set_words((object), KEY(name));                                                                               \
    })

/* What `add` appends, as a text in the memory of the tree. */
#define words_of(tree, add, ...)                                                                                            \
    ({                                                                                                                      \
        GString *words_ = value_words(tree);                                                                                \
        add(words_, __VA_ARGS__);                                                                                           \
        value_copy((tree), words_->str, words_->len);                                                                       \
    })

/* The functions under them, for names that are no literals. */
Value *value_set(Value *object, ValueKey key, Value *value);
Value *value_set_flag(Value *object, ValueKey key, bool is_true);
Value *value_set_number(Value *object, ValueKey key, int64_t number);
Value *value_set_text(Value *object, ValueKey key, const char *text);
Value *value_set_copy(Value *object, ValueKey key, const char *text);
Value *value_set_taken(Value *object, ValueKey key, char *text);
Value *value_set_instant(Value *object, ValueKey key, Instant instant);

/* An empty text to append to, and what was appended as a member. One at a time. */
GString *value_words(const Value *tree);
Value *value_set_words(Value *object, ValueKey key);

/* At the end of a list; a NULL item is null. */
Value *value_add(Value *list, Value *item);
#define add_object(list) value_add((list), value_object(list))

/* --- reading --- */

/* A value of any kind, or NULL, which is taken for null. */

const Value *value_get(const Value *object, const char *name); /* NULL when there is none, or it is no object */
const Value *value_item(const Value *list, size_t index);      /* the same */
size_t value_count(const Value *value);                        /* items or members; 0 of all else */
const char *value_string(const Value *value);                  /* NULL when it is no text */
int64_t value_integer(const Value *value);                     /* 0 when it is no whole number */
bool value_is_null(const Value *value);
bool value_is_true(const Value *value);                        /* the flag */

/* The same by a name whose mark is known. */
static inline const Value *value_find(const Value *object, const char *name, uint32_t mark)
{
    if (object->kind != VALUE_OBJECT)
        return NULL;
    for (const Value *member = object->first; member; member = member->next)
        if (member->mark == mark && strcmp(member->key, name) == 0)
            return member;
    return NULL;
}

#endif
