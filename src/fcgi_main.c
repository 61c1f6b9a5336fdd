/* webquota.fcgi: answers a web server over FastCGI, or as plain CGI.
 *
 * A socket of its own (WEBQUOTA_SOCKET), else the one inherited as descriptor 0, else the one request
 * of a CGI environment.
 */
#include <jansson.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/heap.h"
#include "web/cgi.h"
#include "web/listener.h"
#include "web/serve.h"
#include "web/site.h"
#include "worker/admission.h"
#include "worker/bulk.h"
#include "worker/delivery.h"
#include "worker/worker.h"

extern char **environ;

/* What a request holds while it is under way, with libfcgi's buffers and its part of a batch. */
#define REQUEST_BYTES ((size_t) 96 * 1024)

enum { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_CONFIG = 2 };

typedef struct {
    Settings settings;
    int listener; /* -1: plain CGI */
    Site site;
    Worker *worker;
    AdmissionWorker *admission; /* NULL in plain CGI, which is too short for it; so are the next, */
    BulkWorker *bulk;
    DeliveryWorker *delivery;   /* and where no callbacks are set up */
    char *why;
} Program;

static bool step_prepare(Program *program)
{
    serve_prepare();
    json_set_alloc_funcs(g_malloc, g_free); /* without memory it ends as GLib does, rather than give NULL to look into */
    if (sodium_init() < 0)
        program->why = g_strdup("libsodium cannot be initialised");
    return !program->why;
}

static bool step_settings(Program *program)
{
    if (!settings_read(&program->settings, &program->why))
        return false;
    log_threshold(program->settings.log);
    return true;
}

static bool step_listener(Program *program)
{
    if (program->settings.socket)
        program->listener = listener_open(program->settings.socket, &program->why);
    else if (listener_is(STDIN_FILENO))
        program->listener = STDIN_FILENO;
    else if (!g_getenv("REQUEST_METHOD"))
        program->why =
            g_strdup("WEBQUOTA_SOCKET is not set, descriptor 0 is no listening socket, and this is no CGI request");
    if (program->listener >= 0 && listener_is_tcp(program->listener) && !program->settings.shared_secret)
        program->why = g_strdup("WEBQUOTA_SHARED_SECRET_FILE is not set: any local user can connect to a TCP socket");
    if (program->listener >= 0)
        heap_prepare((size_t) program->settings.threads * REQUEST_BYTES);
    return !program->why;
}

/* libpq and libcurl encrypt with it. What it had no memory for in the beginning it does not make good for as long as the process lives. */
static bool step_encryption(Program *program)
{
    if (program->listener >= 0 && (OPENSSL_init_ssl(0, NULL) != 1 || RAND_status() != 1))
        program->why = g_strdup("OpenSSL cannot be initialised");
    return !program->why;
}

static bool step_site(Program *program)
{
    return site_open(&program->site, &program->settings, program->listener >= 0, &program->why);
}

static bool step_worker(Program *program)
{
    Store *store = program->site.store;
    const Callbacks *callbacks = &program->settings.callbacks;
    if (program->listener >= 0 && (!(program->worker = worker_start(store)) || !(program->admission = admission_start(store)) ||
                                   !(program->bulk = bulk_worker_start(store)) ||
                                   (callbacks->allowed && !(program->delivery = delivery_start(store, callbacks)))))
        program->why = g_strdup("threads cannot be started");
    return !program->why;
}

static void hurry(void *data)
{
    queue_hurry(data);
}

/* In plain CGI, who was seen is written down after the answer. */
static void serve_one(Program *program)
{
    g_auto(StoreError) error = {0};
    serve_cgi(environ, site_answer, &program->site);
    if (queue_note_seen(program->site.store, true, &error) != STORE_OK)
        log_line(LOG_LEVEL_WARNING, "queue: %s", error.detail ? error.detail : "the database does not answer");
}

static bool step_serve(Program *program)
{
    serve_at_stop(hurry, program->site.store);
    if (program->listener < 0)
        serve_one(program);
    else if (!serve_fastcgi(program->listener, program->settings.socket != NULL, program->settings.threads,
                            program->settings.shared_secret, site_answer, &program->site))
        program->why = g_strdup("requests cannot be served: there are no threads or descriptors to be had");
    return !program->why;
}

static const struct {
    bool (*run)(Program *program);
    int exit_code; /* when it fails */
} steps[] = {
    {step_prepare, EXIT_FAILED}, {step_settings, EXIT_CONFIG}, {step_listener, EXIT_CONFIG}, {step_encryption, EXIT_FAILED},
    {step_site, EXIT_CONFIG},    {step_worker, EXIT_FAILED},  {step_serve, EXIT_FAILED},
};

/* What is known of who was seen goes with the process. */
static void note_last_seen(Program *program)
{
    g_auto(StoreError) error = {0};
    if (program->site.store && program->listener >= 0 && queue_note_seen(program->site.store, true, &error) != STORE_OK)
        log_line(LOG_LEVEL_WARNING, "queue: %s", error.detail ? error.detail : "the database does not answer");
}

int main(void)
{
    Program program = {.listener = -1};
    int code = EXIT_FINE;
    for (size_t i = 0; i < G_N_ELEMENTS(steps) && code == EXIT_FINE; i++)
        if (!steps[i].run(&program)) {
            log_line(LOG_LEVEL_ERROR, "%s", program.why);
            code = steps[i].exit_code;
        }
    delivery_stop(program.delivery);
    note_last_seen(&program);
    admission_stop(program.admission);
    bulk_worker_stop(program.bulk);
    worker_stop(program.worker);
    site_close(&program.site);
    settings_clear(&program.settings);
    g_free(program.why);
    return code;
}
