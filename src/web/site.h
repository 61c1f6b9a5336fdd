/* What the process holds for all requests, and the answer to one of them. */
#ifndef WEBQUOTA_SITE_H
#define WEBQUOTA_SITE_H

#include "store/store.h"
#include "view/templates.h"
#include "web/exchange.h"
#include "web/metrics.h"
#include "web/settings.h"
#include "web/slow.h"
#include "web/statics.h"

typedef struct {
    Store *store;
    Templates *templates;
    Statics *statics;
    Metrics *metrics;
    Slow *slow;         /* for passwords */
    Slow *slow_reads;   /* for what reads much of the database */
    const char *secret; /* of assertions; NULL: none. Not owned */
    const Callbacks *callbacks; /* NULL: none may be asked for. Not owned */
    const char *mount;  /* for links from an authorizer's refusal. Not owned */
    bool passing;       /* plain CGI: nobody stays to let in those who wait, so that whoever asks for something does */
} Site;

/* Reads templates and static files and opens the store (without connecting). `lasting`: this process will
 * answer many requests. On failure *why (new string). `settings` must outlive the site. */
bool site_open(Site *site, const Settings *settings, bool lasting, char **why) MUST_CHECK;
void site_close(Site *site);

/* Answers one exchange, whatever it is; later, where the exchange allows that and the ledger is to be asked. `site` is a
 * Site; fits ServeAnswer. */
void site_answer(const Exchange *exchange, void *site);

#endif
