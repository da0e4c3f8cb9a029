// SPDX-License-Identifier: Apache-2.0
//
// forward_spec: Read what is to be forwarded, as kubectl port-forward and ssh -L write it. Pure.

#ifndef SBXDECK_API_FORWARD_FORWARD_SPEC_H
#define SBXDECK_API_FORWARD_FORWARD_SPEC_H

#include "api/base/status.h"
#include "api/leap0/model.h"

#include <stdbool.h>

enum { FORWARD_ADDRESS_CAP = 64, FORWARD_URL_CAP = 96, FORWARD_REMOTE_CAP = HOST_CAP + 12 };

struct forward_spec {
    char address[FORWARD_ADDRESS_CAP]; // to listen on: a literal address, IPv6 without brackets; "*": all
    int local_port;                    // 0: any free one
    char host[HOST_CAP];               // as the sandbox knows it, IPv6 without brackets
    int port;                          // 1..65535
};

// [[ADDRESS:]LOCAL:][HOST:]PORT
//   8080                    127.0.0.1:8080 to localhost:8080 of the sandbox
//   3000:8080               127.0.0.1:3000 to localhost:8080
//   :8080                   any free port to localhost:8080
//   db:5432                 127.0.0.1:5432 to db:5432, as the sandbox knows db
//   3000:db:5432            127.0.0.1:3000 to db:5432
//   0.0.0.0:3000:8080       also 127.0.0.1:3000:8080, localhost:3000:8080
//   [::1]:3000:[::1]:80     IPv6 in brackets
//   *:3000:db:5432          on all addresses of this machine
// BAD_ARGUMENT names what is wrong with which text, and says how it is written; *out is then untouched.
#define FORWARD_SPEC_RULE "[LOCAL:][HOST:]PORT, such as 8080, 3000:8080, :8080 or 127.0.0.1:3000:db:5432"
enum status forward_spec_parse(const char *text, struct forward_spec *out, struct failure *why);

// A host that a forward can go to: a name, an IPv4 address, an IPv6 address with or without brackets.
bool forward_spec_takes_host(const char *host);
// Others than this machine can connect to it.
bool forward_spec_is_exposed(const struct forward_spec *spec);
// Both would listen on the same port of the same address.
bool forward_spec_clashes(const struct forward_spec *spec, const struct forward_spec *other);

// "http://127.0.0.1:8080": what a browser here opens, also where it listens on all addresses; https where the
// remote port is one of those that have it by custom. Returns out.
char *forward_spec_url(const struct forward_spec *spec, char out[FORWARD_URL_CAP]);
// "127.0.0.1:8080", "[::1]:8080", "*:8080". Returns out.
char *forward_spec_local(const struct forward_spec *spec, char out[FORWARD_URL_CAP]);
// The far end as it is shown behind a sandbox's name: ":8080", or "db:5432" where it is another host. Returns
// out.
char *forward_spec_remote(const struct forward_spec *spec, char out[FORWARD_REMOTE_CAP]);
bool forward_spec_is_local_there(const struct forward_spec *spec); // it goes to the sandbox itself

#endif
