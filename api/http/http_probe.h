// SPDX-License-Identifier: Apache-2.0
//
// http_probe: Find out how far the way to a server goes: name, connection, TLS, an answer; and what its clock
// says. It sends one request without a key.

#ifndef SBXDECK_API_HTTP_HTTP_PROBE_H
#define SBXDECK_API_HTTP_HTTP_PROBE_H

#include "api/base/status.h"
#include "api/http/http_reach.h"

#include <stdint.h>

struct http_probe {
    struct failure why;         // OK: any answer came
    char proxy[PROXY_NAME_CAP]; // that the environment names for it, without its password; "" none
    char address[64];           // that it was connected to, "" it was not
    int name_ms, connect_ms, tls_ms,
        answer_ms; // each step's own time; -1: it has not come so far, or there is none
    long status;   // of the answer
    bool has_date;
    int64_t clock_offset_ms; // the server's clock minus ours
    int64_t clock_error_ms;  // at most so far off
};

// Blocks for timeout_ms at most. ca_file as for http_new; base_url is checked first.
void http_probe(const char *base_url, const char *ca_file, int timeout_ms, struct http_probe *out);

#endif
