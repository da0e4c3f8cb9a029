// SPDX-License-Identifier: Apache-2.0
//
// http_proxy: a server on loopback that passes each request on to the emulator, alters the answers that the
// case names, and keeps what was asked, what was answered and what was delivered.

#ifndef SBXDECK_TESTS_JUDGE_HTTP_PROXY_H
#define SBXDECK_TESTS_JUDGE_HTTP_PROXY_H

#include "tests/judge/http_alter.h"
#include "tests/support/support.h"

enum { PROXY_LOG_MAX = 256 };

struct exchange {
    enum call call;
    char method[8], path[256];
    bool passed;      // the emulator has had it
    int status;       // of the emulator; 0: not asked
    char *body;       // of the emulator, NUL-ended; NULL: none
    bool altered;     // on purpose
    bool sent;        // all that was to be sent was sent
    struct wire wire; // as it was delivered; without bytes
};

struct proxy;

// NULL: it can't listen. The caller ends it by proxy_free.
struct proxy *proxy_new(void);
void proxy_free(struct proxy *proxy);
// "http://127.0.0.1:port".
const char *proxy_url(const struct proxy *proxy);

// From now on requests go to that emulator, and this is done to them (NULL: nothing); what was kept before is
// dropped. The alteration is the caller's until proxy_rest.
void proxy_turn(struct proxy *proxy, const struct support_emulator *emulator,
                const struct alteration *alteration);
// Ends what is under way. After it the log is still, and may be read until the next turn.
void proxy_rest(struct proxy *proxy);
size_t proxy_count(struct proxy *proxy, enum call call); // of requests of that kind, also during a turn
const struct exchange *proxy_log(const struct proxy *proxy, size_t *count);
// The last of that kind; NULL: none.
const struct exchange *proxy_last(const struct proxy *proxy, enum call call);

// One request to the emulator itself. The status (0: none); the body of the caller to free.
int proxy_ask(const struct support_emulator *emulator, const char *method, const char *path, const char *body,
              char **answer);

#endif
