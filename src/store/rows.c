/* Rows as flat arrays. Texts of one column are mostly the same one, that of the policy: they are known by their address. */
#include "store/rows.h"

static GArray *numbers_new(guint room)
{
    return g_array_sized_new(FALSE, FALSE, sizeof(int64_t), room);
}

void rows_init(Rows *rows, guint count, guint numbers)
{
    *rows = (Rows){ .numbers = numbers_new(count * numbers), .instants = numbers_new(count * 2),
                    .texts = g_ptr_array_sized_new(count * 2) };
}

void rows_clear(Rows *rows)
{
    g_clear_pointer(&rows->numbers, g_array_unref);
    g_clear_pointer(&rows->instants, g_array_unref);
    g_clear_pointer(&rows->texts, g_ptr_array_unref);
    g_clear_pointer(&rows->state, g_array_unref);
    g_clear_pointer(&rows->rolling, g_array_unref);
}

int64_t rows_text(Rows *rows, int column, const char *text)
{
    if (!text)
        return 0;
    if (rows->last[column] != text) {
        g_ptr_array_add(rows->texts, (char *)text);
        rows->last[column] = text;
        rows->last_at[column] = rows->texts->len;
    }
    return rows->last_at[column];
}

void rows_instant(Rows *rows, Instant instant)
{
    g_array_append_val(rows->instants, instant);
}

Part rows_part(GArray *all, const void *numbers, guint count)
{
    Part part = { all->len + 1, all->len + count };
    if (count)
        g_array_append_vals(all, numbers, count);
    return part;
}

void rows_set(Rows *rows, const CounterSet *set, Part *state, Part *rolling)
{
    if (!rows->state) {
        rows->state = numbers_new(64 * COUNTER_STRIDE);
        rows->rolling = numbers_new(0);
    }
    state->first = rows->state->len + 1;
    rolling->first = rows->rolling->len + 1;
    counter_set_write(set, rows->state, rows->rolling);
    state->last = rows->state->len;
    rolling->last = rows->rolling->len;
}
