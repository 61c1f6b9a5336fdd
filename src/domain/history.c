/* Values that the store fills and the page of history shows. */
#include "domain/history.h"

History *history_new(int row_count)
{
    History *history = g_new0(History, 1);
    history->rows = g_new0(HistoryRow, MAX(row_count, 1));
    history->row_count = row_count;
    return history;
}

void history_free(History *history)
{
    if (!history)
        return;
    for (int i = 0; i < history->row_count; i++) {
        g_free(history->rows[i].feature);
        g_free(history->rows[i].client);
    }
    g_free(history->rows);
    g_free(history->zone);
    g_free(history);
}
