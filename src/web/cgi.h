/* A host that has nothing else: the web server starts the program for each request. */
#ifndef WEBQUOTA_CGI_H
#define WEBQUOTA_CGI_H

#include "web/serve.h"

/* Answers the one request in the environment and on standard input. */
void serve_cgi(char **environment, ServeAnswer answer, void *data);

#endif
