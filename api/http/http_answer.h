// SPDX-License-Identifier: Apache-2.0
//
// http_answer: What the end of a request means: a transfer that failed, a status, a Retry-After.

#ifndef SBXDECK_API_HTTP_HTTP_ANSWER_H
#define SBXDECK_API_HTTP_HTTP_ANSWER_H

#include "api/base/status.h"

#include <curl/curl.h>
#include <stdint.h>

enum {
    HTTP_BODY_MAX = 10 * 1024 * 1024, // of an answer
    HTTP_HEADERS_MAX = 64 * 1024,     // of an answer, all of them
    RETRY_AFTER_MAX_S = 3600
};

// A transfer that gave no whole answer. given_up: why the taking in was stopped on our side (TOO_LARGE,
// NO_MEMORY, MALFORMED: a 101), or OK; then curl's result counts. Tells what certainly did not reach the
// server from what may have (why->maybe_done).
void http_transfer_failure(CURL *easy, CURLcode result, const char *base_url, enum status given_up,
                           struct failure *why);

// A status with its body: OK for 2xx, else with the server's message, or the status's own words where there
// is none (a proxy's HTML is not shown).
void http_status_failure(long status, const char *body, size_t length, struct failure *why);

// What the server wants to be waited for becomes the way out, where waiting is one: "try again in 1h00m".
// 0: why stays as it is.
void http_advise_wait(struct failure *why, int seconds);

// Seconds from now of a Retry-After header in either form; 0 when it is none. At most RETRY_AFTER_MAX_S.
int http_retry_after(const char *value, int64_t server_now_ms);

#endif
