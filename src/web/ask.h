/* What a consume or a reservation asks for, read from its body. */
#ifndef WEBQUOTA_ASK_H
#define WEBQUOTA_ASK_H

#include "web/call.h"

typedef struct {
    LedgerAsk ledger; /* points into the call's body, the callback and the strings below */
    LedgerCallback callback;
    CallbackUrl url;
    char *metadata, *caller, *fingerprint, *payload, *job;
} Ask;
Ask *ask_new(void);
void ask_free(Ask *ask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ask, ask_free)

/* Fills a new one. False: answered already. */
bool ask_read(Call *call, AskKind kind, Ask *ask) MUST_CHECK;

/* Reads the ask and has the ledger decide it, which answers. */
void ask_answer(Call *call, AskKind kind);

/* The same for a ticket: where the ask has a callback, it is answered with a ticket in any case, also where there is room. */
void ask_answer_ticket(Call *call);

#endif
