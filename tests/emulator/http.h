// SPDX-License-Identifier: Apache-2.0
//
// http: the emulator's HTTP server.

#ifndef SBXDECK_TESTS_EMULATOR_HTTP_H
#define SBXDECK_TESTS_EMULATOR_HTTP_H

#include "tests/emulator/store.h"

struct http_server;

// Listens where the options say. NULL: err says why. The caller ends it by http_server_stop.
struct http_server *http_server_start(struct store *store, const struct options *options, char *err,
                                      size_t cap);
int http_server_port(const struct http_server *server);
void http_server_stop(struct http_server *server);

#endif
