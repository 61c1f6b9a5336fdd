/* What a consume or a reservation asks for, read from its body. */
#ifndef WEBQUOTA_ASK_H
#define WEBQUOTA_ASK_H

#include "web/call.h"

typedef struct {
    LedgerAsk ledger; /* points into the call's body and the strings below */
    char *metadata, *caller, *fingerprint;
} Ask;
void ask_clear(Ask *ask);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ask, ask_clear)

/* False: answered already. */
bool ask_read(Call *call, AskKind kind, Ask *ask) MUST_CHECK;

/* Reads the ask, has the ledger decide it, answers. */
void ask_answer(Call *call, AskKind kind);

#endif
