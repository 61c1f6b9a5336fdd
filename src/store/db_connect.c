/* Connecting within a deadline. libpq's own connect_timeout counts in whole seconds, two at the least, and for each server
 * anew; so the servers of the address are tried here one after the other, each with its share of the time that is left.
 */
#include "store/db.h"
#include "say/say.h"

#include <errno.h>
#include <poll.h>

#ifndef CONNECT_US /* longer where valgrind watches (scripts/watched) */
#define CONNECT_US 2000000
#endif

/* A server that is gone without a word, its machine with it, is one that does not answer for so long; the system's own default is two
 * hours. What has a deadline of its own ends sooner; a long statement does not. What the address says (it comes after) counts. */
#define ALIVE_IDLE_S "20"
#define ALIVE_EACH_S "5"
#define ALIVE_TIMES "3"
#define ALIVE_MS "35000"

typedef struct {
    char **hosts, **addresses, **ports;
    int count;
} Servers;

static char **values_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options && options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return g_strsplit(options->val ? options->val : "", ",", -1);
    return g_strsplit("", ",", -1);
}

static void servers_clear(Servers *servers)
{
    g_strfreev(servers->hosts);
    g_strfreev(servers->addresses);
    g_strfreev(servers->ports);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Servers, servers_clear)

static void servers_read(Servers *servers, const char *conninfo)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL); /* NULL for a bare name of a database */
    servers->hosts = values_of(options, "host");
    servers->addresses = values_of(options, "hostaddr");
    servers->ports = values_of(options, "port");
    servers->count = (int)MAX(1, MAX(g_strv_length(servers->hosts), g_strv_length(servers->addresses)));
    PQconninfoFree(options);
}

/* The value for one server; one value stands for all. "" leaves libpq's default. */
static const char *value_at(char **values, int index)
{
    guint count = g_strv_length(values);
    return count == 0 ? "" : count == 1 ? values[0] : (guint)index < count ? values[index] : "";
}

static bool wait_until(PGconn *connection, PostgresPollingStatusType wanted, int64_t deadline_us)
{
    for (;;) {
        int64_t left_us = deadline_us - g_get_monotonic_time();
        struct pollfd waiting = { .fd = PQsocket(connection), .events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT };
        if (left_us <= 0)
            return false;
        int ready = poll(&waiting, 1, (int)(left_us / 1000) + 1);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

/* Never NULL but without memory; look at its status. *late: it took too long. */
static PGconn *connect_one(const char *const *keys, const char *const *values, int64_t deadline_us, bool *late)
{
    PGconn *connection = PQconnectStartParams(keys, values, 1);
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    *late = false;
    while (connection && PQstatus(connection) != CONNECTION_BAD && step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED) {
        if (!wait_until(connection, step, deadline_us)) {
            *late = true;
            break;
        }
        step = PQconnectPoll(connection);
    }
    return connection;
}

PGconn *db_connect_within(const char *conninfo, const char *options, bool direct, int64_t deadline_us, char **why)
{
    g_auto(Servers) servers = { 0 };
    servers_read(&servers, conninfo);
    bool several = servers.count > 1;
    for (int i = 0; i < servers.count; i++) {
        /* Of several servers the one that can be written to, whatever the address says; for reading too, since a standby may
         * not have what was just written, and hears no notices. Behind a pooler the server is the pooler's choice. */
        const char *keys[] = { "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
                               "dbname", "application_name", "client_encoding", "options", direct ? "target_session_attrs" : "options",
                               several ? "host" : NULL, "hostaddr", "port", NULL };
        const char *values[] = { ALIVE_IDLE_S, ALIVE_EACH_S, ALIVE_TIMES, ALIVE_MS,
                                 conninfo, "webquota", "UTF8", options, direct ? "read-write" : options,
                                 value_at(servers.hosts, i), value_at(servers.addresses, i), value_at(servers.ports, i), NULL };
        int64_t now = g_get_monotonic_time(), last = deadline_us ? deadline_us : now + CONNECT_US;
        bool late;
        PGconn *connection = connect_one(keys, values, now + (last - now) / (servers.count - i), &late);
        if (PQstatus(connection) == CONNECTION_OK && !late)
            return connection;
        g_free(*why);
        *why = late ? g_strdup_printf(SAY_NO_ANSWER_OF, several ? value_at(servers.hosts, i) : "")
                    : g_strdup(PQerrorMessage(connection));
        PQfinish(connection);
    }
    return NULL;
}
