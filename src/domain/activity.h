/* What a subject did lately, for people to look at: requests, newest first, and for whom they were; and which thresholds were
 * reached. Values only. */
#ifndef WEBQUOTA_ACTIVITY_H
#define WEBQUOTA_ACTIVITY_H

#include "domain/decide.h"

typedef struct {
    char *id;              /* the public decision id */
    Instant at;
    Outcome outcome;
    bool hold;             /* it only held units, */
    char *state;           /* which is "held", "committed", "released" or "expired" by now; NULL when it was none */
    char *feature;         /* key, of the first item */
    char *resource;        /* NULL when none */
    char *on_behalf_of;    /* NULL when none */
    int64_t units;         /* asked for */
    int64_t given_back;    /* of them, later */
} ActivityLine;

typedef struct {
    char *client;          /* on_behalf_of; NULL: for nobody named */
    int64_t allowed, refused; /* requests */
    int64_t units;         /* that were counted and not given back */
    Instant last;
} ActivityClient;

typedef struct {
    ActivityLine *lines;
    int line_count;
    ActivityClient *clients; /* those with most units first */
    int client_count;
    bool clients_cut;      /* there were more records than are looked at: the oldest of the time are missing */
} Activity;

Activity *activity_new(int line_count, int client_count); /* all empty, to be filled */
void activity_free(Activity *activity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Activity, activity_free)

/* A threshold of a limit that was reached: once in each of its windows. */
typedef struct {
    Instant at;
    char *feature;         /* key */
    char *limit;           /* key */
    int64_t threshold_pct;
    int64_t used, amount;  /* when it was reached */
    bool shared;           /* by the subject's organization, on a limit that its members share */
} AlertLine;

typedef struct {
    AlertLine *lines;      /* newest first */
    int count;
} Alerts;

Alerts *alerts_new(int count); /* all empty, to be filled */
void alerts_free(Alerts *alerts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Alerts, alerts_free)

#endif
