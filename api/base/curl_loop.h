// SPDX-License-Identifier: Apache-2.0
//
// curl_loop: Run curl's multi interface on a libuv loop. Each transfer that was added is reported once,
// when it is over.

#ifndef SBXDECK_API_BASE_CURL_LOOP_H
#define SBXDECK_API_BASE_CURL_LOOP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

struct curl_loop;

// The transfer is over and has been removed; on the loop, never from inside a call here. It may add others,
// remove others and free the curl_loop.
typedef void curl_loop_done(void *ctx, CURL *easy, CURLcode result);

// Starts libcurl, which takes some milliseconds: on a worker thread, ahead of the first curl_loop_new, which
// does it otherwise. False: it doesn't start.
bool curl_loop_prepare(void);

// NULL: out of memory. The caller ends it by curl_loop_free.
struct curl_loop *curl_loop_new(uv_loop_t *loop, curl_loop_done *done, void *ctx);
// Transfers must have been removed. The loop must run on until its handles are closed. NULL is fine.
void curl_loop_free(struct curl_loop *curl_loop);

// The easy handle stays the caller's. False: it could not be added.
bool curl_loop_add(struct curl_loop *curl_loop, CURL *easy);
// Stops a transfer without `done` being called.
void curl_loop_remove(struct curl_loop *curl_loop, CURL *easy);

#endif
