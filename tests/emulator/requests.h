// SPDX-License-Identifier: Apache-2.0
//
// requests: Count the requests by their kind, second by second, so that a test can ask what a client costs.

#ifndef SBXDECK_TESTS_EMULATOR_REQUESTS_H
#define SBXDECK_TESTS_EMULATOR_REQUESTS_H

#include <cjson/cJSON.h>
#include <stdint.h>

enum { REQUESTS_SECONDS_MAX = 3600 };

struct requests;

struct requests *requests_new(void); // NULL: out of memory
void requests_free(struct requests *requests);

// One of that kind (a call's name, "refused" for a 429, else "other"); from any thread.
void requests_count(struct requests *requests, const char *kind);
// {"list": 3, "get": 1, …, "refused": 0, "other": 0, "total": 4} of the last seconds; 0: since the start.
// total leaves out nothing: a refused one is a request too.
cJSON *requests_json(struct requests *requests, int seconds);

#endif
